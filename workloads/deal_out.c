/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * deal_out.c - one task deals items to the others in turn, which sleep between two of them
 *
 * The program halt of data/realkvm: with one task a vCPU, a consumer that sleeps halts its vCPU.
 */
#include <glib.h>

#include "sim/engine/param.h"
#include "workloads/instance.h"
#include "workloads/shapes.h"
#include "workloads/workload.h"

/* Items that may wait for one consumer: never reached unless it does not run at all. */
#define QUEUE_CAPACITY 1000000

struct deal_out_params {
	uint64_t tasks, produce, consume;
};

enum deal_out_step { STEP_BEGIN, STEP_RUN, STEP_END };

struct deal_out_task {
	struct program program;
	uint64_t produce, consume; /* ns an item */
	uint32_t index, tasks;	   /* 0 is the dealer */
	uint32_t next;		   /* whose turn it is, 1 .. tasks - 1 */
	enum deal_out_step step;
};

static void deal_out_deal(struct deal_out_task *task, struct op *op)
{
	if (task->step != STEP_RUN) {
		op_set(op, OP_KERNEL, 0, task->produce);
		task->step = STEP_RUN;
		return;
	}
	op_set(op, OP_PUT, task->next - 1, 1);
	task->next = task->next + 1 < task->tasks ? task->next + 1 : 1;
	task->step = STEP_BEGIN;
}

static void deal_out_next(struct program *program, struct op *op)
{
	struct deal_out_task *task = (struct deal_out_task *)program;

	if (task->index == 0) {
		deal_out_deal(task, op);
		return;
	}
	switch (task->step) {
	case STEP_BEGIN:
		op_set(op, OP_GET, task->index - 1, 1);
		task->step = STEP_RUN;
		break;
	case STEP_RUN:
		op_set(op, OP_KERNEL, 0, task->consume);
		task->step = STEP_END;
		break;
	case STEP_END:
		op_set(op, OP_WORK, 0, 1);
		task->step = STEP_BEGIN;
		break;
	}
}

static struct workload *deal_out_create(const void *values, uint32_t vcpus, uint64_t seed,
					uint32_t vm)
{
	const struct deal_out_params *params = values;
	uint32_t wanted = params->tasks ? (uint32_t)params->tasks : vcpus;
	uint32_t tasks = wanted > 1 ? wanted : 2;
	struct workload *workload =
		instance_new(tasks, sizeof(struct deal_out_task), deal_out_next);

	(void)seed;
	(void)vm;
	for (uint32_t i = 0; i < tasks; i++) {
		struct deal_out_task *task = (struct deal_out_task *)workload->program[i];

		task->produce = params->produce;
		task->consume = params->consume;
		task->index = i;
		task->tasks = tasks;
		task->next = 1;
	}
	workload->queues = tasks - 1;
	workload->queue_capacity = g_new(uint64_t, workload->queues);
	for (uint32_t i = 0; i < workload->queues; i++)
		workload->queue_capacity[i] = QUEUE_CAPACITY;
	return workload;
}

#define FIELD(field) \
	.name = #field, .type = PARAM_UINT, .offset = offsetof(struct deal_out_params, field)

static const struct param deal_out_params_table[] = {
	{ FIELD(tasks), .unit = "tasks", .fallback = "0", .max = 4096,
	  .meaning = "the dealer and its consumers, at least 2; 0: one a vCPU",
	  .source = "data/realkvm: one program a vCPU" },
	{ FIELD(produce), .unit = "ns", .fallback = "100000", .min = 100, .max = 1000000000,
	  .low = 10000, .high = 1000000, .meaning = "the dealer's work before each item",
	  .source = "data/realkvm program halt: 100 us" },
	{ FIELD(consume), .unit = "ns", .fallback = "20000", .min = 100, .max = 1000000000,
	  .low = 1000, .high = 1000000, .meaning = "a consumer's work for each item",
	  .source = "data/realkvm program halt: 20 us" },
	{ .name = NULL },
};

const struct workload_shape shape_deal_out = {
	.name = "deal_out",
	.summary = "one task deals items to the others in turn, which sleep between two of them",
	.source = "data/realkvm program halt",
	.params = deal_out_params_table,
	.params_size = sizeof(struct deal_out_params),
	.work_unit = "item",
	.create = deal_out_create,
};
