/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import.h - foreign recordings and workload files, made into a trace
 *
 * An importer adds tasks and ops and counts everything that it read: what became ops, what did so
 * only nearly, what did not at all. Nothing is dropped without a count. The ops lie in memory until
 * they are written.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "workloads/op.h"
#include "workloads/workload.h"

#define IMPORT_NEVER UINT32_MAX

struct import_task {
	char *name;
	GArray *ops;	/* of struct op */
	uint32_t again; /* the op where repetitions begin; IMPORT_NEVER: it exits */
};

enum import_fate {
	IMPORT_MAPPED,	/* said by ops */
	IMPORT_NEARLY,	/* said by ops that do about the same */
	IMPORT_IMPLIED, /* not said, for the machine does it by itself */
	IMPORT_NOT,	/* not said at all */
	IMPORT_FATES
};

/* So often something was read. */
struct import_count {
	enum import_fate fate;
	char *what; /* "timer: a sleep of what its period leaves" */
	uint64_t count;
};

struct import {
	char *path;	  /* read from */
	GPtrArray *tasks; /* of struct import_task */
	GArray *counts;	  /* of struct import_count, in the order of their first */
	struct workload objects;
	GArray *capacity;  /* of queues, uint64_t */
	const char *unit;  /* of work */
	uint64_t vcpus;	   /* 0: not known */
	uint64_t duration; /* ns of the recording; 0: not known */
	uint64_t ops;
};

struct import *import_new(const char *path);
void import_free(struct import *import);
struct import_task *import_task_add(struct import *import, const char *name);
void import_op(struct import *import, struct import_task *task, enum op_kind kind, uint32_t object,
	       uint64_t amount);
uint32_t import_queue_add(struct import *import, uint64_t capacity);
void import_note(struct import *import, enum import_fate fate, const char *format, ...)
	G_GNUC_PRINTF(3, 4);
/* What became of all that was read, for people. Free with g_free(). */
char *import_report(const struct import *import);
/* Writes the trace. The file is read again and checked as every trace is. */
bool import_write(const struct import *import, const char *path, GError **error);

/* The importers; NULL on a fault, with file and line. */
struct import *import_rtapp(const char *path, GError **error);
/* `only`: globs of the commands that are asked for; NULL: all. */
struct import *import_ftrace(const char *path, char **only, GError **error);
