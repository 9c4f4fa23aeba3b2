/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * preemption.h - preemptions of vCPUs whose task holds a lock or spins for one (kvm-and-guest.md 6.1)
 */
#pragma once

struct vcpu;

/* The vCPU has lost its pCPU against its will, and gets one again. */
void preemption_begins(struct vcpu *vcpu);
void preemption_ends(struct vcpu *vcpu);
