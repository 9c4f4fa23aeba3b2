/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_where.c - a tokenizer that only knows where things are
 */
#include "sim/experiment/json_where.h"

#include <jansson.h>
#include <string.h>

#define PLAIN_KEY G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-"
#define DEEPEST 2100 /* Jansson refuses more than 2048 levels */

/* One pass over a text. `wanted` or `offset` says what it looks for. */
struct walk {
	const char *text;
	gsize length, at;
	guint depth;
	GString *path; /* of what stands at `at` */

	const char *wanted; /* path to find, or NULL */
	struct json_where *where;
	bool found;

	gsize offset; /* remember the last thing that begins at or before it */
	gsize begin;
	char *last;
};

static bool walk_value(struct walk *walk, gsize key);

static void path_append_key(GString *path, const char *key)
{
	if (*key && strspn(key, PLAIN_KEY) == strlen(key)) {
		g_string_append_printf(path, "%s%s", path->len ? "." : "", key);
		return;
	}
	g_autofree char *escaped = g_strescape(key, NULL);

	g_string_append_printf(path, "[\"%s\"]", escaped);
}

char *json_path_member(const char *parent, const char *key)
{
	GString *path = g_string_new(parent);

	path_append_key(path, key);
	return g_string_free(path, FALSE);
}

char *json_path_element(const char *parent, guint index)
{
	return g_strdup_printf("%s[%u]", parent, index);
}

static char peek(const struct walk *walk)
{
	return walk->at < walk->length ? walk->text[walk->at] : '\0';
}

static void skip_blanks(struct walk *walk)
{
	while (peek(walk) && strchr(" \t\r\n", peek(walk)))
		walk->at++;
}

static bool skip_char(struct walk *walk, char c)
{
	skip_blanks(walk);
	if (peek(walk) != c)
		return false;
	walk->at++;
	return true;
}

static void note(struct walk *walk, gsize begin)
{
	if (walk->wanted || begin > walk->offset)
		return;
	g_free(walk->last);
	walk->last = g_strdup(walk->path->str);
	walk->begin = begin;
}

static bool skip_string(struct walk *walk)
{
	if (!skip_char(walk, '"'))
		return false;
	while (peek(walk) && peek(walk) != '"') {
		walk->at += peek(walk) == '\\' ? 2 : 1;
		if (walk->at > walk->length)
			return false;
	}
	return skip_char(walk, '"');
}

/* The key that was just skipped, without quotes and escapes; "?" if it is broken. */
static char *decode_key(const struct walk *walk, gsize begin)
{
	json_t *string = json_loadb(walk->text + begin, walk->at - begin, JSON_DECODE_ANY, NULL);
	char *key = g_strdup(string ? json_string_value(string) : "?");

	json_decref(string);
	return key;
}

static bool walk_member(struct walk *walk)
{
	gsize parent = walk->path->len, begin;

	skip_blanks(walk);
	begin = walk->at;
	if (!skip_string(walk))
		return false;

	g_autofree char *key = decode_key(walk, begin);

	path_append_key(walk->path, key);
	note(walk, begin);
	if (!skip_char(walk, ':') || !walk_value(walk, begin))
		return false;
	g_string_truncate(walk->path, parent);
	return true;
}

static bool walk_element(struct walk *walk, guint index)
{
	gsize parent = walk->path->len;

	g_string_append_printf(walk->path, "[%u]", index);
	skip_blanks(walk);
	if (!walk_value(walk, walk->at))
		return false;
	g_string_truncate(walk->path, parent);
	return true;
}

static bool walk_container(struct walk *walk, char open, char close)
{
	if (walk->depth++ > DEEPEST || !skip_char(walk, open))
		return false;
	for (guint i = 0; !skip_char(walk, close); i++) {
		if (i && !skip_char(walk, ','))
			return false;
		if (!(open == '{' ? walk_member(walk) : walk_element(walk, i)))
			return false;
		if (walk->found)
			return true;
	}
	walk->depth--;
	return true;
}

static bool walk_scalar(struct walk *walk)
{
	gsize begin = walk->at;

	if (peek(walk) == '"')
		return skip_string(walk);
	while (peek(walk) && !strchr(" \t\r\n,:]}[{\"", peek(walk)))
		walk->at++;
	return walk->at > begin;
}

static bool walk_value(struct walk *walk, gsize key)
{
	gsize begin;
	bool wanted = walk->wanted && strcmp(walk->wanted, walk->path->str) == 0;
	bool whole;

	skip_blanks(walk);
	begin = walk->at;
	note(walk, begin);
	if (peek(walk) == '{')
		whole = walk_container(walk, '{', '}');
	else if (peek(walk) == '[')
		whole = walk_container(walk, '[', ']');
	else
		whole = walk_scalar(walk);
	if (whole && wanted) {
		*walk->where = (struct json_where){ .key = key, .value = begin, .end = walk->at };
		walk->found = true;
	}
	return whole;
}

bool json_where_find(const char *text, gsize length, const char *path, struct json_where *where)
{
	g_autoptr(GString) here = g_string_new(NULL);
	struct walk walk = {
		.text = text, .length = length, .path = here, .wanted = path, .where = where
	};

	skip_blanks(&walk);
	walk_value(&walk, walk.at);
	return walk.found;
}

char *json_where_path(const char *text, gsize length, gsize offset, gsize *begin)
{
	g_autoptr(GString) here = g_string_new(NULL);
	struct walk walk = { .text = text, .length = length, .path = here, .offset = offset };

	walk_value(&walk, 0);
	*begin = walk.begin;
	return walk.last ? walk.last : g_strdup("");
}

void json_where_position(const char *text, gsize offset, guint *line, guint *column)
{
	*line = 1;
	*column = 1;
	for (gsize i = 0; i < offset; i++) {
		if (text[i] == '\n') {
			++*line;
			*column = 1;
		} else if (((unsigned char)text[i] & 0xc0) != 0x80) {
			++*column;
		}
	}
}

const char *json_type_words(json_type type)
{
	switch (type) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_STRING:
		return "a string";
	default:
		return "a number";
	}
}
