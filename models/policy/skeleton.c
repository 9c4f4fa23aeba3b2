/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * skeleton.c - a minimal policy to copy from; no part of the program, but a test compiles it and
 * runs it
 *
 * What it does: a vCPU that a spinner's scan has examined is left alone for a while. It is no good
 * policy. It shows each thing that most policies need: a parameter, state per vCPU, one hook, and
 * the answer "not mine".
 */
#include "models/policy/policy.h"

#include "sim/engine/param.h"

/* One uint64_t for each row of the table below. */
struct skeleton_params {
	uint64_t left_alone; /* ns */
};

/*
 * The chain keeps one for every vCPU of the host, zeroed at the start of a run. Keep nothing in
 * globals: many runs share them.
 */
struct skeleton_vcpu {
	uint64_t left_alone_until; /* ns */
};

/* Scenarios, --set and `vcpusim params` follow from it; the name is policy.skeleton.left_alone. */
static const struct param skeleton_params_table[] = {
	{ .name = "left_alone",
	  .type = PARAM_UINT,
	  .offset = offsetof(struct skeleton_params, left_alone),
	  .unit = "ns",
	  .fallback = "1000000",
	  .min = 0,
	  .max = UINT64_C(1000000000),
	  .low = 100000,
	  .high = 10000000,
	  .meaning = "how long a vCPU is left alone after a scan examined it",
	  .source = "an example" },
	{ .name = NULL },
};

/*
 * A hook: policy.h says when it is called and what the answers mean. Ask the vcpu_*() functions
 * there for whatever you need to know; real policies stay away from vcpu_waits_for(), which no real
 * host could answer.
 */
static enum verdict skeleton_candidate(struct policy *policy, const struct vcpu *spinner,
				       const struct vcpu *candidate, bool kernel_mode,
				       uint32_t round)
{
	const struct skeleton_params *params = policy->params;
	struct skeleton_vcpu *state = policy_vcpu(policy, candidate);
	uint64_t now = vcpu_now(spinner);

	(void)kernel_mode;
	(void)round;
	if (now < state->left_alone_until)
		return VERDICT_REJECT;
	state->left_alone_until = now + params->left_alone;
	return VERDICT_NOT_MINE; /* upstream's test, or the next policy of the chain, decides */
}

/* Hooks that are not named here are absent and cost nothing. */
const struct policy_ops policy_skeleton = {
	.name = "skeleton",
	.summary = "leave a vCPU alone for a while after a scan examined it",
	.source = "an example",
	.abi = VCPUSIM_POLICY_ABI,
	.params = skeleton_params_table,
	.params_size = sizeof(struct skeleton_params),
	.vcpu_size = sizeof(struct skeleton_vcpu),
	.candidate = skeleton_candidate,
};
