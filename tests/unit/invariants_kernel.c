/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * invariants_kernel.c - one kernel, the host's or a guest's
 */
#include "models/kernel/balance.h"
#include "models/kernel/kernel.h"
#include "models/kernel/rcu.h"
#include "models/sched/query.h"
#include "sim/engine/engine.h"
#include "tests/unit/invariants.h"

/* No segment of a random program or of a path is that long: what is has wrapped around. */
#define LONGEST UINT64_C(1000000000)

struct tally {
	uint32_t entities, tasks, runnable, listed;
	int64_t weight;
};

static const char *queue_broken(const struct fair_queue *queue, struct tally *above);

static const char *entity_broken(const struct fair_queue *queue, const struct fair_entity *entity,
				 struct tally *tally)
{
	must(entity->queue == queue);
	must(entity->queued);
	tally->entities++;
	tally->weight += entity->weight;
	if (entity->own)
		return queue_broken(entity->own, tally);

	const struct task *task = (const struct task *)entity;

	must(task->fair.rq == queue->rq);
	tally->tasks++;
	if (!entity->delayed) {
		must(task->state == TASK_RUNNABLE);
		tally->runnable++;
	} else {
		must(task->state == TASK_SLEEPING);
	}
	return NULL;
}

static const char *tree_broken(const struct fair_queue *queue, const struct fair_entity *node,
			       struct tally *tally)
{
	if (!node)
		return NULL;
	must(node->waiting);
	must(node != queue->curr);
	must_pass(entity_broken(queue, node, tally));
	must_pass(tree_broken(queue, node->left, tally));
	return tree_broken(queue, node->right, tally);
}

static const char *queue_broken(const struct fair_queue *queue, struct tally *above)
{
	struct tally tally = { 0 };

	must_pass(tree_broken(queue, queue->root, &tally));
	if (queue->curr)
		must_pass(entity_broken(queue, queue->curr, &tally));
	must(tally.entities == queue->nr_queued);
	must(tally.weight == queue->weight);
	must(tally.tasks == queue->h_nr_queued);
	must(tally.runnable == queue->h_nr_runnable);
	above->tasks += tally.tasks;
	above->runnable += tally.runnable;
	return NULL;
}

static const char *list_broken(const struct kernel_cpu *cpu)
{
	const struct task *last = NULL;
	bool found = !cpu->current;
	uint32_t count = 0;

	for (const struct task *task = cpu->first; task; last = task, task = task->next) {
		must(++count <= cpu->tasks);
		must(task->prev == last);
		must(task->kernel == cpu->kernel);
		must(task->cpu == cpu->index);
		must(task->only_cpu == UINT32_MAX || task->only_cpu == cpu->index);
		must(task->state == TASK_RUNNABLE);
		must(task->fair.rq == cpu->rq);
		must(fair_task_queued(&task->fair) && !fair_task_delayed(&task->fair));
		must(!task->fair.throttled);
		must(task->segment < LONGEST);
		must(task->run_total + task->wait_total <= kernel_now(cpu->kernel));
		must(task != cpu->current || task->segment == 0 || cpu->switching || cpu->locking);
		found |= task == cpu->current;
	}
	must(last == cpu->last);
	must(count == cpu->tasks);
	must(found);
	return NULL;
}

static const char *run_queue_broken(const struct kernel_cpu *cpu)
{
	const struct fair_rq *rq = cpu->rq;
	struct tally all = { 0 };

	must_pass(queue_broken(&rq->root, &all));
	must(all.tasks == rq->nr_running);
	must(all.runnable == cpu->tasks);
	must(rq->curr == (cpu->current ? &cpu->current->fair : NULL));
	must(!cpu->current || !fair_task_delayed(rq->curr));
	return NULL;
}

static const char *tick_broken(const struct kernel_cpu *cpu)
{
	bool armed = timer_is_armed(&cpu->kernel->engine->timers, &cpu->tick);
	bool pending = cpu->cpu->pending & 1u << IRQ_TICK;
	bool handled = cpu->in_interrupt && !cpu->rescheduling && cpu->irq == IRQ_TICK;

	if (cpu->current) {
		must(!cpu->tick_stopped);
		must(armed + pending + handled == 1);
	} else if (!cpu->in_interrupt && cpu->idle.polls) {
		must(armed + pending == !cpu->tick_stopped);
	} else if (!cpu->in_interrupt && cpu->kernel->rcu && rcu_needs_tick(cpu)) {
		must(!cpu->tick_stopped);
		must(armed + pending == 1);
	} else if (!cpu->in_interrupt) {
		must(cpu->tick_stopped);
		must(!armed && !pending);
	}
	return NULL;
}

/* Whose sleep is over, and who waits for the interrupt that will wake them. */
static const char *sleepers_broken(const struct kernel_cpu *cpu, const struct task *first,
				   enum irq irq)
{
	bool coming = cpu->cpu->pending & 1u << irq || (cpu->in_interrupt && cpu->irq == irq);

	must(!first || coming);
	for (const struct task *task = first; task; task = task->wait_next) {
		must(task->state == TASK_SLEEPING);
		must(task->cpu == cpu->index);
		must(task->awaits_io == (irq == IRQ_IO));
	}
	return NULL;
}

/* Somebody wants the CPU now: it is told, or looks for itself before long. */
static const char *reschedule_broken(const struct kernel_cpu *cpu, bool coming)
{
	if (cpu->in_interrupt || coming)
		return NULL;
	must(cpu->current || cpu->tasks == 0 || (cpu->idle.polls && cpu->idle.hit));
	if (!cpu->current || cpu->switching || cpu->locking || cpu->work == WORK_EXIT)
		return NULL;
	must(!(cpu->rq->resched & FAIR_RESCHED_NOW) || !kernel_wants_cpu(cpu, cpu->work));
	must(cpu->work != WORK_HALT_POLL || cpu->rq->nr_running == 1);
	return NULL;
}

static const char *cpu_broken(const struct kernel_cpu *cpu, bool coming)
{
	must(cpu->cpu->client == cpu);
	must(cpu->cpu->irqs_on ==
	     !(cpu->in_interrupt || cpu->switching || cpu->locking || cpu->irqs_off));
	must(cpu->in_interrupt + cpu->switching + cpu->locking <= 1);
	must(!(cpu->switching || cpu->locking) || cpu->current);
	must_pass(list_broken(cpu));
	must_pass(run_queue_broken(cpu));
	must_pass(tick_broken(cpu));
	must_pass(sleepers_broken(cpu, (cpu)->timer_expired, IRQ_TIMER));
	must_pass(sleepers_broken(cpu, (cpu)->io_done, IRQ_IO));
	must_pass(reschedule_broken(cpu, coming));
	if (cpu->in_interrupt && cpu->current && cpu->work != WORK_GUEST)
		must(cpu->base == UINT64_MAX || cpu->base < LONGEST);
	return NULL;
}

/* What placement and balancing remember. */
static const char *balance_broken(const struct kernel_cpu *cpu)
{
	const struct domains *domains = &cpu->balance->domains;
	uint32_t below = 1;

	/* active balance: a request that is not yet carried out, with its interrupt or without */
	must(cpu->balance->push_to == UINT32_MAX || cpu->balance->push_to < cpu->kernel->cpus);
	must(cpu->balance->push_to != cpu->index);
	must(cpu->balance->avg_idle <= 2 * cpu->balance->max_cost);
	for (uint32_t i = 0; i < domains->levels; i++) {
		const struct domain *domain = &domains->domain[i];

		must(domain_has(domain, cpu->index));
		must(domain->group == below && domain->span % below == 0);
		must(domain->interval >= domain->span && domain->interval <= 1024);
		must(domain->newidle_ratio <= 1024);
		below = domain->span;
	}
	must(domains->levels == 0 || below == cpu->kernel->cpus);
	return NULL;
}

static const char *idle_count_broken(const struct kernel *kernel)
{
	uint32_t idle = 0, movable = 0;

	for (uint32_t i = 0; i < kernel->cpus; i++) {
		const struct kernel_cpu *cpu = &kernel->cpu[i];

		idle += !cpu->current;
		for (const struct task *task = cpu->first; task; task = task->next)
			movable += task->only_cpu == UINT32_MAX;
	}
	must(kernel->balance->idle_cpus == idle);
	must(kernel->balance->movable >= movable);
	return NULL;
}

const char *kernel_broken(const struct kernel *kernel, bool (*coming)(const struct kernel_cpu *cpu))
{
	must_pass(idle_count_broken(kernel));
	for (uint32_t i = 0; i < kernel->cpus; i++) {
		const struct kernel_cpu *cpu = &kernel->cpu[i];

		must(cpu->index == i && cpu->kernel == kernel && cpu->rq == &kernel->fair.rq[i]);
		must_pass(cpu_broken(cpu, coming(cpu)));
		must_pass(balance_broken(cpu));
	}
	return NULL;
}
