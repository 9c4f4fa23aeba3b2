/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * against_text.c - validate-against as a table
 */
#include <math.h>

#include "models/kernel/kernel_params.h"
#include "models/sched/versions.h"
#include "sim/cli/against_output.h"
#include "sim/cli/number.h"
#include "sim/cli/table.h"
#include "sim/experiment/measured_run.h"

struct against_count against_count(const struct against_file *file)
{
	struct against_count count = { .scenarios = file->scenarios->len };

	for (guint i = 0; i < file->scenarios->len; i++) {
		const GArray *checks =
			g_array_index(file->scenarios, struct against_scenario, i).checks;

		count.values += checks->len;
		for (guint j = 0; j < checks->len; j++) {
			enum verdict verdict = g_array_index(checks, struct check, j).verdict;

			count.passed += verdict == VERDICT_PASS;
			count.missed += verdict == VERDICT_MISS;
			count.shown += verdict == VERDICT_SHOWN;
		}
	}
	return count;
}

const char *against_verdict(const struct check *check)
{
	static const char *const words[] = {
		[VERDICT_PASS] = "pass",
		[VERDICT_MISS] = "MISS",
		[VERDICT_SHOWN] = "not judged",
	};

	return words[check->verdict];
}

char *against_what(const struct against_scenario *scenario, const struct check *check)
{
	const char *class = scenario->scenario->class[check->class].name;
	const char *of = measured_words[check->of];

	switch (check->kind) {
	case CHECK_SHARE:
		return g_strdup_printf("%s: share of a CPU", class);
	case CHECK_SWITCHES:
		return g_strdup_printf("%s: switches a second", class);
	case CHECK_MODE:
		return g_strdup_printf("%s: %s at %.4g us", class, of, check->mode);
	case CHECK_ECDF:
		return g_strdup_printf("%s: %s below %.4g us", class, of, check->mode);
	default:
		return g_strdup_printf("%s: %s, %s", class, of, check_names[check->kind]);
	}
}

char *against_value(const struct check *check, double value)
{
	switch (check->kind) {
	case CHECK_SHARE:
		return g_strdup_printf("%.2f %%", 100 * value);
	case CHECK_MODE:
	case CHECK_ECDF:
		return g_strdup_printf("%.1f %%", 100 * value);
	case CHECK_SWITCHES:
		return number_fixed(value, value < 1000 ? 1 : 0);
	default:
		return g_strdup_printf("%.5g us", value);
	}
}

static char *range(const struct check *check, double value, double low, double high)
{
	g_autofree char *middle = against_value(check, value);
	g_autofree char *from = against_value(check, low);
	g_autofree char *to = against_value(check, high);

	if (g_strcmp0(from, to) == 0)
		return g_steal_pointer(&middle);
	return g_strdup_printf("%s (%s .. %s)", middle, from, to);
}

char *against_measured(const struct check *check)
{
	return range(check, check->measured, check->low, check->high);
}

char *against_simulated(const struct check *check)
{
	return range(check, check->simulated, check->simulated_low, check->simulated_high);
}

static void add_check(struct table *table, const struct against_scenario *scenario,
		      const struct check *check)
{
	table_cell_take(table, against_what(scenario, check));
	table_cell_take(table, against_measured(check));
	table_cell_take(table, against_simulated(check));
	table_cell_take(table, against_value(check, check->off));
	table_cell_take(table, against_value(check, check->bound));
	table_cell(table, against_verdict(check));
	table_cell(table, check->reason ? check->reason : "");
}

static void add_scenarios(const struct against_file *file, bool colour, GString *text)
{
	static const char *const headings[] = { "value", "measured", "simulated",     "off",
						"bound", "",	     "why not closer" };
	struct table *table = table_new("lrrrrll");
	g_autofree char *printed = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(headings); i++)
		table_cell(table, headings[i]);
	table_mark_heading(table);
	for (guint i = 0; i < file->scenarios->len; i++) {
		const struct against_scenario *scenario =
			&g_array_index(file->scenarios, struct against_scenario, i);

		table_section(table, scenario->scenario->name);
		for (guint j = 0; j < scenario->checks->len; j++)
			add_check(table, scenario,
				  &g_array_index(scenario->checks, struct check, j));
	}
	printed = table_print(table, colour);
	table_free(table);
	g_string_append(text, printed);
}

static void add_head(const struct measured_file *file, guint phases, GString *text)
{
	static const char *const models[] = { "none", "voluntary", "full", "lazy" };
	const struct measured_environment *environment = &file->environment;

	g_string_append_printf(
		text,
		"%s\nmeasured on %s; simulated as %s, %s, %u Hz, base slice %.4g ms; %u phases\n",
		file->document.name, environment->uname, fair_version_names[environment->kernel],
		models[environment->preemption], (guint)environment->hz,
		(double)environment->base_slice / 1e6, phases);
	g_string_append_printf(text, "costs of %s:",
			       environment->emulated ? "an emulated machine (TCG)"
						     : "the measured machine");
	for (const struct measured_cost *cost = measured_costs(file); cost->param; cost++)
		g_string_append_printf(text, " %s=%u", cost->param, (guint)cost->value);
	g_string_append(text, "\n\n");
}

char *against_text(const struct against_file *files, guint count, guint phases, bool colour)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < count; i++) {
		struct against_count sum = against_count(&files[i]);

		add_head(&files[i].file, phases, text);
		add_scenarios(&files[i], colour, text);
		g_string_append_printf(
			text,
			"\n%s: %u scenarios, %u values: %u passed, %u missed, %u not judged\n%s",
			files[i].file.document.name, sum.scenarios, sum.values, sum.passed,
			sum.missed, sum.shown, i + 1 < count ? "\n" : "");
	}
	return g_string_free(text, FALSE);
}
