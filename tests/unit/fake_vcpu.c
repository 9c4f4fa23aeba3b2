/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fake_vcpu.c - what policy.h lets a policy ask, answered from plain fields
 */
#include "tests/unit/fake_vcpu.h"

#include "models/policy/policy.h"

void fake_vm_init(struct fake_vm *vm, uint32_t vcpus)
{
	*vm = (struct fake_vm){ .vcpus = vcpus };
	for (uint32_t i = 0; i < vcpus; i++)
		vm->vcpu[i] = (struct vcpu){ .vm = vm, .index = i };
}

void fake_vcpu_state(struct vcpu *vcpu, char state)
{
	vcpu->ready = state == 'P' || state == 'U' || state == 'W';
	vcpu->preempted = state == 'P' || state == 'U';
	vcpu->preempted_in_kernel = state == 'P';
}

uint32_t vcpu_index(const struct vcpu *vcpu)
{
	return vcpu->index;
}

uint32_t vcpu_id(const struct vcpu *vcpu)
{
	return vcpu->vm->first_id + vcpu->index;
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
	return vcpu->pending_interrupt;
}

uint64_t vcpu_now(const struct vcpu *vcpu)
{
	return vcpu->vm->now;
}

bool vcpu_waits_for(const struct vcpu *spinner, const struct vcpu *other)
{
	return spinner->waits_for >> other->index & 1;
}
