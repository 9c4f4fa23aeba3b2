/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * directed_yield.c - the scan of kvm_vcpu_on_spin as of 6.19, and the hypercall
 * (kvm-and-guest.md 2.2 to 2.4)
 */
#include "models/kvm/directed_yield.h"

#include "models/config.h"
#include "models/hardware/cost.h"
#include "models/kvm/kvm_rules.h"
#include "models/kvm/lapic.h"
#include "models/kvm/ple.h"
#include "models/kvm/thread.h"
#include "models/kvm/vm.h"
#include "models/measures.h"
#include "models/policy/chain.h"
#include "sim/engine/engine.h"

/* One scan under way. */
struct scan {
	struct vcpu *me;
	uint64_t ns; /* its cost so far */
	int tries;  /* goes on below zero in later rounds, as the real counter does (yield-series.md
		       P11) */
	int result; /* of the last yield_to */
	bool kernel_mode;
	bool candidate; /* somebody was yielded to */
};

/* Raghavendra's rule with its side effect, 2.2: a waiting spinner is taken every second time. */
static bool eligible(struct vcpu *vcpu)
{
	bool eligible = !vcpu->in_spin_loop || vcpu->dy_eligible || !vcpu->vm->kvm->rules->toggle;

	if (vcpu->in_spin_loop)
		vcpu->dy_eligible = !vcpu->dy_eligible;
	return eligible;
}

/* dy_runnable() of 2.2: KVM_REQ_EVENT without APICv, the pending hint with it; AVIC gives none. */
static bool runnable(const struct vcpu *vcpu)
{
	bool interrupt = lapic_recorded(vcpu) && vcpu->vm->config->vm.apic != APIC_AVIC;

	return vcpu->pv_unhalted || interrupt;
}

static bool upstream_accepts(const struct vcpu *vcpu, bool kernel_mode)
{
	const struct kvm_rules *rules = vcpu->vm->kvm->rules;

	if (!kernel_mode || !rules->mode_filter || (rules->mode_of_preempted && !vcpu->preempted))
		return true;
	return vcpu->preempted_in_kernel || (rules->pending_passes && vcpu_pending_interrupt(vcpu));
}

static bool accepts(const struct scan *scan, const struct vcpu *vcpu, uint32_t round)
{
	enum verdict verdict = chain_candidate(scan->me->vm->kvm->policies, scan->me, vcpu,
					       scan->kernel_mode, round);

	if (verdict == VERDICT_NOT_MINE)
		return upstream_accepts(vcpu, scan->kernel_mode);
	return verdict == VERDICT_ACCEPT;
}

static bool waits(const struct vcpu *vcpu)
{
	switch (vcpu->vm->kvm->rules->candidate) {
	case CANDIDATE_NOT_BLOCKED:
		return !vcpu->blocking && !vcpu->live;
	case CANDIDATE_PREEMPTED:
		return vcpu->preempted;
	default:
		return vcpu->ready;
	}
}

/* The last test toggles, so nobody is tested further than needed. */
static enum trail_examined examine(const struct scan *scan, struct vcpu *vcpu, uint32_t round)
{
	if (!waits(vcpu))
		return EXAMINED_NOT_READY;
	if (vcpu->blocking && !runnable(vcpu))
		return EXAMINED_NOTHING_PENDING;
	if (!accepts(scan, vcpu, round))
		return EXAMINED_NO_CANDIDATE;
	return eligible(vcpu) ? EXAMINED_TAKEN : EXAMINED_NOT_ITS_TURN;
}

static int yield_to(struct scan *scan, struct vcpu *target)
{
	struct kvm *kvm = scan->me->vm->kvm;
	int result = kernel_yield_to(task_cpu(&scan->me->task), &target->task);

	scan->candidate = true;
	scan->ns += result == FAIR_ALONE ? kvm->cost->yield_to_refused : kvm->cost->yield_to;
	if (result > 0 && vcpu_waits_for(scan->me, target))
		count(kvm->measures, COUNTER_YIELD_RIGHT);
	return result;
}

static void scan_round(struct scan *scan, uint32_t round)
{
	struct vm *vm = scan->me->vm;
	uint32_t start = vm->last_boosted + 1;
	const struct kvm_rules *rules = vm->kvm->rules;
	bool bug = vm->kvm->host->fair.features.boost_count_stays;

	scan->result = 0;
	for (uint32_t i = 0; i < vm->vcpus; i++) {
		uint32_t index = (start + i) % vm->vcpus;
		struct vcpu *vcpu = &vm->vcpu[index];
		enum trail_examined result;

		if (vcpu == scan->me)
			continue;
		scan->ns += vm->kvm->cost->ple_scan;
		result = examine(scan, vcpu, round);
		TRAIL(vm->kvm->measures, .kind = TRAIL_EXAMINED, .who = scan->me, .whom = vcpu,
		      .n = result, .more = round);
		if (result != EXAMINED_TAKEN)
			continue;
		scan->result = yield_to(scan, vcpu);
		if (scan->result > 0) {
			/* 2.5: the wrong one of the two was remembered for years */
			scan->me->boosted = bug ? i : index;
			return;
		}
		if (scan->result >= 0)
			continue;
		if (rules->alone_is_success)
			vm->last_boosted = index;
		if (rules->alone_is_success || --scan->tries == 0)
			return;
	}
}

/* A policy that names the target itself replaces the scan. False: none does. */
static bool chosen_by_policy(struct scan *scan)
{
	struct vcpu *target = NULL;
	enum verdict verdict = chain_yield_target(scan->me->vm->kvm->policies, scan->me, &target);

	if (verdict == VERDICT_NOT_MINE)
		return false;
	if (verdict == VERDICT_ACCEPT) {
		scan->result = yield_to(scan, target);
		if (scan->result > 0)
			scan->me->boosted = target->index;
	}
	return true;
}

static void finish(struct scan *scan)
{
	struct vcpu *me = scan->me;

	if (scan->result > 0) {
		me->phase = PHASE_YIELDING;
		kernel_work(task_cpu(&me->task), scan->ns, WORK_EXIT);
		return;
	}
	me->in_spin_loop = false;
	me->dy_eligible = false;
	ple_exit_handled(me);
	thread_enter(me, scan->ns);
}

/*
 * yield_to() calls schedule() itself and returns when the caller runs again (2.3); only then is the
 * target remembered. Spinners that scan in between start where this one did.
 */
void directed_yield_returned(struct vcpu *me)
{
	if (me->boosted != UINT32_MAX)
		me->vm->last_boosted = me->boosted;
	me->boosted = UINT32_MAX;
	me->in_spin_loop = false;
	me->dy_eligible = false;
}

void directed_yield_on_spin(struct vcpu *me)
{
	const struct policy_chain *policies = me->vm->kvm->policies;
	struct measures *measures = me->vm->kvm->measures;
	/* a pause-loop exit on Intel comes from CPL 0 only, 1.6 */
	struct scan scan = { .me = me,
			     .tries = (int)me->vm->kvm->rules->tries,
			     .kernel_mode = true };

	count(measures, COUNTER_SCANS);
	if (me->vm->vcpus < 2 || me->vm->kvm->params->exits_only) {
		finish(&scan);
		return;
	}
	me->in_spin_loop = true;
	if (!chosen_by_policy(&scan)) {
		uint32_t round = 0;

		scan_round(&scan, round);
		while (chain_another_round(policies, me, scan.result, round))
			scan_round(&scan, ++round);
	}
	if (!scan.candidate)
		count(measures, COUNTER_SCAN_EMPTY);
	finish(&scan);
}

void directed_yield_hypercall(struct vcpu *me, uint32_t index)
{
	struct vm *vm = me->vm;
	struct vcpu *target = &vm->vcpu[index];
	struct measures *measures = vm->kvm->measures;
	struct scan scan = { .me = me };

	/* KVM's own pair of counters leaves pause-loop exits out, 1.8 */
	count(measures, COUNTER_PV_YIELDS);
	/* a single task here has nothing to give; a target that runs needs nothing: 2.4 */
	if ((!vm->kvm->rules->pv_needs_rival || task_cpu(&me->task)->rq->nr_running > 1) &&
	    target->ready && target != me)
		scan.result = yield_to(&scan, target);
	if (scan.result > 0)
		count(measures, COUNTER_PV_YIELD_OK);
	finish(&scan);
}
