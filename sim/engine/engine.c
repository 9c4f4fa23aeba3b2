/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine.c - the loop that fires events, and what it leaves behind when it dies
 */
#include "sim/engine/engine.h"

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/engine/time.h"

void engine_init(struct engine *engine, uint32_t timers, const char *const *kind_names)
{
	*engine = (struct engine){ .kind_names = kind_names };
	timers_init(&engine->timers, timers);
}

void engine_clear(struct engine *engine)
{
	timers_clear(&engine->timers);
	g_clear_pointer(&engine->label, g_free);
}

/*
 * Odd multipliers are bijective, so two events that differ in one field always differ here; the
 * rotation brings the well-mixed high bits down before the next multiplication, and makes the order
 * count.
 */
static inline uint64_t fingerprint_add(uint64_t fingerprint, uint64_t when,
				       const struct timer *timer)
{
	uint64_t id = (uint64_t)timer->kind << 16 | timer->owner;
	uint64_t x = (fingerprint ^ when * UINT64_C(0x9e3779b97f4a7c15) ^
		      id * UINT64_C(0xd6e8feb86659fd93)) *
		     UINT64_C(0xff51afd7ed558ccd);

	return x << 29 | x >> 35;
}

void engine_run(struct engine *engine, uint64_t end)
{
	struct timers *timers = &engine->timers;
	/* The first moment that is too late; TIME_NEVER itself is the key of an idle set. */
	uint64_t limit = end < TIME_NEVER ? end + 1 : TIME_NEVER;

	engine->stopped = false;
	while (!engine->stopped) {
		uint64_t now = timers_next(timers);
		struct timer *timer;
		uint32_t slot;

		if (now >= limit) {
			engine->now = end < TIME_NEVER ? end : engine->now;
			return;
		}
		slot = timers_pop(timers);
		timer = timers->timer[slot];
		engine->now = now;
		engine->trail[engine->events++ % TRAIL_LENGTH] = (struct trail_entry){
			.when = now, .kind = timer->kind, .owner = timer->owner
		};
		engine->fingerprint = fingerprint_add(engine->fingerprint, now, timer);
		timer->fire(timer, now);
		timers_settle(timers, slot);
	}
}

void engine_stop(struct engine *engine)
{
	engine->stopped = true;
}

static const char *kind_name(const struct engine *engine, uint16_t kind)
{
	/* The table may be shorter than the kinds in use; it ends with NULL. */
	for (uint16_t i = 0; engine->kind_names && engine->kind_names[i]; i++)
		if (i == kind)
			return engine->kind_names[i];
	return "?";
}

_Noreturn void engine_abort(const struct engine *engine, const char *condition, const char *file,
			    int line)
{
	uint64_t first = engine->events > TRAIL_LENGTH ? engine->events - TRAIL_LENGTH : 0;

	fprintf(stderr, "impossible state at %" PRIu64 " ns after %" PRIu64 " events: %s:%d: %s\n",
		engine->now, engine->events, file, line, condition);
	fprintf(stderr, "run: %s\n", engine->label ? engine->label : "(no label)");
	fprintf(stderr, "last events, oldest first:\n");
	for (uint64_t i = first; i < engine->events; i++) {
		const struct trail_entry *entry = &engine->trail[i % TRAIL_LENGTH];

		fprintf(stderr, "%20" PRIu64 "  %s %u\n", entry->when,
			kind_name(engine, entry->kind), entry->owner);
	}
	fflush(stderr);
	abort();
}
