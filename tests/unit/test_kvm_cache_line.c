/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_cache_line.c - CPUs that change the word of one rwsem do so one after the other
 *
 * kvm-and-guest.md 5: cache line transfer. Nothing else takes time.
 */
#include <check.h>

#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

#define READ_LOCK ((struct op){ OP_READ_LOCK, 1, 0 })
#define RW_UNLOCK ((struct op){ OP_RW_UNLOCK, 1, 0 })
#define TRANSFER 100

static struct scene *new_scene(uint32_t vcpus)
{
	struct scene *scene = scene_new(vcpus, vcpus);

	scene->config.kvm.ple = PLE_OFF;
	scene->config.cost.cache_line = TRANSFER;
	return scene;
}

/* Three readers in the same ns. The first one lets go before the others: its line has come back by then. */
START_TEST(readers_change_the_word_in_order)
{
	struct scene *scene = new_scene(3);

	for (uint32_t i = 0; i < 3; i++)
		SCRIPT(scene, i, RUN(10 * US), READ_LOCK, KERNEL(5 * US), RW_UNLOCK, RUN(US),
		       RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, MS);
	for (uint32_t i = 0; i < 3; i++) {
		/* 1, 2, 3 transfers for the lock, one to let go: by then they are apart */
		ck_assert_uint_eq(scene->task[i].began[3], 15 * US + (i + 1) * TRANSFER);
		ck_assert_uint_eq(scene->task[i].began[5], 16 * US + (i + 2) * TRANSFER);
	}
	ck_assert_uint_eq(scene_count(scene, COUNTER_LINE_WAITS), 2);
	ck_assert_uint_eq(scene_count(scene, COUNTER_LINE_WAIT_NS), (1 + 2) * TRANSFER);
	scene_free(scene);
}
END_TEST

/* Who had the line last has it still. */
START_TEST(the_same_cpu_again_needs_no_transfer)
{
	struct scene *scene = new_scene(2);

	SCRIPT(scene, 0, READ_LOCK, KERNEL(US), RW_UNLOCK, RUN(US), READ_LOCK, KERNEL(US),
	       RW_UNLOCK, RUN(US), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[0].began[8], 4 * US + TRANSFER);
	ck_assert_uint_eq(scene_count(scene, COUNTER_LINE_WAITS), 0);
	scene_free(scene);
}
END_TEST

/* Rounds of all CPUs in 1 ms: 900 ns of work of its own, and the word changed twice. */
static uint64_t rounds(uint32_t vcpus)
{
	struct scene *scene = new_scene(vcpus);
	uint64_t done = 0;

	for (uint32_t i = 0; i < vcpus; i++) {
		SCRIPT(scene, i, RUN(800), READ_LOCK, KERNEL(100), RW_UNLOCK);
		scene->task[i].rounds = 1 << 20;
	}
	scene_start(scene);
	scene_run(scene, MS);
	for (uint32_t i = 0; i < vcpus; i++)
		done += (1 << 20) - scene->task[i].rounds;
	scene_free(scene);
	return done;
}

/* Reading does not scale beyond one change of the word in each transfer. */
START_TEST(a_line_has_a_capacity)
{
	uint64_t one = rounds(1), two = rounds(2), eight = rounds(8), many = rounds(32);

	ck_assert_uint_ge(one, 1000000 / 900 - 2);
	/* 900 ns and two transfers, as long as they do not meet */
	ck_assert_uint_ge(two, 2 * 1000000 / 1300);
	ck_assert_uint_le(two, 2 * 1000000 / 1100 + 4);
	ck_assert_uint_ge(eight, 4900);
	ck_assert_uint_le(eight, 5001);
	ck_assert_uint_ge(many, 4900);
	ck_assert_uint_le(many, 5001);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cache line");
	TCase *tcase = tcase_create("line");

	tcase_add_test(tcase, readers_change_the_word_in_order);
	tcase_add_test(tcase, the_same_cpu_again_needs_no_transfer);
	tcase_add_test(tcase, a_line_has_a_capacity);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
