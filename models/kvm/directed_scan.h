/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * directed_scan.h - a vCPU's search for somebody to yield to, while it is under way
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct vcpu;

/* The scan of a pause-loop exit, or a hypercall's single target; spans the wait for the locks. */
struct directed_scan {
	struct vcpu *target;	   /* chosen, not yet yielded to; NULL: none */
	uint64_t ns;		   /* its cost so far, not yet spent */
	uint32_t start, at, round; /* first index of the round; how many of it are examined */
	int tries;  /* goes on below zero in later rounds, as the real counter does (yield-series.md
		       P11) */
	int result; /* of the last yield_to */
	bool kernel_mode;
	bool waits;	/* for the locks, interrupts off */
	bool candidate; /* somebody was yielded to */
	bool single;	/* target given: by a policy or by the guest */
	bool hypercall;
};
