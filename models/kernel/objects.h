/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * objects.h - what the tasks of one kernel share: spin locks, mutexes, bounded queues
 *
 * Numbered by the workload. Waiters stand in FIFOs linked through struct task. Owner: the kernel.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/kernel/spinlock.h"

/*
 * Sleeping mutex: unlock wakes the first waiter, which competes again with whoever comes. With three
 * states (free, held, held and contended, as a futex word has them), whoever takes it without having
 * waited forgets that others sleep: they are woken only after the woken one has had it.
 */
struct mutex {
	bool three_states, contended;
	struct task *owner;
	struct task_fifo waiters;
};

/* Bounded queue of items; its own short lock is part of the cost of put and get. */
struct bounded_queue {
	bool pipe; /* its wake-ups are sync */
	uint64_t items, capacity;
	struct task_fifo getters, putters;
};

struct kernel_objects {
	struct spin_lock *spin_lock;
	struct mutex *mutex;
	struct bounded_queue *queue;
	uint32_t spin_locks, mutexes, queues;
	uint64_t work, passes; /* done by OP_WORK and OP_PASS since the last reset */
	uint64_t pass_since;   /* ns: start of the pass under way; 0: it may be a part of one */
};

struct kernel_objects *kernel_objects_new(uint32_t spin_locks, uint32_t mutexes, uint32_t queues,
					  const uint64_t *queue_capacity);
void kernel_objects_free(struct kernel_objects *objects);

void fifo_push(struct task_fifo *fifo, struct task *task);
/* NULL when empty. */
struct task *fifo_pop(struct task_fifo *fifo);
void fifo_remove(struct task_fifo *fifo, struct task *task);
