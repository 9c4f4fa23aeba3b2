/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_cfs_wake.c - wake-up preemption under CFS: cfs.md 8.4, E9, E10, and the rules of 1.9, 1.12
 *
 * A is task 0 and runs, B is task 1 and wakes.
 */
#include "models/sched/hooks.h"
#include "tests/unit/cfs_bed.h"

/* A runs alone at v = 100 = min_vruntime, B has slept since its v was `ms`. */
static void asleep(struct bed *bed, const char *version, double ms, int nice)
{
	bed_open(bed, (struct bed_config){ .version = version });
	bed_start(bed, 0, NULL, 0);
	bed_start(bed, 1, NULL, nice);
	cfs_set_v(bed, 0, 100);
	cfs_run(bed, 1);
	cfs_sleep(bed, 1, ms, 0);
	bed->rq->root.min_vruntime = MS(100);
}

static bool preempts(struct bed *bed)
{
	ck_assert_int_eq(bed_wake(bed, 1), 1);
	return bed->rq->resched & FAIR_RESCHED_NOW;
}

START_TEST(cfs_E9_lead_of_a_sleeper)
{
	static const struct {
		double slept, placed;
		bool preempts;
	} row[] = {
		{ 50, 88, true },  { 88, 88, true },  { 90, 90, true },	 { 95, 95, true },
		{ 96, 96, false }, { 97, 97, false }, { 99, 99, false }, { 104, 104, false },
	};
	static struct bed bed;

	asleep(&bed, "5.3", row[_i].slept, 0);
	ck_assert_int_eq(preempts(&bed), row[_i].preempts);
	ck_assert_int_eq(cfs_v(&bed, 1), MS(row[_i].placed));
	ck_assert_ptr_eq(bed.rq->root.next, row[_i].preempts ? bed_entity(&bed, 1) : NULL);
	/* I10 */
	ck_assert_int_eq(100 - row[_i].placed > 4, row[_i].preempts);
	if (row[_i].preempts)
		ck_assert_int_eq(bed_pick(&bed), 1);
	bed_close(&bed);
}
END_TEST

START_TEST(cfs_E10_gran_goes_by_the_weight_of_the_wakee)
{
	static struct bed bed;

	asleep(&bed, "5.3", 50, 5);
	ck_assert_int_eq(cfs_gran(bed_entity(&bed, 1)), 12226865);
	ck_assert(!preempts(&bed));
	ck_assert_int_eq(cfs_v(&bed, 1), MS(88));
	bed_close(&bed);
	asleep(&bed, "5.3", 98.68, -5);
	ck_assert_int_eq(cfs_gran(bed_entity(&bed, 1)), 1312399);
	ck_assert(preempts(&bed));
	bed_close(&bed);
	asleep(&bed, "5.3", 98.69, -5);
	ck_assert(!preempts(&bed));
	bed_close(&bed);
}
END_TEST

/* B alone in a group that has slept for long, against a lone runner. */
START_TEST(cfs_E10_groups_below_342_never_preempt)
{
	static const struct {
		int64_t shares, gran;
		bool preempts;
	} row[] = {
		{ 342, 11976607, true },
		{ 341, 12011730, false },
		{ 64, 63999999, false },
		{ 12, 341333333, false },
	};
	static struct bed bed;
	struct fair_entity *group;

	bed_open(&bed, (struct bed_config){ .version = "5.3" });
	bed_start(&bed, 0, NULL, 0);
	cfs_set_v(&bed, 0, 100);
	bed_start(&bed, 1, fair_group_new(&bed.fair, NULL, row[_i].shares), 0);
	group = bed_entity(&bed, 1)->parent;
	cfs_run(&bed, 1);
	cfs_sleep(&bed, 1, 0, 0);
	fair_entity_set(group, 0, 0);
	bed.rq->root.min_vruntime = MS(100);
	ck_assert_int_eq(cfs_gran(group), row[_i].gran);
	ck_assert_int_eq(preempts(&bed), row[_i].preempts);
	ck_assert_int_eq(group->vruntime, MS(88));
	bed_close(&bed);
}
END_TEST

/* 1.12: nothing is tested, and no buddy set, once a reschedule is wanted. */
START_TEST(cfs_1_12_one_request_is_enough)
{
	static struct bed bed;

	asleep(&bed, "5.3", 50, 0);
	bed.rq->resched = FAIR_RESCHED_NOW;
	bed_wake(&bed, 1);
	ck_assert_ptr_null(bed.rq->root.next);
	bed_close(&bed);
}
END_TEST

START_TEST(cfs_1_12_policies)
{
	static const struct {
		enum fair_policy a, b;
		bool preempts;
	} row[] = {
		{ FAIR_NORMAL, FAIR_BATCH, false }, { FAIR_NORMAL, FAIR_IDLE, false },
		{ FAIR_IDLE, FAIR_NORMAL, true },   { FAIR_IDLE, FAIR_BATCH, true },
		{ FAIR_IDLE, FAIR_IDLE, false },    { FAIR_BATCH, FAIR_NORMAL, true },
	};
	static struct bed bed;

	asleep(&bed, "5.3", 50, 0);
	fair_task_configure(&bed.task[1], 0, row[_i].b, 0);
	bed.task[0].policy = row[_i].a;
	ck_assert_int_eq(preempts(&bed), row[_i].preempts);
	bed_close(&bed);
}
END_TEST

static void without_preemption(struct fair_features *features)
{
	features->wakeup_preemption = false;
}

START_TEST(cfs_1_12_WAKEUP_PREEMPTION_off)
{
	static struct bed bed;

	bed_open(&bed, (struct bed_config){ .version = "5.3", .tune = without_preemption });
	bed_start(&bed, 0, NULL, 0);
	bed_start(&bed, 1, NULL, 0);
	cfs_set_v(&bed, 0, 100);
	cfs_run(&bed, 1);
	cfs_sleep(&bed, 1, 0, 0);
	bed.rq->root.min_vruntime = MS(100);
	ck_assert(!preempts(&bed));
	bed_close(&bed);
}
END_TEST

/* 1.9: last is set with 8 on the leaf queue of the preempted task, not with 7. */
START_TEST(cfs_1_9_last_buddy_needs_a_crowd)
{
	static const double v[] = { 100, 0, 104, 104, 104, 104, 104, 104, 104 };
	int queued = _i ? 8 : 7;
	static struct bed bed;

	cfs_open(&bed, (struct cfs_scene){ 0 }, queued, v);
	cfs_run(&bed, 1);
	cfs_sleep(&bed, 1, 50, 0);
	bed.rq->root.min_vruntime = MS(100);
	/* B itself counts by the time of the test */
	ck_assert(preempts(&bed));
	ck_assert_ptr_eq(bed.rq->root.preempted, _i ? bed_entity(&bed, 0) : NULL);
	/* B blocks at once: last brings A back before others that are as far */
	ck_assert_int_eq(bed_pick(&bed), 1);
	bed_close(&bed);
}
END_TEST

/* 1.9: who goes to sleep favours the group that it leaves others in. */
START_TEST(cfs_1_9_a_sleeper_marks_its_group)
{
	static struct bed bed;
	struct fair_group *group;

	bed_open(&bed, (struct bed_config){ .version = "5.3" });
	group = fair_group_new(&bed.fair, NULL, 1024);
	bed_start(&bed, 0, group, 0);
	bed_start(&bed, 1, group, 0);
	bed_start(&bed, 2, NULL, 0);
	fair_entity_set(bed_entity(&bed, 0)->parent, MS(103), 0);
	cfs_set_v(&bed, 2, 100);
	cfs_run(&bed, 0);
	cfs_settle(&bed);
	fair_dequeue(bed.rq, &bed.task[0], FAIR_SLEEP, bed.clock);
	ck_assert_ptr_eq(bed.rq->root.next, bed_entity(&bed, 0)->parent);
	/* 3 ms behind: within gran */
	ck_assert_int_eq(bed_pick(&bed), 1);
	bed_close(&bed);
}
END_TEST

/* 1.8: with equal v the one in the tree goes before who runs, and the older first. */
START_TEST(cfs_1_8_ties)
{
	static const double v[] = { 10, 10, 10 };
	static struct bed bed;

	cfs_open(&bed, (struct cfs_scene){ 0 }, 3, v);
	ck_assert_int_eq(bed_pick(&bed), 1);
	ck_assert_int_eq(bed_pick(&bed), 2);
	ck_assert_int_eq(bed_pick(&bed), 0);
	bed_close(&bed);
}
END_TEST

/* 1.4: up to 4.4 a task that leaves holds min_vruntime back until it is off the CPU. */
START_TEST(cfs_1_4_min_vruntime_as_a_task_leaves)
{
	static const double v[] = { 10, 15 };
	static struct bed bed;

	cfs_open(&bed, (struct cfs_scene){ .version = _i ? "4.20" : "4.4" }, 2, v);
	fair_dequeue(bed.rq, &bed.task[0], FAIR_SLEEP, bed.clock);
	ck_assert_int_eq(bed.rq->root.min_vruntime, _i ? MS(15) : MS(10));
	bed_close(&bed);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cfs wake");
	TCase *examples = tcase_create("8.4"), *rules = tcase_create("rules");

	tcase_add_loop_test(examples, cfs_E9_lead_of_a_sleeper, 0, 8);
	tcase_add_test(examples, cfs_E10_gran_goes_by_the_weight_of_the_wakee);
	tcase_add_loop_test(examples, cfs_E10_groups_below_342_never_preempt, 0, 4);
	tcase_add_test(rules, cfs_1_12_one_request_is_enough);
	tcase_add_loop_test(rules, cfs_1_12_policies, 0, 6);
	tcase_add_test(rules, cfs_1_12_WAKEUP_PREEMPTION_off);
	tcase_add_loop_test(rules, cfs_1_9_last_buddy_needs_a_crowd, 0, 2);
	tcase_add_test(rules, cfs_1_9_a_sleeper_marks_its_group);
	tcase_add_test(rules, cfs_1_8_ties);
	tcase_add_loop_test(rules, cfs_1_4_min_vruntime_as_a_task_leaves, 0, 2);
	suite_add_tcase(suite, examples);
	suite_add_tcase(suite, rules);
	return run_suite(suite);
}
