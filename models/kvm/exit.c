/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exit.c - VM exits
 */
#include "models/kvm/exit.h"

#include "models/config.h"
#include "models/hardware/cost.h"
#include "models/kvm/directed_yield.h"
#include "models/kvm/halt.h"
#include "models/kvm/kvm_rules.h"
#include "models/kvm/lapic.h"
#include "models/kvm/ple.h"
#include "models/kvm/pv_unhalt.h"
#include "models/kvm/thread.h"
#include "models/kvm/vm.h"
#include "models/measures.h"
#include "models/policy/chain.h"
#include "sim/engine/engine.h"

static uint64_t handler_cost(const struct vcpu *vcpu, enum exit_reason reason)
{
	const struct cost_params *cost = vcpu->vm->kvm->cost;

	switch (reason) {
	case EXIT_PAUSE:
		return cost->ple_handler;
	case EXIT_HLT:
		return cost->halt;
	case EXIT_EOI:
		return cost->eoi_handler;
	case EXIT_ICR:
		return cost->icr_write * lapic_targets(vcpu);
	case EXIT_SEND_IPI:
		/* one exit, but KVM still delivers to each: 5, broadcasts */
		return cost->hypercall + cost->icr_write * lapic_targets(vcpu);
	case EXIT_SCHED_YIELD:
	case EXIT_KICK_CPU:
		return cost->hypercall;
	case EXIT_TIMER_WRITE:
		return cost->timer_write;
	case EXIT_TIMER_EXPIRY:
		return cost->timer_expiry;
	case EXIT_DOORBELL:
		return cost->io_kick;
	case EXIT_FAULT:
		return cost->fault;
	default:
		return cost->irq_window;
	}
}

static void count_exit(struct vcpu *vcpu, enum exit_reason reason)
{
	struct measures *measures = vcpu->vm->kvm->measures;

	count(measures, COUNTER_EXITS);
	if (reason == EXIT_PAUSE)
		count(measures, COUNTER_PLE_EXITS);
	else if (reason == EXIT_HLT)
		count(measures, COUNTER_HALT_EXITS);
	else if (reason == EXIT_ICR)
		count(measures, COUNTER_ICR_EXITS);
	else if (reason == EXIT_EOI)
		count(measures, COUNTER_EOI_EXITS);
	else if (reason == EXIT_SEND_IPI || reason == EXIT_SCHED_YIELD || reason == EXIT_KICK_CPU)
		count(measures, COUNTER_HYPERCALLS);
}

void vcpu_exit(struct vcpu *vcpu, enum exit_reason reason)
{
	uint64_t ns = vcpu->vm->kvm->cost->exit + handler_cost(vcpu, reason);

	sim_assert(vcpu->vm->kvm->engine, vcpu->live);
	vcpu_freeze(vcpu);
	count_exit(vcpu, reason);
	TRAIL(vcpu->vm->kvm->measures, .kind = TRAIL_EXIT, .who = vcpu, .n = reason);
	vcpu->reason = reason;
	vcpu->phase = PHASE_EXITING;
	kernel_work(task_cpu(&vcpu->task), ns, WORK_EXIT);
}

bool exit_requested(const struct vcpu *vcpu)
{
	const struct vcpu_requests *requests = &vcpu->requests;

	return requests->eoi || requests->call_any || requests->kick_any || requests->yield ||
	       requests->unhalt_any || requests->timer_write || requests->doorbell ||
	       requests->fault;
}

enum exit_reason exit_next(const struct vcpu *vcpu)
{
	const struct vcpu_requests *requests = &vcpu->requests;

	if (requests->eoi)
		return EXIT_EOI;
	if (requests->call_any)
		return lapic_call_by_hypercall(vcpu) ? EXIT_SEND_IPI : EXIT_ICR;
	if (requests->yield)
		return EXIT_SCHED_YIELD;
	if (requests->unhalt_any)
		return EXIT_KICK_CPU;
	if (requests->kick_any)
		return EXIT_ICR;
	if (requests->timer_write)
		return EXIT_TIMER_WRITE;
	return requests->doorbell ? EXIT_DOORBELL : EXIT_FAULT;
}

/* The guest goes on: straight into its next instruction that exits if nobody wants the pCPU, else
 * through the run loop. */
static void back_to_guest(struct vcpu *vcpu)
{
	struct kernel_cpu *cpu = task_cpu(&vcpu->task);
	const struct cost_params *cost = vcpu->vm->kvm->cost;

	if (exit_requested(vcpu) && !cpu->rq->resched) {
		enum exit_reason next = exit_next(vcpu);

		count_exit(vcpu, next);
		TRAIL(vcpu->vm->kvm->measures, .kind = TRAIL_EXIT, .who = vcpu, .n = next);
		vcpu->reason = next;
		kernel_work(cpu, cost->entry + cost->exit + handler_cost(vcpu, next), WORK_EXIT);
		return;
	}
	thread_enter(vcpu, kernel_wants_cpu(cpu, WORK_GUEST) ? cost->reschedule : 0);
}

void exit_handle(struct vcpu *vcpu)
{
	struct vcpu_requests *requests = &vcpu->requests;
	uint32_t kicked;

	switch (vcpu->reason) {
	case EXIT_PAUSE:
		ple_grow(vcpu);
		directed_yield_on_spin(vcpu);
		return;
	case EXIT_HLT:
		halt_begin(vcpu);
		return;
	case EXIT_EOI:
		requests->eoi = false;
		chain_eoi(vcpu->vm->kvm->policies, vcpu, requests->eoi_irq);
		break;
	case EXIT_ICR:
	case EXIT_SEND_IPI:
		lapic_send(vcpu);
		break;
	case EXIT_SCHED_YIELD:
		requests->yield = false;
		directed_yield_hypercall(vcpu, requests->yield_to);
		return;
	case EXIT_KICK_CPU:
		kicked = pv_unhalt_deliver(vcpu);
		if (!vcpu->vm->kvm->rules->kick_yields)
			break;
		directed_yield_hypercall(vcpu, kicked);
		return;
	case EXIT_TIMER_WRITE:
		requests->timer_write = false;
		break;
	case EXIT_DOORBELL:
		requests->doorbell = false;
		break;
	case EXIT_FAULT:
		requests->fault = false;
		break;
	default:
		break;
	}
	back_to_guest(vcpu);
}
