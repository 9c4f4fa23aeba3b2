/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * preemption.c - lock holder and lock waiter preemption, counted and timed (kvm-and-guest.md 6.1)
 *
 * A holder counts by each kind of lock that it holds; it is an awaited one, and timed, if somebody waits
 * for such a lock when it is back: whoever came in between cannot have got it. A holder that waits for
 * another lock is both. Whoever gives its pCPU away in a directed yield is none.
 */
#include "models/kvm/preemption.h"

#include "models/kernel/lock_kinds.h"
#include "models/kernel/spinlock.h"
#include "models/kvm/vm.h"
#include "models/measures.h"
#include "sim/engine/engine.h"

static const struct {
	enum counter_kind preempted, awaited;
	enum latency_kind off;
} holder[LOCK_KINDS] = {
	[LOCK_SPIN] = { COUNTER_HOLDER_PREEMPTED, COUNTER_HOLDER_AWAITED, LATENCY_HOLDER_OFF },
	[LOCK_MUTEX] = { COUNTER_MUTEX_HOLDER_PREEMPTED, COUNTER_MUTEX_HOLDER_AWAITED,
			 LATENCY_MUTEX_HOLDER_OFF },
	[LOCK_RWSEM] = { COUNTER_RWSEM_HOLDER_PREEMPTED, COUNTER_RWSEM_HOLDER_AWAITED,
			 LATENCY_RWSEM_HOLDER_OFF },
	[LOCK_USER] = { COUNTER_USER_HOLDER_PREEMPTED, COUNTER_USER_HOLDER_AWAITED,
			LATENCY_USER_HOLDER_OFF },
};

/* What the task spins for: a sleeping lock's waiter may have gone to sleep instead, and then is not
 * preempted by the loss of a pCPU. */
static uint32_t spins_for(const struct task *task)
{
	if (!task)
		return 0;
	if (task->spins_on)
		return LOCK_BIT(LOCK_SPIN);
	if (task->sleep_wait.spins)
		return LOCK_BIT(task->sleep_wait.lock->is_mutex ? LOCK_MUTEX : LOCK_RWSEM);
	return 0;
}

void preemption_begins(struct vcpu *vcpu)
{
	const struct kernel_cpu *cpu = vcpu->cpu.client;
	struct measures *measures = vcpu->vm->kvm->measures;

	vcpu->off_holding = locks_held(cpu);
	vcpu->off_spinning = spins_for(cpu->current);
	vcpu->off_at = vcpu->vm->kvm->engine->now;
	for (uint32_t kind = 0; kind < LOCK_KINDS; kind++)
		if (vcpu->off_holding & LOCK_BIT(kind))
			count(measures, holder[kind].preempted);
	if (vcpu->off_spinning & LOCK_BIT(LOCK_SPIN)) {
		count(measures, COUNTER_WAITER_PREEMPTED);
		if (spin_lock_is_next(cpu->current))
			count(measures, COUNTER_HEAD_PREEMPTED);
	} else if (vcpu->off_spinning) {
		count(measures, COUNTER_SPINNER_PREEMPTED);
	}
}

void preemption_ends(struct vcpu *vcpu)
{
	struct measures *measures = vcpu->vm->kvm->measures;
	uint64_t off = vcpu->vm->kvm->engine->now - vcpu->off_at;
	uint32_t awaited;

	if (vcpu->off_spinning)
		histogram_add(&measures->latency[vcpu->off_spinning & LOCK_BIT(LOCK_SPIN)
							 ? LATENCY_WAITER_OFF
							 : LATENCY_SPINNER_OFF],
			      off);
	awaited = vcpu->off_holding ? locks_awaited(vcpu->cpu.client) : 0;
	for (uint32_t kind = 0; kind < LOCK_KINDS; kind++)
		if (awaited & LOCK_BIT(kind)) {
			count(measures, holder[kind].awaited);
			histogram_add(&measures->latency[holder[kind].off], off);
		}
	vcpu->off_holding = vcpu->off_spinning = 0;
}
