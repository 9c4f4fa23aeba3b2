/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fair.h - the fair scheduling class (EEVDF or CFS, with groups): configuration and operations
 *
 * The same code schedules the host's tasks on pCPUs and the guests' tasks on vCPUs, and replays the
 * golden scripts. `now` is the task clock of the CPU an operation works on, in ns; it never goes
 * back. No operation allocates. No operation switches: it raises a request in rq->resched, and the
 * kernel decides when to pick and switch. [1] is golden/eevdf/README.md, [2] golden/eevdf-smp.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/sched/entity.h"
#include "models/sched/features.h"
#include "models/sched/group.h"
#include "models/sched/queue.h"

struct fair_bandwidth_ops;
struct fair_hooks;

struct fair_config {
	const struct fair_features *features; /* copied */
	uint32_t cpus;
	uint64_t tick;		 /* ns */
	uint64_t base_slice;	 /* ns, for a task that asks for none; see fair_base_slice() */
	uint64_t norm_slice;	 /* ns, bounds the protection without RUN_TO_PARITY, [1] 6 */
	uint64_t migration_cost; /* ns, [1] 7 */
	bool lazy;		 /* preemption model: requests of this class are lazy */
	bool track_load;	 /* load.h; else every average is the value of the moment */
	struct cfs_tunables cfs; /* of CFS only */
	const struct fair_hooks *hooks; /* NULL: none; borrowed */
	void *hook_data;
	const struct fair_bandwidth_ops *bandwidth; /* NULL: no group has a quota; borrowed */
	void *bandwidth_data;
};

/* One scheduler: all CPUs of one kernel. */
struct fair {
	struct fair_features features;
	uint64_t tick, base_slice, norm_slice, migration_cost;
	bool lazy, track_load;
	struct cfs_tunables cfs;
	uint32_t cpus;
	struct fair_rq *rq;	   /* [cpus], owned */
	struct fair_group *groups; /* newest first, owned */
	const struct fair_hooks *hooks;
	void *hook_data;
	const struct fair_bandwidth_ops *bandwidth;
	void *bandwidth_data;
};

void fair_init(struct fair *fair, const struct fair_config *config);
void fair_clear(struct fair *fair);

/* A task that is not queued: nice 0, normal, default slice, CPU 0. `group` NULL: the root. */
void fair_task_init(struct fair *fair, struct fair_task *task, struct fair_group *group);
/* Only before its first start. Slice 0: the default, else limited to 0.1 .. 100 ms. */
void fair_task_configure(struct fair_task *task, int nice, enum fair_policy policy, int64_t slice);

enum fair_flags {
	FAIR_WAKEUP = 1,    /* enqueue: it slept */
	FAIR_INITIAL = 2,   /* enqueue, check: it is new */
	FAIR_SLEEP = 4,	    /* dequeue: it blocks, and may stay queued for its lag */
	FAIR_SPECIAL = 8,   /* dequeue: ... but not this one: it ends, stops or is parked */
	FAIR_SYNC = 16,	    /* wake, check: the waker is about to sleep */
	FAIR_SELECTED = 32, /* wake, check: the CPU was chosen by the wake-up */
	FAIR_IN_TASK = 64,  /* wake, check: a task does it, not an interrupt */
};

/* Sets a CPU's clock, for operations that touch several CPUs. */
static inline void fair_clock(struct fair_rq *rq, uint64_t now)
{
	rq->clock = now;
}

/* New task: enqueue and check for preemption. */
void fair_start(struct fair_rq *rq, struct fair_task *task, uint64_t now);
/* Queues a task that is not queued, on `rq`, without the check for preemption. */
void fair_enqueue(struct fair_rq *rq, struct fair_task *task, uint32_t flags, uint64_t now);
/* Takes a task off its queues. True: it stays queued as a delayed task. */
bool fair_dequeue(struct fair_rq *rq, struct fair_task *task, uint32_t flags, uint64_t now);

/* Whom to run now, the running task included; NULL: idle. Clears the requests. */
struct fair_task *fair_pick(struct fair_rq *rq, uint64_t now);
/* Puts `prev`, which is rq->curr, back and takes `next`; either may be NULL. */
void fair_switch(struct fair_rq *rq, struct fair_task *prev, struct fair_task *next, uint64_t now);

/* Requests a reschedule if `task`, just queued, should preempt ("check", [1] 7). */
void fair_check_preempt(struct fair_rq *rq, struct fair_task *task, uint32_t flags, uint64_t now);
void fair_tick(struct fair_rq *rq, uint64_t now);

/* HRTICK: ns until a timer should end the slice of rq->curr; 0: none is wanted. Asked for after a
 * switch, and when an enqueue has set rq->hrtick_asked. */
uint64_t fair_hrtick_delay(struct fair_rq *rq);
void fair_hrtick(struct fair_rq *rq, uint64_t now); /* that timer expired */

/* sched_yield of rq->curr, without the pick that follows. */
void fair_yield(struct fair_rq *rq, uint64_t now);

#define FAIR_ALONE (-3) /* -ESRCH: one task on either CPU */

/* Directed yield of rq->curr without the pick that follows, [2] 5. 1: done; 0: the target does not
 * wait; FAIR_ALONE. The target's queues on another CPU are not accounted: one clock is enough. */
int fair_yield_to(struct fair_rq *rq, struct fair_task *target, uint64_t now);
void fair_mark_buddies(struct fair_task *task);

/* Wakes `task` on `rq`, or in place if it is delayed, and checks for preemption. `now` is the clock
 * of the CPU it ends up on: task->rq of a delayed task, else `rq`. 1: woken; 0: it was awake. */
int fair_wake(struct fair_rq *rq, struct fair_task *task, uint32_t flags, uint64_t now);

/* Moves a queued task that does not run to another CPU, [2] 6. */
void fair_migrate(struct fair_rq *from, struct fair_rq *to, struct fair_task *task,
		  uint64_t now_from, uint64_t now_to);

void fair_set_nice(struct fair_task *task, int nice, uint64_t now);
void fair_set_slice(struct fair_task *task, int64_t slice, uint64_t now); /* 0: the default */
void fair_move(struct fair_task *task, struct fair_group *group, uint64_t now);
