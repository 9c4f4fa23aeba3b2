/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * latency_kinds.h - the latencies of a run, and their names
 */
#pragma once

enum latency_kind {
	LATENCY_LOCK_WAIT,    /* contended acquisitions: asked to owner */
	LATENCY_IPI_RESPONSE, /* synchronous cross call: first send to last acknowledgement */
	LATENCY_RUN_DELAY,  /* vCPU threads: runnable to running, after a wake-up or a preemption */
	LATENCY_RUN_LENGTH, /* vCPU threads: on a pCPU without a break */
	LATENCY_WAKE,	    /* vCPU threads: woken to running */
	LATENCY_PREEMPT_WAIT, /* vCPU threads: preempted to running again */
	LATENCY_BYSTANDER,    /* the same for housekeeping tasks */
	LATENCY_PASS,	      /* whole passes of terminating workloads */
	LATENCY_HOLDER_OFF, /* holders of spin locks off their pCPU while somebody waits: lost to back */
	LATENCY_WAITER_OFF, /* waiters for a spin lock without a pCPU: lost to back */
	LATENCY_LOCK_TAKE, /* every acquisition of a spin lock, of a free one, too: asked to owner */
	LATENCY_GUEST_WAKE,	 /* guest tasks: woken to running */
	LATENCY_SLEEP_LOCK_WAIT, /* contended mutexes of the kernel, rwsems: asked to owner */
	LATENCY_RCU_GP,		 /* grace periods, begin to end */
	LATENCY_RCU_SYNCHRONIZE, /* synchronize_rcu(): called to back */
	LATENCY_RCU_EXPEDITED,	 /* the same, expedited */
	LATENCY_MUTEX_HOLDER_OFF, /* awaited holders, as LATENCY_HOLDER_OFF, of mutexes of the kernel */
	LATENCY_RWSEM_HOLDER_OFF,
	LATENCY_USER_HOLDER_OFF, /* of mutexes of user space */
	LATENCY_SPINNER_OFF,	 /* optimistic spinners without a pCPU: lost to back */
	LATENCY_WORKLOAD,	 /* what the workloads' own marks measure, all VMs */
	LATENCY_KINDS
};

extern const char *const latency_names[LATENCY_KINDS];
