/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * track.c - averages move with tasks and weights, up the tree, and are published to the groups
 *
 * eevdf.md 2.2, 3. Averages of one CPU are in phase, so that parts add up as sums.
 */
#include "models/sched/track.h"

#include <glib.h>

#include "models/sched/flat.h"
#include "models/sched/load.h"

static void add_signed(uint64_t *sum, int64_t change)
{
	if (change < 0)
		pelt_subtract(sum, (uint64_t)-change);
	else
		*sum += (uint64_t)change;
}

/*
 * Tasks that have been runnable for `change` units more (fewer) have come to (left) a group's queue:
 * its entity has been, too. How much their times overlapped nobody knows; the kernel caps the sum,
 * and takes a task that leaves as the average of those that stay.
 */
static void propagate_load(struct fair_entity *entity, int64_t change)
{
	for (; entity; entity = entity->parent) {
		const struct fair_queue *own = entity->own;
		struct pelt *pelt = &entity->pelt;
		uint64_t before, after;

		track_queue(entity->queue);
		track_entity(entity);
		before = pelt->load_sum;
		if (change >= 0)
			after = MIN(before + (uint64_t)change, pelt_divider(pelt));
		else if (own->weight)
			after = MIN(before,
				    own->pelt.load_sum / (uint64_t)weight_load(own->weight));
		else
			after = MIN(before, own->pelt.runnable_sum >> PELT_SCALE_SHIFT);
		pelt->load_sum = after;
		add_signed(&entity->queue->pelt.load_sum,
			   weight_load(entity->weight) * ((int64_t)after - (int64_t)before));
	}
}

static void list(struct fair_queue *queue)
{
	if (queue->listed || !queue->group)
		return;
	queue->listed = true;
	queue->next_loaded = queue->rq->loaded;
	queue->rq->loaded = queue;
}

static uint64_t rescaled(uint64_t sum, uint64_t to, uint64_t from)
{
	return sum * to / from;
}

/* A new task: full load; eevdf.md 3. The share of the CPU that it may get, at most half the spare
 * one, is guessed from what others get for their load. */
static void first_averages(struct fair_task *task)
{
	const struct fair_rq *rq = task->rq;
	const struct fair_queue *queue = task->entity.queue;
	struct pelt *pelt = &task->entity.pelt;
	uint64_t util = fair_rq_util(rq), load = fair_rq_load(rq);
	uint64_t spare = util < 1024 ? (1024 - util) / 2 : 0;

	if (util && queue->pelt.load_sum)
		util = MIN(util * (uint64_t)weight_load(task->entity.weight) / (load + 1), spare);
	else
		util = spare;
	pelt->updated = queue->pelt.updated;
	pelt->load_sum = pelt_divider(pelt);
	pelt->util_sum = pelt->runnable_sum = util * pelt_divider(pelt);
}

/* With one queue a CPU: the groups' queues, which the task's entity does not pass. */
static void attach_flat(const struct fair_task *task)
{
	const struct pelt *pelt = &task->entity.pelt;

	for (struct fair_group *group = task->group; group; group = group->parent) {
		struct fair_queue *queue = &group->cpu[task->rq->cpu].queue;

		track_queue(queue);
		list(queue);
		if (group == task->group)
			queue->pelt.load_sum +=
				(uint64_t)weight_load(task_weight(task)) * pelt->load_sum;
		queue->pelt.runnable_sum += pelt->runnable_sum;
		track_publish(queue);
	}
}

static void detach_flat(const struct fair_task *task)
{
	const struct pelt *pelt = &task->entity.pelt;

	for (struct fair_group *group = task->group; group; group = group->parent) {
		struct fair_queue *queue = &group->cpu[task->rq->cpu].queue;

		track_queue(queue);
		if (group == task->group)
			pelt_subtract(&queue->pelt.load_sum,
				      (uint64_t)weight_load(task_weight(task)) * pelt->load_sum);
		pelt_subtract(&queue->pelt.runnable_sum, pelt->runnable_sum);
		track_publish(queue);
	}
}

void track_attach(struct fair_task *task)
{
	struct fair_entity *entity = &task->entity, *level;
	struct pelt *pelt = &entity->pelt;

	if (!task->rq->fair->track_load)
		return;
	for (level = entity; level; level = level->parent) {
		track_queue(level->queue);
		list(level->queue);
	}
	if (!task->attached) {
		first_averages(task);
	} else {
		uint64_t from = pelt_divider(pelt), to = pelt_divider(&entity->queue->pelt);

		pelt->updated = entity->queue->pelt.updated;
		pelt->load_sum = rescaled(pelt->load_sum, to, from);
		pelt->runnable_sum = rescaled(pelt->runnable_sum, to, from);
		pelt->util_sum = rescaled(pelt->util_sum, to, from);
	}
	task->attached = true;
	entity->queue->pelt.load_sum += (uint64_t)weight_load(entity->weight) * pelt->load_sum;
	for (level = entity; level; level = level->parent) {
		level->queue->pelt.runnable_sum += pelt->runnable_sum;
		level->queue->pelt.util_sum += pelt->util_sum;
	}
	propagate_load(entity->parent, (int64_t)pelt->load_sum);
	track_publish(entity->queue);
	if (is_flat(task->rq))
		attach_flat(task);
}

void track_detach(struct fair_task *task)
{
	struct fair_entity *entity = &task->entity, *level;
	struct pelt *pelt = &entity->pelt;

	if (!task->attached)
		return;
	track_entity(entity);
	for (level = entity; level; level = level->parent) {
		track_queue(level->queue);
		pelt_subtract(&level->queue->pelt.runnable_sum, pelt->runnable_sum);
		pelt_subtract(&level->queue->pelt.util_sum, pelt->util_sum);
	}
	pelt_subtract(&entity->queue->pelt.load_sum,
		      (uint64_t)weight_load(entity->weight) * pelt->load_sum);
	propagate_load(entity->parent, -(int64_t)pelt->load_sum);
	track_publish(entity->queue);
	if (is_flat(task->rq))
		detach_flat(task);
}

void track_reweight(struct fair_queue *queue, struct fair_entity *entity, int64_t weight)
{
	if (!queue->tracks)
		return;
	track_queue(queue);
	track_entity(entity);
	add_signed(&queue->pelt.load_sum, (weight_load(weight) - weight_load(entity->weight)) *
						  (int64_t)entity->pelt.load_sum);
}

/* eevdf.md 2.2: only a change of more than a 64th is worth the shared memory. */
static bool publish(const struct pelt *pelt, uint64_t sum, uint64_t *published, uint64_t *total)
{
	uint64_t divider = pelt_divider(pelt), margin = *published / 64;

	if (sum < (*published + margin + 1) * divider && sum >= (*published - margin) * divider)
		return false;
	*total -= *published;
	*published = sum / divider;
	*total += *published;
	return true;
}

void track_publish_now(struct fair_queue *queue)
{
	struct fair_group *group = queue->group;
	struct pelt *pelt = &queue->pelt;
	bool told;

	track_queue(queue);
	told = publish(pelt, pelt->load_sum, &queue->published, &group->load_avg);
	if (queue->features->publish_runnable)
		told |= publish(pelt, pelt->runnable_sum, &queue->published_runnable,
				&group->runnable_avg);
	if (told)
		queue->published_at = queue->rq->clock;
}

static bool forgotten(const struct fair_queue *queue)
{
	return !queue->weight && !queue->pelt.load_sum && !queue->pelt.runnable_sum &&
	       !queue->published && !queue->published_runnable;
}

void fair_update_blocked(struct fair_rq *rq, uint64_t now)
{
	struct fair_queue **link = &rq->loaded;

	rq->clock = now;
	while (*link) {
		struct fair_queue *queue = *link;

		track_publish(queue);
		if (forgotten(queue)) {
			*link = queue->next_loaded;
			queue->listed = false;
		} else {
			link = &queue->next_loaded;
		}
	}
}

/* The time since the last update did not pass. */
static void skip(struct pelt *pelt, uint64_t clock)
{
	uint64_t from = pelt_divider(pelt), to;

	if (clock >> PELT_UNIT_SHIFT <= pelt->updated)
		return;
	pelt->updated = clock >> PELT_UNIT_SHIFT;
	to = pelt_divider(pelt);
	pelt->load_sum = rescaled(pelt->load_sum, to, from);
	pelt->runnable_sum = rescaled(pelt->runnable_sum, to, from);
	pelt->util_sum = rescaled(pelt->util_sum, to, from);
}

static void each_in_tree(struct fair_entity *node, void (*visit)(struct fair_entity *))
{
	if (!node)
		return;
	each_in_tree(node->left, visit);
	visit(node);
	each_in_tree(node->right, visit);
}

/* All entities that are queued, or would be but for a quota. */
static void each_member(struct fair_queue *queue, void (*visit)(struct fair_entity *))
{
	each_in_tree(queue->root, visit);
	if (queue->curr)
		visit(queue->curr);
	for (struct fair_task *task = queue->rq->limbo; task; task = task->limbo_next)
		if (task->entity.queue == queue)
			visit(&task->entity);
}

void track_freeze(struct fair_queue *queue)
{
	if (!queue->clocked)
		return;
	track_queue(queue);
	each_member(queue, track_entity);
	queue->clocked = false;
}

static void skip_entity(struct fair_entity *entity)
{
	skip(&entity->pelt, entity->queue->rq->clock);
}

void track_thaw(struct fair_queue *queue)
{
	if (queue->clocked || !queue->tracks)
		return;
	skip(&queue->pelt, queue->rq->clock);
	each_member(queue, skip_entity);
	queue->clocked = true;
}

void fair_task_dead(struct fair_task *task)
{
	track_detach(task);
	task->attached = false;
}
