/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * random.h - named random streams and integer samplers
 *
 * A stream is keyed by (run seed, component, index, purpose), so that two policies under one seed
 * see the same workload (craft.md 5.1: one stream per entity). All draws on the event path are
 * integers made by integer arithmetic, so that compilers and libm versions cannot change a byte.
 * xoshiro256++ seeded with all 256 bits by splitmix64.
 */
#pragma once

#include <stdint.h>

struct random {
	uint64_t state[4];
};

void random_init(struct random *random, uint64_t seed, const char *component, uint64_t index,
		 const char *purpose);
uint64_t random_next(struct random *random);
/* Uniform in [0, bound), bound > 0, without bias. */
uint64_t random_below(struct random *random, uint64_t bound);
/* Uniform in [low, high], both included. */
uint64_t random_between(struct random *random, uint64_t low, uint64_t high);
/* Exponential with this mean, rounded down, cut at 40 means. */
uint64_t random_exponential(struct random *random, uint64_t mean);
/* Lognormal given by its median and by its 90th percentile (>= median). */
uint64_t random_lognormal(struct random *random, uint64_t median, uint64_t p90);
/* True with probability ppm / 1e6. */
int random_chance(struct random *random, uint64_t ppm);
