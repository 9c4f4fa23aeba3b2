/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * statistics.h - what a few tens of replications allow to say
 *
 * The unit is the replication. Comparisons pair by seed and work on logarithms of ratios, so that
 * a gain and the loss that undoes it have the same size. docs/statistics.md explains the choices.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct summary {
	size_t n;
	double mean, sd, min, median, max; /* sd: of a sample; 0 for n < 2 */
};

void summary_make(struct summary *summary, const double *sample, size_t n);

enum interval_method { INTERVAL_STUDENT, INTERVAL_BOOTSTRAP, INTERVAL_NONE };

/* Of a mean. INTERVAL_NONE (fewer than two values): low and high are infinite. */
struct interval {
	double mean, low, high;
	enum interval_method method;
};

/* Student's t at `confidence` (0.95). */
struct interval interval_student(const double *sample, size_t n, double confidence);
/*
 * Bootstrap-t: the t statistic's own distribution by resampling, for samples that are not normal.
 */
struct interval interval_bootstrap(const double *sample, size_t n, double confidence,
				   uint64_t seed);
/* Student's t, or the wider of it and bootstrap-t if the sample is not normal. */
struct interval interval_mean(const double *sample, size_t n, double confidence, uint64_t seed);

/*
 * Anderson and Darling's test with mean and variance estimated (Stephens 1974): is the sample
 * certainly not normal, at 1 %? False for fewer than 8 values and for constant samples.
 */
bool sample_not_normal(const double *sample, size_t n);

/* Pearson's, of pairs; NAN if one side is constant. */
double pairs_correlation(const double *a, const double *b, size_t n);
