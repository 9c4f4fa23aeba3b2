/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * random_tables.h - fixed-point tables of the samplers, private to random.c
 */
#pragma once

#include <stdint.h>

#define RANDOM_LOG_STEPS 256 /* per octave */
#define RANDOM_NORMAL_STEPS 32
#define RANDOM_NORMAL_OCTAVES 32

/* [i] = log2(1 + i / steps), 63 fraction bits. */
extern const uint64_t random_log2[RANDOM_LOG_STEPS + 1];
/* [i] = 2^(i / steps), 63 fraction bits; the last is one unit short of 2. */
extern const uint64_t random_exp2[RANDOM_LOG_STEPS + 1];
/*
 * [32 k + j] = the normal quantile z, 28 fraction bits, whose two-sided tail is (1 + j / 32) /
 * 2^(32 - k): equal steps within each octave of the tail, because z bends most near its ends.
 */
extern const uint32_t random_normal[RANDOM_NORMAL_OCTAVES * RANDOM_NORMAL_STEPS + 1];
