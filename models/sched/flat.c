/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flat.c - hierarchical weights of tasks that share one queue; eevdf.md 2.6
 *
 * Weights are those of the moment: the kernel's load averages of groups are not followed here.
 */
#include "models/sched/flat.h"

#include "models/sched/steps.h"
#include "models/sched/weight.h"

#define LEAST_WEIGHT 2

static struct fair_group_cpu *level(struct fair_group *group, const struct fair_rq *rq)
{
	return &group->cpu[rq->cpu];
}

/* CPUs on which the group could use a full share: not more than it has runnable tasks. */
static int64_t concurrency(const struct fair_group *group)
{
	int64_t runnable = 0;

	if (!group->fair->features.concur_shares)
		return 1;
	for (uint32_t cpu = 0; cpu < group->fair->cpus; cpu++)
		runnable += group->cpu[cpu].queue.h_nr_runnable;
	if (runnable > group->fair->cpus)
		runnable = group->fair->cpus;
	return runnable > 1 ? runnable : 1;
}

/* nr x shares x fraction */
static int64_t wanted(const struct fair_group *group, const struct fair_queue *own)
{
	int64_t shares = concurrency(group) * group->shares;
	int64_t load = weight_load(own->weight);
	int64_t total = group->total_load + group->outside_load;
	int64_t weight = total ? (int64_t)((__int128)shares * load / total) : shares;

	return weight < LEAST_WEIGHT ? LEAST_WEIGHT : weight > shares ? shares : weight;
}

/* The group's queue has gained that weight; what does the queue above gain? Up to the root. */
static void propagate(struct fair_group *group, struct fair_rq *rq, int64_t gain)
{
	for (; group; group = group->parent) {
		struct fair_group_cpu *on = level(group, rq);
		int64_t before = on->queue.weight ? on->entity.weight : 0;

		eevdf_add_weight(&on->queue, gain);
		if (on->queue.weight)
			entity_set_weight(&on->entity, wanted(group, &on->queue));
		gain = (on->queue.weight ? on->entity.weight : 0) - before;
	}
}

void flat_follow(struct fair_group_cpu *on)
{
	propagate(on->queue.group, on->queue.rq, 0);
}

void flat_count_runnable(struct fair_task *task, int change)
{
	for (struct fair_group *group = task->group; group; group = group->parent)
		level(group, task->rq)->queue.h_nr_runnable += (uint32_t)change;
}

/* "h" of 2.6 */
static int64_t hierarchical_weight(const struct fair_task *task)
{
	int64_t weight = task_weight(task);

	for (struct fair_group *group = task->group; group; group = group->parent) {
		const struct fair_group_cpu *on = level(group, task->rq);

		weight = (int64_t)((__int128)weight * on->entity.weight / on->queue.weight);
		if (weight < LEAST_WEIGHT)
			weight = LEAST_WEIGHT;
	}
	return weight;
}

static void follow(struct fair_task *task)
{
	struct fair_entity *entity = &task->entity;
	int64_t weight = hierarchical_weight(task);

	if (weight != entity->weight)
		eevdf_reweight(entity->queue, entity, weight);
}

void flat_enter(struct fair_task *task)
{
	if (!task->entity.delayed)
		flat_count_runnable(task, 1);
	propagate(task->group, task->rq, task_weight(task));
	follow(task);
}

void flat_leave(struct fair_task *task)
{
	if (!task->entity.delayed)
		flat_count_runnable(task, -1);
	propagate(task->group, task->rq, -task_weight(task));
}

void flat_refresh(struct fair_task *task)
{
	propagate(task->group, task->rq, 0);
	follow(task);
}
