/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured_compare.h - measured against simulated, value by value
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/experiment/measured.h"

struct result;

enum check_kind {
	CHECK_SHARE,	/* of one CPU, a task */
	CHECK_SWITCHES, /* switch-ins a second and task */
	CHECK_MODE,	/* share of a mode */
	CHECK_P5,	/* us */
	CHECK_P95,	/* us */
	CHECK_DISTANCE, /* Wasserstein, us; measured: the mean */
	CHECK_ECDF,	/* the largest distance beyond the band, as a share */
	CHECK_KINDS
};

extern const char *const check_names[CHECK_KINDS];

enum verdict {
	VERDICT_PASS,
	VERDICT_MISS,
	VERDICT_SHOWN, /* not judged, `reason` says why */
};

/* One value. `bound` is in the unit of the value and was kept by `off` <= bound. */
struct check {
	guint class;
	enum check_kind kind;
	enum measured_kind of;				 /* for those of a distribution */
	double mode;					 /* CHECK_MODE: where, us */
	double measured, low, high;			 /* low, high: over repetitions */
	double simulated, simulated_low, simulated_high; /* over phases */
	double off, bound;
	const char *reason; /* of a wider bound, or of no judgement; NULL: the plain bound */
	enum verdict verdict;
};

/* Appends the checks of one scenario; `result` has `phases` replications. */
void measured_compare(const struct measured_file *file, const struct measured_scenario *scenario,
		      const struct result *result, guint phases, GArray *checks);
