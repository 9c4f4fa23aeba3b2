/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * domain.c - domains from the topology
 */
#include "models/kernel/domain.h"

#include "models/hardware/topology.h"
#include "models/kernel/balance_rules.h"

/* Percent by which a group must be busier than the local one, eevdf.md 4.1. */
#define PCT_SMT 110
#define PCT_LLC 117

static uint32_t imbalance_pct(enum domain_level level, const struct balance_rules *rules)
{
	switch (level) {
	case DOMAIN_SMT:
		return PCT_SMT;
	case DOMAIN_LLC:
		return PCT_LLC;
	default:
		return rules->imbalance_pct;
	}
}

static struct domain make(enum domain_level level, uint32_t span, uint32_t group, uint32_t cpu,
			  const struct balance_rules *rules)
{
	return (struct domain){
		.level = level,
		.first = cpu - cpu % span,
		.span = span,
		.group = group,
		.prefer_sibling = group > 1,
		.imbalance_pct = imbalance_pct(level, rules),
		.cache_nice_tries = level == DOMAIN_SMT	   ? 0
				    : level == DOMAIN_NUMA ? 2
							   : 1,
		.interval = span,
		.newidle_calls = 512,
		.newidle_successes = 256,
		.newidle_ratio = 512,
	};
}

void domains_init(struct domains *domains, const struct topology_params *topology,
		  const struct balance_rules *rules, uint32_t cpu)
{
	uint32_t llc = topology_llc_size(topology);
	uint32_t package = llc * (uint32_t)topology->llcs;
	const uint32_t spans[DOMAIN_LEVELS] = {
		[DOMAIN_SMT] = (uint32_t)topology->threads,
		[DOMAIN_LLC] = llc,
		[DOMAIN_PACKAGE] = package,
		[DOMAIN_NUMA] = package * (uint32_t)topology->packages,
	};
	uint32_t below = 1;

	domains->levels = 0;
	for (enum domain_level level = DOMAIN_SMT; level < DOMAIN_LEVELS; level++) {
		if (spans[level] == below)
			continue;
		domains->domain[domains->levels++] = make(level, spans[level], below, cpu, rules);
		below = spans[level];
	}
}
