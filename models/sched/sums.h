/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sums.h - the sums over a queue, its average V and who is eligible; [1] 4
 *
 * V = origin + floor(weighted / load) over the tree and the queued running entity. The sums stand
 * relative to an origin only to stay small. [z] is kept as the fraction that V was when z last
 * moved: then a pick needs no division at all. While the origin is near V a sum fits 64 bits: the
 * parts of it cancel out at V.
 */
#pragma once

#include <stddef.h>

#include "models/sched/entity.h"
#include "models/sched/fair.h"
#include "models/sched/queue.h"

struct sums {
	int64_t load, weighted;
};

static inline int64_t floor_div(int64_t numerator, int64_t denominator)
{
	int64_t quotient = numerator / denominator;

	return quotient - (numerator % denominator < 0);
}

static inline struct fair_entity *running(const struct fair_queue *queue)
{
	struct fair_entity *curr = queue->curr;

	return curr && curr->queued ? curr : NULL;
}

static inline struct sums queue_sums(const struct fair_queue *queue)
{
	struct sums sums = { queue->sum_load, queue->sum_weighted };
	const struct fair_entity *curr = running(queue);

	if (curr) {
		sums.load += curr->load;
		sums.weighted += curr->load * (curr->vruntime - queue->origin);
	}
	return sums;
}

/* Exact, without division: v <= V. */
static inline bool sums_eligible(const struct fair_queue *queue, struct sums sums, int64_t vruntime)
{
	return sums.weighted >= (__int128)(vruntime - queue->origin) * sums.load;
}

/* z */
static inline int64_t queue_origin(const struct fair_queue *queue)
{
	return queue->origin + floor_div(queue->base_weighted, queue->base_load);
}

static inline int64_t sums_average(const struct fair_queue *queue, struct sums sums)
{
	if (!sums.load)
		return queue_origin(queue);
	return queue->origin + floor_div(sums.weighted, sums.load);
}

/* Moves the origin to V when the sums have grown large. */
void queue_recentre(struct fair_queue *queue, struct sums sums);
/*
 * Moves the origin to where V will be with that entity in the tree. With full weights a heavy one
 * that joins very light ones is placed seconds away from them (eevdf.md 1.8, the inflated lag).
 */
void queue_approach(struct fair_queue *queue, const struct fair_entity *entity);

/* z := V. The sums given are stale afterwards: the origin may have moved. */
static inline void origin_to_average(struct fair_queue *queue, struct sums sums)
{
	const int64_t large = sums.load << 28;

	if (!sums.load)
		return;
	queue->base_weighted = sums.weighted;
	queue->base_load = sums.load;
	if (__builtin_expect(sums.weighted > large || sums.weighted < -large, 0))
		queue_recentre(queue, sums);
}

static inline const struct fair_features *features_of(const struct fair_queue *queue)
{
	return queue->features;
}

/* V as lag, place and reweight use it: some kernels move z on that occasion. */
static inline int64_t average_used(struct fair_queue *queue, struct sums sums)
{
	int64_t average = sums_average(queue, sums);

	if (features_of(queue)->origin != ORIGIN_AT_TREE_CHANGE)
		origin_to_average(queue, sums);
	return average;
}
