/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_eevdf_hogs.c - tasks that always run: eevdf.md 8.3, E12 to E20
 */
#include "tests/check_main.h"
#include "tests/unit/fair_bed.h"

#define SECONDS(s) ((uint64_t)MS((s)*1000.0))

/* Fresh hogs in the root, in this order; the first is picked. */
static void hogs(struct bed *bed, struct bed_config config, int count, const int *nice)
{
	bed_open(bed, config);
	for (int i = 0; i < count; i++)
		bed_start(bed, i, NULL, nice ? nice[i] : 0);
	bed_pick(bed);
}

static double share(struct bed *bed, int task)
{
	return (double)bed_exec(bed, task) / (double)bed->now;
}

START_TEST(E12_two_equal_hogs)
{
	static const struct {
		uint32_t hz;
		double first, steady;
	} row[] = { { 1000, 2, 3 }, { 250, 4, 4 }, { 100, 10, 10 } };
	static struct bed bed;

	hogs(&bed, (struct bed_config){ .hz = row[_i].hz }, 2, NULL);
	bed_ticks(&bed, SECONDS(4));
	ck_assert_uint_eq(bed.stint[0].ns, (uint64_t)MS(row[_i].first));
	ck_assert_uint_eq(bed.stint[1].ns, (uint64_t)MS(row[_i].first));
	/* all but the second task's first */
	ck_assert_uint_eq(bed_stints(&bed, 0, (uint64_t)MS(row[_i].steady)),
			  bed_all_stints(&bed, 0));
	ck_assert_uint_le(bed_all_stints(&bed, 1),
			  bed_stints(&bed, 1, (uint64_t)MS(row[_i].steady)) + 1);
	ck_assert_double_eq_tol(share(&bed, 0), 0.5, 0.003);
	bed_close(&bed);
}
END_TEST

START_TEST(E13_interrupt_time_makes_a_slice_miss_its_tick)
{
	static struct bed bed;

	for (int i = 0; i < 2; i++) {
		hogs(&bed, (struct bed_config){ .slice = i ? 2800000 : 3000000 }, 2, NULL);
		bed.stolen = 10000;
		bed_ticks(&bed, SECONDS(1));
		ck_assert_uint_ge(bed_stints(&bed, 0, (uint64_t)MS(i ? 3 : 4)), 100);
		ck_assert_uint_eq(bed_stints(&bed, 0, (uint64_t)MS(i ? 4 : 3)), 0);
		bed_close(&bed);
	}
}
END_TEST

START_TEST(E14_three_equal_hogs_go_round)
{
	static struct bed bed;

	hogs(&bed, (struct bed_config){ 0 }, 3, NULL);
	bed_ticks(&bed, SECONDS(1));
	for (uint32_t i = 6; i + 1 < bed.stints; i++) {
		ck_assert_uint_eq(bed.stint[i].ns, (uint64_t)MS(3));
		ck_assert_int_eq(bed.stint[i].task, bed.stint[i - 3].task);
		ck_assert_int_ne(bed.stint[i].task, bed.stint[i - 1].task);
	}
	bed_close(&bed);
}
END_TEST

/* E17 says why: the heavy one must reach the v at which the light one is eligible. */
START_TEST(E15_E17_nice_0_against_nice_5)
{
	static const int nice[] = { 0, 5 };
	static struct bed bed;

	hogs(&bed, (struct bed_config){ .hz = 1000 }, 2, nice);
	bed_ticks(&bed, SECONDS(6));
	ck_assert_double_eq_tol(share(&bed, 0), 1024.0 / 1359, 0.002);
	ck_assert_uint_ge(bed_stints(&bed, 0, (uint64_t)MS(9)) +
				  bed_stints(&bed, 0, (uint64_t)MS(10)),
			  bed_all_stints(&bed, 0) - 2);
	ck_assert_uint_gt(bed_stints(&bed, 0, (uint64_t)MS(9)),
			  bed_stints(&bed, 0, (uint64_t)MS(10)));
	ck_assert_uint_ge(bed_stints(&bed, 1, (uint64_t)MS(3)), bed_all_stints(&bed, 1) - 1);
	bed_close(&bed);

	/* measured: 85 of 97 stints of 12 ms, 93 of 95 of 4 ms, 4.5214 : 1.4791 s */
	hogs(&bed, (struct bed_config){ .hz = 250, .slice = 1400000 }, 2, nice);
	bed_ticks(&bed, SECONDS(6));
	ck_assert_double_eq_tol(share(&bed, 0), 4.5214 / 6.0005, 0.003);
	ck_assert_uint_ge(bed_stints(&bed, 0, (uint64_t)MS(12)) * 100,
			  bed_all_stints(&bed, 0) * 70);
	ck_assert_uint_ge(bed_stints(&bed, 1, (uint64_t)MS(4)) * 100, bed_all_stints(&bed, 1) * 90);
	bed_close(&bed);
}
END_TEST

START_TEST(E16_shares_by_nice)
{
	static const struct {
		int nice;
		double share, stint; /* of the nice-0 task; ms, 0: not said */
	} row[] = { { 1, 0.5553, 0 }, { 10, 0.9030, 28 }, { 19, 0.98556, 205 } };
	static struct bed bed;
	const int nice[] = { 0, row[_i].nice };

	hogs(&bed, (struct bed_config){ 0 }, 2, nice);
	bed_ticks(&bed, SECONDS(20));
	ck_assert_double_eq_tol(share(&bed, 0), row[_i].share, 0.002);
	if (row[_i].stint > 0) {
		uint32_t near = 0;

		for (int around = -1; around <= 1; around++)
			near += bed_stints(&bed, 0, (uint64_t)MS(row[_i].stint + around));
		ck_assert_uint_ge(near * 10, bed_all_stints(&bed, 0) * 8);
		ck_assert_uint_ge(bed_stints(&bed, 1, (uint64_t)MS(3)) * 10,
				  bed_all_stints(&bed, 1) * 9);
	}
	bed_close(&bed);
}
END_TEST

START_TEST(E18_a_long_slice_is_cut_to_the_shortest_queued)
{
	static struct bed bed;

	static const char *const version[] = { "6.19", "6.18.0", "6.12.117", "6.12" };
	bool cut = _i < 2;

	hogs(&bed, (struct bed_config){ .version = version[_i] }, 2, NULL);
	fair_set_slice(&bed.task[1], MS(10), 0);
	bed_ticks(&bed, SECONDS(8));
	ck_assert_double_eq_tol(share(&bed, 0), 0.5, 0.005);
	if (cut) {
		uint32_t few = bed_stints(&bed, 1, (uint64_t)MS(2));
		uint32_t good =
			bed_stints(&bed, 1, (uint64_t)MS(3)) + bed_stints(&bed, 1, (uint64_t)MS(4));

		/* the rest of a 10 ms request can be short */
		ck_assert_uint_ge(good + few, bed_all_stints(&bed, 1) - 1);
		ck_assert_uint_ge(good, 8 * few);
	} else {
		ck_assert_uint_ge(bed_stints(&bed, 1, (uint64_t)MS(10)) * 10,
				  bed_all_stints(&bed, 1) * 8);
	}
	bed_close(&bed);
}
END_TEST

START_TEST(E19_alone_never_rescheduled)
{
	static struct bed bed;
	int64_t deadline = 0;
	int renewals = 0;

	hogs(&bed, (struct bed_config){ 0 }, 1, NULL);
	bed.rq->resched = 0;
	for (int i = 0; i < 1000; i++) {
		bed_run(&bed, MS(1));
		fair_tick(bed.rq, bed.clock);
		ck_assert_uint_eq(bed.rq->resched, 0);
		renewals += bed_entity(&bed, 0)->deadline != deadline;
		deadline = bed_entity(&bed, 0)->deadline;
	}
	/* 2.8 ms slices seen by 1 ms ticks: every third */
	ck_assert_int_ge(renewals, 332);
	ck_assert_int_le(renewals, 335);
	bed_close(&bed);
}
END_TEST

START_TEST(E20_groups_share_before_tasks_do)
{
	static struct bed bed;
	struct fair_group *one, *two;

	bed_open(&bed, (struct bed_config){ 0 });
	one = fair_group_new(&bed.fair, NULL, 1024);
	two = fair_group_new(&bed.fair, NULL, 1024);
	bed_start(&bed, 0, one, 0);
	bed_start(&bed, 1, one, 0);
	bed_start(&bed, 2, two, 0);
	bed_pick(&bed);
	bed_ticks(&bed, SECONDS(3));
	ck_assert_double_eq_tol(share(&bed, 0), 0.25, 0.005);
	ck_assert_double_eq_tol(share(&bed, 1), 0.25, 0.005);
	ck_assert_double_eq_tol(share(&bed, 2), 0.50, 0.005);
	/* I11 */
	ck_assert_uint_eq(one->cpu[0].entity.exec, bed_exec(&bed, 0) + bed_exec(&bed, 1));
	ck_assert_uint_eq(two->cpu[0].entity.exec, bed_exec(&bed, 2));
	bed_close(&bed);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("eevdf hogs");
	TCase *hogs_case = tcase_create("8.3");

	tcase_add_loop_test(hogs_case, E12_two_equal_hogs, 0, 3);
	tcase_add_test(hogs_case, E13_interrupt_time_makes_a_slice_miss_its_tick);
	tcase_add_test(hogs_case, E14_three_equal_hogs_go_round);
	tcase_add_test(hogs_case, E15_E17_nice_0_against_nice_5);
	tcase_add_loop_test(hogs_case, E16_shares_by_nice, 0, 3);
	tcase_add_loop_test(hogs_case, E18_a_long_slice_is_cut_to_the_shortest_queued, 0, 4);
	tcase_add_test(hogs_case, E19_alone_never_rescheduled);
	tcase_add_test(hogs_case, E20_groups_share_before_tasks_do);
	suite_add_tcase(suite, hogs_case);
	return run_suite(suite);
}
