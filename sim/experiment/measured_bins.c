/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured_bins.c - the files' bins: decades of 1, 1.5, 2, 3, 5, 7 up to 125 us, then 250 us wide and
 * centred on multiples of 250 us, above 60 ms 10 ms wide ("hist_bins" of an environment)
 */
#include "sim/experiment/measured_bins.h"

#include "sim/experiment/measured.h"
#include "sim/measure/histogram.h"

static const double small_edges[] = { 0, 1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100 };

#define SMALL G_N_ELEMENTS(small_edges)
#define MIDDLE 240 /* 125 us to 60 ms */
#define LARGE 600  /* to 6 s */

guint bins_count(void)
{
	return SMALL + MIDDLE + LARGE;
}

double bins_edge(guint bin)
{
	if (bin < SMALL)
		return small_edges[bin];
	if (bin < SMALL + MIDDLE)
		return 125.0 + 250.0 * (bin - SMALL);
	return 60000.0 + 10000.0 * (bin - SMALL - MIDDLE);
}

guint bins_find(double value)
{
	guint low = 0, high = bins_count();

	while (high - low > 1) {
		guint middle = (low + high) / 2;

		if (bins_edge(middle) <= value)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static struct binned binned_new(void)
{
	return (struct binned){ .bins = bins_count(), .share = g_new0(double, bins_count()) };
}

struct binned binned_measured(const struct measured_distribution *distribution)
{
	struct binned binned = binned_new();

	for (guint i = 0; i < distribution->bins->len; i++) {
		const struct measured_bin *bin =
			&g_array_index(distribution->bins, struct measured_bin, i);

		binned.share[bins_find(bin->from)] += bin->count / (double)distribution->n;
	}
	return binned;
}

struct binned binned_histogram(const struct histogram *histogram)
{
	struct binned binned = binned_new();
	uint64_t before = 0;

	if (!histogram->count)
		return binned;
	for (guint i = 0; i < binned.bins; i++) {
		uint64_t below =
			i + 1 == binned.bins
				? histogram->count
				: histogram_below(histogram, (uint64_t)(bins_edge(i + 1) * 1000));

		binned.share[i] = (double)(below - before) / (double)histogram->count;
		before = below;
	}
	return binned;
}

void binned_clear(struct binned *binned)
{
	g_clear_pointer(&binned->share, g_free);
}

double binned_wasserstein(const struct binned *a, const struct binned *b)
{
	double difference = 0, area = 0;

	for (guint i = 0; i + 1 < a->bins; i++) {
		double here = (bins_edge(i) + bins_edge(i + 1)) / 2;
		double next = (bins_edge(i + 1) + bins_edge(i + 2)) / 2;

		difference += a->share[i] - b->share[i];
		area += (difference < 0 ? -difference : difference) * (next - here);
	}
	return area;
}

double binned_mean(const struct binned *binned)
{
	double sum = 0;

	for (guint i = 0; i < binned->bins; i++)
		sum += binned->share[i] * (bins_edge(i) + bins_edge(i + 1)) / 2;
	return sum;
}

double binned_share(const struct binned *binned, guint first, guint last)
{
	double sum = 0;

	for (guint i = first; i <= last && i < binned->bins; i++)
		sum += binned->share[i];
	return sum;
}
