/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_host_tasks.c - the host's own programs, and what is measured of them
 */
#include <string.h>

#include "models/config.h"
#include "models/host_load.h"
#include "models/machine.h"
#include "models/result.h"
#include "models/sched/versions.h"
#include "sim/experiment/param_value.h"
#include "tests/check_main.h"

#define US UINT64_C(1000)
#define MS UINT64_C(1000000)
#define ROOT UINT32_MAX

struct scene {
	struct machine_config config;
	struct host_load load;
	struct result result;
	uint64_t tick_spread;
};

static uint64_t kernel_named(const char *name)
{
	uint64_t i = 0;

	while (strcmp(fair_version_names[i], name) != 0)
		i++;
	return i;
}

/* One CPU, 250 Hz, 6.18-stable, base slice 1.4 ms, a second of window. */
static void scene_run(struct scene *scene, const struct host_class *class, uint32_t classes)
{
	struct machine_config *config = &scene->config;

	params_put_fallbacks(cost_params_table, &config->cost);
	params_put_fallbacks(kvm_params_table, &config->kvm);
	config->cost.tick_spread = scene->tick_spread;
	config->topology = (struct topology_params){ 1, 1, 1, 1 };
	config->host = (struct kernel_params){ .kernel = kernel_named("6.18-stable"), .hz = 250 };
	config->run = (struct run_params){ .warmup = 200 * MS, .window = 1000 * MS };
	scene->load.class = class;
	scene->load.classes = classes;
	scene->load.objects = 1;
	scene->load.base_slice = 1400 * US;
	config->load = &scene->load;

	struct machine *machine = machine_new(config);

	machine_run(machine);
	machine_result(machine, &scene->result);
	machine_free(machine);
}

START_TEST(hogs_take_turns_of_one_tick)
{
	struct scene scene = { 0 };
	const struct host_class hogs = { .program = HOST_HOG, .tasks = 3, .group = ROOT };

	scene_run(&scene, &hogs, 1);

	const struct class_result *class = scene.result.class;

	ck_assert_uint_eq(class->run, 1000 * MS);
	ck_assert_uint_ge(class->switch_ins, 249);
	ck_assert_uint_le(class->switch_ins, 251);
	ck_assert_uint_eq(class->blocks + class->wakeups, 0);
	/* runs that the window's ends cut are left out */
	ck_assert_uint_ge(class->run_length.count, 248);
	ck_assert_uint_eq(class->run_length.min, 4 * MS);
	ck_assert_uint_eq(class->run_length.max, 4 * MS);
	ck_assert_uint_eq(class->preempt_wait.min, 8 * MS);
	ck_assert_uint_eq(class->wake_latency.count, 0);
	result_clear(&scene.result);
}
END_TEST

/*
 * A slice of two ticks is used up at the second tick or at the third, by whether this tick's handler
 * took longer than the one before: the next task starts when the handler is over. Where all take the
 * same, always at the second.
 */
START_TEST(slice_of_whole_ticks_ends_by_the_handlers_lengths)
{
	struct scene scene = { .tick_spread = _i ? 8 * US : 0 };
	const struct host_class hogs = {
		.program = HOST_HOG, .tasks = 2, .group = ROOT, .slice = 8 * (int64_t)MS
	};

	scene_run(&scene, &hogs, 1);

	const struct histogram *run = &scene.result.class->run_length;
	uint64_t at_second = histogram_below(run, 10 * MS), at_third = run->count - at_second;

	ck_assert_uint_gt(at_second, 20);
	if (_i)
		ck_assert_uint_gt(at_third, 20);
	else
		ck_assert_uint_eq(at_third, 0);
	result_clear(&scene.result);
}
END_TEST

START_TEST(lone_sleeper_wakes_at_once)
{
	struct scene scene = { 0 };
	const struct host_class sleeper = {
		.program = HOST_SLEEPER, .tasks = 1, .group = ROOT, .work = 1 * MS, .away = 4 * MS
	};

	scene_run(&scene, &sleeper, 1);

	const struct class_result *class = scene.result.class;

	ck_assert_uint_ge(class->wakeups, 198);
	ck_assert_uint_le(class->wakeups, 200);
	ck_assert_uint_ge(class->run, 198 * MS);
	ck_assert_uint_le(class->run, 206 * MS);
	ck_assert_uint_le(class->wake_latency.max, 50 * US);
	ck_assert_uint_eq(class->preempt_wait.count, 0);
	result_clear(&scene.result);
}
END_TEST

/* 'pair': futex or pipe. */
START_TEST(pair_alternates)
{
	struct scene scene = { 0 };
	const enum host_program program = _i ? HOST_PIPE_PAIR : HOST_FUTEX_PAIR;
	const struct host_class pair[] = {
		{ .program = program, .tasks = 1, .group = ROOT, .work = 50 * US, .side = 0 },
		{ .program = program, .tasks = 1, .group = ROOT, .work = 50 * US, .side = 1 },
	};

	scene_run(&scene, pair, 2);

	const struct class_result *class = scene.result.class;
	uint64_t a = class[0].switch_ins, b = class[1].switch_ins;

	/* 50 us of work, then a switch and system calls */
	ck_assert_uint_ge(a, 9000);
	ck_assert_uint_le(a, 10000);
	ck_assert_uint_le(a > b ? a - b : b - a, 1);
	ck_assert_uint_eq(class[0].run + class[1].run, 1000 * MS);
	result_clear(&scene.result);
}
END_TEST

/* Nobody else wants the CPU at a yield: the yielder never leaves it. */
START_TEST(lone_yielder_goes_on)
{
	struct scene scene = { 0 };
	const struct host_class yielder = {
		.program = HOST_YIELDER, .tasks = 1, .group = ROOT, .work = 10 * US
	};

	scene_run(&scene, &yielder, 1);
	ck_assert_uint_eq(scene.result.class->switch_ins, 0);
	ck_assert_uint_eq(scene.result.class->run, 1000 * MS);
	result_clear(&scene.result);
}
END_TEST

/* README of data/realsched: a run goes on over an interruption by a task that is not of the test. */
START_TEST(run_goes_on_over_foreign_task)
{
	struct scene scene = { 0 };
	const struct host_class hogs = { .program = HOST_HOG, .tasks = 1, .group = ROOT };

	scene.config.housekeeping = (struct housekeeping_params){
		.per_pcpu = 1, .sleep_min = MS, .sleep_max = 2 * MS, .burn_min = US, .burn_max = US
	};
	scene_run(&scene, &hogs, 1);
	ck_assert_uint_ge(scene.result.class->switch_ins, 200);
	ck_assert_uint_eq(scene.result.class->run_length.count, 0);
	ck_assert_uint_eq(scene.result.class->preempt_wait.count, 0);
	result_clear(&scene.result);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("host tasks");
	TCase *tc = tcase_create("programs");

	tcase_add_test(tc, hogs_take_turns_of_one_tick);
	tcase_add_loop_test(tc, slice_of_whole_ticks_ends_by_the_handlers_lengths, 0, 2);
	tcase_add_test(tc, lone_sleeper_wakes_at_once);
	tcase_add_loop_test(tc, pair_alternates, 0, 2);
	tcase_add_test(tc, lone_yielder_goes_on);
	tcase_add_test(tc, run_goes_on_over_foreign_task);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
