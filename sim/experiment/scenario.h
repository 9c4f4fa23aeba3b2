/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario.h - a scenario file: what a machine is made of, in one or several named set-ups
 *
 * A scenario is read in layers: the machine that it names, the file's own tree, the tree of the
 * chosen set-up, the --set options. Each layer is checked against the parameter tables as it is applied, so a message points
 * at the place that said the wrong thing. What no layer says has the table's fallback; a parameter
 * without one is a deciding choice and must be said (design, section 4 "Scenarios say what
 * decides").
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "sim/experiment/document.h"

struct machine_config;

#define SCENARIO_FORMAT "vcpusim-scenario/1"
#define SCENARIO_MOST_PCPUS 4096

struct scenario {
	struct document document;
	struct document machine; /* the preset that the file names; root NULL: none */
	const char *title;	 /* borrowed from the document */
	const char *policy;	 /* the file's own choice, or NULL; borrowed */
	GPtrArray *setups;	 /* names in the order of the file; borrowed; may be empty */
	GPtrArray *headline;	 /* names of the set-ups that a comparison shows; borrowed */
};

/* What a user chose beside the file. Borrowed. */
struct scenario_choice {
	const char *setup;	/* NULL: the file as it is */
	const char *const *set; /* "path=value", NULL-terminated; or NULL */
	const char *policy;	/* NULL: what the scenario or an option says, else "none" */
};

/* Reads and checks the file's frame; "-" is standard input. */
bool scenario_read(struct scenario *scenario, const char *file, GError **error);
/* The same for a text in memory that calls itself `name`. */
bool scenario_parse(struct scenario *scenario, const char *name, const char *text, gsize length,
		    GError **error);
void scenario_clear(struct scenario *scenario);
/* The name must be one of the set-ups. */
bool scenario_has_setup(const struct scenario *scenario, const char *name, GError **error);

/* Fills a configuration, to be freed with config_clear(). Its seed stays 0. */
bool scenario_resolve(const struct scenario *scenario, const struct scenario_choice *choice,
		      struct machine_config *config, GError **error);
