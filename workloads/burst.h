/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * burst.h - CPU work of a task, cut into user work, kernel work and what the kernel does in between
 *
 * The work is a chain of intervals. Each has a user part, then a kernel part (system calls and
 * page faults), and ends with the kernel events that it has earned: a hot spin lock, the mmap_lock as
 * a reader or as its writer, a TLB shootdown. The chain goes on over all bursts of a task, so rates hold over its whole CPU
 * time. Nothing is held when burst_next() returns false.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "sim/engine/random.h"
#include "workloads/op.h"

enum burst_event { BURST_SPIN, BURST_READ, BURST_WRITE, BURST_FLUSH, BURST_EVENTS };

/* What one workload's CPU work consists of; shared by its tasks. */
struct burst_profile {
	uint64_t kernel_share;		/* ppm of all work; holds below are part of it */
	uint64_t rate[BURST_EVENTS];	/* a second of CPU work */
	uint64_t interval_max;		/* ns */
	uint64_t spin_hold, spin_locks; /* mean ns, uniform in [1/2, 3/2] of it */
	uint64_t spin_irqs_off;		/* ppm of its holds: interrupts are off from the wait on */
	uint64_t read_hold, write_hold; /* the same; mmap_lock is rwsem 0 */
	uint64_t write_flush;		/* ppm of its writers: they flush, downgraded to readers */
	uint64_t read_flush;		/* ppm of the shootdowns: by a reader, before it lets go */
	uint64_t flush_full, flush_one; /* ppm of the shootdowns: everything, one page */
	uint64_t flush_pages_min, flush_pages_max; /* the rest, uniform */
	/* derived by burst_profile_set() */
	uint64_t interval;	       /* ns of work, mean; uniform in [1/2, 3/2] of it */
	uint64_t credit[BURST_EVENTS]; /* billionths of an event that an interval earns */
};

/* One task's. Embedded in it. */
struct burst {
	const struct burst_profile *profile;
	struct random random;
	int64_t due;	       /* ns of work still to hand out; below 0: handed out in advance */
	uint64_t user, kernel; /* ns left of the interval's parts */
	uint64_t spin_hold, read_hold, write_hold; /* ns of this interval's; 0: none */
	uint64_t credit[BURST_EVENTS];		   /* billionths */
	uint32_t spin_lock;			   /* the one taken in this interval */
	bool spin_irqs_off;			   /* with interrupts off */
	bool flush;				   /* this interval ends with one */
	bool downgrade;				   /* and its writer does it */
	bool reader_flushes;			   /* or its reader */
	uint8_t step;
	struct program *tape; /* intervals come from there instead; borrowed; NULL: drawn */
	struct op ahead;      /* of the tape: the first op of the next interval */
	uint64_t pages;	      /* of the tape: of this interval's flush */
};

void burst_profile_set(struct burst_profile *profile);
void burst_init(struct burst *burst, const struct burst_profile *profile, uint64_t seed,
		const char *component, uint64_t index);

/* The same with intervals as burst_next() hands them out, each from one OP_RUN to the next. */
void burst_init_tape(struct burst *burst, const struct burst_profile *profile,
		     struct program *tape);

static inline void burst_add(struct burst *burst, uint64_t work)
{
	burst->due += (int64_t)work;
}

/* User work that the task hands out itself, part of what is due and of the interval. */
void burst_take_user(struct burst *burst, uint64_t work);

/* The next op of the work that is due; false when it is done (a very short rest may stay). */
bool burst_next(struct burst *burst, struct op *op);
