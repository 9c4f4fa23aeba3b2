/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * periodic.c - tasks that a timer wakes, that run for a moment and sleep again
 *
 * cyclictest, and with rare wake-ups the pure sleeper. They sleep until an absolute time, so lateness
 * does not add up; the latency of a wake-up is from that time until the task runs.
 */
#include <glib.h>

#include "sim/engine/param.h"
#include "sim/engine/random.h"
#include "workloads/instance.h"
#include "workloads/shapes.h"
#include "workloads/workload.h"

struct periodic_params {
	uint64_t tasks, period, distance, run, kernel_share;
};

enum periodic_step { STEP_SLEEP, STEP_WOKEN, STEP_RUNS, STEP_KERNEL, STEP_USER, STEP_WORK };

struct periodic_task {
	struct program program;
	uint64_t period, kernel, user; /* ns */
	uint64_t first;		       /* ns of the first sleep; 0: it is over */
	uint32_t mark;
	enum periodic_step step;
};

static void periodic_next(struct program *program, struct op *op)
{
	struct periodic_task *task = (struct periodic_task *)program;

	switch (task->step) {
	case STEP_SLEEP:
		op_set(op, task->first ? OP_SLEEP : OP_TIMER, 0,
		       task->first ? task->first : task->period);
		task->first = 0;
		task->step = STEP_WOKEN;
		break;
	case STEP_WOKEN:
		op_set(op, OP_MARK_BEGIN, task->mark, 1);
		task->step = STEP_RUNS;
		break;
	case STEP_RUNS:
		op_set(op, OP_MARK_END, task->mark, 0);
		task->step = task->kernel ? STEP_KERNEL : STEP_USER;
		break;
	case STEP_KERNEL:
		op_set(op, OP_KERNEL, 0, task->kernel);
		task->step = task->user ? STEP_USER : STEP_WORK;
		break;
	case STEP_USER:
		op_set(op, OP_RUN, 0, task->user);
		task->step = STEP_WORK;
		break;
	case STEP_WORK:
		op_set(op, OP_WORK, 0, 1);
		task->step = STEP_SLEEP;
		break;
	}
}

static struct workload *periodic_create(const void *values, uint32_t vcpus, uint64_t seed,
					uint32_t vm)
{
	const struct periodic_params *params = values;
	uint32_t tasks = params->tasks ? (uint32_t)params->tasks : vcpus;
	struct workload *workload =
		instance_new(tasks, sizeof(struct periodic_task), periodic_next);

	for (uint32_t i = 0; i < tasks; i++) {
		struct periodic_task *task = (struct periodic_task *)workload->program[i];
		struct random random;

		random_init(&random, seed, "workload.periodic", instance_stream(vm, i), "phase");
		task->mark = i;
		task->period = params->period + i * params->distance;
		task->kernel = params->run * params->kernel_share / 1000000;
		task->user = params->run - task->kernel;
		task->first = 1 + random_below(&random, task->period);
	}
	workload->marks = tasks;
	return workload;
}

#define FIELD(field) \
	.name = #field, .type = PARAM_UINT, .offset = offsetof(struct periodic_params, field)

static const struct param periodic_params_table[] = {
	{ FIELD(tasks), .unit = "tasks", .fallback = "0", .max = 4096,
	  .meaning = "tasks; 0: one a vCPU", .source = "cyclictest -t: one a CPU" },
	{ FIELD(period), .unit = "ns", .fallback = "1000000", .min = 1000, .max = 1000000000000,
	  .low = 200000, .high = 10000000, .meaning = "from wake-up to wake-up of the first task",
	  .source = "workloads.json cyclictest period_us (definition)" },
	{ FIELD(distance), .unit = "ns", .fallback = "0", .max = 1000000000,
	  .meaning = "how much longer each next task's period is",
	  .source = "cyclictest -d: 500 us by default, 0 with -S and -a [r]" },
	{ FIELD(run), .unit = "ns", .fallback = "10000", .min = 100, .max = 1000000000, .low = 3000,
	  .high = 30000, .meaning = "CPU work after a wake-up",
	  .source = "workloads.json cyclictest run_us [e]" },
	{ FIELD(kernel_share), .unit = "ppm", .fallback = "700000", .max = 1000000, .low = 500000,
	  .high = 900000, .meaning = "kernel part of it",
	  .source = "workloads.json cyclictest kernel_time_share [e]" },
	{ .name = NULL },
};

const struct workload_shape shape_periodic = {
	.name = "periodic",
	.summary = "tasks that a timer wakes, that run for a moment and sleep again",
	.source = "workloads.md 3: cyclictest",
	.params = periodic_params_table,
	.params_size = sizeof(struct periodic_params),
	.work_unit = "wake-up",
	.latency = "wake-up",
	.create = periodic_create,
};
