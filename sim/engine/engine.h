/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine.h - the clock, the pending events and the loop that fires them
 *
 * One engine per simulation; many run side by side in threads. The fingerprint is a running hash
 * over the time, kind and owner of every event fired; equal fingerprints mean equal runs.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "sim/engine/time.h"
#include "sim/engine/timer.h"

#define TRAIL_LENGTH 32

struct trail_entry {
	uint64_t when;
	uint16_t kind, owner;
};

struct engine {
	uint64_t now; /* ns */
	uint64_t events;
	uint64_t fingerprint;
	bool stopped;
	struct timers timers;			/* timers.shuffle: set before the first arming */
	struct trail_entry trail[TRAIL_LENGTH]; /* ring of the last events, for aborts */
	const char *const *kind_names;		/* by timer kind; borrowed; NULL-terminated */
	char *label;				/* scenario, policy and seed, for aborts; owned */
};

void engine_init(struct engine *engine, uint32_t timers, const char *const *kind_names);
void engine_clear(struct engine *engine);

/*
 * Fires events up to and including time `end`, then sets now to `end`. After engine_stop() it
 * returns early, with `stopped` set and now at the event that stopped it; the next call goes on.
 * With TIME_NEVER it runs until nothing is pending and leaves now at the last event.
 */
void engine_run(struct engine *engine, uint64_t end);
void engine_stop(struct engine *engine);

/*
 * An impossible state: prints time, label, the broken condition and the trail on stderr, and
 * aborts.
 */
_Noreturn void engine_abort(const struct engine *engine, const char *condition, const char *file,
			    int line);

#define sim_assert(engine, condition)                                           \
	do {                                                                    \
		if (__builtin_expect(!(condition), 0))                          \
			engine_abort((engine), #condition, __FILE__, __LINE__); \
	} while (0)

/* Arms or re-arms; `when` in ns, not in the past, never TIME_NEVER. */
static inline void engine_arm(struct engine *engine, struct timer *timer, uint64_t when)
{
	sim_assert(engine, when >= engine->now && when != TIME_NEVER);
	timer_arm(&engine->timers, timer, when);
}

static inline void engine_cancel(struct engine *engine, struct timer *timer)
{
	timer_cancel(&engine->timers, timer);
}
