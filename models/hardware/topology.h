/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * topology.h - which pCPUs share what
 *
 * pCPUs are numbered so that the threads of a core, the cores of an LLC and the LLCs of a package
 * are neighbours.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "sim/engine/param.h"

struct topology_params {
	uint64_t packages, llcs, cores, threads; /* llcs a package, cores an LLC, threads a core */
};

extern const struct param topology_params_table[];

uint32_t topology_pcpus(const struct topology_params *topology);
bool topology_share_llc(const struct topology_params *topology, uint32_t a, uint32_t b);
uint32_t topology_llc_size(const struct topology_params *topology);
