/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd_validate_against.c - vcpusim validate-against FILE...: predictions beside measurements
 */
#include <string.h>

#include "models/config.h"
#include "sim/cli/against_output.h"
#include "sim/cli/command.h"
#include "sim/cli/options.h"
#include "sim/cli/output.h"
#include "sim/engine/fail.h"
#include "sim/experiment/measured_run.h"

#define DEFAULT_PHASES 8
#define MOST_PHASES 1000

static const struct usage usage = {
	.arguments = "FILE...",
	.summary =
		"Simulates every scenario of files of measurements (the form of data/realsched)\n"
		"and prints measured against simulated, with the bound and pass or miss.",
	.more = "The exit status is 1 if a value misses its bound. docs/validation.md explains the\n"
		"bounds and what is not judged.",
};

struct against_options {
	char *kernel, *scenario, *notes_file, *notes, *seed_text, *phases_text, *threads_text;
	char **cost;
	gboolean json, markdown;
	uint64_t seed, phases, threads;
};

static void options_clear(struct against_options *options)
{
	g_free(options->kernel);
	g_free(options->scenario);
	g_free(options->notes_file);
	g_free(options->notes);
	g_free(options->seed_text);
	g_free(options->phases_text);
	g_free(options->threads_text);
	g_strfreev(options->cost);
}

static void scenario_clear(gpointer data)
{
	g_array_unref(((struct against_scenario *)data)->checks);
}

static void files_free(struct against_file *files, guint count)
{
	for (guint i = 0; i < count; i++) {
		g_clear_pointer(&files[i].scenarios, g_array_unref);
		measured_clear(&files[i].file);
	}
	g_free(files);
}

static bool compare_scenario(struct against_file *file, const struct measured_scenario *scenario,
			     const struct against_options *options, GError **error)
{
	guint phases = (guint)options->phases;
	g_autofree struct result *result = g_new0(struct result, phases);
	struct against_scenario entry = { .scenario = scenario };
	struct machine_config config;

	if (!measured_config(&file->file, scenario, options->cost, &config, error) ||
	    !measured_simulate(&config, options->seed, phases, (guint)options->threads, result,
			       error))
		return false;
	entry.checks = g_array_new(FALSE, FALSE, sizeof(struct check));
	measured_compare(&file->file, scenario, result, phases, entry.checks);
	g_array_append_val(file->scenarios, entry);
	for (guint i = 0; i < phases; i++)
		result_clear(&result[i]);
	return true;
}

static bool compare_file(struct against_file *file, const struct against_options *options,
			 GError **error)
{
	file->scenarios = g_array_new(FALSE, FALSE, sizeof(struct against_scenario));
	g_array_set_clear_func(file->scenarios, scenario_clear);
	for (guint i = 0; i < file->file.scenarios; i++) {
		const struct measured_scenario *scenario = &file->file.scenario[i];

		if (options->scenario && !g_pattern_match_simple(options->scenario, scenario->name))
			continue;
		if (!compare_scenario(file, scenario, options, error))
			return false;
	}
	return file->scenarios->len ||
	       fail(error, ERROR_INPUT,
		    "%s: found no scenario like \"%s\"; legal: one of its names",
		    file->file.document.name, options->scenario);
}

static bool write_out(const struct against_file *files, guint count,
		      const struct against_options *options, GError **error)
{
	guint phases = (guint)options->phases;

	if (options->json)
		return output_json_take(against_json(files, count, phases), error);

	g_autofree char *text = options->markdown
					? against_markdown(files, count, phases, options->notes)
					: against_text(files, count, phases, output_coloured());

	return output_write(text, error);
}

static bool read_notes(struct against_options *options, GError **error)
{
	g_autoptr(GError) problem = NULL;

	if (!options->notes_file)
		options->notes = g_strdup("");
	else if (!g_file_get_contents(options->notes_file, &options->notes, NULL, &problem))
		return fail(error, ERROR_INPUT, "%s", problem->message);
	return true;
}

/* Every file is read before anything runs. */
static int validate(char **names, const struct against_options *options, GError **error)
{
	guint count = g_strv_length(names), missed = 0;
	struct against_file *files = g_new0(struct against_file, count);
	bool done = true;

	for (guint i = 0; done && i < count; i++)
		done = measured_read(&files[i].file, names[i], options->kernel, error);
	for (guint i = 0; done && i < count; i++)
		done = compare_file(&files[i], options, error);
	done = done && write_out(files, count, options, error);
	for (guint i = 0; done && i < count; i++)
		missed += against_count(&files[i]).missed;
	files_free(files, count);
	return !done ? STATUS_INPUT : missed ? STATUS_NO : STATUS_DONE;
}

static int parse_and_run(int argc, char **argv, struct against_options *options, GError **error)
{
	g_auto(GStrv) arguments = NULL;
	const GOptionEntry entries[] = {
		{ "kernel", 'k', 0, G_OPTION_ARG_STRING, &options->kernel,
		  "whose scheduler rules apply (default: the row of the file's release)",
		  "VERSION" },
		{ "scenario", 'S', 0, G_OPTION_ARG_STRING, &options->scenario,
		  "only scenarios whose name matches, * and ? as in a shell", "PATTERN" },
		{ "cost", 'c', 0, G_OPTION_ARG_STRING_ARRAY, &options->cost,
		  "change a cost of the measured machine: context_switch=3000; repeat",
		  "NAME=VALUE" },
		{ "phases", 'n', 0, G_OPTION_ARG_STRING, &options->phases_text,
		  "replications, each with a phase of its own (default 8)", "N" },
		{ "seed", 0, 0, G_OPTION_ARG_STRING, &options->seed_text, "base seed (default 1)",
		  "N" },
		{ "jobs", 'j', 0, G_OPTION_ARG_STRING, &options->threads_text,
		  "simulations side by side (default: one a processor)", "N" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &options->json, "write everything as JSON",
		  NULL },
		{ "markdown", 0, 0, G_OPTION_ARG_NONE, &options->markdown,
		  "write a page for a reader: summary, one line a class, every miss", NULL },
		{ "notes", 0, 0, G_OPTION_ARG_FILENAME, &options->notes_file,
		  "lines \"PATTERN reason\" for --markdown: why scenarios miss", "FILE" },
		{ .long_name = NULL },
	};
	bool helped;

	if (!options_parse(&usage, entries, argc, argv, &arguments, &helped, error))
		return STATUS_INPUT;
	if (helped)
		return STATUS_DONE;
	if (!arguments[0]) {
		fail(error, ERROR_INPUT, "found no file; legal: vcpusim validate-against FILE...");
		return STATUS_INPUT;
	}
	if (!options_number("--seed", options->seed_text, 0, G_MAXINT64, &options->seed, error) ||
	    !options_number("--phases", options->phases_text, 1, MOST_PHASES, &options->phases,
			    error) ||
	    !options_number("--jobs", options->threads_text, 1, 1024, &options->threads, error))
		return STATUS_INPUT;
	if (!read_notes(options, error))
		return STATUS_INPUT;
	return validate(arguments, options, error);
}

int cmd_validate_against(int argc, char **argv, GError **error)
{
	struct against_options options = { .seed = 1,
					   .phases = DEFAULT_PHASES,
					   .threads = g_get_num_processors() };
	int status = parse_and_run(argc, argv, &options, error);

	options_clear(&options);
	return status;
}
