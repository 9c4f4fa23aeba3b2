/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_import.c - vcpusim trace import FILE -o TRACE
 */
#include <string.h>

#include "sim/cli/command.h"
#include "sim/cli/options.h"
#include "sim/cli/output.h"
#include "sim/cli/trace_command.h"
#include "sim/engine/fail.h"
#include "sim/experiment/words.h"
#include "workloads/import.h"

static const struct usage usage = {
	.arguments = "FILE",
	.summary = "Makes a trace from a recording or from a workload file of another program.",
	.more = "ftrace: the text of trace-cmd report or perf script; - is standard input.\n"
		"rt-app: a workload file in JSON. Without --format a name that ends in .json is "
		"one.\n"
		"What was mapped to ops, nearly mapped or not mapped is counted on standard "
		"output.",
};

static const char *const formats[] = { "ftrace", "rt-app" };

static bool check_format(const char *format, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
		if (strcmp(formats[i], format) == 0)
			return true;
		g_ptr_array_add(names, (gpointer)formats[i]);
	}

	g_autofree char *shown = words_shown(format, -1);
	g_autofree char *legal = words_legal(format, names);

	return fail(error, ERROR_INPUT, "--format: found \"%s\"%s", shown, legal);
}

static bool import(const char *path, const char *format, char **only, const char *output,
		   GError **error)
{
	bool rtapp = strcmp(format, "rt-app") == 0;
	g_autofree char *report = NULL;
	struct import *import;
	bool done;

	if (!check_format(format, error))
		return false;
	if (rtapp && only)
		return fail(error, ERROR_INPUT, "--only: found an rt-app file; legal: ftrace");
	import = rtapp ? import_rtapp(path, error) : import_ftrace(path, only, error);
	if (!import)
		return false;
	report = import_report(import);
	done = import_write(import, output, error) && output_write(report, error);
	import_free(import);
	return done;
}

static bool parse_and_import(int argc, char **argv, char **output, char **format, char ***only,
			     GError **error)
{
	const GOptionEntry entries[] = {
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, output, "where to write", "TRACE" },
		{ "format", 'f', 0, G_OPTION_ARG_STRING, format, "ftrace or rt-app", "FORMAT" },
		{ "only", 0, 0, G_OPTION_ARG_STRING_ARRAY, only,
		  "ftrace: tasks of these commands only, a glob; repeat", "GLOB" },
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
			    "found %u files; legal: vcpusim trace import FILE -o TRACE",
			    g_strv_length(arguments));
	if (!*output)
		return fail(error, ERROR_INPUT, "found no -o TRACE; legal: one");
	if (!*format)
		*format = g_strdup(g_str_has_suffix(arguments[0], ".json") ? "rt-app" : "ftrace");
	return import(arguments[0], *format, *only, *output, error);
}

int trace_command_import(int argc, char **argv, GError **error)
{
	g_autofree char *output = NULL;
	g_autofree char *format = NULL;
	g_auto(GStrv) only = NULL;

	return parse_and_import(argc, argv, &output, &format, &only, error) ? STATUS_DONE
									    : STATUS_INPUT;
}
