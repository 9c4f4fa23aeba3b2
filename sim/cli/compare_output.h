/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare_output.h - a comparison for readers and for programs
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

struct comparison;
struct run_options;
struct scenario;

/* g_free(). */
char *comparison_text(const struct comparison *comparison, const struct scenario *scenario,
		      const struct run_options *options, bool colour);
/* New reference. */
json_t *comparison_json(const struct comparison *comparison, const struct scenario *scenario,
			const struct run_options *options);
