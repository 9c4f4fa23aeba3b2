/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chain.h - the policies of one simulation, in order; what the models call at a hook
 */
#pragma once

#include "models/policy/policy.h"

/* A policy and its resolved parameters, as a scenario or the command line chose it. */
struct policy_choice {
	const struct policy_ops *ops;
	void *params; /* struct of ops->params_size bytes, owned by the configuration (g_free) */
};

/* Owner: struct machine. The masks say which hooks anybody has: an unused one costs one branch. */
struct policy_chain {
	struct policy *policy; /* [count] */
	uint32_t count;
	bool has_yield_to, has_candidate, has_another_round, has_yield_target;
	bool has_ipi_delivered, has_eoi;
};

/* The registry of built-in policies: NULL-terminated. */
extern const struct policy_ops *const policies[];
const struct policy_ops *policy_find(const char *name);

void policy_chain_init(struct policy_chain *chain, const struct policy_choice *choice,
		       uint32_t count, uint32_t vcpus, uint32_t pcpus, struct policy_setup *setup);
void policy_chain_clear(struct policy_chain *chain);

void chain_yield_to_before(const struct policy_chain *chain, struct fair_rq *rq,
			   struct fair_task *yielder, struct fair_task *target, uint64_t now);
void chain_yield_to_after(const struct policy_chain *chain, struct fair_rq *rq,
			  struct fair_task *yielder, struct fair_task *target, uint64_t now);
enum verdict chain_candidate(const struct policy_chain *chain, const struct vcpu *spinner,
			     const struct vcpu *candidate, bool kernel_mode, uint32_t round);
bool chain_another_round(const struct policy_chain *chain, const struct vcpu *spinner, int result,
			 uint32_t round);
enum verdict chain_yield_target(const struct policy_chain *chain, const struct vcpu *spinner,
				struct vcpu **target);
void chain_ipi_delivered(const struct policy_chain *chain, const struct ipi_delivery *delivery);
void chain_eoi(const struct policy_chain *chain, struct vcpu *vcpu, uint32_t vector);
