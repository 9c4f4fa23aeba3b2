/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * timer.h - one pending expiry per owner, fired in (time, sequence) order
 *
 * A timer is embedded in its owner and registered once. Arming, re-arming and cancelling cost one
 * branch-free walk up a tree of winners (craft.md 2.2): leaf i belongs to timer i, node 1 is the
 * next event. Nothing is allocated after registration.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define TIMER_SLOT_BITS 20
#define TIMER_SLOTS_MAX (UINT32_C(1) << TIMER_SLOT_BITS)

struct timer {
	/* Called disarmed; may re-arm itself. */
	void (*fire)(struct timer *timer, uint64_t now);
	uint32_t slot;	/* leaf in struct timers; set by timer_init() */
	uint16_t kind;	/* what expires: for the fingerprint and the event trail */
	uint16_t owner; /* index of the owner among its kind, likewise */
};

/*
 * A pending expiry; idle leaves hold the largest key. The low bits of `order` name the slot, the
 * high bits break ties in time.
 */
struct timer_key {
	uint64_t when;
	uint64_t order;
};

/* The pending set. Owner: struct engine. */
struct timers {
	struct timer_key *node; /* [2 * slots]; node[slots + i] is the leaf of timer i */
	struct timer **timer;	/* [slots], by slot */
	uint32_t slots;		/* a power of two */
	uint32_t used;
	uint64_t sequence;
	uint64_t shuffle; /* 0: ties in order of arming; else in an order hashed with this */
};

void timers_init(struct timers *timers, uint32_t slots);
void timers_clear(struct timers *timers);

/* Registers a timer, disarmed. The set doubles when full, so register before the run starts. */
void timer_init(struct timers *timers, struct timer *timer, void (*fire)(struct timer *, uint64_t),
		uint16_t kind, uint16_t owner);
/* Arms or re-arms; `when` in ns, never TIME_NEVER. */
void timer_arm(struct timers *timers, struct timer *timer, uint64_t when);
void timer_cancel(struct timers *timers, struct timer *timer);
bool timer_is_armed(const struct timers *timers, const struct timer *timer);
/* TIME_NEVER when idle. */
uint64_t timer_expiry(const struct timers *timers, const struct timer *timer);

/* The moment of the next expiry; TIME_NEVER when nothing is pending. Not from inside fire(). */
static inline uint64_t timers_next(const struct timers *timers)
{
	return timers->node[1].when;
}

/*
 * For the run loop: takes the next timer's slot, disarmed, and settles it after it fired. Between
 * the two the tree still shows the old key above the leaf, so that a timer that re-arms itself
 * costs one walk instead of two. A slot comes out of the key itself, without a look at its owner.
 */
uint32_t timers_pop(struct timers *timers);
void timers_settle(struct timers *timers, uint32_t slot);
void timers_arm(struct timers *timers, uint32_t slot, uint64_t when);
