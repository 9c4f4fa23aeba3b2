/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel_costs.h - what a kernel's own paths take on its CPUs
 */
#pragma once

#include <stdint.h>

/* ns of this kernel's own paths; filled from struct cost_params. */
struct kernel_costs {
	uint64_t context_switch, mm_switch, tick, ipi_handler, idle_wake, call_handler;
	uint64_t switch_level, tick_level;	  /* more, for each cgroup above a task */
	uint64_t reschedule;			  /* from a handler's end to the pick */
	uint64_t idle_deep_after, idle_wake_deep; /* 0: no deep state */
	uint64_t cache_line;			  /* a lock's word goes to another CPU */
	uint64_t lock_handover, futex, mutex, call_send, flush_page, flush_full, flush_refill;
	uint64_t rq_lock, rq_lock_switch; /* holds of a run queue's lock; 0: there is none */
	uint64_t softirq_share;		  /* ticks per million with deferred work */
	uint64_t softirq, tick_spread;	  /* uniform from 0 */
	uint64_t llc_scan, newidle_pass;  /* as the kernel measures itself; takes no time */
	uint64_t io_submit, io_handler; /* up to the doorbell; from the interrupt to the wake-up */
	uint64_t futex_bucket;		/* of a futex call, under its bucket's lock */
	uint64_t rcu_gp, rcu_scan;	/* a grace period's begin or end; its look at a CPU */
	uint64_t rcu_core, rcu_callback, rcu_call; /* softirq; one callback's run, its queueing */
	uint64_t spin_poll;			   /* one poll of a spin loop; at least 1 */
	uint64_t spin_check;			   /* 256 of them */
};
