/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * command.h - what a subcommand is
 *
 * argv[0] is the verb. A command returns the exit status (design, section 4 "Errors"): 0 done, 1
 * the answer is no. On a fault it sets *error, and main() prints that and exits with 2 for
 * ERROR_INPUT and 3 for ERROR_SYSTEM. Results go to stdout through output_write() only.
 */
#pragma once

#include <glib.h>

enum exit_status {
	STATUS_DONE = 0,
	STATUS_NO = 1,
	STATUS_INPUT = 2,
	STATUS_SYSTEM = 3,
	STATUS_INTERRUPTED = 130,
};

struct command {
	const char *name, *summary;
	int (*run)(int argc, char **argv, GError **error);
};

/* The table, in the order of --help; a NULL name ends it. */
extern const struct command commands[];

/* Writes a table of commands, between two texts, to standard output. The exit status. */
int command_list(const char *before, const struct command *list, const char *after, GError **error);

/* One line on standard error; without the program's name if it begins with FILE:LINE:COLUMN. */
void command_complain(const GError *error);

int cmd_compare(int argc, char **argv, GError **error);
int cmd_eevdf(int argc, char **argv, GError **error);
int cmd_help(int argc, char **argv, GError **error);
int cmd_params(int argc, char **argv, GError **error);
int cmd_policies(int argc, char **argv, GError **error);
int cmd_run(int argc, char **argv, GError **error);
int cmd_trace(int argc, char **argv, GError **error);
int cmd_validate(int argc, char **argv, GError **error);
int cmd_validate_against(int argc, char **argv, GError **error);
int cmd_workloads(int argc, char **argv, GError **error);
