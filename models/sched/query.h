/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * query.h - questions to the fair scheduler that change nothing
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct fair_entity;
struct fair_queue;
struct fair_rq;
struct fair_task;

/* V: the average virtual time, floor; of an empty queue the reference point. The running entity counts with its v as last accounted. */
int64_t fair_average(const struct fair_queue *queue);
/* The reference point z that the golden outputs print. */
int64_t fair_origin(const struct fair_queue *queue);
bool fair_eligible(const struct fair_queue *queue, const struct fair_entity *entity);

/* Queued tasks of a CPU without the delayed ones (struct fair_rq nr_running counts those, too). */
uint32_t fair_nr_runnable(const struct fair_rq *rq);
bool fair_task_queued(const struct fair_task *task);
/* Asleep, but still queued. */
bool fair_task_delayed(const struct fair_task *task);

enum fair_hint {
	HINT_HONOURED,	 /* a pick right now ends at the task */
	HINT_INELIGIBLE, /* marked at that level, but ineligible; lag says by how much */
	HINT_MARK_GONE, /* another mark or none at that level, and the pick would take another entity */
	HINT_OTHER, /* marked and eligible, but not taken: PICK_BUDDY off, or the task is not waiting */
};

struct fair_hint_fate {
	enum fair_hint fate;
	uint32_t level; /* 0 is the root queue; of the task itself if honoured */
	int64_t lag; /* V - v of the refused entity, ns of virtual time; negative if ineligible */
};

/* What a pick at time `now` would do with the hint that names `task`; asked before the pick. */
struct fair_hint_fate fair_hint_level(struct fair_rq *rq, const struct fair_task *task,
				      uint64_t now);
