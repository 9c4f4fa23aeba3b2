/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quota.h - timers of the groups' CPU limits, and tasks that these stop; eevdf.md 7.1
 */
#pragma once

#include "models/kernel/kernel.h"
#include "models/sched/bandwidth.h"

extern const struct fair_bandwidth_ops quota_ops;

/* Before the kernel runs. */
void kernel_set_quota(struct kernel *kernel, struct fair_group *group,
		      const struct fair_quota *limit);
void quota_clear(struct kernel *kernel);

/* Must the running task stop before it goes on in user or guest mode? */
static inline bool out_of_quota(const struct kernel_cpu *cpu)
{
	return cpu->rq->throttled_queues && fair_throttles_running(cpu->rq);
}

/* kernel_schedule() right before user or guest mode: a task that is out of quota stays here. */
void kernel_give_way(struct kernel_cpu *cpu);
