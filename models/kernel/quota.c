/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quota.c - see quota.h
 *
 * The timers' handlers take no time. Their CPUs are not known, so requests go out as interrupts from
 * outside.
 */
#include "models/kernel/quota.h"

#include <glib.h>

#include "models/events.h"
#include "models/kernel/runnable.h"
#include "sim/engine/engine.h"

/* Owner: struct kernel. */
struct quota {
	struct kernel *kernel;
	struct fair_group *group;
	struct timer refill, slack;
	struct quota *next;
};

static struct quota *quota_of(struct kernel *kernel, const struct fair_group *group)
{
	struct quota *quota = kernel->quotas;

	while (quota->group != group)
		quota = quota->next;
	return quota;
}

static void arm_refill(void *data, struct fair_group *group, uint64_t when)
{
	struct kernel *kernel = data;

	engine_arm(kernel->engine, &quota_of(kernel, group)->refill, when);
}

static void arm_slack(void *data, struct fair_group *group, uint64_t when)
{
	struct kernel *kernel = data;

	engine_arm(kernel->engine, &quota_of(kernel, group)->slack, when);
}

static void throttled(void *data, struct fair_task *fair, bool yes)
{
	struct task *task = task_of(fair);

	(void)data;
	if (yes)
		runnable_remove(task);
	else
		runnable_add(task);
}

const struct fair_bandwidth_ops quota_ops = { arm_refill, arm_slack, throttled };

static void distribute(struct quota *quota, uint64_t now,
		       void (*how)(struct fair_group *group, uint64_t now))
{
	struct kernel *kernel = quota->kernel;

	for (uint32_t i = 0; i < kernel->cpus; i++) {
		kernel->cpu[i].requests = kernel->cpu[i].rq->resched;
		fair_clock(kernel->cpu[i].rq, kernel_clock(&kernel->cpu[i]));
	}
	how(quota->group, now);
	for (uint32_t i = 0; i < kernel->cpus; i++) {
		struct kernel_cpu *cpu = &kernel->cpu[i];

		/* a halt poll sees a task that has come back, too */
		if ((cpu->rq->resched & ~cpu->requests) || cpu->rq->nr_running > 1)
			kernel_notify(cpu, NULL, cpu->requests);
	}
}

static void refill(struct timer *timer, uint64_t now)
{
	distribute((struct quota *)((char *)timer - offsetof(struct quota, refill)), now,
		   fair_bandwidth_refill);
}

static void slack(struct timer *timer, uint64_t now)
{
	distribute((struct quota *)((char *)timer - offsetof(struct quota, slack)), now,
		   fair_bandwidth_slack);
}

void kernel_set_quota(struct kernel *kernel, struct fair_group *group,
		      const struct fair_quota *limit)
{
	struct quota *quota = g_new0(struct quota, 1);
	uint16_t number = kernel->quotas ? (uint16_t)(kernel->quotas->refill.owner + 1) : 0;

	quota->kernel = kernel;
	quota->group = group;
	quota->next = kernel->quotas;
	timer_init(&kernel->engine->timers, &quota->refill, refill, EVENT_QUOTA, number);
	timer_init(&kernel->engine->timers, &quota->slack, slack, EVENT_QUOTA, number);
	kernel->quotas = quota;
	fair_group_set_quota(group, limit);
}

void quota_clear(struct kernel *kernel)
{
	while (kernel->quotas) {
		struct quota *quota = kernel->quotas;

		kernel->quotas = quota->next;
		g_free(quota);
	}
}

void kernel_give_way(struct kernel_cpu *cpu)
{
	if (out_of_quota(cpu))
		fair_throttle_running(cpu->rq, kernel_clock(cpu));
	kernel_schedule(cpu);
}
