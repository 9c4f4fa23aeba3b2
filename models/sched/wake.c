/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wake.c - a task starts, wakes, or moves to another CPU; [1] 8, golden/eevdf-smp 6, 7
 */
#include "models/sched/fair.h"
#include "models/sched/hooks.h"
#include "models/sched/quota.h"
#include "models/sched/steps.h"
#include "models/sched/sums.h"

void fair_start(struct fair_rq *rq, struct fair_task *task, uint64_t now)
{
	fair_enqueue(rq, task, FAIR_INITIAL, now);
	fair_check_preempt(rq, task, FAIR_INITIAL, now);
}

int fair_wake(struct fair_rq *rq, struct fair_task *task, uint32_t flags, uint64_t now)
{
	struct fair_entity *entity = &task->entity;

	if (entity->delayed) {
		rq = task->rq;
		rq->clock = now;
		eevdf_revive(entity->queue, entity);
		if (quota_is_cut(entity))
			quota_tell(task, true);
	} else if (entity->queued) {
		return 0;
	} else {
		fair_enqueue(rq, task, FAIR_WAKEUP, now);
	}
	fair_check_preempt(rq, task, flags, now);
	return 1;
}

void fair_migrate(struct fair_rq *from, struct fair_rq *to, struct fair_task *task,
		  uint64_t now_from, uint64_t now_to)
{
	fair_dequeue(from, task, 0, now_from);
	fair_enqueue(to, task, 0, now_to);
	fair_check_preempt(to, task, 0, now_to);
}
