/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * semantics_v2_debooster.c - patches 1 to 5 of the v2 series: push the yielder back where its queue
 * meets the target's
 *
 * As coded, with its order of tests and its dead code (yield-series.md 1.2.1, S1-S16), except that
 * differences of vruntimes are signed: the patch compares them unsigned, which is wrong around the
 * wrap (P4).
 */
#include "models/policy/semantics_v2.h"

#include "models/sched/fair.h"
#include "models/sched/hooks.h"

/* v2 2/9: at most one penalty in this time, per run queue; ns. */
#define RATE_LIMIT UINT64_C(6000000)
/* v2 4/9: two tasks that yield to each other within this time are a pair; ns. */
#define DEBOUNCE UINT64_C(600000)

/* v2 4/9: bounds of a penalty, in gran, by the number of tasks below the common queue. */
struct bracket {
	uint32_t queued_max;
	uint8_t cap, cap_divisor;
	uint8_t base, base_divisor; /* only if there is no need; without effect, S2 */
};

/* clang-format off */
static const struct bracket brackets[] = {
	{ 1, 5, 2, 1, 1 }, /* 0 and 1 fall through to the cap of 4 to 6 */
	{ 2, 6, 1, 1, 1 },
	{ 3, 4, 1, 15, 16 },
	{ 6, 5, 2, 5, 8 },
	{ 8, 2, 1, 1, 2 },
	{ 12, 3, 2, 3, 8 },
	{ UINT32_MAX, 1, 1, 1, 4 },
};
/* clang-format on */

static const struct bracket *bracket_find(uint32_t queued)
{
	const struct bracket *bracket = brackets;

	while (queued > bracket->queued_max)
		bracket++;
	return bracket;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t debooster_penalty(uint64_t gran, uint64_t need, uint32_t queued, bool bounced)
{
	const struct bracket *bracket = bracket_find(queued);
	/* 110 % of the gap. The patch saturates; a signed difference cannot make this overflow. */
	uint64_t penalty = need ? gran + need + need / 10 : gran;

	if (bounced)
		penalty = smaller(penalty, larger(need, gran)); /* never reached in v2, S6 */
	penalty = smaller(larger(penalty, gran), gran * bracket->cap / bracket->cap_divisor);
	if (!need)
		penalty = larger(penalty, gran * bracket->base / bracket->base_divisor);
	return penalty;
}

bool debooster_bounced(struct debooster_context *context, const struct fair_task *from,
		       const struct fair_task *to, uint64_t now)
{
	bool bounced = context->last_from == to && context->last_to == from &&
		       now - context->last_pair_time <= DEBOUNCE;

	context->last_from = from;
	context->last_to = to;
	context->last_pair_time = now;
	return bounced;
}

/* Fixed window: the stamp moves only when a call passes (1.2.1 step 3). */
static bool limiter_passes(struct debooster_context *context, uint64_t now)
{
	if (context->last_time && now - context->last_time <= RATE_LIMIT)
		return false;
	context->last_time = now;
	return true;
}

static bool pair_valid(const struct fair_rq *rq, const struct fair_task *yielder,
		       const struct fair_task *target)
{
	return yielder && yielder != target && target->rq == rq && yielder->entity.queued &&
	       target->entity.queued;
}

/*
 * The order of the tests is the patch's: a yield to another CPU's task uses up the time of the
 * limiter and does nothing (S9, P2).
 */
void debooster_yield_to_before(struct policy *policy, struct fair_rq *rq, struct fair_task *yielder,
			       struct fair_task *target, uint64_t now)
{
	const struct semantics_v2_params *params = policy->params;

	if (!params->debooster)
		return;

	struct debooster_context *context = policy_pcpu(policy, rq->cpu);

	if (!limiter_passes(context, now) || !pair_valid(rq, yielder, target))
		return;

	struct fair_entity *ours, *theirs;

	if (!fair_common_queue(yielder, target, &ours, &theirs) || ours->queue->h_nr_queued <= 1)
		return;
	/*
	 * Never true: ours is the running entity, so its vruntime is stale and need too large (P3).
	 */
	if (ours->queue->curr != ours)
		fair_account(ours->queue);

	int64_t gap = theirs->vruntime - ours->vruntime;
	uint64_t need = gap > 0 ? (uint64_t)gap : 0;
	uint64_t gran = (uint64_t)fair_scaled(ours, (int64_t)rq->fair->base_slice);
	bool bounced = debooster_bounced(context, yielder, target, now);
	uint64_t penalty = debooster_penalty(gran, need, ours->queue->h_nr_queued, bounced);
	int64_t vruntime = ours->vruntime + (int64_t)penalty;

	/*
	 * Its own slice here, the common base slice in gran (S15). Lag and protection stay as they
	 * are.
	 */
	fair_entity_set(ours, vruntime, vruntime + fair_scaled(ours, (int64_t)ours->slice));
}
