/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cost.h - what things take on this machine, in ns of CPU time unless said otherwise
 *
 * Defaults, ranges and sources: kvm-and-guest.md section 5. One table serves all VM counts and all
 * policies of a study.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "sim/engine/param.h"

struct cost_params {
	/* host */
	uint64_t context_switch; /* between two tasks */
	uint64_t switch_level, tick_level, reschedule;
	uint64_t ibpb;		/* added when the VM changes */
	uint64_t tick;		/* the tick's handler */
	uint64_t tick_spread;	/* what a tick may take longer */
	uint64_t softirq_share; /* ticks per million that run deferred work, too */
	uint64_t softirq;	/* the longest such work */
	uint64_t ipi_latency;	/* sent to received, between pCPUs */
	uint64_t ipi_handler;	/* a reschedule interrupt's handler */
	uint64_t halt_wake;	/* a blocked vCPU thread that has a pCPU again, to its entry */
	uint64_t idle_wake;	/* interrupt of an idle pCPU to its first instruction */
	uint64_t refill_max; /* cache refill of a vCPU after another VM has run long on its pCPU */
	uint64_t refill_build;	  /* how long the other must have run for half of that */
	uint64_t migration_llc;	  /* refill after a move to another core of the LLC */
	uint64_t migration_far;	  /* refill after a move out of it */
	uint64_t llc_scan;	  /* search of an LLC for an idle CPU, as SIS_PROP measures it */
	uint64_t newidle_pass;	  /* a newly-idle pass at one level, as the balancer measures it */
	uint64_t idle_deep_after; /* idle for so long it is in a deep state; 0: never */
	uint64_t idle_wake_deep;  /* then instead of idle_wake */
	uint64_t smt_speed;	  /* per mille: of a thread while another of its core works */
	/* KVM */
	uint64_t exit;		   /* guest to host */
	uint64_t entry;		   /* host to guest */
	uint64_t ple_handler;	   /* a pause-loop exit's own work */
	uint64_t ple_scan;	   /* per vCPU examined */
	uint64_t yield_to_refused; /* -ESRCH: unlocked test only */
	uint64_t yield_to;	 /* that takes both run queue locks, until schedule() has picked */
	uint64_t yield_lock;	 /* its first part: until it holds them */
	uint64_t rq_lock;	 /* yield_to, tick or wake-up: hold of a run queue's lock */
	uint64_t rq_lock_switch; /* schedule(): likewise */
	uint64_t icr_write;	 /* the handler of an ICR write or an IPI hypercall, per target */
	uint64_t eoi_handler;	 /* of an emulated EOI */
	uint64_t irq_window;	 /* handler of an interrupt-window exit */
	uint64_t timer_write;	 /* handler of a guest's timer programming */
	uint64_t timer_expiry;	 /* handler of a guest timer that fired */
	uint64_t hypercall;	 /* handler of a hypercall without its effect */
	uint64_t halt;		 /* HLT exit to blocked thread, beyond the exit */
	uint64_t posted_latency; /* posted interrupt, sent to received */
	uint64_t virtual_ipi;	 /* ICR write that needs no exit */
	uint64_t poll_wake;	 /* event seen by a polling vCPU thread until entry begins */
	/* guest */
	uint64_t guest_switch;	    /* between two guest tasks */
	uint64_t guest_tick;	    /* the guest tick's handler */
	uint64_t guest_ipi_handler; /* a reschedule or call interrupt's handler */
	uint64_t spin_poll;	    /* cycles: one poll of a spin loop, its PAUSE included */
	uint64_t lock_handover;	    /* release seen by a spinning CPU */
	uint64_t cache_line;	    /* the word of a mutex or rwsem goes to another CPU */
	uint64_t flush_page;	    /* one page's TLB invalidation */
	uint64_t flush_full;	    /* a whole TLB */
	uint64_t flush_refill;	    /* lost progress after a full flush */
	uint64_t pv_flush;	    /* the same, done by KVM at an entry */
	uint64_t call_send;	    /* filling one target's call slot */
	uint64_t io_submit;	    /* the guest kernel's part of an I/O, until the doorbell */
	uint64_t io_kick;	    /* the doorbell's exit handler */
	uint64_t io_handler;	    /* the guest's handler of a device's interrupt */
	uint64_t fault;		    /* of a page that a guest is the first to touch */
	uint64_t futex;		    /* the kernel's part of a wait or a wake-up */
	uint64_t futex_bucket;	    /* of a futex op, under the hash bucket's lock */
	uint64_t mutex;		    /* an uncontended lock and unlock pair, half each */
	uint64_t rcu_gp, rcu_scan;  /* a grace period's begin or end; its look at one CPU */
	uint64_t rcu_core;	    /* RCU's softirq after a tick */
	uint64_t rcu_callback;	    /* run of a callback */
	uint64_t rcu_call;	    /* queueing of a callback */
	uint64_t tsc_khz;	    /* not a cost: cycles to ns */
	uint64_t share_0, share_1, share_2, share_3; /* per mille of an emulator's thread */
};

extern const struct param cost_params_table[];

#define COST_SHARES 4

/* What each pCPU has of an emulator's thread. False: they are no emulator's. */
bool cost_shares(const struct cost_params *cost, uint32_t pcpus, uint64_t share[COST_SHARES]);
/* Cycles to ns, rounded down; saturates. */
uint64_t cost_cycles_to_ns(const struct cost_params *cost, uint64_t cycles);
