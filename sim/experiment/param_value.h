/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * param_value.h - values of declared parameters: read, checked, stored, printed
 *
 * Faults read "found X; legal: Y (did you mean "z"?)"; the caller puts the place in front.
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct param;

const struct param *param_find(const struct param *table, const char *name);

/* From the command line: a number, a word, true or false (or 1 or 0). */
bool param_parse(const struct param *param, const char *text, uint64_t *value, GError **error);
/* From a JSON value; `found` is its text in the file. */
bool param_from_json(const struct param *param, const json_t *json, const char *found,
		     uint64_t *value, GError **error);

/* `base` is the section's struct. */
uint64_t param_get(const struct param *param, const void *base);
void param_put(const struct param *param, void *base, uint64_t value);
/*
 * Stores the fallback of every parameter that has one. A fallback that is not legal is a bug of the
 * table.
 */
void params_put_fallbacks(const struct param *table, void *base);

/* The value as a scenario writes it, without quotes. Free with g_free(). */
char *param_print(const struct param *param, uint64_t value);
json_t *param_to_json(const struct param *param, uint64_t value);
/* "0..1000000 ns", "true, false", "aligned, skewed". Free with g_free(). */
char *param_legal(const struct param *param);
