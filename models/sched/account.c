/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * account.c - run time into virtual time, renewal of deadlines, requests; [1] 5 "account", 7
 */
#include "models/sched/hooks.h"
#include "models/sched/steps.h"
#include "models/sched/sums.h"
#include "models/sched/weight.h"

void eevdf_request_now(struct fair_rq *rq)
{
	rq->resched |= FAIR_RESCHED_NOW;
}

void eevdf_request(struct fair_rq *rq)
{
	const struct fair *fair = rq->fair;

	if (rq->resched & FAIR_RESCHED_NOW)
		return;
	if (fair->lazy && fair->features.lazy_requests && rq->curr)
		rq->resched |= FAIR_RESCHED_LAZY;
	else
		rq->resched |= FAIR_RESCHED_NOW;
}

bool eevdf_renew(struct fair_queue *queue, struct fair_entity *entity)
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

/* A request not used up: may the others compete now? */
static inline bool open_to_others(const struct fair_queue *queue, const struct fair_entity *curr)
{
	const struct fair_features *features = features_of(queue);

	if (!features->short_in_account)
		return !eevdf_protected(queue, curr);
	/* [1] 10b.3: whatever RUN_TO_PARITY is, so not eevdf_protected() */
	return features->preempt_short && curr->shared != curr->deadline &&
	       !sums_eligible(queue, queue_sums(queue), curr->vruntime);
}

void fair_account(struct fair_queue *queue)
{
	struct fair_entity *curr = queue->curr;
	struct fair_rq *rq = queue->rq;
	int64_t ran;

	if (!curr)
		return;
	ran = (int64_t)(rq->clock - curr->start);
	if (ran <= 0)
		return;
	curr->start = rq->clock;
	curr->exec += (uint64_t)ran;
	curr->vruntime += entity_scaled(curr, ran);
	bool renewed = eevdf_renew(queue, curr);

	if (queue->nr_queued == 1 || !(renewed || open_to_others(queue, curr)))
		return;
	eevdf_request(rq);
	if (queue->next == curr)
		eevdf_drop_buddy(curr);
}
