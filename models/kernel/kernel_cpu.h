/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel_cpu.h - the kernel's side of one CPU
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/kernel/aftermath.h"
#include "models/kernel/cpu.h"
#include "models/kernel/hint.h"
#include "models/kernel/idle.h"
#include "models/kernel/task.h"
#include "sim/engine/timer.h"

struct cpu_balance;
struct cross_call;
struct kernel;

/* Owner: struct kernel. */
struct kernel_cpu {
	struct kernel *kernel;
	struct cpu *cpu;
	struct fair_rq *rq;
	struct task *current; /* NULL: idle */
	uint32_t index;
	enum work work;	   /* what it executes outside interrupts */
	bool locking;	   /* schedule() waits for the lock of its queue, interrupts off */
	bool switching;	   /* the context switch to `current` is under way, interrupts off */
	bool in_interrupt; /* a handler runs; what it interrupted is in base_* */
	bool calls_polled; /* ... its idle loop's own, without an interrupt */
	bool rescheduling; /* ... has run, and the pick comes next: kernel_costs.reschedule */
	enum irq irq;
	uint32_t no_preempt; /* spin locks held or awaited, cross call under way */
	uint32_t irqs_off;   /* ... of these, the spin locks that keep interrupts off */
	uint64_t base;	     /* ns left of the interrupted work */
	enum work base_work;
	uint64_t base_clock;	    /* the task clock when it was interrupted */
	uint32_t tasks;		    /* runnable here, the running one included */
	struct task *first, *last;  /* these tasks, who waits longest first */
	struct task *timer_expired; /* sleepers to wake in the next IRQ_TIMER, linked by wait_next */
	struct task *io_done;	    /* likewise, in the next IRQ_IO */
	struct timer tick;
	bool tick_stopped;   /* idle: no tick until the next task */
	struct idle idle;    /* while `current` is NULL */
	struct timer hrtick; /* end of the running task's slice, hrtick.c */
	bool slice_over;     /* it has expired, and its interrupt is on the way */
	/* the last measured task, preempted, perhaps by one that is not measured */
	struct task *counted;
	uint64_t counted_since, counted_until;
	uint64_t busy;	     /* ns that tasks ran here, up to the last switch */
	uint64_t idle_since; /* ns: of the last HLT */
	const void *mm;	     /* whose address space is loaded; idle keeps the last one */
	bool tlb_stale;	     /* idle while that was flushed elsewhere */
	struct cross_call *call;
	uint64_t rq_free;  /* ns: when the lock of rq is free, rq_lock.h */
	uint32_t requests; /* of rq, before an operation on all CPUs */
	struct cpu_balance *balance;
	struct hint hint; /* the last directed yield to a task of this CPU, not yet decided */
	struct aftermath aftermath;
};
