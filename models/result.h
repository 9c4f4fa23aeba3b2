/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * result.h - what one run measured, over the window after warm-up
 *
 * Integers only; ratios and rates are made by sim/experiment. Owner: the caller of machine_result().
 */
#pragma once

#include <stdint.h>

#include "models/measure_kinds.h"
#include "models/yield_result.h"
#include "sim/measure/histogram.h"

struct latency_summary {
	uint64_t count, mean, p50, p99, max; /* ns */
};

struct vm_result {
	const char *name;		/* of the kind; borrowed from the configuration */
	uint64_t work;			/* units done in the window */
	uint64_t work_per_pass;		/* 0 for steady workloads */
	uint64_t passes;		/* whole passes that ended in the window */
	struct latency_summary latency; /* of its marks */
	uint64_t open;			/* latencies that had not ended at the end of the window */
	uint64_t rcu_peak;	  /* bytes that waited for RCU's callbacks, the most at a time */
	uint64_t gang;		  /* ns in which every pCPU of its set ran this VM */
	uint64_t stacked;	  /* ns x pairs: siblings runnable on one pCPU beyond the first */
	uint64_t stacked_time;	  /* ns in which two siblings or more were runnable on some pCPU */
	uint64_t stacked_waiting; /* ... in which two or more waited on some pCPU */
	uint64_t stacked_queues;  /* ns x pCPUs on which two siblings or more were runnable */
	/* threads of this VM on one pCPU beyond the first, runnable or asleep, summed over pCPUs */
	uint64_t shared_start, shared_end;
	uint64_t running; /* ns x vCPUs on a pCPU */
	uint64_t waiting; /* ns x vCPUs runnable but off */
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
	uint64_t bystander_run;		  /* ns that housekeeping tasks ran */
	uint64_t stacked_time;		  /* ns in which any VM was stacked */
	struct vm_result *vm;		  /* [vms] */
	struct latency_summary *workload; /* [kinds]: of the marks of a kind's VMs; NULL: not known */
	uint32_t kinds;
	struct class_result *class; /* [classes] */
	uint32_t classes;
};

void result_clear(struct result *result);
