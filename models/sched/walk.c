/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * walk.c - a task enters and leaves a CPU: the way through its groups; [1] 6, eevdf.md 2.3
 *
 * Every level takes over the shortest slice that is queued below it and counts the tasks below it.
 */
#include "models/sched/algorithm.h"
#include "models/sched/fair.h"
#include "models/sched/members.h"
#include "models/sched/steps.h"
#include "models/sched/track.h"

/* What one walk adds to, or takes from, the counters of every level. */
struct counts {
	uint32_t queued, runnable, idle;
};

static void count(struct fair_queue *queue, struct counts counts)
{
	track_queue(queue);
	queue->h_nr_queued += counts.queued;
	queue->h_nr_runnable += counts.runnable;
	queue->h_nr_idle += counts.idle;
}

static struct counts negative(struct counts counts)
{
	return (struct counts){ -counts.queued, -counts.runnable, -counts.idle };
}

static void set_slice(struct fair_entity *entity, uint64_t slice)
{
	if (entity->slice == slice || features_of(entity->queue)->no_custom_slices)
		return;
	entity->slice = slice;
	if (entity->waiting)
		tree_slice_changed(entity);
}

/* The levels that keep their entity: weight, slice and counters only. */
static void walk_rest(struct fair_entity *entity, uint64_t slice, struct counts counts,
		      uint32_t idle_above)
{
	for (; entity; entity = entity->parent) {
		struct fair_queue *queue = entity->queue;

		track_publish(queue);
		eevdf_regroup(entity);
		set_slice(entity, slice);
		slice = queue_shortest(queue);
		count(queue, counts);
		if (eevdf_is_idle_queue(queue))
			counts.idle = idle_above;
	}
}

void eevdf_enqueue(struct fair_rq *rq, struct fair_task *task, bool wakeup, bool initial)
{
	struct counts counts = { 1, !task->entity.delayed || wakeup, task->policy == FAIR_IDLE };
	struct fair_entity *entity = &task->entity;
	uint64_t slice = entity->slice;

	for (; entity; entity = entity->parent) {
		struct fair_queue *queue = entity->queue;

		if (entity->queued) {
			if (entity->delayed)
				eevdf_revive(queue, entity);
			break;
		}
		if (entity->own && !features_of(queue)->no_custom_slices) {
			entity->slice = slice;
			entity->custom = true;
		}
		algorithm_join(queue, entity, wakeup, initial && !entity->own);
		slice = queue_shortest(queue);
		count(queue, counts);
		if (eevdf_is_idle_queue(queue))
			counts.idle = 1;
	}
	walk_rest(entity, slice, counts, 1);
	rq->nr_running++;
	rq->hrtick_asked = rq->fair->features.hrtick;
}

bool eevdf_dequeue(struct fair_rq *rq, struct fair_entity *entity, struct leave how)
{
	struct fair_task *task = entity->own ? NULL : fair_task_of(entity);
	struct counts counts = { 0, 0, 0 };
	bool slept = how.sleep;
	uint64_t slice = 0;

	if (task) {
		counts.queued = 1;
		counts.runnable = how.sleep || how.final || !entity->delayed;
		counts.idle = task->policy == FAIR_IDLE;
	}
	uint32_t idle_above = -counts.queued;

	counts = negative(counts);
	while (entity) {
		struct fair_queue *queue = entity->queue;

		if (!algorithm_leave(queue, entity, how)) {
			if (!entity->own)
				return false;
			/* a group that stays takes the shortest slice of the queue it is on */
			slice = queue_shortest(queue);
			break;
		}
		count(queue, counts);
		if (eevdf_is_idle_queue(queue))
			counts.idle = idle_above;
		entity = entity->parent;
		if (queue->weight > 0) {
			slice = queue_shortest(queue);
			/* "stay in the group", eevdf.md 1.18 */
			if (slept)
				eevdf_mark_buddies(entity);
			break;
		}
		how = (struct leave){ .sleep = true };
	}
	walk_rest(entity, slice, counts, idle_above);
	rq->nr_running -= task ? 1 : 0;
	return true;
}

void fair_enqueue(struct fair_rq *rq, struct fair_task *task, uint32_t flags, uint64_t now)
{
	rq->clock = now;
	if (task->rq != rq) {
		track_detach(task);
		if (is_cfs(&rq->root))
			cfs_detach(&task->entity);
		eevdf_attach(&task->entity, rq, task->group);
		task->rq = rq;
		track_attach(task);
	} else if (rq->fair->track_load && !task->attached) {
		track_attach(task);
	}
	eevdf_enqueue(rq, task, flags & FAIR_WAKEUP, flags & FAIR_INITIAL);
}

bool fair_dequeue(struct fair_rq *rq, struct fair_task *task, uint32_t flags, uint64_t now)
{
	struct leave how = { .sleep = flags & FAIR_SLEEP, .special = flags & FAIR_SPECIAL };

	rq->clock = now;
	return !eevdf_dequeue(rq, &task->entity, how);
}
