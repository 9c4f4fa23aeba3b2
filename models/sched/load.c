/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load.c - questions to load tracking; none changes anything
 */
#include "models/sched/load.h"

#include "models/sched/track.h"

/* The sums as they are now. */
static struct pelt queue_now(const struct fair_queue *queue)
{
	struct pelt pelt = queue->pelt;

	pelt_update(&pelt, queue->rq->clock, queue_input(queue));
	return pelt;
}

/* A waiting entity's stand still until it runs or leaves, eevdf.md 3. */
static struct pelt entity_now(const struct fair_entity *entity)
{
	struct pelt pelt = entity->pelt;

	if (!entity->queued || entity->own || entity->queue->curr == entity)
		pelt_update(&pelt, entity->queue->rq->clock, entity_input(entity));
	return pelt;
}

static uint64_t queue_load(const struct fair_queue *queue)
{
	struct pelt pelt = queue_now(queue);

	if (!queue->tracks)
		return (uint64_t)weight_load(queue->weight);
	return pelt_average(&pelt, pelt.load_sum);
}

static uint64_t entity_load(const struct fair_entity *entity)
{
	struct pelt pelt = entity_now(entity);

	if (!entity->queue->tracks)
		return entity->queued ? (uint64_t)weight_load(entity->weight) : 0;
	return pelt_average(&pelt, (uint64_t)weight_load(entity->weight) * pelt.load_sum);
}

/* The queue's part of the root queue's load. */
static uint64_t queue_h_load(const struct fair_queue *queue)
{
	const struct fair_entity *entity;

	if (!queue->group)
		return queue_load(queue);
	entity = &queue->group->cpu[queue->rq->cpu].entity;
	return queue_h_load(entity->queue) * entity_load(entity) / (queue_load(entity->queue) + 1);
}

uint64_t fair_rq_load(const struct fair_rq *rq)
{
	return queue_load(&rq->root);
}

uint64_t fair_rq_runnable(const struct fair_rq *rq)
{
	struct pelt pelt = queue_now(&rq->root);

	if (!rq->fair->track_load)
		return (uint64_t)rq->root.h_nr_runnable << PELT_SCALE_SHIFT;
	return pelt_average(&pelt, pelt.runnable_sum);
}

uint64_t fair_rq_util(const struct fair_rq *rq)
{
	struct pelt pelt = queue_now(&rq->root);

	if (!rq->fair->track_load)
		return rq->root.curr ? 1u << PELT_SCALE_SHIFT : 0;
	return pelt_average(&pelt, pelt.util_sum);
}

uint64_t fair_task_load(const struct fair_task *task)
{
	return entity_load(&task->entity);
}

uint64_t fair_task_h_load(const struct fair_task *task)
{
	const struct fair_queue *queue = task->entity.queue;

	if (!queue->group)
		return entity_load(&task->entity);
	return entity_load(&task->entity) * queue_h_load(queue) / (queue_load(queue) + 1);
}

uint64_t fair_task_util(const struct fair_task *task)
{
	struct pelt pelt = entity_now(&task->entity);

	if (!task->rq->fair->track_load)
		return task->rq->curr == task ? 1u << PELT_SCALE_SHIFT : 0;
	return pelt_average(&pelt, pelt.util_sum);
}
