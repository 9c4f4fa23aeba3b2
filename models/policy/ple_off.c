/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ple_off.c - a yardstick: no pause-loop exits, so nobody yields from a spin loop
 */
#include "models/policy/policy.h"

static void ple_off_setup(struct policy *policy, struct policy_setup *setup)
{
	(void)policy;
	setup->ple_off = true;
}

const struct policy_ops policy_ple_off = {
	.name = "ple-off",
	.summary = "no pause-loop exits and so no directed yields: a spinner burns its slice",
	.source = "kvm-and-guest.md 1.1: ple_gap = 0",
	.abi = VCPUSIM_POLICY_ABI,
	.setup = ple_off_setup,
};
