/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gain.c - what a candidate changes against a baseline
 */
#include "sim/experiment/gain.h"

#include <glib.h>
#include <math.h>

#include "sim/experiment/cell.h"
#include "sim/experiment/metrics.h"

/* Modes closer than this are one to a user, however narrow each is. */
#define MODES_APART 0.02

static const char *const verdict_names[] = {
	[GAIN_IDENTICAL] = "identical", [GAIN_EQUIVALENT] = "equivalent",
	[GAIN_FASTER] = "faster",	[GAIN_SLOWER] = "slower",
	[GAIN_UNDECIDED] = "undecided", [GAIN_UNDEFINED] = "undefined",
};

const char *gain_verdict_name(enum verdict_of_gain verdict)
{
	return verdict_names[verdict];
}

double gain_log_work(const struct cell *cell, unsigned index)
{
	double sum = 0, vms = 0;

	for (unsigned kind = 0; kind < cell->config.vm_kinds; kind++) {
		double count = (double)cell->config.vms[kind].vm.count;

		sum += count * log(metrics_kind_work(&cell->results[index], &cell->config, kind));
		vms += count;
	}
	return sum / vms;
}

static bool identical(const struct cell *a, const struct cell *b, size_t pairs)
{
	for (size_t i = 0; i < pairs; i++) {
		if (a->results[i].fingerprint != b->results[i].fingerprint)
			return false;
	}
	return pairs > 0;
}

static enum verdict_of_gain judge(const struct gain *gain, bool same)
{
	if (same)
		return GAIN_IDENTICAL;
	if (gain->pairs < 2 || gain->without_work > 0)
		return GAIN_UNDEFINED;
	if (gain->low > -GAIN_EQUIVALENCE && gain->high < GAIN_EQUIVALENCE)
		return GAIN_EQUIVALENT;
	if (gain->low > 0)
		return GAIN_FASTER;
	return gain->high < 0 ? GAIN_SLOWER : GAIN_UNDECIDED;
}

/* Log works and log ratios of the pairs in which both sides did some work. */
struct pairs {
	double *baseline, *candidate, *ratio; /* [n], owned */
	size_t n;
};

static void pairs_make(struct pairs *pairs, const struct cell *baseline,
		       const struct cell *candidate, size_t count)
{
	*pairs = (struct pairs){ .baseline = g_new(double, count),
				 .candidate = g_new(double, count),
				 .ratio = g_new(double, count) };
	for (size_t i = 0; i < count; i++) {
		double a = gain_log_work(baseline, (unsigned)i),
		       b = gain_log_work(candidate, (unsigned)i);

		if (!isfinite(a) || !isfinite(b))
			continue;
		pairs->baseline[pairs->n] = a;
		pairs->candidate[pairs->n] = b;
		pairs->ratio[pairs->n++] = b - a;
	}
}

static void pairs_clear(struct pairs *pairs)
{
	g_free(pairs->baseline);
	g_free(pairs->candidate);
	g_free(pairs->ratio);
}

void gain_make(struct gain *gain, const struct cell *baseline, const struct cell *candidate,
	       double confidence, uint64_t seed)
{
	size_t count = MIN(baseline->count, candidate->count);
	struct interval interval;
	struct pairs pairs;

	pairs_make(&pairs, baseline, candidate, count);
	interval = interval_mean(pairs.ratio, pairs.n, confidence, seed);
	*gain = (struct gain){
		.pairs = count,
		.without_work = count - pairs.n,
		.mean = expm1(interval.mean),
		.low = expm1(interval.low),
		.high = expm1(interval.high),
		.half_width = (exp(interval.high) - exp(interval.low)) / 2,
		.method = interval.method,
		.not_normal = sample_not_normal(pairs.ratio, pairs.n),
		.correlation = pairs_correlation(pairs.baseline, pairs.candidate, pairs.n),
		.modes = modes_find(pairs.ratio, pairs.n, MODES_APART),
		.baseline_modes = modes_find(pairs.baseline, pairs.n, MODES_APART),
		.candidate_modes = modes_find(pairs.candidate, pairs.n, MODES_APART),
	};
	gain->verdict = judge(gain, identical(baseline, candidate, count));
	pairs_clear(&pairs);
}
