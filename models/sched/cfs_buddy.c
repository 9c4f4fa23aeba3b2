/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cfs_buddy.c - the marks skip and last on every level; cfs.md 1.9
 *
 * "next" is set as EEVDF's buddy is (buddy.c). Nothing but cfs_drop_marks() clears a mark: one that
 * a pick refuses stays.
 */
#include <stddef.h>

#include "models/sched/cfs.h"

void cfs_drop_marks(struct fair_entity *entity)
{
	struct fair_entity *at;

	for (at = entity; at && at->queue->next == at; at = at->parent)
		at->queue->next = NULL;
	for (at = entity; at && at->queue->preempted == at; at = at->parent)
		at->queue->preempted = NULL;
	for (at = entity; at && at->queue->skip == at; at = at->parent)
		at->queue->skip = NULL;
}

void cfs_mark_last(struct fair_entity *entity)
{
	for (; entity && entity->queued && !entity->idle; entity = entity->parent)
		entity->queue->preempted = entity;
}

void cfs_mark_skip(struct fair_entity *entity)
{
	for (; entity; entity = entity->parent)
		entity->queue->skip = entity;
}
