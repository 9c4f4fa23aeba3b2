/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * domain.h - scheduling domains: which CPUs a CPU places and balances with, level by level
 *
 * eevdf.md 4.1, cfs.md 5.2. CPUs are numbered so that whoever shares something are neighbours
 * (models/hardware/topology.h), so a span is a range and its groups are equal parts of it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct balance_rules;
struct topology_params;

enum domain_level { DOMAIN_SMT, DOMAIN_LLC, DOMAIN_PACKAGE, DOMAIN_NUMA, DOMAIN_LEVELS };

/* One CPU's view of one level. Owner: struct cpu_balance. */
struct domain {
	enum domain_level level;
	uint32_t first, span; /* CPUs [first, first + span) */
	uint32_t group;	      /* CPUs a group: the span of the next lower level, or 1 */
	bool prefer_sibling;  /* groups are domains themselves: spread tasks over them */
	uint32_t imbalance_pct, cache_nice_tries;

	/* periodic balancing, 5.1 */
	uint64_t last;	   /* jiffies, of the last pass */
	uint32_t interval; /* ms, of an idle CPU; between span and twice the span */
	uint32_t failed;   /* passes in a row that found an imbalance and moved nothing */
	bool pinned;	   /* affinity stopped a pass here; the first CPU of the span keeps it */

	/* newly-idle balancing, 5.1 */
	uint64_t newidle_cost; /* ns, the most that a pass took lately */
	uint64_t cost_decayed; /* jiffies */
	uint32_t newidle_calls, newidle_successes;
	uint32_t newidle_ratio;	  /* of 1024 calls so many pulled something */
	uint64_t newidle_counted; /* ns, when the ratio was made */
};

struct domains {
	struct domain domain[DOMAIN_LEVELS]; /* bottom-up */
	uint32_t levels;		     /* levels that would add no CPU are left out */
};

void domains_init(struct domains *domains, const struct topology_params *topology,
		  const struct balance_rules *rules, uint32_t cpu);

static inline bool domain_has(const struct domain *domain, uint32_t cpu)
{
	return cpu - domain->first < domain->span;
}

static inline bool domain_shares_llc(const struct domain *domain)
{
	return domain->level <= DOMAIN_LLC;
}

/* Between NUMA nodes: is that difference in tasks not worth a move to the node, which then has so
 * many? */
static inline bool domain_forgives(const struct domain *domain, uint32_t tasks, uint32_t difference)
{
	return domain->level == DOMAIN_NUMA && tasks <= domain->group / 8 && difference <= 2;
}

/* First CPU of the group that has `cpu`. */
static inline uint32_t domain_group_of(const struct domain *domain, uint32_t cpu)
{
	return cpu - (cpu - domain->first) % domain->group;
}
