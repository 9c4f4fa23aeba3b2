/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cpu_load.h - how busy a CPU and a task are, as placement and balancing see it
 *
 * Loads: 1024 is a nice-0 task that always wants to run. Utilisation, runnable: 1024 is one task
 * all the time. Every CPU has the capacity 1024.
 */
#pragma once

#include "models/kernel/balance_rules.h"
#include "models/kernel/kernel.h"
#include "models/sched/load.h"

#define CPU_CAPACITY 1024

static inline uint64_t cpu_load(const struct kernel_cpu *cpu)
{
	return fair_rq_load(cpu->rq);
}

static inline uint64_t cpu_util(const struct kernel_cpu *cpu)
{
	return fair_rq_util(cpu->rq);
}

static inline uint64_t cpu_runnable(const struct kernel_cpu *cpu)
{
	return fair_rq_runnable(cpu->rq);
}

/* Load of its runnable tasks alone, at this moment. */
static inline uint64_t cpu_runnable_load(const struct kernel_cpu *cpu)
{
	return (uint64_t)cpu->rq->root.weight >> 10;
}

/* As the balancer compares CPUs: without blocked tasks before 5.6, cfs.md 5.2. */
static inline uint64_t cpu_balance_load(const struct kernel_cpu *cpu)
{
	return cpu->kernel->rules->load_only ? cpu_runnable_load(cpu) : cpu_load(cpu);
}

/* --- is a CPU idle? --- */

static inline bool cpu_is_idle(const struct kernel_cpu *cpu)
{
	return !cpu->current && !cpu->tasks;
}

/* For a wake-up, which takes an idle vCPU that is not on a pCPU for a busy one
 * (kvm-and-guest.md 3.9). */
static inline bool cpu_is_free(const struct kernel_cpu *cpu)
{
	return cpu_is_idle(cpu) &&
	       !(cpu->kernel->rules->knows_preempted_cpu && cpu->cpu->ops->is_preempted(cpu->cpu));
}

/* ... and where a CPU that runs idle-policy tasks alone counts as idle, too. */
static inline bool cpu_is_open(const struct kernel_cpu *cpu)
{
	return cpu_is_free(cpu) || (cpu->kernel->rules->idle_policy_counts && cpu->rq->nr_running &&
				    cpu->rq->root.h_nr_idle == cpu->rq->nr_running);
}
