/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hooks.h - where a policy acts inside the fair scheduler, and what it may do there
 *
 * Called from fair_yield_to(): "before" right after the target's buddies are marked and before the
 * yielder's forfeit, "after" right after the forfeit (yield-series.md 1.2.1). `rq` is the
 * yielder's; its clock is `now`.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct fair_entity;
struct fair_queue;
struct fair_rq;
struct fair_task;

struct fair_hooks {
	void (*yield_to_before)(void *data, struct fair_rq *rq, struct fair_task *yielder,
				struct fair_task *target, uint64_t now);
	void (*yield_to_after)(void *data, struct fair_rq *rq, struct fair_task *yielder,
			       struct fair_task *target, uint64_t now);
};

/* The two tasks' entities on their lowest common queue. False: the tasks are on different CPUs. */
bool fair_common_queue(struct fair_task *a, struct fair_task *b, struct fair_entity **a_side,
		       struct fair_entity **b_side);

/* Brings the running entity of a queue up to date: v, d, requests ("account", [1] 5). */
void fair_account(struct fair_queue *queue);

/* Virtual time that `duration` ns are to the entity ("scaled time", [1] 3). */
int64_t fair_scaled(const struct fair_entity *entity, int64_t duration);

/* Sets v and d of a queued entity, waiting or running, and keeps the sums. */
void fair_entity_set(struct fair_entity *entity, int64_t vruntime, int64_t deadline);

/* Ends the protection of a running entity: the next pick compares it with the others. */
void fair_entity_unprotect(struct fair_entity *entity);
