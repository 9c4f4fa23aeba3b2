/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * machine_private.h - the parts of a machine, for machine.c, result.c and tests
 */
#pragma once

#include "models/kvm/kvm_rules.h"
#include "models/kvm/vm.h"
#include "models/measures.h"
#include "models/policy/chain.h"
#include "sim/engine/engine.h"

struct host_tasks;
struct housekeeping;
struct machine_config;
struct pcpu;

/* Owns all of it; torn down by machine_free(). */
struct machine {
	const struct machine_config *config; /* borrowed */
	struct engine engine;
	struct measures measures;
	struct policy_chain policies;
	struct pcpu *pcpu; /* [host.cpus] */
	struct kernel host;
	struct kvm_rules kvm_rules;
	struct kvm kvm;
	struct vm *vm; /* [vms] */
	uint32_t vms;
	struct housekeeping *housekeeping;
	struct host_tasks *tasks; /* NULL: none */

	/* at the end of warm-up */
	uint64_t *run_before, *wait_before; /* [vms], ns */
	uint64_t *shared_before;	    /* [vms], struct vm_result */
	uint64_t bystander_before;
};

void machine_reset_measures(struct machine *machine);
