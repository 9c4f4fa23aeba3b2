/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * versions.c - the kernel versions, one row each; eevdf.md 0.1
 *
 * 6.19, 6.19.9 and 6.12.117 are bound by golden outputs of the real code, and 6.12-stable with the
 * last. The others follow the text: eevdf.md says which of its statements were read in the source
 * and which are inferred.
 */
#include "models/sched/versions.h"

#include <stddef.h>
#include <string.h>

#include "models/sched/cfs.h"
#include "models/sched/features.h"

/* The switches as most of these versions ship them, [1] 1. */
#define DEFAULT_SWITCHES                                                          \
	.base_slice = 700000, .place_lag = true, .place_deadline_initial = true,  \
	.place_rel_deadline = true, .run_to_parity = true, .preempt_short = true, \
	.wakeup_preemption = true, .pick_buddy = true, .delay_dequeue = true, .delay_zero = true

/* Until a limit of its own replaced the copied deadline. */
#define PROTECTED_BY_DEADLINE                                                 \
	.protection = PROTECT_UNTIL_DEADLINE, .relative_needs_feature = true, \
	.short_in_account = true, .wakeup = WAKEUP_TEST_UNPROTECT

#define RULES_6_12_STABLE                                                           \
	DEFAULT_SWITCHES, PROTECTED_BY_DEADLINE,                                    \
		.meaning = "Linux v6.12.117 (stable)", .origin = ORIGIN_AT_RENEWAL, \
		.reweight = REWEIGHT_SCALE, .yield = YIELD_FORFEIT_RENEW

#define RULES_6_18                                                               \
	DEFAULT_SWITCHES, .lazy_requests = true, .wakeup = WAKEUP_TEST_SHORTENS, \
			  .yield = YIELD_PUSH, .boost_count_stays = true, .throttle_tasks = true

#define RULES_6_19 \
	DEFAULT_SWITCHES, .lazy_requests = true, .buddy_in_test = true, .throttle_tasks = true

/* Of late stable kernels and of what followed. */
#define LONGEST_SLICE_LIMITS                                                    \
	.origin = ORIGIN_AT_LAG_AND_TICK, .lag_limit = LAG_LIMIT_LONGEST_SLICE, \
	.protect_at_pick_only = true

#define RULES_7_1                                                                                  \
	RULES_6_19, LONGEST_SLICE_LIMITS,                                                          \
		.yield = YIELD_FORFEIT_RENEW, .hrtick = true,                                      \
		.hrtick_rule = HRTICK_UNTIL_DEADLINE, .own_protection = true,                      \
		.reweight = REWEIGHT_KEEP, .full_loads = true, .delayed_lag = true,                \
		.buddy_needs_protect = true, .test_pops_delayed = true, .short_drops_buddy = true, \
		.move_checks = true, .preemptible_only = true

static const struct fair_features rows[] = {
	{
		.name = "6.6",
		.meaning = "Linux v6.6: no delayed dequeue, no custom slices, deadline-push yield",
		PROTECTED_BY_DEADLINE,
		.base_slice = 750000,
		.place_lag = true,
		.place_deadline_initial = true,
		.run_to_parity = true,
		.wakeup_preemption = true,
		.reweight = REWEIGHT_STRETCH,
		.yield = YIELD_PUSH,
		.next_buddy_picks = true,
		.idle_keeps_protection = true,
		.publish_ungated = true,
		.no_custom_slices = true,
	},
	{
		.name = "6.12",
		.meaning = "Linux v6.12.0: deadline-push yield, hints need NEXT_BUDDY",
		PROTECTED_BY_DEADLINE,
		.base_slice = 750000,
		.place_lag = true,
		.place_deadline_initial = true,
		.place_rel_deadline = true,
		.run_to_parity = true,
		.preempt_short = true,
		.wakeup_preemption = true,
		.delay_dequeue = true,
		.delay_zero = true,
		.reweight = REWEIGHT_SCALE,
		.yield = YIELD_PUSH,
		.next_buddy_picks = true,
		.idle_keeps_protection = true,
		.boost_count_stays = true,
	},
	{ .name = "6.12-stable", RULES_6_12_STABLE },
	{ .name = "6.12.117", RULES_6_12_STABLE },
	{
		.name = "6.18-rc4",
		.meaning = "Linux v6.18-rc4, with the rules of v6.18.0 (inferred)",
		RULES_6_18,
	},
	{
		.name = "6.18.0",
		.meaning =
			"Linux v6.18.0: v6.18.2 with a yield that pushes the deadline (inferred)",
		RULES_6_18,
	},
	{
		.name = "6.18-stable",
		.meaning = "late Linux v6.18 stable (6.18.35)",
		RULES_6_19,
		LONGEST_SLICE_LIMITS,
		.reweight_keeps_protection = true,
		.yield = YIELD_FORFEIT_RENEW,
	},
	{
		.name = "6.19-rc1",
		.meaning = "Linux v6.19-rc1 to rc6: NEXT_BUDDY on, ineligible wakers preempted",
		RULES_6_19,
		.next_buddy = true,
		.ineligible_yields = true,
	},
	{ .name = "6.19", .meaning = "Linux v6.19.0", RULES_6_19 },
	{
		.name = "6.19.9",
		.meaning = "Linux v6.19.9 (stable)",
		RULES_6_19,
		LONGEST_SLICE_LIMITS,
		.reweight_keeps_protection = true,
		.move_checks = true,
	},
	{
		.name = "7.1",
		.meaning = "Linux v7.1: hrtick, preemption models full and lazy only",
		RULES_7_1,
	},
	{ .name = "7.2", .meaning = "Linux v7.2, with the rules of v7.1 (inferred)", RULES_7_1 },
	{
		.name = "flat",
		.meaning = "the series with one queue a CPU, perhaps Linux v7.3",
		RULES_7_1,
		.single_queue = true,
		.publish_runnable = true,
		.concur_shares = true,
		.protect_eligible = true,
		.eligible_preempts = true,
		.test_while_requested = true,
		.test_unprotects = true,
	},
};

#define EEVDF_ROWS (sizeof(rows) / sizeof(rows[0]))

const char *const fair_version_names[] = {
	"6.6",
	"6.12",
	"6.12-stable",
	"6.12.117",
	"6.18-rc4",
	"6.18.0",
	"6.18-stable",
	"6.19-rc1",
	"6.19",
	"6.19.9",
	"7.1",
	"7.2",
	"flat",
	/* CFS: cfs_versions.c */
	"3.6",
	"3.16",
	"4.4",
	"4.20",
	"5.3",
	"5.6",
	"5.12.0",
	"5.12",
	"5.17",
	"6.1",
	"6.2",
	"6.5",
	NULL,
};

const struct fair_features *fair_version(uint64_t index)
{
	return index < EEVDF_ROWS ? &rows[index] : &cfs_version_rows[index - EEVDF_ROWS];
}

const struct fair_features *fair_features_find(const char *name)
{
	for (size_t i = 0; fair_version_names[i]; i++)
		if (!strcmp(name, fair_version_names[i]))
			return fair_version(i);
	return NULL;
}

uint64_t fair_cpu_factor(uint32_t cpus)
{
	return cpus >= 8 ? 4 : cpus >= 4 ? 3 : cpus >= 2 ? 2 : 1;
}

uint64_t fair_base_slice(const struct fair_features *features, uint32_t cpus)
{
	return features->base_slice * fair_cpu_factor(cpus);
}
