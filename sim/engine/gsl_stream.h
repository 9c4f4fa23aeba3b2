/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gsl_stream.h - GSL's distributions on a named stream, off the event path
 *
 * gsl_rng_set() keeps 32 bits of a seed, so hashed streams would collide (craft.md 0.5); these
 * streams are seeded with 256 bits.
 */
#pragma once

#include <glib.h>
#include <gsl/gsl_rng.h>
#include <stdint.h>

extern const gsl_rng_type *const gsl_stream_type;

/* The stream that random_init() gives for the same four; gsl_rng_free() it. */
gsl_rng *gsl_stream_new(uint64_t seed, const char *component, uint64_t index, const char *purpose);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(gsl_rng, gsl_rng_free)
