/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cfs_slice.c - the arithmetic of CFS: virtual time, slices, tunables; cfs.md 1.1, 1.2, 1.5
 *
 * A rounded inverse makes 24 ms of two equal tasks 11 999 994 ns each, not 12 ms, and the strict
 * comparison of the tick depends on it: E2, E6.
 */
#include "models/sched/cfs.h"
#include "models/sched/sums.h"
#include "models/sched/versions.h"
#include "models/sched/weight.h"

#define NICE0_LOAD 1024

/* Unscaled, ns, and the number of tasks; sched_latency and so on, 1.1. */
#define LATENCY 6000000
#define MIN_GRANULARITY 750000
#define WAKEUP_GRANULARITY 1000000
#define NR_LATENCY 8
#define IDLE_MIN_GRANULARITY 750000

/* The weight as products and inverses count it. */
static uint64_t load_of(const struct cfs_rules *rules, int64_t weight)
{
	return rules->least_weight ? (uint64_t)weight_load(weight) : (uint64_t)weight >> 10;
}

static uint32_t inverse_of(uint64_t load)
{
	return load ? (uint32_t)(UINT32_MAX / load) : UINT32_MAX;
}

static uint64_t nearest(uint64_t value, int shift)
{
	return (value + (UINT64_C(1) << (shift - 1))) >> shift;
}

/* About ns * load * inverse / 2^32, before the factor got 64 bits. */
static uint64_t product_nearest(uint64_t ns, uint64_t load, uint32_t inverse)
{
	uint64_t product = ns * load;

	if (product > UINT32_MAX)
		return nearest(nearest(product, 16) * inverse, 16);
	return nearest(product * inverse, 32);
}

static uint64_t product(const struct cfs_rules *rules, uint64_t ns, uint64_t load, uint32_t inverse)
{
	uint64_t factor = load;
	int shift = 32;

	if (!rules->truncate)
		return product_nearest(ns, load, inverse);
	for (; factor >> 32; shift--)
		factor >>= 1;
	for (factor *= inverse; factor >> 32; shift--)
		factor >>= 1;
	return (uint64_t)(((unsigned __int128)ns * factor) >> shift);
}

int64_t cfs_virtual(const struct fair_entity *entity, uint64_t ns)
{
	const struct cfs_rules *rules = &features_of(entity->queue)->cfs;

	if (entity->weight == FAIR_WEIGHT_NICE0)
		return (int64_t)ns;
	if (!rules->truncate)
		return (int64_t)product_nearest(ns, NICE0_LOAD, entity_inverse(entity));
	/* the inverse of a group that has no weight on the coarse scale */
	if (!rules->least_weight && entity->weight >> 10 < 2)
		return (int64_t)product(rules, ns, NICE0_LOAD, UINT32_MAX);
	return entity_scaled(entity, (int64_t)ns);
}

int64_t cfs_gran(const struct fair_entity *entity)
{
	return cfs_virtual(entity, entity->queue->rq->fair->cfs.wakeup_granularity);
}

static uint64_t least_slice(const struct fair_queue *queue, const struct fair_entity *entity)
{
	bool others = queue->h_nr_idle < queue->h_nr_queued;

	if (features_of(queue)->cfs.idle_kind && entity->idle && others)
		return IDLE_MIN_GRANULARITY;
	return queue->rq->fair->cfs.min_granularity;
}

uint64_t cfs_slice(const struct fair_queue *queue, const struct fair_entity *entity)
{
	const struct cfs_tunables *tunables = &queue->rq->fair->cfs;
	const struct cfs_rules *rules = &features_of(queue)->cfs;
	uint64_t tasks = rules->alt_period ? queue->rq->root.h_nr_queued : queue->nr_queued;
	uint64_t slice = tunables->latency;

	tasks += !entity->queued;
	if (tasks > tunables->nr_latency)
		slice = tasks * tunables->min_granularity;
	for (const struct fair_entity *at = entity; at; at = at->parent) {
		int64_t weight = at->queue->weight + (at->queued ? 0 : at->weight);

		slice = product(rules, slice, load_of(rules, at->weight),
				inverse_of(load_of(rules, weight)));
	}
	if (rules->base_slice && slice < least_slice(queue, entity))
		slice = least_slice(queue, entity);
	return slice;
}

struct cfs_tunables fair_cfs_tunables(const struct fair_features *features, uint32_t cpus,
				      const struct cfs_tunables *written)
{
	uint64_t factor = fair_cpu_factor(cpus);
	struct cfs_tunables tunables = {
		.latency = LATENCY * factor,
		.min_granularity = MIN_GRANULARITY * factor,
		.wakeup_granularity = WAKEUP_GRANULARITY * factor,
		.nr_latency = NR_LATENCY,
	};

	if (written->latency)
		tunables.latency = written->latency;
	if (written->min_granularity)
		tunables.min_granularity = written->min_granularity;
	if (written->wakeup_granularity)
		tunables.wakeup_granularity = written->wakeup_granularity;
	if (features->cfs.sysctl)
		tunables.nr_latency = (tunables.latency + tunables.min_granularity - 1) /
				      tunables.min_granularity;
	if (written->nr_latency)
		tunables.nr_latency = written->nr_latency;
	return tunables;
}
