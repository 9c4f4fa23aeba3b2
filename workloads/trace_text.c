/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_text.c - a text file read line by line
 */
#include "workloads/trace_text.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/engine/fail.h"
#include "workloads/packed.h"

#define BLOCK (256 * 1024)

static bool check_file(const char *name, bool may_stream, GError **error)
{
	struct stat status;

	if (stat(name, &status) != 0)
		return fail(error, ERROR_INPUT, "%s: %s", name, g_strerror(errno));
	if (S_ISREG(status.st_mode) || (may_stream && !S_ISDIR(status.st_mode)))
		return true;
	return fail(error, ERROR_INPUT, "%s: found %s; legal: a regular file", name,
		    S_ISDIR(status.st_mode) ? "a directory" : "no file that ends");
}

bool trace_text_open(struct trace_text *text, const char *name, bool may_stream, GError **error)
{
	bool standard = may_stream && strcmp(name, "-") == 0;
	const char *path = standard ? "/dev/stdin" : name;
	g_autoptr(GFile) file = g_file_new_for_path(path);
	g_autoptr(GError) problem = NULL;

	*text = (struct trace_text){ .spool = -1 };
	if (!standard && !check_file(name, may_stream, error))
		return false;
	text->stream = G_INPUT_STREAM(g_file_read(file, NULL, &problem));
	if (!text->stream)
		return fail(error, ERROR_INPUT, "%s: %s", name, problem->message);
	text->stream = packed_input(name, text->stream, error);
	if (!text->stream)
		return false;
	text->name = g_strdup(standard ? "standard input" : name);
	text->size = BLOCK;
	text->block = g_malloc(text->size);
	return true;
}

void trace_text_close(struct trace_text *text)
{
	g_clear_object(&text->stream);
	g_clear_pointer(&text->sum, g_checksum_free);
	g_clear_pointer(&text->block, g_free);
	g_clear_pointer(&text->name, g_free);
}

static void sum_up_to(struct trace_text *text, size_t end)
{
	if (text->sum)
		g_checksum_update(text->sum, (const guchar *)text->block + text->summed,
				  (gssize)(end - text->summed));
	text->summed = end;
}

static bool copy_out(const struct trace_text *text, size_t bytes, GError **error)
{
	const char *from = text->block + text->end;

	while (text->spool >= 0 && bytes) {
		ssize_t written = write(text->spool, from, bytes);

		if (written < 0 && errno != EINTR)
			return fail(error, ERROR_SYSTEM, "%s: decompressing into %s: %s",
				    text->name, g_get_tmp_dir(), g_strerror(errno));
		if (written > 0) {
			from += written;
			bytes -= (size_t)written;
		}
	}
	return true;
}

/* Makes room behind what is left and reads more. */
static bool refill(struct trace_text *text, GError **error)
{
	g_autoptr(GError) problem = NULL;
	gssize got;

	sum_up_to(text, text->begin);
	memmove(text->block, text->block + text->begin, text->end - text->begin);
	text->end -= text->begin;
	text->begin = text->summed = 0;
	if (text->end == text->size) {
		text->size *= 2;
		text->block = g_realloc(text->block, text->size);
	}
	got = g_input_stream_read(text->stream, text->block + text->end, text->size - text->end,
				  NULL, &problem);
	if (got < 0)
		return fail(error, ERROR_INPUT, "%s:%" G_GUINT64_FORMAT ":1: cannot read on: %s",
			    text->name, text->line + 1, problem->message);
	text->ended = got == 0;
	if (!copy_out(text, (size_t)got, error))
		return false;
	text->end += (size_t)got;
	return true;
}

bool trace_text_blame(const struct trace_text *text, const char *line, const char *at,
		      GError **error)
{
	g_prefix_error(error, "%s:%" G_GUINT64_FORMAT ":%zu: ", text->name, text->line,
		       (size_t)(at - line) + 1);
	return false;
}

static enum trace_line too_long(struct trace_text *text, GError **error)
{
	text->line++;
	fail(error, ERROR_INPUT, "found a line of more than %d bytes; legal: a line of text",
	     TRACE_LINE_MOST);
	trace_text_blame(text, "", "", error);
	return TRACE_TEXT_FAILED;
}

enum trace_line trace_text_next(struct trace_text *text, const char **line, const char **end,
				GError **error)
{
	for (;;) {
		char *begin = text->block + text->begin;
		size_t left = text->end - text->begin;
		char *newline = memchr(begin, '\n', left);

		if (newline || (text->ended && left)) {
			if (!newline)
				newline = begin + left;
			*line = begin;
			*end = newline;
			text->begin += (size_t)(newline - begin) + (newline < begin + left);
			text->offset += (size_t)(newline - begin) + (newline < begin + left);
			if (!text->lax && newline - begin > TRACE_LINE_MOST)
				return too_long(text, error);
			text->line++;
			if (text->lax && newline > begin && newline[-1] == '\r')
				--*end;
			return TRACE_LINE;
		}
		if (text->ended)
			return TRACE_TEXT_END;
		if (left > TRACE_LINE_MOST && !text->lax)
			return too_long(text, error);
		if (left > 64 * (size_t)BLOCK)
			return too_long(text, error);
		if (!refill(text, error))
			return TRACE_TEXT_FAILED;
	}
}

void trace_text_sum(struct trace_text *text, const char *line, char *digest, size_t size)
{
	sum_up_to(text, (size_t)(line - text->block));
	g_strlcpy(digest, g_checksum_get_string(text->sum), size);
	g_clear_pointer(&text->sum, g_checksum_free);
}
