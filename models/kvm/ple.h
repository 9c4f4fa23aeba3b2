/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ple.h - pause-loop exiting: when a spinning vCPU is noticed (kvm-and-guest.md section 1)
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kvm_params;
struct vcpu;

/* ns at which the spin under way exits; TIME_NEVER if it does not. */
uint64_t ple_deadline(struct vcpu *vcpu);
/* `goes_on`: the same loop, with another end. */
void ple_spin_begins(struct vcpu *vcpu, bool goes_on);
/* A VM entry re-arms the detector. */
void ple_entry(struct vcpu *vcpu);
/* The exit's own change of the window, before the scan; and after the yield. */
void ple_grow(struct vcpu *vcpu);
void ple_exit_handled(struct vcpu *vcpu);
/* The thread is loaded again after it was switched out. */
void ple_scheduled_in(struct vcpu *vcpu);

/* The shared arithmetic of both vendors, in cycles or PAUSEs; kvm-and-guest.md 1.2. */
uint64_t ple_window_base(const struct kvm_params *params);
uint64_t ple_window_grow(const struct kvm_params *params, uint64_t window);
uint64_t ple_window_shrink(const struct kvm_params *params, uint64_t window);
