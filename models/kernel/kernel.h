/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel.h - a kernel: run queues, tasks and interrupts on n CPUs
 *
 * The same module is the host's kernel on pCPUs and the guest's on vCPUs (design, section 2).
 */
#pragma once

#include "models/kernel/kernel_costs.h"
#include "models/kernel/kernel_cpu.h"
#include "models/kernel/kernel_params.h"
#include "models/kernel/spin_wait.h"
#include "models/kernel/task.h"
#include "models/result.h"
#include "sim/engine/random.h"

struct balance;
struct balance_rules;
struct cross_call;
struct engine;
struct kernel_config;
struct kernel_objects;
struct measures;
struct rcu;

struct kernel {
	struct engine *engine;
	const struct kernel_params *params;
	struct kernel_costs costs;
	struct fair fair;
	struct kernel_cpu *cpu;		  /* [cpus] */
	uint32_t cpus, llc_size, threads; /* all; of those that share a cache; of a core */
	const struct balance_rules *rules;
	struct balance *balance;
	uint64_t tick_period, tick_phase; /* ns */
	uint64_t yield_decision; /* ns: how long a switch counts as what a directed yield brought */
	struct measures *measures; /* borrowed */
	enum counter_kind switch_counter, wake_counter;
	const enum counter_kind *move_counters; /* [MOVE_KINDS] */
	enum spin_lock_kind spin_locks;
	struct quota *quotas;		/* CPU limits of its groups */
	struct task *spinners;		/* for mutexes and rwsems: linked by next_spinner */
	struct rcu *rcu;		/* NULL: none of its tasks uses it */
	struct kernel_objects *objects; /* locks, mutexes, queues of its tasks; NULL: none */
	struct random softirq;		/* which ticks have deferred work, and how much */
};

void kernel_init(struct kernel *kernel, const struct kernel_config *config);
void kernel_clear(struct kernel *kernel);

/* The task is new: it first runs after task_start(). `group` NULL: the root. */
void task_init(struct kernel *kernel, struct task *task, const struct task_ops *ops,
	       struct fair_group *group, uint32_t only_cpu, const void *mm, uint16_t owner);
void task_start(struct task *task, uint32_t cpu);

static inline struct kernel_cpu *task_cpu(const struct task *task)
{
	return &task->kernel->cpu[task->cpu];
}

static inline bool task_running(const struct task *task)
{
	return task_cpu(task)->current == task;
}

uint64_t kernel_now(const struct kernel *kernel);
/* The CPU's task clock now: what its run queue goes by. */
uint64_t kernel_clock(const struct kernel_cpu *cpu);

/* --- what a task's ops call, as their last act (schedule.c, block.c) --- */
/* The next segment of the running task. */
void kernel_work(struct kernel_cpu *cpu, uint64_t ns, enum work work);
/* Gives the CPU away if somebody better waits; comes back by advance() or with a segment's rest. */
void kernel_schedule(struct kernel_cpu *cpu);
void kernel_block(struct kernel_cpu *cpu);
void kernel_sleep(struct kernel_cpu *cpu, uint64_t ns);
/* Likewise, until a device that takes so long interrupts this CPU. */
void kernel_io(struct kernel_cpu *cpu, uint64_t ns);
void kernel_exit(struct kernel_cpu *cpu);
/* The task, which is new or dead, begins where fork places it. */
void kernel_fork(struct kernel_cpu *cpu, struct task *child);
void kernel_yield(struct kernel_cpu *cpu); /* sched_yield() */
/* Must the running task, about to do this work, let go of the CPU first? (eevdf.md 6) */
bool kernel_wants_cpu(const struct kernel_cpu *cpu, enum work work);
/* Goes on with the running task: the rest of its segment, or its next one. */
void kernel_resume(struct kernel_cpu *cpu);

/* --- from anywhere --- */
/* Lets `cpu` know of a reschedule request that its run queue, which had the requests `before`, has
 * now; `by` as below. */
void kernel_notify(struct kernel_cpu *cpu, struct kernel_cpu *by, uint32_t before);
/* Ends a sleep; `by` is the CPU that does it, NULL a timer. False if it was not asleep. */
bool kernel_wake(struct task *task, struct kernel_cpu *by);
bool kernel_wake_sync(struct task *task, struct kernel_cpu *by); /* WF_SYNC: a pipe's writer */
/* Likewise, from kernel_sleep() before its time. */
bool kernel_wake_early(struct task *task, struct kernel_cpu *by);
/* Changes what is left of the running task's segment, also under an interrupt or a stopped CPU. */
void kernel_rework(struct kernel_cpu *cpu, uint64_t ns, enum work work);
/* Directed yield from the CPU's current task (eevdf.md 1.17): 1, 0 or -3. After a 1 the caller
 * schedules. */
int kernel_yield_to(struct kernel_cpu *cpu, struct task *target);

/* --- from the CPU (interrupt.c) --- */
void kernel_schedule_locked(struct kernel_cpu *cpu); /* kernel_schedule() has waited */
void kernel_idle(struct kernel_cpu *cpu);	     /* schedule.c: it stays idle */
void kernel_cpu_done(struct kernel_cpu *cpu);
void kernel_interrupt(struct kernel_cpu *cpu, enum irq irq);
void kernel_unhalted(struct kernel_cpu *cpu);
/* A guest that runs makes progress at another speed from now on. */
void kernel_speed_changed(struct kernel_cpu *cpu);
