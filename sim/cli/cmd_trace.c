/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd_trace.c - vcpusim trace SUBCOMMAND: workload traces
 */
#include <string.h>

#include "sim/cli/command.h"
#include "sim/cli/trace_command.h"
#include "sim/engine/fail.h"
#include "sim/experiment/words.h"

static const struct command subcommands[] = {
	{ "generate", "write the ops of a workload profile as a trace", trace_command_generate },
	{ "info", "say what a trace holds", trace_command_info },
	{ "check", "check traces: form, locks, deadlocks", trace_command_check },
	{ "import", "make a trace of a recording (ftrace, perf) or of an rt-app file",
	  trace_command_import },
	{ .name = NULL },
};

static const char heading[] =
	"Usage: vcpusim trace SUBCOMMAND [OPTION...] [ARGUMENT...]\n"
	"\n"
	"Traces are files with the ops of every task of a workload: docs/trace-format.md.\n"
	"A scenario replays one with \"workload\": {\"trace\": \"FILE\"}.\n"
	"\n"
	"Subcommands:\n";

static const char ending[] = "\nvcpusim trace SUBCOMMAND --help explains one.\n";

int cmd_trace(int argc, char **argv, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
		return command_list(heading, subcommands, ending, error);
	for (const struct command *command = subcommands; command->name; command++) {
		g_autofree char *program = g_strconcat("vcpusim trace ", command->name, NULL);

		g_ptr_array_add(names, (gpointer)command->name);
		if (argc < 2 || strcmp(command->name, argv[1]) != 0)
			continue;
		g_set_prgname(program);
		return command->run(argc - 1, argv + 1, error);
	}

	g_autofree char *shown = argc > 1 ? words_shown(argv[1], -1) : NULL;
	g_autofree char *legal = words_legal(argc > 1 ? argv[1] : "", names);

	if (argc > 1)
		fail(error, ERROR_INPUT, "found an unknown subcommand \"%s\"%s", shown, legal);
	else
		fail(error, ERROR_INPUT, "found no subcommand%s", legal);
	return STATUS_INPUT;
}
