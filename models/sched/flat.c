/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flat.c - hierarchical weights of tasks that share one queue; eevdf.md 2.6
 *
 * Every number here follows the text of 2.6, which was read in mails and in two re-statements of the
 * code, not in the code. Where it says nothing: a group's averages are those of its queue's weight and
 * runnable tasks, and a task that moves takes its own load out of its group's, not its groups' loads
 * out of those above, which decay; an idle group (cpu.idle) has the weight 3 but its tasks are
 * of their own kind in tests for preemption.
 */
#include "models/sched/flat.h"

#include "models/sched/quota.h"
#include "models/sched/steps.h"
#include "models/sched/track.h"
#include "models/sched/weight.h"

#define LEAST_WEIGHT 2

static struct fair_group_cpu *level(struct fair_group *group, const struct fair_rq *rq)
{
	return &group->cpu[rq->cpu];
}

/*
 * "nr": CPUs on which the group could use a full share. 2.6 truncates the average, but what is published
 * stays a little below whole tasks (by up to a 64th, 2.2), and then a VM of four busy vCPUs would
 * count three, against the example there: the nearest number is taken.
 */
static int64_t concurrency(const struct fair_group *group)
{
	const struct fair *fair = group->fair;
	uint64_t runnable = (group->runnable_avg + (1u << PELT_SCALE_SHIFT) / 2) >>
			    PELT_SCALE_SHIFT;

	if (!fair->features.concur_shares)
		return 1;
	if (!fair->track_load)
		for (uint32_t cpu = 0; cpu < fair->cpus; cpu++)
			runnable += group->cpu[cpu].queue.h_nr_runnable;
	if (runnable > fair->cpus)
		runnable = fair->cpus;
	return runnable > 1 ? (int64_t)runnable : 1;
}

/* clamp(nr * shares * load / T, 2, nr * shares) */
static int64_t wanted(const struct fair_group *group, struct fair_queue *own)
{
	int64_t shares = concurrency(group) * group->shares;
	int64_t load = weight_load(own->weight);
	int64_t elsewhere = group->total_load - load + group->outside_load;
	int64_t weight = shares;

	if (own->tracks) {
		elsewhere = (int64_t)(group->load_avg - own->published);
		track_queue(own);
		if (queue_load_above(own, (uint64_t)load))
			load = (int64_t)pelt_average(&own->pelt, own->pelt.load_sum);
	}
	if (elsewhere)
		weight = (int64_t)((__int128)shares * load / (load + elsewhere));
	return weight < LEAST_WEIGHT ? LEAST_WEIGHT : weight > shares ? shares : weight;
}

/* Its queue has gained (lost) a member, or has the same ones still. */
static void count_member(struct fair_queue *queue, int members)
{
	queue->nr_queued += (uint32_t)members;
	if (members > 0)
		quota_joined(queue);
	else if (members < 0)
		quota_left(queue);
}

/* The group's queue has gained members and weight; what does the queue above gain? Up to the root. */
static void propagate(struct fair_group *group, struct fair_rq *rq, int members, int64_t gain)
{
	for (; group; group = group->parent) {
		struct fair_group_cpu *on = level(group, rq);
		struct fair_queue *queue = &on->queue;
		uint32_t members_before = queue->nr_queued;
		int64_t before = members_before ? on->entity.weight : 0;

		eevdf_add_weight(queue, gain);
		count_member(queue, members);
		track_publish(queue);
		if (queue->nr_queued)
			entity_set_weight(&on->entity, wanted(group, queue));
		gain = (queue->nr_queued ? on->entity.weight : 0) - before;
		members = (queue->nr_queued != 0) - (members_before != 0);
	}
}

void flat_follow(struct fair_group_cpu *on)
{
	propagate(on->queue.group, on->queue.rq, 0, 0);
}

void flat_count_runnable(struct fair_task *task, int change)
{
	for (struct fair_group *group = task->group; group; group = group->parent) {
		struct fair_queue *queue = &level(group, task->rq)->queue;

		track_queue(queue);
		queue->h_nr_runnable += (uint32_t)change;
	}
}

/* "h" */
static int64_t hierarchical_weight(const struct fair_task *task)
{
	const struct fair_group *group = task->group;
	int64_t weight = task_weight(task);
	__int128 part = FAIR_WEIGHT_NICE0;

	for (; group; group = group->parent) {
		const struct fair_group_cpu *on = &group->cpu[task->rq->cpu];

		part = part * weight / on->queue.weight;
		weight = on->entity.weight;
	}
	part = part * weight / FAIR_WEIGHT_NICE0;
	return part < LEAST_WEIGHT ? LEAST_WEIGHT : (int64_t)part;
}

static void follow(struct fair_task *task)
{
	struct fair_entity *entity = &task->entity;
	int64_t weight = hierarchical_weight(task);

	if (weight == entity->weight)
		return;
	eevdf_reweight(entity->queue, entity, weight);
	if (!task->group)
		task_set_weight(task);
}

void flat_enter(struct fair_task *task)
{
	if (!task->entity.delayed)
		flat_count_runnable(task, 1);
	propagate(task->group, task->rq, 1, task_weight(task));
	follow(task);
}

void flat_leave(struct fair_task *task)
{
	if (!task->entity.delayed)
		flat_count_runnable(task, -1);
	propagate(task->group, task->rq, -1, -task_weight(task));
}

void flat_refresh(struct fair_task *task)
{
	propagate(task->group, task->rq, 0, 0);
	follow(task);
}

void flat_charge(struct fair_rq *rq, int64_t ran)
{
	for (struct fair_group *group = rq->curr->group; group; group = group->parent)
		quota_charge(&level(group, rq)->queue, ran);
}

void flat_exhaust(struct fair_rq *rq)
{
	if (!rq->curr)
		return;
	for (struct fair_group *group = rq->curr->group; group; group = group->parent)
		quota_exhausted(&level(group, rq)->queue);
}
