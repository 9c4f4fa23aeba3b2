/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * task.h - what a kernel schedules
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/kernel/cpu.h"
#include "models/kernel/lock_kinds.h"
#include "models/kernel/rcu_reader.h"
#include "models/kernel/sleep_lock.h"
#include "models/kernel/spin_wait.h"
#include "models/sched/fair.h"
#include "sim/engine/timer.h"

struct histogram;
struct kernel;
struct kernel_cpu;
struct spin_lock;
struct task;

enum task_state { TASK_NEW, TASK_RUNNABLE, TASK_SLEEPING, TASK_DEAD };

/* What kind of task it is: guest program, vCPU thread, housekeeping. */
struct task_ops {
	/* It has its CPU and nothing left of its last segment: begin the next one (kernel_work()),
	 * block or exit. */
	void (*advance)(struct task *task);
	/* An interrupt takes the CPU from WORK_GUEST: get out; returns the ns that this costs.
	 * Required for WORK_GUEST only. */
	uint64_t (*interrupted)(struct task *task);
	/* Optional: the CPU was given or taken away (still runnable, or it blocks). No events may
	 * come from these. */
	void (*sched_in)(struct task *task, struct kernel_cpu *cpu);
	void (*sched_out)(struct task *task, struct kernel_cpu *cpu, bool runnable);
	/* Optional: the switch to it is over. */
	void (*switched_in)(struct task *task);
	/* The CPU's speed has changed under WORK_GUEST. Required for that only. */
	void (*speed_changed)(struct task *task);
	/* Optional: one more or one less task of this kind is runnable on the CPU. */
	void (*queued)(struct task *task, uint32_t cpu, int change);
};

/* Whom a task wakes: eevdf.md 4, record_wakee. */
struct waker {
	const struct task *last; /* compared, never followed */
	uint64_t halved;	 /* ns */
	uint32_t flips;		 /* changes of `last`, halved every second */
};

/* Embedded in the owner's struct. Registered with kernel_add_task(), lives as long as the kernel. */
struct task {
	struct fair_task fair; /* first: see task_of() */
	const struct task_ops *ops;
	struct kernel *kernel;
	enum task_state state;
	uint32_t cpu;		  /* where it runs, waits or last ran */
	uint32_t only_cpu;	  /* pinned there; UINT32_MAX: free */
	const void *mm;		  /* its address space: compared, never followed */
	struct task *next, *prev; /* runnable tasks of its CPU, least recently run first */
	uint64_t segment;	  /* ns left of a segment that a preemption cut */
	enum work segment_work;
	struct spin_lock *spins_on;   /* the lock whose turn it awaits */
	struct spin_wait spin;	      /* that wait */
	struct sleep_wait sleep_wait; /* for a mutex of the kernel or a rwsem */
	struct rcu_reader rcu;
	uint32_t held[LOCK_KINDS]; /* locks, by enum lock_kind */
	struct task *wait_next;	   /* in the FIFO of the lock, mutex or queue that it waits for */
	uint64_t waits_since;	   /* ns: when a wait of any kind began */
	struct timer sleep;	   /* end of a timed sleep; registered at the first */
	bool awaits_io;		   /* ... which a device ends */
	uint16_t owner;		   /* its number in the event trail */
	struct waker waker;
	uint32_t recent_cpu; /* where it was before its previous CPU; UINT32_MAX: nowhere */

	/* run delay: from runnable to running */
	uint64_t runnable_since;
	struct histogram *run_delay;	/* borrowed; NULL: not measured */
	struct histogram *run_length;	/* likewise: got its CPU to lost it */
	struct histogram *wake_latency; /* likewise: woken to running */
	struct histogram *preempt_wait; /* likewise: preempted to running again */
	bool woken;			/* the last thing that made it runnable was a wake-up */
	uint64_t switch_ins, blocks, wakeups, migrations; /* since its start */
	uint64_t run_total, wait_total;			  /* ns on a CPU; ns runnable without one */
	uint64_t running_since;
	uint64_t off_since; /* ns: when it lost its CPU; 0: never had one, or has moved since then */
};

static inline struct task *task_of(struct fair_task *fair)
{
	return (struct task *)fair;
}

/* A move makes it cold: eevdf.md 5.2. */
static inline void task_set_cpu(struct task *task, uint32_t cpu)
{
	if (task->cpu != cpu) {
		task->off_since = 0;
		task->migrations++;
	}
	task->cpu = cpu;
}
