/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * queue.h - the queues of one CPU: one for the root and one a group
 *
 * Names in brackets are those of golden/eevdf/README.md.
 */
#pragma once

#include <stdint.h>

#include "models/sched/entity.h"

struct fair;

/* All queued entities but the running one are in the tree; the sums are over the tree and exact at every moment. */
struct fair_queue {
	struct fair_entity *root, *first; /* of the tree; first in (deadline, insertion) order */
	struct fair_entity *curr;	  /* [cur] the running entity of this queue */
	struct fair_entity *next;	  /* the buddy: whom the next pick should prefer */
	int64_t sum_load;		  /* sum of load over the tree */
	int64_t sum_weighted;		  /* sum of load * (v - origin) over the tree */
	int64_t origin;

	/* [z] = origin + floor(base_weighted / base_load): kept as a fraction, so that moving z costs no division. */
	int64_t base_weighted, base_load;

	int64_t weight;		   /* [w] of all queued entities, the running one included */
	uint32_t nr_queued;	   /* [nq] entities here, the running one included */
	uint32_t h_nr_queued;	   /* [hq] tasks below */
	uint32_t h_nr_runnable;	   /* [hr] the same without delayed ones */
	uint32_t h_nr_idle;	   /* [hi] the same of the idle kind */
	struct fair_rq *rq;	   /* its CPU */
	struct fair_group *group;  /* NULL: the root queue */
	struct fair_entity *owner; /* the group's entity on this CPU; NULL: the root queue */
};

/* Reschedule requests, [1] 7. */
#define FAIR_RESCHED_NOW 1u
#define FAIR_RESCHED_LAZY 2u

/* One CPU. Owner: struct fair. */
struct fair_rq {
	struct fair *fair;
	uint64_t clock;		/* task clock of the operation under way, ns */
	struct fair_task *curr; /* NULL: idle */
	uint32_t resched; /* requests for what runs now; the kernel reads and clears them, every pick clears them */
	uint32_t nr_running; /* [run] queued tasks, delayed ones included */
	uint32_t cpu;
	bool honour_buddy; /* a pick takes a buddy even if it is ineligible: a yardstick, no kernel does it */
	struct fair_queue root;
};
