/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_walk.h - carrying out the ops of a workload without time and without CPUs
 *
 * The tasks take turns of so many ops; who has to wait is passed over. That is one of many possible
 * orders: a deadlock in it is one that the workload allows; another order may hide it or show
 * another.
 */
#pragma once

#include <stdint.h>

#include "workloads/trace_op.h"

struct trace_walk {
	struct workload *workload; /* borrowed */
	struct trace_walk_task *task;
	int64_t *owner[TRACE_OBJECTS]; /* of locks: a task, -1: nobody */
	uint64_t *items;	       /* in queues */
	int64_t *putter;	       /* of queues: who put last; -1: nobody yet */
	uint64_t *open;		       /* latencies of marks */
	const struct op *stray;	       /* a mark-end of what nobody had begun, a spawn of a task
					  that runs; NULL: none */
	uint64_t *arrived, *opened;    /* of barriers: who waits; how often it has opened */
	uint64_t turn;		       /* ops */
	uint64_t ops, passes;
};

struct trace_walk_task {
	struct op op; /* under way, if `busy` */
	bool busy, over;
	bool ended;	 /* and nobody has joined it */
	uint64_t ops;	 /* ended */
	uint64_t ticket; /* 1 + opened of the barrier at which it waits, or 0 */
};

enum trace_walk_end {
	TRACE_WALK_DONE,
	TRACE_WALK_STUCK, /* nobody can go on, and not all have exited */
	TRACE_WALK_STRAY, /* a latency ended before it began, or a task began before it ended */
	TRACE_WALK_LONG,  /* not done after `most` ops */
};

void trace_walk_init(struct trace_walk *walk, struct workload *workload, uint64_t turn);
void trace_walk_clear(struct trace_walk *walk);
/* Until every task has done so many ops or has exited (`goal`, [tasks]), or so many passes ended
 * (`goal` NULL). */
enum trace_walk_end trace_walk_run(struct trace_walk *walk, const uint64_t *goal, uint64_t passes,
				   uint64_t most);
/* Who waits for whom, a line for each task that waits. Free with g_free(). */
char *trace_walk_waiters(const struct trace_walk *walk);
