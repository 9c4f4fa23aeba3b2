/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy_view.c - what a policy may ask about vCPUs (models/policy/policy.h)
 */
#include "models/config.h"
#include "models/kernel/wait.h"
#include "models/kvm/lapic.h"
#include "models/kvm/vm.h"
#include "models/policy/policy.h"
#include "sim/engine/engine.h"

uint32_t vcpu_index(const struct vcpu *vcpu)
{
	return vcpu->index;
}

uint32_t vcpu_id(const struct vcpu *vcpu)
{
	return vcpu->id;
}

uint32_t vcpu_siblings(const struct vcpu *vcpu)
{
	return vcpu->vm->vcpus;
}

struct vcpu *vcpu_sibling(const struct vcpu *vcpu, uint32_t index)
{
	return &vcpu->vm->vcpu[index];
}

bool vcpu_ready(const struct vcpu *vcpu)
{
	return vcpu->ready;
}

bool vcpu_preempted(const struct vcpu *vcpu)
{
	return vcpu->preempted;
}

bool vcpu_preempted_in_kernel(const struct vcpu *vcpu)
{
	return vcpu->preempted_in_kernel;
}

bool vcpu_pending_interrupt(const struct vcpu *vcpu)
{
	uint64_t apic = vcpu->vm->config->vm.apic;

	/* Intel alone has the hint, 2.2 */
	return (apic == APIC_APICV || apic == APIC_APICV_IPIV) && lapic_recorded(vcpu);
}

uint64_t vcpu_now(const struct vcpu *vcpu)
{
	return vcpu->vm->kvm->engine->now;
}

bool vcpu_waits_for(const struct vcpu *spinner, const struct vcpu *other)
{
	return kernel_waits_for(spinner->cpu.client, other->index);
}

uint32_t fair_rq_pcpu(const struct fair_rq *rq)
{
	return rq->cpu;
}
