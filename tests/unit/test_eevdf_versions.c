/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_eevdf_versions.c - what differs between kernels: eevdf.md 0.1, 1.4 to 1.18, row by row
 *
 * Examples that hold for several rows are in the other test_eevdf*.c, in loops over them. A is
 * task 0 and runs, B is task 1.
 */
#include <string.h>

#include "models/sched/account.h"
#include "models/sched/feature_params.h"
#include "models/sched/flat.h"
#include "models/sched/hooks.h"
#include "models/sched/query.h"
#include "models/sched/versions.h"
#include "tests/check_main.h"
#include "tests/unit/fair_bed.h"

START_TEST(rows_and_names_agree)
{
	uint64_t count = 0;

	for (; fair_version_names[count]; count++) {
		ck_assert_str_eq(fair_version(count)->name, fair_version_names[count]);
		ck_assert_ptr_nonnull(fair_version(count)->meaning);
		ck_assert_ptr_eq(fair_features_find(fair_version_names[count]),
				 fair_version(count));
	}
	ck_assert_uint_ge(count, 10);
	ck_assert_ptr_null(fair_features_find("6.20"));
}
END_TEST

/* The same but for the name. */
static void check_same_row(const char *a, const char *b)
{
	struct fair_features left = *fair_features_find(a), right = *fair_features_find(b);

	left.name = right.name = left.meaning = right.meaning = NULL;
	ck_assert_mem_eq(&left, &right, sizeof(left));
}

START_TEST(two_names_for_one_set_of_rules)
{
	check_same_row("6.12-stable", "6.12.117");
	check_same_row("6.18-rc4", "6.18.0");
	check_same_row("7.1", "7.2");
}
END_TEST

/* In all that can be switched alone. */
static bool same_features(const struct fair_features *one, const struct fair_features *other)
{
#define SAME(field, text) &&one->field == other->field
	return true FAIR_FEATURES(SAME, SAME);
#undef SAME
}

/* One value of every switch is what the version has, every other one changes it, in its own way. */
START_TEST(every_feature_can_be_switched_alone)
{
	const struct fair_features *row = fair_version((uint64_t)_i);
	struct feature_params params = { .base_slice = 1 };
	struct fair_features seen[128];
	uint32_t changes = 0;

	ck_assert_uint_eq(fair_features_with(row, &params).base_slice, 1);
	for (const struct param *param = feature_params_table; param->name; param++) {
		uint32_t same = 0;

		for (uint64_t word = 1; param->words && param->words[word]; word++) {
			struct fair_features features;

			params = (struct feature_params){ 0 };
			memcpy((char *)&params + param->offset, &word, sizeof(word));
			features = fair_features_with(row, &params);
			/* this one's second meaning is tested below */
			if (strcmp(param->name, "pick_buddy") == 0)
				features.next_buddy_picks = row->next_buddy_picks;
			if (same_features(&features, row)) {
				same++;
				continue;
			}
			for (uint32_t i = 0; i < changes; i++)
				ck_assert(!same_features(&features, &seen[i]));
			ck_assert_uint_lt(changes, 128);
			seen[changes++] = features;
		}
		ck_assert_msg(same == (param->words != NULL), "%s", param->name);
	}
	ck_assert_uint_ge(changes, 30);
}
END_TEST

START_TEST(what_picks_follow_can_be_said_of_old_kernels_too)
{
	struct feature_params params = { .next_buddy = 2 };
	struct fair_features features = fair_features_with(fair_features_find("6.12"), &params);

	ck_assert(features.next_buddy && features.next_buddy_picks && !features.pick_buddy);
	params.pick_buddy = 1;
	features = fair_features_with(fair_features_find("6.12"), &params);
	ck_assert(features.next_buddy && !features.next_buddy_picks && !features.pick_buddy);
}
END_TEST

/* A waits at 4, a group B at 10, weights 1024, V = 7; B's weight becomes 335 where it is. */
START_TEST(E11_reweight_of_a_queued_entity)
{
	const char *version = fair_version_names[_i];
	struct fair_group *group;
	struct fair_entity *b;
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .version = version });
	group = fair_group_new(&bed.fair, NULL, 1024);
	b = &group->cpu[0].entity;
	if (bed.fair.features.single_queue)
		b = bed_entity(&bed, 1);
	bed_start(&bed, 0, NULL, 0);
	bed_start(&bed, 1, group, 0);
	bed_set(&bed, 0, MS(4), MS(6.8));
	fair_entity_set(b, MS(10), MS(12.8));
	ck_assert_int_eq(fair_average(&bed.rq->root), MS(7));
	fair_group_set_shares(group, 335);
	/* it would be at the next tick, or when the task gets the CPU */
	if (bed.fair.features.single_queue)
		flat_refresh(&bed.task[1]);
	if (!strcmp(version, "6.6")) {
		ck_assert_int_eq(b->vruntime, MS(10));
		ck_assert_int_eq(b->deadline, 18558805);
		ck_assert_int_eq(fair_average(&bed.rq->root), 5479028);
	} else {
		ck_assert_int_le(llabs(b->vruntime - 16170149), 4);
		ck_assert_int_le(llabs(b->deadline - 24728955), 4);
		ck_assert_int_le(llabs(fair_average(&bed.rq->root) - MS(7)), 4);
	}
	bed_close(&bed);
}
END_TEST

/* eevdf.md 1.5: before 6.12 nobody asks for a slice, and groups take the default. */
START_TEST(custom_slices_and_the_groups_that_follow_them)
{
	bool old = _i == 0;
	struct fair_group *group;
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .version = old ? "6.6" : "6.12" });
	group = fair_group_new(&bed.fair, NULL, 1024);
	bed_start(&bed, 0, group, 0);
	fair_set_slice(&bed.task[0], MS(10), 0);
	ck_assert_uint_eq(bed_entity(&bed, 0)->slice, (uint64_t)(old ? MS(2.8) : MS(10)));
	ck_assert_uint_eq(group->cpu[0].entity.slice, (uint64_t)(old ? MS(2.8) : MS(10)));
	fair_task_configure(&bed.task[1], 0, FAIR_NORMAL, MS(0.5));
	ck_assert_uint_eq(bed.task[1].entity.slice, (uint64_t)(old ? MS(2.8) : MS(0.5)));
	bed_close(&bed);
}
END_TEST

/* A, protected, at v and d; B wakes with that lag. */
static void waking(struct bed *bed, struct bed_config config, enum fair_policy policy, int64_t lag,
		   uint32_t flags)
{
	bed_open(bed, config);
	bed_start(bed, 1, NULL, 0);
	bed_pick(bed);
	bed_block(bed, 1);
	fair_task_configure(&bed->task[0], 0, policy, 0);
	fair_start(bed->rq, &bed->task[0], bed->clock);
	bed_pick(bed);
	bed_set(bed, 0, MS(11), MS(12.8));
	bed_entity(bed, 1)->shared = lag;
	ck_assert_int_eq(fair_wake(bed->rq, &bed->task[1], flags, bed->clock), 1);
}

/* 1.14 "6.19-rc1": the waker is a task, and ineligible, but so protected that a pick keeps it. */
START_TEST(forced_preemption_of_an_ineligible_waker)
{
	static const struct {
		const char *version;
		uint32_t flags, resched;
	} row[] = {
		{ "6.19-rc1", FAIR_IN_TASK, FAIR_RESCHED_NOW },
		{ "6.19-rc1", 0, 0 }, /* an interrupt wakes */
		{ "6.19", FAIR_IN_TASK, 0 },
		{ "6.18-stable", FAIR_IN_TASK, 0 },
	};
	struct bed bed;

	/* A third task at 10 makes A ineligible, and B, later than it, is not the best one. */
	bed_open(&bed, (struct bed_config){ .version = row[_i].version });
	bed_start(&bed, 1, NULL, 0);
	bed_pick(&bed);
	bed_block(&bed, 1);
	bed_start(&bed, 0, NULL, 0);
	bed_pick(&bed);
	bed_start(&bed, 2, NULL, 0);
	bed_set(&bed, 0, MS(11.5), MS(12.8));
	bed_set(&bed, 2, MS(10), MS(10.1));
	bed_entity(&bed, 1)->shared = MS(-1);
	bed.rq->resched = 0;
	bed.rq->root.next = NULL;
	fair_wake(bed.rq, &bed.task[1], row[_i].flags, bed.clock);
	ck_assert(!fair_eligible(&bed.rq->root, bed_entity(&bed, 0)));
	ck_assert_uint_eq(bed.rq->resched, row[_i].resched);
	/* 0.1: NEXT_BUDDY is on there; a waker that must go leaves no time for a nomination */
	ck_assert_ptr_eq(bed.rq->root.next, _i == 1 ? bed_entity(&bed, 1) : NULL);
	bed_close(&bed);
}
END_TEST

/* 1.14: whoever is of the idle kind goes; whether a pick keeps it for its protection differs. */
START_TEST(idle_kind_may_keep_its_protection)
{
	static const struct {
		const char *version;
		bool keeps;
	} row[] = { { "6.6", true },
		    { "6.12", true },
		    { "6.12-stable", false },
		    { "6.18.0", false },
		    { "6.19", false } };
	struct bed bed;

	waking(&bed, (struct bed_config){ .version = row[_i].version }, FAIR_IDLE, MS(-0.001), 0);
	ck_assert_uint_eq(bed.rq->resched, FAIR_RESCHED_NOW);
	ck_assert(fair_eligible(&bed.rq->root, bed_entity(&bed, 0)));
	/* eligible both, and B's deadline is the earlier one */
	bed_set(&bed, 1, MS(11), MS(12));
	ck_assert_int_eq(bed_pick(&bed), row[_i].keeps ? 0 : 1);
	bed_close(&bed);
}
END_TEST

static void with_next_buddy(struct fair_features *features)
{
	features->next_buddy = true;
}

/* 1.11: in 6.6 and 6.12.0 one switch decides who is nominated and whether picks honour it. */
START_TEST(next_buddy_brings_back_the_hints_of_old_kernels)
{
	static const char *const version[] = { "6.6", "6.12" };
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .version = version[_i], .tune = with_next_buddy });
	bed_start(&bed, 0, NULL, 0);
	bed_pick(&bed);
	bed_start(&bed, 1, NULL, 0);
	bed_set(&bed, 0, 0, MS(2.8));
	bed_set(&bed, 1, 0, MS(5));
	fair_mark_buddies(&bed.task[1]);
	ck_assert_int_eq(bed_pick(&bed), 1);
	bed_close(&bed);
}
END_TEST

/* I18: lazy requests exist from 6.13 on; before, a request of the fair class is urgent. */
START_TEST(I18_lazy_requests_need_a_kernel_that_has_them)
{
	const struct fair_features *row = fair_version((uint64_t)_i);
	bool lazy = strncmp(row->name, "6.6", 3) != 0 && strncmp(row->name, "6.12", 4) != 0;
	struct bed bed;

	waking(&bed, (struct bed_config){ .version = row->name, .lazy = true }, FAIR_NORMAL, MS(1),
	       0);
	ck_assert_uint_eq(bed.rq->resched, lazy ? FAIR_RESCHED_LAZY : FAIR_RESCHED_NOW);
	bed_close(&bed);
}
END_TEST

/*
 * 1.9: A runs at 11 of a deadline of 12.8, protected until then, C waits at 10; A's weight becomes
 * 335. Only kernels with a word of its own for it keep the protection.
 */
START_TEST(reweight_of_a_running_entity_and_its_protection)
{
	static const struct {
		const char *version;
		bool kept;
	} row[] = { { "6.6", false },  { "6.12", false }, { "6.18.0", false },
		    { "6.19", false }, { "7.1", true },	  { "7.2", true } };
	struct fair_group *group;
	struct fair_entity *a;
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .version = row[_i].version });
	group = fair_group_new(&bed.fair, NULL, 1024);
	a = &group->cpu[0].entity;
	bed_start(&bed, 0, group, 0);
	bed_pick(&bed);
	bed_start(&bed, 1, NULL, 0);
	bed_set(&bed, 1, MS(10), MS(12.8));
	fair_entity_set(a, MS(10), MS(12.8));
	set_protection(a, MS(12.8));
	fair_group_set_shares(group, 335);
	/* V = 10 */
	if (row[_i].kept)
		ck_assert_int_le(llabs(a->protection - a->deadline), 2);
	ck_assert(protected_at(a->queue, a, a->vruntime, a->deadline) == row[_i].kept);
	bed_close(&bed);
}
END_TEST

/*
 * golden [1] 5, "place", "reweight": when the running entity is placed anew, the sums contain it, so
 * that its lag grows by (W + w) / W each time. In 6.18 and 6.19 a running group whose weight follows a
 * load that changes each millisecond keeps its lead, V stands still, and who waits starves.
 */
START_TEST(a_running_group_that_is_reweighted_all_the_time_starves_others)
{
	static const struct {
		const char *version;
		bool starves;
	} row[] = { { "6.6", false }, { "6.12", false }, { "6.18.0", true },
		    { "6.19", true }, { "7.1", false },	 { "7.2", false } };
	struct fair_group *group;
	uint32_t eligible = 0;
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .version = row[_i].version });
	group = fair_group_new(&bed.fair, NULL, 1024);
	bed_start(&bed, 0, group, 0);
	bed_pick(&bed);
	bed_start(&bed, 1, NULL, 0);
	fair_entity_set(&group->cpu[0].entity, MS(9), MS(11.8));
	bed_set(&bed, 1, MS(11), MS(13.8));
	for (uint32_t i = 0; i < 2000; i++) {
		bed_run(&bed, MS(0.1));
		fair_group_set_shares(group, i % 2 ? 1024 : 1023);
		eligible += fair_eligible(&bed.rq->root, bed_entity(&bed, 1));
	}
	/* V would pass B, which is 1 ahead of it, when A has run for 2: for the rest of the 200 */
	if (row[_i].starves)
		ck_assert_uint_eq(eligible, 0);
	else
		ck_assert_uint_ge(eligible, 1970);
	bed_close(&bed);
}
END_TEST

/* 1.4, 1.10: B is delayed with a lag of -0.25; when A has run 0.1 more it is at -0.2. */
START_TEST(delayed_lag_is_paid_back_but_not_earned)
{
	bool newer = _i;
	struct bed bed;

	for (int i = 0; i < 2; i++) {
		bed_open(&bed, (struct bed_config){ .version = newer ? "7.1" : "6.19" });
		bed_start(&bed, 1, NULL, 0);
		bed_pick(&bed);
		bed_start(&bed, 0, NULL, 0);
		bed_set(&bed, 1, 0, MS(2.8));
		bed_set(&bed, 0, 0, MS(2.8));
		bed_run(&bed, MS(0.5));
		bed_block(&bed, 1);
		ck_assert(fair_task_delayed(&bed.task[1]));
		if (newer)
			ck_assert_int_eq(bed_entity(&bed, 1)->shared, MS(-0.25));
		bed_run(&bed, i ? MS(0.7) : MS(0.1));
		fair_account(&bed.rq->root);
		bed_wake(&bed, 1);
		ck_assert_int_eq(bed_entity(&bed, 1)->vruntime, i ? MS(0.7) : MS(0.5));
		/* E45, but for a new request where the lag has changed at all */
		ck_assert_int_eq(bed_entity(&bed, 1)->deadline, i	? MS(3.5)
								: newer ? MS(3.3)
									: MS(2.8));
		bed_close(&bed);
	}
}
END_TEST

/* 1.11, 1.14: B, with a short slice, wakes while the mark names C, eligible, or A itself. */
START_TEST(a_short_wakee_and_the_buddy)
{
	bool newer = _i;
	struct bed bed;

	for (int i = 0; i < 2; i++) {
		bed_open(&bed, (struct bed_config){ .version = newer ? "7.1" : "6.19" });
		bed_start(&bed, 1, NULL, 0);
		bed_pick(&bed);
		fair_set_slice(&bed.task[1], MS(0.7), 0);
		bed_block(&bed, 1);
		bed_start(&bed, 0, NULL, 0);
		bed_pick(&bed);
		bed_start(&bed, 2, NULL, 0);
		bed_set(&bed, 0, MS(11), MS(13));
		bed_set(&bed, 2, MS(11), MS(13.8));
		bed.rq->resched = 0;
		if (i)
			bed.rq->root.next = bed_entity(&bed, 0);
		else
			fair_mark_buddies(&bed.task[2]);
		bed_wake(&bed, 1);
		/* earlier kernels' test finds the buddy, and B does not preempt */
		ck_assert_uint_eq(bed.rq->resched, newer ? FAIR_RESCHED_NOW : 0);
		if (i)
			ck_assert((bed.rq->root.next == NULL) == newer);
		bed_close(&bed);
	}
}
END_TEST

/* 1.14: the test itself ends the sleep of a delayed entity that is the best one. */
START_TEST(the_test_for_preemption_takes_a_sleeper_off)
{
	bool newer = _i;
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .version = newer ? "7.1" : "6.19" });
	bed_start(&bed, 1, NULL, 0);
	bed_pick(&bed);
	bed_start(&bed, 0, NULL, 0);
	bed_set(&bed, 1, 0, MS(2.8));
	bed_set(&bed, 0, 0, MS(2.8));
	bed_run(&bed, MS(0.5));
	bed_block(&bed, 1);
	ck_assert(fair_task_delayed(&bed.task[1]));
	/* A uses up its request and more: now the sleeper is eligible and the first */
	bed_set(&bed, 0, MS(3), MS(5.8));
	fair_entity_unprotect(bed_entity(&bed, 0));
	bed_entity(&bed, 2)->shared = MS(-1);
	fair_wake(bed.rq, &bed.task[2], 0, bed.clock);
	ck_assert(fair_task_delayed(&bed.task[1]) == !newer);
	ck_assert_uint_eq(bed.rq->nr_running, newer ? 2 : 3);
	bed_close(&bed);
}
END_TEST

static int rows(void)
{
	int count = 0;

	while (fair_version((uint64_t)count)->algorithm == FAIR_EEVDF)
		count++;
	return count;
}

int main(void)
{
	Suite *suite = suite_create("eevdf versions");
	TCase *table = tcase_create("0.1"), *rules = tcase_create("1");

	tcase_add_test(table, rows_and_names_agree);
	tcase_add_test(table, two_names_for_one_set_of_rules);
	tcase_add_loop_test(table, every_feature_can_be_switched_alone, 0, rows());
	tcase_add_test(table, what_picks_follow_can_be_said_of_old_kernels_too);
	tcase_add_loop_test(rules, E11_reweight_of_a_queued_entity, 0, rows());
	tcase_add_loop_test(rules, custom_slices_and_the_groups_that_follow_them, 0, 2);
	tcase_add_loop_test(rules, forced_preemption_of_an_ineligible_waker, 0, 4);
	tcase_add_loop_test(rules, idle_kind_may_keep_its_protection, 0, 5);
	tcase_add_loop_test(rules, next_buddy_brings_back_the_hints_of_old_kernels, 0, 2);
	tcase_add_loop_test(rules, I18_lazy_requests_need_a_kernel_that_has_them, 0, rows());
	tcase_add_loop_test(rules, reweight_of_a_running_entity_and_its_protection, 0, 6);
	tcase_add_loop_test(rules, a_running_group_that_is_reweighted_all_the_time_starves_others,
			    0, 6);
	tcase_add_loop_test(rules, delayed_lag_is_paid_back_but_not_earned, 0, 2);
	tcase_add_loop_test(rules, a_short_wakee_and_the_buddy, 0, 2);
	tcase_add_loop_test(rules, the_test_for_preemption_takes_a_sleeper_off, 0, 2);
	suite_add_tcase(suite, table);
	suite_add_tcase(suite, rules);
	return run_suite(suite);
}
