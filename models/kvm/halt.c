/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * halt.c - halt polling with its arithmetic, and blocking
 */
#include "models/kvm/halt.h"

#include "models/config.h"
#include "models/hardware/cost.h"
#include "models/kvm/pv_unhalt.h"
#include "models/kvm/thread.h"
#include "models/kvm/vm.h"
#include "models/measures.h"
#include "sim/engine/engine.h"

uint64_t halt_poll_next(const struct kvm_params *params, uint64_t poll, uint64_t halted)
{
	uint64_t max = params->halt_poll;

	if (halted <= poll)
		return poll;
	if (poll > 0 && halted > max) {
		poll = params->halt_poll_shrink ? poll / params->halt_poll_shrink : 0;
		return poll < params->halt_poll_grow_start ? 0 : poll;
	}
	if (poll < max && halted < max && params->halt_poll_grow) {
		poll *= params->halt_poll_grow;
		return poll < params->halt_poll_grow_start ? params->halt_poll_grow_start : poll;
	}
	return poll;
}

static void note_halt(const struct vcpu *vcpu, int64_t poll)
{
	TRAIL(vcpu->vm->kvm->measures, .kind = TRAIL_HALT, .who = vcpu, .n = poll);
}

static void block(struct vcpu *vcpu)
{
	note_halt(vcpu, 0);
	vcpu->blocking = true;
	vcpu->phase = PHASE_WOKEN;
	kernel_block(task_cpu(&vcpu->task));
}

void halt_begin(struct vcpu *vcpu)
{
	struct kernel_cpu *cpu = task_cpu(&vcpu->task);
	uint64_t max = vcpu->vm->kvm->params->halt_poll;
	uint64_t poll = vcpu->halt_poll < max ? vcpu->halt_poll : max;

	/* it has polled itself, and said so (MSR POLL_CONTROL) */
	if (vcpu->vm->config->guest.haltpoll)
		poll = 0;

	if (pv_unhalt_event(vcpu)) {
		note_halt(vcpu, -1);
		pv_unhalt_halt_over(vcpu);
		thread_enter(vcpu, 0);
		return;
	}
	vcpu->halt_start = vcpu->vm->kvm->engine->now;
	if (poll && cpu->rq->nr_running == 1 && !cpu->rq->resched) {
		vcpu->phase = PHASE_POLLING;
		note_halt(vcpu, (int64_t)poll);
		kernel_work(cpu, poll, WORK_HALT_POLL);
	} else {
		block(vcpu);
	}
}

void halt_poll_hit(struct vcpu *vcpu)
{
	vcpu->phase = PHASE_POLL_HIT;
	kernel_rework(task_cpu(&vcpu->task), vcpu->vm->kvm->cost->poll_wake, WORK_EXIT);
}

void halt_poll_over(struct vcpu *vcpu)
{
	block(vcpu);
}

void halt_end(struct vcpu *vcpu)
{
	struct kvm *kvm = vcpu->vm->kvm;
	uint64_t ns = vcpu->phase == PHASE_WOKEN ? kvm->cost->halt_wake : 0;

	vcpu->blocking = false;
	pv_unhalt_halt_over(vcpu);
	if (!vcpu->vm->config->guest.haltpoll)
		vcpu->halt_poll = halt_poll_next(kvm->params, vcpu->halt_poll,
						 kvm->engine->now - vcpu->halt_start);
	TRAIL(kvm->measures, .kind = TRAIL_HALT_OVER, .who = vcpu,
	      .n = (int64_t)(kvm->engine->now - vcpu->halt_start),
	      .more = (int64_t)vcpu->halt_poll);
	thread_enter(vcpu, ns);
}
