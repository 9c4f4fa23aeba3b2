/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_out.h - writing a trace: header, tasks, ops, the last line
 *
 * A name that ends in .gz or .zst is compressed. The file appears under its name when it is whole.
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

#include "workloads/op.h"

struct trace_header;

struct trace_out {
	char *path,
		*partial; /* the name, and where it is written until it is complete; NULL: there */
	GOutputStream *stream;
	GChecksum *sum;
	GString *block;	 /* not yet written */
	uint64_t ops;	 /* since the begin */
	uint32_t tasks;	 /* likewise */
	GError *problem; /* the first; everything after it is dropped */
};

bool trace_out_open(struct trace_out *out, const char *path, const struct trace_header *header,
		    GError **error);
void trace_out_comment(struct trace_out *out, const char *text);
/* The next task; `name` may be NULL. */
void trace_out_task(struct trace_out *out, const char *name);
/* Repetitions of the task at hand begin here. */
void trace_out_again(struct trace_out *out);
void trace_out_op(struct trace_out *out, const struct op *op);
/* Writes the last line and gives the file its name. */
bool trace_out_close(struct trace_out *out, GError **error);
/* Instead of it: leaves nothing behind. */
void trace_out_abandon(struct trace_out *out);
