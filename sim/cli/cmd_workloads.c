/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd_workloads.c - vcpusim workloads [NAME]: the built-in profiles and what they set
 */
#include <string.h>

#include "sim/cli/command.h"
#include "sim/cli/options.h"
#include "sim/cli/output.h"
#include "sim/cli/param_list.h"
#include "sim/cli/table.h"
#include "sim/engine/fail.h"
#include "sim/engine/param.h"
#include "sim/experiment/param_value.h"
#include "sim/experiment/profile.h"
#include "workloads/workload.h"

static const struct usage usage = {
	.arguments = "[NAME]",
	.summary =
		"Lists workload profiles, or every parameter of one (built in, or a .json file).",
};

/*
 * A built-in profile that does not parse is a bug, which a unit test finds; here it is the user's
 * news.
 */
static bool add_profile(struct table *table, const char *name, GError **error)
{
	struct profile *profile = profile_load(name, NULL, error);

	if (!profile)
		return false;
	table_cell(table, profile->name);
	table_cell(table, profile->shape->name);
	table_cell(table, profile->shape->terminating ? "passes" : profile->shape->work_unit);
	table_cell_take(table, g_strdup_printf("%s [%s]", profile->summary,
					       *profile->source ? profile->source
								: profile->shape->source));
	profile_free(profile);
	return true;
}

static bool list_profiles(GError **error)
{
	struct table *table = table_new("llll");
	g_autoptr(GPtrArray) names = profile_names();
	g_autofree char *text = NULL;
	bool done = true;

	table_cell(table, "name");
	table_cell(table, "shape");
	table_cell(table, "work unit");
	table_cell(table, "what it is [source]");
	table_mark_heading(table);
	for (guint i = 0; done && i < names->len; i++)
		done = add_profile(table, g_ptr_array_index(names, i), error);
	text = table_print(table, output_coloured());
	table_free(table);
	return done && output_write(text, error);
}

/* What is plausible; in brackets what is legal, of those that are not to be varied. */
static char *range_text(const struct profile_param *detail, const struct param *param)
{
	if (detail->ranged)
		return g_strdup_printf("%" G_GUINT64_FORMAT "..%" G_GUINT64_FORMAT, detail->low,
				       detail->high);
	if (param->low || param->high)
		return g_strdup_printf("%" G_GUINT64_FORMAT "..%" G_GUINT64_FORMAT, param->low,
				       param->high);

	if (param->type == PARAM_UINT)
		return g_strdup_printf("(%" G_GUINT64_FORMAT "..%" G_GUINT64_FORMAT ")", param->min,
				       param->max);

	g_autofree char *legal = param_legal(param);

	return g_strdup_printf("(%s)", legal);
}

static void add_param(struct table *table, const struct profile *profile, const struct param *param)
{
	const struct profile_param *detail = &profile->detail[param - profile->shape->params];

	table_cell_take(table, g_strconcat("  ", param->name, NULL));
	table_cell_take(table, param_print(param, param_get(param, profile->params)));
	table_cell(table, param->type == PARAM_UINT ? param->unit : "");
	table_cell_take(table, range_text(detail, param));
	table_cell_take(table, g_strdup_printf("%s [%s]", param->meaning,
					       detail->source ? detail->source : param->source));
}

static char *profile_text(const struct profile *profile)
{
	static const char *const headings[] = { "  name", "value", "unit", "plausible (or legal)",
						"meaning [source]" };
	struct table *table = table_new("lrlll");
	char hash[PROFILE_HASH_LENGTH];
	g_autofree char *params = NULL;

	profile_hash(profile->shape, profile->params, hash);
	table_fold(table, PARAM_LIST_WIDTH);
	for (guint i = 0; i < G_N_ELEMENTS(headings); i++)
		table_cell(table, headings[i]);
	table_mark_heading(table);
	for (const struct param *param = profile->shape->params; param->name; param++)
		add_param(table, profile, param);
	params = table_print(table, output_coloured());
	table_free(table);
	return g_strdup_printf(
		"%s: %s\nshape: %s: %s\nwork: %s\nsource: %s\nsha256: %s\n\n%s", profile->name,
		profile->summary, profile->shape->name, profile->shape->summary,
		profile->shape->terminating ? "passes of given work; a result is passes a second"
					    : "steady; a result is work units a second",
		*profile->source ? profile->source : profile->shape->source, hash, params);
}

static json_t *profile_json(const struct profile *profile)
{
	json_t *params = json_array();
	char hash[PROFILE_HASH_LENGTH];

	profile_hash(profile->shape, profile->params, hash);
	for (const struct param *param = profile->shape->params; param->name; param++) {
		const struct profile_param *detail =
			&profile->detail[param - profile->shape->params];
		uint64_t low = detail->ranged ? detail->low : param->low,
			 high = detail->ranged ? detail->high : param->high;

		json_array_append_new(
			params,
			json_pack("{s:s, s:o, s:s, s:I, s:I, s:s, s:s}", "name", param->name,
				  "value", param_to_json(param, param_get(param, profile->params)),
				  "unit", param->unit, "low", (json_int_t)low, "high",
				  (json_int_t)high, "meaning", param->meaning, "source",
				  detail->source ? detail->source : param->source));
	}
	return json_pack("{s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:o}", "name", profile->name, "shape",
			 profile->shape->name, "summary", profile->summary, "terminating",
			 profile->shape->terminating, "work_unit", profile->shape->work_unit,
			 "source", profile->source, "sha256", hash, "params", params);
}

static bool list_json(const char *only, GError **error)
{
	g_autoptr(GPtrArray) names = only ? g_ptr_array_new_with_free_func(g_free)
					  : profile_names();
	json_t *list = json_array();

	if (only)
		g_ptr_array_add(names, g_strdup(only));
	for (guint i = 0; i < names->len; i++) {
		struct profile *profile = profile_load(g_ptr_array_index(names, i), NULL, error);

		if (!profile) {
			json_decref(list);
			return false;
		}
		json_array_append_new(list, profile_json(profile));
		profile_free(profile);
	}
	return output_json_take(
		json_pack("{s:s, s:o}", "format", "vcpusim-workloads/1", "workloads", list), error);
}

static bool show_profile(const char *name, GError **error)
{
	struct profile *profile = profile_load(name, NULL, error);
	g_autofree char *text = NULL;

	if (!profile)
		return false;
	text = profile_text(profile);
	profile_free(profile);
	return output_write(text, error);
}

int cmd_workloads(int argc, char **argv, GError **error)
{
	gboolean json = FALSE;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &json, "write JSON", NULL },
		{ .long_name = NULL },
	};
	g_auto(GStrv) arguments = NULL;
	bool helped, done;

	if (!options_parse(&usage, entries, argc, argv, &arguments, &helped, error))
		return STATUS_INPUT;
	if (helped)
		return STATUS_DONE;
	if (g_strv_length(arguments) > 1) {
		fail(error, ERROR_INPUT,
		     "found too many arguments; legal: vcpusim workloads [NAME]");
		return STATUS_INPUT;
	}
	if (json)
		done = list_json(arguments[0], error);
	else
		done = arguments[0] ? show_profile(arguments[0], error) : list_profiles(error);
	return done ? STATUS_DONE : STATUS_INPUT;
}
