/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_check.c - the rules that each task of a trace keeps
 */
#include "workloads/trace_check.h"

#include "sim/engine/fail.h"
#include "workloads/trace_file.h"

static bool check_object(const struct trace_check *check, const struct trace_op_kind *kind,
			 const struct op *op, GError **error)
{
	struct workload objects = check->header->objects;
	uint32_t count = *trace_object_count(&objects, kind->object);

	if (op->object >= count)
		return fail(error, ERROR_INPUT,
			    "found %s %u; legal: below %u, as the header declares",
			    trace_objects[kind->object].name, op->object, count);
	if (kind->role == TRACE_PUT && op->amount > objects.queue_capacity[op->object])
		return fail(error, ERROR_INPUT,
			    "found a put of %" G_GUINT64_FORMAT
			    " items; legal: what fits, %" G_GUINT64_FORMAT,
			    op->amount, objects.queue_capacity[op->object]);
	return true;
}

static uint32_t find_held(const struct trace_check *check, enum trace_object object,
			  uint32_t number)
{
	uint32_t i = check->held;

	while (i && !(check->lock[i - 1].object == object && check->lock[i - 1].number == number))
		i--;
	return i;
}

static bool acquire(struct trace_check *check, enum trace_object object, const struct op *op,
		    uint64_t line, GError **error)
{
	uint32_t number = op->object;
	uint32_t held = find_held(check, object, number);

	if (held)
		return fail(error, ERROR_INPUT,
			    "found %s %u taken twice, since line %" G_GUINT64_FORMAT
			    "; legal: once, this task would wait for itself",
			    trace_objects[object].name, number, check->lock[held - 1].line);
	if (check->held == TRACE_HELD_MOST)
		return fail(error, ERROR_INPUT, "found more than %d locks held; legal: fewer",
			    TRACE_HELD_MOST);
	check->lock[check->held++] =
		(struct trace_held){ object, number, op->kind == OP_READ_LOCK, line };
	check->spins += object == TRACE_SPIN_LOCK;
	return true;
}

static bool release(struct trace_check *check, enum trace_object object, uint32_t number,
		    GError **error)
{
	uint32_t held = find_held(check, object, number);

	if (!held)
		return fail(error, ERROR_INPUT, "found %s %u, which this task does not hold",
			    trace_objects[object].name, number);
	check->lock[held - 1] = check->lock[--check->held];
	check->spins -= object == TRACE_SPIN_LOCK;
	return true;
}

/* An op on something that the task must hold, as its writer. */
static bool check_held(struct trace_check *check, enum trace_object object, const struct op *op,
		       GError **error)
{
	uint32_t held = find_held(check, object, op->object);

	if (!held || check->lock[held - 1].reads)
		return fail(error, ERROR_INPUT, "found %s %u, which this task does not hold%s",
			    trace_objects[object].name, op->object, held ? " as its writer" : "");
	check->lock[held - 1].reads = op->kind == OP_DOWNGRADE;
	return true;
}

static bool fail_held(const struct trace_check *check, const char *what, GError **error)
{
	const struct trace_held *held = &check->lock[check->held - 1];

	return fail(error, ERROR_INPUT,
		    "found %s with %s %u held since line %" G_GUINT64_FORMAT
		    "; legal: nothing held",
		    what, trace_objects[held->object].name, held->number, held->line);
}

bool trace_check_op(struct trace_check *check, const struct op *op, uint64_t line, GError **error)
{
	const struct trace_op_kind *kind = &trace_ops[op->kind];

	if (check->over)
		return fail(error, ERROR_INPUT, "found an op after exit; legal: the next task");
	if (kind->object && kind->object != TRACE_TASK && !check_object(check, kind, op, error))
		return false;
	if (check->spins && !kind->under_spin_lock)
		return fail(error, ERROR_INPUT,
			    "found %s with a spin lock held; legal: kernel work, other spin locks",
			    kind->name);
	if (op->kind >= OP_RCU_READ && op->kind <= OP_SYNCHRONIZE_RCU &&
	    !check->header->objects.rcu_objects)
		return fail(error, ERROR_INPUT,
			    "found %s; legal: with a line rcu-object NUMBER BYTES in the header",
			    kind->name);
	switch (kind->role) {
	case TRACE_ACQUIRE:
		return acquire(check, kind->object, op, line, error);
	case TRACE_RELEASE:
		return release(check, kind->object, op->object, error);
	case TRACE_HELD:
		return check_held(check, kind->object, op, error);
	case TRACE_TIME:
		check->time += op->amount;
		return true;
	case TRACE_LAST:
		check->over = true;
		return !check->held || fail_held(check, kind->name, error);
	default:
		return true;
	}
}

bool trace_check_end(const struct trace_check *check, GError **error)
{
	if (check->held)
		return fail_held(check, "the end of a task", error);
	if (check->header->repeats && !check->header->shape && !check->over &&
	    check->time == check->time_before)
		return fail(error, ERROR_INPUT,
			    "found a task that repeats for ever and lets no time pass; legal: at "
			    "least one run, kernel or sleep op");
	return true;
}
