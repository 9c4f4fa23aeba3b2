/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_where.h - where in a JSON text a path stands
 *
 * Jansson keeps no positions after parsing (craft.md 0, item 7). A path names a value from the
 * root: "vms[0].workload.profile", "" for the root itself; keys that are not plain words are
 * written ["..."]. The text is walked again for each question: it is asked once per message.
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

struct json_where {
	/* byte offsets; key: of the member's key, of the value itself in arrays and for the root */
	gsize key;
	gsize value, end;
};

/* The text must be JSON that Jansson accepted. False if no such path is there. */
bool json_where_find(const char *text, gsize length, const char *path, struct json_where *where);

/*
 * The path of the last key or value that begins at or before `offset`, and where it begins. The
 * text may be broken after that. Free with g_free().
 */
char *json_where_path(const char *text, gsize length, gsize offset, gsize *begin);

/* Both count from 1; columns count characters. */
void json_where_position(const char *text, gsize offset, guint *line, guint *column);

char *json_path_member(const char *parent, const char *key);
char *json_path_element(const char *parent, guint index);

/* What a message calls a value of that type: "an object". Numbers are not told apart. */
const char *json_type_words(json_type type);
