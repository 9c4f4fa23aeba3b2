/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cfs_queue.c - an entity joins and leaves a CFS queue: placement, relative v; cfs.md 1.6, 1.7
 */
#include "models/sched/cfs.h"
#include "models/sched/quota.h"
#include "models/sched/steps.h"
#include "models/sched/sums.h"
#include "models/sched/track.h"
#include "models/sched/tree.h"
#include "models/sched/weight.h"

void cfs_insert(struct fair_queue *queue, struct fair_entity *entity)
{
	entity->deadline = entity->vruntime;
	tree_insert(queue, entity);
	entity->waiting = true;
}

void cfs_remove(struct fair_queue *queue, struct fair_entity *entity)
{
	tree_remove(queue, entity);
	entity->waiting = false;
}

/* Behind all by one slice. The parent is taken to run on this queue. */
static void place_new(struct fair_queue *queue, struct fair_entity *entity)
{
	int64_t least = queue->min_vruntime;

	if (features_of(queue)->cfs.start_debit)
		least += cfs_virtual(entity, cfs_slice(queue, entity));
	entity->relative = false;
	entity->vruntime = queue->curr && queue->curr->vruntime > least ? queue->curr->vruntime
									: least;
}

/* At most so far ahead of the others; a short sleep changes nothing. */
static void place_woken(struct fair_queue *queue, struct fair_entity *entity)
{
	const struct cfs_rules *rules = &features_of(queue)->cfs;
	const struct cfs_tunables *tunables = &queue->rq->fair->cfs;
	uint64_t credit = rules->idle_kind && entity->idle ? tunables->min_granularity
							   : tunables->latency;
	int64_t least = queue->min_vruntime - (int64_t)(credit >> rules->gentle_fair_sleepers);

	if (entity->vruntime < least)
		entity->vruntime = least;
}

static void make_absolute(struct fair_queue *queue, struct fair_entity *entity)
{
	if (!entity->relative)
		return;
	entity->vruntime += queue->min_vruntime;
	entity->relative = false;
}

/* A group always wakes up: 1.7, walks. */
void cfs_join(struct fair_queue *queue, struct fair_entity *entity, bool wakeup, bool initial)
{
	bool runs = entity == queue->curr;

	if (!initial && (runs || !features_of(queue)->cfs.charge_before_shift))
		make_absolute(queue, entity);
	cfs_charge(queue);
	if (initial)
		place_new(queue, entity);
	else
		make_absolute(queue, entity);
	track_entity(entity);
	track_publish(queue);
	eevdf_regroup(entity);
	eevdf_add_weight(queue, entity->weight);
	queue->nr_queued++;
	if (wakeup || entity->own)
		place_woken(queue, entity);
	if (!runs)
		cfs_insert(queue, entity);
	entity->queued = true;
	quota_joined(queue);
}

void cfs_leave(struct fair_queue *queue, struct fair_entity *entity, struct leave how)
{
	cfs_charge(queue);
	track_publish(queue);
	cfs_drop_marks(entity);
	if (entity != queue->curr)
		cfs_remove(queue, entity);
	track_entity(entity);
	entity->queued = false;
	eevdf_add_weight(queue, -entity->weight);
	queue->nr_queued--;
	quota_left(queue);
	if (!how.sleep)
		cfs_detach(entity);
	eevdf_regroup(entity);
	cfs_advance(queue);
}

void cfs_detach(struct fair_entity *entity)
{
	if (entity->queued || entity->relative)
		return;
	entity->vruntime -= entity->queue->min_vruntime;
	entity->relative = true;
}

/* v stays, 1.7: an old lead or lag is worth another time from now on. */
void cfs_reweight(struct fair_queue *queue, struct fair_entity *entity, int64_t weight)
{
	track_reweight(queue, entity, weight);
	if (entity->queued) {
		if (queue->curr == entity)
			cfs_charge(queue);
		eevdf_add_weight(queue, weight - entity->weight);
	}
	entity_set_weight(entity, weight);
}

void cfs_set(struct fair_entity *entity, int64_t vruntime)
{
	bool waiting = entity->waiting;

	if (waiting)
		cfs_remove(entity->queue, entity);
	entity->vruntime = vruntime;
	if (waiting)
		cfs_insert(entity->queue, entity);
}
