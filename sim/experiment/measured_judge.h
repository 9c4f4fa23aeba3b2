/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured_judge.h - what the parts of a comparison share
 */
#pragma once

#include "sim/experiment/measured_compare.h"

/* One scenario under judgement. */
struct setting {
	const struct measured_file *file;
	const struct measured_scenario *scenario;
	const struct result *result; /* [phases] */
	guint phases;
	GArray *checks;
	double path;		 /* us of kernel path that nobody vouches for */
	bool phases_differ;	 /* each replication is another cycle, and so was each repetition */
	const char *unseparated; /* reason of a wider share, or NULL */
	const char *not_judged;	 /* reason not to judge run lengths and latencies, or NULL */
};

/* Appends a check with its verdict. */
void setting_add(const struct setting *setting, struct check check);
void compare_distribution(const struct setting *setting, guint class, enum measured_kind kind);
