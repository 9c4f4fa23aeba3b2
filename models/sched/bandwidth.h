/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bandwidth.h - a group's CPU time is limited: cpu.max; eevdf.md 7.1
 *
 * Every period the group's pool is filled with the quota. Its queues take slices from it, are charged
 * for what runs below them, and stop when they have nothing left and the pool is empty. Time is the
 * CPUs' task clock, which must be one clock for all of them: this is for kernels on real CPUs.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct fair_group;
struct fair_queue;
struct fair_rq;
struct fair_task;

/* What a queue takes at once, and what an empty one keeps. */
#define BANDWIDTH_SLICE_NS INT64_C(5000000)
#define BANDWIDTH_KEPT_NS INT64_C(1000000)

/* cpu.max and cpu.max.burst */
struct fair_quota {
	uint64_t quota, period, burst; /* ns; burst: what idle periods may add to the pool */
	uint64_t phase;		       /* ns: periods begin at phase + k * period */
};

/* What the scheduler needs of its kernel. All get struct fair_config's bandwidth_data. */
struct fair_bandwidth_ops {
	/* fair_bandwidth_refill() or fair_bandwidth_slack() at `when`. */
	void (*arm_refill)(void *data, struct fair_group *group, uint64_t when);
	void (*arm_slack)(void *data, struct fair_group *group, uint64_t when);
	/* A runnable task no longer competes for its CPU, or does again. */
	void (*throttled)(void *data, struct fair_task *task, bool throttled);
};

/* Owner: its group. */
struct fair_bandwidth {
	struct fair_quota limit;
	uint64_t pool;	 /* ns left of this period */
	uint64_t refill; /* ns: when the period ends; valid while it is active */
	bool active, slack_started;
	bool idle;			 /* nothing was taken in this period */
	struct fair_queue *first, *last; /* throttled queues, longest first */
	uint64_t periods, periods_throttled;
};

/* Before any task of the group, or of one below it, starts. */
void fair_group_set_quota(struct fair_group *group, const struct fair_quota *quota);
/* The timers have fired. Clocks of all CPUs are up to date; they may find requests raised. */
void fair_bandwidth_refill(struct fair_group *group, uint64_t now);
void fair_bandwidth_slack(struct fair_group *group, uint64_t now);

/* Must the running task stop before it goes on in user or guest mode? Only where tasks are throttled
 * one by one (features.h). If so, it is off its queues afterwards; pick next. */
bool fair_throttles_running(const struct fair_rq *rq);
void fair_throttle_running(struct fair_rq *rq, uint64_t now);
