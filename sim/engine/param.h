/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * param.h - the declaration of a tunable
 *
 * A table of these stands beside the code that uses the values. Scenario validation, --set, sweep
 * axes, sensitivity ranges, `vcpusim params` and the manual page are derived from the tables.
 * Values are integers of the stated unit, stored as uint64_t in the section's struct: booleans as 0
 * or 1, choices as the index of the word, shares in parts per million.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum param_type {
	PARAM_UINT,
	PARAM_BOOL,
	PARAM_CHOICE,
};

struct param {
	const char *name; /* key in a scenario: [a-z0-9_]+ */
	enum param_type type;
	size_t offset; /* of a uint64_t in the section's struct */
	const char *unit;
	const char *fallback; /* the default as a scenario writes it; NULL: it must be given */
	uint64_t min, max;    /* legal range, inclusive; unused for booleans and choices */
	uint64_t low, high;   /* plausible range, for sensitivity studies; 0, 0: not to be varied */
	const char *const *words; /* PARAM_CHOICE: the legal words, NULL-terminated */
	const char *meaning;	  /* one line */
	const char *source;	  /* where the default comes from */
};

/*
 * A named group of parameters, stored together in one struct of uint64_t. Tables end with a NULL
 * name.
 */
struct param_section {
	const char *path; /* "host.cost", "vms.guest", "policy.semantics-v2" */
	const struct param *params;
	size_t size; /* of the struct, in bytes */
	const char *meaning;
};
