/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * random_program.h - a shape whose tasks carry out random, valid scripts over the whole op set
 *
 * Spin locks and mutexes are taken in the order of their numbers, one inside another at most. No
 * task sleeps under a spin lock. The later half of the spin locks is taken with interrupts off. A task that gets from queue i puts into queues above i only, so
 * nobody waits in a circle. All puts and gets of a queue have its own size, so that one item more
 * or less lets one waiter go on. A mutex of the kernel is taken before a rwsem, and neither inside
 * anything else. Task i spawns and joins task tasks - 1 - i, if that is a child. Tasks may wait for ever at a futex, a barrier or a condition.
 */
#pragma once

#include <stdint.h>

struct program;
struct workload_shape;

struct random_program_params {
	uint64_t tasks, spin_locks, mutexes, queues;
	uint64_t kernel_mutexes, rwsems, futexes, barriers; /* at most 8 of the first two each */
	uint64_t rcu_objects, marks;
	uint64_t children; /* of the tasks; the last ones; at most half of them */
	uint64_t longest;  /* ns: of a run op */
	uint64_t mortal;   /* of a thousand tasks so many end some day */
	uint64_t quantum;  /* ns: all times are multiples of it */
};

/* What the script of one task has asked for in ops that have ended. */
struct random_program_tally {
	uint64_t user, kernel; /* ns of OP_RUN and of OP_KERNEL */
	uint64_t owing;	       /* ops that add mutex costs to a later segment */
	uint64_t begun, ended; /* latencies */
	uint64_t called;       /* callbacks, which add their costs, too; of ops that have begun */
};

struct random_program_tally random_program_tally(const struct program *program);

/* A bit for each that the task has taken and not begun to leave. */
struct random_program_held {
	uint8_t kernel_mutexes, read, written;
};

struct random_program_held random_program_held(const struct program *program);

extern const struct workload_shape shape_random_program;
