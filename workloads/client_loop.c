/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * client_loop.c - independent clients: each makes one request after the other
 *
 * They meet in the kernel only: in its spin locks, in mmap_lock and in TLB shootdowns, if they are
 * threads of one process, and in what makes them wait for a while, such as a flush of the disk. The
 * request in which that happens has to wait for it.
 */
#include "sim/engine/param.h"
#include "workloads/burst_params.h"
#include "workloads/instance.h"
#include "workloads/shapes.h"
#include "workloads/workload.h"

struct client_loop_params {
	uint64_t tasks, request;
	uint64_t block_every, block_median, block_p90, block_io;
	struct burst_params burst;
};

struct client_loop {
	struct client_loop_params params;
	struct burst_profile burst;
};

enum client_step { STEP_BEGIN, STEP_REQUEST, STEP_BURN, STEP_DONE, STEP_BLOCK, STEP_END };

struct client_task {
	struct program program;
	const struct client_loop *loop;
	struct burst burst;
	struct random random;
	uint64_t block_due; /* ns of CPU work until the next sleep */
	enum client_step step;
	uint32_t mark; /* its own */
};

static uint64_t draw(struct random *random, uint64_t mean)
{
	return random_between(random, mean / 2, mean / 2 + mean);
}

/* One step; true if it made an op. */
static bool step_next(struct client_task *task, struct op *op)
{
	const struct client_loop_params *params = &task->loop->params;
	uint64_t work;

	switch (task->step) {
	case STEP_BEGIN:
		op_set(op, OP_MARK_BEGIN, task->mark, 0);
		task->step = STEP_REQUEST;
		return true;
	case STEP_REQUEST:
		work = draw(&task->random, params->request);
		burst_add(&task->burst, work);
		task->block_due = work < task->block_due ? task->block_due - work : 0;
		task->step = STEP_BURN;
		return false;
	case STEP_BURN:
		if (burst_next(&task->burst, op))
			return true;
		task->step = STEP_DONE;
		return false;
	case STEP_DONE:
		op_set(op, OP_WORK, 0, 1);
		task->step = params->block_every && !task->block_due ? STEP_BLOCK : STEP_END;
		return true;
	case STEP_BLOCK:
		break;
	case STEP_END:
		op_set(op, OP_MARK_END, task->mark, 0);
		task->step = STEP_BEGIN;
		return true;
	}
	work = random_lognormal(&task->random, params->block_median, params->block_p90);
	op_set(op, params->block_io ? OP_IO : OP_SLEEP, 0, work ? work : 1);
	task->block_due = draw(&task->random, params->block_every);
	task->step = STEP_END;
	return true;
}

static void client_next(struct program *program, struct op *op)
{
	while (!step_next((struct client_task *)program, op))
		;
}

static struct workload *client_loop_create(const void *values, uint32_t vcpus, uint64_t seed,
					   uint32_t vm)
{
	const struct client_loop_params *params = values;
	uint32_t tasks = params->tasks ? (uint32_t)params->tasks : vcpus;
	struct client_loop *loop = g_new0(struct client_loop, 1);
	struct workload *workload = instance_new(tasks, sizeof(struct client_task), client_next);

	loop->params = *params;
	burst_profile_from(&loop->burst, &params->burst);
	for (uint32_t i = 0; i < tasks; i++) {
		struct client_task *task = (struct client_task *)workload->program[i];
		uint64_t stream = instance_stream(vm, i);

		task->loop = loop;
		task->mark = i;
		burst_init(&task->burst, &loop->burst, seed, "workload.client_loop", stream);
		random_init(&task->random, seed, "workload.client_loop", stream, "requests");
		if (params->block_every)
			task->block_due = random_below(&task->random, params->block_every);
	}
	workload->spin_locks = (uint32_t)params->burst.spin_locks;
	workload->rwsems = BURST_RWSEMS;
	workload->marks = tasks;
	workload->shared = loop;
	return workload;
}

#define FIELD(field) \
	.name = #field, .type = PARAM_UINT, .offset = offsetof(struct client_loop_params, field)

/* clang-format off */
static const struct param client_loop_params_table[] = {
	{ FIELD(tasks), .unit = "tasks", .fallback = "0", .max = 4096,
	  .meaning = "clients; 0: one a vCPU", .source = "a client for each CPU" },
	{ FIELD(request), .unit = "ns", .fallback = "225000", .min = 1000, .max = 1000000000,
	  .low = 220000, .high = 330000,
	  .meaning = "CPU work of a request, mean; uniform in [1/2, 3/2] of it",
	  .source = "workloads.json ebizzy -M cpu_us_per_record [m]" },
	{ FIELD(block_every), .unit = "ns", .fallback = "0", .max = 1000000000000,
	  .meaning = "mean CPU work between two sleeps, at the end of a request; 0: never sleeps",
	  .source = "none, unless the profile says so" },
	{ FIELD(block_median), .unit = "ns", .fallback = "67000", .min = 1, .max = 1000000000000,
	  .meaning = "median of a sleep; lognormal",
	  .source = "workloads.json dbench sleep_us, ext4 [m]" },
	{ FIELD(block_p90), .unit = "ns", .fallback = "202000", .min = 1, .max = 1000000000000,
	  .meaning = "90th percentile of a sleep, not below the median",
	  .source = "workloads.json dbench sleep_us, ext4 [m]" },
	{ .name = "block_io", .type = PARAM_BOOL, .unit = "bool", .fallback = "false",
	  .offset = offsetof(struct client_loop_params, block_io),
	  .meaning = "a sleep is a wait for a device, which ends by its interrupt",
	  .source = "none, unless the profile says so" },
	BURST_ROWS(struct client_loop_params),
	BURST_ROW(struct client_loop_params, mmap_read_flush, "ppm", "0", 0, 1000000,
		  "flush requests made by a reader of mmap_lock before it lets go: madvise, unless "
		  "its area has a lock of its own",
		  "recalled: madvise(MADV_DONTNEED) ends its flush under mmap_lock; " BURST_NONE),
	BURST_ROW(struct client_loop_params, spin_irqs_off, "ppm", "0", 0, 1000000,
		  "hot spin locks taken with interrupts off, from the wait on",
		  "spin_lock_irq() and the like; " BURST_NONE),
	{ .name = NULL },
};
/* clang-format on */

const struct workload_shape shape_client_loop = {
	.name = "client_loop",
	.summary = "clients that make requests and meet in the kernel only",
	.source = "workloads.md 3: ebizzy, dbench, postmark",
	.params = client_loop_params_table,
	.params_size = sizeof(struct client_loop_params),
	.work_unit = "request",
	.latency = "request",
	.create = client_loop_create,
};
