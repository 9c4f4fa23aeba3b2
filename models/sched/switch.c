/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * switch.c - the running task goes back into the trees, the next one comes out; [1] 6
 *
 * Only the levels below the two tasks' common queue change; eevdf.md 1.12.
 */
#include "models/sched/algorithm.h"
#include "models/sched/fair.h"
#include "models/sched/flat.h"
#include "models/sched/hooks.h"
#include "models/sched/members.h"
#include "models/sched/quota.h"
#include "models/sched/steps.h"
#include "models/sched/track.h"

void eevdf_put_back(struct fair_queue *queue, struct fair_entity *entity)
{
	if (entity->queued)
		eevdf_account(queue);
	quota_exhausted(queue);
	/* still the running one: counted twice where inserting moves z */
	if (entity->queued)
		queue_insert(queue, entity);
	track_running(entity);
	/* whoever is taken next may get another weight first, while nobody seems to run */
	if (is_flat(queue->rq))
		track_queue(queue);
	queue->curr = NULL;
}

void eevdf_take(struct fair_queue *queue, struct fair_entity *entity, bool picked)
{
	if (queue->next == entity)
		eevdf_drop_buddy(entity);
	if (entity->queued) {
		if (is_flat(queue->rq))
			flat_refresh(fair_task_of(entity));
		queue_remove(queue, entity);
		if (picked || !features_of(queue)->protect_at_pick_only)
			eevdf_protect(queue, entity);
	}
	track_running(entity);
	track_publish(queue);
	entity->start = queue->rq->clock;
	queue->curr = entity;
}

static void switch_pair(struct fair_entity *from, struct fair_entity *to)
{
	while (from->queue != to->queue) {
		uint16_t from_depth = from->depth, to_depth = to->depth;

		if (to_depth <= from_depth) {
			algorithm_put_back(from->queue, from);
			from = from->parent;
		}
		if (to_depth >= from_depth) {
			algorithm_take(to->queue, to, true);
			to = to->parent;
		}
	}
	algorithm_put_back(from->queue, from);
	algorithm_take(to->queue, to, true);
}

void fair_switch(struct fair_rq *rq, struct fair_task *prev, struct fair_task *next, uint64_t now)
{
	struct fair_entity *entity;

	/* every level anew, also for the same task: cfs.md 1.10 */
	bool whole = prev && is_cfs(&rq->root) && !rq->fair->features.cfs.keep_slice;

	rq->clock = now;
	if (prev == next && !whole)
		return;
	if (prev && next && !whole) {
		switch_pair(&prev->entity, &next->entity);
	} else {
		track_queue(&rq->root);
		for (entity = prev ? &prev->entity : NULL; entity; entity = entity->parent)
			algorithm_put_back(entity->queue, entity);
		for (entity = next ? &next->entity : NULL; entity; entity = entity->parent)
			algorithm_take(entity->queue, entity, true);
	}
	rq->curr = next;
	rq->curr_exec = next ? next->entity.exec : 0;
	/* requests of the accounting in here are lost, [1] 6 */
	rq->resched = 0;
}
