/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_op.h - the op set as text: one table says how each op is written and what it asks of a task
 *
 * The format (docs/trace-format.md), its checks, `trace info` and the interpreter without time all
 * follow these tables: a new op is one line in trace_ops[], a new kind of object one in
 * trace_objects[].
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/op.h"

struct workload;

enum trace_object {
	TRACE_NO_OBJECT,
	TRACE_SPIN_LOCK,
	TRACE_MUTEX,
	TRACE_QUEUE,
	TRACE_KERNEL_MUTEX,
	TRACE_RWSEM,
	TRACE_FUTEX,
	TRACE_BARRIER,
	TRACE_RCU_OBJECT,
	TRACE_MARK,
	TRACE_OBJECTS,
	TRACE_TASK = TRACE_OBJECTS, /* declared by its section, not by the header */
};

/* What one word of a header declares: so many objects, each with a value or without. */
struct trace_object_kind {
	const char *name;
	const char *value;    /* "items"; NULL: these have none */
	size_t count, values; /* offsets in struct workload: a uint32_t, a uint64_t * */
};

/* TRACE_FLAG: 0 or 1, and 0 need not be written. */
enum trace_amount {
	TRACE_NO_AMOUNT,
	TRACE_FLAG,
	TRACE_NS,
	TRACE_ITEMS,
	TRACE_PAGES,
	TRACE_PAGES_SOME,
	TRACE_UNITS,
	TRACE_TASKS,
	TRACE_SPIN,
	TRACE_OBJECTS_FREED,
	TRACE_COST, /* 0 need not be written */
};

/* What an op does to its task, as far as a check without time has to know. */
enum trace_role {
	TRACE_PLAIN,
	TRACE_TIME, /* time passes: a task that repeats for ever must have one of these */
	TRACE_ACQUIRE,
	TRACE_RELEASE,
	TRACE_HELD, /* legal only while the object is held */
	TRACE_PUT,
	TRACE_GET,
	TRACE_BEGINS, /* of a latency; any task may end it */
	TRACE_ENDS,
	TRACE_STARTS, /* another task */
	TRACE_JOINS,  /* another task: waits until it has ended */
	TRACE_LAST,   /* the task ends */
};

struct trace_op_kind {
	const char *name;
	enum trace_object object;
	enum trace_amount amount;
	enum trace_role role;
	bool under_spin_lock; /* legal while a spin lock is held */
};

extern const struct trace_op_kind trace_ops[OP_KINDS];
extern const struct trace_object_kind trace_objects[TRACE_OBJECTS + 1];

#define TRACE_SLOTS 256

/* Words to ops, by hash; made once a file. */
struct trace_grammar {
	uint8_t slot[TRACE_SLOTS]; /* op + 1; 0: empty */
};

void trace_grammar_init(struct trace_grammar *grammar);

/* One line of a task, [line, end). On a fault *at is where it lies. */
bool trace_op_parse(const struct trace_grammar *grammar, const char *line, const char *end,
		    struct op *op, const char **at, GError **error);
/* Writes the line with its newline; returns its length, at most TRACE_OP_MOST. */
#define TRACE_OP_MOST 80
size_t trace_op_print(const struct op *op, char *line);

uint32_t *trace_object_count(struct workload *workload, enum trace_object object);
uint64_t **trace_object_values(struct workload *workload, enum trace_object object);

/* Foreign text for a message: what does not print as \xNN, long text cut. Free with g_free(). */
char *trace_shown(const char *text, const char *end);
/* A decimal number up to `end` or a blank; moves *text behind it. */
bool trace_number(const char **text, const char *end, uint64_t *number);
