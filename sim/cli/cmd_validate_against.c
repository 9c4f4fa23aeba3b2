/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd_validate_against.c - vcpusim validate-against FILE...: predictions beside measurements
 */
#include <string.h>

#include "models/config.h"
#include "sim/cli/against_kvm.h"
#include "sim/cli/against_output.h"
#include "sim/cli/command.h"
#include "sim/cli/options.h"
#include "sim/cli/output.h"
#include "sim/engine/fail.h"
#include "sim/experiment/measured_run.h"

#define DEFAULT_PHASES 8
/* of a run of KVM, which is one draw of a chaotic system: issue 5 asks for 10 */
#define DEFAULT_REPLICATIONS 20
#define MOST_PHASES 1000

static const struct usage usage = {
	.arguments = "FILE...",
	.summary =
		"Simulates every scenario of files of measurements (in the form of\n"
		"data/realsched or data/realkvm) and prints measured against simulated, with the bound\n"
		"and pass or miss.",
	.more = "The exit status is 1 if a value misses its bound. docs/validation.md explains the\n"
		"bounds and what is not judged.",
};

struct against_options {
	char *kernel, *policy, *scenario, *notes_file, *notes, *seed_text, *phases_text,
		*threads_text;
	char **cost;
	gboolean json, markdown;
	uint64_t seed, phases, replications, threads;
};

static void options_clear(struct against_options *options)
{
	g_free(options->kernel);
	g_free(options->policy);
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

/* The files of one call, by their form. */
struct against {
	struct against_file *files;
	struct against_kvm *kvm;
	guint count, kvm_count;
};

static void against_clear(struct against *against)
{
	for (guint i = 0; i < against->count; i++) {
		g_clear_pointer(&against->files[i].scenarios, g_array_unref);
		measured_clear(&against->files[i].file);
	}
	for (guint i = 0; i < against->kvm_count; i++)
		against_kvm_clear(&against->kvm[i]);
	g_free(against->files);
	g_free(against->kvm);
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

static bool compare_kvm(struct against_kvm *kvm, const struct against_options *options,
			GError **error)
{
	g_autoptr(GPtrArray) set = g_ptr_array_new_with_free_func(g_free);
	struct kvm_simulation simulation = { .seed = options->seed,
					     .replications = (guint)options->replications,
					     .policy = options->policy,
					     .threads = (guint)options->threads,
					     .pattern = options->scenario };
	bool any = false;

	for (guint i = 0; options->cost && options->cost[i]; i++)
		g_ptr_array_add(set, g_strconcat("host.cost.", options->cost[i], NULL));
	g_ptr_array_add(set, NULL);
	simulation.set = (char **)set->pdata;
	for (guint i = 0; i < kvm->file.runs->len; i++)
		any |= !options->scenario ||
		       g_pattern_match_simple(
			       options->scenario,
			       g_array_index(kvm->file.runs, struct measured_kvm_run, i).name);
	if (!any)
		return fail(error, ERROR_INPUT,
			    "%s: found no run like \"%s\"; legal: one of its names",
			    kvm->file.document.name, options->scenario);
	kvm->checks = measured_kvm_compare(&kvm->file, &simulation, error);
	return kvm->checks != NULL;
}

static json_t *to_json(const struct against *against, const struct against_options *options)
{
	json_t *object = against_json(against->files, against->count, (guint)options->phases);
	json_t *kvm = json_array();

	for (guint i = 0; i < against->kvm_count; i++)
		json_array_append_new(kvm, against_kvm_json(&against->kvm[i],
							    (guint)options->replications));
	json_object_set_new(object, "kvm", kvm);
	return object;
}

static bool write_out(const struct against *against, const struct against_options *options,
		      GError **error)
{
	guint phases = (guint)options->phases;
	guint replications = (guint)options->replications;
	bool colour = !options->markdown && output_coloured();
	GString *text = g_string_new(NULL);
	bool done;

	if (options->json) {
		g_string_free(text, TRUE);
		return output_json_take(to_json(against, options), error);
	}
	if (against->count) {
		g_autofree char *files =
			options->markdown
				? against_markdown(against->files, against->count, phases,
						   options->notes)
				: against_text(against->files, against->count, phases, colour);

		g_string_append(text, files);
	}
	for (guint i = 0; i < against->kvm_count; i++) {
		if (options->markdown)
			against_kvm_markdown(&against->kvm[i], replications, options->notes, text);
		else
			against_kvm_text(&against->kvm[i], replications, colour, text);
	}
	done = output_write(text->str, error);
	g_string_free(text, TRUE);
	return done;
}

static bool read_file(struct against *against, const char *name, const char *kernel, GError **error)
{
	struct document document;

	if (!document_read_reals(&document, name, error))
		return false;
	if (measured_kvm_is(&document))
		return measured_kvm_read(&against->kvm[against->kvm_count].file, &document, kernel,
					 error) &&
		       ++against->kvm_count;
	return measured_read(&against->files[against->count].file, &document, kernel, error) &&
	       ++against->count;
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
	guint given = g_strv_length(names);
	struct against against = { .files = g_new0(struct against_file, given),
				   .kvm = g_new0(struct against_kvm, given) };
	bool done = true, missed = false;

	for (guint i = 0; done && i < given; i++)
		done = read_file(&against, names[i], options->kernel, error);
	for (guint i = 0; done && i < against.count; i++)
		done = compare_file(&against.files[i], options, error);
	for (guint i = 0; done && i < against.kvm_count; i++)
		done = compare_kvm(&against.kvm[i], options, error);
	done = done && write_out(&against, options, error);
	for (guint i = 0; done && i < against.count; i++)
		missed |= against_count(&against.files[i]).missed > 0;
	for (guint i = 0; done && i < against.kvm_count; i++)
		missed |= !against_kvm_passed(&against.kvm[i]);
	against_clear(&against);
	return !done ? STATUS_INPUT : missed ? STATUS_NO : STATUS_DONE;
}

static int parse_and_run(int argc, char **argv, struct against_options *options, GError **error)
{
	g_auto(GStrv) arguments = NULL;
	const GOptionEntry entries[] = {
		{ "kernel", 'k', 0, G_OPTION_ARG_STRING, &options->kernel,
		  "whose scheduler rules apply (default: the row of the file's release)",
		  "VERSION" },
		{ "policy", 'p', 0, G_OPTION_ARG_STRING, &options->policy,
		  "policy of a patched kernel, for runs of KVM (default: none)", "POLICY" },
		{ "scenario", 'S', 0, G_OPTION_ARG_STRING, &options->scenario,
		  "only scenarios whose name matches, * and ? as in a shell", "PATTERN" },
		{ "cost", 'c', 0, G_OPTION_ARG_STRING_ARRAY, &options->cost,
		  "change a cost of the measured machine: context_switch=3000; repeat",
		  "NAME=VALUE" },
		{ "phases", 'n', 0, G_OPTION_ARG_STRING, &options->phases_text,
		  "replications, each with a phase of its own (default 8; of runs of KVM 20)",
		  "N" },
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
	    !options_number("--phases", options->phases_text, 1, MOST_PHASES,
			    &options->replications, error) ||
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
					   .replications = DEFAULT_REPLICATIONS,
					   .threads = g_get_num_processors() };
	int status = parse_and_run(argc, argv, &options, error);

	options_clear(&options);
	return status;
}
