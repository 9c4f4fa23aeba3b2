/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * balance_simple.c - a newly-idle pull without gates and levels, for placement "simple"
 */
#include "models/kernel/balance.h"
#include "models/kernel/balance_pass.h"
#include "models/kernel/kernel.h"
#include "sim/engine/engine.h"

static bool movable(const struct task *task, uint64_t now)
{
	return task->only_cpu == UINT32_MAX && !task_running(task) &&
	       (task->off_since == 0 || now - task->off_since >= MIGRATION_COST_NS);
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

		if (kernel->cpu[index].tasks <= most)
			continue;
		task = find(&kernel->cpu[index], kernel->engine->now);
		if (task) {
			found = task;
			most = kernel->cpu[index].tasks;
		}
	}
	return found;
}

bool balance_simple(struct kernel_cpu *cpu)
{
	struct task *task = busiest(cpu);

	if (task)
		balance_move(task, cpu, cpu, MOVE_NEWLY_IDLE);
	return task;
}
