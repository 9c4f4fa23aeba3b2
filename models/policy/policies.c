/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policies.c - the registry: every built-in policy is one line here
 */
#include <string.h>

#include "models/policy/chain.h"

/*
 * The order is that of `vcpusim policies`. POLICY(x) stands for the `const struct policy_ops x`
 * that x's own file defines.
 */
#define POLICIES(POLICY)               \
	POLICY(policy_none)            \
	POLICY(policy_semantics_v2)    \
	POLICY(policy_oracle_target)   \
	POLICY(policy_oracle_honoured) \
	POLICY(policy_ple_off)

#define DECLARE(ops) extern const struct policy_ops ops;
#define ADDRESS(ops) &ops,

POLICIES(DECLARE)

const struct policy_ops policy_none = {
	.name = "none",
	.summary = "the host kernel as it is",
	.source = "upstream",
	.abi = VCPUSIM_POLICY_ABI,
};

const struct policy_ops *const policies[] = { POLICIES(ADDRESS) NULL };

const struct policy_ops *policy_find(const char *name)
{
	for (const struct policy_ops *const *ops = policies; *ops; ops++)
		if (!strcmp((*ops)->name, name))
			return *ops;
	return NULL;
}
