/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * balance_group.c - group statistics
 */
#include "models/kernel/balance_group.h"

#include "models/kernel/balance.h"
#include "models/kernel/cpu_load.h"
#include "models/kernel/cpumask.h"

/*
 * LB_BIAS, cfs.md 5.2: a load that has just come does not draw tasks, one that has just gone still
 * keeps them off. The average is the longer one between NUMA nodes, and there is none between the
 * threads of a core.
 */
static uint64_t viewed(const struct kernel_cpu *cpu, const struct domain *domain,
		       enum load_view view)
{
	uint64_t now = cpu_balance_load(cpu), past;

	if (view == LOAD_NOW || domain->level == DOMAIN_SMT)
		return now;
	past = cpu->balance->past_load[domain->level == DOMAIN_NUMA];
	if (view == LOAD_AS_SOURCE)
		return past < now ? past : now;
	return past > now ? past : now;
}

struct group_stats group_look(const struct kernel *kernel, const struct domain *domain,
			      uint32_t first, const struct cpumask *cpus, enum load_view view)
{
	struct group_stats stats = { .first = first,
				     .capacity = (uint64_t)domain->group * CPU_CAPACITY };

	for (uint32_t i = first; i < first + domain->group; i++) {
		const struct kernel_cpu *cpu = &kernel->cpu[i];

		if (cpus && !cpumask_has(cpus, i))
			continue;
		stats.load += viewed(cpu, domain, view);
		stats.util += cpu_util(cpu);
		stats.runnable += cpu_runnable(cpu);
		stats.tasks += cpu->rq->nr_running;
		stats.runnable_tasks += cpu->rq->root.h_nr_runnable;
		stats.idle_cpus += cpu_is_idle(cpu);
		stats.two_tasks |= cpu->rq->nr_running > 1;
	}
	return stats;
}

static bool is_overloaded(const struct group_stats *stats, uint32_t cpus, uint64_t pct)
{
	return stats->tasks > cpus && (stats->capacity * 100 < stats->util * pct ||
				       stats->capacity * pct < stats->runnable * 100);
}

static bool has_capacity(const struct group_stats *stats, uint32_t cpus, uint64_t pct)
{
	return stats->tasks < cpus || (stats->capacity * pct >= stats->runnable * 100 &&
				       stats->capacity * 100 > stats->util * pct);
}

void group_classify(struct group_stats *stats, const struct domain *domain)
{
	uint64_t pct = domain->imbalance_pct;

	if (is_overloaded(stats, domain->group, pct))
		stats->type = GROUP_OVERLOADED;
	else if (!has_capacity(stats, domain->group, pct))
		stats->type = GROUP_FULLY_BUSY;
	else
		stats->type = GROUP_HAS_SPARE;
}
