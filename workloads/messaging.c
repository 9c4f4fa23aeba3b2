/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * messaging.c - groups of senders that write to every receiver of their group
 *
 * hackbench: each sender goes round the receivers of its group and writes one message to each; a
 * receiver reads from its own socket and sleeps while that is empty. A socket has a bounded buffer
 * and a spin lock, which writers and the reader take with interrupts off. Who finds the buffer full
 * sleeps until only a quarter is left. The latency of a message is from its write to its read.
 */
#include <glib.h>

#include "sim/engine/param.h"
#include "sim/engine/random.h"
#include "workloads/instance.h"
#include "workloads/shapes.h"
#include "workloads/workload.h"

#define PPM UINT64_C(1000000)
#define WRITABLE 4 /* unix_writable(): a quarter of the buffer or less is in use */

struct messaging_params {
	uint64_t groups, pairs, message, kernel_share, buffer, hold;
};

struct messaging {
	struct messaging_params params;
	uint64_t user, kernel; /* ns a system call, beside the hold */
};

enum messaging_step {
	STEP_WAIT,
	STEP_GOT,
	STEP_USER,
	STEP_KERNEL,
	STEP_LOCK,
	STEP_HOLD,
	STEP_UNLOCK,
	STEP_WRITE,
	STEP_HAND_ON
};

struct messaging_task {
	struct program program;
	const struct messaging *messaging;
	struct random random;
	bool sender;
	uint32_t first; /* of the group's sockets; a receiver's own */
	uint32_t turn;	/* a sender's next receiver */
	enum messaging_step step;
};

static uint64_t draw(struct messaging_task *task, uint64_t mean)
{
	return random_between(&task->random, mean / 2 + 1, mean / 2 + mean + 1);
}

/* Users' part, then the system call's, which ends in or begins with the socket's queue. */
static void messaging_next(struct program *program, struct op *op)
{
	struct messaging_task *task = (struct messaging_task *)program;
	const struct messaging *messaging = task->messaging;
	uint32_t socket = task->first + task->turn;

	switch (task->step) {
	case STEP_WAIT:
		task->step = STEP_GOT;
		if (!task->sender) {
			op_set(op, OP_GET, socket, 1);
			return;
		}
		/* fall through */
	case STEP_GOT:
		task->step = STEP_USER;
		if (!task->sender) {
			op_set(op, OP_MARK_END, socket, 0);
			return;
		}
		/* fall through */
	case STEP_USER:
		op_set(op, OP_RUN, 0, draw(task, messaging->user));
		task->step = STEP_KERNEL;
		return;
	case STEP_KERNEL:
		op_set(op, OP_KERNEL, 0, draw(task, messaging->kernel));
		task->step = STEP_LOCK;
		return;
	case STEP_LOCK:
		op_set(op, OP_LOCK, socket, 1);
		task->step = STEP_HOLD;
		return;
	case STEP_HOLD:
		op_set(op, OP_KERNEL, 0, draw(task, messaging->params.hold));
		task->step = STEP_UNLOCK;
		return;
	case STEP_UNLOCK:
		op_set(op, OP_UNLOCK, socket, 0);
		task->step = task->sender ? STEP_WRITE : STEP_HAND_ON;
		return;
	case STEP_WRITE:
		op_set(op, OP_MARK_BEGIN, socket, 0);
		task->step = STEP_HAND_ON;
		return;
	case STEP_HAND_ON:
		break;
	}
	task->step = STEP_WAIT;
	if (!task->sender) {
		op_set(op, OP_WORK, 0, 1);
		return;
	}
	op_set(op, OP_PUT, socket, 1);
	task->turn = task->turn + 1 < messaging->params.pairs ? task->turn + 1 : 0;
}

static struct workload *messaging_create(const void *values, uint32_t vcpus, uint64_t seed,
					 uint32_t vm)
{
	const struct messaging_params *params = values;
	uint32_t pairs = (uint32_t)params->pairs;
	uint32_t sockets = (uint32_t)params->groups * pairs;
	uint64_t call = params->message / 2; /* a message is a write and a read */
	struct messaging *messaging = g_new0(struct messaging, 1);
	struct workload *workload =
		instance_new(2 * sockets, sizeof(struct messaging_task), messaging_next);

	(void)vcpus;
	messaging->params = *params;
	messaging->kernel = call * params->kernel_share / PPM;
	messaging->user = call - messaging->kernel;
	messaging->kernel -= MIN(params->hold, messaging->kernel);
	for (uint32_t i = 0; i < 2 * sockets; i++) {
		struct messaging_task *task = (struct messaging_task *)workload->program[i];
		uint32_t group = i / (2 * pairs), member = i % (2 * pairs);

		task->messaging = messaging;
		task->sender = member < pairs;
		task->first = group * pairs + (task->sender ? 0 : member - pairs);
		random_init(&task->random, seed, "workload.messaging", instance_stream(vm, i),
			    "times");
		if (task->sender)
			task->turn = (uint32_t)random_below(&task->random, pairs);
	}
	workload->spin_locks = workload->queues = sockets;
	workload->queue_capacity = g_new(uint64_t, sockets);
	for (uint32_t i = 0; i < sockets; i++)
		workload->queue_capacity[i] = params->buffer;
	workload->sockets = WRITABLE;
	workload->marks = sockets;
	workload->shared = messaging;
	return workload;
}

#define FIELD(field) \
	.name = #field, .type = PARAM_UINT, .offset = offsetof(struct messaging_params, field)

static const struct param messaging_params_table[] = {
	{ FIELD(groups), .unit = "groups", .fallback = "10", .min = 1, .max = 100,
	  .meaning = "groups, hackbench -g", .source = "workloads.md 1: -g 10" },
	{ FIELD(pairs), .unit = "tasks", .fallback = "20", .min = 1, .max = 100,
	  .meaning = "senders and as many receivers of a group, hackbench -f",
	  .source = "workloads.md 3: 20 senders, 20 receivers" },
	{ FIELD(message), .unit = "ns", .fallback = "2680", .min = 100, .max = 1000000000,
	  .low = 1900, .high = 4100, .meaning = "CPU work of a message, a write and a read",
	  .source = "derived: workloads.json hackbench A, 21.7 CPU-s for 8e6 messages" },
	{ FIELD(kernel_share), .unit = "ppm", .fallback = "960000", .max = 1000000, .low = 940000,
	  .high = 970000, .meaning = "kernel part of it",
	  .source = "workloads.json hackbench kernel_time_share [m]" },
	{ FIELD(buffer), .unit = "messages", .fallback = "278", .min = 1, .max = 1000000,
	  .low = 100, .high = 300, .meaning = "messages that a receiver's socket holds",
	  .source =
		  "measured, Linux 6.18: writes of 100 bytes to an AF_UNIX stream until it is full" },
	{ FIELD(hold), .unit = "ns", .fallback = "300", .min = 2, .max = 1000000000, .low = 100,
	  .high = 800, .meaning = "mean hold of a socket's lock, uniform in [1/2, 3/2] of it",
	  .source = "estimated: 2.5e6 holds a CPU-s leave at most 0.4 us each" },
	{ .name = NULL },
};

const struct workload_shape shape_messaging = {
	.name = "messaging",
	.summary = "groups of senders that write to every receiver of their group",
	.source = "workloads.md 3: hackbench",
	.params = messaging_params_table,
	.params_size = sizeof(struct messaging_params),
	.work_unit = "message",
	.latency = "message",
	.create = messaging_create,
};
