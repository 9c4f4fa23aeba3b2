/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_ple.c - pause-loop exits; names carry the numbers of kvm-and-guest.md section 7
 *
 * Written from the text. AMD, gap_detect and a VM without pause exits: test_kvm_amd.c.
 */
#include <check.h>

#include "models/kvm/ple.h"
#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

/* The TSC of the text's examples, kHz. */
#define GHZ_2_5 2500000
#define GHZ_3 3000000

/* vCPU 0 spins from 100 us on; nobody is a candidate. */
static struct scene *spinner_and_runner(void)
{
	struct scene *scene = scene_new(2, 2);

	scene_set(scene, "SR");
	return scene;
}

START_TEST(t01_three_exits_double_the_window_each)
{
	struct scene *scene = spinner_and_runner();
	uint64_t window = BASE_WINDOW;
	uint64_t when = 100 * US;

	ck_assert_uint_eq(scene->vcpu[0].ple_window, BASE_WINDOW);
	for (uint64_t k = 1; k <= 3; k++) {
		when += window;
		scene_run_until(scene, COUNTER_PLE_EXITS, k);
		/* "more than the window": one ns is the resolution */
		ck_assert_uint_ge(scene_now(scene), when);
		ck_assert_uint_le(scene_now(scene), when + k);
		window *= 2;
		ck_assert_uint_eq(scene->vcpu[0].ple_window, window);
	}
	ck_assert_uint_eq(window, 32768);
	ck_assert_uint_eq(scene->vcpu[1].ple_window, BASE_WINDOW);
	scene_free(scene);
}
END_TEST

START_TEST(t02_a_switch_in_resets_the_window_once)
{
	struct scene *scene = spinner_and_runner();

	scene_run_until(scene, COUNTER_PLE_EXITS, 3);
	scene_freeze(scene, 0);
	/* 1.3: there is no other point than the switch-in */
	scene_run(scene, 500 * US);
	ck_assert_uint_eq(scene->vcpu[0].ple_window, 32768);
	ck_assert(scene->vcpu[0].scheduled_out);
	scene_thaw(scene, 0);
	ck_assert(!scene->vcpu[0].scheduled_out);
	ck_assert_uint_eq(scene->vcpu[0].ple_window, BASE_WINDOW);
	scene_freeze(scene, 0);
	scene_thaw(scene, 0);
	ck_assert_uint_eq(scene->vcpu[0].ple_window, BASE_WINDOW);
	scene_free(scene);
}
END_TEST

/* 1.3: for any reason; a vCPU that blocked and woke counts. */
START_TEST(t02_a_halt_resets_the_window)
{
	struct scene *scene = scene_new(2, 2);

	SCRIPT(scene, 0, RUN(50 * US), SLEEP(100 * US), RUN(FOREVER));
	scene_set(scene, "-R");
	scene->vcpu[0].ple_window = 32768;
	scene_run(scene, 100 * US);
	ck_assert_int_eq(scene->vcpu[0].task.state, TASK_SLEEPING);
	ck_assert_uint_eq(scene->vcpu[0].ple_window, 32768);
	scene_run(scene, 200 * US);
	ck_assert(task_running(&scene->vcpu[0].task));
	ck_assert_uint_eq(scene->vcpu[0].ple_window, BASE_WINDOW);
	scene_free(scene);
}
END_TEST

/* The caller is alone on its pCPU: yield_to() succeeds, schedule() takes the caller again. */
START_TEST(t03_t36_a_repick_does_not_reset_the_window)
{
	struct scene *scene = scene_new(2, 2);
	uint64_t switches;

	scene_set(scene, "SP");
	switches = scene_count(scene, COUNTER_SWITCHES);
	scene_run_until(scene, COUNTER_YIELD_OK, 5);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PLE_EXITS), 5);
	ck_assert_uint_eq(scene->vcpu[0].ple_window, BASE_WINDOW << 5);
	ck_assert_uint_eq(scene_count(scene, COUNTER_SWITCHES), switches);
	ck_assert(!scene->vcpu[0].scheduled_out);
	scene_free(scene);
}
END_TEST

START_TEST(t04_the_window_stops_at_its_ceiling)
{
	const struct kvm_params params = { .ple_window = BASE_WINDOW,
					   .ple_grow = 2,
					   .ple_max = UINT32_MAX };
	uint64_t window = BASE_WINDOW;

	for (uint32_t k = 1; k < 20; k++) {
		window = ple_window_grow(&params, window);
		ck_assert_uint_eq(window, UINT64_C(4096) << k);
	}
	window = ple_window_grow(&params, window);
	ck_assert_uint_eq(window, UINT64_C(4294967295));
	ck_assert_uint_eq(ple_window_grow(&params, window), UINT64_C(4294967295));
}
END_TEST

START_TEST(t06_modifiers_from_the_base_on_are_addends)
{
	struct kvm_params params = { .ple_window = BASE_WINDOW,
				     .ple_grow = 5000,
				     .ple_max = UINT32_MAX };

	ck_assert_uint_eq(ple_window_grow(&params, 4096), 9096);
	ck_assert_uint_eq(ple_window_grow(&params, UINT32_MAX - 1), UINT32_MAX);
	params.ple_grow = BASE_WINDOW; /* m >= base */
	ck_assert_uint_eq(ple_window_grow(&params, 4096), 8192);
	params.ple_grow = BASE_WINDOW - 1; /* m < base: a factor */
	ck_assert_uint_eq(ple_window_grow(&params, 4096), 4096 * 4095);

	params.ple_shrink = 2;
	ck_assert_uint_eq(ple_window_shrink(&params, 16384), 8192);
	params.ple_shrink = 4;
	ck_assert_uint_eq(ple_window_shrink(&params, 8192), 4096);
	params.ple_shrink = BASE_WINDOW; /* m >= base */
	ck_assert_uint_eq(ple_window_shrink(&params, 20000), 15904);
	params.ple_shrink = BASE_WINDOW - 1;
	ck_assert_uint_eq(ple_window_shrink(&params, 4095 * 5000), 5000);
	params.ple_shrink = 5000;
	ck_assert_uint_eq(ple_window_shrink(&params, 20000), 15000);
	ck_assert_uint_eq(ple_window_shrink(&params, 5000), 4096);
	params.ple_shrink = 0;
	ck_assert_uint_eq(ple_window_shrink(&params, 20000), 4096);
}
END_TEST

START_TEST(t07_without_growth_the_window_stays)
{
	const struct kvm_params params = { .ple_window = BASE_WINDOW, .ple_max = UINT32_MAX };
	struct scene *scene = scene_new(2, 2);

	ck_assert_uint_eq(ple_window_grow(&params, 2 * BASE_WINDOW), BASE_WINDOW);
	scene->config.kvm.ple_grow = 0;
	scene_set(scene, "SR");
	for (uint64_t k = 1; k <= 5; k++) {
		scene_run_until(scene, COUNTER_PLE_EXITS, k);
		ck_assert_uint_eq(scene->vcpu[0].ple_window, BASE_WINDOW);
		ck_assert_uint_ge(scene_now(scene), 100 * US + k * BASE_WINDOW);
		ck_assert_uint_le(scene_now(scene), 100 * US + k * (BASE_WINDOW + 1));
	}
	scene_free(scene);
}
END_TEST

/* The shrink modifier at a real switch-in. */
START_TEST(t06_a_switch_in_applies_the_shrink_modifier)
{
	struct scene *scene = scene_new(2, 2);

	scene->config.kvm.ple_shrink = 2;
	scene_set(scene, "SR");
	scene_run_until(scene, COUNTER_PLE_EXITS, 2);
	scene_freeze(scene, 0);
	scene_thaw(scene, 0);
	ck_assert_uint_eq(scene->vcpu[0].ple_window, 8192);
	scene_free(scene);
}
END_TEST

/* vCPU 1 has the lock when vCPU 0 asks for it at 100 us, and lets it go 1 ms later. */
START_TEST(t08_spin_of_1ms_exits_nine_times)
{
	struct scene *scene = scene_new(2, 2);

	scene->config.cost.tsc_khz = GHZ_2_5;
	SCRIPT(scene, 0, RUN(100 * US), LOCK(1), UNLOCK(1), RUN(FOREVER));
	SCRIPT(scene, 1, LOCK(1), KERNEL(1100 * US), UNLOCK(1), RUN(FOREVER));
	scene_start(scene);
	for (uint64_t k = 1; k <= 9; k++) {
		uint64_t ns = (BASE_WINDOW * ((UINT64_C(1) << k) - 1)) * 2 / 5;

		scene_run_until(scene, COUNTER_PLE_EXITS, k);
		ck_assert_uint_ge(scene_now(scene), 100 * US + ns - k);
		ck_assert_uint_le(scene_now(scene), 100 * US + ns + k);
	}
	ck_assert_uint_ge(scene_now(scene), 100 * US + 837100);
	ck_assert_uint_le(scene_now(scene), 100 * US + 837250);
	scene_run(scene, 20 * MS);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PLE_EXITS), 9);
	ck_assert_uint_eq(scene->task[0].began[2], 1100 * US);
	scene_free(scene);
}
END_TEST

START_TEST(t09_a_tick_rearms_the_loop_and_leaves_the_window)
{
	struct scene *scene = scene_new(2, 2);
	uint64_t window;

	scene->host_tick = MS;
	scene->host_phase = 600 * US; /* 0.5 ms into the spin */
	scene->config.cost.tsc_khz = GHZ_2_5;
	scene_set(scene, "SR");
	scene_run(scene, 600 * US - 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PLE_EXITS), 8); /* the last at 417.8 us */
	window = scene->vcpu[0].ple_window;
	ck_assert_uint_eq(window, BASE_WINDOW << 8); /* 419.4 us: would fire at 837.2 us */
	scene_run(scene, 600 * US);
	ck_assert_uint_eq(scene->vcpu[0].ple_window, window);
	scene_run_until(scene, COUNTER_PLE_EXITS, 9);
	ck_assert_uint_ge(scene_now(scene), 600 * US + 419430);
	ck_assert_uint_le(scene_now(scene), 600 * US + 419432);
	scene_free(scene);
}
END_TEST

START_TEST(t09_endless_spin_under_1ms_ticks_exits_ten_times)
{
	struct scene *scene = scene_new(2, 2);
	uint64_t switches;

	scene->host_tick = MS;
	scene->host_phase = 99 * US; /* the spin begins just behind a tick */
	scene->config.cost.tsc_khz = GHZ_3;
	scene_set(scene, "SR");
	switches = scene_count(scene, COUNTER_SWITCHES);
	scene_run(scene, 50 * MS);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PLE_EXITS), 10);
	ck_assert_uint_eq(scene->vcpu[0].ple_window, BASE_WINDOW << 10);
	ck_assert_uint_eq(scene_count(scene, COUNTER_SWITCHES), switches);
	scene_free(scene);
}
END_TEST

/* Work of any length in user or kernel mode is no pause loop. */
START_TEST(t10_user_mode_never_exits)
{
	struct scene *scene = scene_new(2, 2);

	SCRIPT(scene, 0, RUN(50 * MS), KERNEL(50 * MS), RUN(FOREVER));
	scene_set(scene, "-R");
	scene_run(scene, 200 * MS);
	ck_assert_uint_eq(scene->task[0].began[2], 100 * MS);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PLE_EXITS), 0);
	ck_assert_uint_eq(scene_count(scene, COUNTER_SCANS), 0);
	scene_free(scene);
}
END_TEST

START_TEST(t12_pause_exits_off)
{
	struct scene *scene = scene_new(2, 2);

	scene->config.kvm.ple = PLE_OFF;
	scene_set(scene, "SP");
	scene_run(scene, 50 * MS);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PLE_EXITS), 0);
	ck_assert_uint_eq(scene->vcpu[0].ple_window, BASE_WINDOW);
	scene_free(scene);
}
END_TEST

/* 1.3: the scan sees the window that has grown already. */
START_TEST(item_1_3_the_window_grows_before_the_scan)
{
	struct scene *scene = scene_new(2, 2);

	scene_set(scene, "SP");
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_uint_eq(scene->examinations, 1);
	ck_assert_uint_eq(scene->examined_window, 2 * BASE_WINDOW);
	scene_free(scene);
}
END_TEST

/* 1.7: a cross call's wait is a pause loop like a lock's. */
START_TEST(item_3_4_waiting_for_a_cross_call_exits)
{
	struct scene *scene = scene_new(2, 2);

	SCRIPT(scene, 0, RUN(100 * US), SHOOTDOWN(1), RUN(FOREVER));
	scene_set(scene, "-U");
	scene_run_until(scene, COUNTER_PLE_EXITS, 3);
	ck_assert_uint_ge(scene_now(scene), 100 * US + 7 * BASE_WINDOW);
	ck_assert_uint_le(scene_now(scene), 100 * US + 7 * BASE_WINDOW + 3);
	scene_free(scene);
}
END_TEST

/*
 * 1.4: only an entry, or PAUSEs too far apart, begin a loop anew. That the model cuts the wait for a
 * test-and-set lock into rounds, or looks at the lock in between, does not; n of 1.5 for 1 ms at 1 GHz.
 */
START_TEST(item_1_4_a_wait_in_rounds_is_one_loop)
{
	struct scene *scene = scene_new(2, 2);

	/* a round of 32768 polls, 1 cycle each, is 32.8 us */
	scene->kind.vm.spin_lock = GUEST_SPIN_LOCK_TEST_AND_SET;
	scene_set(scene, "SR");
	scene_run(scene, 100 * US + MS);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PLE_EXITS), 7);
	scene_free(scene);
}
END_TEST

/* Nor does the other thread of its core: the TSC counts on. */
START_TEST(item_1_4_a_change_of_speed_is_no_new_loop)
{
	struct scene *scene = scene_new(2, 2);

	scene->config.topology = (struct topology_params){ 1, 1, 1, 2 };
	scene->config.cost.smt_speed = 500;
	SCRIPT(scene, 1, RUN(10 * US), SLEEP(20 * US));
	scene->task[1].rounds = 1000;
	scene_set(scene, "S-");
	scene_run(scene, 100 * US + MS);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PLE_EXITS), 7);
	scene_free(scene);
}
END_TEST

/* The next wait is: between the two the guest does other things, longer than the gap. */
START_TEST(item_1_4_the_next_wait_is_a_new_loop)
{
	struct scene *scene = scene_new(3, 3);

	scene->kind.vm.spin_lock = GUEST_SPIN_LOCK_TEST_AND_SET;
	SCRIPT(scene, 0, RUN(100 * US), LOCK(1), LOCK(2), RUN(FOREVER));
	SCRIPT(scene, 1, LOCK(1), KERNEL(103 * US), UNLOCK(1), RUN(FOREVER));
	SCRIPT(scene, 2, LOCK(2), KERNEL(106 * US), UNLOCK(2), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[0].asked, 4);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PLE_EXITS), 0);
	scene_free(scene);
}
END_TEST

/* 5: a guest with cold caches makes no progress, so it does not pause either. */
START_TEST(item_1_4_a_loop_begins_after_the_refill)
{
	struct scene *scene = scene_new(2, 2);
	uint64_t before;

	scene->config.cost.refill_max = 50 * US;
	scene_set(scene, "SR");
	scene_run(scene, 160 * US); /* it spins since 150 us */
	scene_freeze(scene, 0);
	scene_run(scene, 200 * US);
	before = scene_count(scene, COUNTER_PLE_EXITS);
	scene_thaw(scene, 0);
	scene_run_until(scene, COUNTER_PLE_EXITS, before + 1);
	ck_assert_uint_ge(scene_now(scene), 250 * US + BASE_WINDOW - 2); /* two roundings */
	ck_assert_uint_le(scene_now(scene), 250 * US + BASE_WINDOW);
	scene_free(scene);
}
END_TEST

/* The yield trigger of the realkvm guests counts own time: what interrupts them does not start it anew. */
START_TEST(ticks_do_not_rearm_the_trigger)
{
	struct scene *scene = scene_new(2, 2);

	scene->config.kvm.ple = _i ? PLE_INTEL : PLE_TRIGGER;
	scene->config.kvm.ple_window = 600 * US;
	scene->config.kvm.ple_grow = 0;
	scene->host_tick = 400 * US;
	scene_set(scene, "SR");
	scene_run(scene, 100 * US + 3 * MS);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PLE_EXITS), _i ? 0 : 5);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kvm-ple");
	TCase *ple = tcase_create("ple");

	tcase_add_test(ple, t01_three_exits_double_the_window_each);
	tcase_add_test(ple, t02_a_switch_in_resets_the_window_once);
	tcase_add_test(ple, t02_a_halt_resets_the_window);
	tcase_add_test(ple, t03_t36_a_repick_does_not_reset_the_window);
	tcase_add_test(ple, t04_the_window_stops_at_its_ceiling);
	tcase_add_test(ple, t06_modifiers_from_the_base_on_are_addends);
	tcase_add_test(ple, t06_a_switch_in_applies_the_shrink_modifier);
	tcase_add_test(ple, t07_without_growth_the_window_stays);
	tcase_add_test(ple, t08_spin_of_1ms_exits_nine_times);
	tcase_add_test(ple, t09_a_tick_rearms_the_loop_and_leaves_the_window);
	tcase_add_test(ple, t09_endless_spin_under_1ms_ticks_exits_ten_times);
	tcase_add_test(ple, t10_user_mode_never_exits);
	tcase_add_test(ple, t12_pause_exits_off);
	tcase_add_test(ple, item_1_3_the_window_grows_before_the_scan);
	tcase_add_test(ple, item_3_4_waiting_for_a_cross_call_exits);
	tcase_add_test(ple, item_1_4_a_wait_in_rounds_is_one_loop);
	tcase_add_test(ple, item_1_4_a_change_of_speed_is_no_new_loop);
	tcase_add_test(ple, item_1_4_the_next_wait_is_a_new_loop);
	tcase_add_test(ple, item_1_4_a_loop_begins_after_the_refill);
	tcase_add_loop_test(ple, ticks_do_not_rearm_the_trigger, 0, 2);
	suite_add_tcase(suite, ple);
	return run_suite(suite);
}
