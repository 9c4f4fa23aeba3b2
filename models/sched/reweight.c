/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reweight.c - an entity's weight changes; a group's entity follows its load
 *
 * [1] 5 "reweight" and "regroup", 10.4, 10b.5; eevdf.md 1.9; golden/eevdf-smp 4 for the load of
 * several CPUs, eevdf.md 2.2 for it with load tracking.
 */
#include "models/sched/account.h"
#include "models/sched/algorithm.h"
#include "models/sched/flat.h"
#include "models/sched/hooks.h"
#include "models/sched/members.h"
#include "models/sched/steps.h"
#include "models/sched/track.h"
#include "models/sched/weight.h"

/* value * from / to: the product wraps, the quotient goes toward zero. */
static inline int64_t scale_by(int64_t value, int64_t from, int64_t to)
{
	return (int64_t)((uint64_t)value * (uint64_t)from) / to;
}

void eevdf_add_weight(struct fair_queue *queue, int64_t weight)
{
	track_queue(queue);
	if (queue->group)
		queue->group->total_load +=
			weight_load(queue->weight + weight) - weight_load(queue->weight);
	queue->weight += weight;
}

/* [1] 10b.5: v and d keep their weighted distance from V. */
static void reweight_scale(struct fair_queue *queue, struct fair_entity *entity, int64_t weight)
{
	int64_t old = entity->weight;
	int64_t average;

	eevdf_account(queue);
	average = average_used(queue, queue_sums(queue));
	if (entity != queue->curr)
		queue_remove(queue, entity);
	if (average != entity->vruntime)
		entity->vruntime =
			average - scale_by(eevdf_lag(queue, entity, average), old, weight);
	entity->deadline = average + scale_by(entity->deadline - average, old, weight);
	entity_set_weight(entity, weight);
	eevdf_add_weight(queue, weight - old);
	if (entity != queue->curr)
		queue_insert(queue, entity);
}

static inline int64_t scale_wide(int64_t value, int64_t from, int64_t to)
{
	return (int64_t)((__int128)value * from / to);
}

/* As above; the lag is kept besides, and an open protection ends where it would have. */
static void reweight_keep(struct fair_queue *queue, struct fair_entity *entity, int64_t weight)
{
	bool curr = entity == queue->curr;
	int64_t old = entity->weight, average;

	eevdf_account(queue);
	average = average_used(queue, queue_sums(queue));
	if (!curr)
		queue_remove(queue, entity);
	else if (entity->vruntime < entity->protection)
		set_protection(entity,
			       average + scale_wide(entity->protection - average, old, weight));
	set_lag(entity, scale_wide(eevdf_lag(queue, entity, average), old, weight));
	entity->vruntime = average - entity->shared;
	entity->deadline = average + scale_wide(entity->deadline - average, old, weight);
	entity_set_weight(entity, weight);
	eevdf_add_weight(queue, weight - old);
	if (!curr)
		queue_insert(queue, entity);
}

/* v stays, and V moves; what is left of the request takes as long as before. */
static void reweight_stretch(struct fair_queue *queue, struct fair_entity *entity, int64_t weight)
{
	int64_t old = entity->weight;

	eevdf_account(queue);
	if (entity != queue->curr)
		queue_remove(queue, entity);
	entity->deadline =
		entity->vruntime + scale_by(entity->deadline - entity->vruntime, old, weight);
	entity_set_weight(entity, weight);
	eevdf_add_weight(queue, weight - old);
	if (entity != queue->curr)
		queue_insert(queue, entity);
}

/* Takes it out, scales what it carries, and places it again. */
static void reweight_place(struct fair_queue *queue, struct fair_entity *entity, int64_t weight)
{
	const struct fair_features *features = features_of(queue);
	int64_t old = entity->weight;
	int64_t protection = 0;
	bool keep = false, curr = entity == queue->curr;

	eevdf_account(queue);
	eevdf_save_lag(queue, entity);
	entity->deadline -= entity->vruntime;
	entity->relative = true;
	/* [1] 10.4: x holds the lag by now, so the kernel compares and keeps the wrong number */
	if (features->reweight_keeps_protection && curr && entity->vruntime < entity->protection) {
		keep = true;
		protection = scale_by(entity->protection - entity->vruntime, old, weight);
	}
	queue->nr_queued--;
	if (!curr)
		queue_remove(queue, entity);
	set_lag(entity, scale_by(entity->shared, old, weight));
	entity->deadline = scale_by(entity->deadline, old, weight);
	/* The queue's weight is not read in between, so both halves of its change are one. */
	eevdf_add_weight(queue, weight - old);
	entity_set_weight(entity, weight);
	eevdf_place(queue, entity, false);
	if (!curr)
		queue_insert(queue, entity);
	queue->nr_queued++;
	if (keep)
		set_protection(entity, entity->vruntime + protection);
}

void eevdf_reweight(struct fair_queue *queue, struct fair_entity *entity, int64_t weight)
{
	static void (*const rules[])(struct fair_queue *, struct fair_entity *, int64_t) = {
		[REWEIGHT_PLACE] = reweight_place,
		[REWEIGHT_SCALE] = reweight_scale,
		[REWEIGHT_STRETCH] = reweight_stretch,
		[REWEIGHT_KEEP] = reweight_keep,
	};
	enum fair_reweight rule = features_of(queue)->reweight;

	track_reweight(queue, entity, weight);
	if (entity->queued) {
		rules[rule](queue, entity, weight);
		return;
	}
	set_lag(entity, scale_by(entity->shared, entity->weight, weight));
	if ((rule == REWEIGHT_PLACE || rule == REWEIGHT_KEEP) && entity->relative)
		entity->deadline = scale_by(entity->deadline, entity->weight, weight);
	entity_set_weight(entity, weight);
}

/* Load and total of golden/eevdf-smp 4, or with averages, eevdf.md 2.2. Coarse: cfs.md 3.1. */
static int64_t share_of(const struct fair_group *group, int64_t load, int64_t elsewhere,
			bool coarse)
{
	int64_t weight = group->shares;

	if (elsewhere)
		weight = group->shares * load / (load + elsewhere);
	if (coarse)
		weight = (weight < 2048 ? 2048 : weight) & ~INT64_C(1023);
	return weight < 2 ? 2 : weight > group->shares ? group->shares : weight;
}

/* The part of the group's shares that its load on this CPU earns. */
static int64_t wanted_weight(const struct fair_group *group, struct fair_queue *own)
{
	const struct cfs_rules *cfs = &own->features->cfs;
	bool coarse = is_cfs(own) && !cfs->fine_weights;
	int64_t load = weight_load(own->weight);
	uint64_t elsewhere;

	if (!own->tracks)
		return share_of(group, load, group->total_load - load + group->outside_load,
				coarse);
	elsewhere = group->load_avg - own->published;
	if (!elsewhere)
		return group->shares;
	if (is_cfs(own) && !cfs->average_share)
		return share_of(group, load, (int64_t)elsewhere, coarse);
	track_queue(own);
	if (queue_load_above(own, (uint64_t)load))
		load = (int64_t)pelt_average(&own->pelt, own->pelt.load_sum);
	return share_of(group, load, (int64_t)elsewhere, coarse);
}

void eevdf_follow_load(struct fair_entity *entity)
{
	struct fair_queue *own = entity->own;
	int64_t weight;

	if (!own->weight)
		return;
	if (is_flat(own->rq)) {
		flat_follow((struct fair_group_cpu *)entity);
		return;
	}
	weight = wanted_weight(own->group, own);
	if (weight != entity->weight)
		algorithm_reweight(entity->queue, entity, weight);
}

void eevdf_regroup_upwards(struct fair_entity *entity)
{
	for (; entity; entity = entity->parent)
		eevdf_regroup(entity);
}
