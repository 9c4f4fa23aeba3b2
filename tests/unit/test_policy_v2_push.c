/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_policy_v2_push.c - what a push of semantics-v2 changes, on the real fair class
 *
 * Names carry the numbers of yield-series.md: 1.2.1 (the golden vectors), S, P, Q.
 */
#include <check.h>
#include <glib.h>

#include "models/sched/query.h"
#include "tests/check_main.h"
#include "tests/unit/golden_penalty.h"
#include "tests/unit/policy_host.h"

/* Every cell again, through the queue: n tasks, the target ahead by need. */
START_TEST(test_1_2_1_golden_vectors_through_the_queue)
{
	for (uint32_t queued = 2; queued <= TASKS; queued++)
		for (uint32_t column = 0; column < G_N_ELEMENTS(golden_needs); column++) {
			struct host host;

			host_init(&host, "semantics-v2");
			host_add_many(&host, queued);
			host_run(&host, 0);
			for (uint32_t i = 0; i < queued; i++)
				host_place(&host.task[i].entity, 0);
			host_place(&host.task[1].entity, (int64_t)golden_needs[column]);
			ck_assert_int_eq(host_deboost(&host, 0, 1),
					 golden_penalty[golden_row[queued]][column]);
			host_clear(&host);
		}
}
END_TEST

/* 2 ms behind counts as no need; and the sign of the virtual times does not matter. */
START_TEST(test_p4_need_is_a_signed_difference)
{
	static const int64_t yielder[] = { 2 * (int64_t)MS, -(int64_t)MS, -3 * (int64_t)MS };
	static const int64_t target[] = { 0, 2 * (int64_t)MS, -4 * (int64_t)MS };
	static const int64_t expected[] = { 2800000, 6100000, 2800000 };

	for (uint32_t i = 0; i < G_N_ELEMENTS(yielder); i++) {
		struct host host;

		host_init(&host, "semantics-v2");
		host_add_many(&host, 2);
		host_run(&host, 0);
		host_place(&host.task[0].entity, yielder[i]);
		host_place(&host.task[1].entity, target[i]);
		ck_assert_int_eq(host_deboost(&host, 0, 1), expected[i]);
		host_clear(&host);
	}
}
END_TEST

struct snapshot {
	int64_t vruntime, deadline, shared, weight;
	uint64_t slice, exec;
	bool queued, waiting;
};

static struct snapshot snapshot_of(const struct fair_entity *entity)
{
	return (struct snapshot){ entity->vruntime, entity->deadline, entity->shared,
				  entity->weight,   entity->slice,    entity->exec,
				  entity->queued,   entity->waiting };
}

static bool snapshot_same(const struct snapshot *a, const struct fair_entity *entity)
{
	struct snapshot b = snapshot_of(entity);

	return a->vruntime == b.vruntime && a->deadline == b.deadline && a->shared == b.shared &&
	       a->weight == b.weight && a->slice == b.slice && a->exec == b.exec &&
	       a->queued == b.queued && a->waiting == b.waiting;
}

/* root { G0 { A, C }, G1 { B } } of yield-series.md Q8: A yields to B, so G0's entity pays. */
START_TEST(test_s10_q8_only_the_yielders_side_at_the_common_queue_changes)
{
	struct host host;

	host_init(&host, "semantics-v2");

	struct fair_group *g0 = fair_group_new(&host.fair, NULL, 512);
	struct fair_group *g1 = fair_group_new(&host.fair, NULL, 2048);
	struct fair_entity *entity[] = { &g0->cpu[0].entity, &g1->cpu[0].entity,
					 &host.task[0].entity, &host.task[1].entity,
					 &host.task[2].entity };
	struct snapshot before[G_N_ELEMENTS(entity)];

	host_add(&host, 0, 0, g0, 0);
	host_add(&host, 1, 0, g0, 0);
	host_add(&host, 2, 0, g1, 0);
	host_run(&host, 0);
	for (uint32_t i = 0; i < G_N_ELEMENTS(entity); i++)
		before[i] = snapshot_of(entity[i]);
	ck_assert_ptr_eq(host.fair.rq[0].root.curr, entity[0]);
	ck_assert_int_eq(host_deboost(&host, 0, 2), 0);

	for (uint32_t i = 1; i < G_N_ELEMENTS(entity); i++)
		ck_assert_msg(snapshot_same(&before[i], entity[i]), "entity %u", i);

	struct snapshot after = snapshot_of(entity[0]);
	int64_t gap = MAX(before[1].vruntime - before[0].vruntime, 0);
	uint64_t gran = (uint64_t)fair_scaled(entity[0], GRAN);

	ck_assert_uint_eq(gran, 2 * GRAN - 1); /* half the weight; inverses are rounded down */
	ck_assert_int_eq(after.vruntime - before[0].vruntime,
			 debooster_penalty(gran, (uint64_t)gap, 3, false));
	ck_assert_int_eq(after.deadline,
			 after.vruntime + fair_scaled(entity[0], (int64_t)after.slice));
	/* The protection limit, which shares its word with the lag, stays (v1 overwrote it, P5). */
	before[0].vruntime = after.vruntime;
	before[0].deadline = after.deadline;
	ck_assert(snapshot_same(&before[0], entity[0]));
	host_clear(&host);
}
END_TEST

/* Two entities on the root queue, eight tasks below: the cap of 8, not of 2. */
START_TEST(test_p8_the_cap_counts_tasks_not_entities)
{
	struct host host;

	host_init(&host, "semantics-v2");

	struct fair_group *g0 = fair_group_new(&host.fair, NULL, 1024);
	struct fair_group *g1 = fair_group_new(&host.fair, NULL, 1024);

	for (uint32_t i = 0; i < 8; i++)
		host_add(&host, i, 0, i < 7 ? g0 : g1, 0);
	host_run(&host, 0);

	struct fair_entity *ours = &g0->cpu[0].entity, *theirs = &g1->cpu[0].entity;

	ck_assert_uint_eq(host.fair.rq[0].root.nr_queued, 2);
	host_place(ours, 0);
	host_place(theirs, 100 * MS);
	host_deboost(&host, 0, 7);
	ck_assert_int_eq(ours->vruntime, 2 * fair_scaled(ours, GRAN));
	host_clear(&host);
}
END_TEST

/* Three equal tasks, the first runs for `ran` and yields to the second; forfeit included. */
static struct fair_entity yielded(const char *policy, uint64_t ran, int64_t *old_deadline)
{
	struct host host;

	host_init(&host, policy);
	host_add_many(&host, 3);
	host_run(&host, 0);
	for (uint32_t i = 0; i < 3; i++)
		host_place(&host.task[i].entity, 0);
	*old_deadline = host.task[0].entity.deadline;
	host.now += ran;
	ck_assert_int_eq(fair_yield_to(&host.fair.rq[0], &host.task[1], host.now), 1);

	struct fair_entity entity = host.task[0].entity;

	host_clear(&host);
	return entity;
}

START_TEST(test_s12_the_push_covers_the_forfeit_and_mostly_replaces_it)
{
	int64_t deadline;

	/* Without the series: it has run, is ineligible, and forfeits nothing. */
	struct fair_entity plain = yielded("none", MS, &deadline);

	ck_assert_int_eq(plain.vruntime, MS);
	ck_assert_int_eq(plain.deadline, deadline);

	/* With it: stale v + 2.8 ms, ineligible; then the run time is accounted and that is all. */
	struct fair_entity pushed = yielded("semantics-v2", MS, &deadline);

	ck_assert_int_eq(pushed.vruntime, GRAN + MS);
	ck_assert_int_ge(GRAN, deadline); /* as far as the forfeit would have gone */
	ck_assert_int_eq(pushed.deadline, 2 * GRAN);
}
END_TEST

/* A yielder so far behind that it is still eligible after the push forfeits as well (Q10). */
START_TEST(test_s12_q10_both_pushes_if_it_is_still_eligible)
{
	struct host host;

	host_init(&host, "semantics-v2");
	host_add_many(&host, 3);
	host_run(&host, 0);
	host_place(&host.task[0].entity, 0);
	host_place(&host.task[1].entity, 0);
	host_place(&host.task[2].entity, 100 * MS);
	ck_assert_int_eq(fair_yield_to(&host.fair.rq[0], &host.task[1], host.now), 1);
	ck_assert_int_eq(host.pushed, GRAN);
	ck_assert_int_eq(host.task[0].entity.vruntime, 2 * GRAN);
	ck_assert_int_eq(host.task[0].entity.deadline, 3 * GRAN);
	host_clear(&host);
}
END_TEST

/* The push sees the vruntime before the forfeit: 3 ms of need, not 0.2 ms. */
START_TEST(test_p7_the_push_comes_before_the_forfeit)
{
	struct host host;

	host_init(&host, "semantics-v2");
	host_add_many(&host, 3);
	host_run(&host, 0);
	host_place(&host.task[0].entity, 0);
	host_place(&host.task[1].entity, 3 * MS);
	host_place(&host.task[2].entity, 3 * MS);
	fair_yield_to(&host.fair.rq[0], &host.task[1], host.now);
	ck_assert_int_eq(host.pushed, 6100000);
	host_clear(&host);
}
END_TEST

/* It has run for 2 ms that are not accounted: the gap is taken from where it began. */
START_TEST(test_p3_need_is_taken_from_a_stale_vruntime)
{
	struct host host;

	host_init(&host, "semantics-v2");
	host_add_many(&host, 3);
	host_run(&host, 0);
	for (uint32_t i = 0; i < 3; i++)
		host_place(&host.task[i].entity, i ? 3 * MS : 0);
	host.now += 2 * MS;
	fair_yield_to(&host.fair.rq[0], &host.task[1], host.now);
	ck_assert_int_eq(host.pushed, 6100000);
	ck_assert_int_eq(host.task[0].entity.vruntime, 6100000 + 2 * MS);
	host_clear(&host);
}
END_TEST

START_TEST(test_s13_bystanders_gain_what_the_yielder_loses)
{
	GRand *rand = g_rand_new_with_seed(13);

	for (int round = 0; round < 500; round++) {
		struct host host;
		uint32_t tasks = (uint32_t)g_rand_int_range(rand, 2, TASKS + 1);

		host_init(&host, "semantics-v2");
		host_add_many(&host, tasks);
		for (uint32_t i = 0; i < tasks; i++)
			fair_set_nice(&host.task[i], g_rand_int_range(rand, -5, 6), host.now);
		host_run(&host, 0);
		for (uint32_t i = 0; i < tasks; i++)
			host_place(&host.task[i].entity, g_rand_int_range(rand, 0, 20 * MS));

		struct fair_queue *queue = &host.fair.rq[0].root;
		int64_t before = fair_average(queue), gained = 0, sum = 0, load = 0;
		int64_t pushed = host_deboost(&host, 0, 1);
		int64_t moved = fair_average(queue) - before;

		ck_assert_int_gt(pushed, 0);
		for (uint32_t i = 0; i < tasks; i++) {
			const struct fair_entity *entity = &host.task[i].entity;

			load += entity->load;
			sum += entity->load * (fair_average(queue) - entity->vruntime);
			if (i > 0)
				gained += entity->load * moved;
		}
		/* Each average is a floor, so it may be up to 1 ns low. */
		int64_t lost = host.task[0].entity.load * (pushed - moved);

		ck_assert_int_le(ABS(sum), load);
		ck_assert_int_le(ABS(lost - gained), load);
		host_clear(&host);
	}
	g_rand_free(rand);
}
END_TEST

/* 16.8 ms of penalty, and the block keeps two slices of it, 5.6 ms. */
START_TEST(test_s14_a_block_forgets_what_exceeds_the_lag_limit)
{
	struct host host;

	host_init(&host, "semantics-v2");
	host_add_many(&host, 2);
	host_run(&host, 0);
	host_place(&host.task[0].entity, 0);
	host_place(&host.task[1].entity, 100 * MS);
	ck_assert_int_eq(host_deboost(&host, 0, 1), 16800000);
	host_place(&host.task[1].entity, 0);
	ck_assert_int_eq(fair_average(&host.fair.rq[0].root), 8400000);
	fair_dequeue(&host.fair.rq[0], &host.task[0], FAIR_SLEEP | FAIR_SPECIAL, host.now);
	ck_assert_int_eq(host.task[0].entity.shared, -2 * (int64_t)GRAN);
	host_clear(&host);
}
END_TEST

START_TEST(test_s15_deadline_by_the_own_slice_gran_by_the_common_one)
{
	struct host host;

	host_init(&host, "semantics-v2");
	host_add(&host, 0, 0, NULL, MS);
	host_add(&host, 1, 0, NULL, 0);
	host_run(&host, 0);
	host_place(&host.task[0].entity, 0);
	host_place(&host.task[1].entity, 0);
	ck_assert_int_eq(host_deboost(&host, 0, 1), GRAN);
	ck_assert_int_eq(host.task[0].entity.deadline, GRAN + MS);
	host_clear(&host);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("policy_v2_push");
	TCase *tcase = tcase_create("push");

	tcase_add_test(tcase, test_1_2_1_golden_vectors_through_the_queue);
	tcase_add_test(tcase, test_p4_need_is_a_signed_difference);
	tcase_add_test(tcase, test_s10_q8_only_the_yielders_side_at_the_common_queue_changes);
	tcase_add_test(tcase, test_p8_the_cap_counts_tasks_not_entities);
	tcase_add_test(tcase, test_s12_the_push_covers_the_forfeit_and_mostly_replaces_it);
	tcase_add_test(tcase, test_s12_q10_both_pushes_if_it_is_still_eligible);
	tcase_add_test(tcase, test_p7_the_push_comes_before_the_forfeit);
	tcase_add_test(tcase, test_p3_need_is_taken_from_a_stale_vruntime);
	tcase_add_test(tcase, test_s13_bystanders_gain_what_the_yielder_loses);
	tcase_add_test(tcase, test_s14_a_block_forgets_what_exceeds_the_lag_limit);
	tcase_add_test(tcase, test_s15_deadline_by_the_own_slice_gran_by_the_common_one);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
