/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_preempted.c - which vCPUs the guest believes to be preempted, and the flush that uses it
 *
 * Names carry the numbers of kvm-and-guest.md section 7. Written from the text. Of 45 the older
 * hosts: test_kvm_rules.c; of 46 the halted vCPU that is not lazy, and 48: test_kvm_pv_locks.c.
 */
#include <check.h>

#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

#define FLUSH (2 * US)	/* of a whole TLB */
#define REFILL (7 * US) /* after that */

static struct scene *scene_with_steal_time(uint32_t pcpus, uint32_t vcpus)
{
	struct scene *scene = scene_new(pcpus, vcpus);

	scene->kind.paravirt.steal_time = true;
	return scene;
}

/* vcpu_is_preempted() in the guest. */
static bool is_preempted(const struct scene *scene, uint32_t vcpu)
{
	const struct cpu *cpu = &scene->vcpu[vcpu].cpu;

	return cpu->ops->is_preempted(cpu);
}

START_TEST(t45_preempted_in_guest_mode_until_the_next_entry)
{
	struct scene *scene = scene_with_steal_time(2, 2);

	SCRIPT(scene, 1, KERNEL(FOREVER));
	scene_set(scene, "R-");
	for (uint32_t i = 0; i < 2; i++) {
		ck_assert(!is_preempted(scene, i));
		scene_freeze(scene, i);
		ck_assert(is_preempted(scene, i));
		scene_run(scene, scene_now(scene) + MS);
		ck_assert(is_preempted(scene, i));
		scene_thaw(scene, i);
		ck_assert(!is_preempted(scene, i));
	}
	scene_free(scene);
}
END_TEST

/* Until the entry, not the switch-in: 2.1. */
START_TEST(t45_the_entry_clears_it)
{
	struct scene *scene = scene_with_steal_time(1, 1);

	scene->config.cost.context_switch = 10 * US;
	scene_set(scene, "R");
	scene_freeze(scene, 0);
	scene_run(scene, 100 * US);
	scene_thaw(scene, 0);
	scene_run(scene, 109 * US);
	ck_assert(task_running(&scene->vcpu[0].task));
	ck_assert(!scene->vcpu[0].live);
	ck_assert(is_preempted(scene, 0));
	scene_run(scene, 110 * US);
	ck_assert(scene->vcpu[0].live);
	ck_assert(!is_preempted(scene, 0));
	scene_free(scene);
}
END_TEST

START_TEST(t45_not_without_steal_time)
{
	struct scene *scene = scene_new(1, 1);

	scene_set(scene, "R");
	scene_freeze(scene, 0);
	ck_assert(scene->vcpu[0].preempted);
	ck_assert(!is_preempted(scene, 0));
	scene_free(scene);
}
END_TEST

/* It waits for the pCPU, and KVM knows it; the guest is not told (trap 3). */
START_TEST(t45_not_after_a_yield_from_a_pause_loop)
{
	struct scene *scene = scene_with_steal_time(2, 2);

	scene_set(scene, "SP");
	scene_crowd(scene, 0);
	scene_run(scene, 101 * US);
	scene_lag(scene, &scene->vcpu[0].task, (int64_t)SECOND);
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert(!task_running(&scene->vcpu[0].task));
	ck_assert(scene->vcpu[0].preempted);
	ck_assert(!is_preempted(scene, 0));
	ck_assert(is_preempted(scene, 1));
	scene_free(scene);
}
END_TEST

/* The same when it loses its pCPU inside any other exit's handler: here, an IPI is being sent. */
START_TEST(t45_not_inside_an_exit)
{
	struct scene *scene = scene_with_steal_time(2, 2);

	scene->config.cost.icr_write = 10 * US;
	SCRIPT(scene, 0, RUN(100 * US), SHOOTDOWN(1), RUN(FOREVER));
	scene_set(scene, "-R");
	scene_run(scene, 105 * US);
	ck_assert_int_eq(scene->vcpu[0].phase, PHASE_EXITING);
	scene_freeze(scene, 0);
	ck_assert(scene->vcpu[0].preempted);
	ck_assert(!scene->vcpu[0].instruction_boundary);
	ck_assert(!is_preempted(scene, 0));
	scene_free(scene);
}
END_TEST

/* 2.1: the run loop forgets the interrupt before it enters; a preemption there is not told. */
START_TEST(t45_not_on_the_way_into_the_guest)
{
	struct scene *scene = scene_with_steal_time(1, 1);

	scene->config.cost.entry = 10 * US;
	scene->host_tick = MS;
	scene->host_phase = 500 * US;
	scene_set(scene, "R");
	scene_run(scene, 505 * US);
	ck_assert_int_eq(scene->vcpu[0].phase, PHASE_ENTERING); /* back from the tick */
	scene_freeze(scene, 0);
	ck_assert(scene->vcpu[0].preempted);
	ck_assert(!is_preempted(scene, 0));
	scene_free(scene);
}
END_TEST

START_TEST(t45_not_while_halted)
{
	struct scene *scene = scene_with_steal_time(2, 2);

	SCRIPT(scene, 1, RUN(5 * US), SLEEP(100 * US), RUN(FOREVER));
	scene_set(scene, "H-");
	ck_assert(!is_preempted(scene, 0));
	/* nor when it is woken and waits for its pCPU */
	scene_freeze(scene, 1);
	scene_run(scene, 105 * US);
	ck_assert(scene->vcpu[1].ready);
	ck_assert(!task_running(&scene->vcpu[1].task));
	ck_assert(!is_preempted(scene, 1));
	scene_free(scene);
}
END_TEST

/*
 * vCPU 0 flushes; 1 is preempted and the guest knows it (A), 2 runs (B), 3 is idle with the address
 * space borrowed (C). B's answer takes 5 us on the way and 3 us of handler.
 */
static struct scene *flush_scene(void)
{
	struct scene *scene = scene_with_steal_time(4, 4);

	scene->kind.paravirt.tlb_flush = true;
	scene->config.cost.posted_latency = 5 * US;
	scene->config.cost.guest_ipi_handler = 3 * US;
	scene->config.cost.pv_flush = FLUSH;
	scene->config.cost.flush_refill = REFILL;
	SCRIPT(scene, 0, RUN(100 * US), SHOOTDOWN(1), RUN(FOREVER));
	scene_set(scene, "-URH");
	return scene;
}

START_TEST(t46_a_preempted_target_flushes_later)
{
	struct scene *scene = flush_scene();

	scene_run_until(scene, COUNTER_SHOOTDOWNS, 1);
	uint64_t sent = scene_now(scene);

	ck_assert_uint_eq(scene_count(scene, COUNTER_FLUSH_DEFERRED), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_IPIS), 1); /* to B */
	ck_assert(scene->vcpu[1].flush_at_entry);
	ck_assert_uint_eq(scene->vcpu[1].cpu.pending, 0);
	ck_assert_uint_eq(scene->vcpu[3].cpu.pending, 0);
	ck_assert(!scene->vcpu[2].flush_at_entry && !scene->vcpu[3].flush_at_entry);

	/* the wait is for B only */
	scene_run(scene, 200 * US);
	ck_assert_uint_eq(scene->task[0].asked, 3);
	ck_assert_uint_eq(scene->task[0].began[2], sent + 8 * US);
	ck_assert(!task_running(&scene->vcpu[1].task));
	ck_assert_int_eq(scene->vcpu[3].task.state, TASK_SLEEPING);
	scene_free(scene);
}
END_TEST

START_TEST(t46_without_the_feature_the_caller_waits_for_the_preempted)
{
	struct scene *scene = scene_with_steal_time(4, 4);

	SCRIPT(scene, 0, RUN(100 * US), SHOOTDOWN(1), RUN(FOREVER));
	scene_set(scene, "-URH");
	scene_run(scene, 300 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_IPIS), 2); /* A and B; C is lazy */
	ck_assert_uint_eq(scene->task[0].asked, 2);
	scene_thaw(scene, 1);
	scene_run(scene, 310 * US);
	ck_assert_uint_eq(scene->task[0].asked, 3);
	ck_assert_uint_eq(scene->task[0].began[2], 300 * US);
	scene_free(scene);
}
END_TEST

/* 3.6: off its pCPU, but from a yield, so not flagged: it gets the interrupt and is waited for. */
START_TEST(t46_an_unflagged_target_is_interrupted)
{
	struct scene *scene = scene_with_steal_time(3, 3);

	scene->kind.paravirt.tlb_flush = true;
	SCRIPT(scene, 2, RUN(200 * US), SHOOTDOWN(1), RUN(FOREVER));
	scene_set(scene, "SP-");
	scene_crowd(scene, 0);
	scene_run(scene, 101 * US);
	scene_lag(scene, &scene->vcpu[0].task, (int64_t)SECOND);
	scene_run(scene, 400 * US);
	ck_assert(!task_running(&scene->vcpu[0].task));
	ck_assert_uint_eq(scene_count(scene, COUNTER_FLUSH_DEFERRED), 1); /* vCPU 1 */
	ck_assert_uint_eq(scene_count(scene, COUNTER_IPIS), 1);
	ck_assert_uint_ne(scene->vcpu[0].cpu.pending, 0);
	ck_assert_uint_eq(scene->task[2].asked, 2);
	scene_free(scene);
}
END_TEST

START_TEST(t47_the_next_entry_flushes_once)
{
	struct scene *scene = flush_scene();

	scene_run(scene, 200 * US);
	uint64_t refill = scene_account(scene, ACCOUNT_REFILL);

	scene_thaw(scene, 1);
	ck_assert(!scene->vcpu[1].flush_at_entry);
	ck_assert(!is_preempted(scene, 1));
	scene_run(scene, 300 * US);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_REFILL) - refill, FLUSH + REFILL);

	/* flagged again, but nobody has flushed meanwhile */
	scene_freeze(scene, 1);
	ck_assert(is_preempted(scene, 1));
	scene_run(scene, 400 * US);
	scene_thaw(scene, 1);
	scene_run(scene, 500 * US);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_REFILL) - refill, FLUSH + REFILL);
	scene_free(scene);
}
END_TEST

/* Two flushes while A is away are one at its entry. */
START_TEST(t47_many_flushes_are_one_at_the_entry)
{
	struct scene *scene = scene_with_steal_time(2, 2);

	scene->kind.paravirt.tlb_flush = true;
	scene->config.cost.pv_flush = FLUSH;
	scene->config.cost.flush_refill = REFILL;
	SCRIPT(scene, 0, RUN(100 * US), SHOOTDOWN(1), SHOOTDOWN(1), SHOOTDOWN(1), RUN(FOREVER));
	scene_set(scene, "-U");
	scene_run(scene, 200 * US);
	ck_assert_uint_eq(scene->task[0].asked, 5);
	ck_assert_uint_eq(scene_count(scene, COUNTER_FLUSH_DEFERRED), 3);
	ck_assert_uint_eq(scene_count(scene, COUNTER_IPIS), 0);
	uint64_t refill = scene_account(scene, ACCOUNT_REFILL);

	scene_thaw(scene, 1);
	scene_run(scene, 300 * US);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_REFILL) - refill, FLUSH + REFILL);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kvm-preempted");
	TCase *flag = tcase_create("flag");
	TCase *flush = tcase_create("flush");

	tcase_add_test(flag, t45_preempted_in_guest_mode_until_the_next_entry);
	tcase_add_test(flag, t45_the_entry_clears_it);
	tcase_add_test(flag, t45_not_without_steal_time);
	tcase_add_test(flag, t45_not_after_a_yield_from_a_pause_loop);
	tcase_add_test(flag, t45_not_inside_an_exit);
	tcase_add_test(flag, t45_not_on_the_way_into_the_guest);
	tcase_add_test(flag, t45_not_while_halted);
	tcase_add_test(flush, t46_a_preempted_target_flushes_later);
	tcase_add_test(flush, t46_without_the_feature_the_caller_waits_for_the_preempted);
	tcase_add_test(flush, t46_an_unflagged_target_is_interrupted);
	tcase_add_test(flush, t47_the_next_entry_flushes_once);
	tcase_add_test(flush, t47_many_flushes_are_one_at_the_entry);
	suite_add_tcase(suite, flag);
	suite_add_tcase(suite, flush);
	return run_suite(suite);
}
