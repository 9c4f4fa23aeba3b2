/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_command.h - the subcommands of vcpusim trace
 */
#pragma once

#include <glib.h>

/* argv[0] is the subcommand's name; they return the exit status. */
int trace_command_check(int argc, char **argv, GError **error);
int trace_command_generate(int argc, char **argv, GError **error);
int trace_command_import(int argc, char **argv, GError **error);
int trace_command_info(int argc, char **argv, GError **error);
