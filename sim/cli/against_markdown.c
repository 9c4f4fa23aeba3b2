/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * against_markdown.c - validate-against as a page: summary, a line a class, every miss with its reason
 */
#include <string.h>

#include "models/sched/versions.h"
#include "sim/cli/against_output.h"
#include "sim/cli/number.h"

static char *file_name(const struct against_file *file)
{
	return g_path_get_basename(file->file.document.name);
}

static void add_summary(const struct against_file *files, guint count, GString *text)
{
	struct against_count all = { 0 };

	g_string_append(text, "| file | simulated as | scenarios | values | passed | missed | not "
			      "judged |\n| --- | --- | ---: | ---: | ---: | ---: | ---: |\n");
	for (guint i = 0; i < count; i++) {
		struct against_count sum = against_count(&files[i]);
		g_autofree char *name = file_name(&files[i]);

		g_string_append_printf(text, "| %s | %s | %u | %u | %u | %u | %u |\n", name,
				       fair_version_names[files[i].file.environment.kernel],
				       sum.scenarios, sum.values, sum.passed, sum.missed,
				       sum.shown);
		all.scenarios += sum.scenarios;
		all.values += sum.values;
		all.passed += sum.passed;
		all.missed += sum.missed;
		all.shown += sum.shown;
	}
	g_string_append_printf(text, "| **all** | | %u | %u | %u | %u | %u |\n", all.scenarios,
			       all.values, all.passed, all.missed, all.shown);
}

/* "49.96 / 50.02 %": measured, simulated. */
static void add_pair(const GArray *checks, guint class, enum check_kind kind, double factor,
		     const char *format, GString *text)
{
	for (guint i = 0; i < checks->len; i++) {
		const struct check *check = &g_array_index(checks, struct check, i);

		if (check->class != class || check->kind != kind)
			continue;

		g_autofree char *measured = number_fixed(check->measured * factor, *format - '0');
		g_autofree char *simulated = number_fixed(check->simulated * factor, *format - '0');

		g_string_append_printf(text, "%s / %s", measured, simulated);
	}
}

static void add_class(const struct against_scenario *entry, guint class, GString *text)
{
	guint passed = 0, missed = 0, shown = 0;

	for (guint i = 0; i < entry->checks->len; i++) {
		const struct check *check = &g_array_index(entry->checks, struct check, i);

		passed += check->class == class && check->verdict == VERDICT_PASS;
		missed += check->class == class && check->verdict == VERDICT_MISS;
		shown += check->class == class && check->verdict == VERDICT_SHOWN;
	}
	g_string_append_printf(text, "| %s | %u x %s | ", class ? "" : entry->scenario->name,
			       entry->scenario->class[class].tasks,
			       entry->scenario->class[class].name);
	add_pair(entry->checks, class, CHECK_SHARE, 100, "2", text);
	g_string_append(text, " | ");
	add_pair(entry->checks, class, CHECK_SWITCHES, 1, "1", text);
	g_string_append_printf(text, " | %u | %s%u%s | %u |\n", passed, missed ? "**" : "", missed,
			       missed ? "**" : "", shown);
}

/* Free with g_free(). */
static char *note_for(const char *notes, const char *file, const char *scenario)
{
	g_autofree char *both = g_strconcat(file, "/", scenario, NULL);
	g_auto(GStrv) lines = g_strsplit(notes, "\n", -1);

	for (guint i = 0; lines[i]; i++) {
		g_auto(GStrv) parts = g_strsplit(lines[i], " ", 2);

		if (parts[0] && parts[1] && *lines[i] != '#' &&
		    (g_pattern_match_simple(parts[0], scenario) ||
		     g_pattern_match_simple(parts[0], both)))
			return g_strdup(parts[1]);
	}
	return g_strdup("not explained");
}

static void add_miss(const struct against_scenario *entry, const struct check *check, GString *text)
{
	g_autofree char *what = against_what(entry, check);
	g_autofree char *measured = against_measured(check);
	g_autofree char *simulated = against_simulated(check);
	g_autofree char *off = against_value(check, check->off);
	g_autofree char *bound = against_value(check, check->bound);

	g_string_append_printf(text, "  * %s: measured %s, simulated %s; off %s, bound %s\n", what,
			       measured, simulated, off, bound);
}

static void add_misses(const struct against_scenario *entry, const char *notes, const char *file,
		       GString *text)
{
	guint missed = 0;

	for (guint i = 0; i < entry->checks->len; i++) {
		const struct check *check = &g_array_index(entry->checks, struct check, i);

		if (check->verdict != VERDICT_MISS)
			continue;
		if (missed++ == 0) {
			g_autofree char *note = note_for(notes, file, entry->scenario->name);

			g_string_append_printf(text, "* **%s**: %s\n", entry->scenario->name, note);
		}
		add_miss(entry, check, text);
	}
}

static void add_file(const struct against_file *file, const char *notes, GString *text)
{
	g_autofree char *name = file_name(file);

	g_string_append_printf(text, "\n## %s\n\nMeasured on %s.\n\n", name,
			       file->file.environment.uname);
	g_string_append(text, "| scenario | tasks | share of a CPU, %: measured / simulated | "
			      "switches a second | passed | missed | not judged |\n"
			      "| --- | --- | ---: | ---: | ---: | ---: | ---: |\n");
	for (guint i = 0; i < file->scenarios->len; i++) {
		const struct against_scenario *entry =
			&g_array_index(file->scenarios, struct against_scenario, i);

		for (guint class = 0; class < entry->scenario->load.classes; class ++)
			add_class(entry, class, text);
	}
	if (!against_count(file).missed)
		return;
	g_string_append(text, "\nMisses, and why:\n\n");
	for (guint i = 0; i < file->scenarios->len; i++)
		add_misses(&g_array_index(file->scenarios, struct against_scenario, i), notes, name,
			   text);
}

char *against_markdown(const struct against_file *files, guint count, guint phases,
		       const char *notes)
{
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "Simulated in %u phases.\n\n", phases);
	add_summary(files, count, text);
	for (guint i = 0; i < count; i++)
		add_file(&files[i], notes, text);
	return g_string_free(text, FALSE);
}
