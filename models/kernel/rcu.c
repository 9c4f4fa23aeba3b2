/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rcu.c - quiescent states, as a CPU passes them, notices what is wanted of it, and reports them
 * (kvm-and-guest.md 3.11, step 2)
 */
#include "models/kernel/rcu.h"

#include <glib.h>

#include "models/kernel/program.h"
#include "models/kernel/program_private.h"
#include "models/kernel/rcu_private.h"
#include "sim/engine/engine.h"
#include "sim/engine/time.h"

/* A kernel thread has no address space, and sleeps until somebody wakes it. */
static void init_thread(struct kernel *kernel, struct task *task, const struct task_ops *ops,
			uint32_t only_cpu)
{
	task_init(kernel, task, ops, NULL, only_cpu, NULL, UINT16_MAX);
	task->state = TASK_SLEEPING;
}

void rcu_init(struct kernel *kernel)
{
	struct rcu *rcu = g_new0(struct rcu, 1);

	kernel->rcu = rcu;
	rcu->kernel = kernel;
	rcu->preemptible = kernel->params->preemption >= PREEMPTION_FULL;
	rcu->cpu = g_new0(struct rcu_cpu, kernel->cpus);
	cpumask_clear(&rcu->waits, kernel->cpus);
	cpumask_clear(&rcu->expedited_waits, kernel->cpus);
	init_thread(kernel, &rcu->thread, &rcu_thread_ops, UINT32_MAX);
	for (uint32_t i = 0; i < kernel->cpus; i++)
		init_thread(kernel, &rcu->cpu[i].thread, &rcu_softirqd_ops, i);
}

void rcu_clear(struct kernel *kernel)
{
	if (!kernel->rcu)
		return;
	g_free(kernel->rcu->cpu);
	g_free(kernel->rcu);
}

/* What it has not noticed yet of begins and ends. */
static bool behind(const struct rcu *rcu, const struct rcu_cpu *here)
{
	return here->noticed_end != rcu->completed ||
	       (rcu_under_way(rcu) && here->noticed != rcu->started);
}

static bool has_work(const struct rcu *rcu, const struct rcu_cpu *here)
{
	return (here->needs && here->passed) || behind(rcu, here) ||
	       here->segment[RCU_DONE].count ||
	       (!rcu_under_way(rcu) && here->segment[RCU_NEXT].count);
}

/* Has the tick interrupted what is no reader? */
static bool outside(const struct rcu *rcu, const struct kernel_cpu *cpu, bool user)
{
	if (user || !cpu->current)
		return true;
	return rcu->preemptible && !cpu->current->rcu.inside && !cpu->no_preempt;
}

uint64_t rcu_tick_begin(struct kernel_cpu *cpu)
{
	struct rcu *rcu = cpu->kernel->rcu;
	struct rcu_cpu *here = rcu_cpu_of(cpu);
	const struct kernel_costs *costs = &cpu->kernel->costs;
	bool user = cpu->current && (cpu->work == WORK_USER || cpu->work == WORK_SPIN_USER ||
				     cpu->work == WORK_GUEST);

	here->softirq = false;
	if (outside(rcu, cpu, user))
		here->passed = true;
	if (here->urgent && !user && cpu->current)
		cpu->rq->resched |= FAIR_RESCHED_NOW;
	here->urgent = false;
	if (!has_work(rcu, here))
		return 0;
	here->softirq = true;
	rcu_advance(rcu, here);
	here->batch = rcu_batch(cpu);
	return costs->rcu_core + here->batch * costs->rcu_callback;
}

static void notice(struct rcu *rcu, struct kernel_cpu *cpu, struct rcu_cpu *here)
{
	if (!behind(rcu, here))
		return;
	here->noticed_end = rcu->completed;
	here->needs = false;
	if (rcu_under_way(rcu)) {
		if (here->noticed != rcu->started)
			here->passed = false;
		here->noticed = rcu->started;
		here->needs = cpumask_has(&rcu->waits, cpu->index);
	}
	rcu_advance(rcu, here);
	rcu_accelerate(rcu, cpu);
}

void rcu_tick_end(struct kernel_cpu *cpu)
{
	struct rcu *rcu = cpu->kernel->rcu;
	struct rcu_cpu *here = rcu_cpu_of(cpu);

	if (!here->softirq)
		return;
	here->softirq = false;
	notice(rcu, cpu, here);
	if (here->needs && here->passed) {
		here->needs = false;
		cpumask_remove(&rcu->waits, cpu->index);
		rcu_look(rcu, cpu);
	}
	if (!rcu_under_way(rcu))
		rcu_accelerate(rcu, cpu);
	rcu_invoke(rcu, cpu, here->batch);
	here->batch = 0;
	if (here->segment[RCU_DONE].count)
		kernel_wake(&here->thread, cpu);
}

/* A reader loses its CPU: the grace period under way waits for it, if the CPU has not reported. */
static void reader_blocks(struct rcu *rcu, struct kernel_cpu *cpu, struct task *task)
{
	bool now = rcu_under_way(rcu) && cpumask_has(&rcu->waits, cpu->index);

	task->rcu.blocked = true;
	task->rcu.blocks = now ? rcu->started : rcu->started + 1;
	task->rcu.next = rcu->blocked;
	rcu->blocked = task;
}

void rcu_switch(struct kernel_cpu *cpu)
{
	struct rcu *rcu = cpu->kernel->rcu;
	struct rcu_cpu *here = rcu_cpu_of(cpu);
	struct task *task = cpu->current;
	bool reader = task && task->rcu.inside;

	if (reader && !task->rcu.blocked)
		reader_blocks(rcu, cpu, task);
	here->passed = true;
	/* what the age of the grace period asks for: everybody can see this one */
	here->idles += here->heavy;
	here->heavy = here->urgent = false;
	if (here->owes)
		rcu_expedited_pay(rcu, cpu, reader ? task : NULL);
}

void rcu_idle(struct kernel_cpu *cpu)
{
	rcu_cpu_of(cpu)->idles++;
}

bool rcu_needs_tick(const struct kernel_cpu *cpu)
{
	return rcu_queued(rcu_cpu_of(cpu)) > 0;
}

static void read_ends(struct rcu *rcu, struct kernel_cpu *cpu, struct task *task)
{
	struct task **link = &rcu->blocked;

	task->rcu.inside = false;
	if (!rcu->preemptible)
		cpu->no_preempt--;
	if (task->rcu.blocked) {
		while (*link != task)
			link = &(*link)->rcu.next;
		*link = task->rcu.next;
		task->rcu.blocked = false;
		rcu_look(rcu, cpu);
	}
	if (task->rcu.expedited)
		rcu_expedited_reader_left(rcu, task, cpu);
	if (rcu->preemptible && rcu_cpu_of(cpu)->owes)
		rcu_expedited_pay(rcu, cpu, NULL);
}

bool rcu_read(struct program_task *task, struct kernel_cpu *cpu)
{
	struct rcu *rcu = cpu->kernel->rcu;

	if (task->stage > 0) {
		read_ends(rcu, cpu, &task->task);
		return true;
	}
	task->stage = 1;
	task->task.rcu.inside = true;
	task->task.rcu.since = cpu->kernel->engine->now;
	if (!rcu->preemptible)
		cpu->no_preempt++;
	kernel_work(cpu, task->op.amount, WORK_KERNEL);
	return false;
}
