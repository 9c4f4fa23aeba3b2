/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_balance.c - when CPUs balance, who, what, and what may not be moved
 *
 * E numbers are of eevdf.md 8.8, I19 of 8.1, C numbers of cfs.md 8.7.
 */
#include <check.h>
#include <stdlib.h>

#include "models/kernel/balance_pass.h"
#include "models/kernel/balance_rules.h"
#include "models/kernel/cpu_load.h"
#include "models/sched/hooks.h"
#include "models/sched/query.h"
#include "tests/check_main.h"
#include "tests/unit/host_bed.h"

static struct pass pass_for(struct bed *bed, uint32_t cpu, uint32_t level, enum balance_idle idle)
{
	struct kernel_cpu *to = &bed->kernel.cpu[cpu];
	struct domains *domains = &to->balance->domains;

	return (struct pass){
		.kernel = &bed->kernel,
		.to = to,
		.by = to,
		.domain = &domains->domain[level],
		.above = level + 1 < domains->levels ? &domains->domain[level + 1] : NULL,
		.idle = idle,
	};
}

/* One pass of a CPU at a level; true: something was moved. */
static bool pass_once(struct bed *bed, uint32_t cpu, uint32_t level, enum balance_idle idle)
{
	struct pass pass = pass_for(bed, cpu, level, idle);
	bool ours = true;

	return balance_pass(&pass, &ours);
}

/* --- 5.1: when --- */

START_TEST(E52_intervals)
{
	static const struct {
		uint32_t cores, threads, level;
		uint64_t busy, idle, longest;
	} cases[] = { { 16, 1, 0, 255, 16, 511 },
		      { 8, 2, 0, 31, 2, 63 },
		      { 8, 2, 1, 255, 16, 511 } };

	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bed *bed = bed_new(1, 1, cases[i].cores, cases[i].threads);
		struct domain *domain;

		bed_start(bed);
		domain = bed_domain(bed, 0, cases[i].level);
		ck_assert_uint_eq(balance_interval(&bed->kernel, domain, true), cases[i].busy);
		ck_assert_uint_eq(balance_interval(&bed->kernel, domain, false), cases[i].idle);
		domain->interval *= 2;
		ck_assert_uint_eq(balance_interval(&bed->kernel, domain, true), cases[i].longest);
		bed_free(bed);
	}
}
END_TEST

/* Balanced passes double the interval up to twice the span; an imbalance brings it back. */
START_TEST(E52_interval_doubles_while_balanced)
{
	struct bed *bed = bed_new(1, 1, 16, 1);
	struct domain *domain;

	bed_start(bed);
	bed_hold(bed);
	domain = bed_domain(bed, 0, 0);
	bed_hogs(bed, 0, 16);
	bed_run(bed, 100 * MS);
	ck_assert(!pass_once(bed, 0, 0, BALANCE_BUSY));
	ck_assert_uint_eq(domain->interval, 32);
	ck_assert(!pass_once(bed, 0, 0, BALANCE_BUSY));
	ck_assert_uint_eq(domain->interval, 32);
	for (uint32_t i = 0; i < 3; i++)
		bed_hog(bed, 1, ANYWHERE, NULL);
	bed_run(bed, 300 * MS);
	pass_once(bed, 0, 0, BALANCE_BUSY);
	ck_assert_uint_eq(domain->interval, 16);
	bed_free(bed);
}
END_TEST

/* Only one CPU of a group balances it: the first idle one, on an idle core if there is one. */
START_TEST(item_5_1_who_balances)
{
	struct bed *bed = bed_new(1, 2, 4, 1);
	bool ours[8];

	bed_start(bed);
	bed_hold(bed);
	bed_hog(bed, 0, 0, NULL);
	bed_hog(bed, 1, 1, NULL);
	bed_run(bed, MS);
	for (uint32_t cpu = 0; cpu < 4; cpu++) {
		struct pass pass = pass_for(bed, cpu, 1, BALANCE_IDLE);

		ours[cpu] = true;
		balance_pass(&pass, &ours[cpu]);
		ck_assert_int_eq(ours[cpu], cpu == 2);
	}
	bed_hog(bed, 2, 2, NULL);
	bed_hog(bed, 3, 3, NULL);
	bed_run(bed, MS);
	for (uint32_t cpu = 0; cpu < 4; cpu++) {
		struct pass pass = pass_for(bed, cpu, 1, BALANCE_BUSY);

		ours[cpu] = true;
		balance_pass(&pass, &ours[cpu]);
		ck_assert_int_eq(ours[cpu], cpu == 0);
	}
	bed_free(bed);
}
END_TEST

/* --- 5.2: what --- */

START_TEST(E53_three_hogs_and_one)
{
	struct bed *bed = bed_new(1, 1, 2, 1);
	struct pass pass;

	bed_start(bed);
	bed_hold(bed);
	for (uint32_t i = 0; i < 3; i++)
		bed_hog(bed, 0, ANYWHERE, NULL);
	bed_hog(bed, 1, ANYWHERE, NULL);
	bed_run(bed, 500 * MS);
	pass = pass_for(bed, 1, 0, BALANCE_BUSY);
	for (uint32_t i = 0; i < 2; i++)
		cpumask_add(&pass.cpus, i);
	pass.cpus.words = 1;
	ck_assert(pass_busiest_group(&pass));
	ck_assert_int_eq(pass.kind, MIGRATE_LOAD);
	/* PELT stays a little below 1024 a task */
	ck_assert_int_ge(pass.imbalance, 1015);
	ck_assert_int_le(pass.imbalance, 1024);
	for (uint32_t tries = 0; bed_count(bed, 1) == 1 && tries < 3; tries++) {
		/* somebody cold and eligible waits there at one of these moments */
		pass_once(bed, 1, 0, BALANCE_BUSY);
		bed_run(bed, MS);
	}
	ck_assert_uint_eq(bed_count(bed, 0), 2);
	ck_assert_uint_eq(bed_count(bed, 1), 2);
	bed_free(bed);
}
END_TEST

START_TEST(E54_seventeen_hogs)
{
	struct bed *bed = bed_new(1, 1, 16, 1);
	uint32_t failed = 0;

	bed_start(bed);
	bed_hold(bed);
	for (uint32_t i = 0; i < 17; i++)
		bed_hog(bed, i % 16, ANYWHERE, NULL);
	bed_run(bed, SECOND);
	/* a moment without a cache-hot waiter, which eligibility does not stop after a failure */
	while (!pass_once(bed, 5, 0, BALANCE_BUSY)) {
		ck_assert_uint_eq(bed_domain(bed, 5, 0)->failed, ++failed);
		ck_assert_uint_lt(failed, 8);
		bed_run(bed, MS);
	}
	/* 1024 >> k <= 63 */
	ck_assert_uint_ge(failed, 4);
	ck_assert_uint_le(failed, 5);
	ck_assert_uint_eq(bed_count(bed, 5), 2);
	bed_free(bed);
}
END_TEST

/* A waiter that ran until `ago` before the pass. */
static struct task *waiter(struct bed *bed, uint64_t ago)
{
	struct task *task;

	bed_start(bed);
	bed_hold(bed);
	task = bed_hog(bed, 0, ANYWHERE, NULL);
	bed_run(bed, 100 * MS);
	bed_hog(bed, 0, 0, NULL);
	bed_hog(bed, 0, 0, NULL);
	while (task_running(task))
		bed_run(bed, 10 * US);
	bed_run(bed, ago);
	ck_assert(!task_running(task));
	return task;
}

START_TEST(E55_cache_hot)
{
	for (uint32_t failed = 0; failed < 3; failed++) {
		struct bed *bed = bed_new(1, 1, 16, 1);
		struct task *task = waiter(bed, 300 * US);

		bed_domain(bed, 1, 0)->failed = failed;
		ck_assert_int_eq(pass_once(bed, 1, 0, BALANCE_IDLE), failed > 1);
		ck_assert_uint_eq(task->cpu, failed > 1);
		bed_free(bed);
	}
	struct bed *bed = bed_new(1, 1, 16, 1);
	struct task *task = waiter(bed, 600 * US);

	ck_assert(pass_once(bed, 1, 0, BALANCE_IDLE));
	ck_assert_uint_eq(task->cpu, 1);
	bed_free(bed);
}
END_TEST

/* Between the threads of a core nothing gets cold. */
START_TEST(E55_not_on_a_sibling)
{
	struct bed *bed = bed_new(1, 1, 1, 2);
	struct task *task = waiter(bed, 100 * US);

	ck_assert(pass_once(bed, 1, 0, BALANCE_IDLE));
	ck_assert_uint_eq(task->cpu, 1);
	bed_free(bed);
}
END_TEST

/*
 * Cores 0 and 1 of two threads; two pinned hogs fill core 0's list with a third that may move but
 * runs: only a push helps, after more failures than the level's tries and two.
 */
START_TEST(E57_active_balance)
{
	struct bed *bed = bed_new(1, 1, 2, 2);
	struct task *a, *b;

	bed_start(bed);
	bed_hold(bed);
	a = bed_hog(bed, 0, ANYWHERE, NULL);
	b = bed_hog(bed, 1, ANYWHERE, NULL);
	bed_run(bed, 300 * MS);
	for (uint32_t i = 1; i <= 4; i++) {
		ck_assert(!pass_once(bed, 2, 1, BALANCE_IDLE));
		bed_run(bed, 100 * US);
		ck_assert_uint_eq(bed_domain(bed, 2, 1)->failed, i);
		ck_assert_uint_eq((a->cpu == 2) + (b->cpu == 2), i > 3);
	}
	/* it runs there, and the other one where it was */
	ck_assert(task_running(a) && task_running(b));
	ck_assert_uint_eq(bed_count(bed, 0) + bed_count(bed, 1), 1);
	bed_free(bed);
}
END_TEST

/* The only waiter has run more than its share; the destination is empty, or not. */
START_TEST(E58_ineligible_stays)
{
	for (uint32_t variant = 0; variant < 4; variant++) {
		bool busy = variant & 1, failed = variant & 2;
		struct bed *bed = bed_new(1, 1, 2, 1);
		struct task *task;
		struct pass pass;

		bed_start(bed);
		bed_hold(bed);
		task = bed_hog(bed, 0, ANYWHERE, NULL);
		bed_hog(bed, 0, 0, NULL);
		if (busy)
			bed_hog(bed, 1, 1, NULL);
		while (task_running(task) || task->run_total == 0)
			bed_run(bed, 100 * US);
		bed_run(bed, 700 * US);
		pass = pass_for(bed, 1, 0, BALANCE_IDLE);
		pass.from = &bed->kernel.cpu[0];
		pass.domain->failed = failed ? 2 : 0;
		fair_clock(pass.from->rq, bed->engine.now);
		ck_assert(!fair_eligible(task->fair.entity.queue, &task->fair.entity));
		ck_assert_int_eq(pass_may_move(&pass, task), !busy || failed);
		bed_free(bed);
	}
}
END_TEST

/* Lag and the distance of the deadline go along; the groups' entities do not. */
START_TEST(I19_lag_goes_along)
{
	struct bed *bed = bed_new(1, 1, 2, 1);
	struct fair_group *group;
	struct task *task;
	int64_t distance, lag;

	bed_start(bed);
	bed_hold(bed);
	group = fair_group_new(&bed->kernel.fair, NULL, 1024);
	task = bed_hog(bed, 0, ANYWHERE, group);
	bed_hog(bed, 0, ANYWHERE, group);
	bed_hog(bed, 1, 1, group);
	bed_run(bed, 20 * MS);
	while (task_running(task))
		bed_run(bed, 100 * US);
	fair_clock(bed->kernel.cpu[0].rq, bed->engine.now);
	fair_account(task->fair.entity.queue);
	lag = fair_average(task->fair.entity.queue) - task->fair.entity.vruntime;
	distance = task->fair.entity.deadline - task->fair.entity.vruntime;
	balance_move(task, &bed->kernel.cpu[1], &bed->kernel.cpu[1], MOVE_PERIODIC);
	ck_assert_ptr_eq(task->fair.entity.queue, &group->cpu[1].queue);
	fair_account(task->fair.entity.queue);
	ck_assert_int_eq(task->fair.entity.deadline - task->fair.entity.vruntime, distance);
	ck_assert_int_le(
		llabs(fair_average(task->fair.entity.queue) - task->fair.entity.vruntime - lag), 2);
	ck_assert_ptr_eq(group->cpu[0].entity.queue, &bed->kernel.fair.rq[0].root);
	bed_free(bed);
}
END_TEST

/* --- the whole, for a while --- */

/* Hogs on the first CPUs of a machine end up evenly spread, by ticks and idle balancing alone. */
START_TEST(item_5_hogs_spread)
{
	static const uint32_t topologies[][4] = {
		{ 1, 1, 8, 1 }, { 1, 1, 4, 2 }, { 1, 2, 4, 1 }, { 2, 1, 4, 1 }, { 2, 2, 2, 1 },
	};
	static const char *const versions[] = { "6.6", "6.12.117", "6.19" };
	const uint32_t *shape = topologies[_i / 3];
	struct bed *bed = bed_new(shape[0], shape[1], shape[2], shape[3]);

	bed_version(bed, versions[_i % 3]);
	bed_start(bed);
	for (uint32_t i = 0; i < 16; i++)
		bed_hog(bed, i % 2, ANYWHERE, NULL);
	bed_run(bed, 10 * SECOND);
	for (uint32_t cpu = 0; cpu < 8; cpu++) {
		ck_assert_uint_ge(bed_count(bed, cpu), 1);
		ck_assert_uint_le(bed_count(bed, cpu), 3);
	}
	bed_free(bed);
}
END_TEST

/* One hog a CPU: an idle CPU always finds the one that has two. */
START_TEST(item_5_no_cpu_idles_for_long)
{
	struct bed *bed = bed_new(1, 1, 8, 1);

	bed_start(bed);
	for (uint32_t i = 0; i < 8; i++)
		bed_hog(bed, 0, ANYWHERE, NULL);
	bed_run(bed, 200 * MS);
	for (uint32_t cpu = 0; cpu < 8; cpu++)
		ck_assert_uint_eq(bed_count(bed, cpu), 1);
	bed_free(bed);
}
END_TEST

/*
 * Hogs thrown anywhere, as many as CPUs or more, on one LLC: after some idle intervals nobody idles,
 * since an idle CPU finds every queue of two. (Groups of several CPUs promise less: 5.2.)
 */
START_TEST(item_5_piles_are_taken_apart)
{
	struct random random;

	for (uint64_t seed = 1; seed <= 20; seed++) {
		uint32_t cpus, hogs;
		struct bed *bed;

		random_init(&random, seed, "test", 0, "piles");
		cpus = (uint32_t)random_between(&random, 2, 16);
		hogs = cpus + (uint32_t)random_below(&random, cpus + 1);
		bed = bed_new(1, 1, cpus, 1);
		bed_start(bed);
		for (uint32_t i = 0; i < hogs; i++)
			bed_hog(bed, (uint32_t)random_below(&random, cpus), ANYWHERE, NULL);
		bed_run(bed, 500 * MS);
		for (uint32_t cpu = 0; cpu < cpus; cpu++)
			ck_assert_uint_ge(bed_count(bed, cpu), 1);
		bed_free(bed);
	}
}
END_TEST

/* Pinned tasks are nobody's to move, and do not keep others from it. */
START_TEST(item_5_pinned_tasks_do_not_hide_others)
{
	struct bed *bed = bed_new(1, 1, 4, 1);

	bed_start(bed);
	for (uint32_t i = 0; i < 4; i++)
		bed_hog(bed, 0, 0, NULL);
	bed_hog(bed, 1, ANYWHERE, NULL);
	bed_hog(bed, 1, ANYWHERE, NULL);
	bed_run(bed, 300 * MS);
	ck_assert_uint_eq(bed_count(bed, 0), 4);
	ck_assert_uint_eq(bed_count(bed, 1), 1);
	ck_assert_uint_eq(bed_count(bed, 2) + bed_count(bed, 3), 1);
	bed_free(bed);
}
END_TEST

/* --- before 5.5: cfs.md 5.2 --- */

static const struct balance_rules *rules_5_3(void)
{
	return balance_rules_find("5.3");
}

START_TEST(cfs_E25_old_balancer)
{
	static const struct {
		uint32_t cpus, source, rest; /* hogs on CPU 0, on each other */
		bool moves;
	} cases[] = { { 16, 2, 1, true }, { 2, 3, 1, true }, { 2, 3, 2, true }, { 2, 2, 2, false } };

	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bed *bed = bed_new(1, 1, cases[i].cpus, 1);
		struct pass pass;

		bed_start(bed);
		bed_hold(bed);
		bed->kernel.rules = rules_5_3();
		for (uint32_t j = 0; j < cases[i].source; j++)
			bed_hog(bed, 0, ANYWHERE, NULL);
		for (uint32_t cpu = 1; cpu < cases[i].cpus; cpu++)
			for (uint32_t j = 0; j < cases[i].rest; j++)
				bed_hog(bed, cpu, ANYWHERE, NULL);
		bed_run(bed, 500 * MS);
		pass = pass_for(bed, 1, 0, BALANCE_BUSY);
		cpumask_clear(&pass.cpus, cases[i].cpus);
		for (uint32_t cpu = 0; cpu < cases[i].cpus; cpu++)
			cpumask_add(&pass.cpus, cpu);
		ck_assert_int_eq(pass_busiest_group(&pass), cases[i].moves);
		if (cases[i].moves)
			ck_assert_int_eq(pass.imbalance, 1024);
		bed_free(bed);
	}
}
END_TEST

/* 17 hogs on 16 CPUs: how often CPU 5 fails before it gets a second one. */
START_TEST(cfs_E25_later_balancers_move_after_failures)
{
	static const struct {
		const char *version;
		uint32_t least, most; /* more than asked for: nobody is cold at that moment */
	} cases[] = { { "5.6", 2, 3 }, { "5.12", 4, 5 } };
	struct bed *bed = bed_new(1, 1, 16, 1);
	uint32_t failed = 0;

	bed_start(bed);
	bed_hold(bed);
	bed->kernel.rules = balance_rules_find(cases[_i].version);
	for (uint32_t i = 0; i < 17; i++)
		bed_hog(bed, i % 16, ANYWHERE, NULL);
	bed_run(bed, SECOND);
	while (!pass_once(bed, 5, 0, BALANCE_BUSY)) {
		ck_assert_uint_eq(bed_domain(bed, 5, 0)->failed, ++failed);
		ck_assert_uint_lt(failed, 8);
		bed_run(bed, MS);
	}
	ck_assert_uint_ge(failed, cases[_i].least);
	ck_assert_uint_le(failed, cases[_i].most);
	bed_free(bed);
}
END_TEST

/* LB_BIAS, up to 4.10: averages over two and four ticks; the kernel rounds up what grows. */
START_TEST(C52_past_loads)
{
	struct cpu_balance balance = { .past_tick = 10 };

	balance_note_load(&balance, 1024, 11);
	ck_assert_uint_eq(balance.past_load[0], 512);
	ck_assert_uint_eq(balance.past_load[1], 256);
	balance_note_load(&balance, 1024, 12);
	ck_assert_uint_eq(balance.past_load[0], 768);
	ck_assert_uint_eq(balance.past_load[1], 448);
	/* idle and without a tick in between */
	balance_note_load(&balance, 0, 14);
	ck_assert_uint_eq(balance.past_load[0], 192);
	ck_assert_uint_eq(balance.past_load[1], 252);
}
END_TEST

/* A second task that has just come does not make its CPU a source; one that stays does. */
START_TEST(C52_what_has_just_come_draws_nothing)
{
	static const char *const versions[] = { "3.6", "4.20" };

	for (uint32_t biased = 0; biased < 2; biased++) {
		struct bed *bed = bed_new(1, 1, 2, 1);

		bed_start(bed);
		bed_hold(bed);
		bed->kernel.rules = balance_rules_find(versions[!biased]);
		bed_hog(bed, 0, ANYWHERE, NULL);
		bed_hog(bed, 1, ANYWHERE, NULL);
		bed_run(bed, 20 * MS);
		bed_hog(bed, 0, ANYWHERE, NULL);
		bed_domain(bed, 1, 0)->failed = 9; /* nothing is hot */
		ck_assert_int_eq(pass_once(bed, 1, 0, BALANCE_BUSY), !biased);
		if (biased) {
			bed_run(bed, 20 * MS);
			bed_domain(bed, 1, 0)->failed = 9;
			ck_assert(pass_once(bed, 1, 0, BALANCE_BUSY));
		}
		bed_free(bed);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("balance");
	TCase *tcase = tcase_create("balance");

	tcase_add_test(tcase, E52_intervals);
	tcase_add_test(tcase, E52_interval_doubles_while_balanced);
	tcase_add_test(tcase, item_5_1_who_balances);
	tcase_add_test(tcase, E53_three_hogs_and_one);
	tcase_add_test(tcase, E54_seventeen_hogs);
	tcase_add_test(tcase, E55_cache_hot);
	tcase_add_test(tcase, E55_not_on_a_sibling);
	tcase_add_test(tcase, E57_active_balance);
	tcase_add_test(tcase, E58_ineligible_stays);
	tcase_add_test(tcase, I19_lag_goes_along);
	tcase_add_loop_test(tcase, item_5_hogs_spread, 0, 15);
	tcase_add_test(tcase, item_5_no_cpu_idles_for_long);
	tcase_add_test(tcase, item_5_piles_are_taken_apart);
	tcase_add_test(tcase, item_5_pinned_tasks_do_not_hide_others);
	tcase_add_test(tcase, cfs_E25_old_balancer);
	tcase_add_loop_test(tcase, cfs_E25_later_balancers_move_after_failures, 0, 2);
	tcase_add_test(tcase, C52_past_loads);
	tcase_add_test(tcase, C52_what_has_just_come_draws_nothing);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
