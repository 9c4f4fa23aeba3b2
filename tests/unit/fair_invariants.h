/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fair_invariants.h - eevdf.md 8.1, recomputed from the entities alone
 *
 * Nothing that the scheduler caches is believed: members of a queue are found by looking at every
 * entity there is, sums are 128 bits wide and relative to 0.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <check.h>

#include "models/sched/fair.h"

/* ck_assert tells the parent of every check that passes, which costs more than the check. */
#define must(condition)                                 \
	do {                                            \
		if (!(condition))                       \
			ck_abort_msg("%s", #condition); \
	} while (0)

struct fair_world {
	struct fair *fair;
	struct fair_task *task; /* [tasks] */
	int tasks;
};

struct exact_sums {
	__int128 weighted; /* sum of load * v */
	int64_t load;
	uint32_t members;
};

struct exact_sums exact_sums(const struct fair_world *world, const struct fair_queue *queue);
/* sum >= v * load */
bool exact_eligible(const struct fair_world *world, const struct fair_entity *entity);

/* I1, I2, I3, I6, I9, I10, I14, the tree and all counters, on every queue; fails by Check. */
void check_invariants(const struct fair_world *world);
