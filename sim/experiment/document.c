/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * document.c - a JSON file as read
 */
#include "sim/experiment/document.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/engine/fail.h"
#include "sim/experiment/json_where.h"
#include "sim/experiment/words.h"

#define LARGEST_FILE ((gsize)16 << 20) /* bytes; a scenario has some thousands */
#define LONGEST_PATH 120	       /* characters of a path in a message */

static bool read_stream(FILE *stream, GString *text)
{
	char block[65536];
	size_t got;

	while ((got = fread(block, 1, sizeof(block), stream)) > 0 && text->len <= LARGEST_FILE)
		g_string_append_len(text, block, (gssize)got);
	return !ferror(stream);
}

static bool read_file(const char *file, GString *text, GError **error)
{
	FILE *stream = strcmp(file, "-") == 0 ? stdin : fopen(file, "rb");
	struct stat status;
	bool whole;
	int problem;

	if (!stream)
		return fail(error, ERROR_INPUT, "%s: cannot be read: %s", file, g_strerror(errno));
	if (fstat(fileno(stream), &status) == 0 && S_ISDIR(status.st_mode)) {
		whole = false;
		problem = EISDIR;
	} else {
		whole = read_stream(stream, text);
		problem = errno;
	}
	if (stream != stdin)
		fclose(stream);
	if (!whole)
		return fail(error, ERROR_INPUT, "%s: cannot be read: %s", file,
			    g_strerror(problem));
	if (text->len > LARGEST_FILE)
		return fail(error, ERROR_INPUT,
			    "%s: found more than %zu MiB; legal: a smaller file", file,
			    LARGEST_FILE >> 20);
	return true;
}

static bool parse(struct document *document, const char *name, const char *text, gsize length,
		  size_t flags, GError **error);

static bool read_with(struct document *document, const char *file, size_t flags, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	memset(document, 0, sizeof(*document));
	return read_file(file, text, error) &&
	       parse(document, strcmp(file, "-") == 0 ? "(standard input)" : file, text->str,
		     text->len, flags, error);
}

bool document_read(struct document *document, const char *file, GError **error)
{
	return read_with(document, file, 0, error);
}

bool document_read_reals(struct document *document, const char *file, GError **error)
{
	return read_with(document, file, JSON_DECODE_INT_AS_REAL, error);
}

static gboolean fail_at(const struct document *document, gsize offset, GError **error,
			const char *message)
{
	guint line, column;

	json_where_position(document->text, offset, &line, &column);
	return fail(error, ERROR_INPUT, "%s:%u:%u: %s", document->name, line, column, message);
}

static char *shorten_path(char *path)
{
	size_t length = strlen(path);

	if (length <= LONGEST_PATH)
		return path;

	char *shorter = g_strdup_printf("%.*s...%s", LONGEST_PATH / 2, path,
					path + length - LONGEST_PATH / 2);

	g_free(path);
	return shorter;
}

/* What is JSON in form but not in content; NULL for the rest. */
static const char *fault_of_value(enum json_error_code code)
{
	switch (code) {
	case json_error_duplicate_key:
		return "found the key twice; legal: once";
	case json_error_numeric_overflow:
		return "found a number that nothing here can hold; legal: at most 9223372036854775807";
	case json_error_null_character:
		return "found \\u0000; legal: text without NUL";
	default:
		return NULL;
	}
}

/* Jansson's message, with the path where there is one. */
static gboolean fail_syntax(const struct document *document, const json_error_t *fault,
			    GError **error)
{
	gsize offset = MIN(fault->position > 0 ? (gsize)fault->position - 1 : 0, document->length);
	const char *of_value = fault_of_value(json_error_code(fault));
	g_autofree char *text = words_shown(fault->text, -1);
	gsize begin;

	if (of_value) {
		g_autofree char *path = shorten_path(
			json_where_path(document->text, document->length, offset, &begin));
		g_autofree char *message =
			g_strdup_printf("%s%s%s", path, *path ? ": " : "", of_value);

		return fail_at(document, begin, error, message);
	}

	g_autofree char *message =
		g_strdup_printf("found no JSON (%s); legal: one JSON object", text);

	return fail_at(document, offset, error, message);
}

static bool parse(struct document *document, const char *name, const char *text, gsize length,
		  size_t flags, GError **error)
{
	const char *nul = memchr(text, '\0', length);
	json_error_t fault;

	*document = (struct document){ .name = g_strdup(name),
				       .text = g_strndup(text, length),
				       .length = length };
	if (nul) {
		fail_at(document, (gsize)(nul - text), error,
			"found a NUL byte; legal: JSON in UTF-8");
	} else if (strspn(document->text, " \t\r\n") == length) {
		fail_at(document, 0, error, "found an empty file; legal: one JSON object");
	} else {
		document->root = json_loadb(text, length, JSON_REJECT_DUPLICATES | flags, &fault);
		if (document->root)
			return true;
		fail_syntax(document, &fault, error);
	}
	document_clear(document);
	return false;
}

bool document_parse(struct document *document, const char *name, const char *text, gsize length,
		    GError **error)
{
	return parse(document, name, text, length, 0, error);
}

void document_clear(struct document *document)
{
	json_decref(document->root);
	g_free(document->name);
	g_free(document->text);
	memset(document, 0, sizeof(*document));
}

char *document_place(const struct document *document, const char *path, enum document_part part)
{
	struct json_where where = { 0 };
	guint line, column;

	json_where_find(document->text, document->length, path, &where);
	json_where_position(document->text, part == DOCUMENT_KEY ? where.key : where.value, &line,
			    &column);

	g_autofree char *shown = shorten_path(g_strdup(path));

	return g_strdup_printf("%s:%u:%u: %s%s", document->name, line, column, shown,
			       *shown ? ": " : "");
}

gboolean document_fail(const struct document *document, const char *path, enum document_part part,
		       GError **error, const char *format, ...)
{
	g_autofree char *place = document_place(document, path, part);
	va_list args;

	va_start(args, format);

	g_autofree char *message = g_strdup_vprintf(format, args);

	va_end(args);
	return fail(error, ERROR_INPUT, "%s%s", place, message);
}

char *document_found(const struct document *document, const char *path)
{
	struct json_where where = { 0 };
	char first;

	if (!json_where_find(document->text, document->length, path, &where))
		return g_strdup("nothing");
	first = document->text[where.value];
	if (first == '{')
		return g_strdup("an object");
	if (first == '[')
		return g_strdup("an array");
	return words_shown(document->text + where.value, (gssize)(where.end - where.value));
}

bool document_check_keys(const struct document *document, const json_t *object, const char *path,
			 const char *const *keys, GError **error)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value)
	{
		if (g_strv_contains(keys, key))
			continue;

		g_autoptr(GPtrArray) names = g_ptr_array_new();
		g_autofree char *member = json_path_member(path, key);

		for (guint i = 0; keys[i]; i++)
			g_ptr_array_add(names, (gpointer)keys[i]);

		g_autofree char *legal = words_legal(key, names);

		return document_fail(document, member, DOCUMENT_KEY, error,
				     "found an unknown key%s", legal);
	}
	return true;
}

bool document_check_type(const struct document *document, const json_t *value, const char *path,
			 json_type type, GError **error)
{
	if (json_typeof(value) == type)
		return true;

	g_autofree char *found = document_found(document, path);

	return document_fail(document, path, DOCUMENT_VALUE, error, "found %s; legal: %s", found,
			     json_type_words(type));
}

bool document_check_format(const struct document *document, const char *format, GError **error)
{
	const json_t *value = json_object_get(document->root, "format");

	if (!value)
		return document_fail(document, "", DOCUMENT_VALUE, error,
				     "format: missing; legal: \"%s\"", format);
	if (json_is_string(value) && strcmp(json_string_value(value), format) == 0)
		return true;

	g_autofree char *found = document_found(document, "format");

	return document_fail(document, "format", DOCUMENT_VALUE, error, "found %s; legal: \"%s\"",
			     found, format);
}
