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

bool fair_task_queued(const struct fair_task *task)
{
	return task->entity.queued;
}

bool fair_task_delayed(const struct fair_task *task)
{
	return task->entity.delayed;
}
