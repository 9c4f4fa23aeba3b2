/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * members.h - an entity enters and leaves a queue's tree and sums; the slices of all members
 *
 * Only files of models/sched include this.
 */
#pragma once

#include "models/sched/sums.h"
#include "models/sched/tree.h"

static inline void queue_insert(struct fair_queue *queue, struct fair_entity *entity)
{
	tree_insert(queue, entity);
	if (entity->full_load)
		queue_approach(queue, entity);
	entity->waiting = true;
	queue->sum_load += entity->load;
	queue->sum_weighted += entity->load * (entity->vruntime - queue->origin);
	if (features_of(queue)->origin == ORIGIN_AT_TREE_CHANGE)
		origin_to_average(queue, queue_sums(queue));
}

static inline void queue_remove(struct fair_queue *queue, struct fair_entity *entity)
{
	tree_remove(queue, entity);
	entity->waiting = false;
	queue->sum_load -= entity->load;
	queue->sum_weighted -= entity->load * (entity->vruntime - queue->origin);
	if (features_of(queue)->origin == ORIGIN_AT_TREE_CHANGE)
		origin_to_average(queue, queue_sums(queue));
}

/* Shortest slice of all queued entities, UINT64_MAX without any. */
static inline uint64_t queue_shortest(const struct fair_queue *queue)
{
	const struct fair_entity *curr = running(queue);
	uint64_t shortest = queue->root ? queue->root->min_slice : UINT64_MAX;

	return curr && curr->slice < shortest ? curr->slice : shortest;
}

static inline uint64_t queue_longest(const struct fair_queue *queue)
{
	const struct fair_entity *curr = running(queue);
	uint64_t longest = queue->root ? queue->root->max_slice : 0;

	return curr && curr->slice > longest ? curr->slice : longest;
}
