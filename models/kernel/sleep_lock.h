/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sleep_lock.h - the kernel's mutex and rwsem, with optimistic spinning (kvm-and-guest.md 3.9)
 *
 * A waiter spins while the owner runs, one at a time: the others stand in the optimistic spin queue
 * behind it. It gives up when the owner, or the spinner before it, has lost its CPU as far as the kernel
 * knows, or when its own CPU is wanted; then it sleeps in line.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/kernel/spinlock.h"

struct kernel;
struct kernel_cpu;
struct program_task;
struct task;

/*
 * The cache line of a lock's word, which one CPU at a time can change: it serves in order of arrival, and
 * takes costs.cache_line to go to another CPU. So it is enough to know when it is free. The same CPU
 * again needs no transfer; who shares a core does not show in a guest.
 */
struct cache_line {
	const struct kernel_cpu *last; /* whose change is the last in line; NULL: nobody's yet */
	uint64_t free;		       /* ns: when that is done */
};

/* Owner: struct kernel_objects. A mutex is one that nobody reads. */
struct sleep_lock {
	bool is_mutex;
	bool handoff;	    /* the next one in line has waited long: nobody else takes the lock */
	bool no_spinning;   /* of readers' owners: a spinner has waited for them too long */
	struct task *owner; /* writer */
	uint32_t readers;   /* that own it */
	uint32_t *reads;    /* [tasks]: who they are; NULL for a mutex */
	struct cache_line word;
	struct task_fifo line;	   /* sleepers; the first one may be awake */
	struct task_fifo spinners; /* the head spins on the owner */
};

/* Of a task. Embedded in struct task. */
struct sleep_wait {
	struct sleep_lock *lock;
	struct task *next_spinner; /* of this kernel */
	uint64_t deadline;	   /* ns: of a spin while readers own the lock */
	bool spins, reads, granted;
	bool saw_readers; /* the deadline is set */
};

bool sleep_lock_take(struct program_task *task, struct kernel_cpu *cpu, struct sleep_lock *lock,
		     bool reads);
bool sleep_lock_release(struct program_task *task, struct kernel_cpu *cpu, struct sleep_lock *lock);
bool sleep_lock_downgrade(struct program_task *task, struct kernel_cpu *cpu,
			  struct sleep_lock *lock);
/* What is known of CPU `index` has changed for the worse: its task is off, or it is. */
void sleep_lock_cpu_off(const struct kernel *kernel, uint32_t index);
