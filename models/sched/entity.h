/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * entity.h - what competes for a CPU: a task, or a group's representative on one CPU
 *
 * Virtual times are signed 64-bit ns. Weights count 1048576 for nice 0, loads 1024. Names in
 * brackets are those of golden/eevdf/README.md, which is cited as [1].
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/sched/pelt.h"

struct fair_group;
struct fair_queue;
struct fair_rq;

#define FAIR_WEIGHT_NICE0 INT64_C(1048576)

struct fair_entity {
	/* Node in its queue's tree while it waits; extremes are of its subtree, itself included. */
	struct fair_entity *left, *right, *up;
	int64_t deadline; /* [d]; CFS: v, which then is the order of the tree */
	int64_t vruntime; /* [v] */
	int64_t min_vruntime;
	uint64_t min_slice, max_slice;

	uint64_t slice;	    /* [s] ns of real time */
	int64_t shared;	    /* [x] the lag last saved, where no protection has replaced it, [1] 3 */
	int64_t protection; /* of the running entity: a limit of v, or a copy of d. The same word as
			       the lag in most kernels; then both change together (account.h) */
	int64_t weight;	    /* [w] */
	int64_t load;	    /* the weight as the sums count it: down(w), [1] 3, or all of it */
	uint64_t start;	    /* task clock up to which its run time is accounted */
	uint64_t exec;	    /* [e] total run time, ns */
	uint32_t scale;	    /* scaled time = (t * scale) >> shift */
	uint8_t shift;
	uint16_t depth; /* 0 on the root queue */
	bool red;	/* colour in the tree */
	bool waiting;	/* in the tree */
	bool queued;	/* [on] in the tree or running */
	bool delayed;	/* [dl] asleep, but queued until its lag is paid */
	bool relative;	/* [rel] d is stored relative to v; CFS: v to min_vruntime */
	bool custom;	/* [c] the slice was asked for */
	bool full_load; /* the sums of v count the full weight */
	bool idle;	/* idle policy or idle group: every other kind goes first */

	struct fair_queue *queue;   /* it competes here */
	struct fair_queue *own;	    /* a group's queue on this CPU; NULL: a task */
	struct fair_entity *parent; /* entity of the queue's group; NULL on the root queue */
	struct pelt pelt;	    /* load tracking; a group's entity has the load sum only */
	uint64_t taken;		    /* CFS: exec when it got the CPU, cfs.md 0 "psum" */
};

enum fair_policy { FAIR_NORMAL, FAIR_BATCH, FAIR_IDLE };

/* Embedded in the kernel's task. The entity comes first, so that a leaf entity is its task. */
struct fair_task {
	struct fair_entity entity;
	struct fair_rq *rq;	  /* its CPU: where it is queued or was last */
	struct fair_group *group; /* NULL: the root */
	int nice;		  /* -20 .. 19 */
	bool throttled;		  /* runnable, but kept from its CPU by a quota */
	bool attached;		  /* load tracking: part of its queues' sums */
	enum fair_policy policy;
	struct fair_task *limbo_next; /* in rq->limbo */
};

/* The task of a leaf entity. */
static inline struct fair_task *fair_task_of(struct fair_entity *entity)
{
	return (struct fair_task *)entity;
}
