/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * account.c - run time into virtual time, renewal of deadlines, requests; [1] 5 "account", 7
 */
#include "models/sched/account.h"

#include "models/sched/algorithm.h"
#include "models/sched/flat.h"
#include "models/sched/hooks.h"
#include "models/sched/quota.h"
#include "models/sched/steps.h"
#include "models/sched/track.h"

/* A request not used up: may the others compete now? */
static inline bool open_to_others(const struct fair_queue *queue, const struct fair_entity *curr)
{
	const struct fair_features *features = features_of(queue);

	if (!features->short_in_account)
		return !protected_at(queue, curr, curr->vruntime, curr->deadline);
	/* [1] 10b.3: whatever RUN_TO_PARITY is, so not protected_at() */
	return features->preempt_short && curr->protection != curr->deadline &&
	       !sums_eligible(queue, queue_sums(queue), curr->vruntime);
}

void eevdf_account(struct fair_queue *queue)
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
	bool renewed = renew(queue, curr);

	quota_charge(queue, ran);
	if (queue->nr_queued == 1 || !(renewed || open_to_others(queue, curr)))
		return;
	request(rq);
	if (queue->next == curr)
		eevdf_drop_buddy(curr);
}

void fair_account(struct fair_queue *queue)
{
	if (is_cfs(queue))
		cfs_charge(queue);
	else
		eevdf_account(queue);
}

/* Every level of the running task. */
static void charge(struct fair_rq *rq)
{
	struct fair_entity *entity;

	if (is_flat(rq)) {
		eevdf_account(&rq->root);
		if (rq->curr->entity.queued)
			flat_refresh(rq->curr);
	}
	for (entity = &rq->curr->entity; entity; entity = entity->parent) {
		struct fair_queue *queue = entity->queue;

		eevdf_account(queue);
		track_publish(queue);
		eevdf_regroup(entity);
		if (rq->fair->features.origin == ORIGIN_AT_LAG_AND_TICK)
			origin_to_average(queue, queue_sums(queue));
	}
}

void fair_tick(struct fair_rq *rq, uint64_t now)
{
	rq->clock = now;
	if (!rq->curr)
		return;
	if (is_cfs(&rq->root)) {
		cfs_tick(rq);
		return;
	}
	if (rq->fair->lazy && (rq->resched & FAIR_RESCHED_LAZY))
		request_now(rq);
	charge(rq);
}

void fair_hrtick(struct fair_rq *rq, uint64_t now)
{
	rq->clock = now;
	if (!rq->curr || is_cfs(&rq->root))
		return;
	charge(rq);
	if (rq->fair->features.hrtick_rule == HRTICK_UNTIL_DEADLINE)
		request_now(rq);
	else
		request(rq);
}
