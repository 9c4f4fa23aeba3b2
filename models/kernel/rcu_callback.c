/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rcu_callback.c - callbacks: queued, assigned to a grace period, invoked (D.1)
 *
 * Of a segment's bytes an invocation frees a part in proportion to its callbacks.
 */
#include "models/kernel/objects.h"
#include "models/kernel/program.h"
#include "models/kernel/program_private.h"
#include "models/kernel/rcu_private.h"
#include "models/measures.h"
#include "sim/engine/engine.h"
#include "sim/engine/time.h"

/* Callbacks of one invocation, unless so many are queued: D.1, blimit and qhimark. */
#define BATCH 10
#define BATCH_UNLIMITED 10000
/* A softirq starts anew so often before it leaves the rest to ksoftirqd: MAX_SOFTIRQ_RESTART. */
#define RESTARTS 10
/* ... and stops after that time: rcu_resched_ns, recalled, [R] */
#define BATCH_NS (3 * NSEC_PER_MSEC)

uint64_t rcu_queued(const struct rcu_cpu *here)
{
	return here->queued - here->invoked;
}

static void merge(struct rcu_segment *into, struct rcu_segment *from)
{
	into->count += from->count;
	into->bytes += from->bytes;
	into->gp = from->gp;
	*from = (struct rcu_segment){ 0, 0, 0 };
}

void rcu_advance(struct rcu *rcu, struct rcu_cpu *here)
{
	struct rcu_segment *segment = here->segment;

	while (segment[RCU_WAIT].count && segment[RCU_WAIT].gp <= rcu->completed) {
		merge(&segment[RCU_DONE], &segment[RCU_WAIT]);
		merge(&segment[RCU_WAIT], &segment[RCU_NEXT_READY]);
	}
}

/* The first one that begins after now will do. */
void rcu_accelerate(struct rcu *rcu, struct kernel_cpu *cpu)
{
	struct rcu_segment *segment = rcu_cpu_of(cpu)->segment;
	uint64_t gp = rcu->started + 1;

	if (!segment[RCU_NEXT].count)
		return;
	segment[RCU_NEXT].gp = gp;
	if (!segment[RCU_WAIT].count || segment[RCU_WAIT].gp == gp)
		merge(&segment[RCU_WAIT], &segment[RCU_NEXT]);
	else
		merge(&segment[RCU_NEXT_READY], &segment[RCU_NEXT]);
	rcu_want(rcu, gp, cpu);
}

static uint64_t batch(const struct kernel_cpu *cpu, uint64_t most)
{
	const struct rcu_cpu *here = rcu_cpu_of(cpu);
	uint64_t done = here->segment[RCU_DONE].count;
	uint64_t one = cpu->kernel->costs.rcu_callback;

	if (done < most || rcu_queued(here) > BATCH_UNLIMITED)
		most = done;
	if (most * one > BATCH_NS)
		most = one < BATCH_NS ? BATCH_NS / one : 1;
	return most;
}

uint64_t rcu_batch(const struct kernel_cpu *cpu)
{
	return batch(cpu, BATCH * RESTARTS);
}

void rcu_invoke(struct rcu *rcu, struct kernel_cpu *cpu, uint64_t callbacks)
{
	struct rcu_cpu *here = rcu_cpu_of(cpu);
	struct rcu_segment *done = &here->segment[RCU_DONE];
	uint64_t bytes;

	if (!callbacks)
		return;
	sim_assert(rcu->kernel->engine, callbacks <= done->count);
	bytes = callbacks == done->count ? done->bytes : done->bytes / done->count * callbacks;
	done->count -= callbacks;
	done->bytes -= bytes;
	rcu->bytes -= bytes;
	here->invoked += callbacks;
	rcu->kernel->measures->counter[COUNTER_RCU_CALLBACKS] += callbacks;
	while (here->waiters.head && here->waiters.head->rcu.ticket <= here->invoked)
		kernel_wake(fifo_pop(&here->waiters), cpu);
}

static void softirqd_advance(struct task *task)
{
	struct kernel_cpu *cpu = task_cpu(task);
	struct rcu *rcu = cpu->kernel->rcu;
	struct rcu_cpu *here = rcu_cpu_of(cpu);
	uint64_t ns;

	for (;;) {
		if (here->thread_batch) {
			/* a tick's softirq may have been faster */
			uint64_t left = here->segment[RCU_DONE].count;

			rcu_invoke(rcu, cpu, left < here->thread_batch ? left : here->thread_batch);
			here->thread_batch = 0;
		}
		if (!here->segment[RCU_DONE].count) {
			kernel_block(cpu);
			return;
		}
		if (kernel_wants_cpu(cpu, WORK_USER)) {
			kernel_schedule(cpu);
			return;
		}
		here->thread_batch = batch(cpu, BATCH);
		ns = here->thread_batch * cpu->kernel->costs.rcu_callback;
		if (ns) {
			kernel_work(cpu, ns, WORK_KERNEL);
			return;
		}
	}
}

const struct task_ops rcu_softirqd_ops = { .advance = softirqd_advance };

static void enqueue(struct rcu *rcu, struct kernel_cpu *cpu, uint64_t callbacks, uint64_t bytes)
{
	struct rcu_cpu *here = rcu_cpu_of(cpu);
	bool many = rcu_queued(here) > BATCH_UNLIMITED;

	here->segment[RCU_NEXT].count += callbacks;
	here->segment[RCU_NEXT].bytes += bytes;
	here->queued += callbacks;
	rcu->bytes += bytes;
	if (rcu->bytes > rcu->peak)
		rcu->peak = rcu->bytes;
	if (many || rcu_queued(here) <= BATCH_UNLIMITED)
		return;
	/* they have become too many: no tick is waited for */
	if (rcu_under_way(rcu))
		rcu_force(rcu, cpu);
	else
		rcu_accelerate(rcu, cpu);
}

bool rcu_call(struct program_task *task, struct kernel_cpu *cpu)
{
	uint64_t callbacks = task->op.amount;
	uint64_t bytes = cpu->kernel->objects->rcu_object_bytes[task->op.object];

	task->owed += callbacks * cpu->kernel->costs.rcu_call;
	enqueue(cpu->kernel->rcu, cpu, callbacks, callbacks * bytes);
	return true;
}

bool rcu_synchronize(struct program_task *task, struct kernel_cpu *cpu)
{
	const struct kernel *kernel = cpu->kernel;
	struct rcu_cpu *here = rcu_cpu_of(cpu);
	struct task *me = &task->task;
	enum { BEGIN, CALLED, SLEEPS };

	if (task->stage == SLEEPS) {
		histogram_add(&kernel->measures->latency[LATENCY_RCU_SYNCHRONIZE],
			      kernel->engine->now - me->waits_since);
		return true;
	}
	if (task->stage == BEGIN) {
		task->stage = CALLED;
		me->waits_since = kernel->engine->now;
		if (!program_work(task, cpu, kernel->costs.futex, WORK_KERNEL))
			return false;
	}
	task->stage = SLEEPS;
	enqueue(kernel->rcu, cpu, 1, 0);
	me->rcu.ticket = here->queued;
	fifo_push(&here->waiters, me);
	kernel_block(cpu);
	return false;
}
