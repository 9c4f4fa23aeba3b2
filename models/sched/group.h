/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * group.h - task groups (cgroups): an entity and a queue on every CPU
 *
 * The operations work on all CPUs: their clocks must be up to date (fair_clock()).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/sched/entity.h"
#include "models/sched/queue.h"

struct fair;

struct fair_group_cpu {
	struct fair_entity entity;
	struct fair_queue queue;
};

/* Owner: struct fair, until fair_clear(). */
struct fair_group {
	struct fair *fair;
	struct fair_group *parent; /* NULL: the root */
	struct fair_group *older;  /* list of all groups */
	int64_t shares;		   /* in units of weight: 1048576 is the default, 1024 */
	int64_t outside_load;	   /* load on CPUs that are not simulated, [1] 8 extload */
	int64_t total_load; /* sum of down(weight) of its queues over the CPUs, kept up to date */
	uint64_t load_avg, runnable_avg; /* with load tracking: what the CPUs have published */
	bool idle;
	struct fair_group_cpu *cpu;	  /* [fair->cpus] */
	struct fair_bandwidth *bandwidth; /* bandwidth.h; NULL: no limit */
};

/* The entity of a group's queue. */
static inline struct fair_entity *queue_entity(const struct fair_queue *queue)
{
	return &queue->group->cpu[queue->rq->cpu].entity;
}

/* `parent` NULL: the root. Shares 2 .. 262144, limited; 1024 is the default. */
struct fair_group *fair_group_new(struct fair *fair, struct fair_group *parent, int64_t shares);
/* False: refused, because it is an idle group. */
bool fair_group_set_shares(struct fair_group *group, int64_t shares);
void fair_group_set_idle(struct fair_group *group, bool idle);
void fair_group_set_outside_load(struct fair_group *group, int64_t load);
