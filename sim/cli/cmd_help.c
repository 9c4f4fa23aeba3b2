/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd_help.c - vcpusim help [COMMAND], and lists of commands
 */
#include <string.h>

#include "sim/cli/command.h"
#include "sim/cli/output.h"
#include "sim/cli/table.h"
#include "sim/engine/fail.h"
#include "sim/experiment/words.h"

static const char heading[] =
	"Usage: vcpusim COMMAND [OPTION...] [ARGUMENT...]\n"
	"\n"
	"Simulates overcommitted virtual CPUs: what does a change to their scheduling do?\n"
	"\n"
	"Commands:\n";

static const char ending[] =
	"\n"
	"vcpusim COMMAND --help explains one command; vcpusim --version says which this is.\n"
	"Exit status: 0 done, 1 the answer is no, 2 wrong input, 3 the machine failed,\n"
	"130 interrupted.\n";

int command_list(const char *before, const struct command *list, const char *after, GError **error)
{
	struct table *table = table_new("ll");
	g_autofree char *rows = NULL;
	g_autofree char *text = NULL;

	for (const struct command *command = list; command->name; command++) {
		table_cell_take(table, g_strconcat("  ", command->name, NULL));
		table_cell(table, command->summary);
	}
	rows = table_print(table, false);
	table_free(table);
	text = g_strconcat(before, rows, after, NULL);
	return output_write(text, error) ? STATUS_DONE : STATUS_SYSTEM;
}

int cmd_help(int argc, char **argv, GError **error)
{
	static char option[] = "--help";
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	if (argc < 2 || g_str_has_prefix(argv[1], "-"))
		return command_list(heading, commands, ending, error);
	for (const struct command *command = commands; command->name; command++) {
		char *arguments[] = { argv[1], option, NULL };
		g_autofree char *program = g_strconcat("vcpusim ", command->name, NULL);

		g_ptr_array_add(names, (gpointer)command->name);
		if (strcmp(command->name, argv[1]) != 0)
			continue;
		if (command->run == cmd_help)
			return command_list(heading, commands, ending, error);
		g_set_prgname(program);
		return command->run(2, arguments, error);
	}

	g_autofree char *shown = words_shown(argv[1], -1);
	g_autofree char *legal = words_legal(argv[1], names);

	fail(error, ERROR_INPUT, "found an unknown command \"%s\"%s", shown, legal);
	return STATUS_INPUT;
}
