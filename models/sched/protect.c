/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * protect.c - how long a running entity is safe from a pick; [1] 6 and 10b.2, eevdf.md 1.11
 */
#include "models/sched/account.h"
#include "models/sched/hooks.h"
#include "models/sched/members.h"
#include "models/sched/steps.h"
#include "models/sched/weight.h"

/* The entity is out of the tree and not yet the running one. */
void eevdf_protect(struct fair_queue *queue, struct fair_entity *entity)
{
	const struct fair *fair = queue->rq->fair;
	int64_t limit;

	limit = entity->deadline;
	if (fair->features.protection == PROTECT_UNTIL_LIMIT) {
		uint64_t shortest = fair->features.run_to_parity ? queue_shortest(queue)
								 : fair->norm_slice;

		if (shortest < entity->slice) {
			bool eligible = fair->features.protect_eligible &&
					fair->features.preempt_short;
			/* V without the entity: beyond it, it is ineligible */
			int64_t cut = eligible ? sums_average(queue, queue_sums(queue)) + 1
					       : entity->vruntime +
							 entity_scaled(entity, (int64_t)shortest);

			limit = cut < limit ? cut : limit;
		}
	}
	set_protection(entity, limit);
}

/* After a wake-up that did not preempt: no longer than the shortest slice from here. */
void eevdf_limit_protection(struct fair_queue *queue, struct fair_entity *entity)
{
	int64_t from = entity->vruntime;
	int64_t limit;

	if (features_of(queue)->protect_eligible) {
		int64_t average = sums_average(queue, queue_sums(queue));

		from = average < from ? average : from;
	}
	limit = from + entity_scaled(entity, (int64_t)queue_shortest(queue));

	if (limit < entity->protection)
		set_protection(entity, limit);
}

void fair_entity_unprotect(struct fair_entity *entity)
{
	if (features_of(entity->queue)->protection == PROTECT_UNTIL_DEADLINE) {
		if (entity->protection == entity->deadline)
			set_protection(entity, entity->deadline + 1);
	} else if (entity->vruntime < entity->protection) {
		set_protection(entity, entity->vruntime);
	}
}
