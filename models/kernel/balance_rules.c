/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * balance_rules.c - the rows: eevdf.md 0.1, 4, 5; cfs.md 0.2, 4, 5, 9
 */
#include "models/kernel/balance_rules.h"

#include <stddef.h>
#include <string.h>

/* 3.6 to 4.10: groups are compared by load alone. */
#define LOAD_ONLY .load_only = true, .busy_factor = 32, .imbalance_pct = 125, .active_any = true
#define OLDEST                                                                     \
	LOAD_ONLY, .load_bias = true, .affine_effective = true, .half_load = true, \
		   .hot_on_sibling = true, .newest_first = true
/* 4.20 to 5.6 */
#define MIDDLE                                                                       \
	.wide = WIDE_BOTH, .scan = SCAN_PROP, .recent_cpu = true, .core_scan = true, \
	.knows_preempted_cpu = true, .half_load = true, .hot_on_sibling = true,      \
	.gate = GATE_HALF_MS_FLAG
/* 5.12 on, and then all the rest */
#define TYPES                                                                                     \
	.wide = WIDE_BOTH, .affine_prev_idle = true, .recent_cpu = true, .kthread_rule = true,    \
	.core_scan = true, .merged_scan = true, .sibling_prev = true, .idle_policy_counts = true, \
	.knows_preempted_cpu = true, .busy_factor = 16, .busy_less_a_jiffy = true,                \
	.imbalance_pct = 117
#define LATE TYPES, .scan_after = true, .gate = GATE_DOMAIN_COST
#define EEVDF LATE, .scan = SCAN_UTIL, .smt_balance = true, .whole_core_first = true
#define EEVDF_LAG \
	EEVDF, .eligibility = true, .delayed_for_load_only = true, .sync_ignores_delayed = true

static const struct balance_rules rows[] = {
	{ .name = "3.6",
	  OLDEST,
	  .fork_by_load = true,
	  .wide = WIDE_NEVER,
	  .scan = SCAN_GROUPS,
	  .gate = GATE_HALF_MS },
	{ .name = "3.16",
	  OLDEST,
	  .fork_by_load = true,
	  .wide = WIDE_WAKEE,
	  .scan = SCAN_GROUPS,
	  .gate = GATE_HALF_MS },
	{ .name = "4.4", OLDEST, .wide = WIDE_BOTH, .scan = SCAN_GROUPS, .gate = GATE_HALF_MS_FLAG },
	{ .name = "4.10",
	  OLDEST,
	  .wide = WIDE_BOTH,
	  .scan = SCAN_ALL,
	  .core_scan = true,
	  .gate = GATE_HALF_MS_FLAG },
	{ .name = "4.20", LOAD_ONLY, MIDDLE, .affine_runnable = true },
	{ .name = "5.3", LOAD_ONLY, MIDDLE, .affine_runnable = true },
	{ .name = "5.6",
	  MIDDLE,
	  .kthread_rule = true,
	  .idle_policy_counts = true,
	  .busy_factor = 32,
	  .imbalance_pct = 125 },
	{ .name = "5.12", TYPES, .scan = SCAN_PROP, .gate = GATE_HALF_MS_FLAG },
	{ .name = "5.17", LATE, .scan = SCAN_PROP_AGED },
	{ .name = "6.1", LATE, .scan = SCAN_UTIL, .dice = true },
	{ .name = "6.2", LATE, .scan = SCAN_UTIL },
	{ .name = "6.5", LATE, .scan = SCAN_UTIL },
	{ .name = "6.6", EEVDF },
	{ .name = "6.12", EEVDF },
	{ .name = "6.12-stable", EEVDF, .dice = true },
	{ .name = "6.18-rc4", EEVDF_LAG, .cost_grows = true },
	{ .name = "6.18.0", EEVDF_LAG, .cost_grows = true },
	{ .name = "6.18-stable", EEVDF_LAG, .dice = true },
	{ .name = "6.19-rc1", EEVDF_LAG, .dice = true },
	{ .name = "6.19", EEVDF_LAG, .dice = true },
	{ .name = "7.1", EEVDF_LAG, .dice = true, .rate = true },
	{ .name = "7.2", EEVDF_LAG, .dice = true, .rate = true },
	{ .name = "flat", EEVDF_LAG, .dice = true, .rate = true },
};

/* Other names of versions: stable ones that differ elsewhere only. */
static const struct {
	const char *name, *like;
} others[] = {
	{ "6.12.117", "6.12-stable" }, { "6.19.9", "6.19" }, { "6.18.35", "6.18-stable" },
	{ "5.12.0", "5.12" },	       { "5.12.9", "5.12" }, { "5.12.y", "5.12" },
	{ "6.1.192", "6.1" },
};

static const struct balance_rules *find(const char *version)
{
	if (strncmp(version, "cfs-", 4) == 0)
		version += 4;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(version, others[i].name) == 0)
			version = others[i].like;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(version, rows[i].name) == 0)
			return &rows[i];
	return NULL;
}

bool balance_rules_known(const char *version)
{
	return find(version);
}

const struct balance_rules *balance_rules_find(const char *version)
{
	const struct balance_rules *found = find(version);

	return found ? found : find("6.19");
}
