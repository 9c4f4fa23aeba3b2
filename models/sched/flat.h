/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flat.h - one queue a CPU: groups decide weights only, eevdf.md 2.6
 *
 * Every task competes on the root queue. A group's queue and entity on a CPU keep the sum of the
 * weights below and the group's weight there, and are in no tree; only they count members and load.
 */
#pragma once

#include <stdbool.h>

#include "models/sched/fair.h"

static inline bool is_flat(const struct fair_rq *rq)
{
	return rq->root.flat;
}

/* A task comes to (leaves) its CPU: the weights of its groups there, and when it comes its own. */
void flat_enter(struct fair_task *task);
void flat_leave(struct fair_task *task);
/* One more (fewer) task of its groups is runnable. */
void flat_count_runnable(struct fair_task *task, int change);
/* The weight of a queued task anew, and of its groups. */
void flat_refresh(struct fair_task *task);
/* The running task has run that long: its groups' quotas. */
void flat_charge(struct fair_rq *rq, int64_t ran);
/* Throttles those of them that have nothing left. */
void flat_exhaust(struct fair_rq *rq);
/* A group's weight on that CPU anew, and what follows from it above. */
void flat_follow(struct fair_group_cpu *on);
