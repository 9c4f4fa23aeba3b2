/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_eevdf_fairness.c - random scripts in which no weight and no slice changes
 *
 * Invariants of eevdf.md 8.1 that hold only then: I5, I8, and all of I13.
 */
#include <stdlib.h>

#include <glib.h>

#include "models/sched/versions.h"
#include "models/sched/weight.h"
#include "tests/check_main.h"
#include "tests/unit/fair_bed.h"
#include "tests/unit/fair_invariants.h"

#define SCRIPTS 150
#define OPERATIONS 300
#define MOST 8

struct calm {
	struct bed bed;
	uint64_t state;
	int tasks;
	bool equal;		   /* all weights */
	bool asleep[MOST], pushed; /* by a yield: d may be any number of slices away */
	const struct fair_task *curr;
	int64_t protection; /* of curr, when last looked at */
	uint64_t stint, longest;
};

static uint64_t draw(struct calm *calm, uint64_t bound)
{
	calm->state = calm->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (calm->state >> 33) % bound;
}

static void calm_open(struct calm *calm, const char *version, uint64_t seed)
{
	static const uint64_t slices[] = { 700000, 1400000, 2800000, 3000000 };
	static const uint32_t hz[] = { 100, 250, 1000 };

	*calm = (struct calm){ .state = seed };
	bed_open(&calm->bed, (struct bed_config){ .version = version,
						  .hz = hz[draw(calm, 3)],
						  .slice = slices[draw(calm, 4)] });
	calm->tasks = 2 + (int)draw(calm, MOST - 1);
	calm->equal = draw(calm, 3) == 0;
	for (int i = 0; i < calm->tasks; i++)
		bed_start(&calm->bed, i, NULL,
			  calm->equal || draw(calm, 3) ? 0 : (int)draw(calm, 20) - 10);
	bed_pick(&calm->bed);
}

/* I13: its protection ends no later than its deadline, and from then on only sooner. */
static void check_protection(struct calm *calm)
{
	const struct fair_task *curr = calm->bed.rq->curr;

	if (!curr)
		return;
	if (curr != calm->curr)
		must(curr->entity.protection <= curr->entity.deadline);
	else if (calm->bed.fair.features.protection == PROTECT_UNTIL_LIMIT)
		must(curr->entity.protection <= calm->protection);
	calm->protection = curr->entity.protection;
}

/* I5: nobody waits with a request that is used up, or is longer than a slice. */
static void check_requests(struct calm *calm)
{
	for (int i = 0; i < calm->tasks; i++) {
		const struct fair_entity *entity = bed_entity(&calm->bed, i);
		int64_t left = entity->deadline - entity->vruntime;

		if (!entity->queued || entity->queue->curr == entity)
			continue;
		must(left > 0);
		if (!calm->pushed)
			must(left <= entity_scaled(entity, (int64_t)entity->slice));
	}
}

/* One tick, or less, and the pick that it asks for. */
static void run(struct calm *calm, uint64_t ns)
{
	struct bed *bed = &calm->bed;

	bed_run(bed, ns);
	calm->stint += ns;
	calm->longest = MAX(calm->longest, calm->stint);
	fair_tick(bed->rq, bed->clock);
	check_protection(calm);
	if (bed->rq->resched)
		bed_pick(bed);
	if (bed->rq->curr != calm->curr)
		calm->stint = 0;
	check_protection(calm);
	calm->curr = bed->rq->curr;
	check_requests(calm);
}

/* ns that somebody of weight 1024 runs meanwhile */
static int64_t for_nice_0(const struct fair_entity *entity, uint64_t ns)
{
	return (int64_t)(ns * (uint64_t)FAIR_WEIGHT_NICE0 / (uint64_t)entity->weight);
}

/* I8; among equals nobody runs for more than a slice that a tick ends, or two that follow. */
static void check_shares(struct calm *calm)
{
	int64_t bound[MOST], got[MOST];

	if (calm->equal)
		must(calm->longest <= 2 * (calm->bed.fair.base_slice + calm->bed.fair.tick));
	for (int i = 0; i < calm->tasks; i++) {
		const struct fair_entity *entity = bed_entity(&calm->bed, i);

		got[i] = for_nice_0(entity, bed_exec(&calm->bed, i));
		bound[i] = for_nice_0(entity, calm->longest + entity->slice);
	}
	for (int i = 0; i < calm->tasks; i++)
		for (int k = 0; k < i; k++)
			must(llabs(got[i] - got[k]) <= bound[i] + bound[k]);
}

START_TEST(I5_I8_I13_hogs_share_by_weight)
{
	for (uint64_t seed = 1; seed <= SCRIPTS; seed++) {
		struct calm calm;

		calm_open(&calm, fair_version_names[_i], seed);
		for (int n = 0; n < OPERATIONS; n++) {
			run(&calm,
			    draw(&calm, 4) ? calm.bed.fair.tick : draw(&calm, calm.bed.fair.tick));
			check_shares(&calm);
		}
		bed_close(&calm.bed);
	}
}
END_TEST

static void disturb(struct calm *calm)
{
	struct bed *bed = &calm->bed;
	int i = (int)draw(calm, (uint64_t)calm->tasks), current = bed_current(bed);

	switch (draw(calm, 4)) {
	case 0:
		if (current >= 0) {
			calm->asleep[current] = true;
			bed_block(bed, current);
		}
		break;
	case 1:
		if (calm->asleep[i])
			must(bed_wake(bed, i) == 1);
		calm->asleep[i] = false;
		break;
	case 2:
		if (current >= 0) {
			fair_yield(bed->rq, bed->clock);
			calm->pushed |= bed->fair.features.yield == YIELD_PUSH;
		}
		break;
	default:
		if (current >= 0 && bed_yield_to(bed, i) == 1)
			calm->pushed |= bed->fair.features.yield == YIELD_PUSH;
		bed_pick(bed);
	}
	calm->curr = NULL; /* somebody else may have run in between */
}

START_TEST(I5_I13_with_sleepers_and_yields)
{
	for (uint64_t seed = 1; seed <= SCRIPTS; seed++) {
		struct calm calm;

		calm_open(&calm, fair_version_names[_i], seed);
		for (int n = 0; n < OPERATIONS; n++) {
			if (draw(&calm, 3) == 0)
				disturb(&calm);
			run(&calm, draw(&calm, calm.bed.fair.tick));
		}
		bed_close(&calm.bed);
	}
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
	Suite *suite = suite_create("eevdf fairness");
	TCase *random = tcase_create("8.1");

	tcase_set_timeout(random, 600);
	tcase_add_loop_test(random, I5_I8_I13_hogs_share_by_weight, 0, rows());
	tcase_add_loop_test(random, I5_I13_with_sleepers_and_yields, 0, rows());
	suite_add_tcase(suite, random);
	return run_suite(suite);
}
