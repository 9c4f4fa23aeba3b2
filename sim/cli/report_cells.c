/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report_cells.c - what a row of a report says about one column
 */
#include "sim/cli/report_cells.h"

#include <glib.h>
#include <math.h>

#include "sim/cli/number.h"
#include "sim/cli/report.h"
#include "sim/engine/time.h"
#include "sim/experiment/cell.h"
#include "sim/experiment/efficiency.h"
#include "sim/experiment/gain.h"
#include "sim/experiment/metrics.h"

static char *percent(double share, int decimals)
{
	return number_fixed(100 * share, decimals);
}

char *cell_gain(const struct report_column *column, size_t arg)
{
	(void)arg;
	if (!column->gain)
		return g_strdup("baseline");
	return column->withheld ? g_strdup("not quoted")
				: number_signed(100 * column->gain->mean, 2);
}

char *cell_interval(const struct report_column *column, size_t arg)
{
	(void)arg;
	if (!column->gain || column->withheld)
		return g_strdup("");

	g_autofree char *low = number_signed(100 * column->gain->low, 2);
	g_autofree char *high = number_signed(100 * column->gain->high, 2);

	return g_strdup_printf("%s .. %s", low, high);
}

/* Of any gain over the baseline: the same for all candidates of a set-up. */
char *cell_ceiling(const struct report_column *column, size_t arg)
{
	(void)arg;
	if (!column->gain || !column->reference || column->withheld)
		return g_strdup("");
	return number_signed(100 * reference_ceiling(column->reference, column->baseline), 1);
}

char *cell_verdict(const struct report_column *column, size_t arg)
{
	(void)arg;
	if (!column->gain || column->withheld)
		return g_strdup("");
	return g_strdup(gain_verdict_name(column->gain->verdict));
}

char *cell_correlation(const struct report_column *column, size_t arg)
{
	(void)arg;
	return column->gain ? number_fixed(column->gain->correlation, 2) : g_strdup("");
}

static double mean_kind_work(const struct cell *cell, unsigned kind)
{
	g_autofree double *work = cell_kind_work(cell, kind);
	double sum = 0;

	for (guint i = 0; i < cell->count; i++)
		sum += work[i];
	return sum / cell->count;
}

char *cell_kind_rate(const struct report_column *column, size_t arg)
{
	return number_rounded(mean_kind_work(column->cell, (unsigned)arg));
}

char *cell_of_best(const struct report_column *column, size_t arg)
{
	double sum = 0, best = 0;

	(void)arg;
	if (!column->best_unpatched)
		return g_strdup("-");
	for (guint i = 0; i < column->cell->count; i++)
		sum += gain_log_work(column->cell, i);
	for (guint i = 0; i < column->best_unpatched->count; i++)
		best += gain_log_work(column->best_unpatched, i);
	return percent(exp(sum / column->cell->count - best / column->best_unpatched->count), 1);
}

char *cell_of_one(const struct report_column *column, size_t arg)
{
	(void)arg;
	return column->reference ? percent(reference_of_one(column->reference, column->cell), 1)
				 : g_strdup("-");
}

char *cell_efficiency(const struct report_column *column, size_t arg)
{
	(void)arg;
	return column->reference ? percent(reference_efficiency(column->reference, column->cell), 1)
				 : g_strdup("-");
}

/* Of the log work, which is the same for small spreads and adds up over kinds of VM. */
char *cell_spread(const struct report_column *column, size_t arg)
{
	const struct cell *cell = column->cell;
	g_autofree double *work = g_new(double, cell->count);
	struct summary summary;

	(void)arg;
	for (guint i = 0; i < cell->count; i++)
		work[i] = gain_log_work(cell, i);
	summary_make(&summary, work, cell->count);
	return percent(summary.sd, 1);
}

char *cell_rate(const struct report_column *column, size_t arg)
{
	return number_rounded(cell_mean(column->cell, arg));
}

char *cell_percent(const struct report_column *column, size_t arg)
{
	return percent(cell_mean(column->cell, arg), 2);
}

char *cell_ratio(const struct report_column *column, size_t arg)
{
	return number_fixed(cell_mean(column->cell, arg), 3);
}

char *cell_seconds(const struct report_column *column, size_t arg)
{
	return number_rounded(cell_mean(column->cell, arg) / (double)NSEC_PER_SEC);
}

char *cell_microseconds(const struct report_column *column, size_t arg)
{
	return number_rounded(cell_mean(column->cell, arg) / (double)NSEC_PER_USEC);
}

char *cell_microseconds_max(const struct report_column *column, size_t arg)
{
	return number_rounded(cell_max(column->cell, arg) / (double)NSEC_PER_USEC);
}

/* Of the marks of a kind's VMs: mean over the replications that have any, and the most of all. */
char *cell_kind_latency(const struct report_column *column, size_t arg)
{
	size_t kind = arg / LATENCY_FIELDS;
	double sum = 0, most = 0;
	guint any = 0;

	for (guint i = 0; i < column->cell->count; i++) {
		const struct latency_summary *latency = &column->cell->results[i].workload[kind];
		const uint64_t field[LATENCY_FIELDS] = { latency->mean, latency->p50, latency->p99,
							 latency->max };

		sum += latency->count ? (double)field[arg % LATENCY_FIELDS] : 0;
		most = fmax(most, (double)latency->max);
		any += latency->count > 0;
	}
	if (!any)
		return g_strdup("-");
	return number_rounded((arg % LATENCY_FIELDS == LATENCY_MAX ? most : sum / any) /
			      (double)NSEC_PER_USEC);
}

static char *share_of(const struct cell *cell, size_t part, size_t whole)
{
	double of = cell_mean(cell, whole);

	return of > 0 ? percent(cell_mean(cell, part) / of, 1) : g_strdup("-");
}

char *cell_of_yields(const struct report_column *column, size_t arg)
{
	return share_of(column->cell, arg, METRIC_RATE + COUNTER_YIELD_OK);
}

char *cell_of_tried(const struct report_column *column, size_t arg)
{
	return share_of(column->cell, arg, METRIC_RATE + COUNTER_YIELD_TO);
}
