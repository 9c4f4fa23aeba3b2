/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * options.h - options of a command: parsed, explained, checked
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What a command's --help says beside its options. */
struct usage {
	const char *arguments; /* "FILE..." */
	const char *summary;
	const char *more; /* below the options; may be NULL */
};

/*
 * Parses argv[1] and following. *arguments are those that are no options; g_strfreev(). Adds --help,
 * which writes the help and sets *helped: the command is then done.
 */
bool options_parse(const struct usage *usage, const GOptionEntry *entries, int argc, char **argv,
		   char ***arguments, bool *helped, GError **error);

/* A whole number in [min, max]; NULL text leaves *value. */
bool options_number(const char *name, const char *text, uint64_t min, uint64_t max, uint64_t *value,
		    GError **error);
/* A percentage as a share: "0.5" is 0.005; NULL text leaves *value. */
bool options_percent(const char *name, const char *text, double max, double *value, GError **error);

/* Options of every command that runs a scenario. Zeroed before. */
struct run_options {
	char **setups, **set; /* as given; owned */
	char *seed_text, *reps_text, *threads_text;
	gboolean json, quiet;
	uint64_t seed, reps, threads;
};

/* The entries, filled in for these options, ended by a NULL name, followed by `more`. g_free(). */
GOptionEntry *run_options_entries(struct run_options *options, const GOptionEntry *more);
/* After parsing: checks the numbers. */
bool run_options_check(struct run_options *options, GError **error);
void run_options_clear(struct run_options *options);
