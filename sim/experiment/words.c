/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words.c - wording of messages
 */
#include "sim/experiment/words.h"

#include <string.h>

#define SHOWN_LIMIT 48	/* characters of foreign text in a message */
#define WORD_LIMIT 64	/* longer words are no typing mistake */
#define LISTED_LIMIT 40 /* names in a message */

static gboolean printable(gunichar c)
{
	return c != (gunichar)-1 && c != (gunichar)-2 && g_unichar_isprint(c);
}

char *words_shown(const char *text, gssize length)
{
	const char *end = text + (length < 0 ? strlen(text) : (gsize)length);
	GString *shown = g_string_new(NULL);
	guint count = 0;

	while (text < end && count++ < SHOWN_LIMIT) {
		gunichar c = g_utf8_get_char_validated(text, end - text);

		if (printable(c)) {
			g_string_append_unichar(shown, c);
			text = g_utf8_next_char(text);
		} else {
			g_string_append_printf(shown, "\\x%02x", (unsigned char)*text++);
		}
	}
	if (text < end)
		g_string_append(shown, "...");
	return g_string_free(shown, FALSE);
}

static guint smallest(guint a, guint b, guint c)
{
	guint least = a < b ? a : b;

	return least < c ? least : c;
}

/*
 * Optimal string alignment: insertion, deletion, replacement and swap of neighbours cost one each;
 * case does not count.
 */
static guint edit_distance(const char *a, const char *b)
{
	guint m = (guint)strlen(a), n = (guint)strlen(b);
	guint row[3][WORD_LIMIT + 1];

	if (m > WORD_LIMIT || n > WORD_LIMIT)
		return G_MAXUINT;
	for (guint j = 0; j <= n; j++)
		row[0][j] = j;
	for (guint i = 1; i <= m; i++) {
		guint *now = row[i % 3], *before = row[(i + 2) % 3], *earlier = row[(i + 1) % 3];

		now[0] = i;
		for (guint j = 1; j <= n; j++) {
			char x = g_ascii_tolower(a[i - 1]), y = g_ascii_tolower(b[j - 1]);

			now[j] = smallest(before[j] + 1, now[j - 1] + 1, before[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == g_ascii_tolower(b[j - 2]) &&
			    g_ascii_tolower(a[i - 2]) == y)
				now[j] = MIN(now[j], earlier[j - 2] + 1);
		}
	}
	return row[m % 3][n];
}

const char *words_nearest(const char *word, const GPtrArray *names)
{
	size_t length = strlen(word);
	guint best = G_MAXUINT;
	const char *nearest = NULL;

	for (guint i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		guint distance = edit_distance(word, name);

		/* The beginning of a name counts as one mistake. */
		if (length >= 3 && g_ascii_strncasecmp(word, name, length) == 0)
			distance = MIN(distance, 1);
		if (distance < best) {
			best = distance;
			nearest = name;
		}
	}
	return best <= MAX(1, (length + 2) / 3) ? nearest : NULL;
}

char *words_list(const GPtrArray *names, guint limit)
{
	GString *list = g_string_new(NULL);

	for (guint i = 0; i < names->len && i < limit; i++)
		g_string_append_printf(list, "%s%s", i ? ", " : "",
				       (const char *)g_ptr_array_index(names, i));
	if (names->len > limit)
		g_string_append(list, ", ...");
	return g_string_free(list, FALSE);
}

char *words_legal(const char *word, const GPtrArray *names)
{
	g_autofree char *list = words_list(names, LISTED_LIMIT);
	const char *nearest = word ? words_nearest(word, names) : NULL;

	if (nearest)
		return g_strdup_printf("; legal: %s (did you mean \"%s\"?)", list, nearest);
	return g_strdup_printf("; legal: %s", names->len ? list : "none");
}
