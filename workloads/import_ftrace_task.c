/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import_ftrace_task.c - what the tasks of a recording did, as ops
 *
 * CPU time between two switches is work. A task that leaves its CPU while it is runnable did
 * nothing: whether that happens again is for the machine to say. A task that blocks waits: if a
 * task woke it, for that task, which puts an item into the sleeper's own queue; if an interrupt or
 * the idle task did, for so much time. Who is forked is dormant until then; a parent whom it wakes
 * while it exits waits for its end.
 */
#include <string.h>

#include "workloads/import.h"
#include "workloads/import_ftrace.h"

#define WAKES_MOST 1000000 /* items in a queue of wake-ups */

void ftrace_init(struct ftrace *ftrace)
{
	ftrace->tasks = g_hash_table_new_full(g_int_hash, g_int_equal, g_free, g_free);
	for (uint32_t i = 0; i < FTRACE_CPUS_MOST; i++)
		ftrace->cpu[i].pid = FTRACE_NO_TASK;
}

void ftrace_clear(struct ftrace *ftrace)
{
	g_hash_table_unref(ftrace->tasks);
}

static bool asked_for(const struct ftrace *ftrace, const char *name)
{
	for (uint32_t i = 0; ftrace->only && ftrace->only[i]; i++) {
		if (g_pattern_match_simple(ftrace->only[i], name))
			return true;
	}
	return !ftrace->only;
}

struct ftrace_task *ftrace_task(struct ftrace *ftrace, uint32_t pid, const char *comm,
				const char *comm_end)
{
	struct ftrace_task *task = g_hash_table_lookup(ftrace->tasks, &pid);
	g_autofree char *raw = NULL;
	g_autofree char *name = NULL;

	if (task)
		return task;
	raw = g_strndup(comm, (gsize)(comm_end - comm));
	name = g_utf8_make_valid(raw, -1);
	g_strdelimit(name, "\n\r\t", '_');
	task = g_new0(struct ftrace_task, 1);
	task->since = ftrace->begin;
	task->mode = OP_RUN;
	task->queue = task->parent = FTRACE_NO_TASK;
	task->pid = pid;
	if (pid && asked_for(ftrace, name)) {
		g_autofree char *full = g_strdup_printf("%s-%u", name, pid);

		task->number = ftrace->import->tasks->len;
		task->task = import_task_add(ftrace->import, full);
	}
	g_hash_table_insert(ftrace->tasks, g_memdup2(&pid, sizeof(pid)), task);
	return task;
}

/* CPU time up to now. */
static void account(struct ftrace *ftrace, struct ftrace_task *task)
{
	if (task->state == FTRACE_RUNNING)
		task->pending += ftrace->now - task->since;
	task->since = ftrace->now;
}

static void flush(struct ftrace *ftrace, struct ftrace_task *task)
{
	if (task->pending && task->task && !task->faults)
		import_op(ftrace->import, task->task, task->mode, 0, task->pending);
	task->pending = 0;
}

void ftrace_op(struct ftrace *ftrace, struct ftrace_task *task, enum op_kind kind, uint32_t object,
	       uint64_t amount)
{
	if (!task->task)
		return;
	if (task->state == FTRACE_RUNNING)
		account(ftrace, task);
	flush(ftrace, task);
	import_op(ftrace->import, task->task, kind, object, amount);
}

void ftrace_mode(struct ftrace *ftrace, struct ftrace_task *task, enum op_kind mode)
{
	account(ftrace, task);
	if (task->mode != mode)
		flush(ftrace, task);
	task->mode = mode;
	task->faults = false;
}

void ftrace_fault(struct ftrace *ftrace, struct ftrace_task *task)
{
	ftrace_op(ftrace, task, OP_TOUCH, 0, 1);
	/* up to the kvm_entry, if these are recorded */
	task->faults = task->mode == OP_KERNEL;
}

void ftrace_fork(struct ftrace *ftrace, struct ftrace_task *parent, uint32_t pid, const char *comm,
		 const char *comm_end)
{
	struct ftrace_task *task = g_hash_table_lookup(ftrace->tasks, &pid);

	if (task) { /* the pid is used anew */
		account(ftrace, task);
		flush(ftrace, task);
		g_hash_table_remove(ftrace->tasks, &pid);
	}
	task = ftrace_task(ftrace, pid, comm, comm_end);
	if (!task->task) {
		import_note(ftrace->import, IMPORT_NOT,
			    "sched_process_fork of a task that was not asked for");
		return;
	}
	if (!parent->task) {
		import_note(
			ftrace->import, IMPORT_IMPLIED,
			"sched_process_fork by a task that was not asked for: seen in its wake-up");
		return;
	}
	ftrace_op(ftrace, parent, OP_SPAWN, task->number, 0);
	import_note(ftrace->import, IMPORT_MAPPED, "sched_process_fork: a spawn");
	task->parent = parent->pid;
	task->state = FTRACE_RUNNABLE;
	task->since = ftrace->now;
}

static void sleep_until_now(struct ftrace *ftrace, struct ftrace_task *task, enum op_kind kind)
{
	if (ftrace->now > task->since && task->task)
		import_op(ftrace->import, task->task, kind, 0, ftrace->now - task->since);
}

static void leave(struct ftrace *ftrace, struct ftrace_task *task, char state)
{
	account(ftrace, task);
	if (state == 'R') {
		task->state = FTRACE_RUNNABLE;
		return;
	}
	flush(ftrace, task);
	if (task->task)
		import_op(ftrace->import, task->task, OP_WORK, 0, 1);
	task->state = strchr("XZx", state) ? FTRACE_GONE : FTRACE_BLOCKED;
}

static void enter(struct ftrace *ftrace, struct ftrace_task *task)
{
	if (task->state == FTRACE_BLOCKED) {
		sleep_until_now(ftrace, task, OP_SLEEP);
		import_note(ftrace->import, IMPORT_NEARLY,
			    "wait whose wake-up is not recorded: a sleep until it runs");
	}
	task->state = FTRACE_RUNNING;
	task->since = ftrace->now;
}

/* When a task left that was not seen to leave is not known: its last time is not counted. */
static void lost(struct ftrace *ftrace, uint32_t pid)
{
	struct ftrace_task *task = pid ? g_hash_table_lookup(ftrace->tasks, &pid) : NULL;

	if (pid == FTRACE_NO_TASK)
		return;
	import_note(ftrace->import, IMPORT_NOT, "switch that is not recorded, and the time before");
	if (task && task->state == FTRACE_RUNNING) {
		task->state = FTRACE_RUNNABLE;
		task->since = ftrace->now;
	}
}

/* `pid` runs on the CPU, whatever was known before. */
static void correct(struct ftrace *ftrace, uint32_t number, uint32_t pid, const char *comm,
		    const char *comm_end)
{
	struct ftrace_cpu *cpu = &ftrace->cpu[number];

	ftrace->cpus = MAX(ftrace->cpus, number + 1);
	if (cpu->pid == pid)
		return;
	lost(ftrace, cpu->pid);
	cpu->pid = pid;
	if (pid)
		enter(ftrace, ftrace_task(ftrace, pid, comm, comm_end));
}

/* In the midst of a switch lines still name the task that has left, so they do not correct. */
void ftrace_seen(struct ftrace *ftrace, const struct ftrace_line *line)
{
	if (ftrace->cpu[line->cpu].pid == FTRACE_NO_TASK)
		correct(ftrace, line->cpu, line->pid, line->comm, line->comm_end);
}

void ftrace_switch(struct ftrace *ftrace, uint32_t cpu, const struct ftrace_switch *found)
{
	correct(ftrace, cpu, found->pid[0], found->comm[0], found->comm_end[0]);
	if (found->pid[0])
		leave(ftrace,
		      ftrace_task(ftrace, found->pid[0], found->comm[0], found->comm_end[0]),
		      found->state);
	if (found->pid[1])
		enter(ftrace,
		      ftrace_task(ftrace, found->pid[1], found->comm[1], found->comm_end[1]));
	ftrace->cpu[cpu].pid = found->pid[1];
	ftrace->cpu[cpu].in_irq = 0;
	import_note(ftrace->import, IMPORT_MAPPED,
		    !found->pid[0]	  ? "sched_switch from idle"
		    : found->state == 'R' ? "sched_switch, preempted: work goes on"
					  : "sched_switch, blocked: work and a wait");
}

static void wait_of(struct ftrace *ftrace, struct ftrace_task *target, enum ftrace_waker by)
{
	sleep_until_now(ftrace, target, by == FTRACE_BY_DEVICE ? OP_IO : OP_SLEEP);
	if (by == FTRACE_BY_TASK && target->task)
		import_note(ftrace->import, IMPORT_NEARLY,
			    "wake-up by a task that was not asked for: a sleep");
	else
		import_note(ftrace->import, IMPORT_MAPPED,
			    by == FTRACE_BY_DEVICE ? "wake-up by the end of a block request: an io"
						   : "wake-up by an interrupt or idle: a sleep");
}

void ftrace_wake(struct ftrace *ftrace, struct ftrace_task *waker, struct ftrace_task *target,
		 enum ftrace_waker by)
{
	if (target->state != FTRACE_BLOCKED && target->state != FTRACE_UNKNOWN) {
		import_note(ftrace->import, IMPORT_IMPLIED,
			    "wake-up of a task that was awake or woken before");
		return;
	}
	if (by == FTRACE_BY_TASK && target->task && waker->exits && waker->parent == target->pid) {
		import_op(ftrace->import, target->task, OP_JOIN, waker->number, 0);
		waker->parent = FTRACE_NO_TASK;
		import_note(ftrace->import, IMPORT_MAPPED,
			    "wake-up of the parent by a task that exits: a join");
	} else if (by == FTRACE_BY_TASK && waker->task && target->task && waker != target) {
		if (target->queue == FTRACE_NO_TASK)
			target->queue = import_queue_add(ftrace->import, WAKES_MOST);
		ftrace_op(ftrace, waker, OP_PUT, target->queue, 1);
		import_op(ftrace->import, target->task, OP_GET, target->queue, 1);
		import_note(ftrace->import, IMPORT_MAPPED, "wake-up by a task: a put and a get");
	} else {
		wait_of(ftrace, target, by);
	}
	target->state = FTRACE_RUNNABLE;
	target->since = ftrace->now;
}

void ftrace_finish(struct ftrace *ftrace)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, ftrace->tasks);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct ftrace_task *task = value;

		account(ftrace, task);
		flush(ftrace, task);
	}
	ftrace->import->vcpus = ftrace->cpus;
	ftrace->import->duration = ftrace->now - ftrace->begin;
}
