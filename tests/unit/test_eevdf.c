/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_eevdf.c - arithmetic of the fair scheduler: eevdf.md 8.2, E1 to E11
 */
#include "models/sched/hooks.h"
#include "models/sched/query.h"
#include "models/sched/versions.h"
#include "models/sched/weight.h"
#include "tests/check_main.h"
#include "tests/unit/fair_bed.h"

static int64_t scaled_by_nice(int nice, int64_t duration)
{
	struct fair_task task = { .nice = nice };

	task_set_weight(&task);
	return fair_scaled(&task.entity, duration);
}

static int64_t scaled_by_weight(int64_t load, int64_t duration)
{
	struct fair_entity entity = { 0 };

	entity_set_weight(&entity, load << 10);
	return fair_scaled(&entity, duration);
}

START_TEST(E1_scaled_time)
{
	ck_assert_int_eq(scaled_by_nice(0, MS(1)), 1000000);
	ck_assert_int_eq(scaled_by_nice(5, MS(1)), 3056716);
	ck_assert_int_eq(scaled_by_nice(-5, MS(1)), 328099);
	ck_assert_int_eq(scaled_by_nice(10, MS(1)), 9309090);
	ck_assert_int_eq(scaled_by_nice(19, MS(1)), 68266666);
	ck_assert_int_eq(scaled_by_weight(64, MS(1)), 15999999);
	ck_assert_int_eq(scaled_by_weight(256, MS(1)), 3999999);
}
END_TEST

START_TEST(E2_deadline_distance)
{
	ck_assert_int_eq(scaled_by_nice(0, MS(2.8)), 2800000);
	ck_assert_int_eq(scaled_by_nice(5, MS(2.8)), 8558806);
	ck_assert_int_eq(scaled_by_nice(19, MS(2.8)), 191146666);
	ck_assert_int_eq(scaled_by_nice(-20, MS(2.8)), 32302);
}
END_TEST

/* eevdf.md 1.1: the kernel tabulates the inverses; nice -20 first. */
START_TEST(inverses_are_the_tabulated_ones)
{
	static const uint32_t inverse[] = {
		48388,	  59856,    76040,    92818,	 118348,    147320,    184698,	  229616,
		287308,	  360437,   449829,   563644,	 704093,    875809,    1099582,	  1376151,
		1717300,  2157191,  2708050,  3363326,	 4194304,   5237765,   6557202,	  8165337,
		10153587, 12820798, 15790321, 19976592,	 24970740,  31350126,  39045157,  49367440,
		61356676, 76695844, 95443717, 119304647, 148102320, 186737708, 238609294, 286331153,
	};

	for (int nice = -20; nice < 20; nice++) {
		uint64_t factor = (uint64_t)inverse[nice + 20] << 10;
		struct fair_task task = { .nice = nice };

		task_set_weight(&task);
		if (nice == 0)
			continue;
		while (factor >> 32)
			factor >>= 1;
		ck_assert_uint_eq(task.entity.scale, factor);
	}
}
END_TEST

START_TEST(E3_base_slice)
{
	const struct fair_features *features = fair_features_find("6.19");
	const struct fair_features *older = fair_features_find("6.6");

	ck_assert_uint_eq(fair_base_slice(features, 1), 700000);
	ck_assert_uint_eq(fair_base_slice(features, 2), 1400000);
	ck_assert_uint_eq(fair_base_slice(features, 3), 1400000);
	ck_assert_uint_eq(fair_base_slice(features, 4), 2100000);
	ck_assert_uint_eq(fair_base_slice(features, 7), 2100000);
	ck_assert_uint_eq(fair_base_slice(features, 8), 2800000);
	ck_assert_uint_eq(fair_base_slice(features, 16), 2800000);
	ck_assert_uint_eq(fair_base_slice(features, 256), 2800000);
	ck_assert_uint_eq(fair_base_slice(older, 1), 750000);
	ck_assert_uint_eq(fair_base_slice(older, 2), 1500000);
	ck_assert_uint_eq(fair_base_slice(older, 4), 2250000);
	ck_assert_uint_eq(fair_base_slice(older, 16), 3000000);
}
END_TEST

START_TEST(E4_average_and_eligibility)
{
	struct bed bed;

	bed_open(&bed, (struct bed_config){ 0 });
	bed_start(&bed, 0, NULL, 0);
	bed_start(&bed, 1, NULL, 5);
	bed_start(&bed, 2, NULL, 0);
	bed_set(&bed, 0, MS(10), MS(20));
	bed_set(&bed, 1, MS(4), MS(20));
	bed_set(&bed, 2, MS(6), MS(20));
	ck_assert_int_eq(fair_average(&bed.rq->root), 17724000000 / 2383);
	ck_assert(!fair_eligible(&bed.rq->root, bed_entity(&bed, 0)));
	ck_assert(fair_eligible(&bed.rq->root, bed_entity(&bed, 1)));
	ck_assert(fair_eligible(&bed.rq->root, bed_entity(&bed, 2)));
	bed_close(&bed);
}
END_TEST

START_TEST(E5_average_is_floored)
{
	struct bed bed;

	bed_open(&bed, (struct bed_config){ 0 });
	bed_start(&bed, 0, NULL, 0);
	bed_start(&bed, 1, NULL, 0);
	bed_set(&bed, 0, 0, MS(1));
	bed_set(&bed, 1, 1, MS(1));
	ck_assert_int_eq(fair_average(&bed.rq->root), 0);
	ck_assert(!fair_eligible(&bed.rq->root, bed_entity(&bed, 1)));
	bed_set(&bed, 0, -1, MS(1));
	bed_set(&bed, 1, 0, MS(1));
	ck_assert_int_eq(fair_average(&bed.rq->root), -1);
	ck_assert(!fair_eligible(&bed.rq->root, bed_entity(&bed, 1)));
	ck_assert(fair_eligible(&bed.rq->root, bed_entity(&bed, 0)));
	bed_close(&bed);
}
END_TEST

/* The lag saved by a task that is `away` from another one and leaves, not asleep. */
static int64_t saved_lag(const char *version, uint32_t hz, int nice, int64_t away)
{
	struct bed bed;
	int64_t lag;

	bed_open(&bed, (struct bed_config){ .version = version, .hz = hz });
	bed_start(&bed, 0, NULL, 0);
	bed_start(&bed, 1, NULL, nice);
	bed_set(&bed, 0, 0, MS(1));
	bed_set(&bed, 1, -away, MS(1));
	fair_dequeue(bed.rq, &bed.task[1], 0, 0);
	lag = bed.task[1].entity.shared;
	bed_close(&bed);
	return lag;
}

START_TEST(E6_lag_is_limited)
{
	const int64_t far = MS(1000);

	ck_assert_int_eq(saved_lag("6.19", 250, 0, far), MS(5.6));
	ck_assert_int_eq(saved_lag("6.12.117", 250, 0, far), MS(5.6));
	ck_assert_int_eq(saved_lag("6.19.9", 250, 0, far), MS(6.8));
	ck_assert_int_eq(saved_lag("6.18-stable", 250, 0, far), MS(6.8));
	ck_assert_int_eq(saved_lag("7.1", 250, 0, far), MS(6.8));
	ck_assert_int_eq(saved_lag("6.19", 1000, 0, far), MS(5.6));
	ck_assert_int_eq(saved_lag("6.19.9", 1000, 0, far), MS(3.8));
	ck_assert_int_eq(saved_lag("6.19", 1000, 5, far), 17117612);
	/* I7: both ways, and not when it is small */
	ck_assert_int_eq(saved_lag("6.19", 1000, 0, -far), MS(-5.6));
	ck_assert_int_eq(saved_lag("6.19.9", 250, 0, -far), MS(-6.8));
	ck_assert_int_eq(saved_lag("6.19", 1000, 0, MS(3)), MS(1.5));
}
END_TEST

/* Three tasks of weight 1024; the third enters with a saved lag while the others are at 20. */
static void placement(int64_t lag, int64_t vruntime, int64_t average)
{
	struct bed bed;

	bed_open(&bed, (struct bed_config){ 0 });
	bed_start(&bed, 0, NULL, 0);
	bed_start(&bed, 1, NULL, 0);
	bed_set(&bed, 0, MS(20), MS(25));
	bed_set(&bed, 1, MS(20), MS(25));
	bed_entity(&bed, 2)->shared = lag;
	fair_enqueue(bed.rq, &bed.task[2], FAIR_WAKEUP, 0);
	ck_assert_int_eq(bed_entity(&bed, 2)->vruntime, vruntime);
	ck_assert_int_eq(bed_entity(&bed, 2)->deadline, vruntime + MS(2.8));
	ck_assert_int_eq(fair_average(&bed.rq->root), average);
	ck_assert_int_eq(fair_average(&bed.rq->root) - bed_entity(&bed, 2)->vruntime, lag);
	bed_close(&bed);
}

START_TEST(E7_placement_keeps_a_positive_lag)
{
	placement(MS(1), MS(18.5), MS(19.5));
}
END_TEST

START_TEST(E8_placement_keeps_a_negative_lag)
{
	placement(MS(-1), MS(21.5), MS(20.5));
}
END_TEST

START_TEST(E9_new_task_gets_half_a_slice)
{
	struct bed bed;

	bed_open(&bed, (struct bed_config){ 0 });
	bed_start(&bed, 0, NULL, 0);
	bed_set(&bed, 0, MS(10), MS(12));
	bed_start(&bed, 1, NULL, 0);
	ck_assert_int_eq(bed_entity(&bed, 1)->vruntime, MS(10));
	ck_assert_int_eq(bed_entity(&bed, 1)->deadline, MS(11.4));
	bed_close(&bed);
}
END_TEST

START_TEST(E10_renewal_starts_at_the_present_v)
{
	struct bed bed;

	bed_open(&bed, (struct bed_config){ 0 });
	bed_start(&bed, 0, NULL, 0);
	bed_pick(&bed);
	bed_set(&bed, 0, 0, MS(2.8));
	bed_run(&bed, MS(3));
	fair_account(&bed.rq->root);
	ck_assert_int_eq(bed_entity(&bed, 0)->vruntime, MS(3));
	ck_assert_int_eq(bed_entity(&bed, 0)->deadline, MS(5.8));
	bed_close(&bed);
}
END_TEST

/* Off the queue and back with the lag kept: v, d and V to a rounding of a few ns. */
START_TEST(E11_reweight_keeps_the_weighted_lag)
{
	static const char *const versions[] = { "6.19", "6.19.9", "7.1", "6.12.117" };
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .version = versions[_i] });
	bed_start(&bed, 0, NULL, 0);
	bed_start(&bed, 1, NULL, 0);
	bed_set(&bed, 0, MS(4), MS(6.8));
	bed_set(&bed, 1, MS(10), MS(12.8));
	ck_assert_int_eq(fair_average(&bed.rq->root), MS(7));
	fair_set_nice(&bed.task[1], 5, 0);
	ck_assert_int_le(llabs(bed_entity(&bed, 1)->vruntime - 16170149), 4);
	ck_assert_int_le(llabs(fair_average(&bed.rq->root) - MS(7)), 4);
	/* 6.12.117 off the queue does not scale d: [1] 10b.5 */
	if (_i < 3)
		ck_assert_int_le(llabs(bed_entity(&bed, 1)->deadline - 24728955), 4);
	bed_close(&bed);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("eevdf arithmetic");
	TCase *arithmetic = tcase_create("8.2");

	tcase_add_test(arithmetic, E1_scaled_time);
	tcase_add_test(arithmetic, E2_deadline_distance);
	tcase_add_test(arithmetic, inverses_are_the_tabulated_ones);
	tcase_add_test(arithmetic, E3_base_slice);
	tcase_add_test(arithmetic, E4_average_and_eligibility);
	tcase_add_test(arithmetic, E5_average_is_floored);
	tcase_add_test(arithmetic, E6_lag_is_limited);
	tcase_add_test(arithmetic, E7_placement_keeps_a_positive_lag);
	tcase_add_test(arithmetic, E8_placement_keeps_a_negative_lag);
	tcase_add_test(arithmetic, E9_new_task_gets_half_a_slice);
	tcase_add_test(arithmetic, E10_renewal_starts_at_the_present_v);
	tcase_add_loop_test(arithmetic, E11_reweight_keeps_the_weighted_lag, 0, 4);
	suite_add_tcase(suite, arithmetic);
	return run_suite(suite);
}
