/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * yield_result.h - what followed the directed yields that were done, in the terms of
 * data/realkvm/README.md
 *
 * Each yield counts once in `next` and once in `self`: the first switch within the decision limit
 * (host.kvm.yield_decision) tells; without one nothing followed. Both sum up to the counter
 * "yields-ok". Those whose window ends before anything followed count as if nothing did.
 */
#pragma once

#include <stdint.h>

/* Who had the target's pCPU at the call. */
enum yield_current {
	CURRENT_OTHER_VM,
	CURRENT_SAME_VM,
	CURRENT_YIELDER,    /* the target waits on the caller's own pCPU */
	CURRENT_OTHER_TASK, /* no vCPU: housekeeping */
	CURRENT_IDLE,
	YIELD_CURRENT_KINDS
};

/* Who got it. */
enum yield_next {
	NEXT_TARGET,
	NEXT_OTHER_VM,
	NEXT_SAME_VM, /* another vCPU of the yielder's VM, or the yielder */
	NEXT_OTHER,   /* a host task, or idle */
	NEXT_KEPT_CURRENT,
	YIELD_NEXT_KINDS
};

/* What became of the yielder on its own pCPU. */
enum yield_self {
	SELF_CONTINUES,
	SELF_TO_TARGET,
	SELF_TO_OTHER_VM,
	SELF_TO_SAME_VM,
	SELF_TO_OTHER,
	YIELD_SELF_KINDS
};

struct yield_result {
	uint64_t next[YIELD_CURRENT_KINDS][YIELD_NEXT_KINDS];
	uint64_t self[YIELD_SELF_KINDS];
};

extern const char *const yield_current_names[YIELD_CURRENT_KINDS];
extern const char *const yield_next_names[YIELD_NEXT_KINDS];
extern const char *const yield_self_names[YIELD_SELF_KINDS];
