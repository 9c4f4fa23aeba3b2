/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gsl_stream.c - a gsl_rng_type over struct random
 */
#include "sim/engine/gsl_stream.h"

#include "sim/engine/random.h"

static void stream_set(void *state, unsigned long seed)
{
	random_init(state, seed, "gsl", 0, "");
}

static unsigned long stream_get(void *state)
{
	return random_next(state);
}

/* In [0, 1), the upper 53 bits: each is a double. */
static double stream_get_double(void *state)
{
	return (double)(random_next(state) >> 11) * 0x1p-53;
}

static const gsl_rng_type stream_type = {
	.name = "vcpusim-stream",
	.max = ULONG_MAX,
	.min = 0,
	.size = sizeof(struct random),
	.set = stream_set,
	.get = stream_get,
	.get_double = stream_get_double,
};
const gsl_rng_type *const gsl_stream_type = &stream_type;

G_STATIC_ASSERT(sizeof(unsigned long) == sizeof(uint64_t));

gsl_rng *gsl_stream_new(uint64_t seed, const char *component, uint64_t index, const char *purpose)
{
	gsl_rng *rng = gsl_rng_alloc(&stream_type);

	if (rng)
		random_init(rng->state, seed, component, index, purpose);
	return rng;
}
