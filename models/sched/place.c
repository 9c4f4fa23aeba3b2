/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * place.c - the lag an entity takes along, and where it comes back; [1] 5, eevdf.md 1.4, 1.8
 */
#include "models/sched/account.h"
#include "models/sched/members.h"
#include "models/sched/steps.h"
#include "models/sched/weight.h"

static int64_t lag_limit(const struct fair_queue *queue, const struct fair_entity *entity)
{
	const struct fair *fair = queue->rq->fair;
	uint64_t limit;

	if (fair->features.lag_limit == LAG_LIMIT_LONGEST_SLICE)
		limit = queue_longest(queue) + fair->tick;
	else
		limit = entity->slice * 2 > fair->tick ? entity->slice * 2 : fair->tick;
	return entity_scaled(entity, (int64_t)limit);
}

/* L = V - v, within the limit. */
int64_t eevdf_lag(struct fair_queue *queue, const struct fair_entity *entity, int64_t average)
{
	int64_t lag = average - entity->vruntime;
	int64_t limit = lag_limit(queue, entity);

	return lag > limit ? limit : lag < -limit ? -limit : lag;
}

bool eevdf_save_lag(struct fair_queue *queue, struct fair_entity *entity)
{
	const struct fair_features *features = features_of(queue);
	int64_t lag = eevdf_lag(queue, entity, average_used(queue, queue_sums(queue)));
	int64_t saved = entity->shared;

	/* A sleeper pays back while it is delayed; it does not earn. eevdf.md 1.4 */
	if (entity->delayed && features->delayed_lag) {
		lag = lag < saved ? saved : lag;
		if (features->delay_zero && lag > 0)
			lag = 0;
	}
	set_lag(entity, lag);
	return lag != saved;
}

/* Behind the average by so much that the lag is the saved one once the entity counts itself; E7. */
static int64_t inflated(const struct fair_entity *entity, int64_t load)
{
	int64_t lag = entity->shared, own = entity->load;

	/* full weights are a thousand times larger */
	if (entity->full_load)
		return (int64_t)((__int128)lag * (load + own) / load);
	return (int64_t)((uint64_t)lag * (uint64_t)(load + own)) / load;
}

void eevdf_place(struct fair_queue *queue, struct fair_entity *entity, bool initial)
{
	const struct fair_features *features = features_of(queue);
	struct sums sums = queue_sums(queue);
	int64_t vruntime = average_used(queue, sums);
	int64_t request;

	if (!entity->custom)
		entity->slice = queue->rq->fair->base_slice;
	if (features->place_lag && queue->nr_queued > 0 && entity->shared)
		vruntime -= inflated(entity, sums.load);
	entity->vruntime = vruntime;
	if (entity->relative &&
	    (features->place_rel_deadline || !features->relative_needs_feature)) {
		entity->deadline += vruntime;
		entity->relative = false;
		return;
	}
	request = entity_scaled(entity, (int64_t)entity->slice);
	if (features->place_deadline_initial && initial)
		request /= 2;
	entity->deadline = vruntime + request;
}
