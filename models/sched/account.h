/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * account.h - the small steps that every tick and every pick takes; [1] 5 to 7
 *
 * Inline, because a call costs as much as the step. Only files of models/sched include this.
 */
#pragma once

#include "models/sched/sums.h"
#include "models/sched/weight.h"

static inline void request_now(struct fair_rq *rq)
{
	rq->resched |= FAIR_RESCHED_NOW;
}

/* "lazy kind" */
static inline void request(struct fair_rq *rq)
{
	const struct fair *fair = rq->fair;
	bool lazy = fair->lazy && fair->features.lazy_requests && rq->curr;

	if (!(rq->resched & FAIR_RESCHED_NOW))
		rq->resched |= lazy ? FAIR_RESCHED_LAZY : FAIR_RESCHED_NOW;
}

/* Kernels that have one word for both lose the one that was there before. */
static inline void set_lag(struct fair_entity *entity, int64_t lag)
{
	entity->shared = lag;
	if (!features_of(entity->queue)->own_protection)
		entity->protection = lag;
}

static inline void set_protection(struct fair_entity *entity, int64_t protection)
{
	entity->protection = protection;
	if (!features_of(entity->queue)->own_protection)
		entity->shared = protection;
}

/* Is a running entity with this v and d safe from a pick? [1] 6 and 10b.2 */
static inline bool protected_at(const struct fair_queue *queue, const struct fair_entity *entity,
				int64_t vruntime, int64_t deadline)
{
	const struct fair_features *features = features_of(queue);

	if (features->protection == PROTECT_UNTIL_LIMIT)
		return vruntime < entity->protection;
	return features->run_to_parity && entity->protection == deadline;
}

/* If its request is used up: a new slice, a new deadline. */
static inline bool renew(struct fair_queue *queue, struct fair_entity *entity)
{
	if (entity->vruntime < entity->deadline)
		return false;
	if (!entity->custom)
		entity->slice = queue->rq->fair->base_slice;
	entity->deadline = entity->vruntime + entity_scaled(entity, (int64_t)entity->slice);
	if (features_of(queue)->origin == ORIGIN_AT_RENEWAL)
		origin_to_average(queue, queue_sums(queue));
	return true;
}
