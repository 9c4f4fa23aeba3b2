/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * build.c - make -j: independent jobs in as many slots, then a serial end
 *
 * The graph of a build, in two levels: all objects, then what links them. make deals the jobs; a job
 * is a chain of short processes (shell, compiler driver, cc1, as, ...): the parent forks and waits, the
 * child works and exits. If it is a vfork, the parent also waits until the child has another program. Each slot has one task for the parents and one for the children, which is spawned for each
 * process. Processes share no memory: no TLB shootdowns. Left out: how the directories of the tree depend on each
 * other, and that exec places a process once more.
 */
#include <glib.h>

#include "sim/engine/param.h"
#include "workloads/burst_params.h"
#include "workloads/instance.h"
#include "workloads/shapes.h"
#include "workloads/workload.h"

enum { JOBS, DONE, EXECS }; /* from make to the slots, and back; then one a slot, to its parent */

struct build_params {
	uint64_t slots, jobs, job_median, job_p90, process, fork, vfork, deal, link;
	struct burst_params burst;
};

struct build {
	struct build_params params;
	struct burst_profile burst;
};

enum role { MAKE, PARENT, CHILD };

enum build_step {
	STEP_TAKE, /* make: nothing; parent: a job; child: it begins */
	STEP_TELL, /* child: it has exec'ed; parent: it knows */
	STEP_COST,
	STEP_BURN,
	STEP_DONE, /* parent: the job is */
	STEP_GIVE, /* make: a job; child: its exit */
	STEP_REAP, /* make: the end of a job; parent: of a process */
	STEP_LINK,
	STEP_LINK_BURN,
	STEP_WORK,
	STEP_PASS,
};

struct build_task {
	struct program program;
	const struct build *build;
	struct burst burst;
	struct random random;
	enum role role;
	uint32_t child; /* parent: the task that does its processes */
	uint32_t execs; /* parent, child: the queue between them */
	uint64_t left;	/* make: jobs of the pass; parent: processes of the job */
	uint64_t reap;	/* make: jobs that have not been waited for */
	enum build_step step;
};

static uint64_t draw(struct random *random, uint64_t mean)
{
	return random_between(random, mean / 2, mean / 2 + mean);
}

static void pass_begin(struct build_task *task, uint64_t jobs)
{
	task->left = task->reap = jobs;
	task->step = STEP_COST;
}

/* One step; true if it made an op. */
static bool make_step(struct build_task *task, struct op *op)
{
	const struct build_params *params = &task->build->params;

	switch (task->step) {
	case STEP_TAKE:
	case STEP_TELL:
	case STEP_COST:
		burst_add(&task->burst, draw(&task->random, params->deal));
		task->step = STEP_BURN;
		return false;
	case STEP_BURN:
	case STEP_LINK_BURN:
		if (burst_next(&task->burst, op))
			return true;
		task->step = task->step == STEP_BURN ? STEP_GIVE : STEP_WORK;
		return false;
	case STEP_DONE:
	case STEP_GIVE:
		op_set(op, OP_PUT, JOBS, 1);
		task->step = --task->left ? STEP_COST : STEP_REAP;
		return true;
	case STEP_REAP:
		op_set(op, OP_GET, DONE, 1);
		task->step = --task->reap ? STEP_REAP : STEP_LINK;
		return true;
	case STEP_LINK:
		burst_add(&task->burst, params->link);
		task->step = STEP_LINK_BURN;
		return false;
	case STEP_WORK:
		op_set(op, OP_WORK, 0, 1);
		task->step = STEP_PASS;
		return true;
	case STEP_PASS:
		break;
	}
	op_set(op, OP_PASS, 0, 1);
	pass_begin(task, params->jobs);
	return true;
}

static uint64_t processes(struct build_task *task)
{
	const struct build_params *params = &task->build->params;
	uint64_t job = random_lognormal(&task->random, params->job_median, params->job_p90);

	return MAX(job / params->process, 1);
}

static bool parent_step(struct build_task *task, struct op *op)
{
	switch (task->step) {
	case STEP_TAKE:
		task->left = processes(task);
		op_set(op, OP_GET, JOBS, 1);
		task->step = STEP_BURN;
		return true;
	case STEP_BURN:
		op_set(op, OP_MARK_BEGIN, task->execs - EXECS, 0);
		task->step = STEP_COST;
		return true;
	case STEP_COST:
		op_set(op, OP_SPAWN, task->child, draw(&task->random, task->build->params.fork));
		task->step = task->build->params.vfork ? STEP_TELL : STEP_REAP;
		return true;
	case STEP_TELL:
		op_set(op, OP_GET, task->execs, 1);
		task->step = STEP_REAP;
		return true;
	case STEP_REAP:
		op_set(op, OP_JOIN, task->child, 0);
		task->step = --task->left ? STEP_COST : STEP_DONE;
		return true;
	case STEP_DONE:
		op_set(op, OP_MARK_END, task->execs - EXECS, 0);
		task->step = STEP_WORK;
		return true;
	case STEP_WORK:
		op_set(op, OP_WORK, 0, 1);
		break;
	default:
		op_set(op, OP_PUT, DONE, 1);
		task->step = STEP_TAKE;
		return true;
	}
	task->step++;
	return true;
}

static bool child_step(struct build_task *task, struct op *op)
{
	const struct build_params *params = &task->build->params;

	switch (task->step) {
	case STEP_TAKE:
		task->step = params->vfork ? STEP_TELL : STEP_COST;
		if (!params->vfork)
			return false;
		op_set(op, OP_KERNEL, 0, draw(&task->random, params->vfork));
		return true;
	case STEP_TELL:
		op_set(op, OP_PUT, task->execs, 1);
		task->step = STEP_COST;
		return true;
	case STEP_COST:
		burst_add(&task->burst,
			  draw(&task->random,
			       params->process - MIN(params->vfork, params->process / 2)));
		task->step = STEP_BURN;
		return false;
	case STEP_BURN:
		if (burst_next(&task->burst, op))
			return true;
		task->step = STEP_GIVE;
		return false;
	default:
		op_set(op, OP_EXIT, 0, 0);
		task->step = STEP_TAKE;
		return true;
	}
}

static void build_next(struct program *program, struct op *op)
{
	struct build_task *task = (struct build_task *)program;
	bool made = false;

	while (!made)
		made = task->role == MAKE     ? make_step(task, op)
		       : task->role == PARENT ? parent_step(task, op)
					      : child_step(task, op);
}

static struct workload *build_create(const void *values, uint32_t vcpus, uint64_t seed, uint32_t vm)
{
	const struct build_params *params = values;
	uint32_t wanted = params->slots ? (uint32_t)params->slots : vcpus;
	uint32_t slots = MAX(wanted, 1), tasks = 1 + 2 * slots;
	struct build *build = g_new0(struct build, 1);
	struct workload *workload = instance_new(tasks, sizeof(struct build_task), build_next);

	build->params = *params;
	workload->dormant = g_new0(bool, tasks);
	burst_profile_from(&build->burst, &params->burst);
	for (uint32_t i = 0; i < tasks; i++) {
		struct build_task *task = (struct build_task *)workload->program[i];
		uint64_t stream = instance_stream(vm, i);

		task->build = build;
		task->role = i == 0 ? MAKE : i <= slots ? PARENT : CHILD;
		task->child = i + slots;
		task->execs = EXECS + (i + slots - 1) % slots;
		workload->dormant[i] = task->role == CHILD;
		burst_init(&task->burst, &build->burst, seed, "workload.build", stream);
		random_init(&task->random, seed, "workload.build", stream, "work");
		/* VMs loop passes out of step: the first one is a part of one */
		if (task->role == MAKE)
			pass_begin(task, 1 + random_below(&task->random, params->jobs));
	}
	workload->spin_locks = (uint32_t)params->burst.spin_locks;
	workload->rwsems = BURST_RWSEMS;
	workload->marks = slots; /* a job each */
	workload->queues = EXECS + slots;
	workload->queue_capacity = g_new(uint64_t, workload->queues);
	for (uint32_t i = 0; i < workload->queues; i++)
		workload->queue_capacity[i] = 1;
	workload->queue_capacity[DONE] = params->jobs;
	workload->work_per_pass = params->jobs + 1;
	workload->shared = build;
	return workload;
}

#define FIELD(field) \
	.name = #field, .type = PARAM_UINT, .offset = offsetof(struct build_params, field)

/* clang-format off */
static const struct param build_params_table[] = {
	{ FIELD(slots), .unit = "jobs", .fallback = "0", .max = 512,
	  .meaning = "jobs at a time, make -j; 0: one a vCPU", .source = "workloads.md 1: -j16" },
	{ FIELD(jobs), .unit = "jobs", .fallback = "720", .min = 1, .max = 1000000,
	  .low = 300, .high = 1500,
	  .meaning = "jobs of a pass; with the link that ends it the units of work",
	  .source = "derived: 150 CPU-s of work, 0.2 s a compile" },
	{ FIELD(job_median), .unit = "ns", .fallback = "170000000", .min = 1000,
	  .max = 1000000000000, .low = 100000000, .high = 300000000,
	  .meaning = "CPU work of a job, median; lognormal",
	  .source = "workloads.md 3: about 0.1-0.3 s a compile [e]" },
	{ FIELD(job_p90), .unit = "ns", .fallback = "350000000", .min = 1000,
	  .max = 1000000000000, .low = 300000000, .high = 600000000,
	  .meaning = "CPU work of a job, 90th percentile, not below the median",
	  .source = "workloads.md 3: about 0.1-0.3 s a compile; the tail is assumed" },
	{ FIELD(process), .unit = "ns", .fallback = "5100000", .min = 1000, .max = 1000000000000,
	  .low = 3600000, .high = 7300000,
	  .meaning = "mean CPU work of a process of a job, uniform in [1/2, 3/2] of it",
	  .source = "derived: workloads.json kernel build forks_per_cpu_s 195 [m]" },
	{ FIELD(fork), .unit = "ns", .fallback = "100000", .min = 2, .max = 1000000000,
	  .low = 50000, .high = 300000, .meaning = "kernel work of a parent for each process",
	  .source = "estimated: fork of a small process" },
	{ FIELD(vfork), .unit = "ns", .fallback = "0", .max = 1000000000,
	  .meaning = "mean kernel work of a process, of its CPU time, for which its parent waits: a vfork, up to the end of exec; 0: a fork",
	  .source = "none, unless the profile says so" },
	{ FIELD(deal), .unit = "ns", .fallback = "1000000", .min = 2, .max = 1000000000,
	  .low = 100000, .high = 5000000, .meaning = "mean CPU work of make for each job",
	  .source = "estimated" },
	{ FIELD(link), .unit = "ns", .fallback = "2000000000", .min = 1000, .max = 1000000000000,
	  .low = 500000000, .high = 10000000000,
	  .meaning = "CPU work of the serial end: archives, modpost, links",
	  .source = "estimated" },
	BURST_ROWS(struct build_params),
	{ .name = NULL },
};
/* clang-format on */

const struct workload_shape shape_build = {
	.name = "build",
	.summary = "make -j: jobs of short processes in slots, then a serial end",
	.source = "workloads.md 3: kernel build",
	.params = build_params_table,
	.params_size = sizeof(struct build_params),
	.terminating = true,
	.work_unit = "job",
	.latency = "job",
	.create = build_create,
};
