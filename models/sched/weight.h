/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * weight.h - weights, loads and scaled time; [1] 3
 */
#pragma once

#include <stdint.h>

#include "models/sched/entity.h"

#define FAIR_NICE_MIN (-20)
#define FAIR_NICE_MAX 19

/* down(w): the weight as sums and group loads count it. */
static inline int64_t weight_load(int64_t weight)
{
	int64_t load = weight >> 10;

	return load >= 2 || weight <= 0 ? load : 2;
}

/* Any weight, with the inverse that follows from it. */
void entity_set_weight(struct fair_entity *entity, int64_t weight);
/* A task's weight and its tabulated inverse, from its nice value and policy. */
void task_set_weight(struct fair_task *task);
int64_t task_weight(const struct fair_task *task);

/* 2^32 divided by the weight on the 1024 scale, as entity_scaled() uses it. */
uint32_t entity_inverse(const struct fair_entity *entity);

/* cd(t) */
static inline int64_t entity_scaled(const struct fair_entity *entity, int64_t duration)
{
	if (!entity->shift)
		return duration;
	return (int64_t)(((unsigned __int128)(uint64_t)duration * entity->scale) >> entity->shift);
}
