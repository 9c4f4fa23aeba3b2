/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * oracle.h - the selector that both oracle policies share
 */
#pragma once

#include "models/policy/policy.h"
#include "sim/engine/param.h"

/* What to do when nobody whom the spinner waits for lacks a pCPU. */
enum oracle_otherwise {
	OTHERWISE_NOBODY, /* keep spinning: no yield can help, and the rest would be a guess */
	OTHERWISE_SCAN,	  /* what KVM does: some sibling, and the pCPU to whoever is next */
};

struct oracle_params {
	uint64_t otherwise; /* enum oracle_otherwise */
};

extern const struct param oracle_params_table[];

/*
 * Per vCPU, but only that of each VM's vCPU 0 is used: for the whole VM, as KVM's own
 * last_boosted_vcpu is. Zeroed: start at vCPU 1.
 */
struct oracle_state {
	uint32_t last_chosen; /* index within the VM */
};

/*
 * Chooses among the siblings that `spinner` waits for and that are queued but not running, round
 * robin after the last one chosen.
 */
enum verdict oracle_yield_target(struct policy *policy, const struct vcpu *spinner,
				 struct vcpu **target);
