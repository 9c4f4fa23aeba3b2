/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * walk.c - a task enters and leaves a CPU: the way through its groups; [1] 6, eevdf.md 2.3
 *
 * Every level takes over the shortest slice that is queued below it and counts the tasks below it.
 */
#include "models/sched/algorithm.h"
#include "models/sched/fair.h"
#include "models/sched/flat.h"
#include "models/sched/members.h"
#include "models/sched/quota.h"
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

/*
 * The levels that keep their entity: weight, slice and counters only. False: the way ended at a queue
 * that its quota has cut off.
 */
static bool walk_rest(struct fair_entity *entity, uint64_t slice, struct counts counts)
{
	for (; entity; entity = entity->parent) {
		struct fair_queue *queue = entity->queue;

		track_publish(queue);
		eevdf_regroup(entity);
		set_slice(entity, slice);
		slice = queue_shortest(queue);
		count(queue, counts);
		if (queue->cut)
			return false;
		if (eevdf_is_idle_queue(queue))
			counts.idle = counts.queued;
	}
	return true;
}

static bool walk_join(struct fair_entity *entity, uint64_t slice, struct counts counts, bool wakeup,
		      bool initial)
{
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
		if (queue->cut)
			return false;
		if (eevdf_is_idle_queue(queue))
			counts.idle = counts.queued;
	}
	return walk_rest(entity, slice, counts);
}

void eevdf_enqueue(struct fair_rq *rq, struct fair_task *task, bool wakeup, bool initial)
{
	struct counts counts = { 1, !task->entity.delayed || wakeup, task->policy == FAIR_IDLE };

	if (is_flat(rq) && !task->entity.queued)
		flat_enter(task);
	if (walk_join(&task->entity, task->entity.slice, counts, wakeup, initial))
		rq->nr_running++;
	else if (counts.runnable)
		quota_tell(task, true);
	rq->hrtick_asked = rq->fair->features.hrtick;
}

enum way { WAY_STAYED, WAY_CUT, WAY_WHOLE };

static enum way walk_leave(struct fair_entity *entity, struct leave how, struct counts counts)
{
	bool slept = how.sleep && !how.throttle;
	uint64_t slice = 0;

	while (entity) {
		struct fair_queue *queue = entity->queue;

		if (!algorithm_leave(queue, entity, how)) {
			if (!entity->own)
				return WAY_STAYED;
			/* a group that stays takes the shortest slice of the queue it is on */
			slice = queue_shortest(queue);
			break;
		}
		count(queue, counts);
		if (queue->cut)
			return WAY_CUT;
		if (eevdf_is_idle_queue(queue))
			counts.idle = counts.queued;
		entity = entity->parent;
		if (queue->weight > 0) {
			slice = queue_shortest(queue);
			/* "stay in the group", eevdf.md 1.18 */
			if (slept)
				eevdf_mark_buddies(entity);
			break;
		}
		how = (struct leave){ .sleep = true, .throttle = how.throttle };
	}
	return walk_rest(entity, slice, counts) ? WAY_WHOLE : WAY_CUT;
}

bool eevdf_dequeue(struct fair_rq *rq, struct fair_entity *entity, struct leave how)
{
	struct fair_task *task = entity->own ? NULL : fair_task_of(entity);
	struct counts counts = { 0, 0, 0 };
	enum way way;

	if (task) {
		counts.queued = 1;
		counts.runnable = how.sleep || how.final || !entity->delayed;
		counts.idle = task->policy == FAIR_IDLE;
	}
	way = walk_leave(entity, how, negative(counts));
	rq->nr_running -= task && way == WAY_WHOLE ? 1 : 0;
	if (task && way != WAY_STAYED && is_flat(rq))
		flat_leave(task);
	return way != WAY_STAYED;
}

static struct counts all_below(const struct fair_queue *queue)
{
	uint32_t tasks = queue->h_nr_queued;

	return (struct counts){ tasks, queue->h_nr_runnable,
				eevdf_is_idle_queue(queue) ? tasks : queue->h_nr_idle };
}

void eevdf_take_group_off(struct fair_queue *queue)
{
	struct fair_entity *entity = queue_entity(queue);
	struct leave how = { .sleep = true, .final = entity->delayed, .throttle = true };

	if (entity->queued && walk_leave(entity, how, negative(all_below(queue))) == WAY_WHOLE)
		queue->rq->nr_running -= queue->h_nr_queued;
}

void eevdf_bring_group_back(struct fair_queue *queue)
{
	if (queue->nr_queued &&
	    walk_join(queue_entity(queue), queue_shortest(queue), all_below(queue), true, false))
		queue->rq->nr_running += queue->h_nr_queued;
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
