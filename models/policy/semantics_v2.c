/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * semantics_v2.c - "Semantics-aware vCPU scheduling for oversubscribed KVM", v2, as coded
 *
 * Here: its switches, and whom KVM may boost. The halves that keep state have their own files:
 * semantics_v2_debooster.c (scheduler) and semantics_v2_ipi.c (local APIC).
 */
#include "models/policy/semantics_v2.h"

#include "sim/engine/param.h"

#define SWITCH(field, text, item)                                                      \
	{                                                                              \
		.name = #field, .type = PARAM_BOOL,                                    \
		.offset = offsetof(struct semantics_v2_params, field), .unit = "bool", \
		.fallback = "true", .meaning = text, .source = item                    \
	}

static const struct param semantics_v2_params_table[] = {
	SWITCH(debooster, "penalise the yielder where its queue meets the target's",
	       "v2 1/9-5/9: default 1"),
	SWITCH(ipi_tracking, "remember the receiver of each vCPU's last interrupt",
	       "v2 6/9, 7/9: default 1"),
	SWITCH(strict_first_round, "the series' candidate test in the first scan, not upstream's",
	       "v2 8/9: no knob in the patch"),
	SWITCH(relaxed_round, "scan a second time for any preempted vCPU",
	       "v2 9/9: enable_relaxed_boost, default 1"),
	{ .name = "ipi_window",
	  .type = PARAM_UINT,
	  .offset = offsetof(struct semantics_v2_params, ipi_window),
	  .unit = "ns",
	  .fallback = "50000000",
	  .min = 0,
	  .max = UINT64_C(1000000000),
	  .low = 1000000,
	  .high = UINT64_C(500000000),
	  .meaning = "how long a tracked interrupt counts as pending",
	  .source = "v2 6/9: ipi_window_ns" },
	{ .name = NULL },
};

/*
 * yield-series.md 1.2.6. One boolean per candidate, asked in ring order: the receiver is not
 * preferred to an earlier candidate that passes another test (1.2.7), and a vCPU that was woken but
 * not preempted passes only as a receiver or with a pending interrupt (P9).
 */
static bool candidate_good(const struct policy *policy, const struct vcpu *spinner,
			   const struct vcpu *candidate, bool kernel_mode)
{
	if (ipi_confirmed_receiver(policy, spinner, candidate) || vcpu_pending_interrupt(candidate))
		return true;
	return vcpu_preempted(candidate) && (!kernel_mode || vcpu_preempted_in_kernel(candidate));
}

static enum verdict semantics_v2_candidate(struct policy *policy, const struct vcpu *spinner,
					   const struct vcpu *candidate, bool kernel_mode,
					   uint32_t round)
{
	const struct semantics_v2_params *params = policy->params;
	bool good;

	if (round > 0 && params->relaxed_round)
		good = vcpu_preempted(candidate);
	else if (params->strict_first_round)
		good = candidate_good(policy, spinner, candidate, kernel_mode);
	else
		return VERDICT_NOT_MINE;
	return good ? VERDICT_ACCEPT : VERDICT_REJECT;
}

/* That the tries are not filled up for the second round (P11) is the scan's doing. */
static bool semantics_v2_another_round(struct policy *policy, const struct vcpu *spinner,
				       int result, uint32_t round)
{
	const struct semantics_v2_params *params = policy->params;

	(void)spinner;
	return params->relaxed_round && round == 0 && result <= 0;
}

const struct policy_ops policy_semantics_v2 = {
	.name = "semantics-v2",
	.summary = "penalise the yielder, look at IPIs, scan twice: v2, as coded",
	.source = "v2 0/9, 20251219035334.39790-1-kernellwp@gmail.com",
	.abi = VCPUSIM_POLICY_ABI,
	.params = semantics_v2_params_table,
	.params_size = sizeof(struct semantics_v2_params),
	.vcpu_size = sizeof(struct ipi_context),
	.pcpu_size = sizeof(struct debooster_context),
	.yield_to_before = debooster_yield_to_before,
	.candidate = semantics_v2_candidate,
	.another_round = semantics_v2_another_round,
	.ipi_delivered = ipi_track_delivered,
	.eoi = ipi_track_eoi,
};
