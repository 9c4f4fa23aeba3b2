/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hrtick.c - when should a timer of its own end the running task's slice? eevdf.md 1.6
 *
 * Only the task's entity is asked, so slices of groups go on ending at ticks.
 */
#include "models/sched/fair.h"

/* A shorter delay than this is no use. eevdf.md 1.6 */
#define SHORTEST_NS 10000

uint64_t fair_hrtick_delay(struct fair_rq *rq)
{
	const struct fair_features *features = &rq->fair->features;
	const struct fair_entity *entity;
	int64_t left;

	rq->hrtick_asked = false;
	if (!features->hrtick || !rq->curr || rq->root.h_nr_queued < 2)
		return 0;
	entity = &rq->curr->entity;
	if (features->hrtick_rule == HRTICK_UNTIL_DEADLINE)
		left = (int64_t)((__int128)(entity->deadline - entity->vruntime) * entity->weight /
				 FAIR_WEIGHT_NICE0);
	else
		left = (int64_t)(entity->slice - (entity->exec - rq->curr_exec));
	return left < SHORTEST_NS ? SHORTEST_NS : (uint64_t)left;
}
