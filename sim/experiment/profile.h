/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * profile.h - a profile: a shape of workload with its parameters, each with a source and a
 * plausible range
 *
 * Built-in profiles are embedded in the program; a name with a slash or that ends in .json is a
 * file.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct workload_shape;

#define PROFILE_FORMAT "vcpusim-profile/1"
#define PROFILE_HASH_LENGTH 65 /* SHA-256 in hex, and the NUL */

/* What a profile says about one parameter of its shape. */
struct profile_param {
	bool said;
	bool ranged; /* low and high are there */
	uint64_t low, high;
	char *source; /* or NULL */
};

struct profile {
	char *name, *summary, *source;
	const struct workload_shape *shape;
	void *params;		      /* struct of shape->params_size bytes */
	struct profile_param *detail; /* in the order of shape->params */
};

/* `directory`: where relative files are; NULL: the current one. */
struct profile *profile_load(const char *name, const char *directory, GError **error);
/* The same from a text that calls itself `place`, for tests. */
struct profile *profile_parse(const char *place, const char *text, gsize length, GError **error);
void profile_free(struct profile *profile);

/* Names of the built-in profiles, sorted; of char *, owned. */
GPtrArray *profile_names(void);

/* SHA-256 over "shape" and the resolved values by name, as they count in a run. */
void profile_hash(const struct workload_shape *shape, const void *params,
		  char hash[PROFILE_HASH_LENGTH]);
