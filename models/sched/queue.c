/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * queue.c - an entity joins and leaves its queue; delayed dequeue; [1] 5, eevdf.md 1.10
 */
#include "models/sched/account.h"
#include "models/sched/flat.h"
#include "models/sched/hooks.h"
#include "models/sched/members.h"
#include "models/sched/quota.h"
#include "models/sched/steps.h"
#include "models/sched/track.h"

static void add_runnable(struct fair_entity *entity, uint32_t count)
{
	for (; entity; entity = entity->parent) {
		track_queue(entity->queue);
		entity->queue->h_nr_runnable += count;
		if (entity->queue->cut)
			return;
	}
}

/* Only tasks are counted; an own queue without runnable tasks speaks for a group. */
static void set_delayed(struct fair_entity *entity, bool delayed)
{
	track_entity(entity);
	entity->delayed = delayed;
	if (!entity->own)
		add_runnable(entity, delayed ? UINT32_MAX : 1);
	if (is_flat(entity->queue->rq))
		flat_count_runnable(fair_task_of(entity), delayed ? -1 : 1);
}

/*
 * The running entity itself joins when a newly-idle CPU pulls a task into the group of the one that
 * has just blocked, before it switches: it stays out of the tree, and eevdf.md 1.10 places it first.
 */
void eevdf_join(struct fair_queue *queue, struct fair_entity *entity, bool initial)
{
	bool runs = entity == queue->curr;

	if (runs)
		eevdf_place(queue, entity, initial);
	eevdf_account(queue);
	track_entity(entity);
	track_publish(queue);
	eevdf_regroup(entity);
	if (!runs)
		eevdf_place(queue, entity, initial);
	eevdf_add_weight(queue, entity->weight);
	queue->nr_queued++;
	if (!runs)
		queue_insert(queue, entity);
	entity->queued = true;
	quota_joined(queue);
}

bool eevdf_leave(struct fair_queue *queue, struct fair_entity *entity, struct leave how)
{
	const struct fair_features *features = features_of(queue);

	eevdf_account(queue);
	track_publish(queue);
	if (queue->next == entity)
		eevdf_drop_buddy(entity);
	if (!how.final && features->delay_dequeue && how.sleep && !how.special && !how.throttle &&
	    !sums_eligible(queue, queue_sums(queue), entity->vruntime)) {
		if (features->delayed_lag)
			eevdf_save_lag(queue, entity);
		set_delayed(entity, true);
		return false;
	}
	eevdf_save_lag(queue, entity);
	if (features->place_rel_deadline && !how.sleep) {
		entity->deadline -= entity->vruntime;
		entity->relative = true;
	}
	if (entity != queue->curr)
		queue_remove(queue, entity);
	track_entity(entity);
	entity->queued = false;
	eevdf_add_weight(queue, -entity->weight);
	queue->nr_queued--;
	quota_left(queue);
	eevdf_regroup(entity);
	if (how.final) {
		set_delayed(entity, false);
		if (features->delay_zero && entity->shared > 0)
			set_lag(entity, 0);
	}
	return true;
}

/* Must it be placed anew? Leaves the lag for that. */
static bool lag_is_over(struct fair_queue *queue, struct fair_entity *entity)
{
	const struct fair_features *features = features_of(queue);

	if (features->delayed_lag)
		return eevdf_save_lag(queue, entity);
	if (!features->delay_zero)
		return false;
	eevdf_save_lag(queue, entity);
	if (entity->shared <= 0)
		return false;
	set_lag(entity, 0);
	return true;
}

void eevdf_revive(struct fair_queue *queue, struct fair_entity *entity)
{
	if (lag_is_over(queue, entity)) {
		queue->nr_queued--;
		if (entity != queue->curr)
			queue_remove(queue, entity);
		eevdf_place(queue, entity, false);
		if (entity != queue->curr)
			queue_insert(queue, entity);
		queue->nr_queued++;
	}
	set_delayed(entity, false);
}
