/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_eevdf_load.c - load tracking: eevdf.md 3, the weights of groups with it: 2.2, E31 to E35
 */
#include <math.h>

#include "models/sched/load.h"
#include "models/sched/query.h"
#include "tests/check_main.h"
#include "tests/unit/fair_bed.h"

static const struct pelt_input always = { 1, 1, true };
static const struct pelt_input never = { 0 };

static uint64_t util(const struct pelt *pelt)
{
	return pelt_average(pelt, pelt->util_sum);
}

START_TEST(averages_rise_as_published)
{
	/* eevdf.md 3, "Rise from 0 with X=1": of the continuous form with a half life of 32.768 ms.
	 * 32 periods of 1024 units of 1024 ns are 33.554 ms: within its 2 % of full scale. */
	static const struct {
		double ms;
		uint64_t value;
	} rise[] = { { 1, 21 },	    { 4, 83 },	  { 10, 195 },	{ 16, 294 },
		     { 32.8, 512 }, { 100, 900 }, { 142, 973 }, { 218, 1014 } };

	for (size_t i = 0; i < sizeof(rise) / sizeof(rise[0]); i++) {
		struct pelt pelt = { 0 };

		pelt_update(&pelt, (uint64_t)MS(rise[i].ms), always);
		double exact = 1024 * (1 - exp2(-rise[i].ms / 33.554432));

		ck_assert_double_eq_tol((double)util(&pelt), exact, 2);
		ck_assert_double_eq_tol((double)util(&pelt), (double)rise[i].value, 20);
	}
}
END_TEST

START_TEST(averages_halve_in_32_periods)
{
	struct pelt pelt = { 0 };
	uint64_t start = UINT64_C(2000) << 20;

	pelt_update(&pelt, start, always);
	ck_assert_uint_eq(util(&pelt), 1024);
	pelt_update(&pelt, start + (UINT64_C(32) << 20), never);
	ck_assert_uint_ge(util(&pelt), 511);
	ck_assert_uint_le(util(&pelt), 512);
	pelt_update(&pelt, start + (UINT64_C(2050) << 20), never);
	ck_assert_uint_eq(pelt.util_sum, 0);
}
END_TEST

/* Within one period nothing decays, and a unit is 1024 ns. */
START_TEST(sums_count_units_of_1024_ns)
{
	struct pelt pelt = { 0 };

	pelt_update(&pelt, 1023, always);
	ck_assert_uint_eq(pelt.load_sum, 0);
	pelt_update(&pelt, 10 * 1024 + 5, always);
	ck_assert_uint_eq(pelt.load_sum, 10);
	ck_assert_uint_eq(pelt.util_sum, 10240);
	pelt_update(&pelt, 1023 * 1024, never);
	ck_assert_uint_eq(pelt.load_sum, 10);
	pelt_update(&pelt, 1024 * 1024, always);
	ck_assert_uint_eq(pelt.load_sum, 9); /* each part is rounded down */
}
END_TEST

/* One step over a constant input is what many small ones give, but for rounding. */
START_TEST(one_step_is_as_good_as_many)
{
	for (uint64_t step = 5000; step < 8000000; step = step * 3 / 2) {
		struct pelt many = { 0 }, one = { 0 };
		struct pelt_input input = { 2048, 2, true };

		for (uint64_t now = step; now < 90000000; now += step)
			pelt_update(&many, now, input);
		pelt_update(&many, 90000000, input);
		pelt_update(&one, 90000000, input);
		ck_assert_double_eq_tol((double)many.load_sum / (double)one.load_sum, 1, 0.001);
		ck_assert_double_eq_tol((double)many.util_sum / (double)one.util_sum, 1, 0.001);
	}
}
END_TEST

/* All CPUs tick and switch as asked. */
static void run_all(struct bed *bed, uint64_t ns)
{
	for (uint64_t end = bed->now + ns; bed->now < end;) {
		bed_run(bed, bed->fair.tick);
		for (uint32_t cpu = 0; cpu < bed->fair.cpus; cpu++) {
			struct fair_rq *rq = &bed->fair.rq[cpu];

			fair_tick(rq, bed->clock);
			if (rq->resched)
				bed_pick_on(bed, cpu);
		}
	}
}

static int64_t weight_on(const struct fair_group *group, uint32_t cpu)
{
	return group->cpu[cpu].entity.weight / 1024;
}

/* VM-A: 16 vCPUs, VM-B: 4, one group each. */
static void two_vms(struct bed *bed, struct fair_group *group[2], uint32_t cpu_of_last)
{
	bed_open(bed, (struct bed_config){ .cpus = 16, .track_load = true });
	bed_run(bed, MS(100));
	for (int i = 0; i < 2; i++)
		group[i] = fair_group_new(&bed->fair, NULL, 1024);
	for (uint32_t i = 0; i < 16; i++)
		bed_start_on(bed, i == 15 ? cpu_of_last : i, (int)i, group[0], 0);
	for (uint32_t i = 0; i < 4; i++)
		bed_start_on(bed, i, 16 + (int)i, group[1], 0);
	run_all(bed, (uint64_t)MS(1000));
}

START_TEST(E31_tracked_shares_are_split_over_cpus)
{
	struct fair_group *group[2];
	struct bed bed;

	two_vms(&bed, group, 15);
	for (uint32_t cpu = 0; cpu < 16; cpu++)
		ck_assert_int_eq(weight_on(group[0], cpu), 64);
	for (uint32_t cpu = 0; cpu < 4; cpu++)
		ck_assert_int_eq(weight_on(group[1], cpu), 256);
	bed_close(&bed);
}
END_TEST

START_TEST(E32_tracked_stacked_vcpus_weigh_twice)
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

START_TEST(E33_tracked_a_lone_task_brings_all_the_shares)
{
	struct fair_group *group;
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .cpus = 4, .track_load = true });
	bed_run(&bed, MS(100));
	group = fair_group_new(&bed.fair, NULL, 2048);
	bed_start_on(&bed, 2, 0, group, 0);
	ck_assert_int_eq(weight_on(group, 2), 2048);
	bed_close(&bed);
}
END_TEST

/* 16 tasks that have slept for long wake at once: nobody has published anything yet. */
START_TEST(E34_late_publication_relaxes_to_the_split)
{
	static const double at[] = { 8, 16, 32.8, 66, 100 };
	struct fair_group *group;
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .cpus = 16, .track_load = true });
	group = fair_group_new(&bed.fair, NULL, 1024);
	for (uint32_t cpu = 0; cpu < 16; cpu++) {
		bed_start_on(&bed, cpu, (int)cpu, group, 0);
		bed_pick_on(&bed, cpu);
		bed_block(&bed, (int)cpu);
	}
	bed_run(&bed, MS(3000));
	for (uint32_t cpu = 0; cpu < 16; cpu++)
		fair_update_blocked(&bed.fair.rq[cpu], bed.clock);
	ck_assert_uint_eq(group->load_avg, 0);
	uint64_t start = bed.clock;

	for (uint32_t cpu = 0; cpu < 16; cpu++) {
		bed_wake(&bed, (int)cpu);
		bed_pick_on(&bed, cpu);
		ck_assert_int_eq(weight_on(group, cpu), 1024);
	}
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		double wait = at[i] * 1e6 - (double)(bed.clock - start);
		double expected = 1024 / (1 + 15 * (1 - exp2(-at[i] / 32.768)));

		run_all(&bed, (uint64_t)wait);
		ck_assert_double_eq_tol((double)weight_on(group, 5), expected, 0.12 * expected);
	}
	run_all(&bed, (uint64_t)MS(1000));
	for (uint32_t cpu = 0; cpu < 16; cpu++)
		ck_assert_int_eq(weight_on(group, cpu), 64);
	bed_close(&bed);
}
END_TEST

START_TEST(E35_tracked_the_smallest_weight_counts_as_two)
{
	struct fair_group *group;
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .cpus = 16, .track_load = true });
	bed_run(&bed, MS(100));
	group = fair_group_new(&bed.fair, NULL, 10);
	for (uint32_t cpu = 0; cpu < 16; cpu++) {
		bed_start_on(&bed, cpu, (int)cpu, group, 0);
		bed_pick_on(&bed, cpu);
	}
	run_all(&bed, (uint64_t)MS(500));
	for (uint32_t cpu = 0; cpu < 16; cpu++) {
		ck_assert_int_eq(group->cpu[cpu].entity.weight, 640);
		ck_assert_int_eq(group->cpu[cpu].entity.load, 2);
	}
	bed_close(&bed);
}
END_TEST

START_TEST(contributions_are_published_at_most_once_a_millisecond)
{
	struct fair_group *group;
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .cpus = 2, .track_load = true });
	bed_run(&bed, MS(100));
	group = fair_group_new(&bed.fair, NULL, 1024);
	bed_start(&bed, 0, group, 0);
	ck_assert_uint_eq(group->load_avg, 1024);
	bed_run(&bed, MS(0.5));
	bed_start(&bed, 1, group, 0);
	ck_assert_uint_eq(group->load_avg, 1024);
	bed_run(&bed, MS(0.5));
	fair_tick(bed.rq, bed.clock);
	ck_assert_uint_eq(group->load_avg, 1024); /* idle: nobody runs */
	bed_pick(&bed);
	ck_assert_uint_eq(group->load_avg, 2048);
	bed_close(&bed);
}
END_TEST

static void ungated(struct fair_features *features)
{
	features->publish_ungated = true;
}

START_TEST(without_the_gate_of_time_every_change_is_published)
{
	struct fair_group *group;
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .cpus = 2, .track_load = true, .tune = ungated });
	bed_run(&bed, MS(100));
	group = fair_group_new(&bed.fair, NULL, 1024);
	bed_start(&bed, 0, group, 0);
	bed_run(&bed, MS(0.5));
	bed_start(&bed, 1, group, 0);
	ck_assert_uint_eq(group->load_avg, 2048);
	bed_close(&bed);
}
END_TEST

START_TEST(a_new_task_weighs_fully_and_is_guessed_to_use_half_of_what_is_free)
{
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .cpus = 2, .track_load = true });
	bed_run(&bed, MS(100));
	bed_start(&bed, 0, NULL, 5);
	ck_assert_uint_eq(fair_task_load(&bed.task[0]), 335);
	ck_assert_uint_eq(fair_task_util(&bed.task[0]), 512);
	ck_assert_uint_eq(fair_rq_load(bed.rq), 335);
	ck_assert_uint_eq(fair_rq_util(bed.rq), 512);
	bed_pick(&bed);
	run_all(&bed, (uint64_t)MS(1000));
	/* the busy CPU has nothing to spare */
	bed_start(&bed, 1, NULL, 0);
	ck_assert_uint_eq(fair_task_load(&bed.task[1]), 1024);
	ck_assert_uint_le(fair_task_util(&bed.task[1]), 1);
	bed_close(&bed);
}
END_TEST

START_TEST(blocked_load_decays_where_it_is_and_moves_at_the_wake_up)
{
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .cpus = 2, .track_load = true });
	struct fair_group *group = fair_group_new(&bed.fair, NULL, 1024);

	bed_start(&bed, 0, group, 0);
	bed_pick(&bed);
	run_all(&bed, (uint64_t)MS(1000));
	ck_assert_uint_ge(fair_rq_load(bed.rq), 1022);
	bed_block(&bed, 0);
	bed_run(&bed, INT64_C(32) << 20);
	ck_assert_uint_le(fair_rq_load(bed.rq), 515);
	ck_assert_uint_ge(fair_rq_load(bed.rq), 509);
	ck_assert_uint_eq(fair_rq_load(&bed.fair.rq[1]), 0);
	fair_wake(&bed.fair.rq[1], &bed.task[0], 0, bed.clock);
	ck_assert_uint_le(fair_rq_load(bed.rq), 2);
	ck_assert_uint_le(fair_rq_util(bed.rq), 2);
	ck_assert_uint_le(fair_rq_runnable(bed.rq), 2);
	ck_assert_uint_ge(fair_rq_load(&bed.fair.rq[1]), 505);
	ck_assert_uint_ge(fair_rq_util(&bed.fair.rq[1]), 505);
	bed_close(&bed);
}
END_TEST

START_TEST(a_dead_task_leaves_no_load_behind)
{
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .track_load = true });
	bed_start(&bed, 0, NULL, 0);
	bed_pick(&bed);
	bed_ticks(&bed, (uint64_t)MS(300));
	fair_dequeue(bed.rq, &bed.task[0], FAIR_SLEEP | FAIR_SPECIAL, bed.clock);
	fair_task_dead(&bed.task[0]);
	bed_pick(&bed);
	ck_assert_uint_le(fair_rq_load(bed.rq), 2);
	ck_assert_uint_le(fair_rq_util(bed.rq), 2);
	bed_close(&bed);
}
END_TEST

START_TEST(a_delayed_task_weighs_but_is_not_runnable)
{
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .track_load = true });
	bed_start(&bed, 0, NULL, 0);
	bed_start(&bed, 1, NULL, 0);
	bed_pick(&bed);
	run_all(&bed, (uint64_t)MS(500));
	int sleeper = bed_current(&bed);

	bed_set(&bed, sleeper, bed_entity(&bed, !sleeper)->vruntime + MS(500), MS(2000));
	bed_block(&bed, sleeper);
	ck_assert(fair_task_delayed(&bed.task[sleeper]));
	bed_ticks(&bed, (uint64_t)MS(200));
	ck_assert(fair_task_delayed(&bed.task[sleeper]));
	ck_assert_uint_ge(fair_rq_load(bed.rq), 2040);
	ck_assert_uint_ge(fair_rq_runnable(bed.rq), 1020);
	ck_assert_uint_le(fair_rq_runnable(bed.rq), 1060);
	bed_close(&bed);
}
END_TEST

START_TEST(hierarchical_loads_add_up_to_the_cpu_s)
{
	struct fair_group *vm[2], *vcpu;
	struct bed bed;
	uint64_t sum = 0;

	bed_open(&bed, (struct bed_config){ .track_load = true });
	vm[0] = fair_group_new(&bed.fair, NULL, 1024);
	vm[1] = fair_group_new(&bed.fair, NULL, 512);
	vcpu = fair_group_new(&bed.fair, vm[0], 1024);
	for (int i = 0; i < 6; i++)
		bed_start(&bed, i, i < 2 ? vm[0] : i < 4 ? vcpu : vm[1], 0);
	bed_pick(&bed);
	run_all(&bed, (uint64_t)MS(1000));
	for (int i = 0; i < 6; i++)
		sum += fair_task_h_load(&bed.task[i]);
	ck_assert_double_eq_tol((double)sum, (double)fair_rq_load(bed.rq), 15);
	ck_assert_double_eq_tol((double)fair_task_h_load(&bed.task[0]), 1024 / 3.0, 4);
	ck_assert_double_eq_tol((double)fair_task_h_load(&bed.task[2]), 1024 / 6.0, 4);
	ck_assert_double_eq_tol((double)fair_task_h_load(&bed.task[4]), 256, 4);
	bed_close(&bed);
}
END_TEST

START_TEST(without_tracking_averages_are_those_of_the_moment)
{
	struct bed bed;

	bed_open(&bed, (struct bed_config){ 0 });
	bed_start(&bed, 0, NULL, 0);
	bed_start(&bed, 1, NULL, 5);
	ck_assert_uint_eq(fair_rq_load(bed.rq), 1359);
	ck_assert_uint_eq(fair_rq_runnable(bed.rq), 2048);
	ck_assert_uint_eq(fair_rq_util(bed.rq), 0);
	ck_assert_uint_eq(fair_task_h_load(&bed.task[1]), 335);
	bed_close(&bed);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("eevdf_load");
	TCase *averages = tcase_create("averages"), *groups = tcase_create("groups");

	tcase_add_test(averages, averages_rise_as_published);
	tcase_add_test(averages, averages_halve_in_32_periods);
	tcase_add_test(averages, sums_count_units_of_1024_ns);
	tcase_add_test(averages, one_step_is_as_good_as_many);
	tcase_add_test(averages,
		       a_new_task_weighs_fully_and_is_guessed_to_use_half_of_what_is_free);
	tcase_add_test(averages, blocked_load_decays_where_it_is_and_moves_at_the_wake_up);
	tcase_add_test(averages, a_dead_task_leaves_no_load_behind);
	tcase_add_test(averages, a_delayed_task_weighs_but_is_not_runnable);
	tcase_add_test(averages, without_tracking_averages_are_those_of_the_moment);
	suite_add_tcase(suite, averages);
	tcase_add_test(groups, E31_tracked_shares_are_split_over_cpus);
	tcase_add_test(groups, E32_tracked_stacked_vcpus_weigh_twice);
	tcase_add_test(groups, E33_tracked_a_lone_task_brings_all_the_shares);
	tcase_add_test(groups, E34_late_publication_relaxes_to_the_split);
	tcase_add_test(groups, E35_tracked_the_smallest_weight_counts_as_two);
	tcase_add_test(groups, contributions_are_published_at_most_once_a_millisecond);
	tcase_add_test(groups, without_the_gate_of_time_every_change_is_published);
	tcase_add_test(groups, hierarchical_loads_add_up_to_the_cpu_s);
	suite_add_tcase(suite, groups);
	return run_suite(suite);
}
