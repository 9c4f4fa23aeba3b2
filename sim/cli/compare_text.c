/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare_text.c - a comparison for readers: head, tables, what to know about them
 */
#include <math.h>

#include "sim/cli/compare_output.h"
#include "sim/cli/number.h"
#include "sim/cli/options.h"
#include "sim/cli/report.h"
#include "sim/cli/scenario_run.h"
#include "sim/experiment/compare.h"
#include "sim/experiment/scenario.h"

#define WIDEST 140 /* characters of a line; wider comparisons get a table a set-up */

static void add_columns(const struct comparison *comparison, const struct setup_comparison *setup,
			GArray *columns)
{
	for (guint i = 0; i < setup->cell_count; i++) {
		struct report_column column = {
			.setup = setup->setup,
			.cell = &setup->cells[i],
			.baseline = &setup->cells[0],
			.gain = i ? &setup->gains[i] : NULL,
			.reference = &setup->reference,
			.best_unpatched = comparison->best_unpatched,
			.withheld = scenario_run_simple_placement(&setup->cells[i].config),
		};

		g_array_append_val(columns, column);
	}
}

static void add_table(const GArray *columns, bool colour, GString *text)
{
	const struct report_column *first =
		(const struct report_column *)(const void *)columns->data;
	g_autofree char *table = report_table(first, columns->len, colour);

	g_string_append_printf(text, "\n%s", table);
}

static void add_tables(const struct comparison *comparison, bool colour, GString *text)
{
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(struct report_column));

	for (guint s = 0; s < comparison->setup_count; s++)
		add_columns(comparison, &comparison->setups[s], all);
	if (report_width((const struct report_column *)(const void *)all->data, all->len) <=
	    WIDEST) {
		add_table(all, colour, text);
		return;
	}
	for (guint s = 0; s < comparison->setup_count; s++) {
		g_autoptr(GArray) some = g_array_new(FALSE, FALSE, sizeof(struct report_column));

		add_columns(comparison, &comparison->setups[s], some);
		add_table(some, colour, text);
	}
}

/* "8 replications around +2.1 %, 12 around +14.0 %" */
static char *modes_of_gain(const struct modes *modes)
{
	g_autofree char *low = number_signed(100 * expm1(modes->low), 1);
	g_autofree char *high = number_signed(100 * expm1(modes->high), 1);

	return g_strdup_printf("%zu pairs around %s %%, %zu around %s %%", modes->low_count, low,
			       modes->high_count, high);
}

static char *modes_of_work(const struct modes *modes)
{
	g_autofree char *low = number_rounded(exp(modes->low));
	g_autofree char *high = number_rounded(exp(modes->high));

	return g_strdup_printf("%zu replications around %s/s, %zu around %s/s", modes->low_count,
			       low, modes->high_count, high);
}

static void note(GString *text, const char *setup, const char *policy, const char *what,
		 char *taken)
{
	g_string_append_printf(text, "%s%s%s: %s%s\n", setup ? setup : "", setup ? ", " : "",
			       policy, what, taken ? taken : "");
	g_free(taken);
}

static void note_cell(const struct setup_comparison *setup, guint index, GString *text)
{
	const struct gain *gain = &setup->gains[index];
	const char *policy = setup->cells[index].label;

	if (gain->verdict == GAIN_IDENTICAL) {
		note(text, setup->setup, policy,
		     "every replication is identical to the baseline's, event by event", NULL);
		return;
	}
	if (gain->without_work)
		note(text, setup->setup, policy, "replications without any work, so no gain: ",
		     g_strdup_printf("%zu of %zu", gain->without_work, gain->pairs));
	if (gain->modes.bimodal)
		note(text, setup->setup, policy,
		     "the gain is bimodal, read the modes and not the mean: ",
		     modes_of_gain(&gain->modes));
	if (gain->candidate_modes.bimodal)
		note(text, setup->setup, policy,
		     "work is bimodal: ", modes_of_work(&gain->candidate_modes));
	if (gain->method == INTERVAL_BOOTSTRAP)
		note(text, setup->setup, policy,
		     "the pairs are not normal, so the interval is the wider of Student's and bootstrap-t's",
		     NULL);
}

static void add_notes(const struct comparison *comparison, GString *text)
{
	g_string_append_printf(
		text,
		"\nGains are paired: work with the candidate over work with the baseline from the same "
		"seed, mean of the logarithms;\nintervals cover 95 %%%s. Equivalent: the interval lies "
		"within 1 %%. Undecided: more pairs would be needed.\n"
		"Ceiling and efficiency: against one VM alone on this host, scaled to the pCPU time there is.\n",
		comparison->confidence > 0.95
			? " (computed at 96 %, for stopping when narrow enough)"
			: "");
	if (comparison->best_unpatched)
		g_string_append_printf(text, "Best unpatched: %s%s%s.\n",
				       comparison->best_setup ? comparison->best_setup : "",
				       comparison->best_setup ? ", " : "",
				       comparison->best_unpatched->label);
	for (guint s = 0; s < comparison->setup_count; s++) {
		const struct setup_comparison *setup = &comparison->setups[s];

		if (setup->cell_count > 1 && setup->gains[1].baseline_modes.bimodal)
			note(text, setup->setup, setup->cells[0].label,
			     "work is bimodal: ", modes_of_work(&setup->gains[1].baseline_modes));
		for (guint i = 1; i < setup->cell_count; i++)
			note_cell(setup, i, text);
		scenario_run_warn(setup->setup, &setup->cells[0].config, text);
	}
}

char *comparison_text(const struct comparison *comparison, const struct scenario *scenario,
		      const struct run_options *options, bool colour)
{
	const struct cell *first = &comparison->setups[0].cells[0];
	GString *text = g_string_new(NULL);
	guint least = G_MAXUINT, most = 0;

	for (guint s = 0; s < comparison->setup_count; s++) {
		least = MIN(least, comparison->setups[s].cells[0].count);
		most = MAX(most, comparison->setups[s].cells[0].count);
	}

	g_autofree char *pairs = least == most ? number_count(most, "pair")
					       : g_strdup_printf("%u to %u pairs", least, most);

	scenario_run_head(scenario, &first->config, options, pairs, text);
	for (guint s = 0; s < comparison->setup_count; s++)
		scenario_run_describe(comparison->setups[s].setup,
				      &comparison->setups[s].cells[0].config, text);
	add_tables(comparison, colour, text);
	add_notes(comparison, text);
	return g_string_free(text, FALSE);
}
