/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * options.c - options of a command
 */
#include "sim/cli/options.h"

#include <stdlib.h>
#include <string.h>

#include "sim/cli/output.h"
#include "sim/engine/fail.h"
#include "sim/engine/param.h"
#include "sim/experiment/param_value.h"
#include "sim/experiment/stopping.h"
#include "sim/experiment/words.h"

#define MOST_THREADS 1024
#define MOST_REPLICATIONS 100000

static const GOptionEntry *short_option(const GOptionEntry *entries, char letter)
{
	for (const GOptionEntry *entry = entries; entry->long_name; entry++) {
		if (entry->short_name == letter)
			return entry;
	}
	return NULL;
}

/* A copy for GOption, which does not know "-j2": that becomes "-j", "2". Free with g_strfreev(). */
static char **split_arguments(const GOptionEntry *entries, int argc, char **argv)
{
	GStrvBuilder *builder = g_strv_builder_new();
	bool plain = false;
	char **copy;

	for (int i = 0; i < argc; i++) {
		const char *word = argv[i];
		const GOptionEntry *entry = NULL;

		plain |= strcmp(word, "--") == 0;
		if (i && !plain && word[0] == '-' && word[1] && word[1] != '-' && word[2])
			entry = short_option(entries, word[1]);
		if (entry && entry->arg != G_OPTION_ARG_NONE) {
			const char letter[] = { '-', word[1], '\0' };

			g_strv_builder_add(builder, letter);
			word += 2;
		}
		g_strv_builder_add(builder, word);
	}
	copy = g_strv_builder_end(builder);
	g_strv_builder_unref(builder);
	return copy;
}

/* The option that GOption did not know: the first argument that looks like one and is none. */
static char *unknown_option(const GOptionEntry *entries, char **argv)
{
	for (guint i = 1; argv[i] && strcmp(argv[i], "--") != 0; i++) {
		g_autofree char *name = NULL;
		bool known;

		if (argv[i][0] != '-' || argv[i][1] == '\0')
			continue;
		if (argv[i][1] != '-') {
			name = g_strndup(argv[i] + 1, 1);
			known = *name == 'h' || short_option(entries, *name);
		} else {
			name = g_strndup(argv[i] + 2, strcspn(argv[i] + 2, "="));
			known = strcmp(name, "help") == 0;
		}
		for (const GOptionEntry *entry = entries; entry->long_name; entry++)
			known |= strcmp(entry->long_name, name) == 0;
		if (!known)
			return g_steal_pointer(&name);
	}
	return NULL;
}

static bool fail_option(const GOptionEntry *entries, const char *name, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *shown = words_shown(name, -1);

	for (const GOptionEntry *entry = entries; entry->long_name; entry++) {
		if (*entry->long_name)
			g_ptr_array_add(names, g_strdup(entry->long_name));
	}
	g_ptr_array_add(names, g_strdup("help"));

	const char *nearest = strlen(name) > 1 ? words_nearest(name, names) : NULL;

	for (guint i = 0; i < names->len; i++) {
		bool near = names->pdata[i] == nearest;
		char *dashed = g_strconcat("--", names->pdata[i], NULL);

		g_free(names->pdata[i]);
		names->pdata[i] = dashed;
		if (near)
			nearest = dashed;
	}

	g_autofree char *list = words_list(names, names->len);

	return fail(error, ERROR_INPUT, "found an unknown option %s%s; legal: %s%s%s%s",
		    strlen(name) > 1 ? "--" : "-", shown, list, nearest ? " (did you mean \"" : "",
		    nearest ? nearest : "", nearest ? "\"?)" : "");
}

static bool write_help(GOptionContext *context, GError **error)
{
	g_autofree char *help = g_option_context_get_help(context, TRUE, NULL);
	g_auto(GStrv) parts = g_strsplit(help, "\342\200\246", -1);
	g_autofree char *plain = g_strjoinv("...", parts);

	return output_write(plain, error);
}

/* What stands behind the program's name; a "--" in front of it has done its work. */
static char **positional(char **argv)
{
	return g_strdupv(argv[1] && strcmp(argv[1], "--") == 0 ? argv + 2 : argv + 1);
}

bool options_parse(const struct usage *usage, const GOptionEntry *entries, int argc, char **argv,
		   char ***arguments, bool *helped, GError **error)
{
	g_autoptr(GOptionContext) context = g_option_context_new(usage->arguments);
	g_auto(GStrv) words = split_arguments(entries, argc, argv);
	g_autofree char *unknown = unknown_option(entries, words);
	g_autoptr(GError) problem = NULL;
	gboolean help = FALSE;
	const GOptionEntry help_entry[] = {
		{ "help", 'h', 0, G_OPTION_ARG_NONE, &help, "show this text", NULL },
		{ .long_name = NULL },
	};

	*helped = false;
	*arguments = NULL;
	g_option_context_set_help_enabled(context, FALSE);
	g_option_context_set_summary(context, usage->summary);
	g_option_context_set_description(context, usage->more);
	g_option_context_add_main_entries(context, entries, NULL);
	g_option_context_add_main_entries(context, help_entry, NULL);
	if (!g_option_context_parse_strv(context, &words, &problem)) {
		if (unknown &&
		    g_error_matches(problem, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION))
			return fail_option(entries, unknown, error);
		return fail(error, ERROR_INPUT, "%s", problem->message);
	}
	*helped = help;
	if (help)
		return write_help(context, error);
	*arguments = positional(words);
	return true;
}

bool options_number(const char *name, const char *text, uint64_t min, uint64_t max, uint64_t *value,
		    GError **error)
{
	struct param param = {
		.name = name, .type = PARAM_UINT, .unit = "", .min = min, .max = max
	};

	if (!text)
		return true;
	if (param_parse(&param, text, value, error))
		return true;
	g_strchomp((*error)->message);
	g_prefix_error(error, "%s: ", name);
	return false;
}

bool options_percent(const char *name, const char *text, double max, double *value, GError **error)
{
	char *end;
	double percent;

	if (!text)
		return true;
	percent = g_ascii_strtod(text, &end);
	if (end != text && *end == '\0' && percent > 0 && percent <= max) {
		*value = percent / 100;
		return true;
	}

	g_autofree char *shown = words_shown(text, -1);

	return fail(error, ERROR_INPUT, "%s: found \"%s\"; legal: a percentage above 0, up to %g",
		    name, shown, max);
}

GOptionEntry *run_options_entries(struct run_options *options, const GOptionEntry *more)
{
	const GOptionEntry shared[] = {
		{ "setup", 'S', 0, G_OPTION_ARG_STRING_ARRAY, &options->setups,
		  "set-up of the scenario; repeat for several (default: its headline)", "NAME" },
		{ "set", 's', 0, G_OPTION_ARG_STRING_ARRAY, &options->set,
		  "change a parameter: host.cost.exit=500; repeat", "PATH=VALUE" },
		{ "seed", 0, 0, G_OPTION_ARG_STRING, &options->seed_text, "base seed (default 1)",
		  "N" },
		{ "reps", 'n', 0, G_OPTION_ARG_STRING, &options->reps_text,
		  "replications (default 20)", "N" },
		{ "jobs", 'j', 0, G_OPTION_ARG_STRING, &options->threads_text,
		  "simulations side by side (default: one a processor)", "N" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &options->json, "write everything as JSON",
		  NULL },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &options->quiet, "no progress", NULL },
	};
	gsize count = 0;
	GOptionEntry *entries;

	while (more && more[count].long_name)
		count++;
	entries = g_new0(GOptionEntry, G_N_ELEMENTS(shared) + count + 1);
	if (count)
		memcpy(entries, more, count * sizeof(*more));
	memcpy(entries + count, shared, sizeof(shared));
	return entries;
}

bool run_options_check(struct run_options *options, GError **error)
{
	options->seed = 1;
	options->reps = STOPPING_FIRST;
	options->threads = g_get_num_processors();
	return options_number("--seed", options->seed_text, 0, G_MAXINT64, &options->seed, error) &&
	       options_number("--reps", options->reps_text, 1, MOST_REPLICATIONS, &options->reps,
			      error) &&
	       options_number("--jobs", options->threads_text, 1, MOST_THREADS, &options->threads,
			      error);
}

void run_options_clear(struct run_options *options)
{
	g_strfreev(options->setups);
	g_strfreev(options->set);
	g_free(options->seed_text);
	g_free(options->reps_text);
	g_free(options->threads_text);
}
