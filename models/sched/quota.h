/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quota.h - where the scheduler's steps charge, test and stop a limited queue; eevdf.md 7.1
 *
 * Queues without a limit pay one test each. Only files of models/sched include this.
 */
#pragma once

#include "models/sched/fair.h"

void quota_charge_limited(struct fair_queue *queue, int64_t ran);
bool quota_exhausted_limited(struct fair_queue *queue);
void quota_joined_limited(struct fair_queue *queue);
void quota_left_limited(struct fair_queue *queue);

/* The running entity of the queue has run. */
static inline void quota_charge(struct fair_queue *queue, int64_t ran)
{
	if (queue->limited)
		quota_charge_limited(queue, ran);
}

/* Has it nothing left? Then it is throttled now, if it was not before. */
static inline bool quota_exhausted(struct fair_queue *queue)
{
	return queue->limited && quota_exhausted_limited(queue);
}

/* An entity has joined or left the queue. */
static inline void quota_joined(struct fair_queue *queue)
{
	if (queue->limited)
		quota_joined_limited(queue);
}

static inline void quota_left(struct fair_queue *queue)
{
	if (queue->limited)
		quota_left_limited(queue);
}

/* Cuts the way from a throttled queue to the root, and mends it. */
void quota_cut(struct fair_queue *queue);
void quota_mend(struct fair_queue *queue);
/* Is the way from the entity to the root cut? */
bool quota_is_cut(const struct fair_entity *entity);
/* Has a group of the task used up its quota on this CPU? */
bool quota_holds(const struct fair_task *task);
/* Tells the kernel, if it does not know. */
void quota_tell(struct fair_task *task, bool throttled);

/* A throttled task comes back before its time: it is about to change. True if it was one. */
bool quota_release(struct fair_task *task);
