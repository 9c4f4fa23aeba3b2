/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sums.c - keeps the sums of a queue small
 */
#include "models/sched/sums.h"

/* z, from here on a plain number, stays. Between, a sum may be too large: it wraps, and back. */
static void move_origin(struct fair_queue *queue, int64_t move)
{
	int64_t origin = queue_origin(queue);

	queue->origin += move;
	queue->sum_weighted = (int64_t)((uint64_t)queue->sum_weighted -
					(uint64_t)move * (uint64_t)queue->sum_load);
	queue->base_weighted = origin - queue->origin;
	queue->base_load = 1;
}

void queue_recentre(struct fair_queue *queue, struct sums sums)
{
	move_origin(queue, floor_div(sums.weighted, sums.load));
}

void queue_approach(struct fair_queue *queue, const struct fair_entity *entity)
{
	const int64_t near = INT64_C(1) << 30;
	int64_t away = entity->vruntime - queue->origin;
	struct sums sums = queue_sums(queue);

	if (away < near && away > -near)
		return;
	move_origin(queue, (int64_t)((sums.weighted + (__int128)entity->load * away) /
				     (sums.load + entity->load)));
}
