/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * runnable.h - each CPU's list of runnable tasks, for balancing and for counting stacked siblings
 */
#pragma once

#include <stddef.h>

#include "models/kernel/kernel.h"

static inline void runnable_add(struct task *task)
{
	struct kernel_cpu *cpu = task_cpu(task);

	task->prev = cpu->last;
	task->next = NULL;
	if (cpu->last)
		cpu->last->next = task;
	else
		cpu->first = task;
	cpu->last = task;
	cpu->tasks++;
	if (task->ops->queued)
		task->ops->queued(task, cpu->index, 1);
}

static inline void runnable_remove(struct task *task)
{
	struct kernel_cpu *cpu = task_cpu(task);

	if (task->prev)
		task->prev->next = task->next;
	else
		cpu->first = task->next;
	if (task->next)
		task->next->prev = task->prev;
	else
		cpu->last = task->prev;
	cpu->tasks--;
	if (task->ops->queued)
		task->ops->queued(task, cpu->index, -1);
}
