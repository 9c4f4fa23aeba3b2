/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * directed_yield.h - KVM chooses whom to yield to (kvm-and-guest.md section 2)
 */
#pragma once

#include <stdint.h>

struct vcpu;

/* The pause-loop exit's scan. Ends with the thread's next segment. */
void directed_yield_on_spin(struct vcpu *me);
/* The run queue locks of its yield_to() are taken. */
void directed_yield_locked(struct vcpu *me);
/* The schedule() of a successful yield has come back. */
void directed_yield_returned(struct vcpu *me);
/* KVM_HC_SCHED_YIELD to vCPU `index` of the same VM; likewise. */
void directed_yield_hypercall(struct vcpu *me, uint32_t index);
