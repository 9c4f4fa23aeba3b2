/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * main.c - the program: which subcommand runs, and how it ends
 */
#include <gsl/gsl_errno.h>
#include <gsl/gsl_version.h>
#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "build_id.h"
#include "sim/cli/command.h"
#include "sim/cli/output.h"
#include "sim/engine/fail.h"
#include "sim/experiment/words.h"

const struct command commands[] = {
	{ "run", "run one scenario and say what happened", cmd_run },
	{ "compare", "compare policies on a scenario, paired, with intervals", cmd_compare },
	{ "validate", "check scenario files", cmd_validate },
	{ "validate-against", "compare predictions with measurements of real kernels",
	  cmd_validate_against },
	{ "params", "list parameters with defaults, ranges, sources", cmd_params },
	{ "policies", "list policies", cmd_policies },
	{ "workloads", "list workload profiles", cmd_workloads },
	{ "trace", "generate, inspect and check workload traces", cmd_trace },
	{ "eevdf", "replay a scheduler script, for conformance", cmd_eevdf },
	{ "help", "show this text, or that of a command", cmd_help },
	{ .name = NULL },
};

void command_complain(const GError *error)
{
	bool placed = g_regex_match_simple("^[^\n]+?:[0-9]+:[0-9]+: ", error->message, 0, 0);

	fprintf(stderr, "%s%s\n", placed ? "" : "vcpusim: ", error->message);
}

/* Nothing is half written: results go out in one piece at the end. */
static void on_interrupt(int signal)
{
	static const char message[] = "\nvcpusim: interrupted; nothing was written\n";
	ssize_t ignored = write(STDERR_FILENO, message, sizeof(message) - 1);

	(void)signal;
	(void)ignored;
	_exit(STATUS_INTERRUPTED);
}

static const struct command *command_find(const char *name)
{
	for (const struct command *command = commands; command->name; command++) {
		if (strcmp(command->name, name) == 0)
			return command;
	}
	return NULL;
}

static int unknown_command(const char *name, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *shown = words_shown(name, -1);

	for (const struct command *command = commands; command->name; command++)
		g_ptr_array_add(names, (gpointer)command->name);

	g_autofree char *legal = words_legal(name, names);

	fail(error, ERROR_INPUT, "found an unknown command \"%s\"%s", shown, legal);
	return STATUS_INPUT;
}

static int run_command(int argc, char **argv, GError **error)
{
	const struct command *command = command_find(argv[0]);

	if (!command)
		return unknown_command(argv[0], error);

	g_autofree char *program = g_strconcat("vcpusim ", command->name, NULL);

	g_set_prgname(program);
	return command->run(argc, argv, error);
}

static int print_version(GError **error)
{
	g_autofree char *text = g_strdup_printf("vcpusim " PACKAGE_VERSION " (" BUILD_ID
						"), GLib %u.%u.%u, GSL %s, Jansson %s\n",
						glib_major_version, glib_minor_version,
						glib_micro_version, gsl_version,
						jansson_version_str());

	return output_write(text, error) ? STATUS_DONE : STATUS_SYSTEM;
}

static int dispatch(int argc, char **argv, GError **error)
{
	static char help[] = "help";
	char *no_arguments[] = { help, NULL };

	if (argc < 2) {
		fail(error, ERROR_INPUT, "found no command; legal: see vcpusim --help");
		return STATUS_INPUT;
	}
	if (strcmp(argv[1], "--version") == 0)
		return print_version(error);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return cmd_help(1, no_arguments, error);
	return run_command(argc - 1, argv + 1, error);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_interrupt };
	g_autoptr(GError) error = NULL;
	int status;

	sigaction(SIGINT, &action, NULL);
	/* GSL would abort; callers look at results instead. */
	gsl_set_error_handler_off();
	status = dispatch(argc, argv, &error);
	if (!error)
		return status;
	command_complain(error);
	return g_error_matches(error, VCPUSIM_ERROR, ERROR_SYSTEM) ? STATUS_SYSTEM : STATUS_INPUT;
}
