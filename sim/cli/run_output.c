/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run_output.c - replications of one policy
 */
#include "sim/cli/run_output.h"

#include "sim/cli/describe.h"
#include "sim/cli/number.h"
#include "sim/cli/options.h"
#include "sim/cli/report.h"
#include "sim/cli/result_json.h"
#include "sim/cli/scenario_run.h"
#include "sim/cli/table.h"
#include "sim/cli/trail_output.h"
#include "sim/experiment/cell.h"
#include "sim/experiment/metrics.h"
#include "sim/experiment/scenario.h"
#include "sim/experiment/statistics.h"
#include "sim/experiment/trail_run.h"

struct run_column {
	const char *heading, *unit;
	size_t metric;
	double factor; /* from the metric's unit to the column's */
	int decimals;  /* -1: as many as count */
};

static const struct run_column run_columns[] = {
	{ "work", NULL, METRIC_WORK, 1, -1 },
	{ "gang", "%", METRIC_GANG, 100, 1 },
	{ "user", "%", METRIC_ACCOUNT + ACCOUNT_GUEST_USER, 100, 2 },
	{ "kernel", "%", METRIC_ACCOUNT + ACCOUNT_GUEST_KERNEL, 100, 2 },
	{ "lock spin", "%", METRIC_LOCK_SPIN, 100, 2 },
	{ "IPI spin", "%", METRIC_ACCOUNT + ACCOUNT_SPIN_IPI, 100, 2 },
	{ "idle", "%", METRIC_ACCOUNT + ACCOUNT_IDLE, 100, 2 },
	{ "switches", "1/s", METRIC_RATE + COUNTER_SWITCHES, 1, -1 },
	{ "PLE exits", "1/s", METRIC_RATE + COUNTER_PLE_EXITS, 1, -1 },
	{ "yields", "1/s", METRIC_RATE + COUNTER_YIELD_OK, 1, -1 },
};

static void add_value(struct table *table, const struct run_column *column, double value)
{
	value *= column->factor;
	table_cell_take(table, column->decimals < 0 ? number_rounded(value)
						    : number_fixed(value, column->decimals));
}

static void add_headings(struct table *table, const struct cell *cell)
{
	g_autofree char *work_unit = describe_work_unit(&cell->config, 0);

	table_cell(table, "replication");
	for (guint i = 0; i < G_N_ELEMENTS(run_columns); i++)
		table_cell(table, run_columns[i].heading);
	table_mark_heading(table);
	table_cell(table, "");
	for (guint i = 0; i < G_N_ELEMENTS(run_columns); i++)
		table_cell(table, run_columns[i].unit	       ? run_columns[i].unit
				  : cell->config.vm_kinds == 1 ? work_unit
							       : "1/s");
	table_mark_heading(table);
}

static double field(const struct summary *summary, guint which)
{
	const double fields[] = { summary->mean, summary->sd, summary->min, summary->median,
				  summary->max };

	return fields[which];
}

static void add_summary(struct table *table, const struct cell *cell)
{
	static const char *const labels[] = { "mean", "std. deviation", "least", "median", "most" };

	table_section(table, "Over the replications");
	for (guint which = 0; which < G_N_ELEMENTS(labels); which++) {
		table_cell(table, labels[which]);
		for (guint i = 0; i < G_N_ELEMENTS(run_columns); i++) {
			struct summary summary;

			cell_summary(cell, run_columns[i].metric, &summary);
			add_value(table, &run_columns[i], field(&summary, which));
		}
	}
}

static void add_replications(const struct cell *cell, bool colour, GString *text)
{
	struct table *table = table_new("lrrrrrrrrrr");
	g_autofree char *printed = NULL;

	add_headings(table, cell);
	for (guint r = 0; r < cell->count; r++) {
		table_cell_take(table, g_strdup_printf("%u", r));
		for (guint i = 0; i < G_N_ELEMENTS(run_columns); i++)
			add_value(table, &run_columns[i],
				  cell->rows[(gsize)r * METRIC_COUNT + run_columns[i].metric]);
	}
	add_summary(table, cell);
	printed = table_print(table, colour);
	table_free(table);
	g_string_append(text, printed);
}

char *run_text(const struct scenario *scenario, char **setups, const struct cell *cells,
	       guint count, const struct trail_story *stories, const struct run_options *options,
	       bool colour)
{
	GString *text = g_string_new(NULL);
	g_autofree char *replications = number_count(options->reps, "replication");
	g_autofree struct report_column *columns = g_new0(struct report_column, count);
	g_autofree char *table = NULL;

	scenario_run_head(scenario, &cells[0].config, options, replications, text);
	for (guint i = 0; i < count; i++) {
		columns[i] = (struct report_column){ .setup = setups[0] ? setups[i] : NULL,
						     .cell = &cells[i] };
		g_string_append_c(text, '\n');
		scenario_run_describe(columns[i].setup, &cells[i].config, text);
		g_string_append_printf(text, "policy: %s\n", cells[i].label);
		scenario_run_warn(columns[i].setup, &cells[i].config, text);
		add_replications(&cells[i], colour, text);
	}
	table = report_table(columns, count, colour);
	g_string_append_printf(text, "\n%s", table);
	for (guint i = 0; stories && i < count; i++)
		trail_text(&stories[i], columns[i].setup, colour, text);
	if (count && cells[0].count == 1)
		g_string_append(
			text,
			"\nOne replication is an anecdote, not a result: --reps 20 shows the spread.\n");
	return g_string_free(text, FALSE);
}

json_t *run_json(const struct scenario *scenario, char **setups, const struct cell *cells,
		 guint count, const struct trail_story *stories, const struct run_options *options)
{
	json_t *list = json_array(), *object = json_object();

	for (guint i = 0; i < count; i++) {
		json_t *cell = json_of_cell(&cells[i]);

		json_object_set_new(cell, "name", setups[0] ? json_string(setups[i]) : json_null());
		json_object_set_new(cell, "parameters", json_of_parameters(&cells[i].config));
		if (stories)
			json_object_set_new(cell, "trail", trail_json(&stories[i]));
		json_array_append_new(list, cell);
	}
	json_object_set_new(object, "format", json_string("vcpusim-run/1"));
	json_object_set_new(object, "program", json_string("vcpusim " PACKAGE_VERSION));
	json_object_set_new(object, "scenario", json_string(scenario->document.name));
	json_object_set_new(object, "title",
			    scenario->title ? json_string(scenario->title) : json_null());
	json_object_set_new(object, "seed", json_integer((json_int_t)options->seed));
	json_object_set_new(object, "setups", list);
	return object;
}
