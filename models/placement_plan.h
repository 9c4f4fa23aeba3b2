/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * placement_plan.h - where and when the threads of a VM start, and in which cgroups
 */
#pragma once

#include "models/kvm/vm.h"

struct machine_config;
struct vm_config;

/* Owner: the caller, for as long as vm_init() runs. */
struct placement_plan {
	struct vm_placement placement; /* points into the arrays below */
	struct fair_group **group;
	uint32_t *only_cpu, *first_cpu;
	uint64_t *start;
};

/* VM `number` of `vms`; makes its cgroups in the host. Everything random is drawn from streams of
 * the run's seed. */
void placement_plan_init(struct placement_plan *plan, struct kernel *host,
			 const struct machine_config *config, const struct vm_config *vm,
			 uint32_t number, uint32_t vms);
void placement_plan_clear(struct placement_plan *plan);
