/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pelt.h - decayed sums of load, runnable time and running time; eevdf.md 3
 *
 * Units of 1024 ns in periods of 1024 units; a period's share is y of the next one's, y^32 = 1/2: a
 * half life of 33.554 ms (eevdf.md takes a unit as 1 us and says 32.768). The sums take an input
 * that was constant since the last update, so an owner updates before an input changes and need not
 * do so at any other time. All sums of one CPU count periods from its task clock's 0: they are in
 * phase.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define PELT_UNIT_SHIFT 10
#define PELT_PERIOD 1024u
/* Sum of a signal that was 1 for ever, taken at the end of a period. */
#define PELT_MAX 47742u
#define PELT_SCALE_SHIFT 10 /* runnable and util count 1024 for "all the time" */

struct pelt {
	uint64_t updated;      /* units: the sums go up to here */
	uint64_t load_sum;     /* entity: queued; queue: weight as down(w); eevdf.md 3 */
	uint64_t runnable_sum; /* tasks that are not delayed, 1024 each */
	uint64_t util_sum;     /* 1024 while running */
};

/* The input since the last update. */
struct pelt_input {
	uint64_t load;
	uint32_t runnable;
	bool running;
};

void pelt_accumulate(struct pelt *pelt, uint64_t units, struct pelt_input input);

static inline void pelt_update(struct pelt *pelt, uint64_t clock, struct pelt_input input)
{
	uint64_t units = clock >> PELT_UNIT_SHIFT;

	if (units > pelt->updated)
		pelt_accumulate(pelt, units, input);
}

/* What a sum is when its signal was 1 for ever: divide by it to get the average. */
static inline uint64_t pelt_divider(const struct pelt *pelt)
{
	return PELT_MAX - PELT_PERIOD + pelt->updated % PELT_PERIOD;
}

/* A signal's average from its sum, and back. */
static inline uint64_t pelt_average(const struct pelt *pelt, uint64_t sum)
{
	return sum / pelt_divider(pelt);
}

/* An average becomes part of other sums, or leaves them; rounding must not make these negative. */
static inline void pelt_subtract(uint64_t *sum, uint64_t part)
{
	*sum -= part < *sum ? part : *sum;
}
