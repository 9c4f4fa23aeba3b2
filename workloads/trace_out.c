/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_out.c - writing a trace
 */
#include "workloads/trace_out.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "sim/engine/fail.h"
#include "workloads/packed.h"
#include "workloads/trace_file.h"

#define BLOCK (64 * 1024)

static void flush(struct trace_out *out)
{
	g_checksum_update(out->sum, (const guchar *)out->block->str, (gssize)out->block->len);
	if (!out->problem)
		g_output_stream_write_all(out->stream, out->block->str, out->block->len, NULL, NULL,
					  &out->problem);
	g_string_truncate(out->block, 0);
}

static bool fail_system(const struct trace_out *out, const GError *problem, GError **error)
{
	return fail(error, ERROR_SYSTEM, "%s: %s", out->path, problem->message);
}

/* A device or a pipe cannot be replaced by a file that is complete. */
static bool is_special(const char *path)
{
	GStatBuf found;

	return g_stat(path, &found) == 0 && !S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode);
}

static GOutputStream *open_stream(struct trace_out *out, GError **problem)
{
	g_autoptr(GFile) file = NULL;

	if (is_special(out->path)) {
		file = g_file_new_for_path(out->path);
		return G_OUTPUT_STREAM(g_file_append_to(file, G_FILE_CREATE_NONE, NULL, problem));
	}
	out->partial = g_strconcat(out->path, ".partial", NULL);
	file = g_file_new_for_path(out->partial);
	return G_OUTPUT_STREAM(
		g_file_replace(file, NULL, FALSE, G_FILE_CREATE_NONE, NULL, problem));
}

static void remove_partial(const struct trace_out *out)
{
	if (out->partial)
		unlink(out->partial);
}

bool trace_out_open(struct trace_out *out, const char *path, const struct trace_header *header,
		    GError **error)
{
	g_autofree char *text = trace_header_print(header);
	g_autoptr(GError) problem = NULL;

	*out = (struct trace_out){ .path = g_strdup(path) };
	out->stream = open_stream(out, &problem);
	if (!out->stream) {
		fail_system(out, problem, error);
		g_free(out->path);
		g_free(out->partial);
		return false;
	}
	out->stream = packed_output(path, out->stream, error);
	if (!out->stream) {
		remove_partial(out);
		g_free(out->path);
		g_free(out->partial);
		return false;
	}
	out->sum = g_checksum_new(G_CHECKSUM_SHA256);
	out->block = g_string_sized_new(BLOCK + 1024);
	g_string_append(out->block, text);
	return true;
}

void trace_out_comment(struct trace_out *out, const char *text)
{
	g_string_append_printf(out->block, "# %s\n", text);
}

void trace_out_task(struct trace_out *out, const char *name)
{
	g_string_append_printf(out->block, "task %u%s%s\n", out->tasks++, name ? " " : "",
			       name ? name : "");
}

void trace_out_again(struct trace_out *out)
{
	g_string_append(out->block, "again\n");
}

void trace_out_op(struct trace_out *out, const struct op *op)
{
	char line[TRACE_OP_MOST];

	g_string_append_len(out->block, line, (gssize)trace_op_print(op, line));
	out->ops++;
	if (out->block->len >= BLOCK)
		flush(out);
}

static void clear(struct trace_out *out)
{
	g_clear_object(&out->stream);
	g_clear_error(&out->problem);
	g_checksum_free(out->sum);
	g_string_free(out->block, TRUE);
	g_free(out->path);
	g_free(out->partial);
}

bool trace_out_close(struct trace_out *out, GError **error)
{
	bool good;

	flush(out);
	g_string_append_printf(out->block, "end %" G_GUINT64_FORMAT " %s\n", out->ops,
			       g_checksum_get_string(out->sum));
	if (!out->problem)
		g_output_stream_write_all(out->stream, out->block->str, out->block->len, NULL, NULL,
					  &out->problem);
	if (!out->problem)
		g_output_stream_close(out->stream, NULL, &out->problem);
	good = !out->problem;
	if (good && out->partial && g_rename(out->partial, out->path) != 0) {
		fail(error, ERROR_SYSTEM, "%s: %s", out->path, g_strerror(errno));
		remove_partial(out);
	} else if (!good) {
		fail_system(out, out->problem, error);
		remove_partial(out);
	}
	clear(out);
	return good && !(error && *error);
}

void trace_out_abandon(struct trace_out *out)
{
	g_output_stream_close(out->stream, NULL, NULL);
	remove_partial(out);
	clear(out);
}
