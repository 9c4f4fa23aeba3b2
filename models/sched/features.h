/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * features.h - what differs between kernel versions of the fair scheduler, as data
 *
 * One row a version (versions.c); the code asks for a feature, never for a version. [1] is
 * golden/eevdf/README.md.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/sched/cfs_rules.h"

enum fair_algorithm { FAIR_EEVDF, FAIR_CFS };

/*
 * When the reference point of the sums moves to the average. It decides no more than the v of the
 * first entity of an empty queue: kernels that keep min_vruntime instead take the first rule here.
 */
enum fair_origin {
	ORIGIN_AT_TREE_CHANGE,	/* every insert and remove, [1] 5 */
	ORIGIN_AT_LAG_AND_TICK, /* every average in lag and place; levels of a tick, [1] 10.1 */
	ORIGIN_AT_RENEWAL,	/* averages in lag, place, reweight; renewal; yield, [1] 10b.1 */
};

enum fair_lag_limit {
	LAG_LIMIT_OWN_SLICE,	 /* max(2 * own slice, tick), [1] 5 */
	LAG_LIMIT_LONGEST_SLICE, /* longest queued slice + tick, [1] 10.2 */
};

enum fair_protection {
	PROTECT_UNTIL_LIMIT,	/* runs until v reaches the limit in x, [1] 6 */
	PROTECT_UNTIL_DEADLINE, /* x is a copy of d; protected while both are equal, [1] 10b.2 */
};

enum fair_reweight {
	REWEIGHT_PLACE,	  /* lag and relative deadline saved, scaled, placed again, [1] 5 */
	REWEIGHT_SCALE,	  /* v and d scaled about the average, [1] 10b.5 */
	REWEIGHT_STRETCH, /* v stays, what is left until d is scaled, eevdf.md 1.9 */
	REWEIGHT_KEEP,	  /* as SCALE, with the lag and an open protection, eevdf.md 1.9 "7.1" */
};

/* Does a woken task preempt? eevdf.md 1.14 */
enum fair_wakeup_rule {
	WAKEUP_TEST,	      /* [1] 7 */
	WAKEUP_TEST_SHORTENS, /* only a shorter slice passes by the protection, or ends it sooner */
	WAKEUP_TEST_UNPROTECT, /* a shorter slice ends the protection before the test, [1] 10b.7 */
};

/* When a timer of its own ends a slice, if HRTICK is on; eevdf.md 1.6 */
enum fair_hrtick_rule {
	HRTICK_UNTIL_SLICE,    /* slice less run time; lazy; anew at every schedule() */
	HRTICK_UNTIL_DEADLINE, /* d - v of the task, in its own time; urgent */
};

enum fair_yield_rule {
	YIELD_FORFEIT,	     /* if eligible: v := d, then d += slice, [1] 8 */
	YIELD_FORFEIT_RENEW, /* if eligible: v := d, then d := v + new slice, [1] 10b.8 */
	YIELD_PUSH,	     /* always: d += slice, eevdf.md 1.16 */
};

struct fair_features {
	const char *name, *meaning;
	enum fair_algorithm algorithm;
	struct cfs_rules cfs; /* of CFS; the rules below are of EEVDF, unless it says CFS */
	uint64_t base_slice;  /* ns, before scaling by the number of CPUs, eevdf.md 1.6 */

	/* The kernel's own switches, [1] 1. */
	bool place_lag, place_deadline_initial, place_rel_deadline;
	bool run_to_parity, preempt_short, wakeup_preemption; /* wakeup_preemption: CFS, too */
	bool next_buddy, pick_buddy;			      /* next_buddy: CFS, too */
	bool delay_dequeue, delay_zero;
	bool hrtick;

	/* Rules that a kernel cannot switch. */
	enum fair_origin origin;
	enum fair_lag_limit lag_limit;
	enum fair_protection protection;
	bool own_protection; /* the protection has a word of its own, not the lag's; else [1] 3 */
	bool protect_at_pick_only; /* not when a changed running task is taken again, [1] 10.3 */
	bool reweight_keeps_protection; /* tries to, [1] 10.4 */
	enum fair_reweight reweight;
	bool relative_needs_feature; /* place honours rel only with PLACE_REL_DEADLINE, [1] 10b.6 */
	enum fair_yield_rule yield;
	bool lazy_requests; /* requests are lazy in lazy mode; else always "now", [1] 10b.3 */
	bool buddy_in_test; /* the buddy decides the wake-up test, too; else only the pick, 10b.4 */
	bool next_buddy_picks; /* NEXT_BUDDY stands for PICK_BUDDY, too, eevdf.md 1.11 */
	bool short_in_account; /* only an ineligible runner loses an open protection, [1] 10b.3 */
	enum fair_wakeup_rule wakeup;
	bool ineligible_yields;	    /* a wake-up by a task that is ineligible preempts, 1.14 */
	bool idle_keeps_protection; /* ... of an idle kind that another kind preempts, 1.14 */
	bool move_checks;	    /* a moved task that waits is tested for preemption, [1] 10.5 */
	bool throttle_tasks;	    /* out of quota: tasks stop one by one, 7.1 */
	bool publish_runnable;	    /* groups are told how many tasks are runnable, 2.6 */
	bool publish_ungated;	    /* groups are told of a load at any time, 2.2 */
	enum fair_hrtick_rule hrtick_rule;
	bool full_loads;  /* the sums count full weights, not down(w), eevdf.md 1.3 */
	bool delayed_lag; /* saved when an entity is delayed; only pays back from there, 1.4 */
	bool buddy_needs_protect; /* no buddy for a shorter slice's test, 1.11 */
	bool test_pops_delayed;	  /* the wake-up test takes off delayed entities it meets, 1.14 */
	bool short_drops_buddy;	  /* ... and a shorter slice the mark of whom it preempts, 1.14 */
	bool single_queue;	/* tasks compete on the root queue with weights of their way, 2.6 */
	bool concur_shares;	/* ... and a group's shares count for each CPU that it uses, 2.6 */
	bool protect_eligible;	/* a shorter slice ends protection where eligibility ends, 1.11 */
	bool eligible_preempts; /* a shorter slice preempts if eligible; delayed ones do not, 1.14 */
	bool test_while_requested; /* the wake-up test happens despite a request, 1.14 */
	bool test_unprotects;	   /* whoever is preempted by a wake-up loses protection, 1.14 */
	bool no_custom_slices;	   /* no task asks for a slice, no group follows its tasks', 1.5 */

	/* What else differs between kernels of these versions. */
	bool alone_untested;	/* a directed yield with one task on either CPU is done, for
				   nothing, instead of refused, cfs.md 1.14 */
	bool preemptible_only;	/* no preemption models none and voluntary, eevdf.md 6 */
	bool boost_count_stays; /* KVM's bug: last_boosted is set to the scan's count, not to the
				   vCPU's index, kvm-and-guest.md 2.5 */
};
