/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lapic.h - the virtual local APIC: sending, delivery, end of interrupt (kvm-and-guest.md section 4)
 *
 * An interrupt that was accepted is a bit of struct cpu's `pending` until the guest takes it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/kernel/cpu.h"

struct timer;
struct vcpu;

/* For struct cpu_ops. */
void lapic_raise(struct cpu *cpu, enum irq irq);
void lapic_kick(struct cpu *from, struct cpu *to);
void lapic_call(struct cpu *from, const struct cpumask *targets);
void lapic_end_of_interrupt(struct cpu *cpu, enum irq irq);
void lapic_timer_armed(struct cpu *cpu);
void lapic_doorbell(struct cpu *cpu);

/*
 * Has KVM recorded an interrupt for the vCPU: PIR, or IRR and KVM_REQ_EVENT? A timer that fires while the
 * vCPU is out is not one before the next entry: the host's timer only counts it and wakes a halted thread.
 */
bool lapic_recorded(const struct vcpu *vcpu);
/* VM entry: which pending interrupts reach the guest now. */
void lapic_entry(struct vcpu *vcpu);
/* Can the live guest take one before its next work, and take the first. */
bool lapic_ready(const struct vcpu *vcpu);
void lapic_take(struct vcpu *vcpu);
/* The vCPU's `inbox` and `outbox` timers. */
void lapic_notified(struct timer *timer, uint64_t now);
void lapic_sent_arrives(struct timer *timer, uint64_t now);

/* The thread is blocked in HLT and has an event; `from` NULL: a timer's. */
void lapic_wake(struct vcpu *to, struct vcpu *from);

/* Does the guest send the call that it wants by hypercalls, or by ICR writes as everything else? */
bool lapic_call_by_hypercall(const struct vcpu *vcpu);
/* How many vCPUs the next of these writes or hypercalls reaches; and its handler, which delivers. */
uint32_t lapic_targets(const struct vcpu *vcpu);
void lapic_send(struct vcpu *vcpu);
