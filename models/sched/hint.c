/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hint.c - would a pick follow a hint, and if not, at which level does it end?
 *
 * Replays a pick level by level on copies: at each level the running entity is brought up to date
 * first, as the pick does ([1] 5 "account", 6 "pick"), which can also drop the mark.
 */
#include "models/sched/algorithm.h"
#include "models/sched/query.h"
#include "models/sched/select.h"
#include "models/sched/weight.h"

/* As "account" leaves the queue at time `now`. */
static struct contest contest_at(const struct fair_queue *queue, uint64_t now)
{
	const struct fair_features *features = features_of(queue);
	struct contest contest = contest_now(queue);
	const struct fair_entity *curr = contest.curr;
	bool renewed, over;

	if (!curr || (int64_t)(now - curr->start) <= 0)
		return contest;
	int64_t gain = entity_scaled(curr, (int64_t)(now - curr->start));

	contest.vruntime += gain;
	contest.sums.weighted += gain * curr->load;
	renewed = contest.vruntime >= contest.deadline;
	if (renewed) {
		uint64_t slice = curr->custom ? curr->slice : queue->rq->fair->base_slice;

		contest.deadline = contest.vruntime + entity_scaled(curr, (int64_t)slice);
	}
	if (features->short_in_account)
		over = features->preempt_short && curr->protection != contest.deadline &&
		       !sums_eligible(queue, contest.sums, contest.vruntime);
	else
		over = !contest_protected(queue, &contest);
	if (queue->nr_queued != 1 && (renewed || over) && contest.next == curr)
		contest.next = NULL;
	return contest;
}

/* The task's entity on the level `depth`. */
static const struct fair_entity *side(const struct fair_task *task, uint32_t depth)
{
	const struct fair_entity *entity = &task->entity;

	while (entity->depth > depth)
		entity = entity->parent;
	return entity;
}

static enum fair_hint reason(const struct fair_queue *queue, const struct contest *contest,
			     const struct fair_entity *entity)
{
	if (contest->next != entity)
		return HINT_MARK_GONE;
	return contest_eligible(queue, contest, entity) ? HINT_OTHER : HINT_INELIGIBLE;
}

/* What the pick does on one level of the task's way. */
static struct fair_hint_step step_at(const struct fair_entity *entity, uint32_t level, uint64_t now)
{
	const struct fair_queue *queue = entity->queue;

	if (is_cfs(queue))
		return cfs_hint_step(entity, level, now);

	struct contest contest = contest_at(queue, now);
	const struct fair_entity *taken = contest_best(queue, &contest, true);
	struct fair_hint_step step = {
		.fate = taken == entity ? HINT_HONOURED : reason(queue, &contest, entity),
		.level = level,
		.vruntime = contest_vruntime(&contest, entity),
		.average = sums_average(queue, contest.sums),
		.taken = taken,
	};

	if (taken) {
		step.taken_vruntime = contest_vruntime(&contest, taken);
		step.taken_deadline = taken == contest.curr ? contest.deadline : taken->deadline;
	}
	return step;
}

uint32_t fair_hint_steps(const struct fair_rq *rq, const struct fair_task *task, uint64_t now,
			 struct fair_hint_step *step)
{
	const struct fair_entity *entity;
	uint32_t level = 0;

	if (task->rq != rq || !task->entity.queued || task->entity.delayed)
		return 0;
	do {
		entity = side(task, level);
		step[level] = step_at(entity, level, now);
	} while (step[level++].fate == HINT_HONOURED && entity->own && level < FAIR_HINT_STEPS);
	return level;
}

struct fair_hint_fate fair_hint_level(const struct fair_rq *rq, const struct fair_task *task,
				      uint64_t now)
{
	if (task->rq != rq || !task->entity.queued || task->entity.delayed)
		return (struct fair_hint_fate){ HINT_OTHER, 0, 0 };
	for (uint32_t level = 0;; level++) {
		const struct fair_entity *entity = side(task, level);
		struct fair_hint_step step = step_at(entity, level, now);

		if (step.fate != HINT_HONOURED)
			return (struct fair_hint_fate){ step.fate, level,
							step.average - step.vruntime };
		if (!entity->own)
			return (struct fair_hint_fate){ HINT_HONOURED, level, 0 };
	}
}
