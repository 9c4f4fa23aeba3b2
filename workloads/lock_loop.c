/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lock_loop.c - every task takes one kernel spin lock, holds it, and thinks
 *
 * The programs lockA and lockB of data/realkvm. Those guests run at CPL 0, hence kernel work.
 */
#include "sim/engine/param.h"
#include "sim/engine/random.h"
#include "workloads/instance.h"
#include "workloads/shapes.h"
#include "workloads/workload.h"

struct lock_loop_params {
	uint64_t tasks, hold, think;
};

enum lock_loop_step { STEP_LOCK, STEP_HOLD, STEP_UNLOCK, STEP_WORK, STEP_THINK };

struct lock_loop_task {
	struct program program;
	uint64_t hold, think; /* ns, means */
	struct random random;
	enum lock_loop_step step;
};

static uint64_t draw(struct lock_loop_task *task, uint64_t mean)
{
	return random_between(&task->random, mean / 2, mean / 2 + mean);
}

static void lock_loop_next(struct program *program, struct op *op)
{
	struct lock_loop_task *task = (struct lock_loop_task *)program;

	switch (task->step) {
	case STEP_LOCK:
		op_set(op, OP_LOCK, 0, 0);
		task->step = STEP_HOLD;
		break;
	case STEP_HOLD:
		op_set(op, OP_KERNEL, 0, draw(task, task->hold));
		task->step = STEP_UNLOCK;
		break;
	case STEP_UNLOCK:
		op_set(op, OP_UNLOCK, 0, 0);
		task->step = STEP_WORK;
		break;
	case STEP_WORK:
		op_set(op, OP_WORK, 0, 1);
		task->step = task->think ? STEP_THINK : STEP_LOCK;
		break;
	case STEP_THINK:
		op_set(op, OP_KERNEL, 0, draw(task, task->think));
		task->step = STEP_LOCK;
		break;
	}
}

static struct workload *lock_loop_create(const void *values, uint32_t vcpus, uint64_t seed,
					 uint32_t vm)
{
	const struct lock_loop_params *params = values;
	uint32_t tasks = params->tasks ? (uint32_t)params->tasks : vcpus;
	struct workload *workload =
		instance_new(tasks, sizeof(struct lock_loop_task), lock_loop_next);

	for (uint32_t i = 0; i < tasks; i++) {
		struct lock_loop_task *task = (struct lock_loop_task *)workload->program[i];

		task->hold = params->hold;
		task->think = params->think;
		random_init(&task->random, seed, "workload.lock_loop", instance_stream(vm, i),
			    "times");
	}
	workload->spin_locks = 1;
	return workload;
}

#define FIELD(field) \
	.name = #field, .type = PARAM_UINT, .offset = offsetof(struct lock_loop_params, field)

static const struct param lock_loop_params_table[] = {
	{ FIELD(tasks), .unit = "tasks", .fallback = "0", .max = 4096,
	  .meaning = "tasks; 0: one a vCPU", .source = "data/realkvm: one program a vCPU" },
	{ FIELD(hold), .unit = "ns", .fallback = "10000", .min = 100, .max = 1000000000,
	  .low = 1000, .high = 50000,
	  .meaning = "mean time under the lock; uniform in [1/2, 3/2] of it",
	  .source = "data/realkvm program lockA: 5 to 15 us" },
	{ FIELD(think), .unit = "ns", .fallback = "50000", .min = 0, .max = 1000000000, .low = 5000,
	  .high = 500000, .meaning = "mean time between two holds; uniform in [1/2, 3/2] of it",
	  .source = "data/realkvm program lockA: 25 to 75 us" },
	{ .name = NULL },
};

const struct workload_shape shape_lock_loop = {
	.name = "lock_loop",
	.summary = "every task takes one kernel spin lock, holds it, thinks",
	.source = "data/realkvm programs lockA, lockB",
	.params = lock_loop_params_table,
	.params_size = sizeof(struct lock_loop_params),
	.work_unit = "acquisition",
	.create = lock_loop_create,
};
