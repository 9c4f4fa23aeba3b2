/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * query.c - what the models and the replayer may ask
 */
#include "models/sched/query.h"

#include "models/sched/sums.h"

int64_t fair_average(const struct fair_queue *queue)
{
	return sums_average(queue, queue_sums(queue));
}

int64_t fair_origin(const struct fair_queue *queue)
{
	return queue_origin(queue);
}

bool fair_eligible(const struct fair_queue *queue, const struct fair_entity *entity)
{
	return sums_eligible(queue, queue_sums(queue), entity->vruntime);
}

uint32_t fair_resched_flags(const struct fair_rq *rq)
{
	return rq->resched;
}

uint32_t fair_nr_runnable(const struct fair_rq *rq)
{
	return rq->root.h_nr_runnable;
}

bool fair_rivals(const struct fair_task *one, const struct fair_task *other,
		 struct fair_rivalry *rivalry)
{
	const struct fair_entity *a = &one->entity, *b = &other->entity;

	if (one->rq != other->rq || !a->queued || !b->queued)
		return false;
	while (a->queue != b->queue) {
		if (a->depth >= b->depth)
			a = a->parent;
		else
			b = b->parent;
		if (!a || !b)
			return false;
	}
	*rivalry = (struct fair_rivalry){ .average = fair_average(a->queue),
					  .vruntime = { a->vruntime, b->vruntime },
					  .deadline = { a->deadline, b->deadline } };
	return true;
}

bool fair_task_queued(const struct fair_task *task)
{
	return task->entity.queued;
}

bool fair_task_delayed(const struct fair_task *task)
{
	return task->entity.delayed;
}
