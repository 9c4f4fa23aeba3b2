/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rcu_expedited.c - expedited grace periods: an interrupt to each CPU that is not idle
 * (kvm-and-guest.md 3.11)
 *
 * One at a time; who comes meanwhile waits for its turn.
 */
#include "models/kernel/objects.h"
#include "models/kernel/program.h"
#include "models/kernel/program_private.h"
#include "models/kernel/rcu_private.h"
#include "models/measures.h"
#include "sim/engine/engine.h"

static bool is_over(const struct rcu *rcu)
{
	return rcu->expedited_sent && cpumask_empty(&rcu->expedited_waits) &&
	       !rcu->expedited_readers;
}

static void look(struct rcu *rcu, struct kernel_cpu *by)
{
	if (rcu->expedites && is_over(rcu))
		kernel_wake(rcu->expedites, by);
}

void rcu_expedited_pay(struct rcu *rcu, struct kernel_cpu *cpu, struct task *reader)
{
	rcu_cpu_of(cpu)->owes = false;
	if (reader && !reader->rcu.expedited) {
		reader->rcu.expedited = true;
		rcu->expedited_readers++;
	}
	cpumask_remove(&rcu->expedited_waits, cpu->index);
	look(rcu, cpu);
}

void rcu_expedited_reader_left(struct rcu *rcu, struct task *reader, struct kernel_cpu *by)
{
	reader->rcu.expedited = false;
	rcu->expedited_readers--;
	look(rcu, by);
}

/* In the handler. Where readers cannot lose their CPU, only schedule() tells that none is under
 * way. */
void rcu_called(struct kernel_cpu *cpu)
{
	struct rcu *rcu = cpu->kernel->rcu;
	struct rcu_cpu *here = rcu_cpu_of(cpu);

	if (!here->called)
		return;
	here->called = false;
	here->owes = true;
	if (!cpu->current || (rcu->preemptible && !cpu->current->rcu.inside && !cpu->no_preempt))
		rcu_expedited_pay(rcu, cpu, NULL);
	else if (!rcu->preemptible || !cpu->current->rcu.inside)
		cpu->rq->resched |= FAIR_RESCHED_NOW;
}

static void call_others(struct program_task *task, struct rcu *rcu, struct kernel_cpu *cpu)
{
	struct kernel *kernel = rcu->kernel;
	struct cpumask *targets = &rcu->expedited_waits;

	for (uint32_t i = 0; i < kernel->cpus; i++) {
		if (i == cpu->index || rcu_is_idle(&kernel->cpu[i]))
			continue;
		cpumask_add(targets, i);
		rcu->cpu[i].called = true;
	}
	for (struct task *in = rcu->blocked; in; in = in->rcu.next) {
		in->rcu.expedited = true;
		rcu->expedited_readers++;
	}
	count(kernel->measures, COUNTER_RCU_EXPEDITED);
	if (!cpumask_empty(targets))
		cpu->cpu->ops->call(cpu->cpu, targets);
	kernel_work(cpu, task->owed + kernel->costs.call_send * cpumask_count(targets),
		    WORK_KERNEL);
	task->owed = 0;
}

bool rcu_synchronize_expedited(struct program_task *task, struct kernel_cpu *cpu)
{
	struct rcu *rcu = cpu->kernel->rcu;
	struct task *me = &task->task;
	enum { BEGIN, CALLED, SENDS, SLEEPS };

	if (task->stage == BEGIN) {
		task->stage = CALLED;
		me->waits_since = rcu->kernel->engine->now;
		if (!program_work(task, cpu, cpu->kernel->costs.futex, WORK_KERNEL))
			return false;
	}
	if (task->stage == CALLED) {
		if (rcu->expedites) {
			fifo_push(&rcu->expedited_line, me);
			kernel_block(cpu);
			return false;
		}
		rcu->expedites = me;
		rcu->expedited_sent = false;
		task->stage = SENDS;
		call_others(task, rcu, cpu);
		return false;
	}
	rcu->expedited_sent = true;
	if (!is_over(rcu)) {
		task->stage = SLEEPS;
		kernel_block(cpu);
		return false;
	}
	rcu->expedites = NULL;
	if (rcu->expedited_line.head)
		kernel_wake(fifo_pop(&rcu->expedited_line), cpu);
	histogram_add(&rcu->kernel->measures->latency[LATENCY_RCU_EXPEDITED],
		      rcu->kernel->engine->now - me->waits_since);
	return true;
}
