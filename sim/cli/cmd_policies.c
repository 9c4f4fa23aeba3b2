/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd_policies.c - vcpusim policies [NAME]: the built-in policies and their parameters
 */
#include "models/policy/chain.h"
#include "sim/cli/command.h"
#include "sim/cli/options.h"
#include "sim/cli/output.h"
#include "sim/cli/param_list.h"
#include "sim/cli/table.h"
#include "sim/engine/fail.h"
#include "sim/experiment/policy_choice.h"

static const struct usage usage = {
	.arguments = "[NAME]",
	.summary = "Lists policies, or the parameters of one.",
	.more = "A policy is chosen as NAME[:PARAM=VALUE[,PARAM=VALUE]]; '+' chains several.",
};

/* What stands behind '+' and ':' in a choice makes no sense here: one name. */
static const struct policy_ops *find(const char *name, GError **error)
{
	struct policy_choice *choices;
	const struct policy_ops *ops = policy_find(name);
	uint32_t count;

	if (!ops && policy_choices_parse(name, &choices, &count, error)) {
		ops = choices[0].ops;
		policy_choices_free(choices, count);
	}
	return ops;
}

static char *list_text(void)
{
	struct table *table = table_new("lll");
	char *text;

	table_cell(table, "name");
	table_cell(table, "what it does");
	table_cell(table, "source");
	table_mark_heading(table);
	for (guint i = 0; policies[i]; i++) {
		table_cell(table, policies[i]->name);
		table_cell(table, policies[i]->summary);
		table_cell(table, policies[i]->source);
	}
	text = table_print(table, output_coloured());
	table_free(table);
	return text;
}

static char *one_text(const struct policy_ops *ops)
{
	GArray *all = param_sections();
	g_autofree char *path = g_strdup_printf("policy.%s", ops->name);
	g_autofree char *params = param_list_table(all, path, output_coloured());

	param_sections_free(all);
	return g_strdup_printf("%s: %s\nsource: %s\n%s%s", ops->name, ops->summary, ops->source,
			       ops->params ? "\n" : "no parameters\n", ops->params ? params : "");
}

static json_t *list_json(const struct policy_ops *only)
{
	GArray *all = param_sections();
	json_t *list = json_array();

	for (guint i = 0; policies[i]; i++) {
		g_autofree char *path = g_strdup_printf("policy.%s", policies[i]->name);
		json_t *params;

		if (only && policies[i] != only)
			continue;
		params = param_list_json(all, path);
		json_array_append_new(list,
				      json_pack("{s:s, s:s, s:s, s:O}", "name", policies[i]->name,
						"summary", policies[i]->summary, "source",
						policies[i]->source, "params",
						json_object_get(params, "params")));
		json_decref(params);
	}
	param_sections_free(all);
	return json_pack("{s:s, s:o}", "format", "vcpusim-policies/1", "policies", list);
}

int cmd_policies(int argc, char **argv, GError **error)
{
	gboolean json = FALSE;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &json, "write JSON", NULL },
		{ .long_name = NULL },
	};
	const struct policy_ops *only = NULL;
	g_autofree char *text = NULL;
	g_auto(GStrv) arguments = NULL;
	bool helped;

	if (!options_parse(&usage, entries, argc, argv, &arguments, &helped, error))
		return STATUS_INPUT;
	if (helped)
		return STATUS_DONE;
	if (g_strv_length(arguments) > 1) {
		fail(error, ERROR_INPUT,
		     "found too many arguments; legal: vcpusim policies [NAME]");
		return STATUS_INPUT;
	}
	if (arguments[0]) {
		only = find(arguments[0], error);
		if (!only)
			return STATUS_INPUT;
	}
	if (json)
		return output_json_take(list_json(only), error) ? STATUS_DONE : STATUS_SYSTEM;
	text = only ? one_text(only) : list_text();
	return output_write(text, error) ? STATUS_DONE : STATUS_SYSTEM;
}
