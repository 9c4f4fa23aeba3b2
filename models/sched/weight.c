/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * weight.c - the table of weights and the arithmetic of scaled time; [1] 3, eevdf.md 1.1, 1.2
 */
#include "models/sched/weight.h"

#include "models/sched/hooks.h"

/* Nice -20 .. 19, nice 0 = 1024. */
static const uint32_t nice_load[] = {
	88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916,
	9548,  7620,  6100,  4904,  3906,  3121,  2501,	 1991,	1586,  1277,
	1024,  820,   655,   526,   423,   335,	  272,	 215,	172,   137,
	110,   87,    70,    56,    45,	   36,	  29,	 23,	18,    15,
};

#define IDLE_LOAD 3
#define IDLE_INVERSE 1431655765u

/* 2^32 / load: to the nearest, but four entries of the real table are rounded down. */
static uint32_t nice_inverse(int nice)
{
	uint64_t load = nice_load[nice - FAIR_NICE_MIN];
	bool down = nice == 13 || nice == 14 || nice == 16 || nice == 17;

	return (uint32_t)(((UINT64_C(1) << 32) + (down ? 0 : load / 2)) / load);
}

/* Folds weight and inverse into one multiplier below 2^32 and one shift. */
static void set_weight(struct fair_entity *entity, int64_t weight, uint32_t inverse)
{
	uint64_t factor = (uint64_t)inverse << 10;
	int shift = 32;

	entity->weight = weight;
	entity->load = entity->full_load ? weight : weight_load(weight);
	if (weight == FAIR_WEIGHT_NICE0) {
		factor = 1;
		shift = 0;
	} else if (factor >> 32) {
		int excess = 32 - __builtin_clz((uint32_t)(factor >> 32));

		factor >>= excess;
		shift -= excess;
	}
	entity->scale = (uint32_t)factor;
	entity->shift = (uint8_t)shift;
}

void entity_set_weight(struct fair_entity *entity, int64_t weight)
{
	set_weight(entity, weight, (uint32_t)(UINT32_MAX / weight_load(weight)));
}

int64_t task_weight(const struct fair_task *task)
{
	if (task->policy == FAIR_IDLE)
		return IDLE_LOAD << 10;
	return (int64_t)nice_load[task->nice - FAIR_NICE_MIN] << 10;
}

void task_set_weight(struct fair_task *task)
{
	uint32_t inverse = task->policy == FAIR_IDLE ? IDLE_INVERSE : nice_inverse(task->nice);

	set_weight(&task->entity, task_weight(task), inverse);
}

uint32_t entity_inverse(const struct fair_entity *entity)
{
	const struct fair_task *task = (const struct fair_task *)entity;

	if (entity->own)
		return (uint32_t)(UINT32_MAX / entity->load);
	return task->policy == FAIR_IDLE ? IDLE_INVERSE : nice_inverse(task->nice);
}

int64_t fair_scaled(const struct fair_entity *entity, int64_t duration)
{
	return entity_scaled(entity, duration);
}
