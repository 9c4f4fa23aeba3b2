/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * throttle.c - what stops when a limited group has used up its time; eevdf.md 7.1
 *
 * Up to 6.17 the group's entity leaves its queue with everything below it: the way to the root is
 * cut, and tasks that join below stay below. From 6.18 on each task is taken off when it is about to
 * return to user mode or to enter its guest.
 */
#include "models/sched/bandwidth.h"

#include <stddef.h>

#include "models/sched/quota.h"
#include "models/sched/steps.h"
#include "models/sched/track.h"

void quota_tell(struct fair_task *task, bool throttled)
{
	const struct fair *fair = task->rq->fair;

	if (task->throttled == throttled)
		return;
	task->throttled = throttled;
	fair->bandwidth->throttled(fair->bandwidth_data, task, throttled);
}

bool quota_is_cut(const struct fair_entity *entity)
{
	if (!entity->queue->rq->throttled_queues)
		return false;
	for (; entity; entity = entity->parent)
		if (entity->queue->cut)
			return true;
	return false;
}

bool quota_holds(const struct fair_task *task)
{
	const struct fair_group *group = task->group;

	for (; group; group = group->parent)
		if (group->cpu[task->rq->cpu].queue.throttled)
			return true;
	return false;
}

static void tell_queue(struct fair_queue *queue, bool throttled);

static void tell_entity(struct fair_entity *entity, bool throttled)
{
	if (entity->own)
		tell_queue(entity->own, throttled);
	else if (!entity->delayed)
		quota_tell(fair_task_of(entity), throttled);
}

static void tell_tree(struct fair_entity *node, bool throttled)
{
	if (!node)
		return;
	tell_tree(node->left, throttled);
	tell_entity(node, throttled);
	tell_tree(node->right, throttled);
}

/* All runnable tasks below, down to where it is cut once more. */
static void tell_queue(struct fair_queue *queue, bool throttled)
{
	if (queue->cut)
		return;
	tell_tree(queue->root, throttled);
	if (queue->curr && queue->curr->queued)
		tell_entity(queue->curr, throttled);
}

void quota_cut(struct fair_queue *queue)
{
	tell_queue(queue, true);
	eevdf_take_group_off(queue);
	queue->cut = true;
}

void quota_mend(struct fair_queue *queue)
{
	bool still = quota_is_cut(queue_entity(queue));

	queue->cut = false;
	if (!still)
		tell_queue(queue, false);
	eevdf_bring_group_back(queue);
}

bool fair_throttles_running(const struct fair_rq *rq)
{
	return rq->throttled_queues && rq->curr && rq->fair->features.throttle_tasks &&
	       quota_holds(rq->curr);
}

void fair_throttle_running(struct fair_rq *rq, uint64_t now)
{
	struct fair_task *task = rq->curr;

	rq->clock = now;
	eevdf_dequeue(rq, &task->entity, (struct leave){ .sleep = true, .throttle = true });
	task->limbo_next = NULL;
	if (rq->limbo_last)
		rq->limbo_last->limbo_next = task;
	else
		rq->limbo = task;
	rq->limbo_last = task;
	quota_tell(task, true);
}

bool quota_release(struct fair_task *task)
{
	struct fair_rq *rq = task->rq;
	struct fair_task **link = &rq->limbo, *last = NULL;

	if (!task->throttled)
		return false;
	quota_tell(task, false);
	if (task->entity.queued)
		return false;
	while (*link != task) {
		last = *link;
		link = &last->limbo_next;
	}
	*link = task->limbo_next;
	if (rq->limbo_last == task)
		rq->limbo_last = last;
	return true;
}
