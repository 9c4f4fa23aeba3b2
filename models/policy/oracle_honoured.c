/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * oracle_honoured.c - a yardstick: the perfect target, and a scheduler that always follows the hint
 *
 * The upper bound of selector and hint together. It breaks fairness: a pick takes the marked task
 * even if that had more than its share.
 */
#include "models/policy/oracle.h"

static void oracle_honoured_setup(struct policy *policy, struct policy_setup *setup)
{
	(void)policy;
	setup->buddy_always_honoured = true;
}

const struct policy_ops policy_oracle_honoured = {
	.name = "oracle-honoured",
	.summary = "oracle-target, and the next pick takes the target even if it is ineligible",
	.source = "a yardstick: yield-series.md Q1, Q15",
	.abi = VCPUSIM_POLICY_ABI,
	.params = oracle_params_table,
	.params_size = sizeof(struct oracle_params),
	.vcpu_size = sizeof(struct oracle_state),
	.setup = oracle_honoured_setup,
	.yield_target = oracle_yield_target,
};
