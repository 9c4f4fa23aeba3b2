/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rcu.h - grace periods, quiescent states and callbacks (kvm-and-guest.md 3.11,
 * mmu-illumos-pvsched-rcu.md D.1)
 *
 * A grace period ends when each CPU has passed a quiescent state since its begin, and no reader that
 * began before is left. A CPU tells of its own in softirqs of its ticks; of idle CPUs the grace period's
 * thread takes note. Callbacks run on the CPU that has queued them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/kernel/cpumask.h"
#include "models/kernel/task.h"

struct program_task;

/* Callbacks of a CPU, oldest first: to be invoked; waiting for the end of a grace period; for one
 * after that; for none yet. */
enum rcu_age { RCU_DONE, RCU_WAIT, RCU_NEXT_READY, RCU_NEXT, RCU_AGES };

struct rcu_segment {
	uint64_t gp; /* number of the grace period */
	uint64_t count, bytes;
};

/* Owner: struct rcu. */
struct rcu_cpu {
	uint64_t noticed,
		noticed_end; /* numbers: the last begin and the last end that it knows of */
	bool needs;	     /* the one under way waits for this CPU */
	bool passed;	     /* a quiescent state, since it noticed that */
	bool urgent, heavy;  /* it has been late for long */
	uint64_t idles;	     /* how often it was idle, as far as others can see */
	uint64_t snapshot;   /* of that */
	bool resched_sent;

	struct rcu_segment segment[RCU_AGES];
	uint64_t queued, invoked; /* callbacks since the start */
	struct task_fifo waiters; /* tasks whose own callback is among them, in order */
	bool softirq;		  /* the tick under way ends with one */
	uint64_t batch;		  /* callbacks that it invokes */
	struct task thread;	  /* ksoftirqd */
	uint64_t thread_batch;

	bool called, owes; /* expedited: the interrupt is on its way; a quiescent state is owed */
};

enum rcu_step { RCU_IDLE, RCU_BEGINS, RCU_SLEEPS, RCU_SCANS, RCU_ENDS };

/* Owner: struct kernel. */
struct rcu {
	struct kernel *kernel;
	struct rcu_cpu *cpu; /* [cpus] */
	bool preemptible;    /* readers may lose their CPU (PREEMPT_RCU) */
	/* numbers of grace periods: one is under way if `started` is not `completed` */
	uint64_t started, completed, wanted;
	struct cpumask waits;	  /* for these CPUs */
	struct task *blocked;	  /* readers without a CPU */
	struct task thread;	  /* rcu_sched, rcu_preempt */
	enum rcu_step step;	  /* of that */
	uint64_t began, deadline; /* ns: of the grace period; of the next scan */
	bool scanned, forced;	  /* once; to scan at once */
	uint64_t bytes, peak;	  /* of all callbacks that are not invoked */

	struct task *expedites; /* the task that waits for an expedited one */
	bool expedited_sent;	/* all its interrupts are */
	struct cpumask expedited_waits;
	uint32_t expedited_readers;
	struct task_fifo expedited_line;
};

void rcu_init(struct kernel *kernel);
void rcu_clear(struct kernel *kernel);

/* --- what happens on a CPU (rcu.c); `kernel->rcu` is there --- */
/* A tick's handler: ns of the softirq after it; and its effect. */
uint64_t rcu_tick_begin(struct kernel_cpu *cpu);
void rcu_tick_end(struct kernel_cpu *cpu);
/* schedule() begins. */
void rcu_switch(struct kernel_cpu *cpu);
void rcu_idle(struct kernel_cpu *cpu);
/* Callbacks keep the tick of an idle CPU. */
bool rcu_needs_tick(const struct kernel_cpu *cpu);
/* A call interrupt, which may be that of an expedited grace period (rcu_expedited.c). */
void rcu_called(struct kernel_cpu *cpu);

/* --- what tasks ask for: as ops, see program.c --- */
bool rcu_read(struct program_task *task, struct kernel_cpu *cpu);
bool rcu_call(struct program_task *task, struct kernel_cpu *cpu);
bool rcu_synchronize(struct program_task *task, struct kernel_cpu *cpu);
bool rcu_synchronize_expedited(struct program_task *task, struct kernel_cpu *cpu);
