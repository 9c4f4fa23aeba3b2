/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * balance.h - moving waiting tasks between CPUs, and what placement and balancing remember
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/kernel/domain.h"
#include "models/kernel/task.h"
#include "sim/engine/random.h"

struct kernel;
struct kernel_config;
struct kernel_cpu;

/* sysctl_sched_migration_cost: who ran so recently is cache hot, eevdf.md 5.2 */
#define MIGRATION_COST_NS UINT64_C(500000)

/* Why a task changes its CPU. */
enum move { MOVE_WAKEUP, MOVE_NEWLY_IDLE, MOVE_PERIODIC, MOVE_ACTIVE, MOVE_KINDS };

/* What one LLC's CPUs share. */
struct llc {
	uint32_t idle_scan; /* CPUs that a wake-up may look at: eevdf.md 4, SIS_UTIL */
	bool idle_cores;    /* there may be a core with all threads idle */
};

/* Of a kernel. Owner: struct kernel. */
struct balance {
	struct llc *llc;    /* [CPUs / CPUs of an LLC] */
	uint32_t movable;   /* tasks that may run on more than one CPU */
	uint32_t idle_cpus; /* CPUs without a task */
	bool overloaded;    /* some CPU has had two tasks since the last look at all of them */
	uint64_t nohz_next; /* jiffies: when some idle CPU is due */
	struct random dice; /* newly-idle balancing */
};

/* Of a CPU. Owner: struct kernel. */
struct cpu_balance {
	struct domains domains;
	struct waker idle_waker; /* what the idle CPU wakes from interrupts */
	uint64_t next;		 /* jiffies: the next periodic pass */
	int64_t idle_since;	 /* ns; below 0: before the beginning */
	bool idle_counts;	 /* idle_since begins a sample of avg_idle */
	uint64_t avg_idle;	 /* ns, of idle periods */
	uint64_t idle_estimate;	 /* ns, what SCAN_PROP_AGED goes by */
	uint64_t idle_estimated; /* ns */
	uint64_t max_cost;	 /* ns, of newly-idle balancing */
	uint32_t push_to;	 /* active balance: where a task must go; else UINT32_MAX */
	uint64_t past_load[2]; /* averages of the load at ticks: over 2, over 4; cfs.md 5.2, LB_BIAS */
	uint64_t past_tick;    /* jiffies: they are up to date */
};

void balance_init(struct kernel *kernel, const struct kernel_config *config);
void balance_clear(struct kernel *kernel);

/* Ticks so far, of CPU 0. */
uint64_t balance_jiffies(const struct kernel *kernel);
/* Jiffies between two passes; `busy`: the CPU has something else to do. */
uint64_t balance_interval(const struct kernel *kernel, const struct domain *domain, bool busy);

/* A CPU about to go idle looks for a waiting task elsewhere. True if it has one now. */
bool balance_newly_idle(struct kernel_cpu *cpu);
bool balance_simple(struct kernel_cpu *cpu);
/* The CPU has gone idle; it has a task again. */
void balance_idle_begins(struct kernel_cpu *cpu);
void balance_idle_ends(struct kernel_cpu *cpu);
/* Right after the tick: periodic balancing, of idle CPUs, too. */
void balance_tick(struct kernel_cpu *cpu);
/* LB_BIAS: the averages learn the load of this tick. */
void balance_note_load(struct cpu_balance *balance, uint64_t load, uint64_t jiffies);
/* Active balance, while nothing runs on the CPU: gives a task to push_to. */
void balance_push(struct kernel_cpu *cpu);
/* Lets the balancer forget what newly-idle passes cost; true: it has now. eevdf.md 5.1 */
bool balance_cost_decays(struct domain *domain, uint64_t jiffies, uint32_t hz);
