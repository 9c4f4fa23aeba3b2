/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * preempt.c - does a task that just became runnable take the CPU? [1] 7 and 10b.7, eevdf.md 1.14
 */
#include "models/sched/account.h"
#include "models/sched/algorithm.h"
#include "models/sched/fair.h"
#include "models/sched/hooks.h"
#include "models/sched/steps.h"
#include "models/sched/sums.h"

bool fair_common_queue(struct fair_task *a, struct fair_task *b, struct fair_entity **a_side,
		       struct fair_entity **b_side)
{
	struct fair_entity *x = &a->entity, *y = &b->entity;

	if (a->rq != b->rq)
		return false;
	while (x->depth > y->depth)
		x = x->parent;
	while (y->depth > x->depth)
		y = y->parent;
	while (x->queue != y->queue) {
		x = x->parent;
		y = y->parent;
	}
	*a_side = x;
	*b_side = y;
	return true;
}

enum test { TEST_STOP, TEST_PICK, TEST_PREEMPT };

/* The waker itself runs here and is ineligible: forced preemption, eevdf.md 1.14 "6.19-rc1". */
static bool waker_must_go(const struct fair_entity *curr, uint32_t flags)
{
	const struct fair_queue *queue = curr->queue;

	return features_of(queue)->ineligible_yields && (flags & FAIR_IN_TASK) &&
	       !sums_eligible(queue, queue_sums(queue), curr->vruntime);
}

/* NEXT_BUDDY: nominate the woken side; a sync wake-up then decides at once. */
static enum test nominate(struct fair_entity *curr, struct fair_entity *woken, uint32_t flags)
{
	struct fair_queue *queue = curr->queue;
	const struct fair *fair = queue->rq->fair;
	uint64_t ran = queue->rq->clock - curr->start;
	uint64_t threshold = fair->migration_cost;

	if (!fair->features.next_buddy || (queue->next && queue->next->deadline < woken->deadline))
		return TEST_PICK;
	eevdf_mark_buddies(woken);
	if (!(flags & FAIR_SYNC))
		return TEST_PICK;
	if (flags & FAIR_SELECTED)
		threshold /= 4;
	return woken->deadline < curr->deadline && ran >= threshold ? TEST_PREEMPT : TEST_STOP;
}

/* Whom a pick would take; some kernels finish the sleep of delayed entities on the way. */
static const struct fair_entity *tested(struct fair_queue *queue, bool protect)
{
	struct fair_entity *best = eevdf_best(queue, protect);

	while (best && best->delayed && features_of(queue)->test_pops_delayed) {
		struct leave final = { .sleep = true, .final = true };

		eevdf_dequeue(queue->rq, best, final);
		best = queue->nr_queued ? eevdf_best(queue, protect) : NULL;
	}
	return best;
}

static bool test_anyway(const struct fair *fair)
{
	return fair->features.test_while_requested && fair->features.preempt_short;
}

/* A shorter slice that is eligible preempts, and becomes the buddy unless one is shorter yet. */
static bool eligible_is_enough(struct fair_queue *queue, struct fair_entity *woken)
{
	if (!features_of(queue)->eligible_preempts ||
	    !sums_eligible(queue, queue_sums(queue), woken->vruntime))
		return false;
	if (!queue->next || queue->next->slice >= woken->slice)
		eevdf_mark_buddies(woken);
	return true;
}

static void check_modern(struct fair_rq *rq, struct fair_task *task, uint32_t flags)
{
	const struct fair *fair = rq->fair;
	struct fair_entity *curr, *woken;
	struct fair_queue *queue;
	bool shorter = true;
	enum test test = TEST_PREEMPT;

	if (((rq->resched & FAIR_RESCHED_NOW) && !test_anyway(fair)) ||
	    !fair->features.wakeup_preemption ||
	    !fair_common_queue(rq->curr, task, &curr, &woken) ||
	    (woken->delayed && fair->features.eligible_preempts))
		return;
	queue = curr->queue;
	if (!curr->idle || woken->idle) {
		if (curr->idle != woken->idle || task->policy != FAIR_NORMAL)
			return;
		eevdf_account(queue);
		shorter = fair->features.preempt_short && woken->slice < curr->slice;
		test = TEST_PICK;
		if (!shorter) {
			if ((flags & FAIR_INITIAL) || woken->delayed)
				return;
			test = waker_must_go(curr, flags) ? TEST_PREEMPT
							  : nominate(curr, woken, flags);
		}
	}
	if (test == TEST_PICK && shorter && eligible_is_enough(queue, woken))
		test = TEST_PREEMPT;
	if (test == TEST_PICK && tested(queue, !shorter) == woken)
		test = TEST_PREEMPT;
	if (test == TEST_PREEMPT) {
		if (shorter || fair->features.test_unprotects)
			fair_entity_unprotect(curr);
		if (shorter && fair->features.short_drops_buddy && queue->next == curr)
			eevdf_drop_buddy(curr);
		request(rq);
	} else if (test == TEST_PICK && fair->features.run_to_parity) {
		eevdf_limit_protection(queue, curr);
	}
}

/* [1] 10b.7 */
static bool test_unprotect(struct fair_entity *curr, struct fair_entity *woken)
{
	struct fair_queue *queue = curr->queue;
	struct sums sums = queue_sums(queue);

	if (features_of(queue)->preempt_short && woken->slice < curr->slice &&
	    sums_eligible(queue, sums, woken->vruntime) &&
	    (woken->deadline < curr->deadline || !sums_eligible(queue, sums, curr->vruntime)))
		fair_entity_unprotect(curr);
	return eevdf_best(queue, true) == woken;
}

/* eevdf.md 1.14, "6.18.2" */
static bool test_shortens(struct fair_entity *curr, struct fair_entity *woken)
{
	struct fair_queue *queue = curr->queue;
	const struct fair_features *features = features_of(queue);
	bool shorter = features->preempt_short && woken->slice < curr->slice;
	bool preempts = eevdf_best(queue, !shorter) == woken;

	if (shorter && preempts)
		fair_entity_unprotect(curr);
	else if (shorter && features->run_to_parity)
		eevdf_limit_protection(queue, curr);
	return preempts;
}

/* The order of steps before 6.19. */
static void check_older(struct fair_rq *rq, struct fair_task *task, uint32_t flags)
{
	const struct fair_features *features = &rq->fair->features;
	struct fair_entity *curr, *woken;

	if (features->next_buddy && !(flags & FAIR_INITIAL) && !task->entity.delayed)
		eevdf_mark_buddies(&task->entity);
	if ((rq->resched & FAIR_RESCHED_NOW) || !features->wakeup_preemption ||
	    !fair_common_queue(rq->curr, task, &curr, &woken))
		return;
	if (curr->idle && !woken->idle) {
		if (!features->idle_keeps_protection)
			fair_entity_unprotect(curr);
		request(rq);
		return;
	}
	if (curr->idle != woken->idle || task->policy != FAIR_NORMAL)
		return;
	eevdf_account(curr->queue);
	if (features->wakeup == WAKEUP_TEST_UNPROTECT ? test_unprotect(curr, woken)
						      : test_shortens(curr, woken))
		request(rq);
}

void fair_check_preempt(struct fair_rq *rq, struct fair_task *task, uint32_t flags, uint64_t now)
{
	rq->clock = now;
	if (task->throttled)
		return;
	if (!rq->curr)
		request_now(rq);
	else if (rq->curr == task)
		return;
	else if (is_cfs(&rq->root))
		cfs_check(rq, task, flags);
	else if (rq->fair->features.wakeup == WAKEUP_TEST)
		check_modern(rq, task, flags);
	else
		check_older(rq, task, flags);
}
