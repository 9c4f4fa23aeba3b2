/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * change.c - a task's nice value, slice or group changes while it may be queued or running; [1] 8
 *
 * It leaves its queue, changes, and comes back with the lag it had.
 */
#include "models/sched/account.h"
#include "models/sched/algorithm.h"
#include "models/sched/fair.h"
#include "models/sched/flat.h"
#include "models/sched/quota.h"
#include "models/sched/steps.h"
#include "models/sched/track.h"
#include "models/sched/weight.h"

struct change {
	struct fair_task *task;
	bool queued, running;
};

static struct change change_begin(struct fair_task *task, uint64_t now)
{
	bool released = quota_release(task);
	bool queued = task->entity.queued;
	struct change change = { task, released || queued, task->rq->curr == task };
	struct fair_entity *entity;

	task->rq->clock = now;
	if (queued)
		eevdf_dequeue(task->rq, &task->entity, (struct leave){ 0 });
	if (change.running)
		for (entity = &task->entity; entity; entity = entity->parent)
			algorithm_put_back(entity->queue, entity);
	return change;
}

static void change_end(struct change change)
{
	struct fair_entity *entity;

	if (change.queued)
		eevdf_enqueue(change.task->rq, change.task, false, false);
	if (change.running)
		for (entity = &change.task->entity; entity; entity = entity->parent)
			algorithm_take(entity->queue, entity, false);
}

uint64_t eevdf_slice_within_limits(int64_t slice)
{
	return slice < 100000 ? 100000 : slice > 100000000 ? 100000000 : (uint64_t)slice;
}

void fair_set_nice(struct fair_task *task, int nice, uint64_t now)
{
	struct fair_rq *rq = task->rq;
	int old = task->nice;
	struct change change;

	if (nice == old)
		return;
	change = change_begin(task, now);
	task->nice = nice;
	/* off the queue, so this only scales what the entity carries */
	if (task->policy != FAIR_IDLE && !is_flat(rq)) {
		algorithm_reweight(task->entity.queue, &task->entity, task_weight(task));
		task_set_weight(task);
	}
	change_end(change);
	if (!change.queued || rq->root.nr_queued == 1)
		return;
	if (!change.running)
		fair_check_preempt(rq, task, 0, now);
	else if (nice > old)
		request_now(rq);
}

void fair_set_slice(struct fair_task *task, int64_t slice, uint64_t now)
{
	struct fair_entity *entity = &task->entity;
	struct change change = change_begin(task, now);

	if (task->policy != FAIR_IDLE && !task->rq->fair->features.no_custom_slices) {
		entity->custom = slice != 0;
		entity->slice = slice ? eevdf_slice_within_limits(slice)
				      : task->rq->fair->base_slice;
	}
	change_end(change);
}

void fair_move(struct fair_task *task, struct fair_group *group, uint64_t now)
{
	struct fair_rq *rq = task->rq;
	struct change change = change_begin(task, now);

	track_detach(task);
	if (is_cfs(&rq->root))
		cfs_detach(&task->entity);
	task->group = group;
	eevdf_attach(&task->entity, rq, group);
	track_attach(task);
	change_end(change);
	if (change.running)
		request_now(rq);
	else if (change.queued && rq->fair->features.move_checks)
		fair_check_preempt(rq, task, 0, now);
}
