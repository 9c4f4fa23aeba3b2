/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * versions.c - the kernel versions, one row each
 *
 * 6.19, 6.19.9 and 6.12.117 are bound by the golden outputs; 6.18-stable follows eevdf.md 0.1.
 */
#include "models/sched/versions.h"

#include <stddef.h>
#include <string.h>

#include "models/sched/features.h"

/* The switches as all these versions ship them, [1] 1. */
#define DEFAULT_SWITCHES                                                          \
	.base_slice = 700000, .place_lag = true, .place_deadline_initial = true,  \
	.place_rel_deadline = true, .run_to_parity = true, .preempt_short = true, \
	.wakeup_preemption = true, .pick_buddy = true, .delay_dequeue = true, .delay_zero = true

static const struct fair_features rows[] = {
	{
		DEFAULT_SWITCHES,
		.name = "6.19",
		.meaning = "Linux v6.19.0",
		.lazy_requests = true,
		.buddy_in_test = true,
	},
	{
		DEFAULT_SWITCHES,
		.name = "6.19.9",
		.meaning = "Linux v6.19.9 (stable)",
		.origin = ORIGIN_AT_LAG_AND_TICK,
		.lag_limit = LAG_LIMIT_LONGEST_SLICE,
		.protect_at_pick_only = true,
		.reweight_keeps_protection = true,
		.lazy_requests = true,
		.buddy_in_test = true,
		.move_checks = true,
	},
	{
		DEFAULT_SWITCHES,
		.name = "6.18-stable",
		.meaning = "late Linux v6.18 stable (6.18.35)",
		.origin = ORIGIN_AT_LAG_AND_TICK,
		.lag_limit = LAG_LIMIT_LONGEST_SLICE,
		.protect_at_pick_only = true,
		.reweight_keeps_protection = true,
		.yield = YIELD_FORFEIT_RENEW,
		.lazy_requests = true,
		.buddy_in_test = true,
	},
	{
		DEFAULT_SWITCHES,
		.name = "6.12.117",
		.meaning = "Linux v6.12.117 (stable)",
		.origin = ORIGIN_AT_RENEWAL,
		.protection = PROTECT_UNTIL_DEADLINE,
		.reweight = REWEIGHT_SCALE,
		.relative_needs_feature = true,
		.yield = YIELD_FORFEIT_RENEW,
		.short_in_account = true,
		.classic_wakeup = true,
	},
};

const char *const fair_version_names[] = {
	"6.19", "6.19.9", "6.18-stable", "6.12.117", NULL,
};

const struct fair_features *fair_version(uint64_t index)
{
	return &rows[index];
}

const struct fair_features *fair_features_find(const char *name)
{
	for (size_t i = 0; fair_version_names[i]; i++)
		if (!strcmp(name, fair_version_names[i]))
			return &rows[i];
	return NULL;
}

uint64_t fair_base_slice(const struct fair_features *features, uint32_t cpus)
{
	uint64_t factor = cpus >= 8 ? 4 : cpus >= 4 ? 3 : cpus >= 2 ? 2 : 1;

	return features->base_slice * factor;
}
