/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * track.h - where the scheduler's steps feed load tracking
 *
 * Sums are brought up to date before something that they sum changes: weights, counters, who runs.
 * Nothing else costs time. Only files of models/sched include this.
 */
#pragma once

#include "models/sched/fair.h"
#include "models/sched/weight.h"

/* A contribution is published at most this often, from 6.12 on; eevdf.md 2.2. */
#define PUBLISH_INTERVAL_NS UINT64_C(1000000)

static inline struct pelt_input queue_input(const struct fair_queue *queue)
{
	return (struct pelt_input){ (uint64_t)weight_load(queue->weight), queue->h_nr_runnable,
				    queue->curr };
}

/* Group entities have no util of their own, and their runnable time is their queue's. */
static inline struct pelt_input entity_input(const struct fair_entity *entity)
{
	return (struct pelt_input){ entity->queued, !entity->delayed,
				    entity->queue->curr == entity };
}

static inline void track_queue(struct fair_queue *queue)
{
	if (queue->clocked)
		pelt_update(&queue->pelt, queue->rq->clock, queue_input(queue));
}

static inline void track_entity(struct fair_entity *entity)
{
	if (entity->queue->clocked)
		pelt_update(&entity->pelt, entity->queue->rq->clock, entity_input(entity));
}

/* Before a running entity stops or another one starts to run: of groups nobody asks for util. */
static inline void track_running(struct fair_entity *entity)
{
	if (!entity->own)
		track_entity(entity);
}

/* Lets the group know of this CPU's load, if it is time and the load has changed enough. */
void track_publish_now(struct fair_queue *queue);

static inline void track_publish(struct fair_queue *queue)
{
	if (queue->tracks && queue->group &&
	    (queue->features->publish_ungated ||
	     queue->rq->clock - queue->published_at >= PUBLISH_INTERVAL_NS))
		track_publish_now(queue);
}

/* The task's averages become part of those of the queues that it is attached to, or leave them. */
void track_attach(struct fair_task *task);
void track_detach(struct fair_task *task);
/* Before the weight of an entity changes: its part in its queue changes with it. */
void track_reweight(struct fair_queue *queue, struct fair_entity *entity, int64_t weight);

/* A throttled queue's clock stands still, for it and for its entities; eevdf.md 3. */
void track_freeze(struct fair_queue *queue);
void track_thaw(struct fair_queue *queue);

/* Is the average load of a queue above `load`? Without a division. */
static inline bool queue_load_above(const struct fair_queue *queue, uint64_t load)
{
	return queue->pelt.load_sum >= (load + 1) * pelt_divider(&queue->pelt);
}
