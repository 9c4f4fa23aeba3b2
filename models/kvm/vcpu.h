/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vcpu.h - a virtual CPU: to the host a task, to its guest a CPU
 *
 * The guest makes progress only while the thread is in guest mode ("live"). What leaves guest mode
 * goes through vcpu_exit(), the thread's phases (thread.c), and back in through vcpu_thaw().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/kernel/cpu.h"
#include "models/kernel/cpumask.h"
#include "models/kernel/task.h"
#include "models/kvm/directed_scan.h"
#include "models/kvm/requests.h"
#include "sim/engine/timer.h"

struct vm;

/* Where the thread is in KVM's run loop: what advance() does next. */
enum vcpu_phase {
	PHASE_ENTER,	  /* check for work, then enter */
	PHASE_ENTERING,	  /* the entry is under way */
	PHASE_GUEST,	  /* in guest mode, or interrupted there */
	PHASE_EXITING,	  /* the exit and its handler are under way */
	PHASE_LOCKING,	  /* yield_to() takes the run queue locks */
	PHASE_YIELDING,	  /* yield_to() succeeded; schedule() comes next */
	PHASE_AFTER_SPIN, /* back from that schedule() */
	PHASE_POLLING,	  /* halt polling */
	PHASE_POLL_HIT,	  /* ... and an event came */
	PHASE_WOKEN,	  /* back from blocking */
};

/* Owner: struct vm. */
struct vcpu {
	struct cpu cpu;	  /* first: the guest's CPU */
	struct task task; /* the host's thread */
	struct vm *vm;
	uint32_t index, id; /* in the VM; over all VMs of the host */

	/* the guest's progress */
	bool live;	/* in guest mode */
	bool halted;	/* the guest executes HLT */
	bool unhalted;	/* ... which a kick has ended */
	bool armed;	/* progress counts from `since` */
	bool timer_set; /* `timer` is pending; stopping leaves it for the next arm() to move */
	enum work work;
	uint64_t left;	/* ns of work; TIME_NEVER: until something happens */
	uint64_t debt;	/* ns without progress, before the work goes on: refill of caches and TLB */
	uint64_t since; /* ns */
	uint64_t frozen_clock; /* its task clock when guest mode ended */
	uint32_t speed;	       /* per mille, of its pCPU since then */
	uint32_t carry;	       /* 1/1000 ns of progress, which is counted in whole ns */
	struct timer timer;    /* end of work, pause-loop window */
	struct vcpu_requests requests;
	uint64_t icr_ns;     /* ns of ICR writes that do not exit, done with the next work */
	struct timer inbox;  /* arrival of a posted-interrupt notification */
	struct timer outbox; /* arrival of those that one send of this vCPU has made */
	struct cpumask sent; /* their targets */
	uint64_t sent_at;    /* ns */

	/* the thread */
	enum vcpu_phase phase;
	enum exit_reason reason;
	struct timer start; /* first time runnable */

	/* KVM's state, kvm-and-guest.md 2.1 */
	bool ready, preempted, preempted_in_kernel, scheduled_out;
	bool blocking, in_spin_loop, dy_eligible;
	bool pv_unhalted; /* a kick has arrived that no HLT has used up, 3.3 */
	struct directed_scan scan;
	uint32_t boosted; /* target of the yield that this thread is off for; UINT32_MAX: none */
	bool instruction_boundary; /* the last exit was a host interrupt */
	bool steal_preempted;	   /* what the guest sees, 3.8 */
	bool flush_at_entry;
	/* what its guest task did with locks when the vCPU was preempted, 6.1: bits by lock_kind */
	uint32_t off_holding, off_spinning;
	uint64_t off_at; /* ns: when that was */
	uint32_t shown; /* of cpu.pending: has reached the guest by an entry or a notification, 4.1 */
	bool window_wanted; /* software APIC: exit as soon as the guest has interrupts on, to inject
			       the next */

	uint64_t ple_window;		/* cycles */
	uint64_t loop_start;		/* ns: when the pause loop began, or was re-armed */
	bool loop_anew;			/* it is re-armed by the next entry */
	uint64_t loop_wait;		/* ns: when the wait began that the loop belongs to */
	uint64_t halt_poll, halt_start; /* ns */
	uint64_t steal_seen;		/* ns of steal that the task clock has left out */
	uint64_t clock, clock_at; /* the task clock, and when it was last brought up to date */
	uint64_t busy_mark;	  /* of the last pCPU, when it was left */
	uint32_t last_pcpu;	  /* UINT32_MAX: none yet */
};

static inline struct vcpu *vcpu_of_cpu(const struct cpu *cpu)
{
	return (struct vcpu *)cpu;
}

static inline struct vcpu *vcpu_of_task(const struct task *task)
{
	return (struct vcpu *)((char *)task - offsetof(struct vcpu, task));
}

void vcpu_init(struct vcpu *vcpu, struct vm *vm, uint32_t index, uint32_t id);

/* Guest mode ends, or begins; both are about progress and accounts only. */
void vcpu_freeze(struct vcpu *vcpu);
void vcpu_thaw(struct vcpu *vcpu);
/* What the live guest does next: an instruction that exits, an interrupt, its work. */
void vcpu_continue(struct vcpu *vcpu);
/* The pCPU's speed is another from now on. */
void vcpu_speed_changed(struct vcpu *vcpu);
/* When it will have made so much progress since it began to count. */
uint64_t vcpu_reaches(const struct vcpu *vcpu, uint64_t progress);
/* Brings progress and accounts up to date, before accounts are read. */
void vcpu_settle(struct vcpu *vcpu);
