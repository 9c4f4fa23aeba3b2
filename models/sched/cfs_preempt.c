/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cfs_preempt.c - who loses the CPU under CFS: the tick, a wake-up, a yield; cfs.md 1.11 to 1.13
 */
#include "models/sched/account.h"
#include "models/sched/cfs.h"
#include "models/sched/hooks.h"
#include "models/sched/steps.h"
#include "models/sched/track.h"

/* The second test compares a virtual lead with a slice of real time. */
static void check_tick(struct fair_queue *queue, struct fair_entity *curr)
{
	const struct cfs_tunables *tunables = &queue->rq->fair->cfs;
	uint64_t slice = cfs_slice(queue, curr);
	uint64_t ran = curr->exec - curr->taken;

	if (features_of(queue)->cfs.cap_slice && slice > tunables->latency)
		slice = tunables->latency;
	if (ran > slice) {
		request_now(queue->rq);
		cfs_drop_marks(curr);
	} else if (ran >= tunables->min_granularity && queue->first &&
		   curr->vruntime - queue->first->vruntime > (int64_t)slice) {
		request_now(queue->rq);
	}
}

void cfs_tick(struct fair_rq *rq)
{
	for (struct fair_entity *at = &rq->curr->entity; at; at = at->parent) {
		cfs_charge(at->queue);
		track_publish(at->queue);
		eevdf_regroup(at);
		if (at->queue->nr_queued > 1)
			check_tick(at->queue, at);
	}
}

/* Is the running side so far ahead that the woken one, by its own weight, may take the CPU? */
static bool overtakes(const struct fair_entity *curr, const struct fair_entity *woken)
{
	return curr->vruntime - woken->vruntime > cfs_gran(woken);
}

enum verdict { STAY, PREEMPT, PREEMPT_MARK };

static enum verdict compare(struct fair_entity *curr, struct fair_entity *woken)
{
	const struct cfs_rules *rules = &features_of(curr->queue)->cfs;

	if (rules->idle_kind && curr->idle != woken->idle)
		return curr->idle ? PREEMPT : STAY;
	cfs_charge(curr->queue);
	return overtakes(curr, woken) ? PREEMPT_MARK : STAY;
}

void cfs_check(struct fair_rq *rq, struct fair_task *task, uint32_t flags)
{
	const struct fair_features *features = &rq->fair->features;
	struct fair_task *runs = rq->curr;
	struct fair_entity *curr = &runs->entity, *woken = &task->entity;
	bool crowded = curr->queue->nr_queued >= rq->fair->cfs.nr_latency;
	bool marked = features->next_buddy && crowded && !(flags & FAIR_INITIAL);
	enum verdict verdict = PREEMPT;

	if (marked)
		eevdf_mark_buddies(woken);
	if (rq->resched & FAIR_RESCHED_NOW)
		return;
	if (runs->policy != FAIR_IDLE || task->policy == FAIR_IDLE) {
		if (task->policy != FAIR_NORMAL || !features->wakeup_preemption)
			return;
		fair_common_queue(runs, task, &curr, &woken);
		verdict = compare(curr, woken);
	}
	if (verdict == STAY)
		return;
	if (verdict == PREEMPT_MARK && !marked)
		eevdf_mark_buddies(woken);
	request_now(rq);
	if (features->cfs.last_buddy && crowded && curr->queued && !curr->own)
		cfs_mark_last(curr);
}

/* No v changes: only marks, on every level. */
void cfs_yield(struct fair_rq *rq)
{
	struct fair_entity *entity = &rq->curr->entity;

	cfs_drop_marks(entity);
	if (rq->curr->policy != FAIR_BATCH)
		cfs_charge(entity->queue);
	cfs_mark_skip(entity);
}
