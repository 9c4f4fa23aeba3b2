/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * balance_rules.h - what differs between kernel versions in placement and balancing, as data
 *
 * One row a version, beside struct fair_features, which has what differs in a queue. The code asks
 * for a rule, never for a version. Items are of eevdf.md and cfs.md.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* When a waker is no reason to move its wakee; cfs.md 4, first line. */
enum wide_rule {
	WIDE_NEVER,
	WIDE_WAKEE, /* wakee.flips > F and waker.flips > F * wakee.flips */
	WIDE_BOTH,  /* the smaller count >= F and the larger >= F * the smaller: eevdf.md 4 */
};

/* How an LLC is searched for an idle CPU; cfs.md 4. */
enum llc_scan {
	SCAN_GROUPS,	/* the first wholly idle group, from the LLC down */
	SCAN_ALL,	/* everything, if the CPU is usually idle for long enough */
	SCAN_PROP,	/* as many CPUs as the usual idle time pays for */
	SCAN_PROP_AGED, /* likewise, of an estimate that ages */
	SCAN_UTIL,	/* as many as the utilisation of the LLC leaves: eevdf.md 4 */
};

/* What stops newly-idle balancing before it begins; eevdf.md 5.1, cfs.md 5. */
enum newidle_gate {
	GATE_HALF_MS,	   /* usual idle time below 0.5 ms */
	GATE_HALF_MS_FLAG, /* ... or no CPU has two tasks */
	GATE_DOMAIN_COST,  /* usual idle time below the first domain's cost, or the flag */
};

struct balance_rules {
	const char *name; /* of the version */

	/* wake-up */
	enum wide_rule wide;
	enum llc_scan scan;
	bool affine_effective; /* wake_affine by effective loads, cfs.md 4; else the rules below */
	bool affine_prev_idle; /* an idle previous CPU is taken */
	bool affine_runnable;  /* loads of runnable tasks only, no blocked ones */
	bool sync_ignores_delayed; /* a sync waker is alone even beside delayed tasks */
	bool recent_cpu;	   /* the CPU before the previous one is tried */
	bool kthread_rule;	   /* a per-CPU kernel thread's wakee goes where that is */
	bool core_scan;		   /* whole idle cores first where there is SMT */
	bool merged_scan;  /* ... in the same walk as idle CPUs; else a walk of its own before */
	bool scan_after;   /* the walk begins beside the target, else at it */
	bool fork_by_load; /* new tasks: groups and CPUs by load alone, idle or not */
	bool sibling_prev; /* idle thread of the previous CPU's core first; else target's last */
	bool idle_policy_counts;  /* a CPU with idle-policy tasks alone counts as idle */
	bool knows_preempted_cpu; /* a preempted vCPU is not idle */

	/* balancing */
	bool load_only;		/* the balancer before group types, cfs.md 5.2 */
	bool load_bias;		/* ... which prefers what was to what is: LB_BIAS */
	uint32_t busy_factor;	/* of the interval while the CPU is busy */
	bool busy_less_a_jiffy; /* ... and a jiffy less */
	uint32_t imbalance_pct; /* above the LLC */
	enum newidle_gate gate;
	bool dice;		    /* newly idle: NI_RANDOM */
	bool rate;		    /* ... and NI_RATE */
	bool cost_grows;	    /* a newly-idle pass that fails looks half as costly again */
	bool eligibility;	    /* ineligible tasks stay while the destination has tasks */
	bool delayed_for_load_only; /* delayed tasks are moved for load only */
	bool smt_balance;	    /* a group type for busy cores */
	bool whole_core_first;	    /* a CPU of a fully idle core balances for its group */
	bool half_load; /* detach: a task of load / 2 > imbalance stays; else load >> failures */
	bool hot_on_sibling; /* cache hot counts between the threads of a core, too */
	bool newest_first;   /* detach: from the most recently queued end */
	bool active_any;     /* active balance whatever is to be evened */
};

/* Of a version as struct fair_features names it; never NULL: an unknown one is like 6.19. */
const struct balance_rules *balance_rules_find(const char *version);
/* Has this very version a row? */
bool balance_rules_known(const char *version);
