/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_newidle.c - when a CPU that runs out of work looks for some elsewhere
 *
 * E numbers are of eevdf.md 8.8, items of eevdf.md and cfs.md 5.
 */
#include <check.h>

#include "models/kernel/balance_rules.h"
#include "models/kernel/cpu_load.h"
#include "tests/check_main.h"
#include "tests/unit/host_bed.h"

/* Who has two tasks sets the flag; a look at all CPUs clears it. */
START_TEST(E56_nobody_has_two_tasks)
{
	struct bed *bed = bed_new(1, 1, 4, 1);
	struct task *first;

	bed_version(bed, "6.12");
	bed_start(bed);
	bed_hold(bed);
	first = bed_hog(bed, 0, ANYWHERE, NULL);
	bed_hogs(bed, 1, 4);
	bed_run(bed, 10 * MS);
	ck_assert(!bed->kernel.balance->overloaded);
	bed->newidle_pass = 0;
	bed_stop(first);
	bed_run(bed, MS);
	/* no attempt was made: no cost was noted */
	ck_assert_uint_eq(bed_domain(bed, 0, 0)->newidle_cost, 0);
	ck_assert(cpu_is_idle(&bed->kernel.cpu[0]));
	bed_free(bed);
}
END_TEST

static struct bed *two_waiting(const char *version, uint64_t cost, struct task **idler)
{
	struct bed *bed = bed_new(1, 1, 4, 1);

	bed_version(bed, version);
	bed->newidle_pass = cost;
	bed_start(bed);
	bed_hold(bed);
	*idler = bed_hog(bed, 0, ANYWHERE, NULL);
	bed_hogs(bed, 1, 4);
	bed_hog(bed, 2, ANYWHERE, NULL);
	bed_run(bed, 10 * MS);
	return bed;
}

START_TEST(item_5_1_newly_idle_pulls)
{
	struct task *idler;
	struct bed *bed = two_waiting("6.12", 5 * US, &idler);

	bed_stop(idler);
	for (uint32_t i = 0; i < 3; i++)
		bed_run(bed, MS);
	ck_assert_uint_eq(bed_domain(bed, 0, 0)->newidle_cost, 5 * US);
	bed_free(bed);
}
END_TEST

/* Usually idle for less than a pass costs: the CPU goes idle although others wait. */
START_TEST(item_5_1_newly_idle_gate)
{
	for (uint32_t open = 0; open < 2; open++) {
		struct task *idler;
		struct bed *bed = two_waiting("6.12", 5 * US, &idler);

		bed_domain(bed, 0, 0)->newidle_cost = 20 * US;
		bed_domain(bed, 0, 0)->failed = 9; /* nothing is hot */
		bed->kernel.cpu[0].balance->avg_idle = open ? 20 * US : 19 * US;
		bed_stop(idler);
		bed_run(bed, 10 * US);
		ck_assert_uint_eq(bed_count(bed, 0), open);
		bed_free(bed);
	}
}
END_TEST

/* cfs.md 5: below half a millisecond not at all. */
START_TEST(item_5_1_newly_idle_gate_of_old)
{
	for (uint32_t open = 0; open < 2; open++) {
		struct task *idler;
		struct bed *bed = two_waiting("6.12", 5 * US, &idler);
		struct balance_rules rules = *bed->kernel.rules;

		rules.gate = GATE_HALF_MS;
		bed->kernel.rules = &rules;
		bed_domain(bed, 0, 0)->failed = 9;
		bed->kernel.cpu[0].balance->avg_idle = open ? 500 * US : 499 * US;
		bed_stop(idler);
		bed_run(bed, 10 * US);
		ck_assert_uint_eq(bed_count(bed, 0), open);
		bed_free(bed);
	}
}
END_TEST

/* The average of idle periods: an eighth of the difference, at most a millisecond here. */
START_TEST(item_5_1_average_idle)
{
	struct bed *bed = bed_new(1, 1, 2, 1);
	struct cpu_balance *balance;
	struct task *hog;

	bed_start(bed);
	bed_hold(bed);
	balance = bed->kernel.cpu[0].balance;
	bed_sleeper(bed, 1);
	hog = bed_hog(bed, 0, 0, NULL);
	bed_run(bed, 0);
	bed_stop(hog);
	bed_run(bed, 200 * US);
	ck_assert_uint_eq(balance->avg_idle, MS);
	bed_hog(bed, 0, 0, NULL);
	bed_run(bed, 0);
	ck_assert_uint_eq(balance->avg_idle, MS - 100 * US);
	bed_free(bed);
}
END_TEST

/* NI_RANDOM: with a ratio of 0 one try in 512 or so is made, and counts for so many. */
START_TEST(item_5_1_dice)
{
	uint32_t tried = 0;

	for (uint32_t i = 0; i < 50; i++) {
		struct task *idler;
		struct bed *bed = two_waiting("6.19", 5 * US, &idler);

		bed_domain(bed, 0, 0)->newidle_ratio = i < 25 ? 0 : 1024;
		bed_domain(bed, 0, 0)->failed = 9;
		bed->kernel.balance->dice.state[0] += i;
		bed_stop(idler);
		bed_run(bed, 10 * US);
		ck_assert(i < 25 || bed_count(bed, 0) == 1);
		tried += i < 25 && bed_count(bed, 0);
		bed_free(bed);
	}
	ck_assert_uint_le(tried, 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("newidle");
	TCase *tcase = tcase_create("newly idle");

	tcase_add_test(tcase, E56_nobody_has_two_tasks);
	tcase_add_test(tcase, item_5_1_newly_idle_pulls);
	tcase_add_test(tcase, item_5_1_newly_idle_gate);
	tcase_add_test(tcase, item_5_1_newly_idle_gate_of_old);
	tcase_add_test(tcase, item_5_1_average_idle);
	tcase_add_test(tcase, item_5_1_dice);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
