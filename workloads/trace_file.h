/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_file.h - a trace (docs/trace-format.md) that has been read once, checked and indexed
 *
 * The index is one entry a task: where its section lies. The ops stay in the file; whoever replays
 * reads them through a small block for each task (trace_replay.c). So memory depends on the number
 * of tasks alone, and no task has to read ahead of another, whatever their speeds: the tasks' ops
 * do not lie between each other's. A compressed trace is unpacked into an unlinked temporary file,
 * once for all VMs and replications.
 */
#pragma once

#include "workloads/trace_op.h"
#include "workloads/workload.h"

#define TRACE_FORMAT "vcpusim-trace/1"
#define TRACE_TASKS_MOST 65535
#define TRACE_DIGEST_LENGTH 65 /* SHA-256 in hex, and the NUL */

/* The section of one task. */
struct trace_task {
	char *name;
	uint64_t begin, end; /* bytes of the plain text */
	uint64_t line;	     /* number of the first line */
	uint64_t again;	     /* where repetitions begin: `begin`, or behind an "again" line */
	uint64_t again_line, again_ops; /* the line there, and the ops before it */
	uint64_t ops;
	bool dormant;  /* another one spawns it: it begins then, each time */
	uint64_t time; /* ns of its run, kernel and sleep ops */
};

struct trace_header {
	char *name, *summary, *source;
	char *unit;    /* of work */
	char *latency; /* what its marks measure; NULL: a unit of work */
	bool at_end, repeats;
	uint64_t vcpus;		 /* of the guest that it was made for; 0: not said */
	struct workload objects; /* counts, values and work_per_pass; the rest is not used */
	/* The sections are tapes of this shape (tape.h); NULL: they are tasks. */
	const struct workload_shape *shape;
	void *params;	/* of the shape, owned */
	GArray *number; /* of uint64_t, of the tapes */
};

enum trace_fault { TRACE_SOUND, TRACE_CHANGED, TRACE_SHORT };

/* Immutable once opened, but for two counters; shared by threads. */
struct trace_file {
	gint references;
	gint broken; /* enum trace_fault, that a replay found */
	char *path;  /* as the user named it */
	int descriptor;
	struct trace_grammar grammar;
	struct trace_header header;
	struct trace_task *task; /* [tasks] */
	uint32_t tasks;
	uint64_t ops, count[OP_KINDS], amount[OP_KINDS];
	char digest[TRACE_DIGEST_LENGTH]; /* of all before the last line */
	struct workload_shape shape;	  /* what a VM's configuration points to */
};

/* The parameters of the shape. */
struct trace_params {
	struct trace_file *file; /* a reference */
};

/* Reads and checks the whole. NULL on a fault: FILE:LINE:COLUMN, what was found, what is legal. */
struct trace_file *trace_file_open(const char *path, GError **error);
struct trace_file *trace_file_ref(struct trace_file *file);
void trace_file_unref(struct trace_file *file);

/* trace_header.c */
struct trace_text;
/* A line before the first task. */
bool trace_header_line(struct trace_header *header, const char *line, const char *end,
		       const char **at, GError **error);
bool trace_header_complete(const struct trace_header *header, GError **error);
void trace_header_clear(struct trace_header *header);
/* Free with g_free(). */
char *trace_header_print(const struct trace_header *header);

/* trace_replay.c */
struct workload *trace_replay(const void *params, uint32_t vcpus, uint64_t seed, uint32_t vm);

/* trace_tape.c: shapes that read tapes */
bool trace_tape_line(struct trace_header *header, const char *line, const char *end,
		     const char **at, bool *known, GError **error);
void trace_tape_print(const struct trace_header *header, GString *text);
/* Whether the tapes of the file fit the shape. */
bool trace_tape_check(struct trace_file *file, GError **error);
/* The shape's instance over those programs, which it owns from then on. */
struct workload *trace_tape_replay(const struct trace_file *file, struct workload *beneath);
