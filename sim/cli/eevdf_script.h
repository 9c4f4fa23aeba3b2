/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * eevdf_script.h - replays a golden script on the fair scheduler of the simulation
 */
#pragma once

#include <stdbool.h>

#include <glib.h>

struct fair_features;

/*
 * Reads a script (golden/eevdf/README.md 1), appends what every operation did (2) to `out`, and
 * collects in `complaints` what is wrong with which line; those do nothing. False: the file or a
 * setting is wrong, which ends the replay, or some line is outside the grammar.
 */
bool eevdf_script_run(const char *path, const struct fair_features *features, GString *out,
		      GString *complaints, GError **error);
