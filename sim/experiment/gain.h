/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gain.h - what a candidate changes against a baseline, pair by pair
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "sim/experiment/modes.h"
#include "sim/experiment/statistics.h"

struct cell;

#define GAIN_EQUIVALENCE 0.01 /* two configurations within this are the same to a user */

enum verdict_of_gain {
	GAIN_IDENTICAL,	 /* all pairs have equal fingerprints: the candidate did nothing */
	GAIN_EQUIVALENT, /* interval within +-GAIN_EQUIVALENCE: two one-sided tests, 2.5 % each */
	GAIN_FASTER,	 /* the interval lies above zero */
	GAIN_SLOWER,	 /* ... below */
	GAIN_UNDECIDED,	 /* none of these: more pairs would be needed */
	GAIN_UNDEFINED,	 /* a replication did no work at all, or there is only one pair */
};

/* Gains are ratios - 1: 0.12 is 12 % more work per second. */
struct gain {
	size_t pairs, without_work; /* pairs in which a side did no work */
	double mean, low, high;	    /* exp(mean log ratio) - 1, and its 95 % interval */
	double half_width;
	enum interval_method method;
	bool not_normal;
	double correlation; /* of the pairs' log works; NAN if one side is constant */
	enum verdict_of_gain verdict;
	struct modes modes;	      /* of the log ratios */
	struct modes baseline_modes;  /* of the baseline's log work */
	struct modes candidate_modes; /* of the candidate's */
};

/*
 * With several kinds of VM the ratio of a pair is the geometric mean of the kinds' ratios, weighted
 * by the number of VMs: work units of different workloads do not add up.
 */
void gain_make(struct gain *gain, const struct cell *baseline, const struct cell *candidate,
	       double confidence, uint64_t seed);
const char *gain_verdict_name(enum verdict_of_gain verdict);
/*
 * log of the works of replication `index`, averaged over VMs as in a gain; -INFINITY if a kind did
 * none.
 */
double gain_log_work(const struct cell *cell, unsigned index);
