/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fair_load_model.c - see fair_load_model.h
 */
#include "tests/unit/fair_load_model.h"

#include <math.h>

#include "models/sched/track.h"

#define HALF_LIFE_NS 33554432.0
#define FULL 1024.0
/* Units of 1024 ns at either end of every input, and partial periods: eevdf.md 3 allows 2 %. */
#define TOLERANCE (0.03 * FULL)

static double towards(double value, bool input, double keep)
{
	double full = input ? FULL : 0;

	return full + (value - full) * keep;
}

static struct pelt sums_of(const struct fair_entity *entity)
{
	struct pelt pelt = entity->pelt;

	pelt_update(&pelt, entity->queue->rq->clock, entity_input(entity));
	return pelt;
}

static double average(const struct pelt *pelt, uint64_t sum)
{
	return (double)sum / (double)pelt_divider(pelt);
}

void load_model_start(struct load_model *model, const struct fair_task *task)
{
	const struct pelt *pelt = &task->entity.pelt;

	model->queued = FULL;
	model->runnable = model->running = average(pelt, pelt->util_sum);
}

void load_model_advance(struct load_model *model, const struct fair_task *task, uint64_t ns)
{
	const struct fair_entity *entity = &task->entity;
	double keep = exp2(-(double)ns / HALF_LIFE_NS);

	model->queued = towards(model->queued, entity->queued, keep);
	model->runnable = towards(model->runnable, entity->queued && !entity->delayed, keep);
	model->running = towards(model->running, task->rq->curr == task, keep);
}

static void near(double value, double expected, double tolerance)
{
	must(fabs(value - expected) <= tolerance);
}

static void check_task(const struct fair_task *task, const struct load_model *model)
{
	struct pelt pelt = sums_of(&task->entity);

	near(FULL * average(&pelt, pelt.load_sum), model->queued, TOLERANCE);
	near(average(&pelt, pelt.runnable_sum), model->runnable, TOLERANCE);
	near(average(&pelt, pelt.util_sum), model->running, TOLERANCE);
	/* I21 */
	must(pelt.load_sum <= pelt_divider(&pelt) * 1002 / 1000);
	must(pelt.util_sum <= pelt_divider(&pelt) * 1026);
}

static bool is_below(const struct fair_task *task, const struct fair_queue *queue)
{
	for (const struct fair_entity *entity = &task->entity; entity; entity = entity->parent)
		if (entity->queue == queue)
			return true;
	return false;
}

static void check_queue_load(const struct fair_world *world, const struct fair_queue *queue)
{
	double load = 0, runnable = 0, running = 0;
	struct pelt pelt = queue->pelt;

	pelt_update(&pelt, queue->rq->clock, queue_input(queue));
	for (int i = 0; i < world->tasks; i++) {
		const struct fair_entity *entity = &world->task[i].entity;
		struct pelt part = sums_of(entity);

		if (entity->queue == queue)
			load += (double)weight_load(entity->weight) * average(&part, part.load_sum);
		if (is_below(&world->task[i], queue)) {
			runnable += average(&part, part.runnable_sum);
			running += average(&part, part.util_sum);
		}
	}
	for (const struct fair_group *group = world->fair->groups; group; group = group->older) {
		const struct fair_entity *entity = &group->cpu[queue->rq->cpu].entity;
		struct pelt part = sums_of(entity);

		if (entity->queue == queue)
			load += (double)weight_load(entity->weight) * average(&part, part.load_sum);
	}
	near(average(&pelt, pelt.load_sum), load, 0.03 * load + 2 * world->tasks);
	near(average(&pelt, pelt.runnable_sum), runnable, 0.03 * runnable + 3);
	if (!queue->group)
		near(average(&pelt, pelt.util_sum), running, 0.03 * running + 3);
}

/* With one queue a CPU; the load of groups above others decays where these have left. */
static void check_weights_only(const struct fair_world *world, const struct fair_queue *queue)
{
	double runnable = 0;
	struct pelt pelt = queue->pelt;

	pelt_update(&pelt, queue->rq->clock, queue_input(queue));
	for (int i = 0; i < world->tasks; i++) {
		const struct fair_task *task = &world->task[i];
		struct pelt part = sums_of(&task->entity);

		for (const struct fair_group *at = task->group; at; at = at->parent)
			if (&at->cpu[task->rq->cpu].queue == queue)
				runnable += average(&part, part.runnable_sum);
	}
	near(average(&pelt, pelt.runnable_sum), runnable, 0.03 * runnable + 3);
}

void check_load(const struct fair_world *world, const struct load_model *model)
{
	struct fair *fair = world->fair;

	for (int i = 0; i < world->tasks; i++)
		check_task(&world->task[i], &model[i]);
	for (uint32_t cpu = 0; cpu < fair->cpus; cpu++)
		check_queue_load(world, &fair->rq[cpu].root);
	for (const struct fair_group *group = fair->groups; group; group = group->older) {
		uint64_t published = 0;

		for (uint32_t cpu = 0; cpu < fair->cpus; cpu++) {
			const struct fair_group_cpu *on = &group->cpu[cpu];

			if (fair->features.single_queue)
				check_weights_only(world, &on->queue);
			else
				check_queue_load(world, &on->queue);
			published += on->queue.published;
			/* I14; an idle CPU's weight may be from before the shares changed */
			if (on->queue.weight && on->queue.pelt.updated)
				must(on->entity.weight >= 2);
		}
		must(group->load_avg == published);
	}
}
