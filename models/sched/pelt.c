/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pelt.c - the recursion of eevdf.md 3, in integers
 */
#include "models/sched/pelt.h"

#define HALF_LIFE 32u
#define FORGOTTEN 2016u /* periods after which a sum is cleared */

/* (2^32 - 1) * 2^(-n/32), rounded down. */
static const uint32_t decay[HALF_LIFE] = {
	0xffffffff, 0xfa83b2da, 0xf5257d14, 0xefe4b99a, 0xeac0c6e6, 0xe5b906e6, 0xe0ccdeeb,
	0xdbfbb796, 0xd744fcc9, 0xd2a81d91, 0xce248c14, 0xc9b9bd85, 0xc5672a10, 0xc12c4cc9,
	0xbd08a39e, 0xb8fbaf46, 0xb504f333, 0xb123f581, 0xad583ee9, 0xa9a15ab4, 0xa5fed6a9,
	0xa2704302, 0x9ef5325f, 0x9b8d39b9, 0x9837f050, 0x94f4efa8, 0x91c3d373, 0x8ea4398a,
	0x8b95c1e3, 0x88980e80, 0x85aac367, 0x82cd8698,
};

/* Of a sum below 2^32. */
static inline uint64_t decayed(uint64_t sum, uint64_t periods)
{
	return (sum >> periods / HALF_LIFE) * decay[periods % HALF_LIFE] >> 32;
}

static inline uint64_t decayed_large(uint64_t sum, uint64_t periods)
{
	return (uint64_t)(((unsigned __int128)(sum >> periods / HALF_LIFE) *
			   decay[periods % HALF_LIFE]) >>
			  32);
}

/* Of an input of 1 since the last update, which ends `rest` units into a later period. */
static inline uint64_t contribution(uint64_t first, uint64_t periods, uint64_t rest)
{
	return decayed(first, periods) + PELT_MAX - decayed(PELT_MAX, periods) - PELT_PERIOD + rest;
}

void pelt_accumulate(struct pelt *pelt, uint64_t units, struct pelt_input input)
{
	uint64_t periods = units / PELT_PERIOD - pelt->updated / PELT_PERIOD;
	uint64_t part = units - pelt->updated;
	/* copies: a compiler that stores them one by one and reloads them as vectors stalls */
	uint64_t load = pelt->load_sum, runnable = pelt->runnable_sum, util = pelt->util_sum;

	if (periods > FORGOTTEN) {
		load = runnable = util = 0;
		part = PELT_MAX - PELT_PERIOD + units % PELT_PERIOD;
	} else if (periods) {
		if ((load | runnable | util) <= UINT32_MAX) {
			load = decayed(load, periods);
			runnable = decayed(runnable, periods);
			util = decayed(util, periods);
		} else {
			load = decayed_large(load, periods);
			runnable = decayed_large(runnable, periods);
			util = decayed_large(util, periods);
		}
		part = contribution(PELT_PERIOD - pelt->updated % PELT_PERIOD, periods,
				    units % PELT_PERIOD);
	}
	/* running is a part of being queued, and a delayed task is queued */
	if (input.load) {
		load += input.load * part;
		runnable += (input.runnable * part) << PELT_SCALE_SHIFT;
		util += input.running ? part << PELT_SCALE_SHIFT : 0;
	}
	pelt->updated = units;
	pelt->load_sum = load;
	pelt->runnable_sum = runnable;
	pelt->util_sum = util;
}
