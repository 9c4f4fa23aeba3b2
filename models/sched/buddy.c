/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * buddy.c - the mark that names whom the next pick should prefer; [1] 5, eevdf.md 1.18
 */
#include <stddef.h>

#include "models/sched/fair.h"
#include "models/sched/steps.h"

void eevdf_mark_buddies(struct fair_entity *entity)
{
	for (; entity && entity->queued && !entity->idle; entity = entity->parent)
		entity->queue->next = entity;
}

void eevdf_drop_buddy(struct fair_entity *entity)
{
	for (; entity && entity->queue->next == entity; entity = entity->parent)
		entity->queue->next = NULL;
}

void fair_mark_buddies(struct fair_task *task)
{
	eevdf_mark_buddies(&task->entity);
}
