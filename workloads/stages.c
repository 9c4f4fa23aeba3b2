/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stages.c - a pipeline of thread pools with bounded queues: pbzip2, ferret, vips
 *
 *     source(1) -> pool(n) -> ... -> pool(n) -> sink(1)        each arrow a queue
 *     pool(n) -> ... -> sink(1)                                `from_pool`: items are taken by number
 *     pool(n) -> main(1)                                       `tick`: told of each item, beside that
 *
 * What a thread spends on an item is drawn by the thread, so the ops of each are the same in every
 * run, whoever gets which item. The latency of an item is from the begin of its first stage to the end of
 * its last: of the i-th that begins to the i-th that ends. The sink counts: after the last item of a pass it lets the next one
 * begin. Left out: the order of the output, starting and ending threads.
 */
#include <glib.h>

#include "sim/engine/param.h"
#include "workloads/burst_params.h"
#include "workloads/instance.h"
#include "workloads/shapes.h"
#include "workloads/workload.h"

#define PPM UINT64_C(1000000)
#define STAGES_MOST 6
#define TAKE_MUTEX 0 /* the mutex under which items are taken */
#define ITEM 0	     /* the mark */
#define TICKETS 0    /* queue 0: items of this pass that nobody has taken, or the go-ahead */

struct stages_params {
	uint64_t items, work_cpu, stages, threads, from_pool, queue, take_hold, tick;
	uint64_t share[STAGES_MOST];
	struct burst_params burst;
};

struct stages {
	struct stages_params params;
	struct burst_profile burst;
	uint32_t threads;
	uint64_t cost[STAGES_MOST + 1]; /* ns an item; the last of them: of the main thread */
};

enum stages_step {
	STEP_BEGIN,
	STEP_MARK,
	STEP_TAKE_LOCK,
	STEP_TAKE_HOLD,
	STEP_TAKE_UNLOCK,
	STEP_COST,
	STEP_BURN,
	STEP_END,
	STEP_WORK,
	STEP_TICK,
	STEP_PASS,
	STEP_TICKETS,
};

struct stages_task {
	struct program program;
	const struct stages *stages;
	struct burst burst;
	struct random random;
	uint32_t stage;	  /* the main thread's is behind the last */
	uint64_t left;	  /* source, sink: items of the pass */
	uint64_t tickets; /* sink: still to be handed out */
	enum stages_step step;
};

static bool is_first(const struct stages_task *task)
{
	return task->stage == 0;
}

static bool is_last(const struct stages_task *task)
{
	return task->stage + 1 == task->stages->params.stages;
}

static bool is_main(const struct stages_task *task)
{
	return task->stage == task->stages->params.stages;
}

/* Taking an item: from the queue before the stage, from the pass's tickets, or from nowhere. */
static bool begin(struct stages_task *task, struct op *op)
{
	const struct stages_params *params = &task->stages->params;

	task->step = is_first(task) ? STEP_MARK : STEP_COST;
	if (is_first(task) && !params->from_pool) {
		if (task->left--)
			return false;
		task->left = params->items - 1;
	}
	op_set(op, OP_GET, task->stage, 1);
	return true;
}

static bool end(struct stages_task *task, struct op *op)
{
	task->step = STEP_BEGIN;
	if (is_main(task))
		return false;
	if (!is_last(task)) {
		op_set(op, OP_PUT, task->stage + 1, 1);
		if (is_first(task) && task->stages->params.from_pool && task->stages->params.tick)
			task->step = STEP_TICK;
		return true;
	}
	op_set(op, OP_MARK_END, ITEM, 0);
	task->step = STEP_WORK;
	return true;
}

/* A put wakes one sleeper, so the tickets of a pool come in as many puts as it has threads. */
static bool hand_tickets(struct stages_task *task, struct op *op)
{
	const struct stages *stages = task->stages;
	uint64_t part = (stages->params.items + stages->threads - 1) / stages->threads;

	if (!stages->params.from_pool)
		task->tickets = part = 1;
	part = MIN(part, task->tickets);
	task->tickets -= part;
	if (!task->tickets)
		task->step = STEP_BEGIN;
	op_set(op, OP_PUT, TICKETS, part);
	return true;
}

/* One step; true if it made an op. */
static bool step_next(struct stages_task *task, struct op *op)
{
	const struct stages *stages = task->stages;
	uint64_t mean;

	switch (task->step) {
	case STEP_BEGIN:
		return begin(task, op);
	case STEP_MARK:
		op_set(op, OP_MARK_BEGIN, ITEM, 0);
		task->step = stages->params.from_pool && stages->params.take_hold ? STEP_TAKE_LOCK
										  : STEP_COST;
		return true;
	case STEP_TAKE_LOCK:
		op_set(op, OP_MUTEX_LOCK, TAKE_MUTEX, 0);
		break;
	case STEP_TAKE_HOLD:
		mean = stages->params.take_hold;
		op_set(op, OP_RUN, 0, random_between(&task->random, mean / 2, mean / 2 + mean));
		burst_take_user(&task->burst, op->amount);
		break;
	case STEP_TAKE_UNLOCK:
		op_set(op, OP_MUTEX_UNLOCK, TAKE_MUTEX, 0);
		break;
	case STEP_COST:
		mean = stages->cost[task->stage];
		burst_add(&task->burst, random_between(&task->random, mean / 2, mean / 2 + mean));
		task->step = STEP_BURN;
		return false;
	case STEP_BURN:
		if (burst_next(&task->burst, op))
			return true;
		task->step = STEP_END;
		return false;
	case STEP_END:
		return end(task, op);
	case STEP_WORK:
		op_set(op, OP_WORK, 0, 1);
		task->step = --task->left ? STEP_BEGIN : STEP_PASS;
		return true;
	case STEP_TICK:
		op_set(op, OP_PUT, (uint32_t)stages->params.stages, 1);
		task->step = STEP_BEGIN;
		return true;
	case STEP_PASS:
		op_set(op, OP_PASS, 0, 1);
		task->left = task->tickets = stages->params.items;
		break;
	case STEP_TICKETS:
		return hand_tickets(task, op);
	}
	task->step++;
	return true;
}

static void stages_next(struct program *program, struct op *op)
{
	while (!step_next((struct stages_task *)program, op))
		;
}

static struct stages *stages_new(const struct stages_params *params, uint32_t vcpus)
{
	struct stages *stages = g_new0(struct stages, 1);
	uint64_t last = params->stages - 1, rest = PPM;
	uint64_t work = params->work_cpu - MIN(params->work_cpu, params->tick * params->items);

	stages->params = *params;
	stages->threads = params->threads ? (uint32_t)params->threads : vcpus;
	burst_profile_from(&stages->burst, &params->burst);
	for (uint64_t i = 0; i <= last; i++) {
		uint64_t share = i < last ? MIN(params->share[i], rest) : rest;
		uint64_t ns = work / PPM * share / params->items;

		stages->cost[i] = MAX(ns, 2);
		rest -= share;
	}
	stages->cost[params->stages] = MAX(params->tick, 2);
	return stages;
}

static uint32_t stage_of(const struct stages *stages, uint32_t task)
{
	uint32_t source = stages->params.from_pool ? 0 : 1;
	uint32_t last = (uint32_t)stages->params.stages - 1;

	if (task < source)
		return 0;
	return MIN(last, source + (task - source) / stages->threads);
}

static void task_init(struct stages_task *task, const struct stages *stages, uint64_t first,
		      uint64_t seed, uint64_t stream)
{
	task->stages = stages;
	burst_init(&task->burst, &stages->burst, seed, "workload.stages", stream);
	random_init(&task->random, seed, "workload.stages", stream, "items");
	task->left = first;
	if (is_last(task) && stages->params.from_pool) {
		task->tickets = first;
		task->step = STEP_TICKETS;
	}
}

static struct workload *stages_create(const void *values, uint32_t vcpus, uint64_t seed,
				      uint32_t vm)
{
	const struct stages_params *params = values;
	struct stages *stages = stages_new(params, vcpus);
	uint32_t pools = (uint32_t)params->stages - (params->from_pool ? 1 : 2);
	uint32_t told = params->from_pool && params->tick ? 1 : 0;
	uint32_t tasks = pools * stages->threads + (params->from_pool ? 1 : 2) + told;
	struct workload *workload = instance_new(tasks, sizeof(struct stages_task), stages_next);
	struct random random;

	/* VMs loop passes out of step: the first one is a part of one */
	random_init(&random, seed, "workload.stages", instance_stream(vm, 0), "phase");
	uint64_t first = 1 + random_below(&random, params->items);

	for (uint32_t i = 0; i < tasks; i++) {
		struct stages_task *task = (struct stages_task *)workload->program[i];

		task->stage = i < tasks - told ? stage_of(stages, i) : (uint32_t)params->stages;
		task_init(task, stages, first, seed, instance_stream(vm, i));
	}
	workload->spin_locks = (uint32_t)params->burst.spin_locks;
	workload->rwsems = BURST_RWSEMS;
	workload->mutexes = workload->marks = 1;
	workload->queues = (uint32_t)params->stages + told;
	workload->queue_capacity = g_new(uint64_t, workload->queues);
	for (uint32_t i = 0; i < workload->queues; i++)
		workload->queue_capacity[i] = params->queue ? params->queue : stages->threads;
	workload->queue_capacity[TICKETS] = params->items;
	if (told)
		workload->queue_capacity[params->stages] = params->items; /* a semaphore */
	workload->work_per_pass = params->items;
	workload->shared = stages;
	return workload;
}

#define FIELD(field) \
	.name = #field, .type = PARAM_UINT, .offset = offsetof(struct stages_params, field)
#define SHARE(number, part)                                                                        \
	{                                                                                          \
		.name = "share_" #number, .type = PARAM_UINT, .unit = "ppm", .fallback = part,     \
		.offset = offsetof(struct stages_params, share) + ((number)-1) * sizeof(uint64_t), \
		.max = 1000000, .meaning = "part of work_cpu in stage " #number,                   \
		.source = "estimated; the last stage has what the others leave"                    \
	}

/* clang-format off */
static const struct param stages_params_table[] = {
	{ FIELD(items), .unit = "items", .fallback = "205", .min = 1, .max = 10000000,
	  .meaning = "items of a pass, the unit of work",
	  .source = "derived: 184 MB in blocks of 900 KB (pbzip2)" },
	{ FIELD(work_cpu), .unit = "ns", .fallback = "19000000000", .min = 1000000,
	  .max = 1000000000000, .low = 17000000000, .high = 21000000000,
	  .meaning = "CPU time of a pass, user and kernel, without waits",
	  .source = "workloads.json pbzip2 work_cpu_s [m]" },
	{ FIELD(stages), .unit = "stages", .fallback = "3", .min = 2, .max = STAGES_MOST,
	  .meaning = "stages, the last of one thread, the first also unless from_pool",
	  .source = "workloads.md 3 pbzip2: reader, compressors, writer" },
	{ FIELD(threads), .unit = "threads", .fallback = "0", .max = 256,
	  .meaning = "threads of each pool; 0: one a vCPU", .source = "-p is the number of CPUs" },
	{ .name = "from_pool", .type = PARAM_BOOL, .unit = "bool", .fallback = "false",
	  .offset = offsetof(struct stages_params, from_pool),
	  .meaning = "no source thread: those of the first stage, a pool, take items themselves",
	  .source = "workloads.md 3: vips does, pbzip2 and ferret do not" },
	{ FIELD(queue), .unit = "items", .fallback = "0", .max = 1000000,
	  .meaning = "items that the queue before a stage holds; 0: one a thread of a pool",
	  .source = "pbzip2 makes its queue as long as it has threads [r]" },
	{ FIELD(take_hold), .unit = "ns", .fallback = "0", .max = 1000000,
	  .meaning = "from_pool: mean hold of the mutex under which an item is taken; 0: none",
	  .source = "none, unless the profile says so" },
	{ FIELD(tick), .unit = "ns", .fallback = "0", .max = 1000000,
	  .meaning = "from_pool: mean CPU time of a main thread that sleeps until it is told of an item; 0: none",
	  .source = "none, unless the profile says so" },
	SHARE(1, "10000"), SHARE(2, "970000"), SHARE(3, "0"), SHARE(4, "0"), SHARE(5, "0"),
	BURST_ROWS(struct stages_params),
	{ .name = NULL },
};
/* clang-format on */

const struct workload_shape shape_stages = {
	.name = "stages",
	.summary = "a pipeline of thread pools with bounded queues",
	.source = "workloads.md 3: pbzip2, ferret, vips",
	.params = stages_params_table,
	.params_size = sizeof(struct stages_params),
	.terminating = true,
	.work_unit = "item",
	.latency = "item",
	.create = stages_create,
};
