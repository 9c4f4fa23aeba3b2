/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * server.c - workers that serve the requests of clients
 *
 * A worker owns the connections of its clients and serves what comes in on any of them, one after the
 * other. Closed: a client thinks, sends, and waits for its response. Open: a client sends at random
 * (Poisson) times and does not wait; if the workers fall behind, requests queue up. The clients run in the same
 * VM, as wrk and memcslap did.
 *
 * The latency of a request is from the moment at which its client means to send it to its response
 * (closed), or to the end of its service (open). A client that thinks means to send when its timer is due: should its vCPU
 * be late, that is part of the latency.
 *
 * A worker's clients share one queue of responses: as requests are served in their order and waiters
 * wake in theirs, each gets its own.
 */
#include <glib.h>

#include "sim/engine/param.h"
#include "workloads/burst_params.h"
#include "workloads/instance.h"
#include "workloads/shapes.h"
#include "workloads/workload.h"

#define OPEN_BACKLOG 1000000 /* requests: an open client never waits */

struct server_params {
	uint64_t open, workers, clients, think, serve, send;
	struct burst_params burst;
};

struct server {
	struct server_params params;
	struct burst_profile burst;
};

enum server_step {
	STEP_WAIT,
	STEP_SEND,
	STEP_COST,
	STEP_BURN,
	STEP_ARRIVE,
	STEP_HAND_ON,
	STEP_END,
	STEP_ENDED,
};

struct server_task {
	struct program program;
	const struct server *server;
	struct burst burst;
	struct random random;
	bool worker;
	uint32_t queue; /* requests of its worker; the next one: responses */
	uint32_t mark;	/* closed: the client's; open: its worker's, which serves in turn */
	enum server_step step;
};

static void wait_for(struct server_task *task, struct op *op)
{
	uint64_t think;

	if (task->worker) {
		op_set(op, OP_GET, task->queue, 1);
		return;
	}
	think = random_exponential(&task->random, task->server->params.think);
	op_set(op, OP_SLEEP, 0, think ? think : 1);
}

static enum server_step first_step(const struct server_task *task)
{
	return task->worker || task->server->params.think ? STEP_WAIT : STEP_SEND;
}

/* Closed: the client's request begins before it spends time on it. Open: as it goes into the queue, so
 * that both are in one order. */
static bool begin(const struct server_task *task, struct op *op, bool open)
{
	const struct server_params *params = &task->server->params;

	if (task->worker || (bool)params->open != open)
		return false;
	op_set(op, OP_MARK_BEGIN, task->mark, params->think > 0);
	return true;
}

/* The worker's response, or the client's waiting for it. */
static bool end(struct server_task *task, struct op *op)
{
	if (task->server->params.open)
		return false;
	op_set(op, task->worker ? OP_PUT : OP_GET, task->queue + 1, 1);
	return true;
}

static bool ended(struct server_task *task, struct op *op)
{
	task->step = first_step(task);
	if (task->worker != (bool)task->server->params.open)
		return false;
	op_set(op, OP_MARK_END, task->mark, 0);
	return true;
}

/* One step; true if it made an op. */
static bool step_next(struct server_task *task, struct op *op)
{
	const struct server_params *params = &task->server->params;
	uint64_t mean = task->worker ? params->serve : params->send;

	switch (task->step) {
	case STEP_WAIT:
		wait_for(task, op);
		break;
	case STEP_SEND:
		task->step = STEP_COST;
		return begin(task, op, false);
	case STEP_COST:
		burst_add(&task->burst, random_between(&task->random, mean / 2, mean / 2 + mean));
		task->step = STEP_BURN;
		return false;
	case STEP_BURN:
		if (burst_next(&task->burst, op))
			return true;
		task->step = STEP_ARRIVE;
		return false;
	case STEP_ARRIVE:
		task->step = STEP_HAND_ON;
		return begin(task, op, true);
	case STEP_HAND_ON:
		op_set(op, task->worker ? OP_WORK : OP_PUT, task->worker ? 0 : task->queue, 1);
		break;
	case STEP_END:
		task->step = STEP_ENDED;
		return end(task, op);
	case STEP_ENDED:
		return ended(task, op);
	}
	task->step++;
	return true;
}

static void server_next(struct program *program, struct op *op)
{
	while (!step_next((struct server_task *)program, op))
		;
}

static struct workload *server_create(const void *values, uint32_t vcpus, uint64_t seed,
				      uint32_t vm)
{
	const struct server_params *params = values;
	uint32_t wanted = params->workers ? (uint32_t)params->workers : vcpus;
	uint32_t workers = MAX(wanted, 1);
	uint32_t tasks = workers + (uint32_t)params->clients;
	struct server *server = g_new0(struct server, 1);
	struct workload *workload = instance_new(tasks, sizeof(struct server_task), server_next);

	server->params = *params;
	if (params->open)
		server->params.think = MAX(params->think, 1);
	burst_profile_from(&server->burst, &params->burst);
	for (uint32_t i = 0; i < tasks; i++) {
		struct server_task *task = (struct server_task *)workload->program[i];
		uint64_t stream = instance_stream(vm, i);

		task->server = server;
		task->worker = i < workers;
		task->queue = 2 * (task->worker ? i : (i - workers) % workers);
		task->mark = !params->open  ? i - MIN(i, workers)
			     : task->worker ? i
					    : (i - workers) % workers;
		task->step = first_step(task);
		burst_init(&task->burst, &server->burst, seed, "workload.server", stream);
		random_init(&task->random, seed, "workload.server", stream, "requests");
	}
	workload->spin_locks = (uint32_t)params->burst.spin_locks;
	workload->rwsems = BURST_RWSEMS;
	workload->marks = params->open ? workers : (uint32_t)params->clients;
	workload->queues = 2 * workers;
	workload->queue_capacity = g_new(uint64_t, workload->queues);
	for (uint32_t i = 0; i < workload->queues; i++)
		workload->queue_capacity[i] = params->open ? OPEN_BACKLOG : params->clients;
	workload->shared = server;
	return workload;
}

#define FIELD(field) \
	.name = #field, .type = PARAM_UINT, .offset = offsetof(struct server_params, field)

/* clang-format off */
static const struct param server_params_table[] = {
	{ .name = "open", .type = PARAM_BOOL, .unit = "bool", .fallback = "false",
	  .offset = offsetof(struct server_params, open),
	  .meaning = "clients send at random times and do not wait for responses",
	  .source = "a choice: closed arrivals slow down with the server, open ones do not" },
	{ FIELD(workers), .unit = "tasks", .fallback = "4", .max = 4096,
	  .meaning = "threads or processes that serve; 0: one a vCPU",
	  .source = "workloads.md 1: nginx, 4 workers" },
	{ FIELD(clients), .unit = "tasks", .fallback = "32", .min = 1, .max = 10000,
	  .meaning = "connections, each with a task of its own",
	  .source = "workloads.md 1: wrk -c32 (there in two threads)" },
	{ FIELD(think), .unit = "ns", .fallback = "0", .max = 1000000000000,
	  .meaning = "mean time between response and next request (closed), or between two requests of a client (open); exponential",
	  .source = "wrk and memcslap do not think" },
	{ FIELD(serve), .unit = "ns", .fallback = "55000", .min = 2, .max = 1000000000,
	  .low = 40000, .high = 90000,
	  .meaning = "mean CPU work of a worker for a request, uniform in [1/2, 3/2] of it",
	  .source = "workloads.json nginx cpu_us_per_request 78 with the client's [m]; the split is estimated" },
	{ FIELD(send), .unit = "ns", .fallback = "23000", .min = 2, .max = 1000000000,
	  .low = 15000, .high = 40000,
	  .meaning = "mean CPU work of a client for a request, the same",
	  .source = "workloads.json nginx cpu_us_per_request 78 with the client's [m]; the split is estimated" },
	BURST_ROWS(struct server_params),
	{ .name = NULL },
};
/* clang-format on */

const struct workload_shape shape_server = {
	.name = "server",
	.summary = "workers that serve the requests of clients, closed or open",
	.source = "workloads.md 3: nginx, memcached",
	.params = server_params_table,
	.params_size = sizeof(struct server_params),
	.work_unit = "request",
	.latency = "request",
	.create = server_create,
};
