/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ple.c - Intel's and AMD's pause-loop exiting, and the yield trigger of the realkvm guests
 *
 * Intel: a loop of PAUSEs at CPL 0 longer than the window exits; every VM entry starts it anew
 * (1.4). AMD: so does a number of PAUSEs in a row, at any CPL. Trigger: the guest programs of
 * data/realkvm yield after each W of own CPU time in a wait; only being switched out, or a yield,
 * starts W anew (its README).
 */
#include "models/kvm/ple.h"

#include "models/config.h"
#include "models/hardware/cost.h"
#include "models/kernel/wait.h"
#include "models/kvm/vm.h"
#include "sim/engine/engine.h"
#include "sim/engine/time.h"

/* Does the detector see the loop that the guest is in? Intel's sees kernel mode only. */
static bool sees_loop(const struct vcpu *vcpu)
{
	const struct kvm *kvm = vcpu->vm->kvm;
	uint64_t ple = kvm->params->ple;

	if (kvm->ple_off || ple == PLE_OFF || vcpu->vm->config->vm.pause_in_guest)
		return false;
	if (ple != PLE_TRIGGER && kvm->params->gap_detect &&
	    kvm->cost->spin_poll > kvm->params->ple_gap)
		return false;
	return work_pauses(vcpu->work) || (ple == PLE_AMD && vcpu->work == WORK_SPIN_USER);
}

/* ns; at least one: where exits cost nothing, time would stand still else. */
static uint64_t window_ns(const struct vcpu *vcpu)
{
	const struct kvm *kvm = vcpu->vm->kvm;
	uint64_t pauses = kvm->params->ple == PLE_AMD ? kvm->cost->spin_poll : 1;
	uint64_t ns = cost_cycles_to_ns(kvm->cost, vcpu->ple_window * pauses);

	return ns ? ns : 1;
}

/* Every entry starts a loop anew: Intel's by its definition, AMD's since VMRUN loads the count. */
static bool entry_rearms(const struct vcpu *vcpu)
{
	return vcpu->vm->kvm->params->ple != PLE_TRIGGER;
}

uint64_t ple_deadline(struct vcpu *vcpu)
{
	uint64_t paid, end;

	if (!sees_loop(vcpu))
		return TIME_NEVER;
	/* a loop begins when the guest makes progress: after the debt of a cold cache, whose end moves
	 * with the pCPU's speed. One that has begun goes on. */
	paid = vcpu_reaches(vcpu, vcpu->debt);
	if (entry_rearms(vcpu) && (vcpu->debt || vcpu->loop_start > vcpu->since))
		vcpu->loop_start = paid;
	end = vcpu->loop_start + window_ns(vcpu);
	return end > paid ? end : paid;
}

void ple_spin_begins(struct vcpu *vcpu, bool goes_on)
{
	uint64_t wait = kernel_wait_since(vcpu->cpu.client);

	/* a handler that interrupted the wait does not start the trigger's clock anew */
	goes_on |= vcpu->vm->kvm->params->ple == PLE_TRIGGER;
	if (goes_on && wait == vcpu->loop_wait)
		return;
	vcpu->loop_wait = wait;
	vcpu->loop_start = vcpu->vm->kvm->engine->now;
}

void ple_entry(struct vcpu *vcpu)
{
	if (entry_rearms(vcpu) || vcpu->loop_anew)
		vcpu->loop_start = vcpu->vm->kvm->engine->now;
	vcpu->loop_anew = false;
}

uint64_t ple_window_base(const struct kvm_params *params)
{
	return params->ple == PLE_AMD ? params->pause_filter_count : params->ple_window;
}

uint64_t ple_window_grow(const struct kvm_params *params, uint64_t window)
{
	bool amd = params->ple == PLE_AMD;
	uint64_t base = ple_window_base(params);
	uint64_t modifier = amd ? params->pause_filter_grow : params->ple_grow;
	uint64_t max = amd ? params->pause_filter_max : params->ple_max;
	uint64_t grown;

	if (modifier == 0)
		return base;
	grown = modifier < base ? window * modifier : window + modifier;
	return grown < max ? grown : max;
}

uint64_t ple_window_shrink(const struct kvm_params *params, uint64_t window)
{
	uint64_t base = ple_window_base(params);
	uint64_t modifier = params->ple == PLE_AMD ? params->pause_filter_shrink
						   : params->ple_shrink;
	uint64_t shrunk;

	if (modifier == 0)
		return base;
	if (modifier < base)
		shrunk = window / modifier;
	else
		shrunk = window > modifier ? window - modifier : 0;
	return shrunk > base ? shrunk : base;
}

void ple_grow(struct vcpu *vcpu)
{
	vcpu->ple_window = ple_window_grow(vcpu->vm->kvm->params, vcpu->ple_window);
}

/* The guest reads its clock when it runs again, after the entry. */
void ple_exit_handled(struct vcpu *vcpu)
{
	vcpu->loop_anew = true;
}

void ple_scheduled_in(struct vcpu *vcpu)
{
	vcpu->ple_window = ple_window_shrink(vcpu->vm->kvm->params, vcpu->ple_window);
	vcpu->loop_anew = true;
}
