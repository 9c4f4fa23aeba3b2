/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_run.c - what run and compare share
 */
#include "sim/cli/scenario_run.h"

#include <string.h>

#include "models/config.h"
#include "sim/cli/describe.h"
#include "sim/cli/number.h"
#include "sim/cli/options.h"
#include "sim/engine/fail.h"
#include "sim/experiment/policy_choice.h"
#include "sim/experiment/scenario.h"

/* Lines that describe set-ups are as wide as the tables below them. */
#define LINE_COLUMNS 110

static bool contains(const GPtrArray *names, const char *name)
{
	for (guint i = 0; i < names->len; i++) {
		if (strcmp(g_ptr_array_index(names, i), name) == 0)
			return true;
	}
	return false;
}

char **scenario_run_setups(const struct scenario *scenario, char **asked, GError **error)
{
	const GPtrArray *all = scenario->headline->len ? scenario->headline : scenario->setups;
	GPtrArray *names = g_ptr_array_new();

	for (guint i = 0; !asked && i < all->len; i++)
		g_ptr_array_add(names, g_ptr_array_index(all, i));
	for (guint i = 0; asked && asked[i]; i++) {
		if (!scenario_has_setup(scenario, asked[i], error)) {
			g_prefix_error(error, "%s: ", scenario->document.name);
			g_ptr_array_unref(names);
			return NULL;
		}
		if (!contains(names, asked[i]))
			g_ptr_array_add(names, asked[i]);
	}
	for (guint i = 0; i < names->len; i++)
		names->pdata[i] = g_strdup(names->pdata[i]);
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(names, FALSE);
}

static bool any_has(const char *const *policies, const char *name)
{
	for (guint i = 0; policies[i]; i++) {
		struct policy_choice *choices;
		uint32_t count;
		bool has;

		if (!policy_choices_parse(policies[i], &choices, &count, NULL))
			continue;
		has = policy_choices_have(choices, count, name);
		policy_choices_free(choices, count);
		if (has)
			return true;
	}
	return false;
}

bool scenario_run_check_policies(char **set, const char *const *policies, GError **error)
{
	for (guint i = 0; set && set[i]; i++) {
		g_auto(GStrv) words = g_strsplit_set(set[i], ".=", 3);

		if (strcmp(words[0], "policy") != 0 || set[i][strlen("policy")] != '.' || !words[1])
			continue;
		if (any_has(policies, words[1]))
			continue;

		g_autofree char *list = g_strjoinv(", ", (char **)policies);

		return fail(error, ERROR_INPUT,
			    "--set %s: found a policy that is not run; legal: one of %s", set[i],
			    list);
	}
	return true;
}

void scenario_run_head(const struct scenario *scenario, const struct machine_config *config,
		       const struct run_options *options, const char *replications, GString *text)
{
	g_autofree char *window = number_duration(config->run.window);
	g_autofree char *warmup = number_duration(config->run.warmup);

	if (scenario->title)
		g_string_append_printf(text, "%s\n", scenario->title);
	g_string_append_printf(text,
			       "%s: %s, seed %" G_GUINT64_FORMAT ", %s each, after %s of warm-up\n",
			       scenario->document.name, replications, options->seed, window,
			       warmup);
}

/* Breaks a line at blanks; what follows is indented. */
static void append_wrapped(GString *text, const char *line)
{
	g_auto(GStrv) words = g_strsplit(line, " ", -1);
	gsize column = 0;

	for (guint i = 0; words[i]; i++) {
		gsize length = strlen(words[i]);

		if (i && column + 1 + length > LINE_COLUMNS) {
			g_string_append(text, "\n ");
			column = 1;
		}
		g_string_append_printf(text, "%s%s", i ? " " : "", words[i]);
		column += length + (i ? 1 : 0);
	}
	g_string_append_c(text, '\n');
}

void scenario_run_describe(const char *setup, const struct machine_config *config, GString *text)
{
	g_autofree char *machine = describe_machine(config);
	g_autofree char *workloads = describe_workloads(config);

	g_autofree char *line =
		g_strdup_printf("%s%s%s", setup ? setup : "", setup ? ": " : "", machine);

	append_wrapped(text, line);
	if (!strstr(text->str, workloads)) /* set-ups seldom differ in it */
		g_string_append(text, workloads);
}

bool scenario_run_simple_placement(const struct machine_config *config)
{
	if (config->host.placement != PLACEMENT_SIMPLE)
		return false;
	for (uint32_t vm = 0; vm < config->vm_kinds; vm++) {
		if (config->vms[vm].vm.affinity == AFFINITY_FREE)
			return true;
	}
	return false;
}

void scenario_run_warn(const char *setup, const struct machine_config *config, GString *text)
{
	if (scenario_run_simple_placement(config))
		g_string_append_printf(
			text,
			"%s%sno gain is quoted for free vCPUs with host.placement simple: the host places by "
			"previous CPU and newly idle pull only.\n",
			setup ? setup : "", setup ? ": " : "");
}
