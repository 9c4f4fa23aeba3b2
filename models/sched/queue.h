/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * queue.h - the queues of one CPU: one of the root and one of each group
 *
 * Names in brackets are those of golden/eevdf/README.md, cited as [1].
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/sched/pelt.h"

struct fair;
struct fair_entity;
struct fair_features;
struct fair_group;
struct fair_rq;
struct fair_task;

/* All queued entities but the running one are in the tree. The sums are over the tree. */
struct fair_queue {
	struct fair_entity *root;	  /* of the tree */
	struct fair_entity *first, *last; /* of the tree, by (deadline, insertion) */
	struct fair_entity *curr;	  /* [cur] the running entity of this queue */
	struct fair_entity *next;	  /* the buddy: whom the next pick should prefer */
	int64_t sum_load;		  /* sum of load */
	int64_t sum_weighted;		  /* sum of load * (v - origin) */
	int64_t origin;			  /* of the sums; moves only to keep them small */

	/* [z] = origin + floor(base_weighted / base_load): a fraction: moving it is cheap. */
	int64_t base_weighted, base_load;

	int64_t weight;		/* [w] of all queued entities, the running one included */
	uint32_t nr_queued;	/* [nq] entities, the running one included */
	uint32_t h_nr_queued;	/* [hq] tasks below */
	uint32_t h_nr_runnable; /* [hr] tasks below without delayed ones */
	uint32_t h_nr_idle;	/* [hi] tasks below of the idle kind, [1] 6 */
	bool cfs;		/* by CFS, else by EEVDF */
	bool flat;		/* it is the CPU's only queue, flat.h */
	bool limited;		/* its group has a quota */
	struct fair_rq *rq;	/* its CPU */
	const struct fair_features *features; /* of the scheduler */
	struct fair_group *group;	      /* NULL: the root queue */

	/* Load tracking. A group's queue publishes its averages to the group now and then. */
	bool tracks;  /* it does; else nothing below is used */
	bool listed;  /* in rq->loaded */
	bool clocked; /* its clock runs: it does not, while it is throttled and has nothing to do */
	struct pelt pelt;
	uint64_t published, published_runnable; /* what the group has of this CPU */
	uint64_t published_at;			/* task clock, ns */
	struct fair_queue *next_loaded;

	/* Of CFS alone. */
	int64_t min_vruntime;		      /* never goes back, cfs.md 1.4 */
	struct fair_entity *skip, *preempted; /* the buddies "skip" and "last", cfs.md 1.9 */

	/* If limited: bandwidth.h. */
	bool throttled;	 /* has used it up */
	bool cut;	 /* ... and so its entity is off its queue, with all below */
	int64_t runtime; /* ns left of what it has taken from the pool; negative: overrun */
	struct fair_queue *next_throttled;
};

/* Reschedule requests, [1] 7; a pending lazy one keeps its bit when a tick makes it urgent. */
#define FAIR_RESCHED_NOW 1u
#define FAIR_RESCHED_LAZY 2u

/* One CPU. Owner: struct fair. */
struct fair_rq {
	struct fair *fair;
	uint64_t clock;		/* task clock of the operation under way, ns */
	struct fair_task *curr; /* NULL: idle */
	uint32_t resched;	/* requests to what runs now; picks and switches clear them */
	uint32_t nr_running;	/* [run] queued tasks, delayed ones included */
	uint32_t cpu;
	uint32_t throttled_queues;
	struct fair_task *limbo, *limbo_last; /* taken off by a quota, longest first */
	struct fair_queue *loaded;	      /* queues of groups that have published anything */
	bool hrtick_asked;  /* an enqueue made a competition: see fair_hrtick_delay() */
	uint64_t curr_exec; /* [e] of curr when it got the CPU */
	bool honour_buddy;  /* take a buddy even if ineligible: a yardstick, no kernel does it */
	struct fair_queue root;
};
