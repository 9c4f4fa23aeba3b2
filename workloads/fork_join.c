/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fork_join.c - threads that work side by side from barrier to barrier
 *
 * blackscholes, streamcluster, bodytrack. A phase is the work of all threads up to a barrier; then, if
 * there is serial work, the first thread does it while the others wait at a second barrier. PARSEC's own
 * barrier, in which nobody arrives anew before all have left, is such a pair, too. Threads that are
 * `joined` have ended at the first one: only the first thread waits there, for one after the other
 * (a queue of each), and their start is what they wait for at the second.
 */
#include <glib.h>

#include "sim/engine/param.h"
#include "workloads/burst_params.h"
#include "workloads/instance.h"
#include "workloads/shapes.h"
#include "workloads/workload.h"

#define PPM UINT64_C(1000000)
#define PHASE 0 /* the mark: the first thread's, from its begin to the end of the serial work */

struct fork_join_params {
	uint64_t threads, phases, work_cpu, serial_share, imbalance, spin, twice, joined;
	struct burst_params burst;
};

struct fork_join {
	struct fork_join_params params;
	struct burst_profile burst;
	uint64_t parallel, serial; /* ns a phase: of each thread, of the first */
	uint32_t threads;
};

enum fork_join_step {
	STEP_BEGIN,
	STEP_PARALLEL,
	STEP_PARALLEL_BURN,
	STEP_JOIN,
	STEP_SERIAL,
	STEP_SERIAL_BURN,
	STEP_END,
	STEP_WORK,
	STEP_PASS,
	STEP_FORK,
};

struct fork_join_task {
	struct program program;
	const struct fork_join *shape;
	struct burst burst;
	struct random random;
	uint32_t number;   /* 0: the first */
	uint32_t unjoined; /* of the first: the others that it has not waited for */
	uint64_t left;	   /* of the first: phases of the pass */
	enum fork_join_step step;
};

/* The end of a phase; true if it made an op. */
static bool join(struct fork_join_task *task, struct op *op)
{
	const struct fork_join *shape = task->shape;

	task->step = task->number ? STEP_FORK : STEP_SERIAL;
	if (!shape->params.joined) {
		op_set(op, OP_BARRIER, 0, shape->params.spin);
		return true;
	}
	if (task->number) {
		op_set(op, OP_PUT, task->number, 1);
		return true;
	}
	if (!task->unjoined) {
		task->unjoined = shape->threads - 1;
		return false;
	}
	op_set(op, OP_GET, shape->threads - task->unjoined--, 1);
	task->step = STEP_JOIN;
	return true;
}

/* One step; true if it made an op. The others skip what the first thread does alone. */
static bool step_next(struct fork_join_task *task, struct op *op)
{
	const struct fork_join *shape = task->shape;
	uint64_t off = shape->parallel * shape->params.imbalance / PPM;

	switch (task->step) {
	case STEP_BEGIN:
		task->step = STEP_PARALLEL;
		op_set(op, OP_MARK_BEGIN, PHASE, 0);
		return !task->number;
	case STEP_PARALLEL:
		burst_add(&task->burst, random_between(&task->random, shape->parallel - off,
						       shape->parallel + off));
		break;
	case STEP_PARALLEL_BURN:
	case STEP_SERIAL_BURN:
		if (burst_next(&task->burst, op))
			return true;
		break;
	case STEP_JOIN:
		return join(task, op);
	case STEP_SERIAL:
		burst_add(&task->burst, shape->serial);
		break;
	case STEP_END:
		op_set(op, OP_MARK_END, PHASE, 0);
		task->step = STEP_WORK;
		return true;
	case STEP_WORK:
		op_set(op, OP_WORK, 0, 1);
		task->step = --task->left ? STEP_FORK : STEP_PASS;
		return true;
	case STEP_PASS:
		op_set(op, OP_PASS, 0, 1);
		task->left = shape->params.phases;
		task->step = STEP_FORK;
		return true;
	case STEP_FORK:
		task->step = STEP_BEGIN;
		if (!shape->serial && !shape->params.twice && !shape->params.joined)
			return false;
		op_set(op, OP_BARRIER, 1, shape->params.spin);
		return true;
	}
	task->step++;
	return false;
}

static void fork_join_next(struct program *program, struct op *op)
{
	while (!step_next((struct fork_join_task *)program, op))
		;
}

static struct workload *fork_join_create(const void *values, uint32_t vcpus, uint64_t seed,
					 uint32_t vm)
{
	const struct fork_join_params *params = values;
	uint32_t threads = params->threads ? (uint32_t)params->threads : vcpus;
	uint64_t phase = params->work_cpu / params->phases;
	struct fork_join *shape = g_new0(struct fork_join, 1);
	struct workload *workload =
		instance_new(threads, sizeof(struct fork_join_task), fork_join_next);

	shape->params = *params;
	shape->threads = threads;
	burst_profile_from(&shape->burst, &params->burst);
	shape->serial = phase * params->serial_share / PPM;
	shape->parallel = MAX((phase - shape->serial) / threads, 1);
	for (uint32_t i = 0; i < threads; i++) {
		struct fork_join_task *task = (struct fork_join_task *)workload->program[i];
		uint64_t stream = instance_stream(vm, i);

		task->shape = shape;
		task->number = i;
		task->unjoined = threads - 1;
		burst_init(&task->burst, &shape->burst, seed, "workload.fork_join", stream);
		random_init(&task->random, seed, "workload.fork_join", stream, "work");
		/* VMs loop passes out of step: the first one is a part of one */
		task->left = 1 + random_below(&task->random, params->phases);
	}
	workload->spin_locks = (uint32_t)params->burst.spin_locks;
	workload->rwsems = BURST_RWSEMS;
	workload->barriers = 2;
	workload->marks = 1;
	workload->barrier_parties = g_new(uint64_t, 2);
	workload->barrier_parties[0] = workload->barrier_parties[1] = threads;
	if (params->joined) { /* an item: thread i has ended; nobody is queue 0 */
		workload->queues = threads;
		workload->queue_capacity = g_new(uint64_t, threads);
		for (uint32_t i = 0; i < threads; i++)
			workload->queue_capacity[i] = 1;
	}
	workload->work_per_pass = params->phases;
	workload->shared = shape;
	return workload;
}

#define FIELD(field) \
	.name = #field, .type = PARAM_UINT, .offset = offsetof(struct fork_join_params, field)

/* clang-format off */
static const struct param fork_join_params_table[] = {
	{ FIELD(threads), .unit = "threads", .fallback = "0", .max = 4096,
	  .meaning = "threads; 0: one a vCPU", .source = "chosen as the number of CPUs" },
	{ FIELD(phases), .unit = "phases", .fallback = "16214", .min = 1, .max = 10000000,
	  .low = 16200, .high = 16300,
	  .meaning = "phases of a pass, the unit of work: each ends in a barrier of all threads",
	  .source = "workloads.json parsec.streamcluster barriers_per_run [m]" },
	{ FIELD(work_cpu), .unit = "ns", .fallback = "3980000000", .min = 1000000,
	  .max = 1000000000000, .low = 3380000000, .high = 4780000000,
	  .meaning = "CPU time of a pass, user and kernel, without waits",
	  .source = "workloads.json parsec.streamcluster work_cpu_s [m]" },
	{ FIELD(serial_share), .unit = "ppm", .fallback = "0", .max = 990000,
	  .meaning = "part of work_cpu that the first thread does while the others wait",
	  .source = "none, unless the profile says so" },
	{ FIELD(imbalance), .unit = "ppm", .fallback = "100000", .max = 1000000, .low = 0,
	  .high = 500000,
	  .meaning = "how much a thread's work in a phase is off at most; uniform",
	  .source = "estimated: equal parts of the input" },
	{ FIELD(spin), .unit = "ns", .fallback = "0", .max = 1000000000,
	  .meaning = "how long a barrier spins in user mode before it sleeps",
	  .source = "pthread barriers, and PARSEC's of mutex and condition, sleep at once" },
	{ .name = "twice", .type = PARAM_BOOL, .unit = "bool", .fallback = "false",
	  .offset = offsetof(struct fork_join_params, twice),
	  .meaning = "a second barrier follows the first even if there is no serial work",
	  .source = "PARSEC's own barrier broadcasts twice, pthread's once" },
	{ .name = "joined", .type = PARAM_BOOL, .unit = "bool", .fallback = "false",
	  .offset = offsetof(struct fork_join_params, joined),
	  .meaning = "the threads of a phase end with it: only the first waits, for one after the other",
	  .source = "workloads.md 3: blackscholes is one fork and join; the others have barriers" },
	BURST_ROWS(struct fork_join_params),
	{ .name = NULL },
};
/* clang-format on */

const struct workload_shape shape_fork_join = {
	.name = "fork_join",
	.summary = "threads that work side by side from barrier to barrier",
	.source = "workloads.md 3: blackscholes, streamcluster, bodytrack",
	.params = fork_join_params_table,
	.params_size = sizeof(struct fork_join_params),
	.terminating = true,
	.work_unit = "phase",
	.latency = "phase",
	.create = fork_join_create,
};
