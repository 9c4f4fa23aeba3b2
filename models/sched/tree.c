/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tree.c - red-black tree over entities, with extremes of every subtree
 *
 * A missing child counts as black. Extremes are brought up to date from the deepest changed
 * place upwards, as far as they change; a rotation recomputes the two nodes it turns.
 */
#include "models/sched/tree.h"

#include <stddef.h>

#include "models/sched/entity.h"
#include "models/sched/queue.h"

static inline bool is_red(const struct fair_entity *node)
{
	return node && node->red;
}

/* Recomputes the extremes of one node from its children. True: something changed. */
static inline bool refresh(struct fair_entity *node)
{
	const struct fair_entity *left = node->left, *right = node->right;
	int64_t vruntime = node->vruntime;
	uint64_t shortest = node->slice, longest = node->slice;

	if (left) {
		vruntime = left->min_vruntime < vruntime ? left->min_vruntime : vruntime;
		shortest = left->min_slice < shortest ? left->min_slice : shortest;
		longest = left->max_slice > longest ? left->max_slice : longest;
	}
	if (right) {
		vruntime = right->min_vruntime < vruntime ? right->min_vruntime : vruntime;
		shortest = right->min_slice < shortest ? right->min_slice : shortest;
		longest = right->max_slice > longest ? right->max_slice : longest;
	}
	if (node->min_vruntime == vruntime && node->min_slice == shortest &&
	    node->max_slice == longest)
		return false;
	node->min_vruntime = vruntime;
	node->min_slice = shortest;
	node->max_slice = longest;
	return true;
}

/* Widens the extremes of `node` by a new entity below it. True: something changed. */
static inline bool include(struct fair_entity *node, const struct fair_entity *entity)
{
	bool changed = false;

	if (entity->vruntime < node->min_vruntime) {
		node->min_vruntime = entity->vruntime;
		changed = true;
	}
	if (entity->slice < node->min_slice) {
		node->min_slice = entity->slice;
		changed = true;
	}
	if (entity->slice > node->max_slice) {
		node->max_slice = entity->slice;
		changed = true;
	}
	return changed;
}

static inline void refresh_upwards(struct fair_entity *node)
{
	while (node && refresh(node))
		node = node->up;
}

/* Lets `child` stand where `node` stands below node's parent. */
static inline void replace(struct fair_queue *queue, struct fair_entity *node,
			   struct fair_entity *child)
{
	struct fair_entity *up = node->up;

	if (!up)
		queue->root = child;
	else if (up->left == node)
		up->left = child;
	else
		up->right = child;
	if (child)
		child->up = up;
}

/* The extremes of the turned pair as a whole do not change: `child` inherits those of `node`. */
static inline void inherit(struct fair_entity *child, struct fair_entity *node)
{
	child->min_vruntime = node->min_vruntime;
	child->min_slice = node->min_slice;
	child->max_slice = node->max_slice;
	refresh(node);
}

static void rotate_left(struct fair_queue *queue, struct fair_entity *node)
{
	struct fair_entity *child = node->right;

	node->right = child->left;
	if (child->left)
		child->left->up = node;
	replace(queue, node, child);
	child->left = node;
	node->up = child;
	inherit(child, node);
}

static void rotate_right(struct fair_queue *queue, struct fair_entity *node)
{
	struct fair_entity *child = node->left;

	node->left = child->right;
	if (child->right)
		child->right->up = node;
	replace(queue, node, child);
	child->right = node;
	node->up = child;
	inherit(child, node);
}

/* No red node below a red one. */
static inline void balance_insert(struct fair_queue *queue, struct fair_entity *node)
{
	struct fair_entity *up, *top;

	/* a red node is never the root, so there is a top */
	while ((up = node->up) && up->red && (top = up->up)) {
		bool left = up == top->left;
		struct fair_entity *uncle = left ? top->right : top->left;

		if (is_red(uncle)) {
			up->red = uncle->red = false;
			top->red = true;
			node = top;
			continue;
		}
		if (node == (left ? up->right : up->left)) {
			if (left)
				rotate_left(queue, up);
			else
				rotate_right(queue, up);
			up = node;
		}
		up->red = false;
		top->red = true;
		if (left)
			rotate_right(queue, top);
		else
			rotate_left(queue, top);
		break;
	}
	queue->root->red = false;
}

/* Links the entity below `up` and lets everything above know its v and slice. */
static inline void attach(struct fair_queue *queue, struct fair_entity *entity,
			  struct fair_entity *up)
{
	entity->up = up;
	entity->left = entity->right = NULL;
	entity->min_vruntime = entity->vruntime;
	entity->min_slice = entity->max_slice = entity->slice;
	if (!up) {
		entity->red = false;
		return;
	}
	entity->red = true;
	for (; up && include(up, entity); up = up->up)
		;
	if (entity->up->red)
		balance_insert(queue, entity);
}

void tree_insert(struct fair_queue *queue, struct fair_entity *entity)
{
	struct fair_entity **link = &queue->root, *up = NULL;
	int64_t deadline = entity->deadline;
	bool first = true;

	/* Who has just used up its slice goes to the end: no search. */
	if (queue->last && deadline >= queue->last->deadline) {
		up = queue->last;
		up->right = entity;
		queue->last = entity;
		attach(queue, entity, up);
		return;
	}
	while (*link) {
		up = *link;
		if (deadline < up->deadline) {
			link = &up->left;
		} else {
			link = &up->right;
			first = false;
		}
	}
	*link = entity;
	if (first)
		queue->first = entity;
	if (!up)
		queue->last = entity;
	attach(queue, entity, up);
}

/* The place `node` (may be empty) below `up` has one black node too few. */
static void balance_remove(struct fair_queue *queue, struct fair_entity *node,
			   struct fair_entity *up)
{
	while (node != queue->root && !is_red(node)) {
		bool left = node == up->left;
		struct fair_entity *other = left ? up->right : up->left;

		if (other->red) {
			other->red = false;
			up->red = true;
			if (left)
				rotate_left(queue, up);
			else
				rotate_right(queue, up);
			other = left ? up->right : up->left;
		}
		struct fair_entity *near = left ? other->left : other->right;
		struct fair_entity *far = left ? other->right : other->left;

		if (!is_red(near) && !is_red(far)) {
			other->red = true;
			node = up;
			up = node->up;
			continue;
		}
		if (!is_red(far)) {
			near->red = false;
			other->red = true;
			if (left)
				rotate_right(queue, other);
			else
				rotate_left(queue, other);
			far = other;
			other = near;
		}
		other->red = up->red;
		up->red = far->red = false;
		if (left)
			rotate_left(queue, up);
		else
			rotate_right(queue, up);
		return;
	}
	if (node)
		node->red = false;
}

/* Puts `next`, the node after `node` in its right subtree, where `node` was. */
static struct fair_entity *unlink_inner(struct fair_queue *queue, struct fair_entity *node,
					struct fair_entity *next, struct fair_entity *child)
{
	struct fair_entity *up = next;

	if (next->up != node) {
		up = next->up;
		replace(queue, next, child);
		next->right = node->right;
		next->right->up = next;
	}
	replace(queue, node, next);
	next->left = node->left;
	next->left->up = next;
	return up;
}

static struct fair_entity *tree_previous(const struct fair_entity *entity)
{
	struct fair_entity *up;

	if (entity->left) {
		for (up = entity->left; up->right;)
			up = up->right;
		return up;
	}
	while ((up = entity->up) && up->left == entity)
		entity = up;
	return up;
}

struct fair_entity *tree_next(const struct fair_entity *entity)
{
	struct fair_entity *up;

	if (entity->right) {
		for (up = entity->right; up->left;)
			up = up->left;
		return up;
	}
	while ((up = entity->up) && up->right == entity)
		entity = up;
	return up;
}

void tree_remove(struct fair_queue *queue, struct fair_entity *entity)
{
	struct fair_entity *up, *child;
	bool black;

	if (queue->first == entity)
		queue->first = tree_next(entity);
	if (queue->last == entity)
		queue->last = tree_previous(entity);
	if (entity->left && entity->right) {
		struct fair_entity *next = entity->right;

		while (next->left)
			next = next->left;
		child = next->right;
		black = !next->red;
		up = unlink_inner(queue, entity, next, child);
		next->red = entity->red;
		/* Upwards to the node that moved without a stop, then as far as values change. */
		for (struct fair_entity *node = up; node != next; node = node->up)
			refresh(node);
		refresh(next);
		refresh_upwards(next->up);
	} else {
		child = entity->left ? entity->left : entity->right;
		black = !entity->red;
		up = entity->up;
		replace(queue, entity, child);
		refresh_upwards(up);
	}
	if (black)
		balance_remove(queue, child, up);
}

void tree_slice_changed(struct fair_entity *entity)
{
	refresh_upwards(entity);
}
