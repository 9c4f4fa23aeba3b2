/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_paths.c - what data/realkvm tells apart of the host's paths: the way to the pick, what a cgroup
 * adds to switches and ticks, a halted thread's way back, and pCPUs that share an emulator's thread
 */
#include <check.h>

#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

/* ns in the account from half a millisecond on until `ms` later. */
static uint64_t spent(struct scene *scene, enum account_kind account, uint64_t ms)
{
	uint64_t before;

	scene_run(scene, MS / 2);
	before = scene_account(scene, account);
	scene_run(scene, ms * MS + MS / 2);
	return scene_account(scene, account) - before;
}

/* Two pCPUs of an emulator, with ticks of so many ns; pCPU 0 has so many per mille of its thread. */
static struct scene *sharing(uint64_t tick, uint64_t share)
{
	struct scene *scene = scene_new(2, 2);

	scene->host_tick = MS;
	scene->config.cost.tick = tick;
	scene->config.cost.share_0 = share;
	scene->config.cost.share_1 = 1000 - share;
	return scene;
}

/* Ten ticks on each of two pCPUs, busy all the time, that share a thread 3 to 1. */
START_TEST(busy_pcpus_share_the_emulators_instructions)
{
	struct scene *scene = sharing(3000, 750);

	scene_set(scene, "RR");
	ck_assert_uint_eq(spent(scene, ACCOUNT_EXIT, 10), 10 * (4000 + 12000));
	scene_free(scene);
}
END_TEST

START_TEST(an_idle_pcpu_leaves_its_instructions_to_the_others)
{
	struct scene *scene = sharing(3000, 750);

	scene_set(scene, "RH");
	ck_assert_uint_eq(spent(scene, ACCOUNT_EXIT, 10), 10 * 3000);
	scene_free(scene);
}
END_TEST

/*
 * A tick of 20 us of work on pCPU 0 begins while pCPU 1 sleeps, which wakes when half of it is done and
 * works for 4 us, 8 us of the shared clock: these hold the tick up for 4. (It had been woken for its
 * sleep at 0, which began at 8 us.)
 */
START_TEST(a_path_under_way_slows_down_and_speeds_up)
{
	struct scene *scene = sharing(20000, 500);

	scene->config.cost.idle_wake = 4000;
	SCRIPT(scene, 0, RUN(FOREVER));
	SCRIPT(scene, 1, SLEEP(MS + 2 * US), RUN(1), SLEEP(FOREVER));
	scene_start(scene);
	ck_assert_uint_eq(spent(scene, ACCOUNT_EXIT, 1), 24000);
	scene_free(scene);
}
END_TEST

/* Two vCPUs take turns on a pCPU. */
static struct scene *taking_turns(void)
{
	struct scene *scene = scene_new(1, 2);

	scene->host_tick = MS;
	scene->config.cost.tick = 1000;
	scene->config.cost.context_switch = 2000;
	SCRIPT(scene, 0, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(FOREVER));
	return scene;
}

/* From the tick to the second switch, and what that counts as. */
static uint64_t tick_to_switch(uint64_t reschedule, uint64_t *switching)
{
	struct scene *scene = taking_turns();
	uint64_t switched, before;

	scene->config.cost.exit = 300;
	scene->config.cost.reschedule = reschedule;
	scene_start(scene);
	scene_run(scene, MS / 2);
	scene_run_until(scene, COUNTER_SWITCHES, scene_count(scene, COUNTER_SWITCHES) + 1);
	scene_run(scene, scene_now(scene) + 100 * US);
	before = scene_account(scene, ACCOUNT_SWITCH);
	scene_run_until(scene, COUNTER_SWITCHES, scene_count(scene, COUNTER_SWITCHES) + 1);
	switched = scene_now(scene);
	*switching = scene_account(scene, ACCOUNT_SWITCH) - before;
	scene_free(scene);
	return switched % MS;
}

START_TEST(an_interrupt_that_brings_a_switch_has_a_way_to_the_pick)
{
	uint64_t switching;

	ck_assert_uint_eq(tick_to_switch(0, &switching), 1300);
	ck_assert_uint_eq(switching, 0);
	ck_assert_uint_eq(tick_to_switch(1800, &switching), 3100);
	/* some picks keep who runs */
	ck_assert_uint_ge(switching, 1800);
	ck_assert_uint_eq(switching % 1800, 0);
}
END_TEST

START_TEST(one_that_brings_none_has_not)
{
	struct scene *scene = scene_new(1, 1);

	scene->host_tick = MS;
	scene->config.cost.tick = 1000;
	scene->config.cost.reschedule = 1800;
	scene_set(scene, "R");
	ck_assert_uint_eq(spent(scene, ACCOUNT_SWITCH, 10), 0);
	scene_free(scene);
}
END_TEST

/* A layout's cgroups above a vCPU: none, its VM's, and one of its own below that. */
static const uint64_t levels[] = { CGROUPS_FLAT, CGROUPS_PER_VM, CGROUPS_PER_VCPU };

/* Two vCPUs change places once: each leaves and comes below the same number of cgroups. */
START_TEST(each_cgroup_above_adds_to_a_switch_and_a_tick)
{
	struct scene *scene = taking_turns();
	uint64_t switches, switching, exits;

	scene->config.cgroups.layout = levels[_i];
	scene->config.cost.tick_level = 70;
	scene->config.cost.switch_level = 500;
	scene_start(scene);
	scene_run(scene, MS / 2);
	switches = scene_count(scene, COUNTER_SWITCHES);
	switching = scene_account(scene, ACCOUNT_SWITCH);
	exits = scene_account(scene, ACCOUNT_EXIT);
	scene_run(scene, 20 * MS + MS / 2);
	switches = scene_count(scene, COUNTER_SWITCHES) - switches;
	ck_assert_uint_ge(switches, 4);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_SWITCH) - switching,
			  switches * (2000 + 2 * 500 * (uint64_t)_i));
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_EXIT) - exits,
			  20 * (1000 + 70 * (uint64_t)_i));
	scene_free(scene);
}
END_TEST

/* From the waker's item to the sleeper's next op; it polls in KVM, or has blocked. */
static uint64_t wake_up(uint64_t poll)
{
	struct scene *scene = scene_new(2, 2);
	uint64_t took;

	scene->config.kvm.halt_poll = poll;
	scene->config.kvm.halt_poll_grow = 2;
	scene->config.kvm.halt_poll_grow_start = poll;
	scene->config.cost.halt_wake = 5000;
	/* the first wake-up makes the second halt poll */
	SCRIPT(scene, 0, RUN(100 * US), PUT(0, 1), RUN(100 * US), PUT(0, 1), RUN(FOREVER));
	SCRIPT(scene, 1, GET(0, 1), GET(0, 1), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, MS);
	took = scene->task[1].began[2] - scene->task[0].began[3];
	scene_free(scene);
	return took;
}

START_TEST(a_halted_thread_has_a_way_back_but_not_one_that_polls)
{
	ck_assert_uint_eq(wake_up(0), 5000);
	ck_assert_uint_eq(wake_up(200 * US), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("paths of the host");
	TCase *tcase = tcase_create("paths");

	tcase_add_test(tcase, busy_pcpus_share_the_emulators_instructions);
	tcase_add_test(tcase, an_idle_pcpu_leaves_its_instructions_to_the_others);
	tcase_add_test(tcase, a_path_under_way_slows_down_and_speeds_up);
	tcase_add_test(tcase, an_interrupt_that_brings_a_switch_has_a_way_to_the_pick);
	tcase_add_test(tcase, one_that_brings_none_has_not);
	tcase_add_loop_test(tcase, each_cgroup_above_adds_to_a_switch_and_a_tick, 0, 3);
	tcase_add_test(tcase, a_halted_thread_has_a_way_back_but_not_one_that_polls);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
