/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * halt.h - HLT: halt polling and blocking (kvm-and-guest.md 3.10)
 */
#pragma once

#include <stdint.h>

struct kvm_params;
struct vcpu;

/* The HLT exit's handler. */
void halt_begin(struct vcpu *vcpu);
/* An interrupt arrived during the poll. */
void halt_poll_hit(struct vcpu *vcpu);
/* The poll ran out, or somebody else wants the pCPU. */
void halt_poll_over(struct vcpu *vcpu);
/* The vCPU has an event and its thread runs. */
void halt_end(struct vcpu *vcpu);

/* The next poll, ns, after a halt that lasted `halted`. */
uint64_t halt_poll_next(const struct kvm_params *params, uint64_t poll, uint64_t halted);
