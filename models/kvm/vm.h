/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vm.h - a virtual machine: vCPUs, the guest kernel on them, its tasks
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/kernel/kernel.h"
#include "models/kvm/kvm_params.h"
#include "models/kvm/presence.h"
#include "models/kvm/vcpu.h"

struct cost_params;
struct kvm_rules;
struct policy_chain;
struct program_task;
struct vm_config;
struct workload;

/* What all VMs of a host share. Owner: struct machine. */
struct kvm {
	struct engine *engine;
	struct kernel *host;
	const struct cost_params *cost;
	const struct kvm_params *params;
	const struct kvm_rules *rules;
	struct measures *measures;
	struct policy_chain *policies;
	struct presence_host presence;
	bool ple_off; /* a policy's wish */
};

struct vm {
	struct kvm *kvm;
	const struct vm_config *config; /* borrowed */
	uint32_t number;
	uint32_t vcpus;
	struct vcpu *vcpu;     /* [vcpus] */
	uint32_t last_boosted; /* index, kvm-and-guest.md 2.1 */
	struct kernel guest;
	struct workload *workload;
	struct program_task *tasks; /* [workload->tasks] */
	struct timer start;	    /* of the workload */
	bool forked;		    /* struct vm_placement */
	uint32_t main_cpu;
	struct presence presence;
};

struct vm_placement {
	struct fair_group *const
		*group;		   /* [vcpus]: the cgroup of each vCPU thread; NULL entries: root */
	const uint32_t *only_cpu;  /* [vcpus]: UINT32_MAX: free */
	const uint32_t *first_cpu; /* [vcpus] */
	bool forked;		   /* from `main_cpu`, instead of on first_cpu */
	uint32_t main_cpu;	   /* pCPU of QEMU's main thread, which is not simulated */
	const uint64_t *start;	   /* [vcpus], ns */
	uint64_t workload_start;   /* ns */
	uint64_t tick_phase;	   /* ns, of the guest's tick */
	uint64_t seed;
};

void vm_init(struct vm *vm, struct kvm *kvm, const struct vm_config *config, uint32_t number,
	     uint32_t first_id, const struct vm_placement *placement);
void vm_clear(struct vm *vm);
