/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * select.h - "best" of [1] 6, for the queue as it is or as it will be when it is accounted
 *
 * The question what a pick would do (hint.c) must not change anything, so the running entity's
 * state stands beside the queue.
 */
#pragma once

#include "models/sched/account.h"
#include "models/sched/steps.h"

struct contest {
	struct sums sums;
	struct fair_entity *curr; /* running and queued, or NULL */
	struct fair_entity *next;
	int64_t vruntime, deadline; /* of curr */
	bool protect;
};

static inline struct contest contest_now(const struct fair_queue *queue)
{
	struct fair_entity *curr = running(queue);
	struct contest contest = { .sums = queue_sums(queue), .curr = curr, .next = queue->next };

	contest.protect = true;
	if (curr) {
		contest.vruntime = curr->vruntime;
		contest.deadline = curr->deadline;
	}
	return contest;
}

static inline bool contest_protected(const struct fair_queue *queue, const struct contest *contest)
{
	return protected_at(queue, contest->curr, contest->vruntime, contest->deadline);
}

static inline int64_t contest_vruntime(const struct contest *contest,
				       const struct fair_entity *entity)
{
	return entity == contest->curr ? contest->vruntime : entity->vruntime;
}

static inline bool contest_eligible(const struct fair_queue *queue, const struct contest *contest,
				    const struct fair_entity *entity)
{
	return sums_eligible(queue, contest->sums, contest_vruntime(contest, entity));
}

/* The first eligible one in the order of the tree: the least v of each subtree shows the way. */
static inline struct fair_entity *first_eligible(const struct fair_queue *queue, struct sums sums)
{
	struct fair_entity *node = queue->root;

	if (queue->first && sums_eligible(queue, sums, queue->first->vruntime))
		return queue->first;
	while (node) {
		struct fair_entity *left = node->left;

		if (left && sums_eligible(queue, sums, left->min_vruntime))
			node = left;
		else if (sums_eligible(queue, sums, node->vruntime))
			return node;
		else
			node = node->right;
	}
	return NULL;
}

static inline struct fair_entity *contest_best(const struct fair_queue *queue,
					       const struct contest *contest, bool buddy)
{
	struct fair_entity *curr = contest->curr, *first;

	if (queue->nr_queued == 1)
		return curr ? curr : queue->root;
	if (buddy && contest->next && features_of(queue)->pick_buddy &&
	    (contest->protect || !features_of(queue)->buddy_needs_protect) &&
	    (queue->rq->honour_buddy || contest_eligible(queue, contest, contest->next)))
		return contest->next;
	if (curr && !sums_eligible(queue, contest->sums, contest->vruntime))
		curr = NULL;
	if (curr && contest->protect && contest_protected(queue, contest))
		return curr;
	first = first_eligible(queue, contest->sums);
	/* a tie goes to the one in the tree */
	return !first || (curr && contest->deadline < first->deadline) ? curr : first;
}
