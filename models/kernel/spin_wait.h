/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * spin_wait.h - what a task that waits for a spin lock is doing (kvm-and-guest.md 3.1 to 3.3)
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct task;

enum spin_lock_kind { SPIN_LOCK_NATIVE, SPIN_LOCK_PARAVIRT, SPIN_LOCK_TEST_AND_SET };

/* Polls between two looks at the state of the waiter before, and in a spin before the waiter halts:
 * 3.3, [V] and [R]. */
#define SPIN_CHECK_POLLS 256
#define SPIN_THRESHOLD_POLLS 32768

/* Where a waiter of a paravirtual lock stands. */
enum pv_place {
	PV_STEALING, /* not in line: the line's head does not spin, so it may take the lock first */
	PV_QUEUED,
	PV_PASSED, /* has become the head and not seen it yet */
	PV_HEAD,
};

/* What others see of it: the state in its queue node. */
enum pv_state {
	PV_RUNNING,
	PV_HALTED, /* halts, or is about to, until it is the head */
	PV_HASHED, /* the head, to be kicked at the unlock */
};

/* Embedded in struct task. */
struct spin_wait {
	enum pv_place place;
	enum pv_state state;
	bool hashed;	    /* this wait has put the lock into the hash table */
	bool looks;	    /* the segment under way ends with its next poll */
	uint64_t later;	    /* ns of the spin that follow the segment under way */
	struct task *ahead; /* the one before it in line; NULL when that has left */
};
