/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_header.c - the lines before the first task
 */
#include <string.h>

#include "sim/engine/fail.h"
#include "workloads/trace_file.h"

#define OBJECTS_MOST (1U << 20)

struct header_key {
	const char *name;
	size_t offset; /* in struct trace_header: a char * or a uint64_t */
	bool number;
};

static const struct header_key keys[] = {
	{ "name", offsetof(struct trace_header, name), false },
	{ "summary", offsetof(struct trace_header, summary), false },
	{ "source", offsetof(struct trace_header, source), false },
	{ "unit", offsetof(struct trace_header, unit), false },
	{ "latency", offsetof(struct trace_header, latency), false },
	{ "vcpus", offsetof(struct trace_header, vcpus), true },
	{ "sockets", offsetof(struct trace_header, objects.sockets), true },
	{ "work-per-pass", offsetof(struct trace_header, objects.work_per_pass), true },
};

static bool word_is(const char *line, const char *end, const char *word)
{
	size_t length = strlen(word);

	return (size_t)(end - line) >= length && memcmp(line, word, length) == 0 &&
	       (line + length == end || line[length] == ' ');
}

static bool set_text(char **field, const char *text, const char *end, GError **error)
{
	if (*field)
		return fail(error, ERROR_INPUT, "found it twice; legal: once");
	if (text >= end || !g_utf8_validate(text, end - text, NULL)) {
		g_autofree char *shown = trace_shown(text, end);

		return fail(error, ERROR_INPUT, "found %s; legal: a text in UTF-8", shown);
	}
	for (const char *c = text; c < end; c++) {
		if ((unsigned char)*c < ' ')
			return fail(error, ERROR_INPUT,
				    "found a control character; legal: a text in UTF-8");
	}
	*field = g_strndup(text, (gsize)(end - text));
	return true;
}

static bool set_key(struct trace_header *header, const struct header_key *key, const char *text,
		    const char *end, GError **error)
{
	void *field = (char *)header + key->offset;

	if (!key->number)
		return set_text(field, text, end, error);
	if (trace_number(&text, end, field) && text == end && *(uint64_t *)field)
		return true;

	g_autofree char *shown = trace_shown(text, end);

	return fail(error, ERROR_INPUT, "found %s; legal: %s NUMBER, from 1", shown, key->name);
}

static bool set_end(struct trace_header *header, const char *text, const char *end, GError **error)
{
	g_autofree char *shown = trace_shown(text, end);

	header->at_end = true;
	header->repeats = word_is(text, end, "repeat");
	return header->repeats || word_is(text, end, "exit") ||
	       fail(error, ERROR_INPUT, "found %s; legal: at-end repeat, at-end exit", shown);
}

/* "queue 16 100": sixteen more queues of a hundred items each. */
static bool add_objects(struct trace_header *header, enum trace_object object, const char *text,
			const char *end, GError **error)
{
	const struct trace_object_kind *kind = &trace_objects[object];
	uint32_t *count = trace_object_count(&header->objects, object);
	g_autofree char *shown = trace_shown(text, end);
	uint64_t more, value = 0;
	bool good = trace_number(&text, end, &more) && more && more <= OBJECTS_MOST - *count;

	if (good && kind->value)
		good = text++ < end && trace_number(&text, end, &value) && value &&
		       value <= UINT32_MAX;
	if (!good || text != end)
		return fail(error, ERROR_INPUT, "found %s; legal: %s COUNT%s%s, at most %u in all",
			    shown, kind->name, kind->value ? " " : "",
			    kind->value ? kind->value : "", OBJECTS_MOST);
	if (kind->value) {
		uint64_t **values = trace_object_values(&header->objects, object);

		*values = g_renew(uint64_t, *values, *count + more);
		for (uint64_t i = 0; i < more; i++)
			(*values)[*count + i] = value;
	}
	*count += (uint32_t)more;
	return true;
}

static bool fail_key(const char *line, const char *end, GError **error)
{
	g_autofree char *shown = trace_shown(line, end);
	GString *legal = g_string_new("at-end");

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
		g_string_append_printf(legal, ", %s", keys[i].name);
	for (enum trace_object object = TRACE_NO_OBJECT + 1; object < TRACE_OBJECTS; object++)
		g_string_append_printf(legal, ", %s", trace_objects[object].name);
	fail(error, ERROR_INPUT,
	     "found %s before the first task; legal: %s, shape, param, numbers, task", shown,
	     legal->str);
	g_string_free(legal, TRUE);
	return false;
}

bool trace_header_line(struct trace_header *header, const char *line, const char *end,
		       const char **at, GError **error)
{
	const char *text = memchr(line, ' ', (size_t)(end - line));
	bool known;

	text = text ? text + 1 : end;
	*at = text;
	if (word_is(line, end, "at-end"))
		return set_end(header, text, end, error);
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		if (word_is(line, end, keys[i].name))
			return set_key(header, &keys[i], text, end, error);
	}
	for (enum trace_object object = TRACE_NO_OBJECT + 1; object < TRACE_OBJECTS; object++) {
		if (word_is(line, end, trace_objects[object].name))
			return add_objects(header, object, text, end, error);
	}
	*at = line;
	if (!trace_tape_line(header, line, end, at, &known, error))
		return false;
	return known || fail_key(line, end, error);
}

bool trace_header_complete(const struct trace_header *header, GError **error)
{
	if (!header->at_end)
		return fail(error, ERROR_INPUT,
			    "at-end: missing; legal: at-end repeat, at-end exit");
	return header->unit ||
	       fail(error, ERROR_INPUT, "unit: missing; legal: unit NAME, what a work op counts");
}

void trace_header_clear(struct trace_header *header)
{
	g_free(header->name);
	g_free(header->summary);
	g_free(header->source);
	g_free(header->unit);
	g_free(header->latency);
	g_free(header->params);
	if (header->number)
		g_array_unref(header->number);
	for (enum trace_object object = TRACE_NO_OBJECT + 1; object < TRACE_OBJECTS; object++) {
		if (trace_objects[object].value)
			g_free(*trace_object_values(&header->objects, object));
	}
	memset(header, 0, sizeof(*header));
}

/* Objects of equal values in a row share a line. */
static void print_objects(GString *text, struct workload *objects, enum trace_object object)
{
	const struct trace_object_kind *kind = &trace_objects[object];
	uint32_t count = *trace_object_count(objects, object);

	if (!kind->value) {
		if (count)
			g_string_append_printf(text, "%s %u\n", kind->name, count);
		return;
	}

	const uint64_t *value = *trace_object_values(objects, object);

	for (uint32_t i = 0, next; i < count; i = next) {
		for (next = i + 1; next < count && value[next] == value[i];)
			next++;
		g_string_append_printf(text, "%s %u %" G_GUINT64_FORMAT "\n", kind->name, next - i,
				       value[i]);
	}
}

char *trace_header_print(const struct trace_header *header)
{
	GString *text = g_string_new(TRACE_FORMAT "\n");
	struct workload objects = header->objects;

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		const void *field = (const char *)header + keys[i].offset;

		if (keys[i].number && *(const uint64_t *)field)
			g_string_append_printf(text, "%s %" G_GUINT64_FORMAT "\n", keys[i].name,
					       *(const uint64_t *)field);
		else if (!keys[i].number && *(char *const *)field)
			g_string_append_printf(text, "%s %s\n", keys[i].name,
					       *(char *const *)field);
	}
	g_string_append_printf(text, "at-end %s\n", header->repeats ? "repeat" : "exit");
	for (enum trace_object object = TRACE_NO_OBJECT + 1; object < TRACE_OBJECTS; object++)
		print_objects(text, &objects, object);
	trace_tape_print(header, text);
	return g_string_free(text, FALSE);
}
