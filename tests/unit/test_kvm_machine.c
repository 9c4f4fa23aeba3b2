/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_machine.c - what the emulated machines of data/realkvm need: the time that a yield's locks
 * take, a trigger that starts anew after the entry, the noise of its README
 */
#include <check.h>

#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

/* The first sleep and burn of the noise processes with seed 1, by its exp.c, computed elsewhere. */
#define NOISE_SLEEP_0 13399230
#define NOISE_BURN_0 199092
#define NOISE_SLEEP_1 10285792

START_TEST(t35_a_target_whose_switch_is_not_over_is_ready)
{
	struct scene *scene = scene_new(2, 2);
	const struct kernel_cpu *cpu;

	scene->config.cost.context_switch = 5000;
	scene_set(scene, "RP");
	cpu = task_cpu(&scene->vcpu[1].task);
	ck_assert(scene->vcpu[1].ready);
	scene_thaw(scene, 1);
	while (cpu->current != &scene->vcpu[1].task)
		scene_step(scene);
	ck_assert(scene->vcpu[1].ready && scene->vcpu[1].preempted);
	/* the hog has gone: both are alone */
	ck_assert_int_eq(kernel_yield_to(task_cpu(&scene->vcpu[0].task), &scene->vcpu[1].task),
			 FAIR_ALONE);
	scene_run(scene, scene_now(scene) + 4999);
	ck_assert(scene->vcpu[1].ready);
	scene_run(scene, scene_now(scene) + 1);
	ck_assert(!scene->vcpu[1].ready && !scene->vcpu[1].preempted);
	scene_free(scene);
}
END_TEST

/* Locks that take `lock` ns; the target gets its pCPU 2 us after it was chosen. */
static void yield_while_it_comes(uint64_t lock, uint64_t *done, uint64_t *refused)
{
	struct scene *scene = scene_new(2, 2);

	scene->config.cost.yield_to = 8000;
	scene->config.cost.yield_lock = lock;
	scene_set(scene, "SP");
	scene_crowd(scene, 0);
	scene_run_until(scene, COUNTER_SCANS, 1);
	scene_run(scene, scene_now(scene) + 2 * US);
	scene_thaw(scene, 1);
	scene_run(scene, scene_now(scene) + 10 * US);
	*done = scene_count(scene, COUNTER_YIELD_OK);
	*refused = scene_count(scene, COUNTER_YIELD_REFUSED);
	scene_free(scene);
}

START_TEST(t35_the_target_is_looked_at_when_the_locks_are_held)
{
	uint64_t done, refused;

	yield_while_it_comes(0, &done, &refused);
	ck_assert_uint_eq(done, 1);
	ck_assert_uint_eq(refused, 0);
	yield_while_it_comes(5000, &done, &refused);
	ck_assert_uint_eq(done, 0);
	ck_assert_uint_ge(refused, 1);
}
END_TEST

START_TEST(locks_are_part_of_what_a_yield_takes)
{
	for (uint64_t lock = 0; lock <= 5000; lock += 2500) {
		struct scene *scene = scene_new(2, 2);
		uint64_t before;

		scene->config.cost.yield_to = 5000;
		scene->config.cost.yield_lock = lock;
		scene_set(scene, "SR");
		scene_feign(scene, 1, 'P');
		scene_crowd(scene, 1);
		before = scene_account(scene, ACCOUNT_EXIT);
		scene_run_until(scene, COUNTER_YIELD_REFUSED, 2);
		scene_run(scene, scene_now(scene) + 10 * US);
		ck_assert_uint_eq(scene_account(scene, ACCOUNT_EXIT) - before, 2 * 5000);
		scene_free(scene);
	}
}
END_TEST

/* A wait of 1 ms, alone: an exit each W + exit + entry. */
START_TEST(trigger_starts_anew_after_the_entry)
{
	struct scene *scene = scene_new(2, 2);
	uint64_t first;

	scene->config.kvm.ple = PLE_TRIGGER;
	scene->config.kvm.ple_window = 20000;
	scene->config.kvm.ple_grow = 0;
	scene->config.cost.exit = 1000;
	scene->config.cost.entry = 3000;
	scene_set(scene, "SR");
	scene_run_until(scene, COUNTER_PLE_EXITS, 1);
	first = scene_now(scene);
	scene_run_until(scene, COUNTER_PLE_EXITS, 11);
	ck_assert_uint_eq(scene_now(scene) - first, 10 * (20000 + 1000 + 3000));
	scene_free(scene);
}
END_TEST

/*
 * A guest that burns 10 ms while its host has a tick each millisecond, and is off for 3 ms: what the
 * ticks and the exits take counts, what others take does not.
 */
START_TEST(a_loop_that_reads_the_clock_counts_ticks_and_exits_but_no_steal)
{
	for (uint64_t timed = 0; timed <= 1; timed++) {
		struct scene *scene = scene_new(1, 1);
		uint64_t took, ticks;

		scene->host_tick = MS;
		scene->kind.guest.timed_work = timed;
		scene->kind.paravirt.steal_time = true;
		scene->config.cost.tick = 2000;
		scene->config.cost.exit = 1000;
		scene->config.cost.entry = 3000;
		SCRIPT(scene, 0, RUN(10 * MS), RUN(100 * MS));
		scene_start(scene);
		scene_run(scene, 4 * MS + MS / 2);
		scene_freeze(scene, 0);
		scene_run(scene, 7 * MS + MS / 2);
		scene_thaw(scene, 0);
		scene_run(scene, 20 * MS);
		took = scene->task[0].began[1] - scene->task[0].began[0];
		took -= scene->vcpu[0].task.wait_total;
		ticks = timed ? 0 : 10;
		ck_assert_uint_ge(took, 10 * MS + ticks * 6000);
		ck_assert_uint_le(took, 10 * MS + (ticks + 2) * 6000);
		scene_free(scene);
	}
}
END_TEST

/* Likewise the handlers of its own interrupts: ten guest ticks. */
START_TEST(a_loop_that_reads_the_clock_counts_handlers)
{
	for (uint64_t timed = 0; timed <= 1; timed++) {
		struct scene *scene = scene_new(1, 1);
		uint64_t took;

		scene->guest_tick = MS;
		scene->kind.guest.timed_work = timed;
		scene->config.cost.guest_tick = 7000;
		SCRIPT(scene, 0, RUN(10 * MS + MS / 2), RUN(100 * MS));
		scene_start(scene);
		scene_run(scene, 20 * MS);
		took = scene->task[0].began[1] - scene->task[0].began[0];
		if (timed)
			ck_assert_uint_eq(took, 10 * MS + MS / 2);
		else
			ck_assert_uint_ge(took, 10 * MS + MS / 2 + 10 * 7000);
		scene_free(scene);
	}
}
END_TEST

START_TEST(noise_with_a_seed_is_that_of_the_readme)
{
	for (uint64_t seed = 1; seed <= 2; seed++) {
		struct scene *scene = scene_new(2, 2);
		const struct kernel_cpu *cpu;

		scene->config.seed = seed;
		scene->config.housekeeping =
			(struct housekeeping_params){ 1, 5 * MS, 15 * MS, 50 * US, 350 * US, 1 };
		scene_set(scene, "RR");
		cpu = task_cpu(&scene->vcpu[1].task);
		scene_run(scene, NOISE_SLEEP_1 - 1);
		ck_assert_ptr_eq(cpu->current, &scene->vcpu[1].task);
		scene_run(scene, NOISE_SLEEP_1);
		ck_assert_ptr_ne(cpu->current, &scene->vcpu[1].task);
		cpu = task_cpu(&scene->vcpu[0].task);
		scene_run(scene, NOISE_SLEEP_0);
		ck_assert_ptr_ne(cpu->current, &scene->vcpu[0].task);
		scene_run(scene, NOISE_SLEEP_0 + NOISE_BURN_0 - 1);
		ck_assert_ptr_ne(cpu->current, &scene->vcpu[0].task);
		scene_run(scene, NOISE_SLEEP_0 + NOISE_BURN_0);
		ck_assert_ptr_eq(cpu->current, &scene->vcpu[0].task);
		scene_free(scene);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("machines of data/realkvm");
	TCase *tcase = tcase_create("machine");

	tcase_add_test(tcase, t35_a_target_whose_switch_is_not_over_is_ready);
	tcase_add_test(tcase, t35_the_target_is_looked_at_when_the_locks_are_held);
	tcase_add_test(tcase, locks_are_part_of_what_a_yield_takes);
	tcase_add_test(tcase, trigger_starts_anew_after_the_entry);
	tcase_add_test(tcase, a_loop_that_reads_the_clock_counts_ticks_and_exits_but_no_steal);
	tcase_add_test(tcase, a_loop_that_reads_the_clock_counts_handlers);
	tcase_add_test(tcase, noise_with_a_seed_is_that_of_the_readme);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
