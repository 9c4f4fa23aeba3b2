/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_placement.c - on which CPU a task wakes up or begins, step by step
 *
 * E numbers are of eevdf.md 8.8, C numbers of cfs.md 8.7.
 */
#include <check.h>

#include "models/kernel/balance_rules.h"
#include "models/kernel/cpu_load.h"
#include "models/kernel/placement.h"
#include "models/sched/versions.h"
#include "tests/check_main.h"
#include "tests/unit/host_bed.h"

/* Every version has its row. */
START_TEST(every_version_has_rules)
{
	for (uint64_t i = 0; fair_version_names[i]; i++)
		ck_assert_msg(balance_rules_known(fair_version_names[i]), "no rules for %s",
			      fair_version_names[i]);
}
END_TEST

/* --- 4.1: domains --- */

struct shape {
	uint32_t packages, llcs, cores, threads;
	uint32_t levels;
	enum domain_level level[4];
	uint32_t span[4], group[4];
};

static const struct shape shapes[] = {
	{ 1, 1, 1, 1, 0, { 0 }, { 0 }, { 0 } },
	{ 1, 1, 16, 1, 1, { DOMAIN_LLC }, { 16 }, { 1 } },
	{ 1, 1, 8, 2, 2, { DOMAIN_SMT, DOMAIN_LLC }, { 2, 16 }, { 1, 2 } },
	{ 1, 2, 8, 1, 2, { DOMAIN_LLC, DOMAIN_PACKAGE }, { 8, 16 }, { 1, 8 } },
	{ 2, 1, 8, 1, 2, { DOMAIN_LLC, DOMAIN_NUMA }, { 8, 16 }, { 1, 8 } },
	{ 1, 1, 1, 2, 1, { DOMAIN_SMT }, { 2 }, { 1 } },
	{ 2,
	  2,
	  2,
	  2,
	  4,
	  { DOMAIN_SMT, DOMAIN_LLC, DOMAIN_PACKAGE, DOMAIN_NUMA },
	  { 2, 4, 8, 16 },
	  { 1, 2, 4, 8 } },
};

START_TEST(item_4_1_levels_that_add_nothing_vanish)
{
	const struct shape *shape = &shapes[_i];
	struct bed *bed = bed_new(shape->packages, shape->llcs, shape->cores, shape->threads);
	uint32_t last;
	const struct domains *domains;

	bed_start(bed);
	last = bed->kernel.cpus - 1;
	domains = &bed->kernel.cpu[last].balance->domains;
	ck_assert_uint_eq(domains->levels, shape->levels);
	for (uint32_t i = 0; i < shape->levels; i++) {
		const struct domain *domain = &domains->domain[i];

		ck_assert_int_eq(domain->level, shape->level[i]);
		ck_assert_uint_eq(domain->span, shape->span[i]);
		ck_assert_uint_eq(domain->group, shape->group[i]);
		ck_assert_uint_eq(domain->first, last + 1 - shape->span[i]);
		ck_assert_uint_eq(domain->imbalance_pct, domain->level == DOMAIN_SMT ? 110 : 117);
		ck_assert_uint_eq(domain->prefer_sibling, shape->group[i] > 1);
	}
	bed_free(bed);
}
END_TEST

/* --- the steps alone --- */

START_TEST(E49_scan_length_follows_utilisation)
{
	static const uint32_t expect[][2] = { { 10, 15 }, { 25, 14 }, { 50, 10 }, { 60, 8 },
					      { 70, 5 },  { 80, 2 },  { 85, 0 },  { 100, 0 } };

	ck_assert_uint_eq(placement_idle_scan(16, 16 * 512), 10);
	ck_assert_uint_eq(placement_idle_scan(16, 16 * 875), 0);
	for (uint32_t i = 0; i < sizeof(expect) / sizeof(expect[0]); i++)
		ck_assert_uint_eq(placement_idle_scan(16, 16 * 1024 * expect[i][0] / 100),
				  expect[i][1]);
}
END_TEST

START_TEST(E50_weights_decide_for_the_previous_cpu)
{
	struct affine_loads loads = { .here = 1024, .prev = 1024, .task = 100, .pct = 117 };

	ck_assert(!placement_weighs(&loads)); /* 112400 against 99792 */
	/* cfs.md E25 b: 1024 and 2048, h 512: 153600 against 165888; 125 %; prev idle */
	loads = (struct affine_loads){ .here = 1024, .prev = 2048, .task = 512, .pct = 117 };
	ck_assert(placement_weighs(&loads));
	loads = (struct affine_loads){ .here = 1024, .prev = 1024, .task = 100, .pct = 125 };
	ck_assert(!placement_weighs(&loads));
	loads = (struct affine_loads){ .here = 1024, .prev = 0, .task = 300, .pct = 117 };
	ck_assert(!placement_weighs(&loads));
	/* sync: the waker's own load does not count, and equality is enough */
	loads = (struct affine_loads){ .here = 1024, .prev = 2048, .task = 1024, .pct = 117 };
	ck_assert(!placement_weighs(&loads));
	loads.sync = true;
	loads.waker = 1024;
	ck_assert(placement_weighs(&loads));
}
END_TEST

START_TEST(E51_wide)
{
	struct bed *bed = bed_new(1, 1, 16, 1);
	struct task *waker, *wakee;

	bed_start(bed);
	waker = bed_hog(bed, 0, 0, NULL);
	wakee = bed_sleeper(bed, 1);
	bed_run(bed, MS);
	waker->waker.flips = 256;
	wakee->waker.flips = 16;
	ck_assert(placement_wide(&bed->kernel.cpu[0], wakee));
	waker->waker.flips = 255;
	ck_assert(!placement_wide(&bed->kernel.cpu[0], wakee));
	/* in either direction */
	waker->waker.flips = 16;
	wakee->waker.flips = 256;
	ck_assert(placement_wide(&bed->kernel.cpu[0], wakee));
	bed_free(bed);
}
END_TEST

START_TEST(item_4_flips_are_counted_and_halved)
{
	struct bed *bed = bed_new(1, 1, 4, 1);
	struct task *waker, *a, *b;

	bed_start(bed);
	waker = bed_hog(bed, 0, 0, NULL);
	a = bed_sleeper(bed, 1);
	b = bed_sleeper(bed, 2);
	bed_run(bed, MS);
	for (uint32_t i = 0; i < 5; i++) {
		placement_wake(a, &bed->kernel.cpu[0], false);
		placement_wake(b, &bed->kernel.cpu[0], false);
	}
	ck_assert_uint_eq(waker->waker.flips, 10);
	placement_wake(b, &bed->kernel.cpu[0], false);
	ck_assert_uint_eq(waker->waker.flips, 10);
	bed_run(bed, SECOND);
	placement_wake(b, &bed->kernel.cpu[0], false);
	ck_assert_uint_eq(waker->waker.flips, 5);
	bed_free(bed);
}
END_TEST

/* --- whole wake-ups on 8 CPUs; the wakee's previous CPU is 2 --- */

struct wakeup {
	const char *busy; /* CPUs with a hog */
	uint32_t by;	  /* waker's CPU */
	bool sync, heavy; /* the wakee ran all the time before it slept, or never */
	uint32_t recent;
	uint32_t expect;
};

static struct task *make_wakee(struct bed *bed, bool heavy)
{
	struct task *task;

	if (!heavy)
		return bed_sleeper(bed, 2);
	task = bed_hog(bed, 2, ANYWHERE, NULL);
	bed_run(bed, 500 * MS);
	bed_block(task);
	bed_run(bed, 0);
	return task;
}

static uint32_t place(const struct wakeup *wakeup, struct bed *bed)
{
	struct task *task;
	uint32_t cpu;

	bed_start(bed);
	task = make_wakee(bed, wakeup->heavy);
	for (const char *at = wakeup->busy; *at; at++)
		bed_hog(bed, (uint32_t)(*at - '0'), (uint32_t)(*at - '0'), NULL);
	bed_run(bed, 5 * MS);
	task->recent_cpu = wakeup->recent;
	cpu = placement_wake(task, &bed->kernel.cpu[wakeup->by], wakeup->sync);
	bed_free(bed);
	return cpu;
}

static const struct wakeup wakeups[] = {
	/* WA_IDLE: an interrupt on an idle CPU takes the wakee there, unless prev is idle */
	{ "2", 5, false, false, ANYWHERE, 5 },
	{ "", 5, false, false, ANYWHERE, 2 },
	/* a busy waker: prev if idle */
	{ "5", 5, false, false, ANYWHERE, 2 },
	/* sync, waker alone: its CPU is the target; but that is busy: 2 finds prev, or 7 the next */
	{ "5", 5, true, false, ANYWHERE, 2 },
	{ "25", 5, true, true, ANYWHERE, 6 },
	/* both busy: a light wakee comes to its waker, a heavy one stays; the scan begins there */
	{ "25", 5, false, false, ANYWHERE, 6 },
	{ "25", 5, false, true, ANYWHERE, 3 },
	{ "2356", 5, false, true, ANYWHERE, 4 },
	{ "2345670", 5, false, true, ANYWHERE, 1 },
	/* step 4: the one before prev, if idle */
	{ "25", 5, false, true, 7, 7 },
	{ "257", 5, false, true, 7, 3 },
	/* all busy: step 8, it waits behind prev's or the waker's task */
	{ "01234567", 5, false, true, ANYWHERE, 2 },
	{ "01234567", 5, false, false, ANYWHERE, 5 },
};

START_TEST(item_4_wakeups)
{
	struct bed *bed = bed_new(1, 1, 8, 1);

	/* the scan's length has a test of its own */
	bed->params.sis_util = false;
	ck_assert_uint_eq(place(&wakeups[_i], bed), wakeups[_i].expect);
}
END_TEST

/* SD_WAKE_AFFINE off: the waker's CPU is never the target. */
START_TEST(item_4_1_without_wake_affine)
{
	struct wakeup wakeup = { "2", 5, false, false, ANYWHERE, 3 };
	struct bed *bed = bed_new(1, 1, 8, 1);

	bed->params.wake_affine = false;
	ck_assert_uint_eq(place(&wakeup, bed), 3);
}
END_TEST

/* 12 of 16 CPUs are busy for long: the scan looks at 4 CPUs, and the idle ones are further away. */
START_TEST(E49_busy_llc_is_searched_less)
{
	static const uint32_t busy[] = { 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 };

	for (uint32_t on = 0; on < 2; on++) {
		struct bed *bed = bed_new(1, 1, 16, 1);
		struct task *task;

		bed->params.sis_util = on;
		bed_start(bed);
		for (uint32_t i = 0; i < 12; i++)
			bed_hog(bed, busy[i], busy[i], NULL);
		bed_sleeper(bed, 0); /* somebody may move: passes are made */
		bed_run(bed, 2 * SECOND);
		ck_assert_uint_eq(bed->kernel.balance->llc[0].idle_scan,
				  placement_idle_scan(16, 12 * 1023));
		task = bed_sleeper(bed, 2);
		ck_assert_uint_eq(placement_wake(task, &bed->kernel.cpu[5], false), on ? 5 : 14);
		bed_free(bed);
	}
}
END_TEST

/* Another LLC is not searched, and an idle CPU there is taken only by weight. */
START_TEST(item_4_the_llc_bounds_the_search)
{
	struct wakeup wakeup = { "0123", 2, false, true, ANYWHERE, 2 };
	struct bed *bed = bed_new(1, 2, 4, 1);

	ck_assert_uint_eq(place(&wakeup, bed), 2);
	bed = bed_new(1, 2, 4, 1);
	wakeup.by = 6;
	ck_assert_uint_eq(place(&wakeup, bed), 6);
}
END_TEST

/* --- SMT: 4 cores of 2 threads --- */

START_TEST(item_4_smt_prefers_idle_cores)
{
	/* prev's sibling is idle, but so is all of core 3 */
	struct wakeup wakeup = { "0245", 4, false, true, ANYWHERE, 6 };
	struct bed *bed = bed_new(1, 1, 4, 2);

	bed->params.sis_util = false;
	ck_assert_uint_eq(place(&wakeup, bed), 6);
	/* none is idle as a whole: the first idle thread on the way */
	bed = bed_new(1, 1, 4, 2);
	bed->params.sis_util = false;
	wakeup = (struct wakeup){ "02456", 4, false, true, ANYWHERE, 3 };
	ck_assert_uint_eq(place(&wakeup, bed), 3);
}
END_TEST

START_TEST(item_4_the_flag_of_idle_cores)
{
	struct bed *bed = bed_new(1, 1, 4, 2);
	struct task *task, *hog;

	bed->params.sis_util = false;
	bed_start(bed);
	bed_hog(bed, 0, 0, NULL);
	bed_hog(bed, 2, 2, NULL);
	bed_hog(bed, 4, 4, NULL);
	hog = bed_hog(bed, 6, 6, NULL);
	task = bed_sleeper(bed, 2);
	bed_run(bed, MS);
	placement_wake(task, &bed->kernel.cpu[4], false);
	ck_assert(!bed->kernel.balance->llc[0].idle_cores);
	/* now the sibling of prev comes first, whatever else is idle */
	ck_assert_uint_eq(placement_wake(task, &bed->kernel.cpu[4], false), 3);
	bed_stop(hog);
	bed_run(bed, MS);
	ck_assert(bed->kernel.balance->llc[0].idle_cores);
	bed_free(bed);
}
END_TEST

/* --- fork --- */

START_TEST(item_4_forks_spread)
{
	struct bed *bed = bed_new(1, 1, 8, 1);
	uint32_t used = 0;

	bed_start(bed);
	/* the parent has CPU 3 */
	used |= 1u << 3;
	bed_hog(bed, 3, 3, NULL);
	bed_run(bed, MS);
	for (uint32_t i = 0; i < 7; i++) {
		struct task *child = bed_sleeper(bed, 0);
		uint32_t cpu = placement_fork(child, 3);

		ck_assert(!(used & 1u << cpu));
		used |= 1u << cpu;
		bed_hog(bed, cpu, cpu, NULL);
		bed_run(bed, 20 * MS);
	}
	ck_assert_uint_eq(used, 255);
	bed_free(bed);
}
END_TEST

/* Who became idle last is the first choice among idle CPUs; a parent in thought has its CPU. */
START_TEST(item_4_fork_takes_the_warmest_idle_cpu)
{
	struct bed *bed = bed_new(1, 2, 4, 1);
	struct task *child;

	bed_start(bed);
	child = bed_sleeper(bed, 0);
	for (uint32_t i = 0; i < 8; i++)
		bed->kernel.cpu[i].balance->idle_since = -(int64_t)i - 1;
	/* the other LLC has four idle CPUs, this one three */
	ck_assert_uint_eq(placement_fork(child, 1), 4);
	bed->kernel.cpu[6].balance->idle_since = 0;
	ck_assert_uint_eq(placement_fork(child, 1), 6);
	bed_free(bed);
}
END_TEST

/* --- older kernels: cfs.md 4 --- */

START_TEST(cfs_E25_budget_of_a_scan_by_idle_time)
{
	struct balance_rules rules = { .scan = SCAN_PROP };
	static const struct {
		uint32_t cpus;
		uint64_t idle, looks;
	} cases[] = { { 16, MS, 9 }, { 16, 500 * US, 4 }, { 16, 100 * US, 3 }, { 40, MS, 25 } };

	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bed *bed = bed_new(1, 1, cases[i].cpus, 1);

		bed_start(bed);
		bed->kernel.rules = &rules;
		bed->kernel.costs.llc_scan = 3000;
		bed->kernel.cpu[0].balance->avg_idle = cases[i].idle;
		ck_assert_uint_eq(placement_budget(&bed->kernel.cpu[0], 0), cases[i].looks);
		bed_free(bed);
	}
}
END_TEST

/* Before 3.18 idle is no more than load 0, and the parent, which runs, is a load. */
START_TEST(item_4_forks_by_load)
{
	struct bed *bed = bed_new(1, 2, 2, 1);
	struct task *child;

	bed_start(bed);
	bed->kernel.rules = balance_rules_find("3.6");
	child = bed_sleeper(bed, 0);
	/* to the other LLC, and there past the first CPU: what is no less loaded is taken */
	ck_assert_uint_eq(placement_fork(child, 0), 3);
	bed_hogs(bed, 2, 4);
	bed_run(bed, MS);
	ck_assert_uint_eq(placement_fork(child, 0), 1);
	bed_free(bed);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("placement");
	TCase *tcase = tcase_create("placement");
	int count = sizeof(wakeups) / sizeof(wakeups[0]);

	tcase_add_test(tcase, every_version_has_rules);
	tcase_add_loop_test(tcase, item_4_1_levels_that_add_nothing_vanish, 0,
			    sizeof(shapes) / sizeof(shapes[0]));
	tcase_add_test(tcase, E49_scan_length_follows_utilisation);
	tcase_add_test(tcase, E50_weights_decide_for_the_previous_cpu);
	tcase_add_test(tcase, E51_wide);
	tcase_add_test(tcase, item_4_flips_are_counted_and_halved);
	tcase_add_loop_test(tcase, item_4_wakeups, 0, count);
	tcase_add_test(tcase, item_4_1_without_wake_affine);
	tcase_add_test(tcase, E49_busy_llc_is_searched_less);
	tcase_add_test(tcase, item_4_the_llc_bounds_the_search);
	tcase_add_test(tcase, item_4_smt_prefers_idle_cores);
	tcase_add_test(tcase, item_4_the_flag_of_idle_cores);
	tcase_add_test(tcase, item_4_forks_spread);
	tcase_add_test(tcase, item_4_fork_takes_the_warmest_idle_cpu);
	tcase_add_test(tcase, cfs_E25_budget_of_a_scan_by_idle_time);
	tcase_add_test(tcase, item_4_forks_by_load);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
