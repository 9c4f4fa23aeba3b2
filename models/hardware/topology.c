/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * topology.c - packages, LLCs, cores and threads of the host
 */
#include "models/hardware/topology.h"

#include "sim/engine/param.h"

#define LEVEL(field, text)                                                                    \
	{                                                                                     \
		.name = #field, .type = PARAM_UINT,                                           \
		.offset = offsetof(struct topology_params, field), .unit = "count", .min = 1, \
		.max = 4096, .meaning = text, .source = "the scenario"                        \
	}

const struct param topology_params_table[] = {
	LEVEL(packages, "packages of the host"),
	LEVEL(llcs, "last-level caches a package"),
	LEVEL(cores, "cores an LLC"),
	LEVEL(threads, "hardware threads a core"),
	{ .name = NULL },
};

uint32_t topology_llc_size(const struct topology_params *topology)
{
	return (uint32_t)(topology->cores * topology->threads);
}

uint32_t topology_pcpus(const struct topology_params *topology)
{
	return (uint32_t)(topology->packages * topology->llcs) * topology_llc_size(topology);
}

bool topology_share_llc(const struct topology_params *topology, uint32_t a, uint32_t b)
{
	uint32_t size = topology_llc_size(topology);

	return a / size == b / size;
}
