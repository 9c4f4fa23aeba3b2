/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wavefront.c - frames encoded side by side, each a few rows behind the one that it refers to
 *
 * x264 with frame threads: thread i has the frames i, i + n, i + 2 n ...; before a row it waits until
 * the frame before has done the rows that may be referred to. The frame that begins a pass waits for
 * all of the last one. The latency of a frame is from when its thread takes it, waits included. Row progress is a queue of tokens between neighbours; the program has a mutex
 * and a condition variable, with the same waits.
 */
#include <glib.h>

#include "sim/engine/param.h"
#include "workloads/burst_params.h"
#include "workloads/instance.h"
#include "workloads/shapes.h"
#include "workloads/workload.h"

struct wavefront_params {
	uint64_t threads, frames, rows, lag, work_cpu;
	struct burst_params burst;
};

struct wavefront {
	struct wavefront_params params;
	struct burst_profile burst;
	uint32_t threads;
	uint64_t row; /* ns */
};

enum wavefront_step {
	STEP_BEGIN,
	STEP_ROW,
	STEP_WAIT,
	STEP_COST,
	STEP_BURN,
	STEP_TELL,
	STEP_END,
	STEP_WORK,
	STEP_PASS
};

struct wavefront_task {
	struct program program;
	const struct wavefront *shape;
	struct burst burst;
	struct random random;
	uint32_t index;
	uint64_t frame;	    /* of the pass */
	uint64_t row, seen; /* rows done, and known to be done in the frame before */
	enum wavefront_step step;
};

/* Rows of the frame before that the next row needs. */
static uint64_t needed(const struct wavefront_task *task)
{
	const struct wavefront_params *params = &task->shape->params;

	if (task->frame == 0)
		return params->rows;
	return MIN(task->row + params->lag + 1, params->rows);
}

static void frame_begin(struct wavefront_task *task)
{
	const struct wavefront *shape = task->shape;

	task->frame = (task->frame + shape->threads) % shape->params.frames;
	task->row = task->seen = 0;
	task->step = STEP_BEGIN;
}

/* One step; true if it made an op. */
static bool step_next(struct wavefront_task *task, struct op *op)
{
	const struct wavefront *shape = task->shape;
	uint32_t before = (task->index + shape->threads - 1) % shape->threads;

	switch (task->step) {
	case STEP_BEGIN:
		op_set(op, OP_MARK_BEGIN, task->index, 0);
		task->step = STEP_ROW;
		return true;
	case STEP_ROW:
		task->step = task->seen < needed(task) ? STEP_WAIT : STEP_COST;
		return false;
	case STEP_WAIT:
		op_set(op, OP_GET, before, 1);
		task->seen++;
		task->step = STEP_ROW;
		return true;
	case STEP_COST:
		burst_add(&task->burst, random_between(&task->random, shape->row / 2,
						       shape->row / 2 + shape->row));
		break;
	case STEP_BURN:
		if (burst_next(&task->burst, op))
			return true;
		break;
	case STEP_TELL:
		op_set(op, OP_PUT, task->index, 1);
		task->step = ++task->row < shape->params.rows ? STEP_ROW : STEP_END;
		return true;
	case STEP_END:
		op_set(op, OP_MARK_END, task->index, 0);
		task->step = STEP_WORK;
		return true;
	case STEP_WORK:
		op_set(op, OP_WORK, 0, 1);
		if (task->frame + 1 == shape->params.frames)
			task->step = STEP_PASS;
		else
			frame_begin(task);
		return true;
	case STEP_PASS:
		op_set(op, OP_PASS, 0, 1);
		frame_begin(task);
		return true;
	}
	task->step++;
	return false;
}

static void wavefront_next(struct program *program, struct op *op)
{
	while (!step_next((struct wavefront_task *)program, op))
		;
}

static struct workload *wavefront_create(const void *values, uint32_t vcpus, uint64_t seed,
					 uint32_t vm)
{
	const struct wavefront_params *params = values;
	uint32_t threads = params->threads ? (uint32_t)params->threads : vcpus;
	struct wavefront *shape = g_new0(struct wavefront, 1);
	struct workload *workload;
	struct random random;

	shape->threads = threads = MAX(threads, 2);
	workload = instance_new(threads, sizeof(struct wavefront_task), wavefront_next);
	shape->params = *params;
	burst_profile_from(&shape->burst, &params->burst);
	shape->row = MAX(params->work_cpu / params->frames / params->rows, 2);
	/* VMs loop passes out of step: the first one is a part of one */
	random_init(&random, seed, "workload.wavefront", instance_stream(vm, 0), "phase");
	uint64_t first = random_below(&random, params->frames);

	for (uint32_t i = 0; i < threads; i++) {
		struct wavefront_task *task = (struct wavefront_task *)workload->program[i];
		uint64_t stream = instance_stream(vm, i);

		task->shape = shape;
		task->index = i;
		task->frame = (first + i) % params->frames;
		burst_init(&task->burst, &shape->burst, seed, "workload.wavefront", stream);
		random_init(&task->random, seed, "workload.wavefront", stream, "rows");
	}
	/* the very first frame has none before it */
	((struct wavefront_task *)workload->program[0])->seen = params->rows;
	workload->spin_locks = (uint32_t)params->burst.spin_locks;
	workload->rwsems = BURST_RWSEMS;
	workload->queues = workload->marks = threads;
	workload->queue_capacity = g_new(uint64_t, threads);
	for (uint32_t i = 0; i < threads; i++)
		workload->queue_capacity[i] = 2 * params->rows;
	workload->work_per_pass = params->frames;
	workload->shared = shape;
	return workload;
}

#define FIELD(field) \
	.name = #field, .type = PARAM_UINT, .offset = offsetof(struct wavefront_params, field)

/* clang-format off */
static const struct param wavefront_params_table[] = {
	{ FIELD(threads), .unit = "threads", .fallback = "0", .max = 256,
	  .meaning = "threads, that is frames under way, at least 2; 0: one a vCPU",
	  .source = "x264 --threads is chosen as the number of CPUs" },
	{ FIELD(frames), .unit = "frames", .fallback = "128", .min = 1, .max = 1000000,
	  .meaning = "frames of a pass, the unit of work",
	  .source = "workloads.md 1: eledream 640x360, 128 frames (simlarge)" },
	{ FIELD(rows), .unit = "rows", .fallback = "23", .min = 1, .max = 10000,
	  .meaning = "rows of a frame", .source = "derived: 360 lines in macroblocks of 16" },
	{ FIELD(lag), .unit = "rows", .fallback = "1", .max = 10000, .low = 0, .high = 2,
	  .meaning = "rows below its own that a row may refer to in the frame before",
	  .source = "calibrated: workloads.json parsec.x264 runtime_16vcpu_s 0.6 [e]" },
	{ FIELD(work_cpu), .unit = "ns", .fallback = "5770000000", .min = 1000000,
	  .max = 1000000000000, .low = 4900000000, .high = 6920000000,
	  .meaning = "CPU time of a pass, user and kernel, without waits",
	  .source = "workloads.json parsec.x264 work_cpu_s [m]" },
	BURST_ROWS(struct wavefront_params),
	{ .name = NULL },
};
/* clang-format on */

const struct workload_shape shape_wavefront = {
	.name = "wavefront",
	.summary = "frames side by side, each some rows behind the one before",
	.source = "workloads.md 3: x264",
	.params = wavefront_params_table,
	.params_size = sizeof(struct wavefront_params),
	.terminating = true,
	.work_unit = "frame",
	.latency = "frame",
	.create = wavefront_create,
};
