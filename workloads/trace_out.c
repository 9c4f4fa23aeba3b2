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

bool trace_out_open(struct trace_out *out, const char *path, const struct trace_header *header,
		    GError **error)
{
	g_autofree char *text = trace_header_print(header);
	g_autoptr(GFile) file = NULL;
	g_autoptr(GError) problem = NULL;

	*out = (struct trace_out){ .path = g_strdup(path),
				   .partial = g_strconcat(path, ".partial", NULL) };
	file = g_file_new_for_path(out->partial);
	out->stream = G_OUTPUT_STREAM(
		g_file_replace(file, NULL, FALSE, G_FILE_CREATE_NONE, NULL, &problem));
	if (!out->stream) {
		fail_system(out, problem, error);
		g_free(out->path);
		g_free(out->partial);
		return false;
	}
	out->stream = packed_output(path, out->stream, error);
	if (!out->stream) {
		unlink(out->partial);
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
	if (good && g_rename(out->partial, out->path) != 0) {
		fail(error, ERROR_SYSTEM, "%s: %s", out->path, g_strerror(errno));
		unlink(out->partial);
	} else if (!good) {
		fail_system(out, out->problem, error);
		unlink(out->partial);
	}
	clear(out);
	return good && !(error && *error);
}

void trace_out_abandon(struct trace_out *out)
{
	g_output_stream_close(out->stream, NULL, NULL);
	unlink(out->partial);
	clear(out);
}
