/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * eevdf.c - the pick: among the eligible the one with the earliest deadline; [1] 6, eevdf.md 1.11
 */
#include "models/sched/algorithm.h"
#include "models/sched/fair.h"
#include "models/sched/hooks.h"
#include "models/sched/quota.h"
#include "models/sched/select.h"
#include "models/sched/steps.h"

struct fair_entity *eevdf_best(const struct fair_queue *queue, bool protect)
{
	struct contest contest = contest_now(queue);

	contest.protect = protect;
	return contest_best(queue, &contest, features_of(queue)->buddy_in_test);
}

static inline struct fair_entity *best_of_pick(const struct fair_queue *queue)
{
	struct contest contest = contest_now(queue);

	return contest_best(queue, &contest, true);
}

/* One descent. NULL: a delayed entity was met, or a group without quota, and has left. */
static struct fair_entity *pick_entity(struct fair_rq *rq)
{
	struct fair_queue *queue = &rq->root;

	for (;;) {
		if (running(queue))
			eevdf_account(queue);
		if (quota_exhausted(queue) && queue->cut)
			return NULL;
		struct fair_entity *entity = best_of_pick(queue);

		if (entity->delayed) {
			struct leave final = { .sleep = true, .final = true };

			eevdf_dequeue(rq, entity, final);
			return NULL;
		}
		if (!entity->own)
			return entity;
		queue = entity->own;
	}
}

struct fair_task *fair_pick(struct fair_rq *rq, uint64_t now)
{
	struct fair_entity *entity = NULL;

	rq->clock = now;
	if (is_cfs(&rq->root)) {
		rq->resched = 0;
		return cfs_pick(rq);
	}
	while (!entity && rq->root.nr_queued)
		entity = pick_entity(rq);
	rq->resched = 0;
	return entity ? fair_task_of(entity) : NULL;
}
