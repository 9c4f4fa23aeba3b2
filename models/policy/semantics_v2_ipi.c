/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * semantics_v2_ipi.c - patches 6 and 7 of the v2 series: who waits for whose interrupt, as KVM's
 * software local APIC sees it
 *
 * As coded. What follows from the single slots and from EOIs of any vector (yield-series.md P13,
 * P14, P19) is meant to happen.
 */
#include "models/policy/semantics_v2.h"

static bool ipi_in_window(const struct semantics_v2_params *params,
			  const struct ipi_context *sender, uint64_t now)
{
	return now - sender->time <= params->ipi_window;
}

/*
 * yield-series.md 1.2.3. Paravirtual sends and interrupts of devices never come here in the patch
 * (P17); the model sends no other delivery mode than Fixed. A coalesced interrupt counts as
 * accepted.
 */
void ipi_track_delivered(struct policy *policy, const struct ipi_delivery *delivery)
{
	const struct semantics_v2_params *params = policy->params;

	if (!params->ipi_tracking || !delivery->software_icr || delivery->shorthand ||
	    !delivery->from)
		return;
	if (delivery->accepted != 1 || !delivery->to || delivery->to == delivery->from)
		return;

	struct ipi_context *sender = policy_vcpu(policy, delivery->from);
	struct ipi_context *receiver = policy_vcpu(policy, delivery->to);

	sender->last_receiver = delivery->to;
	sender->pending = true;
	sender->time = vcpu_now(delivery->from);
	receiver->last_sender = delivery->from;
}

/* yield-series.md 1.2.4: whatever the vector; both stages in this order. */
void ipi_track_eoi(struct policy *policy, struct vcpu *vcpu, uint32_t vector)
{
	const struct semantics_v2_params *params = policy->params;

	(void)vector;
	if (!params->ipi_tracking)
		return;

	struct ipi_context *own = policy_vcpu(policy, vcpu);
	struct vcpu *from = own->last_sender;

	/* The receiver forgets its own outgoing interrupt, too (P13). The time stays. */
	own->pending = false;
	own->last_sender = NULL;
	own->last_receiver = NULL;
	if (!from)
		return;

	struct ipi_context *sender = policy_vcpu(policy, from);

	if (sender->last_receiver == vcpu && ipi_in_window(params, sender, vcpu_now(vcpu)))
		sender->pending = false;
}

bool ipi_confirmed_receiver(const struct policy *policy, const struct vcpu *spinner,
			    const struct vcpu *candidate)
{
	const struct semantics_v2_params *params = policy->params;
	const struct ipi_context *sender = policy_vcpu(policy, spinner);

	return params->ipi_tracking && sender->pending && sender->last_receiver == candidate &&
	       ipi_in_window(params, sender, vcpu_now(spinner));
}
