/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cfs_hint.c - would a CFS pick follow a hint on this level?
 *
 * The pick of cfs.md 1.8 without changing anything. The largest v that it takes, one wake-up
 * granularity behind the leftmost, stands where EEVDF has the average, and "ineligible" is: beyond
 * that.
 */
#include "models/sched/cfs.h"
#include "models/sched/sums.h"

/* v as a charge at `now` would leave it. */
static int64_t vruntime_at(const struct fair_entity *entity, uint64_t now)
{
	if (entity->queue->curr != entity || !entity->queued || (int64_t)(now - entity->start) <= 0)
		return entity->vruntime;
	return entity->vruntime + cfs_virtual(entity, now - entity->start);
}

static int64_t limit_at(const struct fair_queue *queue, uint64_t now)
{
	const struct fair_entity *left = queue->first, *curr = running(queue);

	if (!left || (curr && vruntime_at(curr, now) < left->vruntime))
		left = curr;
	return vruntime_at(left, now) + cfs_gran(left);
}

struct fair_hint_step cfs_hint_step(const struct fair_entity *entity, uint32_t level, uint64_t now)
{
	const struct fair_queue *queue = entity->queue;
	struct fair_entity *curr = running(queue);
	struct fair_entity *taken = cfs_choose(queue, curr, curr ? vruntime_at(curr, now) : 0);
	struct fair_hint_step step = {
		.fate = HINT_HONOURED,
		.level = level,
		.vruntime = vruntime_at(entity, now),
		.average = limit_at(queue, now),
		.taken = taken,
		.taken_vruntime = vruntime_at(taken, now),
		.taken_deadline = vruntime_at(taken, now),
	};

	if (taken == entity)
		return step;
	if (queue->next != entity)
		step.fate = HINT_MARK_GONE;
	else
		step.fate = step.vruntime > step.average ? HINT_INELIGIBLE : HINT_OTHER;
	return step;
}
