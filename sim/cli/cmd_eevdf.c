/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd_eevdf.c - vcpusim eevdf SCRIPT: replay a scheduler script, for conformance
 */
#include <stdio.h>

#include "models/sched/features.h"
#include "models/sched/versions.h"
#include "sim/cli/command.h"
#include "sim/cli/eevdf_script.h"
#include "sim/cli/output.h"
#include "sim/engine/fail.h"

/* The golden outputs that are not of a stable kernel. */
#define DEFAULT_KERNEL "6.19"

static const char summary[] =
	"Replays operations on fair run queues and prints what each changed. The grammar of a\n"
	"script and the output are described in tests/conformance/README.md.";

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
static char *eevdf_names(void)
{
	GString *names = g_string_new(fair_version_names[0]);

	for (uint64_t i = 1; fair_version(i)->algorithm == FAIR_EEVDF; i++)
		g_string_append_printf(names, ", %s", fair_version_names[i]);
	return g_string_free(names, FALSE);
}

int cmd_eevdf(int argc, char **argv, GError **error)
{
	g_autofree char *kernel = NULL;
	g_autofree char *names = eevdf_names();
	g_autofree char *kernel_help =
		g_strdup_printf("whose rules apply: %s; else " DEFAULT_KERNEL, names);
	g_autoptr(GOptionContext) context = g_option_context_new("SCRIPT");
	const GOptionEntry entries[] = {
		{ "kernel", 'k', 0, G_OPTION_ARG_STRING, &kernel, kernel_help, "VERSION" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	const struct fair_features *features;
	g_autoptr(GError) bad = NULL;

	g_option_context_add_main_entries(context, entries, NULL);
	g_option_context_set_summary(context, summary);
	if (!g_option_context_parse(context, &argc, &argv, &bad)) {
		fail(error, ERROR_INPUT, "%s", bad->message);
		return STATUS_INPUT;
	}
	if (argc != 2) {
		fail(error, ERROR_INPUT, "exactly one SCRIPT is expected");
		return STATUS_INPUT;
	}
	features = fair_features_find(kernel ? kernel : DEFAULT_KERNEL);
	if (!features) {
		fail(error, ERROR_INPUT, "unknown kernel \"%s\"; known are %s", kernel, names);
		return STATUS_INPUT;
	}
	if (features->algorithm != FAIR_EEVDF) {
		fail(error, ERROR_INPUT, "kernel \"%s\" schedules by CFS; known to EEVDF are %s",
		     kernel, names);
		return STATUS_INPUT;
	}
	return replay_script(argv[1], features, error);
}
