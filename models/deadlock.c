/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * deadlock.c - a VM whose tasks all wait for each other
 *
 * Simulated time runs on over such a VM, so it is looked for at the end of a run. A task that
 * sleeps for a time is not waiting, and neither is one that was woken or that owns its lock.
 */
#include <glib.h>
#include <string.h>

#include "models/config.h"
#include "models/kernel/objects.h"
#include "models/kernel/program.h"
#include "models/machine.h"
#include "models/machine_private.h"
#include "workloads/trace_op.h"
#include "workloads/workload.h"

#define SHOWN_MOST 20 /* waiters in a message */

/* In the optimistic spin of a mutex or rwsem that is held. */
static bool spins_for_owner(const struct program_task *task)
{
	const struct kernel_objects *objects = task->task.kernel->objects;
	const struct sleep_lock *locks =
		task->op.kind == OP_KERNEL_MUTEX_LOCK ? objects->kernel_mutex : objects->rwsem;

	return task->task.sleep_wait.spins &&
	       (locks[task->op.object].owner || locks[task->op.object].readers);
}

static bool waits(const struct program_task *task)
{
	if (task->task.state == TASK_SLEEPING)
		return !task->op_under_way ||
		       (task->op.kind != OP_SLEEP && task->op.kind != OP_TIMER &&
			task->op.kind != OP_IO && task->op.kind != OP_SYNCHRONIZE_RCU);
	return task->task.state == TASK_RUNNABLE && (task->task.spins_on || spins_for_owner(task));
}

static bool all_wait(const struct vm *vm)
{
	bool any = false;

	for (uint32_t i = 0; i < vm->workload->tasks; i++) {
		/* a dormant one waits for nobody */
		if (vm->tasks[i].task.state == TASK_DEAD || vm->tasks[i].task.state == TASK_NEW)
			continue;
		if (!waits(&vm->tasks[i]))
			return false;
		any = true;
	}
	return any;
}

static const struct task *owner_of(const struct vm *vm, const struct op *op)
{
	const struct kernel_objects *objects = vm->guest.objects;

	switch (op->kind) {
	case OP_LOCK:
		return objects->spin_lock[op->object].owner;
	case OP_MUTEX_LOCK:
		return objects->mutex[op->object].owner;
	case OP_KERNEL_MUTEX_LOCK:
		return objects->kernel_mutex[op->object].owner;
	case OP_READ_LOCK:
	case OP_WRITE_LOCK:
		return objects->rwsem[op->object].owner;
	default:
		return NULL;
	}
}

static void add_joined(const struct program_task *task, GString *text)
{
	g_string_append(text, task->task.state == TASK_NEW    ? ", which nobody has spawned"
			      : task->task.state == TASK_DEAD ? ", which has ended before"
							      : ", which has not ended");
}

static void add_waiter(const struct vm *vm, uint32_t index, GString *text)
{
	const struct workload *workload = vm->workload;
	const struct op *op = &vm->tasks[index].op;
	const struct task *owner = owner_of(vm, op);
	g_autofree char *where = workload->where ? workload->where(workload, index)
						 : g_strdup_printf("task %u", index);
	char line[TRACE_OP_MOST];
	size_t length = trace_op_print(op, line);

	g_string_append_printf(text, "\n  %s waits in \"%.*s\"", where, (int)length - 1, line);
	if (owner)
		g_string_append_printf(text, ", held by task %td",
				       (const struct program_task *)owner - vm->tasks);
	else if (trace_ops[op->kind].object == TRACE_QUEUE)
		g_string_append_printf(text, ", which holds %" G_GUINT64_FORMAT " items",
				       vm->guest.objects->queue[op->object].items);
	else if (op->kind == OP_JOIN)
		add_joined(&vm->tasks[op->object], text);
	else if (op->kind == OP_BARRIER)
		g_string_append_printf(text, ", to which %u of %u have come",
				       vm->guest.objects->barrier[op->object].arrived,
				       vm->guest.objects->barrier[op->object].parties);
}

/* What is wrong with its ops; NULL: nothing. */
static char *op_complaint(const struct vm *vm, uint32_t index)
{
	const struct kernel_objects *objects = vm->guest.objects;

	if (objects->spawned_twice)
		return g_strdup_printf(
			"VM %u (%s): found a spawn of task %td, which runs; legal: when "
			"it has ended",
			index, vm->config->name, objects->spawned_twice - vm->tasks);
	if (objects->mark_fault == MARK_NOT_BEGUN)
		return g_strdup_printf("VM %u (%s): found a mark-end of mark %u, which nobody had "
				       "begun; legal: after a mark-begin",
				       index, vm->config->name, objects->mark_blamed);
	if (objects->mark_fault == MARK_NOT_ENDED)
		return g_strdup_printf("VM %u (%s): found mark %u begun %u times more than ended; "
				       "legal: as many mark-ends",
				       index, vm->config->name, objects->mark_blamed,
				       MARK_OPEN_MOST);
	return NULL;
}

char *machine_complaint(const struct machine *machine)
{
	GString *text = NULL;
	uint32_t waiters = 0;

	for (uint32_t i = 0; i < machine->vms && !text; i++) {
		const struct vm *vm = &machine->vm[i];
		const struct workload *workload = vm->workload;
		char *ops = op_complaint(vm, i);

		if (ops)
			return ops;
		if (workload->broken && workload->broken(workload))
			return g_strdup_printf("VM %u (%s): %s", i, vm->config->name,
					       workload->broken(workload));

		if (!all_wait(vm))
			continue;
		text = g_string_new(NULL);
		g_string_append_printf(text, "VM %u (%s): found a deadlock, all tasks wait:", i,
				       vm->config->name);
		for (uint32_t task = 0; task < vm->workload->tasks; task++) {
			if (waits(&vm->tasks[task]) && waiters++ < SHOWN_MOST)
				add_waiter(vm, task, text);
		}
		if (waiters > SHOWN_MOST)
			g_string_append_printf(text, "\n  ... and %u more", waiters - SHOWN_MOST);
	}
	return text ? g_string_free(text, FALSE) : NULL;
}
