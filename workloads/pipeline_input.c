/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pipeline_input.c - the input of a pass: its chunks, which of them are duplicates, what they cost
 *
 * All passes of a VM read the same input, as they do in reality; sizes and duplicates are drawn
 * once. Costs are scaled to the total of this input, so that every pass takes exactly the CPU time
 * that the profile says.
 */
#include "sim/engine/random.h"
#include "workloads/instance.h"
#include "workloads/pipeline.h"

#define PPM UINT64_C(1000000)
#define COST_BITS 20 /* pipeline.h: cost */
/* Estimated: content-defined cuts make sizes nearly geometric; 40 means fit in 16 bits. */
#define WEIGHT_LEAST 100
#define WEIGHT_MEAN_ABOVE 900

void pipeline_input_draw(struct pipeline *pipeline, uint64_t seed, uint32_t vm)
{
	uint64_t duplicates = pipeline->chunks * pipeline->params.duplicates / PPM;
	struct random random;

	random_init(&random, seed, "workload.pipeline", instance_stream(vm, 0), "input");
	for (uint32_t i = 0; i < pipeline->chunks; i++) {
		struct chunk *chunk = &pipeline->chunk[i];

		chunk->weight =
			(uint16_t)(WEIGHT_LEAST + random_exponential(&random, WEIGHT_MEAN_ABOVE));
		/* Selection sampling: exactly so many, any set of them equally likely. */
		chunk->duplicate = random_below(&random, pipeline->chunks - i) < duplicates;
		duplicates -= chunk->duplicate;
	}
}

void pipeline_input_cost(struct pipeline *pipeline)
{
	const struct pipeline_params *params = &pipeline->params;
	uint64_t share[STAGES] = {
		[STAGE_MAIN] = params->share_main,
		[STAGE_FRAGMENT] = params->share_fragment,
		[STAGE_REFINE] = params->share_refine,
		[STAGE_DEDUPLICATE] = params->share_deduplicate,
		[STAGE_REORDER] = params->share_reorder,
	};
	uint64_t total = 0, unique = 0;

	for (uint32_t i = 0; i < pipeline->chunks; i++) {
		total += pipeline->chunk[i].weight;
		if (!pipeline->chunk[i].duplicate)
			unique += pipeline->chunk[i].weight;
	}
	share[STAGE_COMPRESS] = PPM;
	for (int stage = 0; stage < STAGES; stage++)
		if (stage != STAGE_COMPRESS)
			share[STAGE_COMPRESS] -= share[stage];
	/* Both products fit: 1e12 * 1e6 and 1e12 * 2^20 are below 2^60. */
	for (int stage = 0; stage < STAGES; stage++) {
		uint64_t work = params->work_cpu * share[stage] / PPM;

		pipeline->cost[stage] =
			(work << COST_BITS) / (stage == STAGE_COMPRESS ? unique : total);
	}
	pipeline->main_cost = params->work_cpu * params->share_main / PPM;
}

uint64_t pipeline_cost(const struct pipeline *pipeline, enum stage stage, uint32_t chunk)
{
	return (pipeline->chunk[chunk].weight * pipeline->cost[stage]) >> COST_BITS;
}

uint32_t pipeline_coarse_start(const struct pipeline *pipeline, uint32_t coarse)
{
	uint64_t start = coarse * pipeline->params.coarse_chunks;

	return start < pipeline->chunks ? (uint32_t)start : pipeline->chunks;
}
