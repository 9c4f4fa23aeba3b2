/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd_eevdf.c - vcpusim eevdf SCRIPT: replay a scheduler script, for conformance
 */
#include <stdio.h>

#include "models/sched/features.h"
#include "models/sched/versions.h"
#include "sim/cli/command.h"
#include "sim/cli/eevdf_script.h"
#include "sim/cli/options.h"
#include "sim/cli/output.h"
#include "sim/engine/fail.h"
#include "sim/experiment/words.h"

/* The golden outputs that are not of a stable kernel. */
#define DEFAULT_KERNEL "6.19"

static const struct usage usage = {
	.arguments = "SCRIPT",
	.summary = "Replays operations on fair run queues and prints what each changed.",
	.more = "The grammar of a script and the output are described in\n"
		"tests/conformance/README.md. Without --kernel the rules are those of " DEFAULT_KERNEL
		".",
};

static int replay_script(const char *path, const struct fair_features *features, GError **error)
{
	GString *out = g_string_new(NULL), *complaints = g_string_new(NULL);
	bool good = eevdf_script_run(path, features, out, complaints, error);
	int status = good ? STATUS_DONE : STATUS_INPUT;

	/* what was replayed is shown in any case; only the first error is told */
	if (!output_write(out->str, good ? error : NULL) && good)
		status = STATUS_SYSTEM;
	fputs(complaints->str, stderr);
	g_string_free(out, TRUE);
	g_string_free(complaints, TRUE);
	return status;
}

/* The versions of CFS stand behind those of EEVDF. */
static GPtrArray *eevdf_names(void)
{
	GPtrArray *names = g_ptr_array_new();

	for (uint64_t i = 0; fair_version(i)->algorithm == FAIR_EEVDF; i++)
		g_ptr_array_add(names, (char *)fair_version_names[i]);
	return names;
}

static const struct fair_features *find_kernel(const char *kernel, GError **error)
{
	const struct fair_features *features = fair_features_find(kernel);

	if (features && features->algorithm == FAIR_EEVDF)
		return features;

	g_autoptr(GPtrArray) names = eevdf_names();
	g_autofree char *shown = words_shown(kernel, -1);
	g_autofree char *legal = words_legal(kernel, names);

	if (features)
		fail(error, ERROR_INPUT, "--kernel: found kernel \"%s\", which schedules by CFS%s",
		     shown, legal);
	else
		fail(error, ERROR_INPUT, "--kernel: found an unknown kernel \"%s\"%s", shown,
		     legal);
	return NULL;
}

int cmd_eevdf(int argc, char **argv, GError **error)
{
	g_autofree char *kernel = NULL;
	g_auto(GStrv) arguments = NULL;
	const GOptionEntry entries[] = {
		{ "kernel", 'k', 0, G_OPTION_ARG_STRING, &kernel, "whose rules apply", "VERSION" },
		{ .long_name = NULL },
	};
	const struct fair_features *features;
	bool helped;

	if (!options_parse(&usage, entries, argc, argv, &arguments, &helped, error))
		return STATUS_INPUT;
	if (helped)
		return STATUS_DONE;
	if (g_strv_length(arguments) != 1) {
		fail(error, ERROR_INPUT, "found %u scripts; legal: vcpusim eevdf SCRIPT",
		     g_strv_length(arguments));
		return STATUS_INPUT;
	}
	features = find_kernel(kernel ? kernel : DEFAULT_KERNEL, error);
	if (!features)
		return STATUS_INPUT;
	return replay_script(arguments[0], features, error);
}
