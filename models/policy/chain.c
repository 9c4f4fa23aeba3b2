/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chain.c - the policies of one simulation: their state, and the walk along them at each hook
 */
#include "models/policy/chain.h"

#include <glib.h>

static void chain_mark_hooks(struct policy_chain *chain, const struct policy_ops *ops)
{
	chain->has_yield_to |= ops->yield_to_before || ops->yield_to_after;
	chain->has_candidate |= ops->candidate != NULL;
	chain->has_another_round |= ops->another_round != NULL;
	chain->has_yield_target |= ops->yield_target != NULL;
	chain->has_ipi_delivered |= ops->ipi_delivered != NULL;
	chain->has_eoi |= ops->eoi != NULL;
}

void policy_chain_init(struct policy_chain *chain, const struct policy_choice *choice,
		       uint32_t count, uint32_t vcpus, uint32_t pcpus, struct policy_setup *setup)
{
	*chain = (struct policy_chain){ .policy = g_new0(struct policy, count), .count = count };
	for (uint32_t i = 0; i < count; i++) {
		const struct policy_ops *ops = choice[i].ops;
		struct policy *policy = &chain->policy[i];

		policy->ops = ops;
		policy->params = choice[i].params;
		policy->vcpu_state = g_malloc0_n(vcpus, ops->vcpu_size);
		policy->pcpu_state = g_malloc0_n(pcpus, ops->pcpu_size);
		chain_mark_hooks(chain, ops);
		if (ops->setup)
			ops->setup(policy, setup);
	}
}

void policy_chain_clear(struct policy_chain *chain)
{
	for (uint32_t i = 0; i < chain->count; i++) {
		g_free(chain->policy[i].vcpu_state);
		g_free(chain->policy[i].pcpu_state);
	}
	g_free(chain->policy);
	*chain = (struct policy_chain){ 0 };
}

void *policy_vcpu(const struct policy *policy, const struct vcpu *vcpu)
{
	return (char *)policy->vcpu_state + vcpu_id(vcpu) * policy->ops->vcpu_size;
}

void *policy_pcpu(const struct policy *policy, uint32_t pcpu)
{
	return (char *)policy->pcpu_state + pcpu * policy->ops->pcpu_size;
}

void chain_yield_to_before(const struct policy_chain *chain, struct fair_rq *rq,
			   struct fair_task *yielder, struct fair_task *target, uint64_t now)
{
	for (uint32_t i = 0; i < chain->count; i++) {
		struct policy *policy = &chain->policy[i];

		if (policy->ops->yield_to_before)
			policy->ops->yield_to_before(policy, rq, yielder, target, now);
	}
}

void chain_yield_to_after(const struct policy_chain *chain, struct fair_rq *rq,
			  struct fair_task *yielder, struct fair_task *target, uint64_t now)
{
	for (uint32_t i = 0; i < chain->count; i++) {
		struct policy *policy = &chain->policy[i];

		if (policy->ops->yield_to_after)
			policy->ops->yield_to_after(policy, rq, yielder, target, now);
	}
}

void chain_ipi_delivered(const struct policy_chain *chain, const struct ipi_delivery *delivery)
{
	for (uint32_t i = 0; i < chain->count; i++) {
		struct policy *policy = &chain->policy[i];

		if (policy->ops->ipi_delivered)
			policy->ops->ipi_delivered(policy, delivery);
	}
}

void chain_eoi(const struct policy_chain *chain, struct vcpu *vcpu, uint32_t vector)
{
	for (uint32_t i = 0; i < chain->count; i++) {
		struct policy *policy = &chain->policy[i];

		if (policy->ops->eoi)
			policy->ops->eoi(policy, vcpu, vector);
	}
}

enum verdict chain_candidate(const struct policy_chain *chain, const struct vcpu *spinner,
			     const struct vcpu *candidate, bool kernel_mode, uint32_t round)
{
	for (uint32_t i = 0; i < chain->count; i++) {
		struct policy *policy = &chain->policy[i];
		enum verdict verdict = VERDICT_NOT_MINE;

		if (policy->ops->candidate)
			verdict = policy->ops->candidate(policy, spinner, candidate, kernel_mode,
							 round);
		if (verdict != VERDICT_NOT_MINE)
			return verdict;
	}
	return VERDICT_NOT_MINE;
}

bool chain_another_round(const struct policy_chain *chain, const struct vcpu *spinner, int result,
			 uint32_t round)
{
	for (uint32_t i = 0; i < chain->count; i++) {
		struct policy *policy = &chain->policy[i];

		if (policy->ops->another_round &&
		    policy->ops->another_round(policy, spinner, result, round))
			return true;
	}
	return false;
}

enum verdict chain_yield_target(const struct policy_chain *chain, const struct vcpu *spinner,
				struct vcpu **target)
{
	*target = NULL;
	for (uint32_t i = 0; i < chain->count; i++) {
		struct policy *policy = &chain->policy[i];
		enum verdict verdict = VERDICT_NOT_MINE;

		if (policy->ops->yield_target)
			verdict = policy->ops->yield_target(policy, spinner, target);
		if (verdict != VERDICT_NOT_MINE)
			return verdict;
	}
	return VERDICT_NOT_MINE;
}
