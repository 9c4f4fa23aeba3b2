/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fair_same.h - whether an operation left an entity as it was
 */
#pragma once

#include "models/sched/entity.h"

/* All that decides its order and its run time; not its place in the tree. */
static inline bool entity_same(const struct fair_entity *a, const struct fair_entity *b)
{
	return a->deadline == b->deadline && a->vruntime == b->vruntime && a->slice == b->slice &&
	       a->shared == b->shared && a->protection == b->protection && a->weight == b->weight &&
	       a->load == b->load && a->start == b->start && a->exec == b->exec &&
	       a->queue == b->queue && a->waiting == b->waiting && a->queued == b->queued &&
	       a->delayed == b->delayed && a->relative == b->relative && a->custom == b->custom;
}
