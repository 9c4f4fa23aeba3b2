/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_eevdf_sleep.c - sleep, wake-up, preemption, groups: eevdf.md 8.6, 8.7, E31 to E47
 *
 * A is task 0 and runs, B is task 1.
 */
#include <stdlib.h>

#include <glib.h>

#include "models/sched/hooks.h"
#include "models/sched/query.h"
#include "tests/check_main.h"
#include "tests/unit/fair_bed.h"

static int64_t weight_on(const struct fair_group *group, uint32_t cpu)
{
	return group->cpu[cpu].entity.weight / 1024;
}

/* VM-A: 16 vCPUs, VM-B: 4, one group each; all run, and ticks on every CPU publish the load. */
static void two_vms(struct bed *bed, struct fair_group *group[2], uint32_t cpu_of_last)
{
	bed_open(bed, (struct bed_config){ .cpus = 16 });
	for (int i = 0; i < 2; i++)
		group[i] = fair_group_new(&bed->fair, NULL, 1024);
	for (uint32_t i = 0; i < 16; i++)
		bed_start_on(bed, i == 15 ? cpu_of_last : i, (int)i, group[0], 0);
	for (uint32_t i = 0; i < 4; i++)
		bed_start_on(bed, i, 16 + (int)i, group[1], 0);
	for (int round = 0; round < 200; round++) {
		bed_run(bed, MS(1));
		for (uint32_t cpu = 0; cpu < 16; cpu++) {
			struct fair_rq *rq = &bed->fair.rq[cpu];

			fair_tick(rq, bed->clock);
			if (rq->resched)
				bed_pick_on(bed, cpu);
		}
	}
}

START_TEST(E31_a_group_s_weight_is_split_over_its_cpus)
{
	struct fair_group *group[2];
	struct bed bed;

	two_vms(&bed, group, 15);
	for (uint32_t cpu = 0; cpu < 16; cpu++)
		ck_assert_int_eq(weight_on(group[0], cpu), 64);
	for (uint32_t cpu = 0; cpu < 4; cpu++)
		ck_assert_int_eq(weight_on(group[1], cpu), 256);
	bed_ticks(&bed, (uint64_t)MS(4000));
	ck_assert_double_eq_tol((double)bed_exec(&bed, 16) /
					(double)(bed_exec(&bed, 0) + bed_exec(&bed, 16)),
				0.8, 0.01);
	bed_close(&bed);
}
END_TEST

START_TEST(E32_stacked_vcpus_weigh_twice)
{
	struct fair_group *group[2];
	struct bed bed;

	two_vms(&bed, group, 0);
	ck_assert_int_eq(weight_on(group[0], 0), 128);
	for (uint32_t cpu = 1; cpu < 15; cpu++)
		ck_assert_int_eq(weight_on(group[0], cpu), 64);
	bed_close(&bed);
}
END_TEST

START_TEST(E33_a_lone_task_brings_all_the_shares)
{
	struct fair_group *group;
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .cpus = 4 });
	group = fair_group_new(&bed.fair, NULL, 2048);
	bed_start_on(&bed, 2, 0, group, 0);
	ck_assert_int_eq(weight_on(group, 2), 2048);
	bed_close(&bed);
}
END_TEST

START_TEST(E35_the_smallest_weight_counts_as_two)
{
	struct fair_group *group;
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .cpus = 16 });
	group = fair_group_new(&bed.fair, NULL, 10);
	for (uint32_t cpu = 0; cpu < 16; cpu++) {
		bed_start_on(&bed, cpu, (int)cpu, group, 0);
		bed_pick_on(&bed, cpu);
	}
	bed_run(&bed, MS(1));
	for (uint32_t cpu = 0; cpu < 16; cpu++)
		fair_tick(&bed.fair.rq[cpu], bed.clock);
	for (uint32_t cpu = 0; cpu < 16; cpu++) {
		ck_assert_int_eq(group->cpu[cpu].entity.weight, 640);
		ck_assert_int_eq(group->cpu[cpu].entity.load, 2);
	}
	bed_close(&bed);
}
END_TEST

START_TEST(E36_the_lag_of_a_group_stays_on_its_cpu)
{
	struct fair_group *group;
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .cpus = 2 });
	group = fair_group_new(&bed.fair, NULL, 1024);
	for (int i = 0; i < 2; i++) {
		bed_start_on(&bed, (uint32_t)i, 2 + i, NULL, 0);
		bed_pick_on(&bed, (uint32_t)i);
	}
	bed_start_on(&bed, 0, 0, group, 0);
	fair_entity_set(&group->cpu[0].entity, bed_entity(&bed, 2)->vruntime - MS(4), 0);
	bed_pick_on(&bed, 0);
	bed_block(&bed, 0);
	ck_assert_int_eq(group->cpu[0].entity.shared, MS(2));
	fair_wake(&bed.fair.rq[1], &bed.task[0], 0, bed.clock);
	ck_assert_int_eq(group->cpu[1].entity.shared, 0);
	ck_assert_int_eq(group->cpu[1].entity.vruntime, fair_average(&bed.fair.rq[1].root));
	bed_close(&bed);
}
END_TEST

START_TEST(E37_a_group_entity_may_be_delayed)
{
	struct fair_group *group;
	struct fair_entity *entity;
	struct bed bed;

	bed_open(&bed, (struct bed_config){ 0 });
	group = fair_group_new(&bed.fair, NULL, 1024);
	entity = &group->cpu[0].entity;
	bed_start(&bed, 0, NULL, 0);
	bed_start(&bed, 1, group, 0);
	fair_entity_set(bed_entity(&bed, 0), 0, MS(2.8));
	fair_entity_set(entity, MS(-1), MS(2.8));
	ck_assert_int_eq(bed_pick(&bed), 1);
	bed_run(&bed, MS(3)); /* v 2, V 1: lag -1 */
	bed_block(&bed, 1);
	ck_assert(!fair_task_queued(&bed.task[1]));
	ck_assert(entity->queued && entity->delayed);
	ck_assert_int_eq(bed_current(&bed), 0);
	ck_assert_int_eq(fair_average(&bed.rq->root), MS(1));
	bed_run(&bed, MS(1.9));
	bed_pick(&bed);
	ck_assert(entity->queued);
	/* the hog is used up and the group eligible: the pick takes it off */
	bed_run(&bed, MS(1.1));
	ck_assert_int_eq(bed_pick(&bed), 0);
	ck_assert(!entity->queued && !entity->delayed);
	ck_assert_int_eq(fair_average(&bed.rq->root), bed_entity(&bed, 0)->vruntime);
	bed_close(&bed);
}
END_TEST

/* A runs alone at v 11 with a deadline of 12.8; B wakes with a saved lag. */
static void lone_runner(struct bed *bed, int64_t lag)
{
	bed_open(bed, (struct bed_config){ 0 });
	bed_start(bed, 1, NULL, 0);
	bed_pick(bed);
	bed_block(bed, 1);
	bed_start(bed, 0, NULL, 0);
	bed_pick(bed);
	bed_set(bed, 0, MS(11), MS(12.8));
	bed_entity(bed, 1)->shared = lag;
	ck_assert_int_eq(bed_wake(bed, 1), 1);
}

START_TEST(E39_positive_lag_preempts_a_protected_runner)
{
	struct bed bed;

	lone_runner(&bed, MS(1));
	ck_assert_int_eq(bed_entity(&bed, 1)->vruntime, MS(9));
	ck_assert_int_eq(bed_entity(&bed, 1)->deadline, MS(11.8));
	ck_assert_int_eq(fair_average(&bed.rq->root), MS(10));
	ck_assert_uint_eq(bed.rq->resched, FAIR_RESCHED_NOW);
	ck_assert_int_eq(bed_pick(&bed), 1);
	bed_close(&bed);
}
END_TEST

START_TEST(E40_no_lag_waits_for_the_protection_to_end)
{
	struct bed bed;

	lone_runner(&bed, 0);
	ck_assert_int_eq(bed_entity(&bed, 1)->vruntime, MS(11));
	ck_assert_int_eq(bed_entity(&bed, 1)->deadline, MS(13.8));
	ck_assert_uint_eq(bed.rq->resched, 0);
	bed_run(&bed, MS(1));
	fair_tick(bed.rq, bed.clock);
	ck_assert_uint_eq(bed.rq->resched, 0);
	ck_assert_int_eq(bed_pick(&bed), 1); /* ineligible by now: only nobody asked */
	bed_close(&bed);

	lone_runner(&bed, 0);
	for (int i = 0; i < 2; i++) {
		ck_assert_uint_eq(bed.rq->resched, 0);
		bed_run(&bed, MS(1));
		fair_tick(bed.rq, bed.clock);
	}
	ck_assert_uint_eq(bed.rq->resched, FAIR_RESCHED_NOW);
	ck_assert_int_eq(bed_pick(&bed), 1);
	bed_close(&bed);
}
END_TEST

START_TEST(E41_negative_lag_waits)
{
	struct bed bed;

	lone_runner(&bed, MS(-1));
	ck_assert_int_eq(bed_entity(&bed, 1)->vruntime, MS(13));
	ck_assert_int_eq(fair_average(&bed.rq->root), MS(12));
	ck_assert_uint_eq(bed.rq->resched, 0);
	for (int i = 0; i < 2; i++) {
		bed_run(&bed, MS(1));
		fair_tick(bed.rq, bed.clock);
	}
	/* A is at 13, renewed; B is just eligible */
	ck_assert_int_eq(bed_pick(&bed), 1);
	bed_close(&bed);
}
END_TEST

START_TEST(E42_against_a_stale_protection_deadlines_decide)
{
	static const double deadline[] = { 13.7, 13.8 };
	struct bed bed;

	for (int i = 0; i < 2; i++) {
		bed_open(&bed, (struct bed_config){ 0 });
		bed_start(&bed, 1, NULL, 0);
		bed_pick(&bed);
		bed_block(&bed, 1);
		bed_start(&bed, 0, NULL, 0);
		bed_pick(&bed);
		bed_set(&bed, 0, MS(11), MS(deadline[i]));
		bed_entity(&bed, 0)->protection = MS(2.8); /* of long ago */
		bed_wake(&bed, 1);
		/* a tie goes to the one in the tree */
		ck_assert_uint_eq(bed.rq->resched, i ? FAIR_RESCHED_NOW : 0);
		ck_assert_int_eq(bed_pick(&bed), i ? 1 : 0);
		bed_close(&bed);
	}
}
END_TEST

/* As lone_runner(), B with a slice of 0.7. */
static void short_wakee(struct bed *bed, const char *version, int64_t lag)
{
	bed_open(bed, (struct bed_config){ .version = version });
	bed_start(bed, 1, NULL, 0);
	bed_pick(bed);
	fair_set_slice(&bed->task[1], MS(0.7), 0);
	bed_block(bed, 1);
	bed_start(bed, 0, NULL, 0);
	bed_pick(bed);
	bed_set(bed, 0, MS(11), MS(12.8));
	bed_entity(bed, 1)->shared = lag;
	bed_wake(bed, 1);
}

START_TEST(E43_a_shorter_slice_preempts_when_eligible)
{
	struct bed bed;

	static const char *const version[] = { "6.19", "6.19-rc1", "6.18.0", "6.12", "6.12.117" };
	bool shortened = _i < 3;

	short_wakee(&bed, version[_i], 0);
	ck_assert_int_eq(bed_entity(&bed, 1)->deadline, MS(11.7));
	ck_assert_uint_eq(bed.rq->resched, FAIR_RESCHED_NOW);
	ck_assert_int_eq(bed_pick(&bed), 1);
	bed_close(&bed);

	short_wakee(&bed, version[_i], MS(-0.5));
	ck_assert_int_eq(bed_entity(&bed, 1)->vruntime, MS(12));
	ck_assert_uint_eq(bed.rq->resched, 0);
	ck_assert_int_eq(bed_entity(&bed, 0)->protection, shortened ? MS(11.7) : MS(12.8));
	bed_close(&bed);
}
END_TEST

/* A and B at 0; B runs 0.5 and blocks. */
static void sleeper(struct bed *bed, struct bed_config config)
{
	bed_open(bed, config);
	bed_start(bed, 1, NULL, 0);
	bed_pick(bed);
	bed_start(bed, 0, NULL, 0);
	bed_set(bed, 1, 0, MS(2.8));
	bed_set(bed, 0, 0, MS(2.8));
	bed_run(bed, MS(0.5));
	bed_block(bed, 1);
	ck_assert_int_eq(bed_current(bed), 0);
}

START_TEST(E44_an_ineligible_sleeper_stays_queued)
{
	struct bed bed;

	sleeper(&bed, (struct bed_config){ 0 });
	ck_assert(fair_task_delayed(&bed.task[1]));
	ck_assert_int_eq(fair_average(&bed.rq->root), MS(0.25));
	ck_assert_ptr_ne(bed.rq->root.next, bed_entity(&bed, 1));
	for (int ms = 1; ms <= 3; ms++) {
		ck_assert(fair_task_delayed(&bed.task[1]));
		bed_run(&bed, MS(1));
		fair_tick(bed.rq, bed.clock);
		if (bed.rq->resched)
			ck_assert_int_eq(bed_pick(&bed), 0);
	}
	/* I10: the pick took it off, it never ran; its lag of 1.25 is forgotten */
	ck_assert(!fair_task_queued(&bed.task[1]));
	ck_assert_int_eq(bed_entity(&bed, 1)->shared, 0);
	ck_assert_uint_eq(bed_exec(&bed, 1), (uint64_t)MS(0.5));
	ck_assert_int_eq(fair_average(&bed.rq->root), MS(3));
	ck_assert_uint_eq(bed.rq->nr_running, 1);
	bed_close(&bed);
}
END_TEST

START_TEST(E45_woken_while_delayed)
{
	struct bed bed;

	sleeper(&bed, (struct bed_config){ 0 });
	bed_run(&bed, MS(0.3));
	fair_account(&bed.rq->root);
	ck_assert_int_eq(bed_wake(&bed, 1), 1);
	ck_assert(!fair_task_delayed(&bed.task[1]));
	ck_assert_int_eq(bed_entity(&bed, 1)->vruntime, MS(0.5));
	ck_assert_int_eq(bed_entity(&bed, 1)->deadline, MS(2.8));
	bed_close(&bed);

	sleeper(&bed, (struct bed_config){ 0 });
	bed_run(&bed, MS(0.7));
	fair_account(&bed.rq->root);
	ck_assert_int_eq(bed_wake(&bed, 1), 1);
	/* placed without it: V is A's v */
	ck_assert_int_eq(bed_entity(&bed, 1)->vruntime, MS(0.7));
	ck_assert_int_eq(bed_entity(&bed, 1)->deadline, MS(3.5));
	ck_assert_uint_eq(fair_nr_runnable(bed.rq), 2);
	ck_assert_int_eq(bed_wake(&bed, 1), 0);
	bed_close(&bed);
}
END_TEST

START_TEST(E46_an_eligible_sleeper_leaves_with_its_lag)
{
	struct bed bed;

	bed_open(&bed, (struct bed_config){ 0 });
	bed_start(&bed, 1, NULL, 0);
	bed_pick(&bed);
	bed_start(&bed, 0, NULL, 0);
	bed_set(&bed, 0, MS(5), MS(7.8));
	bed_set(&bed, 1, MS(2), MS(4.8));
	bed_block(&bed, 1);
	ck_assert(!fair_task_queued(&bed.task[1]));
	ck_assert_int_eq(bed_entity(&bed, 1)->shared, MS(1.5));
	bed_run(&bed, MS(1000));
	fair_tick(bed.rq, bed.clock);
	ck_assert_int_eq(bed_entity(&bed, 1)->shared, MS(1.5));
	bed_close(&bed);
}
END_TEST

START_TEST(E47_without_delay_the_debt_is_carried)
{
	struct bed bed;

	sleeper(&bed, (struct bed_config){ .version = "6.6" });
	ck_assert(!fair_task_queued(&bed.task[1]));
	ck_assert_int_eq(bed_entity(&bed, 1)->shared, MS(-0.25));
	bed_close(&bed);
}
END_TEST

static void no_preemption(struct fair_features *features)
{
	features->wakeup_preemption = false;
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

#define WAKES 1000

/* B runs 50 to 350 us and sleeps 1 to 9 ms, beside the hog A: from wake-up to CPU, sorted. */
static void wake_latencies(uint64_t latency[WAKES])
{
	const uint64_t tick = 4000000;
	uint64_t next_tick = tick, event = MS(1), state = 1, woken = 0;
	int wakes = 0;
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .hz = 250, .slice = 1400000 });
	bed_start(&bed, 1, NULL, 0);
	bed_pick(&bed);
	bed_block(&bed, 1);
	bed_start(&bed, 0, NULL, 0);
	bed_pick(&bed);
	while (wakes < WAKES) {
		bool asleep = !woken, runs = bed_current(&bed) == 1;
		uint64_t left = asleep || runs ? event : UINT64_MAX;
		uint64_t step = MIN(left, next_tick - bed.clock);

		bed_run(&bed, step);
		if (left != UINT64_MAX)
			event -= step;
		if (step == left) {
			state = state * UINT64_C(6364136223846793005) +
				UINT64_C(1442695040888963407);
			if (asleep) {
				bed_wake(&bed, 1);
				woken = bed.clock;
				event = 50000 + (state >> 33) % 300000;
			} else {
				bed_block(&bed, 1);
				woken = 0;
				event = (uint64_t)MS(1) + (state >> 33) % (uint64_t)MS(8);
			}
		}
		if (bed.clock == next_tick) {
			fair_tick(bed.rq, bed.clock);
			next_tick += tick;
		}
		if (bed.rq->resched)
			bed_pick(&bed);
		if (woken && !runs && bed_current(&bed) == 1)
			latency[wakes++] = bed.clock - woken;
	}
	qsort(latency, WAKES, sizeof(*latency), by_size);
	bed_close(&bed);
}

/* Measured: p50 0.09 ms with the cost of a switch, p90 3 to 5 ms, at most about 9 ms, two ticks. */
START_TEST(E48_most_wakes_are_immediate_or_within_a_slice_and_a_tick)
{
	uint64_t latency[WAKES] = { 0 };

	wake_latencies(latency);
	ck_assert_uint_eq(latency[WAKES / 2], 0);
	ck_assert_uint_le(latency[WAKES * 9 / 10], (uint64_t)MS(5.4));
	ck_assert_uint_le(latency[WAKES - 1], (uint64_t)MS(9));
	ck_assert_uint_gt(latency[WAKES - 1], 0);
}
END_TEST

START_TEST(I17_who_never_preempts_by_waking)
{
	struct bed bed;

	for (int i = 0; i < 3; i++) {
		bed_open(&bed, (struct bed_config){ .tune = i ? NULL : no_preemption });
		fair_task_configure(&bed.task[1], 0, i ? (enum fair_policy)i : FAIR_NORMAL, 0);
		fair_start(bed.rq, &bed.task[1], 0);
		bed_pick(&bed);
		bed_block(&bed, 1);
		bed_start(&bed, 0, NULL, 0);
		bed_pick(&bed);
		bed_set(&bed, 0, MS(11), MS(12.8));
		bed_entity(&bed, 1)->shared = MS(5);
		ck_assert_int_eq(bed_wake(&bed, 1), 1);
		ck_assert_uint_eq(bed.rq->resched, 0);
		bed_close(&bed);
	}
}
END_TEST

START_TEST(I18_lazy_requests_become_urgent_at_a_tick)
{
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .lazy = true });
	bed_start(&bed, 1, NULL, 0);
	ck_assert_uint_eq(bed.rq->resched, FAIR_RESCHED_NOW); /* an idle CPU does not wait */
	bed_pick(&bed);
	bed_block(&bed, 1);
	bed_start(&bed, 0, NULL, 0);
	bed_pick(&bed);
	bed_set(&bed, 0, MS(11), MS(12.8));
	bed_entity(&bed, 1)->shared = MS(1);
	bed_wake(&bed, 1);
	ck_assert_uint_eq(bed.rq->resched, FAIR_RESCHED_LAZY);
	fair_tick(bed.rq, bed.clock);
	ck_assert_uint_eq(bed.rq->resched, FAIR_RESCHED_LAZY | FAIR_RESCHED_NOW);
	bed_close(&bed);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("eevdf groups and sleep");
	TCase *groups = tcase_create("8.6"), *sleep = tcase_create("8.7");

	tcase_add_test(groups, E31_a_group_s_weight_is_split_over_its_cpus);
	tcase_add_test(groups, E32_stacked_vcpus_weigh_twice);
	tcase_add_test(groups, E33_a_lone_task_brings_all_the_shares);
	tcase_add_test(groups, E35_the_smallest_weight_counts_as_two);
	tcase_add_test(groups, E36_the_lag_of_a_group_stays_on_its_cpu);
	tcase_add_test(groups, E37_a_group_entity_may_be_delayed);
	tcase_add_test(sleep, E39_positive_lag_preempts_a_protected_runner);
	tcase_add_test(sleep, E40_no_lag_waits_for_the_protection_to_end);
	tcase_add_test(sleep, E41_negative_lag_waits);
	tcase_add_test(sleep, E42_against_a_stale_protection_deadlines_decide);
	tcase_add_loop_test(sleep, E43_a_shorter_slice_preempts_when_eligible, 0, 5);
	tcase_add_test(sleep, E44_an_ineligible_sleeper_stays_queued);
	tcase_add_test(sleep, E45_woken_while_delayed);
	tcase_add_test(sleep, E46_an_eligible_sleeper_leaves_with_its_lag);
	tcase_add_test(sleep, E47_without_delay_the_debt_is_carried);
	tcase_add_test(sleep, E48_most_wakes_are_immediate_or_within_a_slice_and_a_tick);
	tcase_add_test(sleep, I17_who_never_preempts_by_waking);
	tcase_add_test(sleep, I18_lazy_requests_become_urgent_at_a_tick);
	suite_add_tcase(suite, groups);
	suite_add_tcase(suite, sleep);
	return run_suite(suite);
}
