/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * algorithm.h - the steps in which the algorithms of the fair class differ
 *
 * Everything else - entities, groups, walks through the levels, counters, requests - is common. The
 * larger operations branch where they begin: pick, check, tick, yield, hint. A branch on the
 * feature costs less than a call through a table, which the compiler cannot look into. Only files
 * of models/sched include this.
 */
#pragma once

#include "models/sched/cfs.h"
#include "models/sched/steps.h"

static inline bool is_cfs(const struct fair_queue *queue)
{
	return queue->cfs;
}

static inline void algorithm_join(struct fair_queue *queue, struct fair_entity *entity, bool wakeup,
				  bool initial)
{
	if (is_cfs(queue))
		cfs_join(queue, entity, wakeup, initial);
	else
		eevdf_join(queue, entity, initial);
}

/* False: it stays, delayed. */
static inline bool algorithm_leave(struct fair_queue *queue, struct fair_entity *entity,
				   struct leave how)
{
	if (!is_cfs(queue))
		return eevdf_leave(queue, entity, how);
	cfs_leave(queue, entity, how);
	return true;
}

static inline void algorithm_reweight(struct fair_queue *queue, struct fair_entity *entity,
				      int64_t weight)
{
	if (is_cfs(queue))
		cfs_reweight(queue, entity, weight);
	else
		eevdf_reweight(queue, entity, weight);
}

static inline void algorithm_put_back(struct fair_queue *queue, struct fair_entity *entity)
{
	if (is_cfs(queue))
		cfs_put_back(queue, entity);
	else
		eevdf_put_back(queue, entity);
}

/* `picked`: by a pick, not because a change of the running task put it back. */
static inline void algorithm_take(struct fair_queue *queue, struct fair_entity *entity, bool picked)
{
	if (is_cfs(queue))
		cfs_take(queue, entity);
	else
		eevdf_take(queue, entity, picked);
}
