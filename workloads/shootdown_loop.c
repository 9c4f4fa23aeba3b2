/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shootdown_loop.c - every task burns CPU, in kernel mode unless asked, then flushes the TLBs of all others
 *
 * The programs shoot and shoot1 of data/realkvm: in shoot1 only the first task starts shootdowns,
 * the others burn and count nothing.
 */
#include "sim/engine/param.h"
#include "workloads/instance.h"
#include "workloads/shapes.h"
#include "workloads/workload.h"

struct shootdown_loop_params {
	uint64_t tasks, burn, starters, pages, user;
};

enum shootdown_loop_step { STEP_BURN, STEP_SHOOTDOWN, STEP_WORK };

struct shootdown_loop_task {
	struct program program;
	uint64_t burn; /* ns */
	uint64_t pages;
	bool starter, user;
	enum shootdown_loop_step step;
};

static void shootdown_loop_next(struct program *program, struct op *op)
{
	struct shootdown_loop_task *task = (struct shootdown_loop_task *)program;

	switch (task->step) {
	case STEP_BURN:
		op_set(op, task->user ? OP_RUN : OP_KERNEL, 0, task->burn);
		if (task->starter)
			task->step = STEP_SHOOTDOWN;
		break;
	case STEP_SHOOTDOWN:
		op_set(op, OP_SHOOTDOWN, 0, task->pages);
		task->step = STEP_WORK;
		break;
	case STEP_WORK:
		op_set(op, OP_WORK, 0, 1);
		task->step = STEP_BURN;
		break;
	}
}

static struct workload *shootdown_loop_create(const void *values, uint32_t vcpus, uint64_t seed,
					      uint32_t vm)
{
	const struct shootdown_loop_params *params = values;
	uint32_t tasks = params->tasks ? (uint32_t)params->tasks : vcpus;
	struct workload *workload =
		instance_new(tasks, sizeof(struct shootdown_loop_task), shootdown_loop_next);

	(void)seed;
	(void)vm;
	for (uint32_t i = 0; i < tasks; i++) {
		struct shootdown_loop_task *task =
			(struct shootdown_loop_task *)workload->program[i];

		task->burn = params->burn;
		task->pages = params->pages;
		task->user = params->user;
		task->starter = !params->starters || i < params->starters;
	}
	return workload;
}

#define FIELD(field) \
	.name = #field, .type = PARAM_UINT, .offset = offsetof(struct shootdown_loop_params, field)

static const struct param shootdown_loop_params_table[] = {
	{ FIELD(tasks), .unit = "tasks", .fallback = "0", .max = 4096,
	  .meaning = "tasks; 0: one a vCPU", .source = "data/realkvm: one program a vCPU" },
	{ FIELD(burn), .unit = "ns", .fallback = "200000", .min = 1000, .max = 1000000000,
	  .low = 50000, .high = 1000000,
	  .meaning = "CPU work between two shootdowns, the same for all tasks",
	  .source = "data/realkvm program shoot: 200 us" },
	{ FIELD(starters), .unit = "tasks", .fallback = "0", .max = 4096,
	  .meaning = "tasks that start shootdowns, the first ones; 0: all",
	  .source = "data/realkvm: all in shoot, one in shoot1" },
	{ FIELD(pages), .unit = "pages", .fallback = "1", .max = 512,
	  .meaning = "pages a shootdown flushes; 0: everything",
	  .source = "data/realkvm: its handler only acknowledges; one page costs least" },
	{ FIELD(user), .unit = "0 or 1", .fallback = "0", .max = 1,
	  .meaning = "1: the burning is in user mode", .source = "data/realkvm: kernel mode" },
	{ .name = NULL },
};

const struct workload_shape shape_shootdown_loop = {
	.name = "shootdown_loop",
	.summary = "every task burns, then flushes all TLBs and waits",
	.source = "data/realkvm programs shoot, shoot1",
	.params = shootdown_loop_params_table,
	.params_size = sizeof(struct shootdown_loop_params),
	.work_unit = "shootdown",
	.create = shootdown_loop_create,
};
