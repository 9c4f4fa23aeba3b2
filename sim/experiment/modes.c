/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modes.c - one mode or two?
 *
 * Cells where locks and overcommitment meet are bistable: a convoy forms in a replication or it
 * does not. Their mean describes no replication. The criterion: sort, cut once where the variance
 * left inside the two parts is least, and call the sample bimodal if what is left is less than one
 * in a thousand uniform samples of that size leave (by simulation, 2e5 samples each). Of 20 values
 * that is 0.079; normal samples reach it once in 1e5, exponential ones once in 700.
 */
#include "sim/experiment/modes.h"

#include <glib.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <string.h>

#define LEAST_CLUSTER 2
#define LEAST_SHARE 10 /* a cluster holds at least n / 10 */

static const struct {
	double n, remaining;
} thresholds[] = {
	{ 6, 0.005 },  { 10, 0.030 }, { 15, 0.057 },  { 20, 0.079 },  { 30, 0.106 },
	{ 40, 0.123 }, { 60, 0.145 }, { 100, 0.168 }, { 200, 0.190 },
};

/* Linear between the simulated sizes. */
static double threshold(size_t n)
{
	double size = (double)n;

	if (size < thresholds[0].n)
		return 0;
	for (size_t i = 1; i < G_N_ELEMENTS(thresholds); i++) {
		if (size <= thresholds[i].n) {
			double share = (size - thresholds[i - 1].n) /
				       (thresholds[i].n - thresholds[i - 1].n);

			return thresholds[i - 1].remaining +
			       share * (thresholds[i].remaining - thresholds[i - 1].remaining);
		}
	}
	return thresholds[G_N_ELEMENTS(thresholds) - 1].remaining;
}

/*
 * The best cut of a sorted sample: how many values lie below it; the variance left in *remaining.
 */
static size_t best_cut(const double *sorted, size_t n, double *remaining)
{
	size_t least = MAX(LEAST_CLUSTER, n / LEAST_SHARE), best = 0;
	double mean = gsl_stats_mean(sorted, 1, n), total = gsl_stats_tss_m(sorted, 1, n, mean),
	       sum = 0;

	*remaining = 1;
	for (size_t k = 1; k < n && total > 0; k++) {
		double between;

		sum += sorted[k - 1] - mean;
		if (k < least || n - k < least)
			continue;
		between = (double)n * sum * sum / ((double)k * (double)(n - k));
		if (1 - between / total < *remaining) {
			*remaining = 1 - between / total;
			best = k;
		}
	}
	return best;
}

struct modes modes_find(const double *sample, size_t n, double relevant)
{
	struct modes modes = { .remaining = 1, .low = NAN, .high = NAN };
	g_autofree double *sorted = g_new(double, n);
	size_t cut;

	if (n < 2)
		return modes;
	memcpy(sorted, sample, n * sizeof(*sorted));
	gsl_sort(sorted, 1, n);
	cut = best_cut(sorted, n, &modes.remaining);
	if (cut == 0)
		return modes;
	modes.low_count = cut;
	modes.high_count = n - cut;
	modes.low = gsl_stats_mean(sorted, 1, cut);
	modes.high = gsl_stats_mean(sorted + cut, 1, n - cut);
	modes.bimodal = modes.remaining < threshold(n) && modes.high - modes.low >= relevant;
	return modes;
}
