/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compute.c - tasks that only compute: nothing shared, nothing to wait for
 *
 * The control: whatever a policy changes here, it changes without locks and without cross calls.
 */
#include "sim/engine/param.h"
#include "workloads/instance.h"
#include "workloads/shapes.h"
#include "workloads/workload.h"

struct compute_params {
	uint64_t tasks, chunk;
};

struct compute_task {
	struct program program;
	uint64_t chunk; /* ns */
	bool ran;	/* a chunk ended and has not been counted */
};

static void compute_next(struct program *program, struct op *op)
{
	struct compute_task *task = (struct compute_task *)program;

	if (task->ran)
		op_set(op, OP_WORK, 0, 1);
	else
		op_set(op, OP_RUN, 0, task->chunk);
	task->ran = !task->ran;
}

static struct workload *compute_create(const void *values, uint32_t vcpus, uint64_t seed,
				       uint32_t vm)
{
	const struct compute_params *params = values;
	uint32_t tasks = params->tasks ? (uint32_t)params->tasks : vcpus;
	struct workload *workload = instance_new(tasks, sizeof(struct compute_task), compute_next);

	(void)seed;
	(void)vm;
	for (uint32_t i = 0; i < tasks; i++)
		((struct compute_task *)workload->program[i])->chunk = params->chunk;
	return workload;
}

#define FIELD(field) \
	.name = #field, .type = PARAM_UINT, .offset = offsetof(struct compute_params, field)

static const struct param compute_params_table[] = {
	{ FIELD(tasks), .unit = "tasks", .fallback = "0", .max = 4096,
	  .meaning = "tasks; 0: one a vCPU",
	  .source = "a CPU-bound control fills every vCPU once" },
	{ FIELD(chunk), .unit = "ns", .fallback = "100000", .min = 1000, .max = 1000000000,
	  .low = 10000, .high = 1000000, .meaning = "user CPU work that makes one unit",
	  .source = "data/realkvm program ctl: 100 us" },
	{ .name = NULL },
};

const struct workload_shape shape_compute = {
	.name = "compute",
	.summary = "tasks that compute and share nothing",
	.source = "data/realkvm program ctl; workloads.md 3 note 6 (blackscholes, swaptions)",
	.params = compute_params_table,
	.params_size = sizeof(struct compute_params),
	.work_unit = "chunk",
	.create = compute_create,
};
