/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cell.c - one configuration and its replications
 */
#include "sim/experiment/cell.h"

#include <math.h>
#include <string.h>

#include "sim/experiment/config.h"
#include "sim/experiment/metrics.h"
#include "sim/experiment/policy_choice.h"
#include "sim/experiment/statistics.h"

void cell_init(struct cell *cell, struct machine_config *config)
{
	memset(cell, 0, sizeof(*cell));
	cell->config = *config;
	cell->label = policy_choices_print(config->policies, config->policy_count);
	memset(config, 0, sizeof(*config));
}

void cell_clear(struct cell *cell)
{
	for (guint i = 0; i < cell->count; i++)
		result_clear(&cell->results[i]);
	g_free(cell->results);
	g_free(cell->rows);
	g_free(cell->label);
	config_clear(&cell->config);
	memset(cell, 0, sizeof(*cell));
}

/* Makes room for `count` replications, and a job for each new one. */
static void cell_plan(struct cell *cell, guint count, const struct execution *execution,
		      GArray *jobs)
{
	cell->results = g_renew(struct result, cell->results, count);
	cell->rows = g_renew(double, cell->rows, (gsize)count *METRIC_COUNT);
	for (guint i = cell->count; i < count; i++) {
		struct replication job = { .config = &cell->config,
					   .seed = replication_seed(execution->seed, i),
					   .result = &cell->results[i] };

		memset(job.result, 0, sizeof(*job.result));
		g_array_append_val(jobs, job);
	}
}

static void cell_measure(struct cell *cell, guint count)
{
	for (guint i = cell->count; i < count; i++)
		metrics_make(&cell->results[i], &cell->config,
			     &cell->rows[(gsize)i * METRIC_COUNT]);
	cell->count = count;
}

bool cells_extend(struct cell *const *cells, guint cell_count, guint count,
		  const struct execution *execution, GError **error)
{
	g_autoptr(GArray) jobs = g_array_new(FALSE, FALSE, sizeof(struct replication));

	for (guint i = 0; i < cell_count; i++)
		cell_plan(cells[i], MAX(count, cells[i]->count), execution, jobs);
	if (!replicate((struct replication *)(void *)jobs->data, jobs->len, execution->threads,
		       execution->progress, execution->data, error)) {
		for (guint i = 0; i < jobs->len; i++)
			result_clear(g_array_index(jobs, struct replication, i).result);
		return false;
	}
	for (guint i = 0; i < cell_count; i++)
		cell_measure(cells[i], MAX(count, cells[i]->count));
	return true;
}

/* The values that are numbers; *n of them. Free with g_free(). */
static double *cell_column(const struct cell *cell, size_t metric, size_t *n)
{
	double *column = g_new(double, cell->count);

	*n = 0;
	for (guint i = 0; i < cell->count; i++) {
		double value = cell->rows[(gsize)i * METRIC_COUNT + metric];

		if (!isnan(value))
			column[(*n)++] = value;
	}
	return column;
}

void cell_summary(const struct cell *cell, size_t metric, struct summary *summary)
{
	size_t n;
	g_autofree double *column = cell_column(cell, metric, &n);

	summary_make(summary, column, n);
}

double cell_mean(const struct cell *cell, size_t metric)
{
	struct summary summary;

	cell_summary(cell, metric, &summary);
	return summary.mean;
}

double cell_max(const struct cell *cell, size_t metric)
{
	struct summary summary;

	cell_summary(cell, metric, &summary);
	return summary.max;
}

double *cell_kind_work(const struct cell *cell, unsigned kind)
{
	double *work = g_new(double, cell->count);

	for (guint i = 0; i < cell->count; i++)
		work[i] = metrics_kind_work(&cell->results[i], &cell->config, kind);
	return work;
}

bool cell_unpatched(const struct cell *cell)
{
	return policy_choices_unpatched(cell->config.policies, cell->config.policy_count);
}
