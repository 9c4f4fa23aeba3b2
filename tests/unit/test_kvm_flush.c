/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_flush.c - TLB shootdowns: pages or all of it, and CPUs that are lazy
 *
 * Names carry the numbers of kvm-and-guest.md: 3.5, and test 46 where it speaks of lazy CPUs. The
 * paravirtual flush: test_kvm_preempted.c.
 */
#include <check.h>
#include <glib.h>

#include "models/kernel/kernel.h"
#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

#define UNMAP(pages) ((struct op){ OP_UNMAP, 0, pages })

static struct scene *new_scene(uint32_t vcpus)
{
	struct scene *scene = scene_new(vcpus, vcpus);

	scene->config.kvm.ple = PLE_OFF;
	scene->config.cost.flush_page = 100;
	scene->config.cost.flush_full = 500;
	return scene;
}

/* Up to 33 pages one by one, 100 ns each; more, or all: one flush of everything, and what refilling the
 * TLB takes afterwards, on either side. */
START_TEST(item_3_5_up_to_33_pages_are_flushed_one_by_one)
{
	static const struct {
		uint64_t pages, flush, refill;
	} row[] = { { 1, 100, 0 },	 { 2, 200, 0 },	       { 32, 3200, 0 },	  { 33, 3300, 0 },
		    { 34, 500, 5 * US }, { 512, 500, 5 * US }, { 0, 500, 5 * US } };
	struct scene *scene = new_scene(2);

	scene->config.cost.flush_refill = 5 * US;
	SCRIPT(scene, 0, RUN(100 * US), SHOOTDOWN(row[_i].pages), RUN(100 * US), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(300 * US), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, MS);
	/* the sender flushes while its interrupt makes the target flush: here both take no other time */
	ck_assert_uint_eq(scene->task[0].began[2] - scene->task[0].began[1], row[_i].flush);
	ck_assert_uint_eq(scene->task[0].began[3] - scene->task[0].began[2],
			  100 * US + row[_i].refill);
	ck_assert_uint_eq(scene->task[1].began[1], 300 * US + row[_i].flush + row[_i].refill);
	scene_free(scene);
}
END_TEST

/* vCPU 1 has had the address space and is idle: it is left alone, and flushes when it runs again. */
START_TEST(item_3_5_a_lazy_cpu_flushes_when_it_runs_again)
{
	struct scene *scene = new_scene(2);

	scene->config.cost.flush_refill = 5 * US;
	SCRIPT(scene, 0, RUN(100 * US), SHOOTDOWN(1), SHOOTDOWN(1), PUT(0, 1), RUN(FOREVER));
	SCRIPT(scene, 1, GET(0, 1), RUN(10 * US), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 100 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_SHOOTDOWNS), 0);
	ck_assert(!scene->vm->guest.cpu[1].current);
	scene_run(scene, MS);
	/* two local flushes of a page, and one interrupt: that of the wake-up */
	ck_assert_uint_eq(scene->task[0].began[3], 100 * US + 200);
	ck_assert_uint_eq(scene_count(scene, COUNTER_SHOOTDOWNS), 0);
	ck_assert_uint_eq(scene_count(scene, COUNTER_IPIS), 1);
	/* one flush of everything for both, then its work with a cold TLB */
	ck_assert_uint_eq(scene->task[1].began[1], 100 * US + 200 + 500 + 5 * US);
	scene_free(scene);
}
END_TEST

/* Freed page tables are another matter: it is woken for the flush, and lets go of the address space, so
 * the second flush does not concern it, nor does its next start. */
START_TEST(t46_a_lazy_cpu_is_interrupted_when_page_tables_are_freed)
{
	struct scene *scene = new_scene(2);

	SCRIPT(scene, 0, RUN(100 * US), UNMAP(1), SHOOTDOWN(1), PUT(0, 1), RUN(FOREVER));
	SCRIPT(scene, 1, GET(0, 1), RUN(10 * US), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 100 * US + 150);
	ck_assert_uint_eq(scene_count(scene, COUNTER_SHOOTDOWNS), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_IPIS), 1);
	ck_assert_ptr_null(scene->vm->guest.cpu[1].mm);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene_count(scene, COUNTER_SHOOTDOWNS), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_IPIS), 2); /* the wake-up */
	ck_assert_uint_eq(scene->task[0].began[3], 100 * US + 200);
	ck_assert_uint_eq(scene->task[1].began[1], 100 * US + 200);
	ck_assert_ptr_eq(scene->vm->guest.cpu[1].mm, scene->vm->guest.cpu[0].mm);
	scene_free(scene);
}
END_TEST

/* A lazy vCPU that waits for its pCPU holds such a flush up, as any other target does. */
START_TEST(t46_freed_page_tables_wait_for_a_lazy_vcpu_off_its_pcpu)
{
	struct scene *scene = new_scene(2);

	SCRIPT(scene, 0, RUN(100 * US), UNMAP(1), RUN(FOREVER));
	SCRIPT(scene, 1, GET(0, 1), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 50 * US);
	scene_freeze(scene, 1);
	scene_run(scene, 400 * US);
	ck_assert_uint_eq(scene->task[0].asked, 2);
	scene_thaw(scene, 1);
	scene_run(scene, 401 * US);
	ck_assert_uint_eq(scene->task[0].asked, 3);
	/* it began after its own flush, and ended after the other one */
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_SPIN_IPI), 300 * US);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kvm-flush");
	TCase *flush = tcase_create("flush");

	tcase_add_loop_test(flush, item_3_5_up_to_33_pages_are_flushed_one_by_one, 0, 7);
	tcase_add_test(flush, item_3_5_a_lazy_cpu_flushes_when_it_runs_again);
	tcase_add_test(flush, t46_a_lazy_cpu_is_interrupted_when_page_tables_are_freed);
	tcase_add_test(flush, t46_freed_page_tables_wait_for_a_lazy_vcpu_off_its_pcpu);
	suite_add_tcase(suite, flush);
	return run_suite(suite);
}
