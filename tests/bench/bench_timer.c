/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_timer.c - the pending set and the run loop against the best plain C that we know
 *
 * A hold takes the earliest expiry and arms it again later. Two yardsticks, each a tournament tree
 * of its own, inlined into its loop: bare keys with nothing behind them for the pending set; the
 * same with an owner behind each key, reached by pointer and called, for the run loop. Ours and the
 * yardstick run the same script in turns; reported are the median rate and the median of the
 * ratios, one JSON object a line.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/engine/engine.h"

#define ROUNDS 9
#define HOLDS 1000000
#define SLOT_BITS 20
#define SLOT_MASK ((1 << SLOT_BITS) - 1)
#define SEED UINT64_C(88172645463325252)
#define TARGET 0.9

/* A xorshift, and an increment with an exponential's spread: the product of two uniforms. */
static inline uint64_t draw(uint64_t *state)
{
	*state ^= *state << 7;
	*state ^= *state >> 9;
	return *state;
}

static inline uint64_t increment(uint64_t *state)
{
	uint64_t x = draw(state);

	return 1 + ((x & 0xffff) * (x >> 16 & 0xffff) >> 16) + (x >> 40 & 0xff);
}

struct result {
	double rate;	/* million holds a second */
	uint64_t order; /* hash over the slots in the order of firing */
};

static double seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* The yardstick of the pending set. */

struct bare_key {
	uint64_t when, order;
};

static inline void bare_put(struct bare_key *node, uint32_t i, uint64_t when, uint64_t order)
{
	node[i] = (struct bare_key){ when, order };
	while (i > 1) {
		uint64_t other_when = node[i ^ 1].when, other_order = node[i ^ 1].order;
#if defined(__x86_64__)
		uint64_t scratch = other_when;

		__asm__("cmpq %1, %4\n\tsbbq %0, %2\n\tcmovbq %3, %0\n\tcmovbq %4, %1"
			: "+&r"(when), "+&r"(order), "+&r"(scratch)
			: "r"(other_when), "r"(other_order)
			: "cc");
#else
		unsigned __int128 key = (unsigned __int128)when << 64 | order;
		unsigned __int128 other = (unsigned __int128)other_when << 64 | other_order;
		uint64_t mask = -(uint64_t)(other < key);

		__asm__("" : "+r"(mask), "+r"(other_when), "+r"(other_order));
		when ^= (when ^ other_when) & mask;
		order ^= (order ^ other_order) & mask;
		__asm__("" : "+r"(when), "+r"(order));
#endif
		i >>= 1;
		node[i] = (struct bare_key){ when, order };
	}
}

static struct result bare_holds(uint32_t slots, int rearm)
{
	size_t size = 2 * (size_t)slots * sizeof(struct bare_key);
	struct bare_key *node = aligned_alloc(64, size);
	uint64_t state = SEED, sequence = 0, hash = 0;
	double start;

	memset(node, 0xff, size);
	for (uint32_t i = 0; i < slots; i++)
		bare_put(node, slots + i, increment(&state), sequence++ << SLOT_BITS | i);
	start = seconds();
	for (int n = 0; n < HOLDS; n++) {
		uint64_t now = node[1].when;
		uint32_t slot = node[1].order & SLOT_MASK;

		hash = hash * 31 + slot;
		bare_put(node, slots + slot, now + increment(&state),
			 sequence++ << SLOT_BITS | slot);
		if (rearm) {
			slot = draw(&state) & (slots - 1);
			bare_put(node, slots + slot, now + increment(&state),
				 sequence++ << SLOT_BITS | slot);
		}
	}
	start = seconds() - start;
	free(node);
	return (struct result){ HOLDS / start * 1e-6, hash };
}

/* The yardstick of the run loop: the same tree, and an owner to call. */

struct bare_loop {
	struct bare_key *node;
	struct bare_owner *owner;
	uint64_t state, sequence, hash, left;
	uint32_t slots;
	int rearm;
};

struct bare_owner {
	void (*fire)(struct bare_owner *owner, uint64_t now);
	struct bare_loop *loop;
	uint32_t slot;
};

static inline void bare_arm(struct bare_loop *loop, uint32_t slot, uint64_t when)
{
	bare_put(loop->node, loop->slots + slot, when, loop->sequence++ << SLOT_BITS | slot);
}

static void bare_hold(struct bare_owner *owner, uint64_t now)
{
	struct bare_loop *loop = owner->loop;

	loop->hash = loop->hash * 31 + owner->slot;
	bare_arm(loop, owner->slot, now + increment(&loop->state));
	if (loop->rearm) {
		struct bare_owner *other = &loop->owner[draw(&loop->state) & (loop->slots - 1)];

		bare_arm(loop, other->slot, now + increment(&loop->state));
	}
	loop->left--;
}

static struct result loop_holds(uint32_t slots, int rearm)
{
	size_t size = 2 * (size_t)slots * sizeof(struct bare_key);
	struct bare_loop loop = { .state = SEED, .left = HOLDS, .slots = slots, .rearm = rearm };
	struct bare_owner **by_slot = calloc(slots, sizeof(struct bare_owner *));
	double start;

	loop.node = aligned_alloc(64, size);
	loop.owner = calloc(slots, sizeof(*loop.owner));
	memset(loop.node, 0xff, size);
	for (uint32_t i = 0; i < slots; i++) {
		by_slot[i] = &loop.owner[i];
		loop.owner[i] = (struct bare_owner){ bare_hold, &loop, i };
		bare_arm(&loop, i, increment(&loop.state));
	}
	start = seconds();
	while (loop.left) {
		struct bare_owner *owner = by_slot[loop.node[1].order & SLOT_MASK];

		owner->fire(owner, loop.node[1].when);
	}
	start = seconds() - start;
	free(loop.owner);
	free(loop.node);
	free(by_slot);
	return (struct result){ HOLDS / start * 1e-6, loop.hash };
}

/* Ours, by the functions of timer.h. */

static void never_fires(struct timer *timer, uint64_t now)
{
	(void)timer;
	(void)now;
	abort();
}

static struct result timer_holds(uint32_t slots, int rearm)
{
	struct timers timers;
	struct timer *timer = calloc(slots, sizeof(*timer));
	uint64_t state = SEED, hash = 0;
	double start;

	timers_init(&timers, slots);
	for (uint32_t i = 0; i < slots; i++) {
		timer_init(&timers, &timer[i], never_fires, 0, 0);
		timer_arm(&timers, &timer[i], increment(&state));
	}
	start = seconds();
	for (int n = 0; n < HOLDS; n++) {
		uint64_t now = timers_next(&timers);
		uint32_t slot = timers_pop(&timers);

		hash = hash * 31 + slot;
		timers_arm(&timers, slot, now + increment(&state));
		if (rearm) {
			uint32_t other = draw(&state) & (slots - 1);

			timers_arm(&timers, other, now + increment(&state));
		}
		timers_settle(&timers, slot);
	}
	start = seconds() - start;
	timers_clear(&timers);
	free(timer);
	return (struct result){ HOLDS / start * 1e-6, hash };
}

/* Ours, through the run loop: with the clock, the trail, the fingerprint and the call. */

struct holder {
	struct timer timer;
	struct hold_run *run;
};

struct hold_run {
	struct engine engine;
	struct holder *holder;
	uint64_t state, hash, left;
	uint32_t slots;
	int rearm;
};

static void hold(struct timer *timer, uint64_t now)
{
	struct hold_run *run = ((struct holder *)timer)->run;

	run->hash = run->hash * 31 + timer->slot;
	engine_arm(&run->engine, timer, now + increment(&run->state));
	if (run->rearm) {
		struct holder *other = &run->holder[draw(&run->state) & (run->slots - 1)];

		engine_arm(&run->engine, &other->timer, now + increment(&run->state));
	}
	if (--run->left == 0)
		engine_stop(&run->engine);
}

static struct result engine_holds(uint32_t slots, int rearm)
{
	struct hold_run run = { .state = SEED, .left = HOLDS, .slots = slots, .rearm = rearm };
	double start;

	engine_init(&run.engine, slots, NULL);
	run.holder = calloc(slots, sizeof(*run.holder));
	for (uint32_t i = 0; i < slots; i++) {
		run.holder[i].run = &run;
		timer_init(&run.engine.timers, &run.holder[i].timer, hold, (uint16_t)(i & 7),
			   (uint16_t)i);
		engine_arm(&run.engine, &run.holder[i].timer, increment(&run.state));
	}
	start = seconds();
	engine_run(&run.engine, UINT64_MAX);
	start = seconds() - start;
	engine_clear(&run.engine);
	free(run.holder);
	return (struct result){ HOLDS / start * 1e-6, run.hash };
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(*values), by_value);
	return values[ROUNDS / 2];
}

static void compare(const char *what, struct result (*holds)(uint32_t, int),
		    struct result (*best_holds)(uint32_t, int), uint32_t slots, int rearm)
{
	double ours[ROUNDS], best[ROUNDS], ratio[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		struct result yardstick = best_holds(slots, rearm), result = holds(slots, rearm);

		if (yardstick.order != result.order) {
			fprintf(stderr, "bench_timer: %s: the order is not the yardstick's\n",
				what);
			exit(EXIT_FAILURE);
		}
		ours[i] = result.rate;
		best[i] = yardstick.rate;
		ratio[i] = result.rate / yardstick.rate;
	}
	printf("{\"name\": \"%s, %" PRIu32 " pending%s\", \"value\": %.1f, \"unit\": \"Mholds/s\", "
	       "\"target\": %.1f, \"ratio\": %.3f}\n",
	       what, slots, rearm ? ", one re-arm each" : "", median(ours), TARGET * median(best),
	       median(ratio));
	fflush(stdout);
}

int main(void)
{
	static const uint32_t sizes[] = { 64, 1024, 65536 };

	for (int rearm = 0; rearm < 2; rearm++) {
		for (int i = 0; i < 3; i++) {
			compare("pending set", timer_holds, bare_holds, sizes[i], rearm);
			compare("run loop", engine_holds, loop_holds, sizes[i], rearm);
		}
	}
	return 0;
}
