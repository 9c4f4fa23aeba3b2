/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replicate.h - runs simulations side by side
 *
 * Each result goes where its job says, so the number of threads changes no byte of what follows.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct machine_config;
struct result;

/* The seed of one replication: of (base seed, index) alone, so that policies and set-ups pair. */
uint64_t replication_seed(uint64_t base, uint64_t index);

struct replication {
	const struct machine_config *config; /* borrowed; its own seed does not count */
	uint64_t seed;
	struct result
		*result; /* borrowed; zeroed before, filled after; result_clear() is the caller's */
	char *complaint; /* of replicate() */
};

/* Told after each replication, in the caller's thread. May be NULL. */
typedef void replicate_progress(void *data, guint done, guint total);

/* Runs them all, `threads` at a time. Fails if threads cannot be had, or a workload deadlocked. */
bool replicate(struct replication *jobs, guint count, guint threads, replicate_progress *progress,
	       void *data, GError **error);
