/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_walk.c - carrying out ops without time
 */
#include "workloads/trace_walk.h"

#include "workloads/workload.h"

#define SHOWN_MOST 20 /* waiters in a message */

static int64_t *nobody(uint32_t count)
{
	int64_t *owner = g_new(int64_t, count);

	for (uint32_t i = 0; i < count; i++)
		owner[i] = -1;
	return owner;
}

void trace_walk_init(struct trace_walk *walk, struct workload *workload, uint64_t turn)
{
	*walk = (struct trace_walk){ .workload = workload, .turn = turn };
	walk->task = g_new0(struct trace_walk_task, workload->tasks);
	for (enum trace_object object = TRACE_NO_OBJECT + 1; object < TRACE_OBJECTS; object++)
		walk->owner[object] = nobody(*trace_object_count(workload, object));
	for (uint32_t i = 0; workload->dormant && i < workload->tasks; i++)
		walk->task[i].over = workload->dormant[i];
	walk->items = g_new0(uint64_t, workload->queues);
	walk->putter = nobody(workload->queues);
	walk->open = g_new0(uint64_t, workload->marks);
	walk->arrived = g_new0(uint64_t, workload->barriers);
	walk->opened = g_new0(uint64_t, workload->barriers);
}

void trace_walk_clear(struct trace_walk *walk)
{
	for (enum trace_object object = TRACE_NO_OBJECT + 1; object < TRACE_OBJECTS; object++)
		g_free(walk->owner[object]);
	g_free(walk->items);
	g_free(walk->putter);
	g_free(walk->open);
	g_free(walk->arrived);
	g_free(walk->opened);
	g_free(walk->task);
}

static bool put(struct trace_walk *walk, uint32_t task, const struct op *op)
{
	uint64_t *items = &walk->items[op->object];

	if (*items + op->amount > walk->workload->queue_capacity[op->object])
		return false;
	*items += op->amount;
	walk->putter[op->object] = task;
	return true;
}

static bool get(struct trace_walk *walk, const struct op *op)
{
	uint64_t *items = &walk->items[op->object];

	if (!*items)
		return false;
	*items -= MIN(*items, op->amount);
	return true;
}

/* A rwsem's n readers make it -1 - n. */
static bool acquire(int64_t *owner, uint32_t task, enum op_kind how)
{
	if (*owner >= 0 || (how != OP_READ_LOCK && *owner < -1))
		return false;
	*owner = how == OP_READ_LOCK ? *owner - 1 : task;
	return true;
}

/* The last of the parties to come opens it for all. */
static bool barrier(struct trace_walk *walk, uint32_t task, const struct op *op)
{
	uint64_t *ticket = &walk->task[task].ticket, *opened = &walk->opened[op->object];

	if (!*ticket) {
		*ticket = 1 + *opened;
		if (++walk->arrived[op->object] == walk->workload->barrier_parties[op->object]) {
			walk->arrived[op->object] = 0;
			++*opened;
		}
	}
	if (*ticket == 1 + *opened)
		return false;
	*ticket = 0;
	return true;
}

static void start(struct trace_walk *walk, const struct op *op)
{
	struct trace_walk_task *task = &walk->task[op->object];

	if (!task->over)
		walk->stray = op;
	task->over = task->ended = false;
}

static bool join(struct trace_walk_task *task)
{
	bool ended = task->ended;

	task->ended = false;
	return ended;
}

/* False: the task has to wait. */
static bool carry_out(struct trace_walk *walk, uint32_t task, const struct op *op)
{
	const struct trace_op_kind *kind = &trace_ops[op->kind];

	switch (kind->role) {
	case TRACE_ACQUIRE:
		return acquire(&walk->owner[kind->object][op->object], task, op->kind);
	case TRACE_RELEASE: {
		int64_t *owner = &walk->owner[kind->object][op->object];

		*owner = *owner < -1 ? *owner + 1 : -1;
		return true;
	}
	case TRACE_HELD:
		if (op->kind == OP_DOWNGRADE)
			walk->owner[kind->object][op->object] = -2;
		return true;
	case TRACE_PUT:
		return put(walk, task, op);
	case TRACE_GET:
		return get(walk, op);
	case TRACE_BEGINS:
		walk->open[op->object]++;
		return true;
	case TRACE_ENDS:
		if (!walk->open[op->object])
			walk->stray = op;
		else
			walk->open[op->object]--;
		return true;
	case TRACE_STARTS:
		start(walk, op);
		return true;
	case TRACE_JOINS:
		return join(&walk->task[op->object]);
	case TRACE_LAST:
		walk->task[task].over = walk->task[task].ended = true;
		return true;
	default:
		walk->passes += op->kind == OP_PASS;
		return op->kind != OP_BARRIER || barrier(walk, task, op);
	}
}

/* One turn of a task; how many ops it did. */
static uint64_t turn(struct trace_walk *walk, uint32_t index, uint64_t passes)
{
	struct trace_walk_task *task = &walk->task[index];
	struct program *program = walk->workload->program[index];
	uint64_t done = 0;

	while (done < walk->turn && !task->over) {
		if (!task->busy)
			program->next(program, &task->op);
		task->busy = !carry_out(walk, index, &task->op);
		if (task->busy)
			break;
		done++;
		if (walk->stray || (passes && walk->passes >= passes))
			break;
	}
	task->ops += done;
	walk->ops += done;
	return done;
}

enum trace_walk_end trace_walk_run(struct trace_walk *walk, const uint64_t *goal, uint64_t passes,
				   uint64_t most)
{
	for (;;) {
		uint64_t done = 0;
		bool all_over = true, all_there = true;

		for (uint32_t i = 0; i < walk->workload->tasks; i++) {
			done += turn(walk, i, passes);
			all_over &= walk->task[i].over;
			all_there &= walk->task[i].over || (goal && walk->task[i].ops >= goal[i]);
			if (walk->stray)
				return TRACE_WALK_STRAY;
			if (passes && walk->passes >= passes)
				return TRACE_WALK_DONE;
		}
		if (all_over || all_there)
			return TRACE_WALK_DONE;
		if (!done)
			return TRACE_WALK_STUCK;
		if (walk->ops > most)
			return TRACE_WALK_LONG;
	}
}

static char *who(const struct trace_walk *walk, uint32_t task)
{
	return walk->workload->where ? walk->workload->where(walk->workload, task)
				     : g_strdup_printf("task %u", task);
}

static void add_waiter(const struct trace_walk *walk, uint32_t task, GString *text)
{
	const struct op *op = &walk->task[task].op;
	const struct trace_op_kind *kind = &trace_ops[op->kind];
	const char *object = trace_objects[kind->object].name;
	g_autofree char *waiter = who(walk, task);
	int64_t other = -1;

	if (op->kind == OP_BARRIER) {
		g_string_append_printf(text,
				       "\n  %s waits at %s %u, to which %" G_GUINT64_FORMAT
				       " of %" G_GUINT64_FORMAT " have come",
				       waiter, object, op->object, walk->arrived[op->object],
				       walk->workload->barrier_parties[op->object]);
		return;
	}
	if (kind->role == TRACE_JOINS) {
		g_string_append_printf(text, "\n  %s waits for the end of task %u%s", waiter,
				       op->object,
				       walk->task[op->object].over ? ", which does not run" : "");
		return;
	}
	other = kind->role == TRACE_ACQUIRE ? walk->owner[kind->object][op->object]
					    : walk->putter[op->object];
	g_autofree char *name = other >= 0 ? g_strdup_printf("task %" G_GINT64_FORMAT, other)
					   : g_strdup(other < -1 ? "readers" : "nobody");
	const char *over = other >= 0 && walk->task[other].over ? ", which has exited" : "";

	g_string_append_printf(text, "\n  %s waits for ", waiter);
	if (kind->role == TRACE_ACQUIRE)
		g_string_append_printf(text, "%s %u, held by %s%s", object, op->object, name, over);
	else if (kind->role == TRACE_GET)
		g_string_append_printf(text, "an item in %s %u, which is empty; last put by %s%s",
				       object, op->object, name, over);
	else
		g_string_append_printf(text,
				       "room in %s %u, which holds %" G_GUINT64_FORMAT
				       " of %" G_GUINT64_FORMAT,
				       object, op->object, walk->items[op->object],
				       walk->workload->queue_capacity[op->object]);
}

char *trace_walk_waiters(const struct trace_walk *walk)
{
	GString *text = g_string_new(NULL);
	uint32_t waiters = 0;

	for (uint32_t i = 0; i < walk->workload->tasks; i++) {
		if (walk->task[i].busy && waiters++ < SHOWN_MOST)
			add_waiter(walk, i, text);
	}
	if (waiters > SHOWN_MOST)
		g_string_append_printf(text, "\n  ... and %u more", waiters - SHOWN_MOST);
	return g_string_free(text, FALSE);
}
