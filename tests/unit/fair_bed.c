/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fair_bed.c - see fair_bed.h
 */
#include "tests/unit/fair_bed.h"

#include <check.h>

#include "models/sched/account.h"
#include "models/sched/hooks.h"
#include "models/sched/versions.h"

void bed_open(struct bed *bed, struct bed_config config)
{
	struct fair_features features =
		*fair_features_find(config.version ? config.version : "6.19");

	if (config.tune)
		config.tune(&features);
	*bed = (struct bed){ 0 };
	fair_init(&bed->fair, &(struct fair_config){
				      .features = &features,
				      .cpus = config.cpus ? config.cpus : 1,
				      .tick = 1000000000 / (config.hz ? config.hz : 1000),
				      .base_slice = config.slice ? config.slice : 2800000,
				      .cfs = fair_cfs_tunables(&features, 8, &config.cfs),
				      .norm_slice = 700000,
				      .migration_cost = 500000,
				      .lazy = config.lazy,
				      .track_load = config.track_load,
				      .hooks = config.hooks,
				      .hook_data = config.hook_data,
				      .bandwidth = config.bandwidth,
				      .bandwidth_data = config.bandwidth_data,
			      });
	bed->rq = &bed->fair.rq[0];
	for (int i = 0; i < BED_TASKS; i++)
		fair_task_init(&bed->fair, &bed->task[i], NULL);
}

void bed_close(struct bed *bed)
{
	fair_clear(&bed->fair);
}

struct fair_entity *bed_entity(struct bed *bed, int task)
{
	return &bed->task[task].entity;
}

void bed_start_on(struct bed *bed, uint32_t cpu, int task, struct fair_group *group, int nice)
{
	fair_task_init(&bed->fair, &bed->task[task], group);
	fair_task_configure(&bed->task[task], nice, FAIR_NORMAL, 0);
	fair_start(&bed->fair.rq[cpu], &bed->task[task], bed->clock);
}

void bed_start(struct bed *bed, int task, struct fair_group *group, int nice)
{
	bed_start_on(bed, 0, task, group, nice);
}

void bed_set(struct bed *bed, int task, int64_t vruntime, int64_t deadline)
{
	struct fair_entity *entity = bed_entity(bed, task);

	fair_entity_set(entity, vruntime, deadline);
	if (entity->queue->curr == entity)
		set_protection(entity, deadline);
}

void bed_run(struct bed *bed, uint64_t ns)
{
	bed->now += ns;
	bed->clock += ns;
	for (uint32_t cpu = 0; cpu < bed->fair.cpus; cpu++)
		fair_clock(&bed->fair.rq[cpu], bed->clock);
}

static int index_of(const struct bed *bed, const struct fair_task *task)
{
	return task ? (int)(task - bed->task) : -1;
}

int bed_pick_on(struct bed *bed, uint32_t cpu)
{
	struct fair_rq *rq = &bed->fair.rq[cpu];
	struct fair_task *next = fair_pick(rq, bed->clock);

	fair_switch(rq, rq->curr, next, bed->clock);
	return index_of(bed, next);
}

int bed_pick(struct bed *bed)
{
	return bed_pick_on(bed, 0);
}

int bed_current(const struct bed *bed)
{
	return index_of(bed, bed->rq->curr);
}

void bed_block(struct bed *bed, int task)
{
	struct fair_rq *rq = bed->task[task].rq;

	ck_assert_ptr_eq(rq->curr, &bed->task[task]);
	fair_dequeue(rq, &bed->task[task], FAIR_SLEEP, bed->clock);
	bed_pick_on(bed, rq->cpu);
}

int bed_wake(struct bed *bed, int task)
{
	return fair_wake(bed->task[task].rq, &bed->task[task], 0, bed->clock);
}

int bed_yield_to(struct bed *bed, int target)
{
	return fair_yield_to(bed->rq, &bed->task[target], bed->clock);
}

static void log_stint(struct bed *bed, uint64_t ns)
{
	int current = bed_current(bed);

	if (!bed->stints || bed->stint[bed->stints - 1].task != current) {
		ck_assert_uint_lt(bed->stints, BED_STINTS);
		bed->stint[bed->stints++] = (struct stint){ current, 0 };
	}
	bed->stint[bed->stints - 1].ns += ns;
}

void bed_ticks(struct bed *bed, uint64_t ns)
{
	uint64_t tick = bed->fair.tick;

	for (uint64_t end = bed->now + ns; bed->now < end; bed->now += tick) {
		log_stint(bed, tick);
		bed->clock += tick - bed->stolen;
		fair_tick(bed->rq, bed->clock);
		if (bed->rq->resched)
			bed_pick(bed);
	}
}

uint64_t bed_exec(struct bed *bed, int task)
{
	struct fair_entity *entity = bed_entity(bed, task);

	if (bed->task[task].rq->curr == &bed->task[task]) {
		fair_clock(bed->task[task].rq, bed->clock);
		fair_account(entity->queue);
	}
	return entity->exec;
}

uint32_t bed_stints(const struct bed *bed, int task, uint64_t ns)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i + 1 < bed->stints; i++)
		count += i && bed->stint[i].task == task && bed->stint[i].ns == ns;
	return count;
}

uint32_t bed_all_stints(const struct bed *bed, int task)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i + 1 < bed->stints; i++)
		count += i && bed->stint[i].task == task;
	return count;
}
