/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fake_vcpu.h - one VM whose vCPUs are only what a policy may ask of them
 *
 * Stands in for models/kvm where a test is about a policy's decisions alone.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define FAKE_VCPUS 8

struct vcpu {
	struct fake_vm *vm;
	uint32_t index;
	bool ready, preempted, preempted_in_kernel, pending_interrupt;
	uint32_t waits_for; /* bit i: for vCPU i */
};

struct fake_vm {
	uint64_t now; /* ns */
	uint32_t vcpus;
	uint32_t first_id; /* id of vCPU 0 on the host */
	struct vcpu vcpu[FAKE_VCPUS];
};

void fake_vm_init(struct fake_vm *vm, uint32_t vcpus);

/*
 * kvm-and-guest.md section 7: "P" is ready, preempted, in kernel; "U" the same in user mode; "W"
 * woken and queued; "R" runs.
 */
void fake_vcpu_state(struct vcpu *vcpu, char state);
