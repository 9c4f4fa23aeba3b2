/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * runnable.h - each CPU's list of runnable tasks, for balancing and for counting stacked siblings
 */
#pragma once

#include <stddef.h>

#include "models/kernel/balance.h"
#include "models/kernel/kernel.h"

static inline void runnable_append(struct kernel_cpu *cpu, struct task *task)
{
	task->prev = cpu->last;
	task->next = NULL;
	if (cpu->last)
		cpu->last->next = task;
	else
		cpu->first = task;
	cpu->last = task;
}

static inline void runnable_prepend(struct kernel_cpu *cpu, struct task *task)
{
	task->prev = NULL;
	task->next = cpu->first;
	if (cpu->first)
		cpu->first->prev = task;
	else
		cpu->last = task;
	cpu->first = task;
}

static inline void runnable_unlink(struct kernel_cpu *cpu, struct task *task)
{
	if (task->prev)
		task->prev->next = task->next;
	else
		cpu->first = task->next;
	if (task->next)
		task->next->prev = task->prev;
	else
		cpu->last = task->prev;
}

static inline void runnable_add(struct task *task)
{
	struct kernel_cpu *cpu = task_cpu(task);

	runnable_append(cpu, task);
	cpu->tasks++;
	if (cpu->tasks > 1)
		cpu->kernel->balance->overloaded = true;
	if (task->ops->queued)
		task->ops->queued(task, cpu->index, 1);
}

static inline void runnable_remove(struct task *task)
{
	struct kernel_cpu *cpu = task_cpu(task);

	runnable_unlink(cpu, task);
	cpu->tasks--;
	if (task->ops->queued)
		task->ops->queued(task, cpu->index, -1);
}

/* The task has just run, or was looked at: it goes to that end of the list. */
static inline void runnable_turn(struct task *task, bool to_front)
{
	struct kernel_cpu *cpu = task_cpu(task);

	if (task == (to_front ? cpu->first : cpu->last))
		return;
	runnable_unlink(cpu, task);
	if (to_front)
		runnable_prepend(cpu, task);
	else
		runnable_append(cpu, task);
}
