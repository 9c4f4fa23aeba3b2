/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_generate.c - vcpusim trace generate PROFILE -o FILE
 */
#include "workloads/trace_generate.h"

#include <string.h>

#include "sim/cli/command.h"
#include "sim/cli/options.h"
#include "sim/cli/trace_command.h"
#include "sim/engine/fail.h"
#include "sim/engine/param.h"
#include "sim/engine/time.h"
#include "sim/experiment/param_value.h"
#include "sim/experiment/profile.h"
#include "sim/experiment/replicate.h"
#include "sim/experiment/words.h"
#include "workloads/workload.h"

#define DEFAULT_VCPUS 16
#define DEFAULT_TIME NSEC_PER_SEC
#define MOST_PASSES 1000000

static const struct usage usage = {
	.arguments = "PROFILE",
	.summary = "Writes the ops that the tasks of a workload do as a trace.",
	.more = "PROFILE is a name of vcpusim workloads, or a .json file. FILE.gz and FILE.zst are "
		"compressed.\n"
		"The trace holds what the N-th VM gets in replication R of vcpusim run --seed S: "
		"replaying it\n"
		"gives that run's very result, if the run is no longer than --for.",
};

struct generate_options {
	char *output, *seed_text, *rep_text, *vm_text, *vcpus_text, *time_text, *passes_text,
		*at_end;
	char **set;
	uint64_t seed, rep, vm, vcpus, time, passes;
};

static void clear(struct generate_options *options)
{
	g_free(options->output);
	g_free(options->seed_text);
	g_free(options->rep_text);
	g_free(options->vm_text);
	g_free(options->vcpus_text);
	g_free(options->time_text);
	g_free(options->passes_text);
	g_free(options->at_end);
	g_strfreev(options->set);
}

static bool check(struct generate_options *options, GError **error)
{
	options->seed = 1;
	options->vcpus = DEFAULT_VCPUS;
	options->time = DEFAULT_TIME;
	if (!options_number("--seed", options->seed_text, 0, G_MAXINT64, &options->seed, error) ||
	    !options_number("--rep", options->rep_text, 0, G_MAXUINT32, &options->rep, error) ||
	    !options_number("--vm", options->vm_text, 0, 32767, &options->vm, error) ||
	    !options_number("--vcpus", options->vcpus_text, 1, 4096, &options->vcpus, error) ||
	    !options_number("--for", options->time_text, 1, 3600 * NSEC_PER_SEC, &options->time,
			    error) ||
	    !options_number("--passes", options->passes_text, 1, MOST_PASSES, &options->passes,
			    error))
		return false;
	if (options->passes && options->time_text)
		return fail(error, ERROR_INPUT, "found --for and --passes; legal: one of them");
	if (options->at_end && strcmp(options->at_end, "repeat") != 0 &&
	    strcmp(options->at_end, "exit") != 0) {
		g_autofree char *shown = words_shown(options->at_end, -1);

		return fail(error, ERROR_INPUT, "--at-end: found \"%s\"; legal: repeat, exit",
			    shown);
	}
	return options->output || fail(error, ERROR_INPUT, "found no -o FILE; legal: one");
}

/* --set PARAM=VALUE of the profile's shape. */
static bool apply_set(struct profile *profile, char **set, GError **error)
{
	for (guint i = 0; set && set[i]; i++) {
		g_auto(GStrv) words = g_strsplit(set[i], "=", 2);
		const struct param *param =
			words[0] && words[1] ? param_find(profile->shape->params, words[0]) : NULL;
		g_autofree char *shown = words_shown(set[i], -1);
		uint64_t value;

		if (!param)
			return fail(
				error, ERROR_INPUT,
				"--set %s: found no parameter of shape %s; legal: what `vcpusim "
				"workloads %s` lists",
				shown, profile->shape->name, profile->name);
		if (!param_parse(param, words[1], &value, error)) {
			g_prefix_error(error, "--set %s: ", shown);
			return false;
		}
		param_put(param, profile->params, value);
	}
	return true;
}

static bool generate(const char *name, const struct generate_options *options, GError **error)
{
	struct profile *profile = profile_load(name, NULL, error);
	char hash[PROFILE_HASH_LENGTH];
	bool done;

	if (!profile)
		return false;
	if (!apply_set(profile, options->set, error)) {
		profile_free(profile);
		return false;
	}
	profile_hash(profile->shape, profile->params, hash);

	g_autofree char *source = g_strdup_printf(
		"vcpusim trace generate %s (sha256 %.16s...) --seed %" G_GUINT64_FORMAT
		" --rep %" G_GUINT64_FORMAT " --vm %" G_GUINT64_FORMAT " --%s %" G_GUINT64_FORMAT,
		profile->name, hash, options->seed, options->rep, options->vm,
		options->passes ? "passes" : "for",
		options->passes ? options->passes : options->time);
	struct trace_generation generation = {
		.shape = profile->shape,
		.params = profile->params,
		.name = profile->name,
		.summary = profile->summary,
		.source = source,
		.vcpus = (uint32_t)options->vcpus,
		.vm = (uint32_t)options->vm,
		.seed = replication_seed(options->seed, options->rep),
		.time = options->passes ? 0 : options->time,
		.passes = options->passes,
		.repeats = !options->at_end || strcmp(options->at_end, "repeat") == 0,
	};

	done = trace_generate(&generation, options->output, error);
	profile_free(profile);
	return done;
}

static bool parse_and_generate(int argc, char **argv, struct generate_options *options,
			       GError **error)
{
	const GOptionEntry entries[] = {
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output, "where to write",
		  "FILE" },
		{ "seed", 0, 0, G_OPTION_ARG_STRING, &options->seed_text,
		  "base seed, as of run (default 1)", "S" },
		{ "rep", 0, 0, G_OPTION_ARG_STRING, &options->rep_text,
		  "replication, from 0 (default 0)", "R" },
		{ "vm", 0, 0, G_OPTION_ARG_STRING, &options->vm_text,
		  "which VM of the host, from 0 (default 0)", "N" },
		{ "vcpus", 0, 0, G_OPTION_ARG_STRING, &options->vcpus_text,
		  "of the guest (default 16)", "N" },
		{ "for", 0, 0, G_OPTION_ARG_STRING, &options->time_text,
		  "ns of own time of each task, at least (default 1000000000)", "TIME" },
		{ "passes", 0, 0, G_OPTION_ARG_STRING, &options->passes_text,
		  "instead: passes of the workload", "N" },
		{ "at-end", 0, 0, G_OPTION_ARG_STRING, &options->at_end,
		  "what a task does after its last op (default repeat)", "repeat|exit" },
		{ "set", 's', 0, G_OPTION_ARG_STRING_ARRAY, &options->set,
		  "change a parameter of the profile; repeat", "PARAM=VALUE" },
		{ .long_name = NULL },
	};
	g_auto(GStrv) arguments = NULL;
	bool helped;

	if (!options_parse(&usage, entries, argc, argv, &arguments, &helped, error))
		return false;
	if (helped)
		return true;
	if (g_strv_length(arguments) != 1)
		return fail(error, ERROR_INPUT,
			    "found %u profiles; legal: vcpusim trace generate PROFILE -o FILE",
			    g_strv_length(arguments));
	return check(options, error) && generate(arguments[0], options, error);
}

int trace_command_generate(int argc, char **argv, GError **error)
{
	struct generate_options options = { 0 };
	bool done = parse_and_generate(argc, argv, &options, error);

	clear(&options);
	return done ? STATUS_DONE : STATUS_INPUT;
}
