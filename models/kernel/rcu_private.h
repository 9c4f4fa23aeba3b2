/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rcu_private.h - what the files of RCU share
 */
#pragma once

#include "models/kernel/kernel.h"
#include "models/kernel/rcu.h"

static inline bool rcu_under_way(const struct rcu *rcu)
{
	return rcu->started != rcu->completed;
}

/* The extended quiescent state that others can see. */
static inline bool rcu_is_idle(const struct kernel_cpu *cpu)
{
	return !cpu->current && !cpu->in_interrupt;
}

/* The jiffy, and the waits of 3.11 in ns. */
uint64_t rcu_jiffy(const struct kernel *kernel);
uint64_t rcu_scan_delay(const struct kernel *kernel);
uint64_t rcu_urgent_age(const struct kernel *kernel);

/* rcu_gp.c */
extern const struct task_ops rcu_thread_ops;
/* Grace period `gp` shall take place. */
void rcu_want(struct rcu *rcu, uint64_t gp, struct kernel_cpu *by);
/* Something that the one under way waited for is over. */
void rcu_look(struct rcu *rcu, struct kernel_cpu *by);
/* Scan at once. */
void rcu_force(struct rcu *rcu, struct kernel_cpu *by);

/* rcu_callback.c */
extern const struct task_ops rcu_softirqd_ops;
void rcu_advance(struct rcu *rcu, struct rcu_cpu *here);
void rcu_accelerate(struct rcu *rcu, struct kernel_cpu *cpu);
uint64_t rcu_batch(const struct kernel_cpu *cpu);
void rcu_invoke(struct rcu *rcu, struct kernel_cpu *cpu, uint64_t callbacks);
uint64_t rcu_queued(const struct rcu_cpu *here);

/* rcu_expedited.c */
/* The CPU, whose reader has lost it or not, owes no more. */
void rcu_expedited_pay(struct rcu *rcu, struct kernel_cpu *cpu, struct task *reader);
void rcu_expedited_reader_left(struct rcu *rcu, struct task *reader, struct kernel_cpu *by);

static inline struct rcu_cpu *rcu_cpu_of(const struct kernel_cpu *cpu)
{
	return &cpu->kernel->rcu->cpu[cpu->index];
}
