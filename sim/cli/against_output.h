/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * against_output.h - what validate-against says
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "sim/experiment/measured_compare.h"

/* One scenario and its checks. */
struct against_scenario {
	const struct measured_scenario *scenario; /* borrowed from the file */
	GArray *checks;				  /* of struct check, owned */
};

struct against_file {
	struct measured_file file;
	GArray *scenarios; /* of struct against_scenario, owned */
};

struct against_count {
	guint scenarios, values, passed, missed, shown;
};

struct against_count against_count(const struct against_file *file);
const char *against_verdict(const struct check *check);
/* "hog: run length: mode at 4000 us". g_free(). */
char *against_what(const struct against_scenario *scenario, const struct check *check);
/* A value in the unit of its kind. g_free(). */
char *against_value(const struct check *check, double value);
/* Those of the check: measured, simulated, how far off, bound. */
char *against_measured(const struct check *check);
char *against_simulated(const struct check *check);

/* Free with g_free(). */
char *against_text(const struct against_file *files, guint count, guint phases, bool colour);
/* `notes`: lines "PATTERN reason", why scenarios miss whose names, or FILE/names, match; "" for none. */
char *against_markdown(const struct against_file *files, guint count, guint phases,
		       const char *notes);
json_t *against_json(const struct against_file *files, guint count, guint phases);
