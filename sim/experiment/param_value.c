/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * param_value.c - values of declared parameters
 */
#include "sim/experiment/param_value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/engine/fail.h"
#include "sim/engine/param.h"
#include "sim/experiment/words.h"

const struct param *param_find(const struct param *table, const char *name)
{
	for (const struct param *param = table; param->name; param++) {
		if (strcmp(param->name, name) == 0)
			return param;
	}
	return NULL;
}

char *param_legal(const struct param *param)
{
	if (param->type == PARAM_BOOL)
		return g_strdup("true, false");
	if (param->type == PARAM_CHOICE)
		return g_strjoinv(", ", (char **)param->words);
	return g_strdup_printf("%" G_GUINT64_FORMAT "..%" G_GUINT64_FORMAT " %s", param->min,
			       param->max, param->unit);
}

/*
 * `word`: what was found if it was a word, for the nearest name. Choices are quoted: 6.19 is a
 * number, "6.19" a word.
 */
static gboolean fail_value(const struct param *param, const char *found, const char *word,
			   GError **error)
{
	static const char *const booleans[] = { "true", "false", NULL };
	const char *const *words = param->type == PARAM_BOOL ? booleans : param->words;
	const char *quote = param->type == PARAM_BOOL ? "" : "\"", *nearest;
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	if (param->type == PARAM_UINT) {
		g_autofree char *legal = param_legal(param);

		return fail(error, ERROR_INPUT, "found %s; legal: a whole number, %s", found,
			    legal);
	}
	for (guint i = 0; words[i]; i++)
		g_ptr_array_add(names, (gpointer)words[i]);
	nearest = word ? words_nearest(word, names) : NULL;

	g_autofree char *between = g_strdup_printf("%s, %s", quote, quote);
	g_autofree char *list = g_strjoinv(between, (char **)words);

	return fail(error, ERROR_INPUT, "found %s; legal: %s%s%s%s%s%s", found, quote, list, quote,
		    nearest ? " (did you mean \"" : "", nearest ? nearest : "",
		    nearest ? "\"?)" : "");
}

static bool choose(const struct param *param, const char *word, uint64_t *value)
{
	for (uint64_t i = 0; param->words[i]; i++) {
		if (strcmp(param->words[i], word) == 0) {
			*value = i;
			return true;
		}
	}
	return false;
}

static bool parse_bool(const char *text, uint64_t *value)
{
	bool yes = strcmp(text, "true") == 0 || strcmp(text, "1") == 0;

	*value = yes;
	return yes || strcmp(text, "false") == 0 || strcmp(text, "0") == 0;
}

/* Digits only: no sign, no blanks, no fraction, no exponent. */
static bool parse_number(const struct param *param, const char *text, uint64_t *value)
{
	if (!*text || strspn(text, "0123456789") != strlen(text))
		return false;
	errno = 0;
	*value = strtoull(text, NULL, 10);
	return errno == 0 && *value >= param->min && *value <= param->max;
}

bool param_parse(const struct param *param, const char *text, uint64_t *value, GError **error)
{
	if (param->type == PARAM_BOOL	  ? parse_bool(text, value)
	    : param->type == PARAM_CHOICE ? choose(param, text, value)
					  : parse_number(param, text, value))
		return true;

	g_autofree char *shown = words_shown(text, -1);
	g_autofree char *found = g_strdup_printf("\"%s\"", shown);

	return fail_value(param, found, text, error);
}

bool param_from_json(const struct param *param, const json_t *json, const char *found,
		     uint64_t *value, GError **error)
{
	const char *word = json_string_value(json);
	bool legal = false;

	if (param->type == PARAM_BOOL) {
		legal = json_is_boolean(json);
		*value = json_is_true(json);
	} else if (param->type == PARAM_CHOICE) {
		legal = word && choose(param, word, value);
	} else if (json_is_integer(json) && json_integer_value(json) >= 0) {
		*value = (uint64_t)json_integer_value(json);
		legal = *value >= param->min && *value <= param->max;
	}
	return legal || fail_value(param, found, word, error);
}

uint64_t param_get(const struct param *param, const void *base)
{
	uint64_t value;

	memcpy(&value, (const char *)base + param->offset, sizeof(value));
	return value;
}

void param_put(const struct param *param, void *base, uint64_t value)
{
	memcpy((char *)base + param->offset, &value, sizeof(value));
}

void params_put_fallbacks(const struct param *table, void *base)
{
	uint64_t value = 0;

	for (const struct param *param = table; param->name; param++) {
		if (!param->fallback)
			continue;
		if (!param_parse(param, param->fallback, &value, NULL))
			g_error("parameter %s: its fallback %s is not legal", param->name,
				param->fallback);
		param_put(param, base, value);
	}
}

char *param_print(const struct param *param, uint64_t value)
{
	if (param->type == PARAM_BOOL)
		return g_strdup(value ? "true" : "false");
	if (param->type == PARAM_CHOICE)
		return g_strdup(param->words[value]);
	return g_strdup_printf("%" G_GUINT64_FORMAT, value);
}

json_t *param_to_json(const struct param *param, uint64_t value)
{
	if (param->type == PARAM_BOOL)
		return json_boolean(value);
	if (param->type == PARAM_CHOICE)
		return json_string(param->words[value]);
	return json_integer((json_int_t)value);
}
