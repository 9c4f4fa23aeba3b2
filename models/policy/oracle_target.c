/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * oracle_target.c - a yardstick: directed yield that always knows whom the spinner waits for
 *
 * The upper bound of every selector (yield-series.md Q15): only the choice of the target is
 * perfect. What the scheduler makes of the hint is as it is; oracle-honoured lifts that too.
 */
#include "models/policy/oracle.h"

enum verdict oracle_yield_target(struct policy *policy, const struct vcpu *spinner,
				 struct vcpu **target)
{
	struct oracle_state *vm = policy_vcpu(policy, vcpu_sibling(spinner, 0));
	uint32_t siblings = vcpu_siblings(spinner);

	for (uint32_t step = 1; step <= siblings; step++) {
		uint32_t index = (vm->last_chosen + step) % siblings;
		struct vcpu *sibling = vcpu_sibling(spinner, index);

		if (!vcpu_ready(sibling) || !vcpu_waits_for(spinner, sibling))
			continue;
		vm->last_chosen = index;
		*target = sibling;
		return VERDICT_ACCEPT;
	}
	return VERDICT_REJECT;
}

const struct policy_ops policy_oracle_target = {
	.name = "oracle-target",
	.summary = "directed yield to the vCPU that the spinner waits for, or to nobody",
	.source = "a yardstick: yield-series.md Q15",
	.abi = VCPUSIM_POLICY_ABI,
	.vcpu_size = sizeof(struct oracle_state),
	.yield_target = oracle_yield_target,
};
