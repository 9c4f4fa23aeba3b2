/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * against_kvm.c - measured runs of KVM beside their simulation, as a table and as JSON
 */
#include "sim/cli/against_kvm.h"

#include <math.h>

#include "sim/cli/number.h"
#include "sim/cli/output.h"
#include "sim/cli/table.h"

void against_kvm_clear(struct against_kvm *kvm)
{
	measured_kvm_clear(&kvm->file);
	g_clear_pointer(&kvm->checks, g_array_unref);
}

bool against_kvm_passed(const struct against_kvm *kvm)
{
	for (guint value = 0; value < KVM_VALUES; value++)
		if (!measured_kvm_tally(kvm->checks, value).passed)
			return false;
	return true;
}

static const struct measured_kvm_run *run_at(const struct against_kvm *kvm, guint index)
{
	return &g_array_index(kvm->file.runs, struct measured_kvm_run, index);
}

static const struct kvm_checks *checks_at(const struct against_kvm *kvm, guint index)
{
	return &g_array_index(kvm->checks, struct kvm_checks, index);
}

static bool simulated(const struct kvm_checks *checks)
{
	for (guint value = 0; value < KVM_VALUES; value++)
		if (checks->value[value].judged)
			return true;
	return false;
}

static bool missed(const struct kvm_check *check)
{
	return check->judged && !check->inside && !check->median_keeps;
}

/* Bounded by differences: two decimals. */
static char *number(enum kvm_value value, double x)
{
	return kvm_value_kinds[value].factor ? number_rounded(x) : number_fixed(x, 2);
}

static void add_check(struct table *table, enum kvm_value value, const struct kvm_check *check)
{
	g_autofree char *measured = number(value, check->measured);
	g_autofree char *median = number(value, check->median);
	g_autofree char *low = number(value, check->low), *high = number(value, check->high);
	g_autofree char *bound = kvm_value_kinds[value].factor
					 ? g_strdup_printf("x %.3g", check->bound)
					 : number_fixed(check->bound, 2);

	table_cell_take(table, g_strdup_printf("  %s", kvm_value_kinds[value].name));
	table_cell(table, measured);
	table_cell(table, median);
	table_cell_take(table, g_strdup_printf("%s .. %s", low, high));
	table_cell(table, bound);
	table_cell(table, missed(check)		? "MISS"
			  : check->median_keeps ? "pass"
						: "pass: among the draws");
}

static void add_runs(const struct against_kvm *kvm, bool colour, GString *text)
{
	static const char *const headings[] = { "value",	"measured", "median",
						"central 95 %", "bound",    "" };
	struct table *table = table_new("lrrrrl");
	g_autofree char *printed = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(headings); i++)
		table_cell(table, headings[i]);
	table_mark_heading(table);
	for (guint i = 0; i < kvm->checks->len; i++) {
		const struct kvm_checks *checks = checks_at(kvm, i);
		g_autofree char *title = measured_kvm_title(run_at(kvm, i));
		g_autofree char *section = g_strdup_printf("%s (%s)", title, run_at(kvm, i)->boot);

		if (!simulated(checks))
			continue;
		table_section(table, section);
		for (guint value = 0; value < KVM_VALUES; value++)
			if (checks->value[value].judged)
				add_check(table, value, &checks->value[value]);
	}
	printed = table_print(table, colour);
	table_free(table);
	g_string_append(text, printed);
}

static void add_tallies(const struct against_kvm *kvm, bool colour, GString *text)
{
	static const char *const headings[] = { "all runs",    "judged", "medians that keep",
						"within 95 %", "missed", "" };
	struct table *table = table_new("lrrrrl");
	g_autofree char *printed = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(headings); i++)
		table_cell(table, headings[i]);
	table_mark_heading(table);
	for (guint value = 0; value < KVM_VALUES; value++) {
		struct kvm_tally tally = measured_kvm_tally(kvm->checks, value);

		if (!tally.judged)
			continue;
		table_cell(table, kvm_value_kinds[value].name);
		table_cell_take(table, g_strdup_printf("%u", tally.judged));
		table_cell_take(table, g_strdup_printf("%u", tally.medians));
		table_cell_take(table, g_strdup_printf("%u", tally.inside));
		table_cell_take(table, g_strdup_printf("%u", tally.missed));
		table_cell(table, tally.passed ? "pass" : "MISS");
	}
	printed = table_print(table, colour);
	table_free(table);
	g_string_append(text, printed);
}

void against_kvm_text(const struct against_kvm *kvm, guint replications, bool colour, GString *text)
{
	g_string_append_printf(
		text,
		"%s\nreal KVM, host simulated as %s; %u replications a run; costs of "
		"the machines tcg-1, tcg-2, tcg-4\n\n",
		kvm->file.document.name, kvm->file.kernel, replications);
	add_runs(kvm, colour, text);
	g_string_append_c(text, '\n');
	add_tallies(kvm, colour, text);
	g_string_append(text,
			"A run is one draw: a value passes within the central 95 % of the "
			"replications, or if their median keeps the\nbound. A kind of value passes "
			"if none misses and the medians keep the bound in nine runs of ten.\n");
	if (kvm->file.left_out)
		g_string_append_printf(text,
				       "%u runs are left out: of type env, which measure the costs "
				       "that the machines have, and of _hp0 (caveat 1 there).\n",
				       kvm->file.left_out);
}

static json_t *json_of_check(const struct kvm_check *check)
{
	json_t *object = json_object();

	json_object_set_new(object, "measured", output_json_number(check->measured));
	json_object_set_new(object, "median", output_json_number(check->median));
	json_object_set_new(object, "low", output_json_number(check->low));
	json_object_set_new(object, "high", output_json_number(check->high));
	json_object_set_new(object, "bound", output_json_number(check->bound));
	json_object_set_new(object, "within_draws", json_boolean(check->inside));
	json_object_set_new(object, "median_keeps", json_boolean(check->median_keeps));
	json_object_set_new(object, "verdict", json_string(missed(check) ? "MISS" : "pass"));
	return object;
}

static json_t *json_of_run(const struct against_kvm *kvm, guint index)
{
	const struct measured_kvm_run *run = run_at(kvm, index);
	g_autofree char *title = measured_kvm_title(run);
	json_t *object = json_object(), *values = json_object();

	for (guint value = 0; value < KVM_VALUES; value++)
		if (checks_at(kvm, index)->value[value].judged)
			json_object_set_new(values, kvm_value_kinds[value].name,
					    json_of_check(&checks_at(kvm, index)->value[value]));
	json_object_set_new(object, "title", json_string(title));
	json_object_set_new(object, "boot", json_string(run->boot));
	json_object_set_new(object, "index", json_integer(run->index));
	json_object_set_new(object, "values", values);
	return object;
}

json_t *against_kvm_json(const struct against_kvm *kvm, guint replications)
{
	json_t *object = json_object(), *runs = json_array(), *tallies = json_object();

	for (guint i = 0; i < kvm->checks->len; i++)
		if (simulated(checks_at(kvm, i)))
			json_array_append_new(runs, json_of_run(kvm, i));
	for (guint value = 0; value < KVM_VALUES; value++) {
		struct kvm_tally tally = measured_kvm_tally(kvm->checks, value);

		json_object_set_new(tallies, kvm_value_kinds[value].name,
				    json_pack("{s:i, s:i, s:i, s:i, s:s}", "judged",
					      (int)tally.judged, "medians_keep", (int)tally.medians,
					      "within_draws", (int)tally.inside, "missed",
					      (int)tally.missed, "verdict",
					      tally.passed ? "pass" : "MISS"));
	}
	json_object_set_new(object, "file", json_string(kvm->file.document.name));
	json_object_set_new(object, "kernel", json_string(kvm->file.kernel));
	json_object_set_new(object, "replications", json_integer(replications));
	json_object_set_new(object, "runs", runs);
	json_object_set_new(object, "values", tallies);
	return object;
}
