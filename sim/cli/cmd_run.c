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
#include "sim/experiment/trail_run.h"

/* What is asked for beside the options of every command. */
struct request {
	char *policy, *trail_text; /* owned; NULL: not given */
	struct trail_choice trail;
};

static const struct usage usage = {
	.arguments = "FILE",
	.summary = "Runs a scenario with one policy and shows every replication and their spread.",
	.more = "POLICY is NAME[:PARAM=VALUE[,...]]; '+' chains several: see vcpusim policies.\n"
		"One replication is an anecdote: compare answers questions.\n"
		"WHAT is shootdown, lock, halt or wait: the slowest of replication 0; shootdown:N: the\n"
		"N-th that begins.",
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
		       guint count, const struct trail_story *stories,
		       const struct run_options *options, GError **error)
{
	g_autofree char *text = NULL;

	if (options->json)
		return output_json_take(run_json(scenario, setups, cells, count, stories, options),
					error);
	text = run_text(scenario, setups, cells, count, stories, options, output_coloured());
	return output_write(text, error);
}

/* Runs again where a trail is asked for, then writes. */
static bool tell(const struct scenario *scenario, char **setups, const struct cell *cells,
		 guint count, const struct request *request, const struct run_options *options,
		 GError **error)
{
	g_autofree struct trail_story *stories = NULL;
	bool done = true;

	if (request->trail_text)
		stories = g_new0(struct trail_story, count);
	for (guint i = 0; stories && done && i < count; i++)
		done = trail_story_make(&cells[i].config, options->seed, 0, request->trail,
					&stories[i], error);
	done = done && write_runs(scenario, setups, cells, count, stories, options, error);
	for (guint i = 0; stories && i < count; i++)
		trail_story_clear(&stories[i]);
	return done;
}

static bool run(const struct scenario *scenario, const struct request *request,
		const struct run_options *options, GError **error)
{
	g_auto(GStrv) setups = scenario_run_setups(scenario, options->setups, error);
	struct cell *cells;
	guint count = 0;
	bool done;

	if (!setups)
		return false;
	cells = g_new0(struct cell, MAX(1, g_strv_length(setups)));
	done = resolve(scenario, setups, request->policy, options, cells, &count, error) &&
	       run_cells(cells, count, options, error) &&
	       tell(scenario, setups, cells, count, request, options, error);
	for (guint i = 0; i < count; i++)
		cell_clear(&cells[i]);
	g_free(cells);
	return done;
}

static bool parse_and_run(int argc, char **argv, struct run_options *options,
			  struct request *request, GError **error)
{
	const GOptionEntry more[] = {
		{ "policy", 'p', 0, G_OPTION_ARG_STRING, &request->policy,
		  "policy to run (default: the scenario's, else none)", "POLICY" },
		{ "trail", 't', 0, G_OPTION_ARG_STRING, &request->trail_text,
		  "tell step by step one shootdown, lock, halt or wait", "WHAT[:N]" },
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
	if (request->trail_text && !trail_choice_parse(request->trail_text, &request->trail, error))
		return false;
	if (!run_options_check(options, error) || !scenario_read(&scenario, arguments[0], error))
		return false;
	done = run(&scenario, request, options, error);
	scenario_clear(&scenario);
	return done;
}

int cmd_run(int argc, char **argv, GError **error)
{
	struct run_options options = { 0 };
	struct request request = { 0 };
	bool done = parse_and_run(argc, argv, &options, &request, error);

	run_options_clear(&options);
	g_free(request.policy);
	g_free(request.trail_text);
	return done ? STATUS_DONE : STATUS_INPUT;
}
