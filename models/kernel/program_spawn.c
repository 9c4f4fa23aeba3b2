/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * program_spawn.c - tasks that start others, wait for their end, and end themselves
 *
 * A task that has ended may be spawned again: a new process that does the same.
 */
#include "models/kernel/objects.h"
#include "models/kernel/program_private.h"

static bool may_begin(const struct program_task *task)
{
	return task->task.state == TASK_NEW || task->task.state == TASK_DEAD;
}

static void begin(struct program_task *child, struct kernel_cpu *cpu)
{
	child->op_under_way = child->ended = false;
	child->owed = child->due = 0;
	kernel_fork(cpu, &child->task);
}

bool program_spawn(struct program_task *task, struct kernel_cpu *cpu)
{
	struct kernel_objects *objects = cpu->kernel->objects;
	struct program_task *child = &objects->task[task->op.object];

	if (task->stage == 0) {
		task->stage = 1;
		if (!program_work(task, cpu, task->op.amount, WORK_KERNEL))
			return false;
	}
	if (may_begin(child))
		begin(child, cpu);
	else if (!objects->spawned_twice)
		objects->spawned_twice = child;
	return true;
}

bool program_join(struct program_task *task, struct kernel_cpu *cpu)
{
	struct program_task *child = &cpu->kernel->objects->task[task->op.object];

	if (task->stage == 0) {
		task->stage = 1;
		if (!program_work(task, cpu, cpu->kernel->costs.futex, WORK_KERNEL))
			return false;
	}
	if (child->ended) {
		child->ended = false;
		return true;
	}
	fifo_push(&child->joiners, &task->task);
	kernel_block(cpu);
	return false;
}

/* The parent is woken in sync, as __wake_up_parent() does. */
void program_exit(struct program_task *task, struct kernel_cpu *cpu)
{
	struct task *joiner = fifo_pop(&task->joiners);

	task->ended = true;
	if (joiner)
		kernel_wake_sync(joiner, cpu);
	kernel_exit(cpu);
}
