/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words.h - wording of messages: what was found, what is legal, what was probably meant
 */
#pragma once

#include <glib.h>

/*
 * Foreign text, quoted and fit for a terminal: control bytes and bad UTF-8 escaped, long text cut.
 * Free with g_free().
 */
char *words_shown(const char *text, gssize length);

/* The nearest of `names` (of const char *) by edit distance, or NULL when none is near. */
const char *words_nearest(const char *word, const GPtrArray *names);

/* "a, b, c"; a long list is cut after `limit` names with "...". Free with g_free(). */
char *words_list(const GPtrArray *names, guint limit);

/* The tail of a message: `; legal: a, b, c (did you mean "b"?)`. Free with g_free(). */
char *words_legal(const char *word, const GPtrArray *names);
