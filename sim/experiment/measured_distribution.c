/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured_distribution.c - modes, p5 and p95, Wasserstein distance, ECDF band
 *
 * With ticks of 4 ms a run lasts 4 or 8 ms, and a median says which of the two has 51 %; so the
 * share of each mode is compared, and quantiles only as far as these shares are known.
 */
#include <math.h>

#include "models/result.h"
#include "sim/experiment/measured_bins.h"
#include "sim/experiment/measured_bounds.h"
#include "sim/experiment/measured_judge.h"

struct sides {
	struct binned measured, pooled;
	struct binned *phase;	 /* [phases], those with samples */
	guint phases;		 /* with samples */
	struct histogram *whole; /* of all phases */
	uint64_t n;		 /* measured samples */
};

static const struct histogram *histogram_of(const struct class_result *class,
					    enum measured_kind kind)
{
	return kind == MEASURED_RUN    ? &class->run_length
	       : kind == MEASURED_WAKE ? &class->wake_latency
				       : &class->preempt_wait;
}

static struct sides sides_new(const struct setting *setting, guint class, enum measured_kind kind)
{
	const struct measured_distribution *measured =
		&setting->scenario->class[class].distribution[kind];
	struct sides sides = { .measured = binned_measured(measured),
			       .phase = g_new0(struct binned, setting->phases),
			       .whole = g_new(struct histogram, 1),
			       .n = measured->n };

	histogram_reset(sides.whole);
	for (guint i = 0; i < setting->phases; i++) {
		const struct histogram *one = histogram_of(&setting->result[i].class[class], kind);

		histogram_merge(sides.whole, one);
		if (one->count)
			sides.phase[sides.phases++] = binned_histogram(one);
	}
	sides.pooled = binned_histogram(sides.whole);
	return sides;
}

static void sides_clear(struct sides *sides)
{
	for (guint i = 0; i < sides->phases; i++)
		binned_clear(&sides->phase[i]);
	g_free(sides->phase);
	g_free(sides->whole);
	binned_clear(&sides->measured);
	binned_clear(&sides->pooled);
}

/* Points that a measured share is unsure of by the number of its samples; Agresti and Coull's, which
 * holds for shares of 0 and 1, too. */
static double unsure(double share, uint64_t n)
{
	double count = (double)n + STANDARD_ERRORS * STANDARD_ERRORS;
	double p = (share * (double)n + STANDARD_ERRORS * STANDARD_ERRORS / 2) / count;

	return STANDARD_ERRORS * sqrt(p * (1 - p) / count);
}

static struct check check_new(const struct setting *setting, guint class, enum measured_kind kind,
			      enum check_kind what)
{
	struct check check = { .class = class, .of = kind, .kind = what };

	if (setting->scenario->class[class].distribution[kind].n < LEAST_SAMPLES)
		check.reason = "fewer than 20 samples";
	else
		check.reason = setting->not_judged;
	if (check.reason)
		check.verdict = VERDICT_SHOWN;
	return check;
}

/* The bins that belong to a mode: its neighbours, what the kernel's paths may shift it by, and the
 * resolution of the simulator's histograms. */
static void mode_bins(double path, guint bin, guint *first, guint *last)
{
	path += bins_edge(bin) / (1 << HISTOGRAM_SUB_BITS);
	*first = bins_find(fmax(0, bins_edge(bin) - path));
	*last = bins_find(bins_edge(bin + 1) + path);
	if (*first == bin && bin > 0)
		*first = bin - 1;
	if (*last == bin)
		*last = bin + 1;
}

static void compare_mode(const struct setting *setting, const struct sides *sides, guint bin,
			 struct check check)
{
	guint first, last;

	mode_bins(setting->path, bin, &first, &last);
	check.mode = (bins_edge(bin) + bins_edge(bin + 1)) / 2;
	check.measured = check.low = check.high = binned_share(&sides->measured, first, last);
	check.simulated = binned_share(&sides->pooled, first, last);
	check.simulated_low = check.simulated_high = check.simulated;
	for (guint i = 0; i < sides->phases; i++) {
		double share = binned_share(&sides->phase[i], first, last);

		check.simulated_low = fmin(check.simulated_low, share);
		check.simulated_high = fmax(check.simulated_high, share);
	}
	check.off = fabs(check.measured - check.simulated);
	check.bound = BOUND_MODE + unsure(check.measured, sides->n);
	setting_add(setting, check);
}

/* The highest peaks first, of either side; a mode takes its neighbourhood out of the contest. */
static void compare_modes(const struct setting *setting, const struct sides *sides,
			  struct check check)
{
	g_autofree bool *taken = g_new0(bool, sides->measured.bins + 2);

	for (;;) {
		double highest = LEAST_MODE;
		guint best = 0, first, last;
		bool found = false;

		for (guint i = 0; i + 1 < sides->measured.bins; i++) {
			double share = fmax(sides->measured.share[i], sides->pooled.share[i]);

			if (taken[i] || share < highest)
				continue;
			highest = share;
			best = i;
			found = true;
		}
		if (!found)
			return;
		mode_bins(setting->path, best, &first, &last);
		for (guint i = first; i <= last && i < sides->measured.bins; i++)
			taken[i] = true;
		compare_mode(setting, sides, best, check);
	}
}

static double quantile(const struct histogram *histogram, double share)
{
	double ppm = fmin(fmax(share, 0), 1) * 1e6;

	return (double)histogram_quantile(histogram, (uint32_t)ppm) / 1000;
}

/* A quantile is known as well as the share below it. */
static void compare_quantile(const struct setting *setting, const struct sides *sides, guint class,
			     double share, double measured, struct check check)
{
	double margin = BOUND_MODE + unsure(share, sides->n);

	check.measured = check.low = check.high = measured;
	check.simulated = quantile(sides->whole, share);
	check.simulated_low = quantile(sides->whole, share - margin);
	check.simulated_high = quantile(sides->whole, share + margin);
	for (guint i = 0; setting->phases_differ && i < setting->phases; i++) {
		const struct histogram *one =
			histogram_of(&setting->result[i].class[class], check.of);

		if (!one->count)
			continue;
		check.simulated_low = fmin(check.simulated_low, quantile(one, share - margin));
		check.simulated_high = fmax(check.simulated_high, quantile(one, share + margin));
	}
	check.off = fmax(0, fmax(measured - check.simulated_high, check.simulated_low - measured));
	check.bound = fmax(BOUND_LENGTH * measured, setting->path);
	setting_add(setting, check);
}

static void compare_distance(const struct setting *setting, const struct sides *sides,
			     struct check check)
{
	check.measured = binned_mean(&sides->measured);
	check.simulated = binned_mean(&sides->pooled);
	check.off = sides->phases ? binned_wasserstein(&sides->measured, &sides->pooled)
				  : check.measured;
	for (guint i = 0; setting->phases_differ && i < sides->phases; i++)
		check.off = fmin(check.off, binned_wasserstein(&sides->measured, &sides->phase[i]));
	check.bound = fmax(BOUND_LENGTH * check.measured, setting->path);
	check.low = check.high = check.measured;
	check.simulated_low = check.simulated_high = check.simulated;
	setting_add(setting, check);
}

/* The band of simulated distribution functions at `us`. */
static void band(const struct setting *setting, const struct sides *sides, double us, double *low,
		 double *high)
{
	guint left = bins_find(fmax(0, us - setting->path));
	guint right = bins_find(us + setting->path);

	*low = binned_share(&sides->pooled, 0, left) - sides->pooled.share[left];
	*high = binned_share(&sides->pooled, 0, right);
	for (guint i = 0; setting->phases_differ && i < sides->phases; i++) {
		*low = fmin(*low,
			    binned_share(&sides->phase[i], 0, left) - sides->phase[i].share[left]);
		*high = fmax(*high, binned_share(&sides->phase[i], 0, right));
	}
}

static void compare_ecdf(const struct setting *setting, const struct sides *sides,
			 struct check check)
{
	double below = 0;

	check.off = -1;
	for (guint i = 0; i + 1 < sides->measured.bins; i++) {
		double low, high, off;

		below += sides->measured.share[i];
		band(setting, sides, bins_edge(i + 1), &low, &high);
		off = fmax(0, fmax(low - below, below - high)) - unsure(below, sides->n);
		if (off <= check.off)
			continue;
		check.off = off;
		check.mode = bins_edge(i + 1);
		check.measured = check.low = check.high = below;
		check.simulated = (low + high) / 2;
		check.simulated_low = low;
		check.simulated_high = high;
	}
	check.off = fmax(0, check.off);
	check.bound = BOUND_MODE;
	setting_add(setting, check);
}

void compare_distribution(const struct setting *setting, guint class, enum measured_kind kind)
{
	const struct measured_distribution *measured =
		&setting->scenario->class[class].distribution[kind];
	struct sides sides;

	if (!measured->n)
		return;
	sides = sides_new(setting, class, kind);
	if (kind == MEASURED_WAKE) {
		compare_ecdf(setting, &sides, check_new(setting, class, kind, CHECK_ECDF));
	} else {
		compare_modes(setting, &sides, check_new(setting, class, kind, CHECK_MODE));
		compare_quantile(setting, &sides, class, 0.05, measured->p5,
				 check_new(setting, class, kind, CHECK_P5));
		compare_quantile(setting, &sides, class, 0.95, measured->p95,
				 check_new(setting, class, kind, CHECK_P95));
		compare_distance(setting, &sides, check_new(setting, class, kind, CHECK_DISTANCE));
	}
	sides_clear(&sides);
}
