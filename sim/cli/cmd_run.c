/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd_run.c - vcpusim run FILE: one policy, several replications, what happened
 */
#include "sim/cli/command.h"
#include "sim/cli/options.h"
#include "sim/cli/output.h"
#include "sim/cli/progress.h"
#include "sim/cli/run_output.h"
#include "sim/cli/scenario_run.h"
#include "sim/engine/fail.h"
#include "sim/experiment/cell.h"
#include "sim/experiment/scenario.h"

static const struct usage usage = {
	.arguments = "FILE",
	.summary = "Runs a scenario with one policy and shows every replication and their spread.",
	.more = "POLICY is NAME[:PARAM=VALUE[,...]]; '+' chains several: see vcpusim policies.\n"
		"One replication is an anecdote: compare answers questions.",
};

/* All set-ups are resolved before the first runs. */
static bool resolve(const struct scenario *scenario, char **setups, const char *policy,
		    const struct run_options *options, struct cell *cells, guint *count,
		    GError **error)
{
	guint wanted = MAX(1, g_strv_length(setups));

	for (*count = 0; *count < wanted; ++*count) {
		struct scenario_choice choice = { .setup = setups[*count],
						  .set = (const char *const *)options->set,
						  .policy = policy };
		struct machine_config config;

		if (!scenario_resolve(scenario, &choice, &config, error))
			return false;
		cell_init(&cells[*count], &config);

		const char *policies[] = { cells[*count].label, NULL };

		if (!scenario_run_check_policies(options->set, policies, error)) {
			++*count;
			return false;
		}
	}
	return true;
}

static bool run_cells(struct cell *cells, guint count, const struct run_options *options,
		      GError **error)
{
	g_autofree struct cell **list = g_new(struct cell *, count);
	struct progress progress;
	struct execution execution = { .seed = options->seed,
				       .threads = (guint)options->threads,
				       .progress = progress_update,
				       .data = &progress };
	bool done;

	for (guint i = 0; i < count; i++)
		list[i] = &cells[i];
	progress_init(&progress, "run", options->quiet);
	done = cells_extend(list, count, (guint)options->reps, &execution, error);
	progress_end(&progress);
	return done;
}

static bool write_runs(const struct scenario *scenario, char **setups, const struct cell *cells,
		       guint count, const struct run_options *options, GError **error)
{
	g_autofree char *text = NULL;

	if (options->json)
		return output_json_take(run_json(scenario, setups, cells, count, options), error);
	text = run_text(scenario, setups, cells, count, options, output_coloured());
	return output_write(text, error);
}

static bool run(const struct scenario *scenario, const char *policy,
		const struct run_options *options, GError **error)
{
	g_auto(GStrv) setups = scenario_run_setups(scenario, options->setups, error);
	struct cell *cells;
	guint count = 0;
	bool done;

	if (!setups)
		return false;
	cells = g_new0(struct cell, MAX(1, g_strv_length(setups)));
	done = resolve(scenario, setups, policy, options, cells, &count, error) &&
	       run_cells(cells, count, options, error) &&
	       write_runs(scenario, setups, cells, count, options, error);
	for (guint i = 0; i < count; i++)
		cell_clear(&cells[i]);
	g_free(cells);
	return done;
}

static bool parse_and_run(int argc, char **argv, struct run_options *options, char **policy,
			  GError **error)
{
	const GOptionEntry more[] = {
		{ "policy", 'p', 0, G_OPTION_ARG_STRING, policy,
		  "policy to run (default: the scenario's, else none)", "POLICY" },
		{ .long_name = NULL },
	};
	g_autofree GOptionEntry *entries = run_options_entries(options, more);
	g_auto(GStrv) arguments = NULL;
	struct scenario scenario;
	bool helped, done;

	if (!options_parse(&usage, entries, argc, argv, &arguments, &helped, error))
		return false;
	if (helped)
		return true;
	if (g_strv_length(arguments) != 1)
		return fail(error, ERROR_INPUT, "found %u files; legal: vcpusim run FILE",
			    g_strv_length(arguments));
	if (!run_options_check(options, error) || !scenario_read(&scenario, arguments[0], error))
		return false;
	done = run(&scenario, *policy, options, error);
	scenario_clear(&scenario);
	return done;
}

int cmd_run(int argc, char **argv, GError **error)
{
	struct run_options options = { 0 };
	g_autofree char *policy = NULL;
	bool done = parse_and_run(argc, argv, &options, &policy, error);

	run_options_clear(&options);
	return done ? STATUS_DONE : STATUS_INPUT;
}
