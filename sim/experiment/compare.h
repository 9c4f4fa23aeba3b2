/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare.h - one baseline and any number of candidates, in one or several set-ups of a scenario
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "sim/experiment/cell.h"
#include "sim/experiment/efficiency.h"
#include "sim/experiment/gain.h"
#include "sim/experiment/stopping.h"

struct scenario;

struct comparison_plan {
	const struct scenario *scenario;
	const char *const *setups;   /* NULL-terminated; empty: the scenario has none */
	const char *const *policies; /* the baseline first, then candidates; NULL-terminated */
	const char *const *set;	     /* --set options, NULL-terminated */
	struct stopping stopping;
	struct execution execution;
};

/* One set-up. cells[0] is the baseline; gains[0] is not used. */
struct setup_comparison {
	const char *setup; /* borrowed; NULL if the scenario has none */
	guint cell_count;
	struct cell *cells; /* [cell_count], owned */
	struct gain *gains; /* [cell_count], owned */
	struct reference reference;
};

struct comparison {
	guint setup_count;
	struct setup_comparison *setups; /* [setup_count], owned */
	double confidence;		 /* of the intervals, as computed */
	/* The unpatched cell that did the most work a second, of all set-ups; or NULL. Borrowed. */
	const struct cell *best_unpatched;
	const char *best_setup;
};

/* Resolves every set-up and policy before it runs anything. Free with comparison_free(). */
struct comparison *comparison_run(const struct comparison_plan *plan, GError **error);
void comparison_free(struct comparison *comparison);
