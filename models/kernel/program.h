/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * program.h - a task that carries out the ops of a workload program
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/kernel/task.h"
#include "workloads/op.h"

struct program_task {
	struct task task; /* first */
	struct program *program;
	struct op op;	/* under way */
	uint32_t stage; /* of that op; 0: not begun */
	bool op_under_way;
	uint64_t owed;	 /* ns of kernel work too short for a segment of its own; done with the next
			   one */
	bool half_done;	 /* the shootdown under way interrupted somebody; the items of a put or get
			   have moved; the mutex was held by another; the
			   barrier is open */
	uint32_t part;	 /* of an op that is made of others */
	uint64_t due;	 /* ns: when its last sleep was to end; 0: none yet */
	uint64_t ticket; /* the barrier's number of times when it arrived */
	bool ended;	 /* and nobody has joined it */
	struct task_fifo joiners;
	bool signalled; /* the condition that it waits for */
};

/* The program is borrowed; it starts with task_start(). */
void program_task_init(struct program_task *task, struct kernel *kernel, struct program *program,
		       uint32_t only_cpu, const void *mm, uint16_t owner);
