/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured_bins.h - distributions on the bins of the files, measured and simulated alike
 */
#pragma once

#include <glib.h>
#include <stdint.h>

struct histogram;
struct measured_distribution;

/* Shares of the samples by bin; they sum to 1, or to 0 if there are none. */
struct binned {
	guint bins;
	double *share; /* [bins] */
};

/* us; bins_edge(bins_count()) is the end of the last one. */
guint bins_count(void);
double bins_edge(guint bin);

struct binned binned_measured(const struct measured_distribution *distribution);
struct binned binned_histogram(const struct histogram *histogram);
void binned_clear(struct binned *binned);

/* us: the area between the two distribution functions. */
double binned_wasserstein(const struct binned *a, const struct binned *b);
double binned_mean(const struct binned *binned);
/* The share in the bins from `first` to `last`. */
double binned_share(const struct binned *binned, guint first, guint last);
/* The bin of a value. */
guint bins_find(double value);
