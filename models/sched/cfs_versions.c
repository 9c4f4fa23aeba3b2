/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cfs_versions.c - the kernel versions with CFS, one row each; cfs.md 0.2, 9
 *
 * In the order of fair_version_names (versions.c). No outputs of the real code bind
 * these rows: they follow the text, which was read in the source of these versions.
 */
#include "models/sched/cfs.h"

/* base_slice: what EEVDF calls so was CFS's minimum granularity. */
#define EVERY_VERSION                                                           \
	.algorithm = FAIR_CFS, .base_slice = 750000, .wakeup_preemption = true, \
	.no_custom_slices = true, .publish_ungated = true

#define RULES_3_6 .gentle_fair_sleepers = true, .start_debit = true, .last_buddy = true
#define RULES_3_16 RULES_3_6, .truncate = true, .keep_slice = true
#define RULES_4_20                                                                              \
	RULES_3_16, .leaver_released = true, .charge_before_shift = true, .fine_weights = true, \
		    .average_share = true
#define RULES_5_12_0 RULES_4_20, .least_weight = true
#define RULES_5_12 RULES_5_12_0, .alt_period = true, .base_slice = true
#define RULES_5_17 RULES_5_12, .clear_at_take = true, .idle_kind = true

/* Until 5.12 the tunables are sysctls. */
#define SYSCTL .sysctl = true

const struct fair_features cfs_version_rows[] = {
	{
		EVERY_VERSION,
		.name = "3.6",
		.meaning = "Linux v3.6.5: every switch begins a slice, directed yield never fails",
		.alone_untested = true,
		.cfs = { RULES_3_6, SYSCTL },
	},
	{ EVERY_VERSION, .name = "3.16", .meaning = "Linux v3.16", .cfs = { RULES_3_16, SYSCTL } },
	{
		EVERY_VERSION,
		.name = "4.4",
		.meaning = "Linux v4.4.1: coarse group weights",
		.cfs = { RULES_3_16, SYSCTL },
	},
	{ EVERY_VERSION, .name = "4.20", .meaning = "Linux v4.20", .cfs = { RULES_4_20, SYSCTL } },
	{ EVERY_VERSION, .name = "5.3", .meaning = "Linux v5.3.1", .cfs = { RULES_4_20, SYSCTL } },
	{ EVERY_VERSION, .name = "5.6", .meaning = "Linux v5.6.4", .cfs = { RULES_4_20, SYSCTL } },
	{
		EVERY_VERSION,
		.name = "5.12.0",
		.meaning = "Linux v5.12.0 to .2, without the slice rules of 5.12.9 (inferred)",
		.cfs = { RULES_5_12_0, SYSCTL },
	},
	{
		EVERY_VERSION,
		.name = "5.12",
		.meaning = "Linux v5.12.9: the period counts all tasks, slices have a floor",
		.cfs = { RULES_5_12, SYSCTL },
	},
	{
		EVERY_VERSION,
		.name = "5.17",
		.meaning = "Linux v5.17: marks live until a task is taken, rules for idle groups",
		.cfs = { RULES_5_17 },
	},
	{ EVERY_VERSION, .name = "6.1", .meaning = "Linux v6.1 stable", .cfs = { RULES_5_17 } },
	{ EVERY_VERSION, .name = "6.2", .meaning = "Linux v6.2.12", .cfs = { RULES_5_17 } },
	{
		EVERY_VERSION,
		.name = "6.5",
		.meaning =
			"Linux v6.5, the last CFS: a tick lets nobody run longer than the latency",
		.cfs = { RULES_5_17, .cap_slice = true },
	},
};
