/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * document.h - a JSON file as read: its text, its tree, and messages that say where in it
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

struct document {
	char *name; /* for messages: the file as the user named it */
	char *text; /* NUL-terminated */
	gsize length;
	json_t *root;
};

/*
 * Reads `file`, "-" for standard input. Refuses what is not one JSON value in UTF-8, or has a key
 * twice.
 */
bool document_read(struct document *document, const char *file, GError **error);
/* The same, with all numbers as reals: measured counters may be larger than Jansson's integers. */
bool document_read_reals(struct document *document, const char *file, GError **error);
/* The first for a text in memory, which is copied. */
bool document_parse(struct document *document, const char *name, const char *text, gsize length,
		    GError **error);
void document_clear(struct document *document);

enum document_part { DOCUMENT_VALUE, DOCUMENT_KEY };

/* Fails with `NAME:LINE:COL: PATH: message`, pointing at the value of the path or at its key. */
gboolean document_fail(const struct document *document, const char *path, enum document_part part,
		       GError **error, const char *format, ...) G_GNUC_PRINTF(5, 6);
/* The prefix of such a message. Free with g_free(). */
char *document_place(const struct document *document, const char *path, enum document_part part);
/*
 * What the file says at a path, quoted for a message: `12.5`, `"abc"`, `an object`. Free with
 * g_free().
 */
char *document_found(const struct document *document, const char *path);

/* Fails unless the object at `path` has only the `keys` (NULL-terminated). */
bool document_check_keys(const struct document *document, const json_t *object, const char *path,
			 const char *const *keys, GError **error);
/* Fails unless `value` has the type. */
bool document_check_type(const struct document *document, const json_t *value, const char *path,
			 json_type type, GError **error);
/* Fails unless the root's "format" is this one. */
bool document_check_format(const struct document *document, const char *format, GError **error);
