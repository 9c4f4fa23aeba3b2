/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measure_kinds.h - the accounts and counters of a run, and their names
 */
#pragma once

#include "models/latency_kinds.h"

/* Every nanosecond of every pCPU is in exactly one (design, section 2). */
enum account_kind {
	ACCOUNT_IDLE,
	ACCOUNT_HALT_POLL,
	ACCOUNT_SWITCH,
	ACCOUNT_HOST_KERNEL, /* ticks and interrupts outside a vCPU's exit path */
	ACCOUNT_HOST_TASK,   /* housekeeping */
	ACCOUNT_EXIT,	     /* exits, their handlers, entries */
	ACCOUNT_REFILL,	     /* in guest mode at rate 0: cache refill */
	ACCOUNT_GUEST_USER,
	ACCOUNT_GUEST_KERNEL,
	ACCOUNT_SPIN_LOCK,  /* in a guest, waiting for a native spin lock */
	ACCOUNT_SPIN_IPI,   /* in a guest, waiting for the end of a cross call */
	ACCOUNT_SPIN_PV,    /* in a guest, waiting for a paravirtual spin lock */
	ACCOUNT_SPIN_TAS,   /* in a guest, waiting for a test-and-set spin lock */
	ACCOUNT_SPIN_MUTEX, /* in a guest, for the owner of a mutex of its kernel */
	ACCOUNT_SPIN_RWSEM, /* in a guest, for the owner of a rwsem */
	ACCOUNT_SPIN_USER,  /* in a guest's user mode, at a barrier */
	ACCOUNT_GUEST_POLL, /* in an idle guest's poll before it halts */
	ACCOUNT_KINDS
};

enum counter_kind {
	COUNTER_SWITCHES, /* host context switches */
	COUNTER_GUEST_SWITCHES,
	COUNTER_WAKEUPS, /* of host tasks */
	COUNTER_GUEST_WAKEUPS,
	COUNTER_SPIN_LOCKS,   /* taken by ops */
	COUNTER_USER_MUTEXES, /* likewise */
	COUNTER_EXITS,	      /* VM exits of every kind */
	COUNTER_PLE_EXITS,
	COUNTER_HALT_EXITS,
	COUNTER_ICR_EXITS,
	COUNTER_EOI_EXITS,
	COUNTER_HYPERCALLS,
	COUNTER_IPIS,		    /* guest IPIs accepted by a vCPU */
	COUNTER_RESCHED_IPIS,	    /* ... to reschedule */
	COUNTER_IPIS_COALESCED,	    /* equal vector was pending already */
	COUNTER_SHOOTDOWNS,	    /* TLB flushes with at least one target */
	COUNTER_CALLS,		    /* of functions on all other CPUs */
	COUNTER_FLUSH_DEFERRED,	    /* targets that a PV TLB flush left to their next entry */
	COUNTER_SCANS,		    /* directed-yield scans */
	COUNTER_SCAN_EMPTY,	    /* scans without a candidate */
	COUNTER_YIELD_TO,	    /* calls of yield_to */
	COUNTER_YIELD_OK,	    /* ... that returned 1 */
	COUNTER_YIELD_REFUSED,	    /* ... 0 */
	COUNTER_YIELD_ESRCH,	    /* ... -ESRCH */
	COUNTER_YIELD_SAME_QUEUE,   /* of the 1s: target on the caller's pCPU */
	COUNTER_YIELD_RIGHT,	    /* of the 1s: the target is what the caller waits for */
	COUNTER_PV_YIELDS,	    /* directed yields that the guest asked for by a hypercall */
	COUNTER_PV_YIELD_OK,	    /* ... whose yield_to returned 1 (it counts above, too) */
	COUNTER_HINT_HONOURED,	    /* the first pick on the target's pCPU took it */
	COUNTER_HINT_DROPPED_ROOT,  /* ... did not: an ineligible entity in the root queue */
	COUNTER_HINT_DROPPED_GROUP, /* ... in a queue between */
	COUNTER_HINT_DROPPED_LEAF,  /* ... in the target's own queue */
	COUNTER_HINT_LOST_OTHER,    /* ... the mark was gone or the target had moved or slept */
	COUNTER_LOCK_CONTENDED,
	COUNTER_HOLDER_PREEMPTED,     /* holders of spin locks that lost their pCPU */
	COUNTER_WAITER_PREEMPTED,     /* waiters for one */
	COUNTER_HEAD_PREEMPTED,	      /* of the waiters: those next in line */
	COUNTER_LOCK_HALTS,	      /* waits for a paravirtual spin lock that halt */
	COUNTER_LOCK_KICKS,	      /* ... that an unlock ends */
	COUNTER_LOCK_STOLEN,	      /* taken past a head of the line that did not spin */
	COUNTER_MOVED_WAKEUP,	      /* host tasks that woke on another pCPU than they slept on */
	COUNTER_MOVED_NEWLY_IDLE,     /* ... that a pCPU took which had just run out of work */
	COUNTER_MOVED_PERIODIC,	      /* ... that periodic balancing moved, for idle pCPUs, too */
	COUNTER_MOVED_ACTIVE,	      /* ... that were pushed off the pCPU that they ran on */
	COUNTER_IO,		      /* requests to devices */
	COUNTER_FAULTS,		      /* pages that a guest was the first to touch */
	COUNTER_FORKS,		      /* guest tasks that another one has started */
	COUNTER_MOVED_GUEST,	      /* guest tasks that changed their vCPU */
	COUNTER_SLEEP_LOCK_CONTENDED, /* mutexes of the kernel and rwsems */
	COUNTER_LOCK_SLEEPS,	      /* ... whose waiter went to sleep */
	COUNTER_HOLDER_AWAITED,	      /* ... that are back on one while somebody waits */
	COUNTER_MUTEX_HOLDER_PREEMPTED, /* of mutexes of the kernel */
	COUNTER_MUTEX_HOLDER_AWAITED,
	COUNTER_RWSEM_HOLDER_PREEMPTED, /* of rwsems, readers, too */
	COUNTER_RWSEM_HOLDER_AWAITED,
	COUNTER_USER_HOLDER_PREEMPTED, /* of mutexes of user space */
	COUNTER_USER_HOLDER_AWAITED,
	COUNTER_SPINNER_PREEMPTED, /* optimistic spinners for a mutex of the kernel or a rwsem */
	COUNTER_RCU_GPS,	   /* grace periods that ended, of all guests */
	COUNTER_RCU_SCANS,	   /* ... their scans for quiescent states */
	COUNTER_RCU_EXPEDITED,	   /* expedited grace periods */
	COUNTER_RCU_CALLBACKS,	   /* run */
	COUNTER_LINE_WAITS,	   /* for the cache line of a mutex or rwsem of the kernel */
	COUNTER_LINE_WAIT_NS,	   /* ... ns of them */
	COUNTER_RQ_LOCK_WAITS,	   /* for the locks of the host's run queues */
	COUNTER_RQ_LOCK_WAIT_NS,   /* ... ns of them */
	COUNTER_KINDS
};

extern const char *const account_names[ACCOUNT_KINDS], *const counter_names[COUNTER_KINDS];
