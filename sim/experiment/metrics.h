/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metrics.h - what a replication measured, as named numbers: rates, shares, ratios
 *
 * One row per replication; a number that has no meaning in it (the median of no waits) is NAN.
 */
#pragma once

#include <stddef.h>

#include "models/result.h"

struct machine_config;

enum latency_field { LATENCY_MEAN, LATENCY_P50, LATENCY_P99, LATENCY_MAX, LATENCY_FIELDS };

/* The rows' columns. Blocks follow the enums of models/result.h. */
enum metric {
	METRIC_WORK,		/* of all VMs: passes or work units a second */
	METRIC_SLOWEST_VM,	/* work of the slowest VM of a kind / mean of its kind */
	METRIC_GANG,		/* share of time in which a whole set of pCPUs ran one VM */
	METRIC_STACKED,		/* mean number of pairs of runnable siblings on one pCPU */
	METRIC_STACKED_TIME,	/* share of time in which a VM is stacked, mean over VMs */
	METRIC_STACKED_WAITING, /* ... with two siblings waiting on one pCPU */
	METRIC_STACKED_ANY,	/* share of time in which any VM is stacked */
	METRIC_STACKED_QUEUES,	/* mean share of pCPUs on which siblings are stacked, by VM */
	METRIC_STACKED_VCPUS,	/* share of vCPUs' wanted time beside a sibling that wants, too */
	METRIC_SHARED_START,	/* threads that share their pCPU with a sibling before them, when */
	METRIC_SHARED_END,	/* ... the window begins, and when it ends */
	METRIC_WAITING,		/* share of vCPUs' wanted time that they waited */
	METRIC_BYSTANDER_RUN,	/* housekeeping tasks' share of pCPU time */
	METRIC_YIELD_OTHER_QUEUE, /* yields a second to another pCPU */
	METRIC_YIELD_WRONG,	  /* ... to a vCPU that the caller does not wait for */
	METRIC_YIELD_REPLACED,	  /* hints that a later one replaced before any pick, a second */
	METRIC_LOCK_SPIN,	  /* share of pCPU time that guests spin for locks of any kind */
	METRIC_HONOURED,	  /* target_next, where a vCPU had the target's pCPU */
	METRIC_HONOURED_OTHER,	  /* ... of another VM */
	METRIC_HONOURED_SAME,	  /* ... the yielder itself */
	METRIC_YIELD_NEXT,	  /* shares of yields done, by enum yield_next */
	METRIC_YIELD_SELF = METRIC_YIELD_NEXT + YIELD_NEXT_KINDS, /* by enum yield_self */
	METRIC_ACCOUNT = METRIC_YIELD_SELF + YIELD_SELF_KINDS,	  /* shares of pCPU time */
	METRIC_RATE = METRIC_ACCOUNT + ACCOUNT_KINDS,		  /* counters a second */
	METRIC_LATENCY = METRIC_RATE + COUNTER_KINDS,		  /* ns; LATENCY_FIELDS a kind */
	METRIC_COUNT = METRIC_LATENCY + LATENCY_KINDS * LATENCY_FIELDS
};

#define METRIC_OF_LATENCY(kind, field) (METRIC_LATENCY + (kind)*LATENCY_FIELDS + (field))

void metrics_make(const struct result *result, const struct machine_config *config, double *row);
/*
 * Stable names: "work-per-second", "account.idle", "rate.ple-exits", "latency.lock-wait.p99".
 * g_free().
 */
char *metric_name(size_t metric);
const char *metric_unit(size_t metric);

/* Work of one kind of VM, of all its VMs: passes or units a second. */
double metrics_kind_work(const struct result *result, const struct machine_config *config,
			 unsigned kind);
