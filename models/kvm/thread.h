/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * thread.h - the vCPU thread: KVM's run loop as a task of the host kernel
 */
#pragma once

#include <stdint.h>

struct vcpu;

void thread_init(struct vcpu *vcpu);
/* Checks for a reschedule, then enters the guest; `ns` of KVM's own work come before. */
void thread_enter(struct vcpu *vcpu, uint64_t ns);
