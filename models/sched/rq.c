/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rq.c - set-up of a scheduler, its CPUs and its tasks; [1] 3
 */
#include <glib.h>

#include "models/sched/fair.h"
#include "models/sched/flat.h"
#include "models/sched/steps.h"
#include "models/sched/weight.h"

/* Where virtual time begins on every queue. */
#define FIRST_ORIGIN INT64_C(-1048576)

void eevdf_queue_init(struct fair_queue *queue, struct fair_rq *rq, struct fair_group *group)
{
	queue->rq = rq;
	queue->features = &rq->fair->features;
	queue->cfs = queue->features->algorithm == FAIR_CFS;
	queue->group = group;
	queue->flat = !group && queue->features->single_queue;
	queue->tracks = queue->clocked = rq->fair->track_load;
	queue->origin = FIRST_ORIGIN;
	queue->base_load = 1;
	queue->min_vruntime = FIRST_ORIGIN;
}

void fair_init(struct fair *fair, const struct fair_config *config)
{
	*fair = (struct fair){
		.features = *config->features,
		.tick = config->tick,
		.base_slice = config->base_slice,
		.norm_slice = config->norm_slice,
		.migration_cost = config->migration_cost,
		.lazy = config->lazy,
		.track_load = config->track_load,
		.cfs = config->cfs,
		.cpus = config->cpus,
		.rq = g_new0(struct fair_rq, config->cpus),
		.hooks = config->hooks,
		.hook_data = config->hook_data,
		.bandwidth = config->bandwidth,
		.bandwidth_data = config->bandwidth_data,
	};
	if (fair->features.next_buddy && fair->features.next_buddy_picks)
		fair->features.pick_buddy = true;
	if (fair->features.algorithm == FAIR_CFS)
		fair->features.single_queue = false;
	/* a group is on no queue that it could be taken off as a whole */
	if (fair->features.single_queue)
		fair->features.throttle_tasks = true;
	for (uint32_t cpu = 0; cpu < fair->cpus; cpu++) {
		fair->rq[cpu].fair = fair;
		fair->rq[cpu].cpu = cpu;
		eevdf_queue_init(&fair->rq[cpu].root, &fair->rq[cpu], NULL);
	}
}

void fair_clear(struct fair *fair)
{
	while (fair->groups) {
		struct fair_group *group = fair->groups;

		fair->groups = group->older;
		g_free(group->cpu);
		g_free(group->bandwidth);
		g_free(group);
	}
	g_clear_pointer(&fair->rq, g_free);
}

bool eevdf_is_idle_queue(const struct fair_queue *queue)
{
	return queue->group && queue->group->idle;
}

void eevdf_attach(struct fair_entity *entity, struct fair_rq *rq, struct fair_group *group)
{
	if (is_flat(rq) && !entity->own)
		group = NULL;
	entity->parent = group ? &group->cpu[rq->cpu].entity : NULL;
	entity->queue = group ? &group->cpu[rq->cpu].queue : &rq->root;
	entity->full_load = rq->fair->features.full_loads;
	entity->depth = entity->parent ? (uint16_t)(entity->parent->depth + 1) : 0;
}

void fair_task_init(struct fair *fair, struct fair_task *task, struct fair_group *group)
{
	*task = (struct fair_task){ .rq = &fair->rq[0], .group = group };
	eevdf_attach(&task->entity, task->rq, group);
	fair_task_configure(task, 0, FAIR_NORMAL, 0);
}

void fair_task_configure(struct fair_task *task, int nice, enum fair_policy policy, int64_t slice)
{
	struct fair_entity *entity = &task->entity;

	if (task->rq->fair->features.no_custom_slices)
		slice = 0;
	task->nice = nice;
	task->policy = policy;
	entity->idle = policy == FAIR_IDLE;
	entity->custom = slice != 0;
	entity->slice = slice ? eevdf_slice_within_limits(slice) : task->rq->fair->base_slice;
	task_set_weight(task);
}
