/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * placement_plan.c - start of a VM's threads
 */
#include "models/placement_plan.h"

#include <glib.h>

#include "models/config.h"
#include "models/kernel/quota.h"
#include "sim/engine/random.h"
#include "sim/engine/time.h"

/* cpu.weight 100 is 1024 shares, eevdf.md 2.2. */
static int64_t shares_of_weight(uint64_t weight)
{
	return (int64_t)((weight * 1024 + 50) / 100);
}

/* Every cgroup's periods begin at a moment of its own (eevdf.md 7.1). */
static void limit(struct kernel *host, struct fair_group *group, const struct cpu_max_params *max,
		  struct random *random)
{
	struct fair_quota quota = {
		.quota = max->quota,
		.period = max->period,
		.burst = max->burst,
		.phase = random_below(random, max->period),
	};

	kernel_set_quota(host, group, &quota);
}

static void make_groups(struct placement_plan *plan, struct kernel *host,
			const struct machine_config *config, const struct vm_config *vm,
			uint32_t number)
{
	const struct cpu_max_params *max = &vm->cpu_max;
	struct fair_group *group;
	struct random phases;

	if (config->cgroups.layout == CGROUPS_FLAT)
		return;
	group = fair_group_new(&host->fair, NULL, shares_of_weight(vm->vm.weight));
	random_init(&phases, config->seed, "vm", number, "quota");
	if (max->quota && max->level == CPU_MAX_VM)
		limit(host, group, max, &phases);
	for (uint32_t i = 0; i < vm->vm.vcpus; i++) {
		plan->group[i] =
			config->cgroups.layout == CGROUPS_PER_VM
				? group
				: fair_group_new(&host->fair, group, shares_of_weight(100));
		if (max->quota && max->level == CPU_MAX_VCPU && plan->group[i] != group)
			limit(host, plan->group[i], max, &phases);
	}
}

/* data/realkvm/README.md, phase: VM by VM; "rotated": on pCPU i the order of VMs is rotated by i. */
static uint64_t start_in_turn(const struct vm_config *vm, uint32_t turn, uint32_t index)
{
	return (turn * vm->vm.vcpus + index) * vm->vm.start_spread;
}

/* QEMU's main threads create their vCPUs one by one; which VM was started first is drawn. */
static uint64_t sequential_start(const struct machine_config *config, const struct vm_config *vm,
				 uint32_t number, uint32_t vms, uint32_t index)
{
	struct random random;
	uint32_t place = 0;

	/* the place of `number` in a random order of all: insert one after the other */
	random_init(&random, config->seed, "host", 0, "start order");
	for (uint32_t i = 0; i < vms; i++) {
		uint32_t at = (uint32_t)random_below(&random, i + 1);

		if (i == number)
			place = at;
		else if (i > number && at <= place)
			place++;
	}
	return start_in_turn(vm, place, index);
}

static uint64_t start_time(const struct machine_config *config, const struct vm_config *vm,
			   uint32_t number, uint32_t vms, uint32_t index, struct random *random)
{
	switch (vm->vm.start) {
	case START_RANDOM:
		return random_between(random, 0, vm->vm.start_spread);
	case START_ROTATED:
		return start_in_turn(vm, (number + vms - index % vms) % vms, index);
	case START_ORDERED:
		return start_in_turn(vm, number, index);
	case START_SEQUENCE:
		return sequential_start(config, vm, number, vms, index);
	default:
		return 0;
	}
}

void placement_plan_init(struct placement_plan *plan, struct kernel *host,
			 const struct machine_config *config, const struct vm_config *vm,
			 uint32_t number, uint32_t vms)
{
	uint32_t vcpus = (uint32_t)vm->vm.vcpus;
	struct random starts, cpus, phases;

	plan->group = g_new0(struct fair_group *, vcpus);
	plan->only_cpu = g_new(uint32_t, vcpus);
	plan->first_cpu = g_new(uint32_t, vcpus);
	plan->start = g_new(uint64_t, vcpus);
	make_groups(plan, host, config, vm, number);
	random_init(&starts, config->seed, "vm", number, "thread start");
	random_init(&cpus, config->seed, "vm", number, "first pCPU");
	random_init(&phases, config->seed, "vm", number, "phase");
	for (uint32_t i = 0; i < vcpus; i++) {
		bool pinned = vm->vm.affinity == AFFINITY_PINNED;
		bool in_order = pinned || vm->vm.initial == INITIAL_IN_ORDER;
		uint32_t anywhere = (uint32_t)random_below(&cpus, host->cpus);

		plan->only_cpu[i] = pinned ? i % host->cpus : UINT32_MAX;
		plan->first_cpu[i] = in_order ? i % host->cpus : anywhere;
		plan->start[i] = start_time(config, vm, number, vms, i, &starts);
	}
	plan->placement = (struct vm_placement){
		.group = plan->group,
		.only_cpu = plan->only_cpu,
		.first_cpu = plan->first_cpu,
		.start = plan->start,
		.forked = vm->vm.affinity == AFFINITY_FREE && vm->vm.initial == INITIAL_FORK,
		.main_cpu = (uint32_t)random_below(&cpus, host->cpus),
		.workload_start =
			vm->vm.phase_from + random_between(&phases, 0, vm->vm.phase_spread),
		.tick_phase = random_below(&phases, NSEC_PER_SEC / vm->guest.hz),
		.seed = config->seed,
	};
}

void placement_plan_clear(struct placement_plan *plan)
{
	g_free(plan->group);
	g_free(plan->only_cpu);
	g_free(plan->first_cpu);
	g_free(plan->start);
}
