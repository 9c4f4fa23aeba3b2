/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cfs_bed.c - see cfs_bed.h
 */
#include "tests/unit/cfs_bed.h"

#include "models/sched/hooks.h"

static int64_t ns_of(double ms)
{
	return (int64_t)(ms * 1e6 + (ms < 0 ? -0.5 : 0.5));
}

int64_t cfs_v(struct bed *bed, int task)
{
	return bed_entity(bed, task)->vruntime;
}

void cfs_set_v(struct bed *bed, int task, double ms)
{
	fair_entity_set(bed_entity(bed, task), ns_of(ms), 0);
}

void cfs_settle(struct bed *bed)
{
	struct fair_queue *root = &bed->rq->root;

	root->min_vruntime = root->curr ? root->curr->vruntime : root->first->vruntime;
	if (root->first && root->first->vruntime < root->min_vruntime)
		root->min_vruntime = root->first->vruntime;
}

void cfs_run(struct bed *bed, int task)
{
	struct fair_rq *rq = bed->task[task].rq;

	fair_switch(rq, rq->curr, &bed->task[task], bed->clock);
}

void cfs_add(struct bed *bed, uint32_t cpu, int first, int count, const double *ms)
{
	for (int i = first; i < first + count; i++) {
		bed_start_on(bed, cpu, i, NULL, 0);
		cfs_set_v(bed, i, ms[i - first]);
	}
	cfs_run(bed, first);
}

void cfs_open(struct bed *bed, struct cfs_scene scene, int count, const double *ms)
{
	bed_open(bed, (struct bed_config){ .version = scene.version ? scene.version : "5.3",
					   .hz = scene.hz,
					   .cpus = scene.cpus });
	cfs_add(bed, 0, 0, count, ms);
	cfs_settle(bed);
}

void cfs_sleep(struct bed *bed, int task, double ms, int other)
{
	struct fair_rq *rq = bed->rq;

	ck_assert_ptr_eq(rq->curr, &bed->task[task]);
	fair_dequeue(rq, rq->curr, FAIR_SLEEP, bed->clock);
	cfs_run(bed, other);
	cfs_set_v(bed, task, ms);
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

int cfs_tick_now(struct bed *bed, uint64_t eps)
{
	bed->clock = bed->now;
	fair_tick(bed->rq, bed->clock);
	if (bed->rq->resched) {
		bed->clock += eps;
		bed_pick(bed);
	}
	return bed_current(bed);
}

void cfs_ticks(struct bed *bed, uint64_t ns, uint64_t eps)
{
	for (uint64_t end = bed->now + ns; bed->now < end;) {
		log_stint(bed, bed->fair.tick);
		bed->now += bed->fair.tick;
		cfs_tick_now(bed, eps);
	}
}

int cfs_yield_now(struct bed *bed)
{
	fair_yield(bed->rq, bed->clock);
	return bed_pick(bed);
}

int cfs_kick(struct bed *bed, int target)
{
	struct fair_rq *rq = &bed->fair.rq[1];

	fair_clock(bed->rq, bed->clock);
	ck_assert_int_eq(fair_yield_to(rq, &bed->task[target], bed->clock), 1);
	/* a success on another CPU forces a pick there, whatever becomes of the hint */
	ck_assert_uint_eq(bed->rq->resched, FAIR_RESCHED_NOW);
	return bed_pick(bed);
}
