/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cfs.h - CFS: the steps in which it differs from EEVDF, see algorithm.h; cfs.md section 1
 *
 * The queue is ordered by v: deadline is a copy of it, because the tree sorts by that. A moving
 * entity's v is relative to min_vruntime of the queue that it left. Only files of models/sched
 * include this.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/sched/fair.h"
#include "models/sched/query.h"
#include "models/sched/steps.h"

/* cfs_slice.c */
int64_t cfs_virtual(const struct fair_entity *entity, uint64_t ns); /* delta_v, 1.2 */
int64_t cfs_gran(const struct fair_entity *entity);		    /* gran(e) */
uint64_t cfs_slice(const struct fair_queue *queue, const struct fair_entity *entity);

/* cfs_buddy.c */
void cfs_drop_marks(struct fair_entity *entity); /* "clear_buddies", 1.9 */
void cfs_mark_last(struct fair_entity *entity);
void cfs_mark_skip(struct fair_entity *entity);

/* cfs.c */
void cfs_charge(struct fair_queue *queue);
void cfs_advance(struct fair_queue *queue); /* min_vruntime */
/* Whom a pick takes on this level if the running entity, NULL: none or leaving, had that v. */
struct fair_entity *cfs_choose(const struct fair_queue *queue, struct fair_entity *curr,
			       int64_t vruntime);
struct fair_task *cfs_pick(struct fair_rq *rq);
void cfs_put_back(struct fair_queue *queue, struct fair_entity *entity);
void cfs_take(struct fair_queue *queue, struct fair_entity *entity);

/* cfs_queue.c */
void cfs_insert(struct fair_queue *queue, struct fair_entity *entity);
void cfs_remove(struct fair_queue *queue, struct fair_entity *entity);
void cfs_join(struct fair_queue *queue, struct fair_entity *entity, bool wakeup, bool initial);
void cfs_leave(struct fair_queue *queue, struct fair_entity *entity, struct leave how);
void cfs_reweight(struct fair_queue *queue, struct fair_entity *entity, int64_t weight);
/* A sleeper will wake up on another queue. */
void cfs_detach(struct fair_entity *entity);
/* Sets v of a queued entity. */
void cfs_set(struct fair_entity *entity, int64_t vruntime);

/* cfs_preempt.c */
void cfs_tick(struct fair_rq *rq);
void cfs_check(struct fair_rq *rq, struct fair_task *task, uint32_t flags);
void cfs_yield(struct fair_rq *rq);

/* cfs_hint.c */
struct fair_hint_step cfs_hint_step(const struct fair_entity *entity, uint32_t level, uint64_t now);

/* cfs_versions.c */
extern const struct fair_features cfs_version_rows[];
