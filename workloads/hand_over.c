/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hand_over.c - tasks in pairs: one runs, the other spins for its turn
 *
 * The program ping of data/realkvm. A fair lock that both want at all times changes hands at each
 * release, so it is the flag that they pass to each other.
 */
#include "sim/engine/param.h"
#include "workloads/instance.h"
#include "workloads/shapes.h"
#include "workloads/workload.h"

struct hand_over_params {
	uint64_t tasks, turn;
};

enum hand_over_step { STEP_WAIT, STEP_RUN, STEP_PASS, STEP_WORK };

struct hand_over_task {
	struct program program;
	uint64_t turn; /* ns */
	uint32_t pair;
	enum hand_over_step step;
};

static void hand_over_next(struct program *program, struct op *op)
{
	struct hand_over_task *task = (struct hand_over_task *)program;

	switch (task->step) {
	case STEP_WAIT:
		op_set(op, OP_LOCK, task->pair, 0);
		task->step = STEP_RUN;
		break;
	case STEP_RUN:
		op_set(op, OP_KERNEL, 0, task->turn);
		task->step = STEP_PASS;
		break;
	case STEP_PASS:
		op_set(op, OP_UNLOCK, task->pair, 0);
		task->step = STEP_WORK;
		break;
	case STEP_WORK:
		op_set(op, OP_WORK, 0, 1);
		task->step = STEP_WAIT;
		break;
	}
}

static struct workload *hand_over_create(const void *values, uint32_t vcpus, uint64_t seed,
					 uint32_t vm)
{
	const struct hand_over_params *params = values;
	uint32_t tasks = params->tasks ? (uint32_t)params->tasks : vcpus;
	struct workload *workload =
		instance_new(tasks, sizeof(struct hand_over_task), hand_over_next);

	(void)seed;
	(void)vm;
	for (uint32_t i = 0; i < tasks; i++) {
		struct hand_over_task *task = (struct hand_over_task *)workload->program[i];

		task->turn = params->turn;
		task->pair = i / 2;
	}
	workload->spin_locks = (tasks + 1) / 2;
	return workload;
}

#define FIELD(field) \
	.name = #field, .type = PARAM_UINT, .offset = offsetof(struct hand_over_params, field)

static const struct param hand_over_params_table[] = {
	{ FIELD(tasks), .unit = "tasks", .fallback = "0", .max = 4096,
	  .meaning = "tasks; 0: one a vCPU", .source = "data/realkvm: one program a vCPU" },
	{ FIELD(turn), .unit = "ns", .fallback = "20000", .min = 100, .max = 1000000000,
	  .low = 1000, .high = 100000, .meaning = "how long each runs before it hands over",
	  .source = "data/realkvm program ping: 20 us" },
	{ .name = NULL },
};

const struct workload_shape shape_hand_over = {
	.name = "hand_over",
	.summary = "tasks in pairs: one runs, the other spins for its turn",
	.source = "data/realkvm program ping",
	.params = hand_over_params_table,
	.params_size = sizeof(struct hand_over_params),
	.work_unit = "hand-over",
	.create = hand_over_create,
};
