/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * oracle_target.c - a yardstick: directed yield that always knows whom the spinner waits for
 *
 * Only the choice of the target is perfect (yield-series.md Q15). What the scheduler makes of the
 * hint is as it is; oracle-honoured lifts that too. It is no upper bound of every policy: a yield
 * also gives the yielder's pCPU to somebody, which can help or hurt whatever the target.
 */
#include "models/policy/oracle.h"

static const char *const otherwise_words[] = { "nobody", "scan", NULL };

const struct param oracle_params_table[] = {
	{ .name = "otherwise",
	  .type = PARAM_CHOICE,
	  .offset = offsetof(struct oracle_params, otherwise),
	  .unit = "choice",
	  .fallback = "nobody",
	  .words = otherwise_words,
	  .meaning = "whom to yield to if nobody that is waited for lacks a pCPU",
	  .source = "a yardstick: both ends" },
	{ .name = NULL },
};

enum verdict oracle_yield_target(struct policy *policy, const struct vcpu *spinner,
				 struct vcpu **target)
{
	const struct oracle_params *params = policy->params;
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
	return params->otherwise == OTHERWISE_NOBODY ? VERDICT_REJECT : VERDICT_NOT_MINE;
}

const struct policy_ops policy_oracle_target = {
	.name = "oracle-target",
	.summary = "directed yield to the vCPU that the spinner waits for, if that lacks a pCPU",
	.source = "a yardstick: yield-series.md Q15",
	.abi = VCPUSIM_POLICY_ABI,
	.params = oracle_params_table,
	.params_size = sizeof(struct oracle_params),
	.vcpu_size = sizeof(struct oracle_state),
	.yield_target = oracle_yield_target,
};
