/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fair.h - the fair scheduling class (EEVDF with groups): configuration and operations
 *
 * The same code schedules the host's tasks on pCPUs, the guest's tasks on vCPUs, and replays the golden scripts. Every operation
 * names its time: `now` is the task clock of the CPU it works on, in ns, and never goes back. Nothing is allocated by an operation.
 * Nothing switches here: an operation raises a request in rq->resched, and the kernel decides when to pick and switch.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/sched/entity.h"
#include "models/sched/features.h"
#include "models/sched/group.h"
#include "models/sched/queue.h"

struct fair_hooks;

struct fair_config {
	const struct fair_features *features; /* copied */
	uint32_t cpus;
	uint64_t tick;		 /* ns */
	uint64_t base_slice;	 /* ns, of a task that asks for none; see fair_base_slice() */
	uint64_t norm_slice;	 /* ns, bound of the protection without RUN_TO_PARITY */
	uint64_t migration_cost; /* ns, [1] 7 */
	bool lazy;		 /* preemption model: requests of this class are lazy */
	const struct fair_hooks *hooks; /* NULL: none; borrowed */
	void *hook_data;
};

/* One scheduler: all CPUs of a kernel. */
struct fair {
	struct fair_features features;
	uint64_t tick, base_slice, norm_slice, migration_cost;
	bool lazy;
	uint32_t cpus;
	struct fair_rq *rq;	   /* [cpus], owned */
	struct fair_group *groups; /* newest first, owned */
	const struct fair_hooks *hooks;
	void *hook_data;
};

void fair_init(struct fair *fair, const struct fair_config *config);
void fair_clear(struct fair *fair);

/* `group` NULL: the root; slice 0: the default, else limited to 0.1 .. 100 ms. The task is not queued yet; storage is the caller's. */
void fair_task_init(struct fair_task *task, struct fair_rq *rq, struct fair_group *group, int nice,
		    enum fair_policy policy, uint64_t slice);

enum fair_flags {
	FAIR_WAKEUP = 1,    /* it slept */
	FAIR_INITIAL = 2,   /* it is new */
	FAIR_SLEEP = 4,	    /* it blocks, and may stay queued until its lag is paid */
	FAIR_SPECIAL = 8,   /* ... but not this one: it ends, stops, or is parked */
	FAIR_SYNC = 16,	    /* the waker is about to sleep */
	FAIR_SELECTED = 32, /* the wake-up has chosen a CPU */
};

/* Sets a CPU's clock; for operations that touch several CPUs. */
static inline void fair_clock(struct fair_rq *rq, uint64_t now)
{
	rq->clock = now;
}

/* Queues a task that is not queued (flags WAKEUP, INITIAL), on its rq. No preemption test. */
void fair_enqueue(struct fair_rq *rq, struct fair_task *task, uint32_t flags, uint64_t now);
/* Takes a task off its queues (flags SLEEP, SPECIAL). True: it stays queued as a delayed task. */
bool fair_dequeue(struct fair_rq *rq, struct fair_task *task, uint32_t flags, uint64_t now);

/* Whom to run now, the running task included; NULL: idle. Clears the requests. Follow it by fair_switch(). */
struct fair_task *fair_pick(struct fair_rq *rq, uint64_t now);
/* Puts rq->curr back and takes `next`; either may be NULL. */
void fair_switch(struct fair_rq *rq, struct fair_task *next, uint64_t now);

/* Requests a reschedule if `task`, just queued, should preempt (flags INITIAL, SYNC, SELECTED). */
void fair_check_preempt(struct fair_rq *rq, struct fair_task *task, uint32_t flags, uint64_t now);
void fair_request(struct fair_rq *rq);
void fair_tick(struct fair_rq *rq, uint64_t now);
/* sched_yield of rq->curr, without the pick that follows. */
void fair_yield(struct fair_rq *rq, uint64_t now);

#define FAIR_ALONE (-3) /* -ESRCH of fair_yield_to() */

/* Directed yield of rq->curr: 1 done, 0 the target does not wait, FAIR_ALONE. Without the pick; golden/eevdf-smp 5. */
int fair_yield_to(struct fair_rq *rq, struct fair_task *target, uint64_t now);
void fair_mark_buddies(struct fair_task *task);

/* Wakes `task` on `rq`, or in place if it is delayed; with the preemption test (flags SYNC, SELECTED). `now` is the clock of
 * fair_wake_rq(), the CPU on which it ends up. 1: woken; 0: it was not asleep. */
struct fair_rq *fair_wake_rq(const struct fair_task *task, struct fair_rq *rq);
int fair_wake(struct fair_rq *rq, struct fair_task *task, uint32_t flags, uint64_t now);

/* Moves a queued task that does not run to another CPU; both clocks must be up to date (fair_clock()). */
void fair_migrate(struct fair_task *task, struct fair_rq *to);

void fair_set_nice(struct fair_task *task, int nice, uint64_t now);
void fair_set_slice(struct fair_task *task, uint64_t slice, uint64_t now); /* 0: the default */
void fair_move(struct fair_task *task, struct fair_group *group, uint64_t now);
