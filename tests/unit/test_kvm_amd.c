/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_amd.c - AMD's pause filter, and what switches pause-loop exits off
 *
 * Names carry the numbers of kvm-and-guest.md section 7; written from its text. One PAUSE takes one
 * cycle of 1 ns unless a test says so: PAUSEs are ns.
 */
#include <check.h>

#include "models/kvm/ple.h"
#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

#define TEXT 256

static struct scene *amd_scene(uint32_t vcpus)
{
	struct scene *scene = scene_new(vcpus, vcpus);

	scene->config.kvm.ple = PLE_AMD;
	scene->config.kvm.pause_filter_count = 3000;
	scene->config.kvm.pause_filter_grow = 2;
	scene->config.kvm.pause_filter_max = 65535;
	scene->config.kvm.ple_gap = 128;
	scene->config.cost.spin_poll = 1;
	return scene;
}

/* PAUSEs */
static const uint64_t windows[] = { 3000, 6000, 12000, 24000, 48000, 65535, 65535 };

START_TEST(t05_the_counts)
{
	struct scene *scene = amd_scene(2);
	uint64_t when = 100 * US;

	scene_set(scene, "SR");
	for (uint64_t k = 0; k < 7; k++) {
		ck_assert_uint_eq(scene->vcpu[0].ple_window, windows[k]);
		scene_run_until(scene, COUNTER_PLE_EXITS, k + 1);
		when += windows[k];
		ck_assert_uint_ge(scene_now(scene), when);
		ck_assert_uint_le(scene_now(scene), when + k + 1);
	}
	scene_free(scene);
}
END_TEST

START_TEST(t05_t06_modifiers)
{
	struct kvm_params params = { .ple = PLE_AMD,
				     .ple_window = 4096,
				     .pause_filter_count = 3000,
				     .pause_filter_grow = 3000,
				     .pause_filter_shrink = 2,
				     .pause_filter_max = 65535 };

	ck_assert_uint_eq(ple_window_grow(&params, 3000), 6000);
	params.pause_filter_grow = 2999;
	ck_assert_uint_eq(ple_window_grow(&params, 3000), 65535);
	params.pause_filter_grow = 0;
	ck_assert_uint_eq(ple_window_grow(&params, 12000), 3000);
	ck_assert_uint_eq(ple_window_shrink(&params, 12000), 6000);
	ck_assert_uint_eq(ple_window_shrink(&params, 4000), 3000);
	params.pause_filter_shrink = 0;
	ck_assert_uint_eq(ple_window_shrink(&params, 65535), 3000);
}
END_TEST

/* 1.5: a window is as long as its PAUSEs take. */
START_TEST(item_1_5_a_pause_takes_its_time)
{
	struct scene *scene = amd_scene(2);

	scene->config.cost.spin_poll = 65;
	scene->config.cost.tsc_khz = 3000000;
	scene_set(scene, "SR");
	scene_run_until(scene, COUNTER_PLE_EXITS, 1);
	ck_assert_uint_eq(scene_now(scene), 100 * US + 65 * US);
	scene_free(scene);
}
END_TEST

/* A switch-in brings the base back, 1.3. */
START_TEST(t02_amd_a_switch_in_resets_the_count)
{
	struct scene *scene = amd_scene(2);

	scene_set(scene, "SR");
	scene_run_until(scene, COUNTER_PLE_EXITS, 3);
	ck_assert_uint_eq(scene->vcpu[0].ple_window, 24000);
	scene_freeze(scene, 0);
	scene_thaw(scene, 0);
	ck_assert_uint_eq(scene->vcpu[0].ple_window, 3000);
	scene_free(scene);
}
END_TEST

START_TEST(t10_a_spin_in_user_mode)
{
	struct scene *scene = amd_scene(2);

	if (_i)
		scene->config.kvm.ple = PLE_INTEL;
	SCRIPT(scene, 0, RUN(100 * US), SPIN(SECOND), RUN(FOREVER));
	scene_set(scene, "-U");
	if (_i) {
		scene_run(scene, 2 * SECOND);
		ck_assert_uint_eq(scene_count(scene, COUNTER_PLE_EXITS), 0);
	} else {
		scene_run_until(scene, COUNTER_PLE_EXITS, 1);
		ck_assert_uint_eq(scene_now(scene), 100 * US + 3000);
		scene_run_until(scene, COUNTER_SCANS, 1);
		ck_assert(scene->examined_in_user_mode);
	}
	/* it is work like any other, and ends when it is done */
	scene_run(scene, 3 * SECOND);
	ck_assert_uint_eq(scene->task[0].asked, 3);
	ck_assert_uint_eq(scene->task[0].began[2], SECOND + 100 * US);
	scene_free(scene);
}
END_TEST

START_TEST(t10_amd_a_spin_in_kernel_mode_says_so)
{
	struct scene *scene = amd_scene(2);

	scene_set(scene, "SP");
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_uint_gt(scene->examinations, 0);
	ck_assert(!scene->examined_in_user_mode);
	scene_free(scene);
}
END_TEST

/* n = 4, me = 0, last = 0: 1 = U without anything pending, 3 = P; the user spin takes 1. */
START_TEST(t22_a_user_spin_takes_any_victim)
{
	struct scene *scene = amd_scene(4);
	char text[TEXT];

	if (_i)
		SCRIPT(scene, 0, RUN(100 * US), SPIN(SECOND), RUN(FOREVER));
	scene_set(scene, _i ? "-UUP" : "SUUP");
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), _i ? "1" : "3");
	scene_free(scene);
}
END_TEST

/* 2.1: and it is itself a user-mode victim while it waits in its yield. */
START_TEST(t22_the_yielder_was_in_user_mode)
{
	struct scene *scene = amd_scene(2);

	SCRIPT(scene, 0, RUN(100 * US), SPIN(SECOND), RUN(FOREVER));
	scene_set(scene, "-P");
	scene_crowd(scene, 0);
	scene_run(scene, 101 * US);
	scene_lag(scene, &scene->vcpu[0].task, (int64_t)SECOND);
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert(scene->vcpu[0].preempted);
	ck_assert(!scene->vcpu[0].preempted_in_kernel);
	scene_free(scene);
}
END_TEST

/* PAUSEs 128 cycles apart are a loop, 129 are none; both vendors. */
START_TEST(t11_gap_detection)
{
	struct scene *scene = amd_scene(2);

	if (_i / 2)
		scene->config.kvm.ple = PLE_INTEL;
	scene->config.kvm.gap_detect = true;
	scene->config.cost.spin_poll = _i % 2 ? 129 : 128;
	scene_set(scene, "SR");
	scene_run(scene, 10 * MS);
	ck_assert((scene_count(scene, COUNTER_PLE_EXITS) == 0) == _i % 2);
	scene_free(scene);
}
END_TEST

START_TEST(t12_a_vm_without_pause_exits)
{
	struct scene *scene = amd_scene(2);

	if (_i)
		scene->config.kvm.ple = PLE_INTEL;
	scene->kind.vm.pause_in_guest = true;
	scene_set(scene, "SR");

	uint64_t window = scene->vcpu[0].ple_window;

	scene_run(scene, SECOND);
	scene_freeze(scene, 0);
	scene_thaw(scene, 0);
	scene_run(scene, 2 * SECOND);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PLE_EXITS), 0);
	ck_assert_uint_eq(scene->vcpu[0].ple_window, window);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kvm_amd");
	TCase *test = tcase_create("amd");

	tcase_add_test(test, t05_the_counts);
	tcase_add_test(test, t05_t06_modifiers);
	tcase_add_test(test, item_1_5_a_pause_takes_its_time);
	tcase_add_test(test, t02_amd_a_switch_in_resets_the_count);
	tcase_add_loop_test(test, t10_a_spin_in_user_mode, 0, 2);
	tcase_add_test(test, t10_amd_a_spin_in_kernel_mode_says_so);
	tcase_add_loop_test(test, t22_a_user_spin_takes_any_victim, 0, 2);
	tcase_add_test(test, t22_the_yielder_was_in_user_mode);
	tcase_add_loop_test(test, t11_gap_detection, 0, 4);
	tcase_add_loop_test(test, t12_a_vm_without_pause_exits, 0, 2);
	suite_add_tcase(suite, test);
	return run_suite(suite);
}
