/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cfs.c - CFS's charge, its pick, and what it does as a task gets and loses the CPU; cfs.md 1.4,
 * 1.8, 1.10
 */
#include "models/sched/cfs.h"

#include "models/sched/quota.h"
#include "models/sched/steps.h"
#include "models/sched/sums.h"
#include "models/sched/track.h"
#include "models/sched/tree.h"

void cfs_advance(struct fair_queue *queue)
{
	const struct fair_entity *curr = queue->curr, *first = queue->first;
	int64_t least;

	if (curr && !curr->queued && features_of(queue)->cfs.leaver_released)
		curr = NULL;
	if (!curr && !first)
		return;
	least = !curr || (first && first->vruntime < curr->vruntime) ? first->vruntime
								     : curr->vruntime;
	if (least > queue->min_vruntime)
		queue->min_vruntime = least;
}

void cfs_charge(struct fair_queue *queue)
{
	struct fair_entity *curr = queue->curr;
	uint64_t clock = queue->rq->clock, ran;

	if (!curr || (int64_t)(clock - curr->start) <= 0)
		return;
	ran = clock - curr->start;
	curr->exec += ran;
	curr->vruntime += cfs_virtual(curr, ran);
	curr->start = clock;
	cfs_advance(queue);
	quota_charge(queue, (int64_t)ran);
}

struct contest {
	struct fair_entity *curr, *left;
	int64_t vruntime; /* of curr */
	int64_t limit;	  /* largest v that may be taken */
};

static bool within(const struct contest *contest, const struct fair_entity *entity)
{
	int64_t vruntime = entity == contest->curr ? contest->vruntime : entity->vruntime;

	return vruntime <= contest->limit;
}

/* Of the running entity and one of the tree, either may be NULL: who is first? */
static struct fair_entity *first_of(const struct contest *contest, struct fair_entity *waits)
{
	if (!waits || (contest->curr && contest->vruntime < waits->vruntime))
		return contest->curr;
	return waits;
}

/* Whom to take instead of the leftmost, which gave its turn away. */
static struct fair_entity *second(const struct fair_queue *queue, const struct contest *contest)
{
	struct fair_entity *found = queue->first;

	if (contest->left != contest->curr)
		found = first_of(contest, tree_next(contest->left));
	return found && within(contest, found) ? found : contest->left;
}

struct fair_entity *cfs_choose(const struct fair_queue *queue, struct fair_entity *curr,
			       int64_t vruntime)
{
	struct contest contest = { .curr = curr, .vruntime = vruntime };
	struct fair_entity *left = first_of(&contest, queue->first);

	if (queue->nr_queued == 1)
		return left;
	contest.left = left;
	contest.limit = (left == curr ? vruntime : left->vruntime) + cfs_gran(left);
	if (queue->next && (within(&contest, queue->next) || queue->rq->honour_buddy))
		return queue->next;
	if (queue->preempted && within(&contest, queue->preempted))
		return queue->preempted;
	return queue->skip == left ? second(queue, &contest) : left;
}

struct fair_task *cfs_pick(struct fair_rq *rq)
{
	struct fair_queue *queue = &rq->root;

	while (rq->root.nr_queued) {
		struct fair_entity *curr = running(queue);
		struct fair_entity *entity;

		if (curr)
			cfs_charge(queue);
		if (quota_exhausted(queue) && queue->cut) {
			queue = &rq->root;
			continue;
		}
		entity = cfs_choose(queue, curr, curr ? curr->vruntime : 0);
		if (!features_of(queue)->cfs.clear_at_take)
			cfs_drop_marks(entity);
		if (!entity->own)
			return fair_task_of(entity);
		queue = entity->own;
	}
	return NULL;
}

void cfs_put_back(struct fair_queue *queue, struct fair_entity *entity)
{
	if (entity->queued)
		cfs_charge(queue);
	quota_exhausted(queue);
	if (entity->queued)
		cfs_insert(queue, entity);
	track_running(entity);
	queue->curr = NULL;
}

void cfs_take(struct fair_queue *queue, struct fair_entity *entity)
{
	if (features_of(queue)->cfs.clear_at_take)
		cfs_drop_marks(entity);
	if (entity->queued)
		cfs_remove(queue, entity);
	track_running(entity);
	track_publish(queue);
	entity->start = queue->rq->clock;
	entity->taken = entity->exec;
	queue->curr = entity;
}
