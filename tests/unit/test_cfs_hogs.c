/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_cfs_hogs.c - tasks that always run under CFS: cfs.md 8.3, E6 to E8, and the ticks of E11
 */
#include "models/sched/hooks.h"
#include "tests/unit/cfs_bed.h"

#define SECONDS(s) ((uint64_t)MS((s)*1000.0))

static const double from_zero[12] = { 0 };

/* All complete stints of the second half of the log, in ms, are between these. */
static void stints_within(const struct bed *bed, int task, uint64_t least, uint64_t most)
{
	uint32_t count = 0;

	for (uint32_t i = bed->stints / 2; i + 1 < bed->stints; i++) {
		if (task >= 0 && bed->stint[i].task != task)
			continue;
		ck_assert_uint_ge(bed->stint[i].ns, least * 1000000);
		ck_assert_uint_le(bed->stint[i].ns, most * 1000000);
		count++;
	}
	ck_assert_uint_ge(count, 10);
}

/* Some complete stint of the second half lasts so many ms. */
static bool stint_seen(const struct bed *bed, int task, uint64_t ms)
{
	for (uint32_t i = bed->stints / 2; i + 1 < bed->stints; i++)
		if (bed->stint[i].task == task && bed->stint[i].ns == ms * 1000000)
			return true;
	return false;
}

static const uint32_t rates[] = { 1000, 250, 100 };

/* Every third row of E6; eps 2 us, then exact ticks, which E6 gives where they differ. */
static const struct {
	int hogs;
	uint64_t stint[3], exact[3];
} steady[] = {
	{ 2, { 13, 16, 20 }, { 12, 12, 20 } }, { 3, { 9, 12, 10 }, { 8, 8, 10 } },
	{ 4, { 7, 8, 10 }, { 6, 8, 10 } },     { 5, { 5, 8, 10 }, { 5, 8, 10 } },
	{ 6, { 5, 8, 10 }, { 4, 4, 10 } },     { 7, { 4, 4, 10 }, { 4, 4, 10 } },
	{ 8, { 4, 4, 10 }, { 3, 4, 10 } },     { 12, { 4, 4, 10 }, { 3, 4, 10 } },
};

START_TEST(cfs_E6_equal_hogs)
{
	for (int rate = 0; rate < 3; rate++) {
		static struct bed bed;
		uint64_t stint = steady[_i].stint[rate];

		cfs_open(&bed, (struct cfs_scene){ .hz = rates[rate] }, steady[_i].hogs, from_zero);
		cfs_ticks(&bed, SECONDS(6), CFS_EPS);
		stints_within(&bed, -1, stint, stint);
		for (int i = 0; i < steady[_i].hogs; i++)
			ck_assert_uint_le(
				llabs((int64_t)bed_exec(&bed, i) * steady[_i].hogs - MS(6000)),
				(int64_t)stint * 1000000 * steady[_i].hogs);
		bed_close(&bed);
	}
}
END_TEST

START_TEST(cfs_E6_exact_ticks)
{
	for (int rate = 0; rate < 3; rate++) {
		static struct bed bed;
		uint64_t stint = steady[_i].exact[rate];

		cfs_open(&bed, (struct cfs_scene){ .hz = rates[rate] }, steady[_i].hogs, from_zero);
		cfs_ticks(&bed, SECONDS(6), 0);
		stints_within(&bed, -1, stint, stint);
		bed_close(&bed);
	}
}
END_TEST

/* 16 hogs of two VMs, flat: groups change nothing where they are not. */
START_TEST(cfs_E6_two_hogs_in_every_version)
{
	static const char *const version[] = { "3.6",	 "3.16", "4.4",	 "4.20", "5.3", "5.6",
					       "5.12.0", "5.12", "5.17", "6.1",	 "6.2", "6.5" };
	static struct bed bed;

	cfs_open(&bed, (struct cfs_scene){ .version = version[_i], .hz = 250 }, 2, from_zero);
	cfs_ticks(&bed, SECONDS(2), CFS_EPS);
	stints_within(&bed, -1, 16, 16);
	bed_close(&bed);
}
END_TEST

static void two_nices(struct bed *bed, const char *version, uint32_t hz, int nice)
{
	bed_open(bed, (struct bed_config){ .version = version, .hz = hz });
	bed_start(bed, 0, NULL, 0);
	bed_start(bed, 1, NULL, nice);
	cfs_set_v(bed, 0, 0);
	cfs_set_v(bed, 1, 0);
	cfs_run(bed, 0);
	cfs_settle(bed);
	cfs_ticks(bed, SECONDS(20), CFS_EPS);
}

START_TEST(cfs_E7_nice_0_against_others)
{
	static const struct {
		const char *version;
		uint32_t hz;
		int nice;
		double share; /* of A */
		uint64_t a[2], b[2];
	} row[] = {
		{ "5.3", 1000, 5, 0.7535, { 19, 19 }, { 6, 7 } },
		{ "5.3", 250, 5, 0.7535, { 20, 20 }, { 4, 8 } },
		{ "5.12", 1000, 10, 0.903, { 37, 38 }, { 4, 4 } },
		{ "5.12", 250, 10, 0.903, { 36, 40 }, { 4, 4 } },
		{ "5.3", 1000, 10, 0.903, { 27, 28 }, { 3, 3 } },
		{ "3.6", 1000, 10, 0.903, { 22, 44 }, { 3, 3 } },
		{ "3.6", 250, 10, 0.903, { 24, 48 }, { 4, 4 } },
	};
	static struct bed bed;
	double share;

	two_nices(&bed, row[_i].version, row[_i].hz, row[_i].nice);
	share = (double)bed_exec(&bed, 0) / (double)bed.now;
	ck_assert_double_eq_tol(share, row[_i].share, 0.002);
	stints_within(&bed, 0, row[_i].a[0], row[_i].a[1]);
	stints_within(&bed, 1, row[_i].b[0], row[_i].b[1]);
	/* both of what the text gives occur */
	for (int i = 0; i < 2; i++) {
		ck_assert(stint_seen(&bed, 1, row[_i].b[i]));
		ck_assert(stint_seen(&bed, 0, row[_i].a[i]));
	}
	bed_close(&bed);
}
END_TEST

/* A re-pick of the same task begins a slice anew: nothing between one slice and two. */
START_TEST(cfs_E7_re_picks_of_3_6)
{
	static struct bed bed;

	two_nices(&bed, "3.6", 1000, 10);
	for (uint32_t i = bed.stints / 2; i + 1 < bed.stints; i++)
		if (bed.stint[i].task == 0)
			ck_assert(bed.stint[i].ns == 22000000 || bed.stint[i].ns == 44000000);
	bed_close(&bed);
}
END_TEST

/* Weight 64 each: the lead that the tick compares is virtual, 16 times the real one. */
START_TEST(cfs_E8_light_groups_run_short_stints)
{
	uint32_t hz = _i ? 1000 : 250;
	static struct bed bed;

	bed_open(&bed, (struct bed_config){ .version = "5.3", .hz = hz });
	for (int i = 0; i < 2; i++) {
		struct fair_group *group = fair_group_new(&bed.fair, NULL, 64);

		bed_start(&bed, i, group, 0);
		fair_entity_set(&group->cpu[0].entity, 0, 0);
		cfs_set_v(&bed, i, 0);
	}
	/* of the group on the level where it competes */
	ck_assert_uint_eq(cfs_slice(&bed.rq->root, bed_entity(&bed, 0)->parent), 11999999);
	cfs_run(&bed, 0);
	cfs_settle(&bed);
	cfs_ticks(&bed, SECONDS(2), CFS_EPS);
	for (uint32_t i = 0; i < 100; i++) {
		uint64_t ms = bed.stint[i].ns / 1000000;

		if (hz == 1000)
			ck_assert_uint_eq(ms, i ? 4 : 3);
		else
			ck_assert_uint_eq(ms, i ? 8 : 4);
	}
	bed_close(&bed);
}
END_TEST

/* B wakes 1 ms after A was set and does not preempt; then the tick compares. */
START_TEST(cfs_E11_a_tick_lets_the_wakee_run)
{
	static const double v[] = { 100, 97 };
	bool long_before = _i == 1;
	static struct bed bed;
	uint64_t start = long_before ? 13000000 : 0;

	cfs_open(&bed, (struct cfs_scene){ .hz = 250 }, 2, v);
	bed_entity(&bed, 0)->start = 0;
	cfs_run(&bed, 1);
	cfs_sleep(&bed, 1, 97, 0);
	if (long_before) {
		/* it has run alone for more than a slice by the time of the wake-up */
		bed_run(&bed, start);
		fair_account(&bed.rq->root);
		cfs_set_v(&bed, 0, 100);
	}
	bed.rq->root.min_vruntime = MS(100);
	bed_run(&bed, 1000000);
	bed_wake(&bed, 1);
	ck_assert_int_eq(cfs_v(&bed, 0), MS(101));
	ck_assert_int_eq(cfs_v(&bed, 1), MS(97));
	ck_assert_uint_eq(bed.rq->resched, 0);
	for (int tick = 1;; tick++) {
		bed.now = start + (uint64_t)tick * 4000000;
		if (cfs_tick_now(&bed, 0) != 1)
			continue;
		ck_assert_int_eq(tick, long_before ? 1 : 3);
		break;
	}
	bed_close(&bed);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cfs hogs");
	TCase *hogs = tcase_create("8.3");

	tcase_add_loop_test(hogs, cfs_E6_equal_hogs, 0, 8);
	tcase_add_loop_test(hogs, cfs_E6_exact_ticks, 0, 8);
	tcase_add_loop_test(hogs, cfs_E6_two_hogs_in_every_version, 0, 12);
	tcase_add_loop_test(hogs, cfs_E7_nice_0_against_others, 0, 7);
	tcase_add_test(hogs, cfs_E7_re_picks_of_3_6);
	tcase_add_loop_test(hogs, cfs_E8_light_groups_run_short_stints, 0, 2);
	tcase_add_loop_test(hogs, cfs_E11_a_tick_lets_the_wakee_run, 0, 2);
	suite_add_tcase(suite, hogs);
	return run_suite(suite);
}
