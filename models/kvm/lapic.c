/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lapic.c - interrupts between the vCPUs of a VM
 */
#include "models/kvm/lapic.h"

#include "models/config.h"
#include "models/hardware/cost.h"
#include "models/kvm/exit.h"
#include "models/kvm/halt.h"
#include "models/kvm/pv_ipi.h"
#include "models/kvm/pv_unhalt.h"
#include "models/kvm/vm.h"
#include "models/measures.h"
#include "models/policy/chain.h"
#include "sim/engine/engine.h"

/* CPUs that one ICR write reaches in x2APIC cluster mode, kvm-and-guest.md 3.7. */
#define X2APIC_CLUSTER_SIZE 16

static uint64_t apic_mode(const struct vcpu *vcpu)
{
	return vcpu->vm->config->vm.apic;
}

/* A notification to another vCPU, in guest mode or (wake-up vector) blocked. All that one send makes
 * arrive together, in one event. */
static void post(struct vcpu *from, struct vcpu *to)
{
	struct kvm *kvm = to->vm->kvm;
	uint64_t now = kvm->engine->now;
	uint64_t arrival = now + kvm->cost->posted_latency;
	bool in_flight;

	if (timer_is_armed(&kvm->engine->timers, &to->inbox))
		return;
	in_flight = timer_is_armed(&kvm->engine->timers, &from->outbox);
	if (in_flight && from->sent_at != now) {
		engine_arm(kvm->engine, &to->inbox, arrival);
		return;
	}
	cpumask_add(&from->sent, to->index);
	from->sent_at = now;
	if (!in_flight)
		engine_arm(kvm->engine, &from->outbox, arrival);
}

static bool is_blocked(const struct vcpu *vcpu)
{
	return vcpu->phase == PHASE_WOKEN && vcpu->task.state == TASK_SLEEPING;
}

void lapic_wake(struct vcpu *to, struct vcpu *from)
{
	kernel_wake(&to->task, from ? task_cpu(&from->task) : NULL);
	to->ready = true;
}

/* A virtual ICR write leaves nobody in the host who would look: the wake-up vector interrupts the pCPU
 * on which the thread ran last, and its handler wakes, 4.1. */
static void take_wakeup_vector(struct vcpu *vcpu)
{
	struct kernel_cpu *there = task_cpu(&vcpu->task);

	there->cpu->ops->raise(there->cpu, IRQ_RESCHEDULE);
	kernel_wake(&vcpu->task, there);
	vcpu->ready = true;
}

/* An interrupt is pending in `to` from now on: see that it gets noticed. `from` NULL: a timer. */
static void notice(struct vcpu *to, struct vcpu *from)
{
	if (to->halted && !pv_unhalt_event(to))
		return; /* HLT with interrupts off goes on */
	if (is_blocked(to) && from && from->live) {
		post(from, to);
	} else if (is_blocked(to)) {
		lapic_wake(to, from);
	} else if (to->phase == PHASE_POLLING) {
		halt_poll_hit(to);
	} else if (to->live && apic_mode(to) == APIC_SOFTWARE) {
		struct cpu *by = task_cpu(&from->task)->cpu;

		by->ops->kick(by, task_cpu(&to->task)->cpu);
	} else if (to->live) {
		post(from, to);
	}
}

static void deliver(struct vcpu *from, struct vcpu *to, enum irq irq)
{
	struct measures *measures = to->vm->kvm->measures;

	count(measures, COUNTER_IPIS);
	if (irq == IRQ_RESCHEDULE)
		count(measures, COUNTER_RESCHED_IPIS);
	TRAIL(measures, .kind = TRAIL_IPI, .who = from, .whom = to, .n = irq,
	      .more = to->cpu.pending & 1u << irq);
	if (to->cpu.pending & 1u << irq) {
		count(measures, COUNTER_IPIS_COALESCED);
		return;
	}
	to->cpu.pending |= 1u << irq;
	notice(to, from);
}

/* One that left guest mode meanwhile finds the interrupt at its next entry. */
static void notified(struct vcpu *vcpu)
{
	vcpu->shown = vcpu->cpu.pending;
	if (is_blocked(vcpu) && pv_unhalt_event(vcpu))
		take_wakeup_vector(vcpu);
	else if (vcpu->live && vcpu->cpu.irqs_on && vcpu->shown)
		lapic_take(vcpu);
}

void lapic_notified(struct timer *timer, uint64_t now)
{
	(void)now;
	notified((struct vcpu *)((char *)timer - offsetof(struct vcpu, inbox)));
}

void lapic_sent_arrives(struct timer *timer, uint64_t now)
{
	struct vcpu *from = (struct vcpu *)((char *)timer - offsetof(struct vcpu, outbox));
	struct vm *vm = from->vm;
	uint32_t i;

	(void)now;
	cpumask_each(&from->sent, i)
		notified(&vm->vcpu[i]);
	cpumask_clear(&from->sent, vm->vcpus);
}

bool lapic_recorded(const struct vcpu *vcpu)
{
	return vcpu->cpu.pending & ~(1u << IRQ_TICK | 1u << IRQ_TIMER);
}

void lapic_entry(struct vcpu *vcpu)
{
	uint32_t pending = vcpu->cpu.pending;

	vcpu->shown = pending;
	if (apic_mode(vcpu) != APIC_SOFTWARE)
		return;
	/* KVM injects one if IF is set, and asks for an exit as soon as it can inject the next */
	vcpu->shown = vcpu->cpu.irqs_on ? pending & -pending : 0;
	vcpu->window_wanted = vcpu->shown != pending;
}

bool lapic_ready(const struct vcpu *vcpu)
{
	return vcpu->cpu.irqs_on && (vcpu->cpu.pending & vcpu->shown);
}

void lapic_take(struct vcpu *vcpu)
{
	enum irq irq = (enum irq)__builtin_ctz(vcpu->cpu.pending & vcpu->shown);

	vcpu->shown &= ~(1u << irq);
	vcpu->cpu.pending &= ~(1u << irq);
	kernel_interrupt(vcpu->cpu.client, irq);
}

/* To a vCPU in guest mode, by an eventfd whose signaller runs elsewhere: as from another vCPU. */
static void device_interrupts(struct vcpu *to)
{
	struct kvm *kvm = to->vm->kvm;
	struct cpu *pcpu = task_cpu(&to->task)->cpu;

	if (apic_mode(to) == APIC_SOFTWARE)
		pcpu->ops->raise(pcpu, IRQ_RESCHEDULE);
	else if (!timer_is_armed(&kvm->engine->timers, &to->inbox))
		engine_arm(kvm->engine, &to->inbox, kvm->engine->now + kvm->cost->posted_latency);
}

void lapic_raise(struct cpu *cpu, enum irq irq)
{
	struct vcpu *vcpu = vcpu_of_cpu(cpu);

	if (cpu->pending & 1u << irq)
		return;
	cpu->pending |= 1u << irq;
	if (vcpu->live && irq == IRQ_IO)
		device_interrupts(vcpu);
	else if (vcpu->live)
		vcpu_exit(vcpu, EXIT_TIMER_EXPIRY);
	else
		notice(vcpu, NULL);
}

/* AVIC exits if the target has no pCPU ("incomplete IPI"): somebody may have to wake it, 4.1. */
static bool sends_without_exit(const struct vcpu *from, const struct vcpu *to)
{
	return apic_mode(from) == APIC_APICV_IPIV ||
	       (apic_mode(from) == APIC_AVIC && task_running(&to->task));
}

void lapic_kick(struct cpu *from, struct cpu *to)
{
	struct vcpu *vcpu = vcpu_of_cpu(from);

	if (sends_without_exit(vcpu, vcpu_of_cpu(to))) {
		deliver(vcpu, vcpu_of_cpu(to), IRQ_RESCHEDULE);
		vcpu->icr_ns += vcpu->vm->kvm->cost->virtual_ipi;
		return;
	}
	cpumask_add(&vcpu->requests.kick, to->index);
	vcpu->requests.kick_any = true;
}

/* PV sched yield: after a call to several vCPUs, name the first that is flagged preempted
 * (kvm-and-guest.md 3.7). */
static void want_yield(struct vcpu *vcpu, const struct cpumask *targets)
{
	const struct vm *vm = vcpu->vm;
	uint32_t i;

	if (!vm->config->paravirt.sched_yield || cpumask_count(targets) < 2)
		return;
	cpumask_each(targets, i) {
		if (vm->vcpu[i].steal_preempted) {
			vcpu->requests.yield = true;
			vcpu->requests.yield_to = i;
			return;
		}
	}
}

/* 3.4, 3.7: the guest's hook stands in the path for several targets. */
static bool by_hypercall(const struct vcpu *vcpu, const struct cpumask *targets)
{
	return vcpu->vm->config->paravirt.ipi && cpumask_count(targets) > 1;
}

bool lapic_call_by_hypercall(const struct vcpu *vcpu)
{
	return by_hypercall(vcpu, &vcpu->requests.called);
}

/* Is the i-th vCPU the only target of an ICR write? IPI virtualisation takes a write to one vCPU; one to a
 * cluster exits, 3.7, 4.1. AVIC goes through the targets itself. */
static bool is_alone(const struct vcpu *from, const struct cpumask *targets, uint32_t i)
{
	uint32_t first = i - i % X2APIC_CLUSTER_SIZE;
	uint32_t next = cpumask_next(targets, first);

	if (apic_mode(from) == APIC_AVIC || from->vm->config->vm.x2apic != X2APIC_CLUSTER)
		return true;
	return next == i && cpumask_next(targets, i + 1) >= first + X2APIC_CLUSTER_SIZE;
}

void lapic_call(struct cpu *from, const struct cpumask *targets)
{
	struct vcpu *vcpu = vcpu_of_cpu(from);
	struct vm *vm = vcpu->vm;

	bool direct = apic_mode(vcpu) >= APIC_APICV_IPIV && !by_hypercall(vcpu, targets);
	struct cpumask rest;

	cpumask_copy(&rest, targets);
	for (uint32_t i = cpumask_next(targets, 0); direct && i < vm->vcpus;
	     i = cpumask_next(targets, i + 1)) {
		if (!sends_without_exit(vcpu, &vm->vcpu[i]) || !is_alone(vcpu, targets, i))
			continue;
		deliver(vcpu, &vm->vcpu[i], IRQ_CALL);
		vcpu->icr_ns += vm->kvm->cost->virtual_ipi;
		cpumask_remove(&rest, i);
	}
	if (cpumask_empty(&rest)) {
		want_yield(vcpu, targets);
		return;
	}
	cpumask_copy(&vcpu->requests.call, &rest);
	cpumask_copy(&vcpu->requests.called, targets);
	vcpu->requests.call_any = true;
}

void lapic_end_of_interrupt(struct cpu *cpu, enum irq irq)
{
	struct vcpu *vcpu = vcpu_of_cpu(cpu);

	/* APICv and PV EOI need no exit for an edge interrupt, 4.1; then nobody in the host learns
	 * of it */
	if (apic_mode(vcpu) != APIC_SOFTWARE || vcpu->vm->config->paravirt.eoi)
		return;
	vcpu->requests.eoi = true;
	vcpu->requests.eoi_irq = irq;
}

void lapic_timer_armed(struct cpu *cpu)
{
	vcpu_of_cpu(cpu)->requests.timer_write = true;
}

void lapic_doorbell(struct cpu *cpu)
{
	vcpu_of_cpu(cpu)->requests.doorbell = true;
}

/*
 * Of the wanted ones, those that the next ICR write or hypercall reaches. A reschedule interrupt is
 * sent to one CPU; a call to one, to those of a cluster, or to those of a window.
 */
static void next_targets(const struct vcpu *vcpu, const struct cpumask *wanted, enum irq irq,
			 struct cpumask *targets)
{
	bool hypercall = irq == IRQ_CALL && lapic_call_by_hypercall(vcpu);
	uint32_t first = cpumask_next(wanted, 0);
	uint32_t end = first + 1;
	struct pv_ipi_batch batch = { 0 };

	cpumask_clear(targets, vcpu->vm->vcpus);
	if (hypercall)
		end = vcpu->vm->vcpus;
	else if (irq == IRQ_CALL && vcpu->vm->config->vm.x2apic == X2APIC_CLUSTER)
		end = (first / X2APIC_CLUSTER_SIZE + 1) * X2APIC_CLUSTER_SIZE;
	for (uint32_t i = first; i < end; i = cpumask_next(wanted, i + 1)) {
		/* APIC ids are the vCPUs' numbers */
		if (hypercall && !pv_ipi_add(&batch, i))
			break;
		cpumask_add(targets, i);
	}
}

uint32_t lapic_targets(const struct vcpu *vcpu)
{
	struct cpumask mask;

	if (!vcpu->requests.call_any)
		return 1;
	next_targets(vcpu, &vcpu->requests.call, IRQ_CALL, &mask);
	return cpumask_count(&mask);
}

static void tell_policies(struct vcpu *from, const struct cpumask *targets, enum irq irq,
			  bool software_icr)
{
	struct vm *vm = from->vm;
	struct ipi_delivery delivery = { .from = from,
					 .accepted = cpumask_count(targets),
					 .vector = irq,
					 .software_icr = software_icr };

	if (delivery.accepted == 1)
		delivery.to = &vm->vcpu[cpumask_next(targets, 0)];
	chain_ipi_delivered(vm->kvm->policies, &delivery);
}

static void deliver_all(struct vcpu *from, const struct cpumask *targets, enum irq irq)
{
	struct vm *vm = from->vm;
	uint32_t i;

	cpumask_each(targets, i)
		deliver(from, &vm->vcpu[i], irq);
}

/* Delivers the next part of what the guest wants to send. True: nothing is left of it. */
static bool send_next(struct vcpu *vcpu, struct cpumask *wanted, enum irq irq)
{
	struct cpumask targets;
	uint32_t i;

	next_targets(vcpu, wanted, irq, &targets);
	cpumask_each(&targets, i)
		cpumask_remove(wanted, i);
	deliver_all(vcpu, &targets, irq);
	tell_policies(vcpu, &targets, irq, vcpu->reason == EXIT_ICR);
	return cpumask_empty(wanted);
}

void lapic_send(struct vcpu *vcpu)
{
	struct vcpu_requests *requests = &vcpu->requests;

	if (requests->call_any) {
		if (!send_next(vcpu, &requests->call, IRQ_CALL))
			return;
		requests->call_any = false;
		want_yield(vcpu, &requests->called);
	} else if (send_next(vcpu, &requests->kick, IRQ_RESCHEDULE)) {
		requests->kick_any = false;
	}
}
