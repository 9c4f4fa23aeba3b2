/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * balance_types.c - the busiest group and the imbalance, by group types: eevdf.md 5.2
 */
#include "models/kernel/balance.h"
#include "models/kernel/balance_pass.h"
#include "models/kernel/balance_rules.h"
#include "models/kernel/cpu_load.h"
#include "models/kernel/placement.h"

/* An affinity problem of the level below: the group is a domain there. */
static bool is_pinned_below(const struct pass *pass, uint32_t first)
{
	const struct domains *domains = &pass->kernel->cpu[first].balance->domains;
	long level = pass->domain - pass->to->balance->domains.domain;

	return pass->domain->group > 1 && domains->domain[level - 1].pinned;
}

static void classify(const struct pass *pass, struct group_stats *stats, bool local)
{
	bool load_only = pass->kernel->rules->load_only;

	group_classify(stats, pass->domain);
	stats->avg_load = stats->load * CPU_CAPACITY / stats->capacity;
	if (stats->type == GROUP_OVERLOADED)
		return;
	if (is_pinned_below(pass, stats->first))
		stats->type = GROUP_IMBALANCED;
	else if (load_only)
		stats->type = GROUP_HAS_SPARE;
	else if (pass->kernel->rules->smt_balance && !local && pass->idle != BALANCE_BUSY &&
		 pass->kernel->threads > 1 && pass->domain->group == pass->kernel->threads &&
		 stats->runnable_tasks > 1)
		stats->type = GROUP_SMT_BALANCE;
}

static bool is_busier(const struct group_stats *group, const struct group_stats *than, bool by_load)
{
	if (group->runnable_tasks == 0)
		return false;
	if (than->first == UINT32_MAX)
		return true;
	if (group->type != than->type)
		return group->type > than->type;
	if (by_load)
		return group->avg_load > than->avg_load;
	switch (group->type) {
	case GROUP_OVERLOADED:
	case GROUP_SMT_BALANCE:
	case GROUP_FULLY_BUSY:
		return group->avg_load > than->avg_load;
	case GROUP_IMBALANCED:
		return false;
	default:
		if (group->idle_cpus != than->idle_cpus)
			return group->idle_cpus < than->idle_cpus;
		return group->tasks > than->tasks;
	}
}

/* Sums up all groups, the local one first. */
static void look(struct pass *pass)
{
	const struct domain *domain = pass->domain;
	struct kernel *kernel = pass->kernel;
	uint32_t own = domain_group_of(domain, pass->to->index);
	bool is_llc = domain_shares_llc(domain) && !(pass->above && domain_shares_llc(pass->above));
	uint64_t util = 0;
	bool biased = kernel->rules->load_bias && pass->idle == BALANCE_BUSY;
	bool two = false;

	pass->busiest = (struct group_stats){ .first = UINT32_MAX };
	pass->load = pass->capacity = 0;
	for (uint32_t i = 0; i < domain->span; i += domain->group) {
		uint32_t first = domain->first + (own - domain->first + i) % domain->span;
		enum load_view view = !biased	     ? LOAD_NOW
				      : first == own ? LOAD_AS_DESTINATION
						     : LOAD_AS_SOURCE;
		struct group_stats stats = group_look(kernel, domain, first, &pass->cpus, view);

		classify(pass, &stats, first == own);
		pass->load += stats.load;
		pass->capacity += stats.capacity;
		util += stats.util;
		two |= stats.two_tasks;
		if (first == own)
			pass->local = stats;
		else if (is_busier(&stats, &pass->busiest, kernel->rules->load_only))
			pass->busiest = stats;
	}
	if (!pass->above)
		kernel->balance->overloaded = two;
	if (is_llc && pass->idle != BALANCE_NEWLY_IDLE)
		kernel->balance->llc[pass->to->index / kernel->llc_size].idle_scan =
			placement_idle_scan(kernel->llc_size, util);
}

bool pass_busiest_group(struct pass *pass)
{
	look(pass);
	if (pass->busiest.first == UINT32_MAX)
		return false;
	return pass->kernel->rules->load_only ? pass_imbalance_load(pass)
					      : pass_imbalance_types(pass);
}

static uint64_t average(const struct pass *pass)
{
	return pass->load * CPU_CAPACITY / pass->capacity;
}

/* Tasks that the busiest group has more. */
static int64_t more_tasks(const struct pass *pass)
{
	int64_t more = (int64_t)pass->busiest.tasks - pass->local.tasks;

	if (pass->idle == BALANCE_BUSY && pass->kernel->rules->smt_balance)
		return 0;
	/* nothing to lose for a group without any */
	if (more <= 1 && pass->kernel->rules->smt_balance && pass->local.tasks == 0 &&
	    pass->busiest.tasks > 1)
		return 2;
	return more > 0 ? more : 0;
}

static bool by_load(struct pass *pass)
{
	const struct group_stats *local = &pass->local, *busiest = &pass->busiest;
	uint64_t avg = average(pass);
	uint64_t give, take;

	if (local->avg_load >= busiest->avg_load || local->avg_load >= avg)
		return false;
	give = busiest->avg_load > avg ? (busiest->avg_load - avg) * busiest->capacity : 0;
	take = (avg - local->avg_load) * local->capacity;
	pass->kind = MIGRATE_LOAD;
	pass->imbalance = (int64_t)((give < take ? give : take) / CPU_CAPACITY);
	return pass->imbalance > 0;
}

static bool some_tasks(struct pass *pass, int64_t tasks)
{
	pass->kind = MIGRATE_TASK;
	pass->imbalance = tasks;
	return tasks > 0;
}

/* The local group has room. */
static bool fill(struct pass *pass)
{
	const struct group_stats *local = &pass->local, *busiest = &pass->busiest;
	int64_t tasks;

	if (busiest->type > GROUP_FULLY_BUSY && !domain_shares_llc(pass->domain)) {
		pass->kind = MIGRATE_UTIL;
		pass->imbalance = (int64_t)local->capacity - (int64_t)local->util;
		if (pass->imbalance < 0)
			pass->imbalance = 0;
		if (pass->imbalance == 0 && pass->idle != BALANCE_BUSY)
			return some_tasks(pass, 1);
		return pass->imbalance > 0;
	}
	if (pass->domain->group == 1 || pass->domain->prefer_sibling)
		tasks = more_tasks(pass);
	else
		tasks = (int64_t)local->idle_cpus - busiest->idle_cpus;
	if (tasks > 0 && domain_forgives(pass->domain, local->tasks + 1, (uint32_t)tasks))
		tasks = 0;
	return some_tasks(pass, tasks / 2);
}

static bool even(struct pass *pass)
{
	switch (pass->busiest.type) {
	case GROUP_SMT_BALANCE:
	case GROUP_IMBALANCED:
		return some_tasks(pass, 1);
	default:
		return pass->local.type == GROUP_HAS_SPARE ? fill(pass) : by_load(pass);
	}
}

bool pass_imbalance_types(struct pass *pass)
{
	const struct group_stats *local = &pass->local, *busiest = &pass->busiest;

	if (busiest->type == GROUP_IMBALANCED)
		return even(pass);
	if (local->type > busiest->type)
		return false;
	if (local->type == GROUP_OVERLOADED &&
	    (local->avg_load >= busiest->avg_load || local->avg_load >= average(pass) ||
	     100 * busiest->avg_load <= pass->domain->imbalance_pct * local->avg_load))
		return false;
	if (pass->domain->prefer_sibling && local->type == GROUP_HAS_SPARE && more_tasks(pass) > 1)
		return even(pass);
	if (busiest->type == GROUP_OVERLOADED)
		return even(pass);
	if (pass->idle == BALANCE_BUSY || busiest->runnable_tasks == 1)
		return false;
	if (pass->domain->group > 1 && local->idle_cpus <= busiest->idle_cpus + 1)
		return false;
	return even(pass);
}
