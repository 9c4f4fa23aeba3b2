/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * balance.c - newly-idle pull (eevdf.md 5.1, 5.2); periodic balancing is not modelled yet
 */
#include "models/kernel/balance.h"

#include "models/kernel/kernel.h"
#include "models/kernel/runnable.h"
#include "sim/engine/engine.h"

/* sysctl_sched_migration_cost: a task that ran this recently is cache hot. eevdf.md 5.2 */
#define CACHE_HOT_NS UINT64_C(500000)

/* eevdf.md 5.2 "movable", for an empty destination: eligibility does not matter there. */
static bool movable(const struct task *task, uint64_t now)
{
	return task->only_cpu == UINT32_MAX && !task_running(task) &&
	       (task->off_since == 0 || now - task->off_since >= CACHE_HOT_NS);
}

static struct task *find(struct kernel_cpu *from, uint64_t now)
{
	if (from->tasks < 2)
		return NULL;
	for (struct task *task = from->first; task; task = task->next)
		if (movable(task, now))
			return task;
	return NULL;
}

/* The queue with the most runnable tasks is the busiest: migrate_task, eevdf.md 5.2. */
static struct task *busiest(struct kernel_cpu *cpu)
{
	struct kernel *kernel = cpu->kernel;
	uint32_t base = cpu->index - cpu->index % kernel->llc_size;
	uint32_t most = 1;
	struct task *found = NULL;

	for (uint32_t i = 1; i < kernel->llc_size; i++) {
		uint32_t index = base + (cpu->index - base + i) % kernel->llc_size;
		struct task *task;

		if (index >= kernel->cpus || kernel->cpu[index].tasks <= most)
			continue;
		task = find(&kernel->cpu[index], kernel->engine->now);
		if (task) {
			found = task;
			most = kernel->cpu[index].tasks;
		}
	}
	return found;
}

bool balance_newly_idle(struct kernel_cpu *cpu)
{
	struct task *task;
	struct kernel_cpu *from;
	uint32_t requests;

	if (cpu->kernel->cpus == 1 || !cpu->kernel->balance)
		return false;
	task = busiest(cpu);
	if (!task)
		return false;
	from = task_cpu(task);
	requests = from->rq->resched;
	runnable_remove(task);
	task_set_cpu(task, cpu->index);
	runnable_add(task);
	fair_migrate(from->rq, cpu->rq, &task->fair, kernel_clock(from), kernel_clock(cpu));
	/* taking it away has charged the task that runs there, and its slice may be over */
	kernel_notify(from, cpu, requests);
	return true;
}
