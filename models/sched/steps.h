/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * steps.h - the steps that the operations of fair.h are made of
 *
 * Those that CFS has of its own are called through algorithm.h.
 *
 * Each is named in bold in golden/eevdf/README.md ([1]), sections 5 to 7; comments give that name.
 * They take the time from the queue's rq->clock. Only files of models/sched include this.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/sched/entity.h"

struct fair_group;
struct fair_queue;
struct fair_rq;

/* buddy.c */
void eevdf_mark_buddies(struct fair_entity *entity); /* "mark buddies" */
void eevdf_drop_buddy(struct fair_entity *entity);   /* "drop buddy" */

/* account.c */
void eevdf_account(struct fair_queue *queue); /* "account" */

/* protect.c */
void eevdf_protect(struct fair_queue *queue, struct fair_entity *entity); /* set at take */
void eevdf_limit_protection(struct fair_queue *queue, struct fair_entity *entity);

/* place.c */
/* V - v within its limit, for a known V */
int64_t eevdf_lag(struct fair_queue *queue, const struct fair_entity *entity, int64_t average);
/* "lag"; true: another one than before */
bool eevdf_save_lag(struct fair_queue *queue, struct fair_entity *entity);
void eevdf_place(struct fair_queue *queue, struct fair_entity *entity, bool initial);

/* reweight.c */
void eevdf_reweight(struct fair_queue *queue, struct fair_entity *entity, int64_t weight);
void eevdf_follow_load(struct fair_entity *entity);
void eevdf_regroup_upwards(struct fair_entity *entity);

/* "regroup"; nothing for a task */
static inline void eevdf_regroup(struct fair_entity *entity)
{
	if (entity->own)
		eevdf_follow_load(entity);
}

void eevdf_add_weight(struct fair_queue *queue, int64_t weight);

/* queue.c */
/* One byte: three would be stored one by one and loaded as one, which stalls. */
struct leave {
	bool sleep : 1, final : 1, special : 1;
	bool throttle : 1; /* out of quota: on no level is anything left behind as delayed */
};
void eevdf_join(struct fair_queue *queue, struct fair_entity *entity, bool initial); /* enqueue1 */
/* "dequeue1"; false: it stays, delayed */
bool eevdf_leave(struct fair_queue *queue, struct fair_entity *entity, struct leave how);
void eevdf_revive(struct fair_queue *queue, struct fair_entity *entity);

/* walk.c */
void eevdf_enqueue(struct fair_rq *rq, struct fair_task *task, bool wakeup, bool initial);
/* False: it is a task and stays, delayed. */
bool eevdf_dequeue(struct fair_rq *rq, struct fair_entity *entity, struct leave how);
/* A group's entity with all tasks below it, whose queue is cut, or no longer. */
void eevdf_take_group_off(struct fair_queue *queue);
void eevdf_bring_group_back(struct fair_queue *queue);

/* eevdf.c */
/* "best": whom a pick on this queue takes */
struct fair_entity *eevdf_best(const struct fair_queue *queue, bool protect);

/* switch.c */
void eevdf_put_back(struct fair_queue *queue, struct fair_entity *entity);
void eevdf_take(struct fair_queue *queue, struct fair_entity *entity, bool picked);

/* change.c */
uint64_t eevdf_slice_within_limits(int64_t slice);

/* rq.c */
void eevdf_queue_init(struct fair_queue *queue, struct fair_rq *rq, struct fair_group *group);
/* Lets the entity compete in that group on that CPU from now on; it is not queued. */
void eevdf_attach(struct fair_entity *entity, struct fair_rq *rq, struct fair_group *group);
bool eevdf_is_idle_queue(const struct fair_queue *queue);
