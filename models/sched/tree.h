/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tree.h - the waiting entities of a queue, in order of (deadline, insertion)
 *
 * An intrusive red-black tree that carries the least v and the shortest and longest slice of every
 * subtree. The values are exact after every operation; the kernel's may be stale ([1] 11). Only the
 * links, the extremes and queue->root, first are touched: sums are in sums.h.
 */
#pragma once

struct fair_entity;
struct fair_queue;

/* Equal deadlines: the later goes behind. d, v and slice must not change while it is in. */
void tree_insert(struct fair_queue *queue, struct fair_entity *entity);
void tree_remove(struct fair_queue *queue, struct fair_entity *entity);
/* The exception: after its slice changed. */
void tree_slice_changed(struct fair_entity *entity);
struct fair_entity *tree_next(const struct fair_entity *entity);
