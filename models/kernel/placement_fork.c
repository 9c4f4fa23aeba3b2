/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * placement_fork.c - where a new task begins: the idlest group, level by level, and the idlest CPU
 * in it (eevdf.md 4, slow path)
 */
#include "models/kernel/balance.h"
#include "models/kernel/balance_group.h"
#include "models/kernel/cpu_load.h"
#include "models/kernel/placement.h"

/* Idle ones before busy ones; among these who became so last, whose caches are warmest; else the
 * least load. */
static uint32_t idlest_cpu(const struct kernel *kernel, uint32_t first, uint32_t count,
			   uint32_t parent)
{
	uint32_t best = first;
	bool best_idle = false;

	for (uint32_t i = first; i < first + count; i++) {
		const struct kernel_cpu *cpu = &kernel->cpu[i];
		const struct kernel_cpu *other = &kernel->cpu[best];
		bool idle = i != parent && cpu_is_open(cpu);
		bool better = idle ? cpu->balance->idle_since > other->balance->idle_since
				   : cpu_load(cpu) < cpu_load(other);

		if (idle != best_idle ? idle : better) {
			best = i;
			best_idle = idle;
		}
	}
	return best;
}

/* Is `idlest` enough better than the local group that the task should go there? */
static bool is_worth_it(const struct domain *domain, const struct group_stats *local,
			const struct group_stats *idlest)
{
	uint64_t margin = (uint64_t)CPU_CAPACITY * (domain->imbalance_pct - 100) / 100;

	if (local->type != idlest->type)
		return local->type > idlest->type;
	if (local->type == GROUP_HAS_SPARE)
		return idlest->idle_cpus > local->idle_cpus &&
		       !domain_forgives(domain, local->tasks + 1,
					idlest->idle_cpus - local->idle_cpus);
	if (domain->level == DOMAIN_NUMA && idlest->avg_load + margin >= local->avg_load)
		return false;
	return idlest->avg_load < local->avg_load + margin &&
	       100 * local->avg_load > domain->imbalance_pct * idlest->avg_load;
}

static bool is_idler(const struct group_stats *group, const struct group_stats *than)
{
	if (group->type != than->type)
		return group->type < than->type;
	if (group->type != GROUP_HAS_SPARE)
		return group->avg_load < than->avg_load;
	if (group->idle_cpus != than->idle_cpus)
		return group->idle_cpus > than->idle_cpus;
	return group->util < than->util;
}

/* The parent takes part of its CPU, if it is simulated or not. */
static struct group_stats look(const struct kernel *kernel, const struct domain *domain,
			       uint32_t first, uint32_t parent)
{
	struct group_stats stats = group_look(kernel, domain, first, NULL, LOAD_NOW);

	if (parent - first < domain->group && cpu_is_idle(&kernel->cpu[parent])) {
		stats.idle_cpus--;
		stats.tasks++;
		stats.runnable_tasks++;
	}
	group_classify(&stats, domain);
	stats.avg_load = stats.load / domain->group;
	return stats;
}

/* Before idle states were looked at (3.18): the least load, the own CPU among equals. The parent runs
 * while it forks, and is not simulated. */
static uint64_t load_with_parent(const struct kernel_cpu *cpu, uint32_t parent)
{
	return cpu_runnable_load(cpu) + (cpu->index == parent ? CPU_CAPACITY : 0);
}

static uint32_t least_loaded_cpu(const struct kernel *kernel, uint32_t first, uint32_t count,
				 uint32_t parent)
{
	uint64_t least = UINT64_MAX;
	uint32_t best = first;

	for (uint32_t i = first; i < first + count; i++) {
		uint64_t load = load_with_parent(&kernel->cpu[i], parent);

		if (load < least) {
			least = load;
			best = i;
		}
	}
	return best;
}

static uint64_t group_load(const struct kernel *kernel, uint32_t first, uint32_t count,
			   uint32_t parent)
{
	uint64_t load = 0;

	for (uint32_t i = first; i < first + count; i++)
		load += load_with_parent(&kernel->cpu[i], parent);
	return load / count;
}

/* The group with the least load, which may be as loaded as the own one: half of the usual margin
 * keeps the task only where there is load. */
static uint32_t least_loaded_group(const struct kernel *kernel, const struct domain *domain,
				   uint32_t here, uint32_t parent)
{
	uint32_t own = domain_group_of(domain, here);
	uint64_t least = UINT64_MAX;
	uint32_t found = own;

	for (uint32_t i = domain->group; i < domain->span; i += domain->group) {
		uint32_t first = domain->first + (own - domain->first + i) % domain->span;
		uint64_t load = group_load(kernel, first, domain->group, parent);

		if (load < least) {
			least = load;
			found = first;
		}
	}
	if (100 * group_load(kernel, own, domain->group, parent) <
	    (100 + (domain->imbalance_pct - 100) / 2) * least)
		return own;
	return found;
}

/* First CPU of the idlest group; the local one's if no other is better by enough. */
static uint32_t idlest_group(const struct kernel *kernel, const struct domain *domain,
			     uint32_t here, uint32_t parent)
{
	uint32_t own = domain_group_of(domain, here);
	uint32_t found = UINT32_MAX;
	struct group_stats local = look(kernel, domain, own, parent);
	struct group_stats best = { 0 };

	for (uint32_t i = domain->group; i < domain->span; i += domain->group) {
		uint32_t first = domain->first + (own - domain->first + i) % domain->span;
		struct group_stats stats = look(kernel, domain, first, parent);

		if (found == UINT32_MAX || is_idler(&stats, &best)) {
			found = first;
			best = stats;
		}
	}
	return is_worth_it(domain, &local, &best) ? found : own;
}

uint32_t placement_fork(const struct task *task, uint32_t parent)
{
	const struct kernel *kernel = task->kernel;
	uint32_t here = parent;
	uint32_t level = kernel->cpu[parent].balance->domains.levels;

	if (task->only_cpu != UINT32_MAX)
		return task->only_cpu;
	while (level-- > 0) {
		const struct domain *domain = &kernel->cpu[here].balance->domains.domain[level];
		bool by_load = kernel->rules->fork_by_load;
		uint32_t first = by_load ? least_loaded_group(kernel, domain, here, parent)
					 : idlest_group(kernel, domain, here, parent);

		if (first != domain_group_of(domain, here))
			here = by_load ? least_loaded_cpu(kernel, first, domain->group, parent)
				       : idlest_cpu(kernel, first, domain->group, parent);
	}
	return here;
}
