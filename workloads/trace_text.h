/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_text.h - a text file read line by line, with places for messages
 *
 * A name that ends in .gz or .zst is decompressed. Memory is one block of 256 KiB, however long the file.
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

#define TRACE_LINE_MOST 1000 /* bytes; the block of a replaying task is larger */

struct trace_text {
	char *name; /* as the user named it */
	GInputStream *stream;
	GChecksum *sum; /* SHA-256 of what lies before `summed`; or NULL */
	int spool;	/* a copy of the plain text goes here; -1: nowhere */
	bool lax;	/* foreign formats: long lines and CR at the end are taken */
	char *block;
	size_t size, begin, end, summed; /* of block: the next line, the bytes read, those summed */
	uint64_t offset;		 /* of block[begin] in the plain text */
	uint64_t line;			 /* number of the last line that was given out, from 1 */
	bool ended;
};

enum trace_line { TRACE_LINE, TRACE_TEXT_END, TRACE_TEXT_FAILED };

/* "-" is standard input, if `may_stream`; else only regular files are taken: they end. */
bool trace_text_open(struct trace_text *text, const char *name, bool may_stream, GError **error);
void trace_text_close(struct trace_text *text);
/* The next line, without its newline; valid until the next call. */
enum trace_line trace_text_next(struct trace_text *text, const char **line, const char **end,
				GError **error);
/* Ends the sum before the line given out last; writes it in hex. */
void trace_text_sum(struct trace_text *text, const char *line, char *digest, size_t size);

/* Puts NAME:LINE:COLUMN before the message. False, for the caller to return. */
bool trace_text_blame(const struct trace_text *text, const char *line, const char *at,
		      GError **error);
