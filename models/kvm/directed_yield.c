/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * directed_yield.c - the scan of kvm_vcpu_on_spin as of 6.19, and the hypercall
 * (kvm-and-guest.md 2.2 to 2.4)
 */
#include "models/kvm/directed_yield.h"

#include "models/config.h"
#include "models/hardware/cost.h"
#include "models/kernel/rq_lock.h"
#include "models/kvm/kvm_rules.h"
#include "models/kvm/lapic.h"
#include "models/kvm/ple.h"
#include "models/kvm/thread.h"
#include "models/kvm/vm.h"
#include "models/measures.h"
#include "models/policy/chain.h"
#include "sim/engine/engine.h"

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

static bool accepts(const struct vcpu *me, const struct vcpu *vcpu)
{
	const struct directed_scan *scan = &me->scan;
	enum verdict verdict =
		chain_candidate(me->vm->kvm->policies, me, vcpu, scan->kernel_mode, scan->round);

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
static enum trail_examined examine(const struct vcpu *me, struct vcpu *vcpu)
{
	if (!waits(vcpu))
		return EXAMINED_NOT_READY;
	if (vcpu->blocking && !runnable(vcpu))
		return EXAMINED_NOTHING_PENDING;
	if (!accepts(me, vcpu))
		return EXAMINED_NO_CANDIDATE;
	return eligible(vcpu) ? EXAMINED_TAKEN : EXAMINED_NOT_ITS_TURN;
}

/* Examines the rest of a round up to the first that may be yielded to; NULL: nobody is left. */
static struct vcpu *next_target(struct vcpu *me)
{
	struct directed_scan *scan = &me->scan;
	struct vm *vm = me->vm;

	while (scan->at < vm->vcpus) {
		uint32_t index = scan->start + scan->at++;
		struct vcpu *vcpu = &vm->vcpu[index < vm->vcpus ? index : index - vm->vcpus];
		enum trail_examined result;

		if (vcpu == me)
			continue;
		scan->ns += vm->kvm->cost->ple_scan;
		result = examine(me, vcpu);
		TRAIL(vm->kvm->measures, .kind = TRAIL_EXAMINED, .who = me, .whom = vcpu,
		      .n = result, .more = scan->round);
		if (result == EXAMINED_TAKEN)
			return vcpu;
	}
	return NULL;
}

static void begin_round(struct vcpu *me)
{
	me->scan.start = me->vm->last_boosted + 1;
	me->scan.at = 0;
	me->scan.result = 0;
}

/* After a yield_to of a scan. True: the scan is over. */
static bool scan_is_over(struct vcpu *me, const struct vcpu *target)
{
	const struct kvm_rules *rules = me->vm->kvm->rules;
	struct directed_scan *scan = &me->scan;

	if (scan->result > 0) {
		/* 2.5: the wrong one of the two was remembered for years */
		bool bug = me->vm->kvm->host->fair.features.boost_count_stays;

		me->boosted = bug && !scan->single ? scan->at - 1 : target->index;
		return true;
	}
	if (scan->single)
		return true;
	if (scan->result == 0)
		return false;
	if (rules->alone_is_success)
		me->vm->last_boosted = target->index;
	return rules->alone_is_success || --scan->tries == 0;
}

/* yield_to() with the locks taken. */
static void yield_now(struct vcpu *me, uint64_t locking, bool waited)
{
	struct directed_scan *scan = &me->scan;
	struct kvm *kvm = me->vm->kvm;
	struct vcpu *target = scan->target;

	scan->target = NULL;
	scan->candidate = true;
	scan->result = kernel_yield_to(task_cpu(&me->task), &target->task);
	if (scan->result == FAIR_ALONE)
		scan->ns += kvm->cost->yield_to_refused;
	else
		scan->ns += kvm->cost->yield_to - locking;
	/* both were alone before the locks: later, what is alone runs */
	if (scan->result == FAIR_ALONE && waited)
		scan->result = 0;
	if (scan->result > 0 && vcpu_waits_for(me, target))
		count(kvm->measures, COUNTER_YIELD_RIGHT);
	if (scan->hypercall) {
		if (scan->result > 0)
			count(kvm->measures, COUNTER_PV_YIELD_OK);
	} else if (!scan_is_over(me, target)) {
		return;
	}
	scan->at = me->vm->vcpus;
}

/* ns of yield_to() until it has the locks, if nobody else wants them. */
static uint64_t locking_time(const struct vcpu *me)
{
	const struct cost_params *cost = me->vm->kvm->cost;

	return cost->yield_lock < cost->yield_to ? cost->yield_lock : cost->yield_to;
}

/* True: the locks come first, and with them time; directed_yield_locked() goes on. */
static bool lock_queues(struct vcpu *me)
{
	struct kernel_cpu *here = task_cpu(&me->task);
	struct kernel_cpu *there = task_cpu(&me->scan.target->task);
	uint64_t locking = locking_time(me);
	uint64_t ns = locking ? me->scan.ns + locking : 0;
	uint64_t wait;

	if (here->rq->nr_running == 1 && there->rq->nr_running == 1) {
		yield_now(me, 0, false);
		return false;
	}
	wait = rq_lock_take_both(here, there, me->vm->kvm->engine->now + ns);
	if (!ns && !wait) {
		yield_now(me, 0, false);
		return false;
	}
	if (locking)
		me->scan.ns = 0;
	me->phase = PHASE_LOCKING;
	me->scan.waits = wait > 0;
	here->irqs_off += me->scan.waits;
	kernel_work(here, ns + wait, WORK_EXIT);
	return true;
}

static void finish(struct vcpu *me)
{
	struct directed_scan *scan = &me->scan;
	uint64_t ns = scan->ns;

	scan->ns = 0;
	if (!scan->hypercall && !scan->candidate)
		count(me->vm->kvm->measures, COUNTER_SCAN_EMPTY);
	if (scan->result > 0) {
		me->phase = PHASE_YIELDING;
		kernel_work(task_cpu(&me->task), ns, WORK_EXIT);
		return;
	}
	me->in_spin_loop = false;
	me->dy_eligible = false;
	ple_exit_handled(me);
	thread_enter(me, ns);
}

/* Scans and yields until one yield succeeds, nobody is left, or the locks take their time. */
static void go_on(struct vcpu *me)
{
	struct directed_scan *scan = &me->scan;

	for (;;) {
		if (!scan->target && !scan->single)
			scan->target = next_target(me);
		if (scan->target) {
			if (lock_queues(me))
				return;
		} else if (!scan->single && !scan->hypercall &&
			   chain_another_round(me->vm->kvm->policies, me, scan->result,
					       scan->round)) {
			scan->round++;
			begin_round(me);
		} else {
			finish(me);
			return;
		}
	}
}

void directed_yield_locked(struct vcpu *me)
{
	task_cpu(&me->task)->irqs_off -= me->scan.waits;
	me->scan.waits = false;
	yield_now(me, locking_time(me), true);
	go_on(me);
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
	const struct kvm *kvm = me->vm->kvm;
	struct vcpu *target = NULL;

	me->scan = (struct directed_scan){ .tries = (int)kvm->rules->tries,
					   .kernel_mode = me->work != WORK_SPIN_USER };
	count(kvm->measures, COUNTER_SCANS);
	if (me->vm->vcpus < 2 || kvm->params->exits_only) {
		me->scan.candidate = true;
		finish(me);
		return;
	}
	me->in_spin_loop = true;
	/* a policy that names the target itself replaces the scan */
	switch (chain_yield_target(kvm->policies, me, &target)) {
	case VERDICT_ACCEPT:
		me->scan.target = target;
		me->scan.single = true;
		break;
	case VERDICT_NOT_MINE:
		begin_round(me);
		break;
	default:
		me->scan.single = true;
		break;
	}
	go_on(me);
}

void directed_yield_hypercall(struct vcpu *me, uint32_t index)
{
	struct vm *vm = me->vm;
	struct vcpu *target = &vm->vcpu[index];

	me->scan = (struct directed_scan){ .hypercall = true, .single = true };
	/* KVM's own pair of counters leaves pause-loop exits out, 1.8 */
	count(vm->kvm->measures, COUNTER_PV_YIELDS);
	/* a single task here has nothing to give; a target that runs needs nothing: 2.4 */
	if ((!vm->kvm->rules->pv_needs_rival || task_cpu(&me->task)->rq->nr_running > 1) &&
	    target->ready && target != me)
		me->scan.target = target;
	go_on(me);
}
