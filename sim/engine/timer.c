/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * timer.c - the pending set: a tournament tree over fixed slots
 *
 * Node i holds the lesser key of nodes 2i and 2i + 1, leaf `slots + i` the key of timer i, so node
 * 1 is the next event. A change of a leaf is replayed upwards with the winner in registers. The
 * select must compile to conditional moves: whether a sibling wins is a coin toss, and one
 * mispredicted branch costs more than three matches (craft.md 2.2, lesson 1).
 */
#include "sim/engine/timer.h"

#include <glib.h>
#include <string.h>

#include "sim/engine/time.h"

#define NODE_ALIGNMENT 64 /* siblings share a cache line */

#define ORDER_IDLE UINT64_MAX

/*
 * Replaces (when, order) by the other key if that is less, without a branch. gcc and clang both
 * turn the plain expression into branches or vector shuffles, depending on what surrounds it (a
 * quarter of the speed); where we know the machine we say it.
 */
static inline void keep_lesser(uint64_t *when, uint64_t *order, uint64_t other_when,
			       uint64_t other_order)
{
#if defined(__x86_64__)
	uint64_t scratch = other_when;

	__asm__("cmpq %[order], %[other_order]\n\t"
		"sbbq %[when], %[scratch]\n\t"
		"cmovbq %[other_when], %[when]\n\t"
		"cmovbq %[other_order], %[order]"
		: [when] "+&r"(*when), [order] "+&r"(*order), [scratch] "+&r"(scratch)
		: [other_when] "r"(other_when), [other_order] "r"(other_order)
		: "cc");
#else
	unsigned __int128 key = (unsigned __int128)*when << 64 | *order;
	unsigned __int128 other = (unsigned __int128)other_when << 64 | other_order;
	uint64_t mask = -(uint64_t)(other < key);

	/* Opaque to the compiler: arithmetic, and in general registers. */
	__asm__("" : "+r"(mask), "+r"(other_when), "+r"(other_order));
	*when ^= (*when ^ other_when) & mask;
	*order ^= (*order ^ other_order) & mask;
	__asm__("" : "+r"(*when), "+r"(*order));
#endif
}

/*
 * Writes a leaf and replays its matches up to the root. Leaving early where the winner stays costs
 * more than it saves in sets of up to 1024 slots: its branch is mispredicted once a walk.
 */
static inline void replay(struct timers *timers, uint32_t slot, uint64_t when, uint64_t order)
{
	struct timer_key *node = timers->node;
	uint32_t i = timers->slots + slot;

	node[i] = (struct timer_key){ when, order };
	while (i > 1) {
		keep_lesser(&when, &order, node[i ^ 1].when, node[i ^ 1].order);
		i >>= 1;
		node[i] = (struct timer_key){ when, order };
	}
}

static struct timer_key *nodes_new(uint32_t slots)
{
	size_t size = 2 * (size_t)slots * sizeof(struct timer_key);
	struct timer_key *node = g_aligned_alloc(1, size, NODE_ALIGNMENT);

	memset(node, 0xff, size);
	return node;
}

void timers_init(struct timers *timers, uint32_t slots)
{
	uint32_t rounded = 2;

	while (rounded < slots)
		rounded *= 2;
	g_assert(rounded <= TIMER_SLOTS_MAX);
	*timers = (struct timers){
		.node = nodes_new(rounded),
		.timer = g_new0(struct timer *, rounded),
		.slots = rounded,
	};
}

void timers_clear(struct timers *timers)
{
	g_clear_pointer(&timers->node, g_aligned_free);
	g_clear_pointer(&timers->timer, g_free);
	timers->slots = timers->used = 0;
}

/* Bijective on the bits above the slot, so that orders stay unique. */
static uint64_t shuffled(uint64_t sequence, uint64_t key)
{
	const uint64_t mask = UINT64_MAX >> TIMER_SLOT_BITS;
	uint64_t x = (sequence ^ key) & mask;

	x = (x * UINT64_C(0x9e3779b97f4a7c15)) & mask;
	x ^= x >> 22;
	x = ((x + (key >> TIMER_SLOT_BITS)) * UINT64_C(0xbf58476d1ce4e5b9)) & mask;
	x ^= x >> 23;
	return x;
}

static void timers_double(struct timers *timers)
{
	uint32_t slots = timers->slots, wide = 2 * slots;
	struct timer_key *node;

	g_assert(wide <= TIMER_SLOTS_MAX);
	node = nodes_new(wide);
	memcpy(&node[wide], &timers->node[slots], slots * sizeof(*node));
	for (uint32_t i = wide - 1; i > 0; i--) {
		node[i] = node[2 * i];
		keep_lesser(&node[i].when, &node[i].order, node[2 * i + 1].when,
			    node[2 * i + 1].order);
	}
	g_aligned_free(timers->node);
	timers->node = node;
	timers->timer = g_renew(struct timer *, timers->timer, wide);
	memset(&timers->timer[slots], 0, slots * sizeof(*timers->timer));
	timers->slots = wide;
}

void timer_init(struct timers *timers, struct timer *timer, void (*fire)(struct timer *, uint64_t),
		uint16_t kind, uint16_t owner)
{
	if (timers->used == timers->slots)
		timers_double(timers);
	*timer = (struct timer){ .fire = fire, .slot = timers->used, .kind = kind, .owner = owner };
	timers->timer[timers->used++] = timer;
}

void timers_arm(struct timers *timers, uint32_t slot, uint64_t when)
{
	uint64_t sequence = timers->sequence++;

	if (__builtin_expect(timers->shuffle != 0, 0))
		sequence = shuffled(sequence, timers->shuffle);
	replay(timers, slot, when, sequence << TIMER_SLOT_BITS | slot);
}

void timer_arm(struct timers *timers, struct timer *timer, uint64_t when)
{
	timers_arm(timers, timer->slot, when);
}

void timer_cancel(struct timers *timers, struct timer *timer)
{
	if (timer_is_armed(timers, timer))
		replay(timers, timer->slot, TIME_NEVER, ORDER_IDLE);
}

uint32_t timers_pop(struct timers *timers)
{
	uint32_t slot = timers->node[1].order & (TIMER_SLOTS_MAX - 1);

	timers->node[timers->slots + slot] = (struct timer_key){ TIME_NEVER, ORDER_IDLE };
	return slot;
}

void timers_settle(struct timers *timers, uint32_t slot)
{
	if (timers->node[timers->slots + slot].when == TIME_NEVER)
		replay(timers, slot, TIME_NEVER, ORDER_IDLE);
}

bool timer_is_armed(const struct timers *timers, const struct timer *timer)
{
	return timers->node[timers->slots + timer->slot].when != TIME_NEVER;
}

uint64_t timer_expiry(const struct timers *timers, const struct timer *timer)
{
	return timers->node[timers->slots + timer->slot].when;
}
