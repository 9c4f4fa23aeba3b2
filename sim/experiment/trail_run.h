/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trail_run.h - runs a replication once more, to tell one shootdown, wait or halt
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/machine_trail.h"

struct machine_config;

/* What is asked for: "shootdown", "lock:slowest", "halt:17". */
struct trail_choice {
	enum trail_subject subject;
	uint64_t number; /* 0: the slowest */
};

struct trail_story {
	struct trail_choice choice; /* number: the one that is told */
	uint64_t slowest;	    /* 0: not looked for */
	uint64_t seed;
	GPtrArray *lines; /* struct trail_line, owned */
};

extern const char *const trail_subject_names[]; /* by enum trail_subject; ends with NULL */

bool trail_choice_parse(const char *text, struct trail_choice *choice, GError **error);
/* The replication of that index. Two runs if the slowest is to be found. */
bool trail_story_make(const struct machine_config *config, uint64_t base_seed, uint64_t replication,
		      struct trail_choice choice, struct trail_story *story, GError **error);
void trail_story_clear(struct trail_story *story);
