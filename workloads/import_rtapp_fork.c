/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import_rtapp_fork.c - tasks that rt-app's tasks fork
 *
 * Each fork that is written out makes a thread of its own, which is dormant until then. In a loop
 * that never ends there would be ever more of them: its first round is written out, and what repeats
 * waits for the end of each thread before it forks the same anew. So do forked tasks before they end
 * themselves, for they may be forked anew. A thread that never ends cannot be dormant (a trace does
 * the section of such a task once): it begins with the others and waits on a futex.
 */
#include "workloads/import.h"
#include "workloads/import_rtapp.h"
#include "workloads/instance.h"

#define DEPTH_MOST 16
#define TASKS_MOST 4096

void rtapp_forks_begin(struct rtapp *rtapp, struct rtapp_forks *forks)
{
	*forks = (struct rtapp_forks){ .child = g_array_new(FALSE, FALSE, sizeof(uint32_t)) };
	rtapp->forks = forks;
}

void rtapp_forks_end(struct rtapp *rtapp)
{
	g_array_unref(rtapp->forks->child);
	rtapp->forks = NULL;
}

/* What is written from here on repeats for ever. */
void rtapp_forks_repeat(struct rtapp *rtapp)
{
	rtapp->forks->next = rtapp->forks->round;
	rtapp->forks->repeats = true;
}

void rtapp_forks_round(struct rtapp *rtapp)
{
	rtapp->forks->round = rtapp->forks->child->len;
}

static bool is_endless(const struct rtapp *rtapp, uint32_t number)
{
	const struct import_task *task = g_ptr_array_index(rtapp->import->tasks, number);

	return task->again != IMPORT_NEVER;
}

/* It waits for its fork; false if it is dormant instead. */
static bool wait_for_fork(struct rtapp *rtapp, struct import_task *task, uint32_t *futex)
{
	struct op op;

	if (task->again == IMPORT_NEVER)
		return false;
	*futex = rtapp->import->objects.futexes++;
	op_set(&op, OP_FUTEX_WAIT, *futex, 0);
	g_array_prepend_val(task->ops, op);
	task->again++;
	rtapp->import->ops++;
	return true;
}

static bool fork_again(struct rtapp *rtapp)
{
	uint32_t child = g_array_index(rtapp->forks->child, uint32_t, rtapp->forks->next++);

	if (is_endless(rtapp, child)) {
		import_note(rtapp->import, IMPORT_NOT,
			    "fork in an endless loop of a task that never ends: only the first");
		return true;
	}
	import_op(rtapp->import, rtapp->task, OP_JOIN, child, 0);
	import_op(rtapp->import, rtapp->task, OP_SPAWN, child, 0);
	import_note(rtapp->import, IMPORT_NEARLY,
		    "fork in an endless loop: waits for the end of the last one");
	return true;
}

/* `index` counts the tasks of the file from 1. */
static struct import_task *add_child(struct rtapp *rtapp, const char *name, GError **error)
{
	struct rtapp outer = *rtapp;
	const char *key;
	json_t *task, *found = NULL;
	struct import_task *child;
	bool good;

	rtapp->index = 0;
	json_object_foreach(rtapp->tasks, key, task)
	{
		rtapp->index++;
		if (g_str_equal(key, name)) {
			found = task;
			break;
		}
	}
	if (!found) {
		*rtapp = outer;
		rtapp_fail(rtapp, error, "fork: found no task \"%s\"", name);
		return NULL;
	}
	if (rtapp->depth == DEPTH_MOST || rtapp->import->tasks->len >= TASKS_MOST) {
		*rtapp = outer;
		rtapp_fail(rtapp, error,
			   "fork: found more than %d tasks, or %d that fork each other", TASKS_MOST,
			   DEPTH_MOST);
		return NULL;
	}
	rtapp->depth++;
	rtapp->phase = NULL;
	good = rtapp_thread(rtapp, json_object_iter_key(json_object_iter_at(rtapp->tasks, name)),
			    found, error);
	child = rtapp->task;
	*rtapp = outer;
	return good ? child : NULL;
}

bool rtapp_fork(struct rtapp *rtapp, const char *name, GError **error)
{
	uint32_t number = rtapp->import->tasks->len, futex;
	struct import_task *child;

	if (rtapp->forks->repeats)
		return fork_again(rtapp);
	child = add_child(rtapp, name, error);
	if (!child)
		return false;
	g_array_append_val(rtapp->forks->child, number);
	if (wait_for_fork(rtapp, child, &futex)) {
		import_op(rtapp->import, rtapp->task, OP_FUTEX_WAKE, futex, 1);
		import_note(rtapp->import, IMPORT_NEARLY,
			    "fork of a task that never ends: it waits for that from the begin");
	} else {
		import_op(rtapp->import, rtapp->task, OP_SPAWN, number, 0);
		import_note(rtapp->import, IMPORT_MAPPED, "fork: a spawn");
	}
	return true;
}

void rtapp_forks_join(struct rtapp *rtapp)
{
	for (guint i = 0; rtapp->depth && i < rtapp->forks->child->len; i++) {
		uint32_t child = g_array_index(rtapp->forks->child, uint32_t, i);

		if (is_endless(rtapp, child))
			continue;
		import_op(rtapp->import, rtapp->task, OP_JOIN, child, 0);
		import_note(rtapp->import, IMPORT_NEARLY,
			    "fork by a forked task: that waits for the end");
	}
}
