/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cfs_rules.h - what differs between the versions of CFS, and its tunables; cfs.md 0.2, 1.1, 9
 *
 * CFS is the algorithm of the fair class before EEVDF. One row a version (cfs_versions.c). A rule
 * that is false, or 0, is that of the oldest version known, 3.6.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct cfs_rules {
	/* The kernel's own switches, 1.1; wakeup_preemption and next_buddy are in fair_features. */
	bool gentle_fair_sleepers, start_debit, last_buddy;
	bool alt_period; /* the period counts all tasks of the CPU, not those of one level, 1.5 */
	bool base_slice; /* no slice below the minimum granularity, 1.5 */

	/* Rules that a kernel cannot switch. */
	bool truncate;		  /* products are rounded down, else to the nearest, 1.2 */
	bool least_weight;	  /* no inverse is taken of a weight below 2, 1.2 */
	bool fine_weights;	  /* group weights in 1024ths of a unit of nice 0's 1024, 3.1 */
	bool average_share;	  /* a group's load on a CPU is its average, if that is more, 3.1 */
	bool leaver_released;	  /* who leaves no longer holds min_vruntime back, 1.4 */
	bool charge_before_shift; /* a moved entity is placed after the charge, 1.7 */
	bool keep_slice;	  /* who is picked again goes on with the slice it had, 1.10 */
	bool clear_at_take; /* marks are dropped as an entity is taken, not at the pick, 1.8 */
	bool cap_slice;	    /* the tick lets nobody run longer than the latency, 1.11 */
	bool idle_kind;	    /* idle groups have rules of their own, 1.5, 1.6, 1.12 */
	bool sysctl;	    /* setting a granularity computes nr_latency anew, 1.1 */
};

/* ns */
struct cfs_tunables {
	uint64_t latency;	     /* L: period of up to nr_latency tasks */
	uint64_t min_granularity;    /* G */
	uint64_t wakeup_granularity; /* Wg */
	uint64_t nr_latency;	     /* NL */
};
