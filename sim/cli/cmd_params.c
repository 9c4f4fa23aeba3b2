/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd_params.c - vcpusim params [SECTION|NAME]: every declared parameter
 */
#include "sim/cli/command.h"
#include "sim/cli/options.h"
#include "sim/cli/output.h"
#include "sim/cli/param_list.h"
#include "sim/engine/fail.h"
#include "sim/experiment/words.h"

static const struct usage usage = {
	.arguments = "[SECTION|NAME]",
	.summary = "Lists parameters: default, unit, legal and plausible range, meaning, source.",
};

static bool check_wanted(const GArray *all, const char *wanted, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	const char *nearest;

	for (guint i = 0; i < all->len; i++) {
		const struct param_section *section = &g_array_index(all, struct param_section, i);

		g_ptr_array_add(names, g_strdup(section->path));
		for (const struct param *param = section->params; param->name; param++) {
			if (param_matches(section, param, wanted))
				return true;
			g_ptr_array_add(names, g_strdup(param->name));
			g_ptr_array_add(names,
					g_strdup_printf("%s.%s", section->path, param->name));
		}
	}
	nearest = words_nearest(wanted, names);

	g_autofree char *shown = words_shown(wanted, -1);

	return fail(
		error, ERROR_INPUT,
		"found no section or parameter \"%s\"; legal: what `vcpusim params` lists%s%s%s",
		shown, nearest ? " (did you mean \"" : "", nearest ? nearest : "",
		nearest ? "\"?)" : "");
}

static bool list(const GArray *all, const char *wanted, bool json, bool man, GError **error)
{
	g_autofree char *text = NULL;

	if (wanted && !check_wanted(all, wanted, error))
		return false;
	if (json)
		return output_json_take(param_list_json(all, wanted), error);
	text = man ? param_list_man(all) : param_list_table(all, wanted, output_coloured());
	return output_write(text, error);
}

int cmd_params(int argc, char **argv, GError **error)
{
	gboolean json = FALSE, man = FALSE;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &json, "write JSON", NULL },
		{ "man", 0, 0, G_OPTION_ARG_NONE, &man, "write a manual page (troff)", NULL },
		{ .long_name = NULL },
	};
	g_auto(GStrv) arguments = NULL;
	bool helped, done;
	GArray *all;

	if (!options_parse(&usage, entries, argc, argv, &arguments, &helped, error))
		return STATUS_INPUT;
	if (helped)
		return STATUS_DONE;
	if (g_strv_length(arguments) > 1 || (man && (json || arguments[0]))) {
		fail(error, ERROR_INPUT,
		     "found too many arguments; legal: vcpusim params [--json] [SECTION|NAME], or vcpusim params --man");
		return STATUS_INPUT;
	}
	all = param_sections();
	done = list(all, arguments[0], json, man, error);
	param_sections_free(all);
	return done ? STATUS_DONE : STATUS_INPUT;
}
