/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sums.c - keeps the sums of a queue small
 */
#include "models/sched/sums.h"

/* The origin moves to V; z, from here on a plain number, stays. */
void queue_recentre(struct fair_queue *queue, struct sums sums)
{
	int64_t origin = queue_origin(queue);
	int64_t move = floor_div(sums.weighted, sums.load);

	queue->origin += move;
	queue->sum_weighted -= move * queue->sum_load;
	queue->base_weighted = origin - queue->origin;
	queue->base_load = 1;
}
