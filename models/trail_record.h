/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trail_record.h - what trail.c keeps of an event, for trail_text.c
 *
 * Names instead of addresses, and the state of that moment.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/sched/query.h"
#include "models/trail.h"

#define NAME_IDLE (-1)
#define NAME_HOST_TASK (-2)
#define NAME_GROUP (-3) /* a cgroup */

struct trail_name {
	int32_t vm; /* or one of the above */
	uint32_t vcpu;
	bool group;   /* the VM's cgroup */
	bool of_vcpu; /* ... or rather the vCPU's */
};

/* Where a vCPU is when an interrupt reaches it, or when it is examined. */
enum trail_place {
	PLACE_GUEST,
	PLACE_HOST,    /* on a pCPU, in KVM */
	PLACE_POLLING, /* halt polling */
	PLACE_HALTED,
	PLACE_WOKEN, /* runnable, after a halt */
	PLACE_USER,  /* preempted there */
	PLACE_KERNEL,
	PLACE_YIELDED, /* in kernel mode, by a directed yield of its own */
};

struct trail_record {
	uint64_t when; /* ns */
	enum trail_kind kind;
	uint32_t pcpu;
	struct trail_name who, whom;
	int64_t n, more;
	enum trail_place place; /* of whom; a switch: of who */
	bool rivals;		/* a switch: `rivalry` has a meaning */
	struct fair_rivalry rivalry;
	struct fair_hint_step hint; /* its `taken` is no longer valid: */
	struct trail_name taken;
};
