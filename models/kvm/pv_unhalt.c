/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pv_unhalt.c - KVM_HC_KICK_CPU, and what it does to a HLT
 */
#include "models/kvm/pv_unhalt.h"

#include "models/kvm/halt.h"
#include "models/kvm/lapic.h"
#include "models/kvm/vm.h"

void pv_unhalt_want(struct cpu *from, struct cpu *to)
{
	struct vcpu_requests *requests = &vcpu_of_cpu(from)->requests;

	cpumask_add(&requests->unhalt, to->index);
	requests->unhalt_any = true;
}

/* kvm_vcpu_kick, 4.2: wakes a blocked thread, interrupts a guest. */
static void kick(struct vcpu *to, struct vcpu *from)
{
	if (to->phase == PHASE_WOKEN && to->task.state == TASK_SLEEPING) {
		lapic_wake(to, from);
	} else if (to->phase == PHASE_POLLING) {
		halt_poll_hit(to);
	} else if (to->live && to != from) {
		struct cpu *by = task_cpu(&from->task)->cpu;

		by->ops->kick(by, task_cpu(&to->task)->cpu);
	}
}

uint32_t pv_unhalt_deliver(struct vcpu *me)
{
	struct vcpu_requests *requests = &me->requests;
	uint32_t index = cpumask_next(&requests->unhalt, 0);
	struct vcpu *to = &me->vm->vcpu[index];

	cpumask_remove(&requests->unhalt, index);
	requests->unhalt_any = !cpumask_empty(&requests->unhalt);
	/* of one that does not halt it stays, and its next HLT returns at once: 3.3 */
	to->pv_unhalted = true;
	kick(to, me);
	return index;
}

bool pv_unhalt_event(const struct vcpu *vcpu)
{
	return vcpu->pv_unhalted || (vcpu->cpu.pending && vcpu->cpu.irqs_on);
}

void pv_unhalt_halt_over(struct vcpu *vcpu)
{
	vcpu->unhalted = vcpu->pv_unhalted;
	vcpu->pv_unhalted = false;
}
