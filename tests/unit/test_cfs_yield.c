/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_cfs_yield.c - sched_yield under CFS: cfs.md 8.5, E12 to E15
 */
#include "models/sched/hooks.h"
#include "models/sched/query.h"
#include "tests/unit/cfs_bed.h"

START_TEST(cfs_E12_yield_within_one_gran)
{
	static const double b[] = { 13, 14, 14.000001 };
	bool works = _i < 2;
	double v[] = { 10, b[_i] };
	static struct bed bed;

	cfs_open(&bed, (struct cfs_scene){ 0 }, 2, v);
	ck_assert_int_eq(cfs_yield_now(&bed), works ? 1 : 0);
	/* I4 */
	ck_assert_int_eq(cfs_v(&bed, 0), MS(10));
	ck_assert_int_eq(cfs_v(&bed, 1), MS(b[_i]));
	ck_assert_ptr_eq(bed.rq->root.skip, works ? bed_entity(&bed, 0) : NULL);
	if (works) {
		cfs_set_v(&bed, 1, 20);
		ck_assert_int_eq(bed_pick(&bed), 0);
		ck_assert_ptr_null(bed.rq->root.skip);
	}
	bed_close(&bed);
}
END_TEST

START_TEST(cfs_E13_a_mark_that_stays)
{
	static const double v[] = { 10, 11, 12 };
	static struct bed bed;

	cfs_open(&bed, (struct cfs_scene){ 0 }, 3, v);
	ck_assert_int_eq(cfs_yield_now(&bed), 1);
	cfs_ticks(&bed, 7000000, CFS_EPS);
	ck_assert_int_eq(bed_current(&bed), 2);
	ck_assert_int_eq(cfs_v(&bed, 1), MS(18.002));
	cfs_ticks(&bed, 7000000, CFS_EPS);
	ck_assert_int_eq(bed_current(&bed), 0);
	ck_assert_int_eq(cfs_v(&bed, 2), MS(19));
	ck_assert_ptr_null(bed.rq->root.skip);
	ck_assert_uint_eq(bed.stint[0].ns, 7000000);
	ck_assert_uint_eq(bed.stint[1].ns, 7000000);
	bed_close(&bed);
}
END_TEST

struct yields {
	uint32_t all, effective;
};

/* `yielder` yields after every 0.1 ms that it has run without a tick, for 4 s. */
static struct yields yield_always(struct bed *bed, int yielder)
{
	struct yields yields = { 0 };
	uint64_t tick = bed->fair.tick, since = 0, end = UINT64_C(4000000000);

	while (bed->clock < end) {
		uint64_t next_tick = bed->clock - bed->clock % tick + tick;
		uint64_t step = next_tick - bed->clock;
		bool yields_now = bed_current(bed) == yielder && 100000 - since < step;

		if (yields_now)
			step = 100000 - since;
		if (bed_current(bed) == yielder)
			since += step;
		bed_run(bed, step);
		if (bed->clock == next_tick) {
			fair_tick(bed->rq, bed->clock);
			if (bed->rq->resched) {
				bed_run(bed, CFS_EPS);
				bed_pick(bed);
			}
			since = 0;
		}
		if (yields_now && bed_current(bed) == yielder) {
			since = 0;
			yields.all++;
			yields.effective += cfs_yield_now(bed) != yielder;
		}
	}
	return yields;
}

static const struct {
	uint32_t hz;
	double ms; /* of the yielder, to 0.1 */
	uint32_t all, effective;
} always[] = { { 1000, 1997.9, 18104, 236 }, { 250, 1995.9, 19564, 200 } };

static void check_always(struct bed *bed, int yielder, int row)
{
	struct yields yields = yield_always(bed, yielder);

	ck_assert_double_eq_tol((double)bed_exec(bed, yielder) / 1e6, always[row].ms, 0.05);
	ck_assert_uint_eq(yields.all, always[row].all);
	ck_assert_uint_eq(yields.effective, always[row].effective);
}

START_TEST(cfs_E14_a_task_that_always_yields_keeps_its_half)
{
	static const double v[] = { 0, 0 };
	static struct bed bed;

	cfs_open(&bed, (struct cfs_scene){ .hz = always[_i].hz }, 2, v);
	check_always(&bed, 0, _i);
	bed_close(&bed);
}
END_TEST

/* Groups G of tasks 0 and 1, H of task 2; task 0 runs. */
static void two_groups(struct bed *bed, const char *version, uint32_t hz, int in_g)
{
	struct fair_group *group[2];

	bed_open(bed, (struct bed_config){ .version = version, .hz = hz });
	for (int i = 0; i < 2; i++)
		group[i] = fair_group_new(&bed->fair, NULL, 1024);
	for (int i = 0; i < in_g; i++)
		bed_start(bed, i, group[0], 0);
	bed_start(bed, 2, group[1], 0);
	for (int i = 0; i < 3; i++)
		if (bed_entity(bed, i)->queued)
			cfs_set_v(bed, i, 0);
	fair_entity_set(&group[0]->cpu[0].entity, MS(10), 0);
	fair_entity_set(&group[1]->cpu[0].entity, MS(13), 0);
	cfs_run(bed, 0);
	cfs_settle(bed);
}

START_TEST(cfs_E15_yield_goes_to_another_group)
{
	static struct bed bed;

	two_groups(&bed, "5.3", 1000, 2);
	ck_assert_int_eq(cfs_yield_now(&bed), 2);
	ck_assert_ptr_eq(bed_entity(&bed, 0)->queue->skip, bed_entity(&bed, 0));
	ck_assert_ptr_eq(bed.rq->root.skip, bed_entity(&bed, 0)->parent);
	bed_close(&bed);
}
END_TEST

START_TEST(cfs_E15_per_vcpu_groups_as_plain_tasks)
{
	static struct bed bed;

	two_groups(&bed, "5.3", always[_i].hz, 1);
	ck_assert_int_eq(cfs_yield_now(&bed), 2);
	bed_close(&bed);
	two_groups(&bed, "5.3", always[_i].hz, 1);
	fair_entity_set(bed_entity(&bed, 0)->parent, 0, 0);
	fair_entity_set(bed_entity(&bed, 2)->parent, 0, 0);
	check_always(&bed, 0, _i);
	bed_close(&bed);
}
END_TEST

START_TEST(cfs_E15_yield_to_a_sibling)
{
	static const char *const version[] = { "3.6", "5.3", "5.12", "5.17", "6.5" };
	bool stays = _i >= 3;
	static struct bed bed;
	struct fair_entity *group;

	two_groups(&bed, version[_i], 1000, 2);
	cfs_set_v(&bed, 1, 2);
	group = bed_entity(&bed, 0)->parent;
	ck_assert_int_eq(bed_yield_to(&bed, 1), 1);
	ck_assert_ptr_eq(bed.rq->root.skip, group);
	ck_assert_ptr_eq(bed.rq->root.next, group);
	ck_assert_int_eq(bed_pick(&bed), 1);
	ck_assert_ptr_eq(bed.rq->root.skip, stays ? group : NULL);
	ck_assert_ptr_null(bed.rq->root.next);
	bed_close(&bed);
}
END_TEST

/* 1.13: a lone task's yield does nothing, not even a mark. */
START_TEST(cfs_I4_a_lone_yield_does_nothing)
{
	static const double v[] = { 10 };
	static struct bed bed;

	cfs_open(&bed, (struct cfs_scene){ 0 }, 1, v);
	ck_assert_int_eq(cfs_yield_now(&bed), 0);
	ck_assert_ptr_null(bed.rq->root.skip);
	bed_close(&bed);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cfs yield");
	TCase *examples = tcase_create("8.5");

	tcase_add_loop_test(examples, cfs_E12_yield_within_one_gran, 0, 3);
	tcase_add_test(examples, cfs_E13_a_mark_that_stays);
	tcase_add_loop_test(examples, cfs_E14_a_task_that_always_yields_keeps_its_half, 0, 2);
	tcase_add_test(examples, cfs_E15_yield_goes_to_another_group);
	tcase_add_loop_test(examples, cfs_E15_per_vcpu_groups_as_plain_tasks, 0, 2);
	tcase_add_loop_test(examples, cfs_E15_yield_to_a_sibling, 0, 5);
	tcase_add_test(examples, cfs_I4_a_lone_yield_does_nothing);
	suite_add_tcase(suite, examples);
	return run_suite(suite);
}
