/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pv_unhalt.h - kicks of lock waiters that halt: KVM_FEATURE_PV_UNHALT (kvm-and-guest.md 2.4, 3.3)
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct cpu;
struct vcpu;

/* For struct cpu_ops: the guest asks for a kick. */
void pv_unhalt_want(struct cpu *from, struct cpu *to);
/* The hypercall's effect on the first vCPU that is asked for; gives its index. */
uint32_t pv_unhalt_deliver(struct vcpu *me);
/* Is there something that ends a HLT: a kick, or an interrupt that the guest lets in? */
bool pv_unhalt_event(const struct vcpu *vcpu);
/* It has ended one. */
void pv_unhalt_halt_over(struct vcpu *vcpu);
