/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * query.h - questions to the fair scheduler; none changes anything
 *
 * The running entity counts with its v as last accounted.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct fair_entity;
struct fair_queue;
struct fair_rq;
struct fair_task;

/* V, the average virtual time, floor; of an empty queue the reference point. */
int64_t fair_average(const struct fair_queue *queue);
/* z, the reference point of the golden outputs. */
int64_t fair_origin(const struct fair_queue *queue);
bool fair_eligible(const struct fair_queue *queue, const struct fair_entity *entity);

uint32_t fair_resched_flags(const struct fair_rq *rq);
/* Queued tasks without the delayed ones; rq->nr_running counts those, too. */
uint32_t fair_nr_runnable(const struct fair_rq *rq);
bool fair_task_queued(const struct fair_task *task);
/* Asleep, but still queued. */
bool fair_task_delayed(const struct fair_task *task);

enum fair_hint {
	HINT_HONOURED,	 /* a pick right now ends at the task */
	HINT_INELIGIBLE, /* marked at that level, but ineligible */
	HINT_MARK_GONE,	 /* another mark or none at that level, and another is taken */
	HINT_OTHER,	 /* marked and eligible, but not taken: PICK_BUDDY off, or not waiting */
};

struct fair_hint_fate {
	enum fair_hint fate;
	uint32_t level; /* 0: the root queue; the task's own if honoured */
	int64_t lag;	/* V - v of the refused entity, virtual ns; negative: ineligible */
};

/* One level of the way that a pick goes down to the task. */
struct fair_hint_step {
	enum fair_hint fate; /* HINT_HONOURED: this level takes the side of the task */
	uint32_t level;
	int64_t vruntime, average;	 /* of that side; of the queue's V: eligible if v <= V.
					  * CFS: the largest v that a pick takes instead of V */
	const struct fair_entity *taken; /* whom the level takes */
	int64_t taken_vruntime, taken_deadline;
};

/* Goes down from the root to the first level that does not take the task's side, or to the task.
 * Returns the number of steps, at most FAIR_HINT_STEPS; 0: the task does not wait in `rq`. */
#define FAIR_HINT_STEPS 8
uint32_t fair_hint_steps(const struct fair_rq *rq, const struct fair_task *task, uint64_t now,
			 struct fair_hint_step *step);

/* Two tasks of one CPU on the level where they, or groups of theirs, compete. */
struct fair_rivalry {
	int64_t average;
	int64_t vruntime[2], deadline[2];
};

/* False: they do not compete anywhere. */
bool fair_rivals(const struct fair_task *one, const struct fair_task *other,
		 struct fair_rivalry *rivalry);

/* What a pick at `now` would do with the hint that names `task`; ask before the pick. */
struct fair_hint_fate fair_hint_level(const struct fair_rq *rq, const struct fair_task *task,
				      uint64_t now);
