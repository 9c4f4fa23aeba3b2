/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare.c - one baseline and any number of candidates
 */
#include "sim/experiment/compare.h"

#include <math.h>

#include "sim/experiment/scenario.h"

/* The reference only scales the ceiling; its spread is small beside that of overcommitted runs. */
#define REFERENCE_REPLICATIONS 5

static bool resolve_setup(struct setup_comparison *setup, const struct comparison_plan *plan,
			  GError **error)
{
	guint count = g_strv_length((gchar **)plan->policies);

	setup->cells = g_new0(struct cell, count);
	setup->gains = g_new0(struct gain, count);
	for (guint i = 0; i < count; i++) {
		struct scenario_choice choice = { .setup = setup->setup,
						  .set = plan->set,
						  .policy = plan->policies[i] };
		struct machine_config config;

		if (!scenario_resolve(plan->scenario, &choice, &config, error))
			return false;
		cell_init(&setup->cells[i], &config);
		setup->cell_count = i + 1;
	}
	return true;
}

/* The widest half width of all candidates; 0 if none can be improved by more pairs. */
static double judge_setup(struct setup_comparison *setup, const struct comparison_plan *plan)
{
	double confidence = stopping_confidence(&plan->stopping), widest = 0;

	for (guint i = 1; i < setup->cell_count; i++) {
		gain_make(&setup->gains[i], &setup->cells[0], &setup->cells[i], confidence,
			  plan->execution.seed);
		if (isfinite(setup->gains[i].half_width))
			widest = fmax(widest, setup->gains[i].half_width);
	}
	return widest;
}

static bool run_setup(struct setup_comparison *setup, const struct comparison_plan *plan,
		      GError **error)
{
	g_autofree struct cell **cells = g_new(struct cell *, setup->cell_count);
	double widest = INFINITY;
	size_t n = 0, next;

	for (guint i = 0; i < setup->cell_count; i++)
		cells[i] = &setup->cells[i];
	while ((next = stopping_next(&plan->stopping, n, widest)) > n) {
		n = next;
		if (!cells_extend(cells, setup->cell_count, (guint)n, &plan->execution, error))
			return false;
		widest = judge_setup(setup, plan);
	}
	return reference_make(&setup->reference, &setup->cells[0],
			      MIN((guint)n, REFERENCE_REPLICATIONS), &plan->execution, error);
}

/* Geometric mean over replications of the work a second. */
static double mean_work(const struct cell *cell)
{
	double sum = 0;

	for (guint i = 0; i < cell->count; i++)
		sum += gain_log_work(cell, i);
	return exp(sum / cell->count);
}

static void find_best_unpatched(struct comparison *comparison)
{
	double best = -INFINITY;

	for (guint s = 0; s < comparison->setup_count; s++) {
		struct setup_comparison *setup = &comparison->setups[s];

		for (guint i = 0; i < setup->cell_count; i++) {
			double work = mean_work(&setup->cells[i]);

			if (!cell_unpatched(&setup->cells[i]) || work <= best)
				continue;
			best = work;
			comparison->best_unpatched = &setup->cells[i];
			comparison->best_setup = setup->setup;
		}
	}
}

static bool fill(struct comparison *comparison, const struct comparison_plan *plan, GError **error)
{
	for (guint i = 0; i < comparison->setup_count; i++) {
		comparison->setups[i].setup = plan->setups[i];
		if (!resolve_setup(&comparison->setups[i], plan, error))
			return false;
	}
	for (guint i = 0; i < comparison->setup_count; i++) {
		if (!run_setup(&comparison->setups[i], plan, error))
			return false;
	}
	return true;
}

struct comparison *comparison_run(const struct comparison_plan *plan, GError **error)
{
	struct comparison *comparison = g_new0(struct comparison, 1);

	comparison->setup_count = MAX(1, g_strv_length((gchar **)plan->setups));
	comparison->setups = g_new0(struct setup_comparison, comparison->setup_count);
	comparison->confidence = stopping_confidence(&plan->stopping);
	if (!fill(comparison, plan, error)) {
		comparison_free(comparison);
		return NULL;
	}
	find_best_unpatched(comparison);
	return comparison;
}

void comparison_free(struct comparison *comparison)
{
	if (!comparison)
		return;
	for (guint s = 0; s < comparison->setup_count; s++) {
		struct setup_comparison *setup = &comparison->setups[s];

		for (guint i = 0; i < setup->cell_count; i++)
			cell_clear(&setup->cells[i]);
		g_free(setup->cells);
		g_free(setup->gains);
		if (setup->reference.solo)
			reference_clear(&setup->reference);
	}
	g_free(comparison->setups);
	g_free(comparison);
}
