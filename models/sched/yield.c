/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * yield.c - sched_yield and directed yield; [1] 8, golden/eevdf-smp 5, eevdf.md 1.16, 1.17
 *
 * Only the task's own level is touched: in a leaf of its own a yielder gives up nothing.
 */
#include "models/sched/account.h"
#include "models/sched/algorithm.h"
#include "models/sched/fair.h"
#include "models/sched/hooks.h"
#include "models/sched/members.h"
#include "models/sched/steps.h"
#include "models/sched/weight.h"

static void push_deadline(struct fair_entity *entity)
{
	entity->deadline += entity_scaled(entity, (int64_t)entity->slice);
}

static void forfeit(struct fair_queue *queue, struct fair_entity *entity)
{
	const struct fair_features *features = features_of(queue);

	if (features->yield == YIELD_PUSH) {
		push_deadline(entity);
		return;
	}
	if (!sums_eligible(queue, queue_sums(queue), entity->vruntime))
		return;
	entity->vruntime = entity->deadline;
	if (features->yield == YIELD_FORFEIT)
		push_deadline(entity);
	else
		renew(queue, entity);
}

void fair_yield(struct fair_rq *rq, uint64_t now)
{
	struct fair_entity *entity = &rq->curr->entity;
	struct fair_queue *queue = entity->queue;

	rq->clock = now;
	if (rq->nr_running == 1)
		return;
	if (is_cfs(queue)) {
		cfs_yield(rq);
		return;
	}
	if (queue->next == entity)
		eevdf_drop_buddy(entity);
	eevdf_account(queue);
	forfeit(queue, entity);
}

static bool waits(const struct fair_task *task)
{
	return task->entity.queued && !task->entity.delayed && !task->throttled &&
	       task->rq->curr != task;
}

int fair_yield_to(struct fair_rq *rq, struct fair_task *target, uint64_t now)
{
	const struct fair *fair = rq->fair;
	const struct fair_hooks *hooks = fair->hooks;
	struct fair_rq *other = target->rq;

	rq->clock = now;
	if (rq->nr_running == 1 && other->nr_running == 1 && !fair->features.alone_untested)
		return FAIR_ALONE;
	if (!waits(target))
		return 0;
	eevdf_mark_buddies(&target->entity);
	if (hooks && hooks->yield_to_before)
		hooks->yield_to_before(fair->hook_data, rq, rq->curr, target, now);
	fair_yield(rq, now);
	if (hooks && hooks->yield_to_after)
		hooks->yield_to_after(fair->hook_data, rq, rq->curr, target, now);
	if (other != rq)
		request_now(other);
	return 1;
}

void fair_entity_set(struct fair_entity *entity, int64_t vruntime, int64_t deadline)
{
	struct fair_queue *queue = entity->queue;
	bool waiting = entity->waiting;

	if (is_cfs(queue)) {
		cfs_set(entity, vruntime);
		return;
	}
	if (waiting)
		queue_remove(queue, entity);
	entity->vruntime = vruntime;
	entity->deadline = deadline;
	if (waiting)
		queue_insert(queue, entity);
}
