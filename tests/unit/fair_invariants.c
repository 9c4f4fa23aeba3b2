/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fair_invariants.c - see fair_invariants.h
 */
#include "tests/unit/fair_invariants.h"

#include "models/sched/query.h"
#include "models/sched/tree.h"
#include "models/sched/weight.h"

/* Calls `visit` for every entity on that queue. */
static void each_member(const struct fair_world *world, const struct fair_queue *queue,
			void (*visit)(const struct fair_entity *entity, void *data), void *data)
{
	for (int i = 0; i < world->tasks; i++)
		if (world->task[i].entity.queue == queue && world->task[i].entity.queued)
			visit(&world->task[i].entity, data);
	for (const struct fair_group *group = world->fair->groups; group; group = group->older) {
		const struct fair_entity *entity = &group->cpu[queue->rq->cpu].entity;

		if (entity->queue == queue && entity->queued)
			visit(entity, data);
	}
}

static void add(const struct fair_entity *entity, void *data)
{
	struct exact_sums *sums = data;

	sums->weighted += (__int128)entity->load * entity->vruntime;
	sums->load += entity->load;
	sums->members++;
}

struct exact_sums exact_sums(const struct fair_world *world, const struct fair_queue *queue)
{
	struct exact_sums sums = { 0 };

	each_member(world, queue, add, &sums);
	return sums;
}

bool exact_eligible(const struct fair_world *world, const struct fair_entity *entity)
{
	struct exact_sums sums = exact_sums(world, entity->queue);

	return sums.weighted >= (__int128)entity->vruntime * sums.load;
}

struct tally {
	const struct fair_queue *queue;
	struct exact_sums sums;
	int64_t weight, least;
	uint32_t waiting, eligible;
};

static void tally(const struct fair_entity *entity, void *data)
{
	struct tally *tally = data;
	const struct fair_queue *queue = tally->queue;
	bool eligible = tally->sums.weighted >= (__int128)entity->vruntime * tally->sums.load;

	tally->weight += entity->weight;
	tally->eligible += eligible;
	tally->waiting += entity->waiting;
	/* I3 */
	must(fair_eligible(queue, entity) == eligible);
	must((entity->vruntime <= fair_average(queue)) == eligible);
	/* I6 */
	must(entity->waiting == (queue->curr != entity));
	must(entity->load ==
	     (queue->features->full_loads ? entity->weight : weight_load(entity->weight)));
	if (entity->own)
		must(entity->weight >= 2);
}

/* Number of black nodes on every way down; the colours, the order and the exact extremes. */
static int check_tree(const struct fair_entity *node)
{
	int64_t least = node->vruntime;
	uint64_t shortest = node->slice, longest = node->slice;
	const struct fair_entity *child[] = { node->left, node->right };
	int black[2] = { 1, 1 };

	for (int i = 0; i < 2; i++) {
		if (!child[i])
			continue;
		must(child[i]->up == node);
		must(!node->red || !child[i]->red);
		black[i] = check_tree(child[i]);
		least = child[i]->min_vruntime < least ? child[i]->min_vruntime : least;
		shortest = child[i]->min_slice < shortest ? child[i]->min_slice : shortest;
		longest = child[i]->max_slice > longest ? child[i]->max_slice : longest;
	}
	must(black[0] == black[1]);
	must(node->min_vruntime == least);
	must(node->min_slice == shortest);
	must(node->max_slice == longest);
	return black[0] + !node->red;
}

static uint32_t check_order(const struct fair_queue *queue)
{
	const struct fair_entity *last = NULL;
	uint32_t count = 0;

	if (queue->root) {
		must(!queue->root->up);
		check_tree(queue->root);
	}
	for (const struct fair_entity *entity = queue->first; entity; entity = tree_next(entity)) {
		must(entity->waiting && entity->queued && entity->queue == queue);
		if (last)
			must(last->deadline <= entity->deadline);
		last = entity;
		count++;
	}
	must(queue->last == last);
	return count;
}

/* Does the way from the task up pass an idle group below `queue`? */
static bool counts_as_idle(const struct fair_task *task, const struct fair_queue *queue)
{
	bool idle = task->policy == FAIR_IDLE;

	for (const struct fair_entity *entity = &task->entity; entity->queue != queue;
	     entity = entity->parent)
		idle |= entity->queue->group && entity->queue->group->idle;
	return idle;
}

static bool is_below(const struct fair_task *task, const struct fair_queue *queue)
{
	for (const struct fair_entity *entity = &task->entity; entity; entity = entity->parent)
		if (entity->queue == queue)
			return true;
	return false;
}

/* I9 */
static void check_counters(const struct fair_world *world, const struct fair_queue *queue)
{
	uint32_t queued = 0, runnable = 0, idle = 0;
	bool runs = false;

	for (int i = 0; i < world->tasks; i++) {
		const struct fair_task *task = &world->task[i];

		if (!is_below(task, queue))
			continue;
		runs |= queue->rq->curr == task;
		if (!task->entity.queued)
			continue;
		queued++;
		runnable += !task->entity.delayed;
		idle += counts_as_idle(task, queue);
	}
	must(queue->h_nr_queued == queued);
	must(queue->h_nr_runnable == runnable);
	must(queue->h_nr_idle == idle);
	must((queue->curr != NULL) == runs);
	if (!queue->group) {
		must(queue->rq->nr_running == queued);
		must(fair_nr_runnable(queue->rq) == runnable);
	}
}

static void check_queue(const struct fair_world *world, const struct fair_queue *queue)
{
	struct tally t = { .queue = queue, .sums = exact_sums(world, queue) };
	__int128 rest;

	each_member(world, queue, tally, &t);
	/* I1: V is the floor of the exact average */
	rest = t.sums.weighted - (__int128)fair_average(queue) * t.sums.load;
	if (t.sums.members)
		must(rest >= 0 && rest < t.sums.load);
	/* I2 */
	must(!t.sums.members || t.eligible);
	/* I9 */
	must(queue->nr_queued == t.sums.members);
	must(check_order(queue) == t.waiting);
	must(queue->weight == t.weight);
	check_counters(world, queue);
	/* I10 */
	if (queue->next) {
		must(queue->next->queue == queue);
		must(queue->next->queued && !queue->next->delayed);
	}
	if (queue->curr)
		must(!queue->curr->delayed);
}

/* With one queue a CPU: of all that is queued right below the group, as it would be on a queue. */
static int64_t weight_below(const struct fair_world *world, const struct fair_group *group,
			    uint32_t cpu, uint32_t *members)
{
	int64_t weight = 0;

	*members = 0;
	for (int i = 0; i < world->tasks; i++)
		if (world->task[i].group == group && world->task[i].rq->cpu == cpu &&
		    world->task[i].entity.queued) {
			weight += task_weight(&world->task[i]);
			++*members;
		}
	for (const struct fair_group *below = world->fair->groups; below; below = below->older)
		if (below->parent == group && below->cpu[cpu].queue.nr_queued) {
			weight += below->cpu[cpu].entity.weight;
			++*members;
		}
	return weight;
}

static uint32_t runnable_below(const struct fair_world *world, const struct fair_group *group,
			       uint32_t cpu)
{
	uint32_t runnable = 0;

	for (int i = 0; i < world->tasks; i++)
		for (const struct fair_group *at = world->task[i].group; at; at = at->parent)
			runnable += at == group && world->task[i].rq->cpu == cpu &&
				    world->task[i].entity.queued && !world->task[i].entity.delayed;
	return runnable;
}

/* eevdf.md 2.6: the group is on no queue; its members compete on the root's. */
static void check_weights_only(const struct fair_world *world, const struct fair_group *group,
			       uint32_t cpu)
{
	const struct fair_group_cpu *on = &group->cpu[cpu];
	uint32_t members;

	must(!on->entity.queued && !on->queue.root && !on->queue.curr && !on->queue.next);
	must(on->queue.weight == weight_below(world, group, cpu, &members));
	must(on->queue.nr_queued == members);
	must(on->queue.h_nr_runnable == runnable_below(world, group, cpu));
}

/* I14, and the load that the group's weights follow. */
static void check_group(const struct fair_world *world, const struct fair_group *group)
{
	int64_t most = world->fair->features.concur_shares ? world->fair->cpus : 1;
	int64_t total = 0;

	for (uint32_t cpu = 0; cpu < world->fair->cpus; cpu++) {
		const struct fair_group_cpu *on = &group->cpu[cpu];

		if (world->fair->features.single_queue) {
			check_weights_only(world, group, cpu);
			must(on->entity.weight <= most * (INT64_C(262144) << 10));
		} else {
			check_queue(world, &on->queue);
			must(!on->queue.weight || on->entity.weight <= group->shares);
		}
		total += weight_load(on->queue.weight);
		must(on->entity.weight >= 2);
	}
	must(group->total_load == total);
}

void check_invariants(const struct fair_world *world)
{
	for (uint32_t cpu = 0; cpu < world->fair->cpus; cpu++)
		check_queue(world, &world->fair->rq[cpu].root);
	for (const struct fair_group *group = world->fair->groups; group; group = group->older)
		check_group(world, group);
}
