/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * result.h - what one run measured, over the window after warm-up
 *
 * Integers only; ratios and rates are made by sim/experiment. Owner: the caller of machine_result().
 */
#pragma once

#include <stdint.h>

#include "models/yield_result.h"
#include "sim/measure/histogram.h"

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
	ACCOUNT_SPIN_LOCK, /* in a guest, waiting for a spin lock */
	ACCOUNT_SPIN_IPI,  /* in a guest, waiting for the end of a cross call */
	ACCOUNT_KINDS
};

enum counter_kind {
	COUNTER_SWITCHES, /* host context switches */
	COUNTER_GUEST_SWITCHES,
	COUNTER_EXITS, /* VM exits of every kind */
	COUNTER_PLE_EXITS,
	COUNTER_HALT_EXITS,
	COUNTER_ICR_EXITS,
	COUNTER_EOI_EXITS,
	COUNTER_HYPERCALLS,
	COUNTER_IPIS,		    /* guest IPIs accepted by a vCPU */
	COUNTER_IPIS_COALESCED,	    /* equal vector was pending already */
	COUNTER_SHOOTDOWNS,	    /* cross calls with at least one target */
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
	COUNTER_HINT_DROPPED_ROOT,  /* ... did not: an entity of the target was ineligible in the
				       root queue */
	COUNTER_HINT_DROPPED_GROUP, /* ... in a queue between */
	COUNTER_HINT_DROPPED_LEAF,  /* ... in the target's own queue */
	COUNTER_HINT_LOST_OTHER,    /* ... the mark was gone or the target had moved or slept */
	COUNTER_LOCK_CONTENDED,
	COUNTER_HOLDER_PREEMPTED, /* lock holders that lost their pCPU */
	COUNTER_WAITER_PREEMPTED,
	COUNTER_KINDS
};

enum latency_kind {
	LATENCY_LOCK_WAIT,    /* contended acquisitions: asked to owner */
	LATENCY_IPI_RESPONSE, /* synchronous cross call: first send to last acknowledgement */
	LATENCY_RUN_DELAY,  /* vCPU threads: runnable to running, after a wake-up or a preemption */
	LATENCY_RUN_LENGTH, /* vCPU threads: on a pCPU without a break */
	LATENCY_WAKE,	    /* vCPU threads: woken to running */
	LATENCY_PREEMPT_WAIT, /* vCPU threads: preempted to running again */
	LATENCY_BYSTANDER,    /* the same for housekeeping tasks */
	LATENCY_PASS,	      /* whole passes of terminating workloads */
	LATENCY_KINDS
};

extern const char *const account_names[ACCOUNT_KINDS];
extern const char *const counter_names[COUNTER_KINDS];
extern const char *const latency_names[LATENCY_KINDS];

struct latency_summary {
	uint64_t count, mean, p50, p99, max; /* ns */
};

struct vm_result {
	const char *name;	/* of the kind; borrowed from the configuration */
	uint64_t work;		/* units done in the window */
	uint64_t work_per_pass; /* 0 for steady workloads */
	uint64_t passes;	/* whole passes that ended in the window */
	uint64_t gang;		/* ns in which every pCPU of its set ran this VM */
	uint64_t stacked;	/* ns x pairs: siblings runnable on one pCPU beyond the first */
	uint64_t running;	/* ns x vCPUs on a pCPU */
	uint64_t waiting;	/* ns x vCPUs runnable but off */
};

/* The tasks of one class of a host load: sums over its tasks. Histograms in ns. */
struct class_result {
	uint64_t run; /* ns on a CPU */
	uint64_t switch_ins, blocks, wakeups, migrations;
	struct histogram run_length, wake_latency, preempt_wait;
};

struct result {
	uint64_t seed, events, fingerprint;
	uint64_t window; /* ns */
	uint32_t pcpus, vms;
	uint64_t account[ACCOUNT_KINDS]; /* ns, summed over pCPUs; their sum is pcpus * window */
	uint64_t counter[COUNTER_KINDS];
	struct yield_result yields;
	struct latency_summary latency[LATENCY_KINDS];
	uint64_t bystander_run;	    /* ns that housekeeping tasks ran */
	struct vm_result *vm;	    /* [vms] */
	struct class_result *class; /* [classes] */
	uint32_t classes;
};

void result_clear(struct result *result);
