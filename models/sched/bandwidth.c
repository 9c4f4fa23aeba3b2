/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bandwidth.c - the pool of a limited group, and who gets what of it; eevdf.md 7.1
 */
#include "models/sched/bandwidth.h"

#include <glib.h>

#include "models/sched/account.h"
#include "models/sched/flat.h"
#include "models/sched/quota.h"
#include "models/sched/steps.h"
#include "models/sched/track.h"

/* Time that an empty queue gives back is handed out so much later, in the hope that more comes... */
#define SLACK_DELAY_NS UINT64_C(5000000)
/* ... and not at all if a refill is that near. */
#define REFILL_NEAR_NS UINT64_C(2000000)

static struct fair_bandwidth *bandwidth_of(const struct fair_queue *queue)
{
	return queue->group->bandwidth;
}

void fair_group_set_quota(struct fair_group *group, const struct fair_quota *quota)
{
	struct fair_bandwidth *bandwidth = g_new0(struct fair_bandwidth, 1);

	bandwidth->limit = *quota;
	bandwidth->pool = quota->quota;
	group->bandwidth = bandwidth;
	for (uint32_t cpu = 0; cpu < group->fair->cpus; cpu++)
		group->cpu[cpu].queue.limited = true;
	/* with one queue a CPU it speaks for all groups */
	for (uint32_t cpu = 0; cpu < group->fair->cpus && group->fair->features.single_queue; cpu++)
		group->fair->rq[cpu].root.limited = true;
}

static void activate(struct fair_group *group, uint64_t now)
{
	struct fair_bandwidth *bandwidth = group->bandwidth;
	uint64_t period = bandwidth->limit.period, phase = bandwidth->limit.phase % period;

	if (bandwidth->active)
		return;
	bandwidth->active = true;
	bandwidth->refill = now - (now + period - phase) % period + period;
	group->fair->bandwidth->arm_refill(group->fair->bandwidth_data, group, bandwidth->refill);
}

/* Fills the queue up to `target`, as far as the pool goes: what it overran is paid back first. */
static bool assign(struct fair_queue *queue, int64_t target)
{
	struct fair_bandwidth *bandwidth = bandwidth_of(queue);
	uint64_t amount = MIN((uint64_t)(target - queue->runtime), bandwidth->pool);

	activate(queue->group, queue->rq->clock);
	if (amount) {
		bandwidth->pool -= amount;
		bandwidth->idle = false;
		queue->runtime += (int64_t)amount;
	}
	return queue->runtime > 0;
}

/* Has it to stop? */
static bool spend(struct fair_queue *queue, int64_t ran)
{
	queue->runtime -= ran;
	return queue->runtime <= 0 && !queue->throttled && !assign(queue, BANDWIDTH_SLICE_NS);
}

void quota_charge_limited(struct fair_queue *queue, int64_t ran)
{
	if (!queue->group)
		flat_charge(queue->rq, ran);
	else if (spend(queue, ran))
		request_now(queue->rq);
}

static void throttle(struct fair_queue *queue)
{
	struct fair_bandwidth *bandwidth = bandwidth_of(queue);

	queue->throttled = true;
	queue->rq->throttled_queues++;
	queue->next_throttled = NULL;
	if (bandwidth->last)
		bandwidth->last->next_throttled = queue;
	else
		bandwidth->first = queue;
	bandwidth->last = queue;
	if (features_of(queue)->throttle_tasks) {
		if (!queue->nr_queued)
			track_freeze(queue);
	} else {
		track_freeze(queue);
		quota_cut(queue);
	}
}

bool quota_exhausted_limited(struct fair_queue *queue)
{
	if (!queue->group) {
		flat_exhaust(queue->rq);
		return false;
	}
	if (queue->runtime > 0)
		return false;
	if (queue->throttled)
		return true;
	if (assign(queue, 1))
		return false;
	throttle(queue);
	return true;
}

void quota_joined_limited(struct fair_queue *queue)
{
	if (!queue->group || queue->nr_queued != 1)
		return;
	if (queue->throttled) {
		track_thaw(queue);
		return;
	}
	if (queue->curr)
		return;
	spend(queue, 0);
	quota_exhausted_limited(queue);
}

static bool refill_within(const struct fair_bandwidth *bandwidth, uint64_t now, uint64_t ns)
{
	return bandwidth->active && bandwidth->refill - now < ns;
}

/* An empty queue keeps a little for the next wake-up. */
static void give_back(struct fair_queue *queue)
{
	struct fair_bandwidth *bandwidth = bandwidth_of(queue);
	const struct fair *fair = queue->rq->fair;
	int64_t spare = queue->runtime - BANDWIDTH_KEPT_NS;
	uint64_t now = queue->rq->clock;

	if (queue->throttled && features_of(queue)->throttle_tasks)
		track_freeze(queue);
	if (spare <= 0)
		return;
	queue->runtime = BANDWIDTH_KEPT_NS;
	bandwidth->pool += (uint64_t)spare;
	if (bandwidth->pool <= (uint64_t)BANDWIDTH_SLICE_NS || !bandwidth->first ||
	    bandwidth->slack_started ||
	    refill_within(bandwidth, now, SLACK_DELAY_NS + REFILL_NEAR_NS))
		return;
	bandwidth->slack_started = true;
	fair->bandwidth->arm_slack(fair->bandwidth_data, queue->group, now + SLACK_DELAY_NS);
}

void quota_left_limited(struct fair_queue *queue)
{
	if (queue->group && !queue->nr_queued)
		give_back(queue);
}

/* Tasks taken off one by one that nothing holds any longer. */
static void release_tasks(struct fair_rq *rq)
{
	struct fair_task *task = rq->limbo, *held = NULL, *last = NULL;

	rq->limbo = rq->limbo_last = NULL;
	while (task) {
		struct fair_task *next = task->limbo_next;

		task->limbo_next = NULL;
		if (quota_holds(task)) {
			if (last)
				last->limbo_next = task;
			else
				held = task;
			last = task;
		} else {
			quota_tell(task, false);
			eevdf_enqueue(rq, task, true, false);
		}
		task = next;
	}
	rq->limbo = held;
	rq->limbo_last = last;
}

static void unthrottle(struct fair_queue *queue)
{
	struct fair_rq *rq = queue->rq;

	queue->throttled = false;
	rq->throttled_queues--;
	track_thaw(queue);
	if (features_of(queue)->throttle_tasks)
		release_tasks(rq);
	else
		quota_mend(queue);
	if (!rq->curr && rq->nr_running)
		request_now(rq);
}

/* Each gets just enough to go on, in the order in which they stopped. */
static void distribute(struct fair_bandwidth *bandwidth)
{
	while (bandwidth->first && bandwidth->pool) {
		struct fair_queue *queue = bandwidth->first;
		uint64_t amount = MIN((uint64_t)(1 - queue->runtime), bandwidth->pool);

		bandwidth->pool -= amount;
		queue->runtime += (int64_t)amount;
		if (queue->runtime <= 0)
			return;
		bandwidth->first = queue->next_throttled;
		if (!bandwidth->first)
			bandwidth->last = NULL;
		unthrottle(queue);
	}
}

void fair_bandwidth_refill(struct fair_group *group, uint64_t now)
{
	struct fair_bandwidth *bandwidth = group->bandwidth;
	const struct fair_quota *limit = &bandwidth->limit;

	bandwidth->periods++;
	bandwidth->pool = MIN(bandwidth->pool + limit->quota, limit->quota + limit->burst);
	if (bandwidth->idle && !bandwidth->first) {
		bandwidth->active = false;
		return;
	}
	bandwidth->refill = now + limit->period;
	group->fair->bandwidth->arm_refill(group->fair->bandwidth_data, group, bandwidth->refill);
	bandwidth->idle = !bandwidth->first;
	bandwidth->periods_throttled += bandwidth->first != NULL;
	distribute(bandwidth);
}

void fair_bandwidth_slack(struct fair_group *group, uint64_t now)
{
	struct fair_bandwidth *bandwidth = group->bandwidth;

	bandwidth->slack_started = false;
	if (!refill_within(bandwidth, now, REFILL_NEAR_NS) &&
	    bandwidth->pool > (uint64_t)BANDWIDTH_SLICE_NS)
		distribute(bandwidth);
}
