/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * objects.h - what the tasks of one kernel share: spin locks, mutexes, bounded queues
 *
 * Numbered by the workload. Waiters stand in FIFOs linked through struct task. Owner: the kernel.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/kernel/mark.h"
#include "models/kernel/sleep_lock.h"
#include "models/kernel/spinlock.h"

struct program_task;

/*
 * Mutex of user space, on a futex: a waiter sleeps at once; unlock wakes the first, which competes again
 * with whoever comes. With three states (free, held, held and contended, as a futex word has them), whoever takes it without having
 * waited forgets that others sleep: they are woken only after the woken one has had it.
 */
struct mutex {
	bool three_states, contended;
	struct task *owner;
	struct task_fifo waiters;
	struct task_fifo condition; /* the condition variable that goes with it */
};

/* A word in memory with a queue of sleepers. A wake changes the word; a wait sleeps only if it has not
 * changed since the task's last wait. */
struct futex {
	struct spin_lock bucket; /* the hash bucket's */
	uint64_t value;
	uint64_t *seen; /* [tasks] */
	struct task_fifo waiters;
};

struct barrier {
	uint32_t parties, arrived;
	uint64_t passed; /* how often it has opened */
	struct task_fifo spinners, sleepers;
	struct task_fifo leaving; /* sleepers that the last one to arrive is about to wake */
};

/* Bounded queue of items; its own short lock is part of the cost of put and get. */
struct bounded_queue {
	bool pipe;     /* its wake-ups are sync */
	uint64_t part; /* of a socket: putters wait until at most capacity / part items are left,
			  then all are woken; 0: one at each get */
	uint64_t items, capacity;
	struct task_fifo getters, putters;
};

struct kernel_objects {
	struct spin_lock *spin_lock;
	struct mutex *mutex;
	struct bounded_queue *queue;
	uint32_t spin_locks, mutexes, queues;
	struct sleep_lock *kernel_mutex, *rwsem;
	struct futex *futex;
	struct barrier *barrier;
	uint32_t kernel_mutexes, rwsems, futexes, barriers;
	const uint64_t *rcu_object_bytes; /* by kind; borrowed */
	uint64_t work, passes;		  /* done by OP_WORK and OP_PASS since the last reset */
	struct program_task *task; /* [of the workload]; borrowed; NULL: nobody spawns or joins */
	struct program_task *spawned_twice; /* while it ran: a mistake; NULL: none */
	struct mark *mark;
	uint32_t marks;
	struct histogram *latency; /* ns of what ended since the last reset; NULL: no marks */
	enum mark_fault mark_fault;
	uint32_t mark_blamed;
	uint64_t pass_since; /* ns: start of the pass under way; 0: it may be a part of one */
};

/* All queues are pipes, and sockets of that part. */
void kernel_objects_are_sockets(struct kernel_objects *objects, uint64_t part);
struct kernel_objects *kernel_objects_new(uint32_t spin_locks, uint32_t mutexes, uint32_t queues,
					  const uint64_t *queue_capacity);
/* Tasks are numbered below `tasks`; parties [barriers]. */
void kernel_objects_add_locks(struct kernel_objects *objects, uint32_t tasks,
			      uint32_t kernel_mutexes, uint32_t rwsems);
void kernel_objects_add_sync(struct kernel_objects *objects, uint32_t tasks, uint32_t futexes,
			     uint32_t barriers, const uint64_t *parties);
void kernel_objects_add_marks(struct kernel_objects *objects, uint32_t marks);
void kernel_objects_free(struct kernel_objects *objects);

void fifo_push(struct task_fifo *fifo, struct task *task);
/* NULL when empty. */
struct task *fifo_pop(struct task_fifo *fifo);
void fifo_remove(struct task_fifo *fifo, struct task *task);
