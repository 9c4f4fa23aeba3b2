/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd_compare.c - vcpusim compare FILE: one baseline, any number of candidates
 */
#include <string.h>

#include "sim/cli/command.h"
#include "sim/cli/compare_output.h"
#include "sim/cli/options.h"
#include "sim/cli/output.h"
#include "sim/cli/progress.h"
#include "sim/cli/scenario_run.h"
#include "sim/engine/fail.h"
#include "sim/experiment/compare.h"
#include "sim/experiment/policy_choice.h"
#include "sim/experiment/scenario.h"

#define MOST_PRECISION 100 /* % */

static const struct usage usage = {
	.arguments = "FILE",
	.summary = "Compares policies on a scenario: pairs of replications from the same seeds.",
	.more = "POLICY is NAME[:PARAM=VALUE[,...]]; '+' chains several: see vcpusim policies.\n"
		"Without --precision exactly --reps pairs run. With it batches of 10 follow until\n"
		"every interval is as narrow as +- that many per cent, or --max-reps pairs have run;\n"
		"intervals are then computed at 96 %, which makes up for looking repeatedly.",
};

struct compare_options {
	struct run_options run;
	char **files, *baseline, **candidates, *precision_text, *cap_text;
	double precision;
	uint64_t cap;
};

static void compare_options_clear(struct compare_options *options)
{
	run_options_clear(&options->run);
	g_strfreev(options->files);
	g_free(options->baseline);
	g_strfreev(options->candidates);
	g_free(options->precision_text);
	g_free(options->cap_text);
}

static bool parse(struct compare_options *options, int argc, char **argv, bool *helped,
		  GError **error)
{
	const GOptionEntry more[] = {
		{ "baseline", 'b', 0, G_OPTION_ARG_STRING, &options->baseline,
		  "what to compare with (default: none)", "POLICY" },
		{ "candidate", 'c', 0, G_OPTION_ARG_STRING_ARRAY, &options->candidates,
		  "what to compare; repeat for several", "POLICY" },
		{ "precision", 'p', 0, G_OPTION_ARG_STRING, &options->precision_text,
		  "half width of the interval to reach", "PERCENT" },
		{ "max-reps", 0, 0, G_OPTION_ARG_STRING, &options->cap_text,
		  "most pairs for --precision (default 200)", "N" },
		{ .long_name = NULL },
	};
	g_autofree GOptionEntry *entries = run_options_entries(&options->run, more);

	if (!options_parse(&usage, entries, argc, argv, &options->files, helped, error))
		return false;
	options->cap = STOPPING_CAP;
	if (*helped)
		return true;
	if (g_strv_length(options->files) != 1)
		return fail(error, ERROR_INPUT,
			    "found %u files; legal: vcpusim compare FILE --candidate POLICY",
			    g_strv_length(options->files));
	if (!options->candidates)
		return fail(error, ERROR_INPUT,
			    "found no candidate; legal: --candidate POLICY, see vcpusim policies");
	return run_options_check(&options->run, error) &&
	       options_percent("--precision", options->precision_text, MOST_PRECISION,
			       &options->precision, error) &&
	       options_number("--max-reps", options->cap_text, options->run.reps, G_MAXINT32,
			      &options->cap, error);
}

/* The policies, the baseline first. Checked here, so that the message names the option. */
static char **policies_of(const struct compare_options *options, const struct scenario *scenario,
			  GError **error)
{
	GStrvBuilder *builder = g_strv_builder_new();
	char **list;

	g_strv_builder_add(builder, options->baseline  ? options->baseline
				    : scenario->policy ? scenario->policy
						       : "none");
	for (guint i = 0; options->candidates[i]; i++)
		g_strv_builder_add(builder, options->candidates[i]);
	list = g_strv_builder_end(builder);
	g_strv_builder_unref(builder);
	for (guint i = 0; list[i]; i++) {
		struct policy_choice *choices;
		uint32_t count;

		if (!policy_choices_parse(list[i], &choices, &count, error)) {
			g_prefix_error(error, "%s: ", i ? "--candidate" : "--baseline");
			g_strfreev(list);
			return NULL;
		}
		policy_choices_free(choices, count);
	}
	return list;
}

static bool check_set(char **set, const char *const *policies, GError **error)
{
	for (guint i = 0; set && set[i]; i++) {
		if (g_str_has_prefix(set[i], "policy="))
			return fail(error, ERROR_INPUT,
				    "--set %s: found a policy; legal: --baseline and --candidate",
				    set[i]);
	}
	return scenario_run_check_policies(set, policies, error);
}

static bool write_comparison(const struct comparison *comparison, const struct scenario *scenario,
			     const struct run_options *options, GError **error)
{
	g_autofree char *text = NULL;

	if (options->json)
		return output_json_take(comparison_json(comparison, scenario, options), error);
	text = comparison_text(comparison, scenario, options, output_coloured());
	return output_write(text, error);
}

static bool compare(const struct compare_options *options, const struct scenario *scenario,
		    GError **error)
{
	g_auto(GStrv) setups = scenario_run_setups(scenario, options->run.setups, error);
	g_auto(GStrv) policies = setups ? policies_of(options, scenario, error) : NULL;
	struct progress progress;
	struct comparison_plan plan = {
		.scenario = scenario,
		.setups = (const char *const *)setups,
		.policies = (const char *const *)policies,
		.set = (const char *const *)options->run.set,
		.stopping = { .first = options->run.reps,
			      .cap = options->cap,
			      .half_width = options->precision },
		.execution = { .seed = options->run.seed,
			       .threads = (guint)options->run.threads,
			       .progress = progress_update,
			       .data = &progress },
	};
	struct comparison *comparison;
	bool done;

	if (!policies || !check_set(options->run.set, plan.policies, error))
		return false;
	progress_init(&progress, "compare", options->run.quiet);
	comparison = comparison_run(&plan, error);
	progress_end(&progress);
	if (!comparison)
		return false;
	done = write_comparison(comparison, scenario, &options->run, error);
	comparison_free(comparison);
	return done;
}

int cmd_compare(int argc, char **argv, GError **error)
{
	struct compare_options options = { 0 };
	struct scenario scenario;
	bool helped = false, done = parse(&options, argc, argv, &helped, error);

	if (done && !helped) {
		done = scenario_read(&scenario, options.files[0], error);
		if (done) {
			done = compare(&options, &scenario, error);
			scenario_clear(&scenario);
		}
	}
	compare_options_clear(&options);
	return done ? STATUS_DONE : STATUS_INPUT;
}
