/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * group.c - task groups: creation, shares, idle groups; [1] 8, golden/eevdf-smp 4
 */
#include "models/sched/group.h"

#include <glib.h>

#include "models/sched/fair.h"
#include "models/sched/steps.h"
#include "models/sched/weight.h"

#define SHARES_MIN 2
#define SHARES_MAX 262144
#define SHARES_DEFAULT 1024
#define SHARES_IDLE 3

/* A later CPU sees what the earlier ones changed. */
static void set_shares(struct fair_group *group, int64_t shares)
{
	shares = CLAMP(shares, SHARES_MIN, SHARES_MAX) << 10;
	if (shares == group->shares)
		return;
	group->shares = shares;
	for (uint32_t cpu = 0; cpu < group->fair->cpus; cpu++)
		eevdf_regroup_upwards(&group->cpu[cpu].entity);
}

struct fair_group *fair_group_new(struct fair *fair, struct fair_group *parent, int64_t shares)
{
	struct fair_group *group = g_new0(struct fair_group, 1);

	group->fair = fair;
	group->parent = parent;
	group->older = fair->groups;
	group->cpu = g_new0(struct fair_group_cpu, fair->cpus);
	fair->groups = group;
	for (uint32_t cpu = 0; cpu < fair->cpus; cpu++) {
		struct fair_group_cpu *on = &group->cpu[cpu];

		on->entity.own = &on->queue;
		eevdf_attach(&on->entity, &fair->rq[cpu], parent);
		entity_set_weight(&on->entity, FAIR_WEIGHT_NICE0);
		eevdf_queue_init(&on->queue, &fair->rq[cpu], group);
	}
	group->shares = SHARES_DEFAULT << 10;
	set_shares(group, shares);
	return group;
}

bool fair_group_set_shares(struct fair_group *group, int64_t shares)
{
	if (group->idle)
		return false;
	set_shares(group, shares);
	return true;
}

/* The group's other tasks change kind; upwards to where they are counted as idle already. */
static void count_idle(struct fair_group_cpu *on, bool idle)
{
	uint32_t delta = on->queue.h_nr_queued - on->queue.h_nr_idle;
	struct fair_entity *entity = &on->entity;

	if (!idle)
		delta = -delta;
	for (; entity && entity->queued; entity = entity->parent) {
		entity->queue->h_nr_idle += delta;
		if (eevdf_is_idle_queue(entity->queue))
			return;
	}
}

void fair_group_set_idle(struct fair_group *group, bool idle)
{
	if (idle == group->idle)
		return;
	group->idle = idle;
	for (uint32_t cpu = 0; cpu < group->fair->cpus; cpu++) {
		group->cpu[cpu].entity.idle = idle;
		count_idle(&group->cpu[cpu], idle);
	}
	set_shares(group, idle ? SHARES_IDLE : SHARES_DEFAULT);
}

void fair_group_set_outside_load(struct fair_group *group, int64_t load)
{
	group->outside_load = load;
}
