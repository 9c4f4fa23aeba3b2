/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_start.c - when and where vCPU threads begin
 */
#include <check.h>

#include "models/config.h"
#include "models/machine_private.h"
#include "models/placement_plan.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"

/* One free VM on pCPUs without anything else. */
static struct scene *started(uint64_t initial, uint64_t seed)
{
	struct scene *scene = scene_new(4, 4);

	scene->config.seed = seed;
	scene->kind.vm.affinity = AFFINITY_FREE;
	scene->kind.vm.start = START_SEQUENCE;
	scene->kind.vm.start_spread = 100 * US;
	scene->kind.vm.initial = initial;
	for (uint32_t i = 0; i < 4; i++)
		SCRIPT(scene, i, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 350 * US);
	return scene;
}

/* One after the other, each on a pCPU of its own. */
START_TEST(forked_threads_spread)
{
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct scene *scene = started(INITIAL_FORK, seed);
		uint32_t used = 0;

		for (uint32_t i = 0; i < 4; i++) {
			ck_assert_int_eq(scene->vcpu[i].task.state, TASK_RUNNABLE);
			used |= 1u << scene->vcpu[i].task.cpu;
		}
		ck_assert_uint_eq(used, 15);
		scene_free(scene);
	}
}
END_TEST

START_TEST(random_starts_stack)
{
	uint32_t stacked = 0;

	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct scene *scene = started(INITIAL_RANDOM, seed);
		uint32_t used = 0;

		for (uint32_t i = 0; i < 4; i++)
			used |= 1u << scene->vcpu[i].task.cpu;
		stacked += used != 15;
		scene_free(scene);
	}
	/* all apart by chance: 4! / 4^4 = 9 % */
	ck_assert_uint_ge(stacked, 12);
}
END_TEST

START_TEST(in_order)
{
	struct scene *scene = started(INITIAL_IN_ORDER, 1);

	for (uint32_t i = 0; i < 4; i++)
		ck_assert_uint_eq(scene->vcpu[i].task.cpu, i);
	scene_free(scene);
}
END_TEST

/* Three VMs in every order, their threads in order and a step apart. */
START_TEST(sequence_draws_the_order_of_vms)
{
	struct scene *scene = scene_new(2, 2);
	uint32_t orders = 0;

	scene->kind.vm.start = START_SEQUENCE;
	scene->kind.vm.start_spread = 10;
	scene_start(scene);
	for (uint64_t seed = 1; seed <= 100; seed++) {
		uint32_t order = 0, places = 0;

		scene->config.seed = seed;
		for (uint32_t vm = 0; vm < 3; vm++) {
			struct placement_plan plan;

			placement_plan_init(&plan, &scene->machine->host, &scene->config,
					    &scene->kind, vm, 3);
			ck_assert_uint_eq(plan.start[0] % 20, 0);
			ck_assert_uint_eq(plan.start[1], plan.start[0] + 10);
			places |= 1u << plan.start[0] / 20;
			order = order * 3 + (uint32_t)plan.start[0] / 20;
			placement_plan_clear(&plan);
		}
		ck_assert_uint_eq(places, 7);
		orders |= 1u << order;
	}
	ck_assert_int_eq(__builtin_popcount(orders), 6);
	scene_free(scene);
}
END_TEST

/* The workload of each VM, somewhere in its range. */
START_TEST(workloads_begin_in_their_phase)
{
	struct scene *scene = scene_new(2, 2);
	uint64_t first = UINT64_MAX, last = 0;

	scene->kind.vm.phase_from = 1000;
	scene->kind.vm.phase_spread = 100;
	scene_start(scene);
	for (uint32_t vm = 0; vm < 100; vm++) {
		struct placement_plan plan;
		uint64_t start;

		placement_plan_init(&plan, &scene->machine->host, &scene->config, &scene->kind, vm,
				    100);
		start = plan.placement.workload_start;
		first = start < first ? start : first;
		last = start > last ? start : last;
		placement_plan_clear(&plan);
	}
	ck_assert_uint_ge(first, 1000);
	ck_assert_uint_le(first, 1010);
	ck_assert_uint_ge(last, 1090);
	ck_assert_uint_le(last, 1100);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("start");
	TCase *tcase = tcase_create("start");

	tcase_add_test(tcase, forked_threads_spread);
	tcase_add_test(tcase, random_starts_stack);
	tcase_add_test(tcase, in_order);
	tcase_add_test(tcase, sequence_draws_the_order_of_vms);
	tcase_add_test(tcase, workloads_begin_in_their_phase);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
