/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vm.h - a virtual machine: vCPUs, the guest kernel on them, its tasks
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/kernel/kernel.h"
#include "models/kvm/kvm_params.h"
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
	bool ple_off; /* a policy's wish */
};

/* Time integrals over the window: gang, stacked. */
struct vm_presence {
	uint32_t set;	    /* pCPUs that the VM may fill: min(vCPUs, pCPUs) */
	uint32_t on_cpu;    /* vCPUs that have a pCPU */
	uint32_t stacked;   /* runnable siblings beyond the first on each pCPU, summed */
	uint32_t *runnable; /* [pCPUs] */
	uint64_t since;	    /* ns: integrals are up to date */
	uint64_t gang, stacked_time;
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
	struct vm_presence presence;
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

/* Brings the integrals up to `now`, before any change of what they integrate. */
void vm_presence_settle(struct vm *vm, uint64_t now);
