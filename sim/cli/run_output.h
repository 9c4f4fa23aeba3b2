/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run_output.h - replications of one policy, for readers and for programs
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

struct cell;
struct run_options;
struct scenario;
struct trail_story;

/* `setups` of the cells; empty if the scenario has none. `stories`: of each cell, or NULL. g_free(). */
char *run_text(const struct scenario *scenario, char **setups, const struct cell *cells,
	       guint count, const struct trail_story *stories, const struct run_options *options,
	       bool colour);
/* New reference. */
json_t *run_json(const struct scenario *scenario, char **setups, const struct cell *cells,
		 guint count, const struct trail_story *stories, const struct run_options *options);
