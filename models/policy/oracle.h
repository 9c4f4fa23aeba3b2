/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * oracle.h - the selector that both oracle policies share
 */
#pragma once

#include "models/policy/policy.h"

/*
 * Per vCPU, but only that of each VM's vCPU 0 is used: for the whole VM, as KVM's own
 * last_boosted_vcpu is. Zeroed: start at vCPU 1.
 */
struct oracle_state {
	uint32_t last_chosen; /* index within the VM */
};

/*
 * Chooses among the siblings that `spinner` waits for and that are queued but not running, round
 * robin after the last one chosen. Never "not mine": if the spinner waits for nobody who lacks a
 * pCPU, the answer is "nobody". A vCPU that runs already needs no help, and one that sleeps cannot
 * be helped by a yield; giving the pCPU up to anybody else would be a guess, which an oracle does
 * not make.
 */
enum verdict oracle_yield_target(struct policy *policy, const struct vcpu *spinner,
				 struct vcpu **target);
