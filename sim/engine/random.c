/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * random.c - the generator, its seeding, and samplers by inversion
 *
 * Every sampler takes exactly one draw (random_below nearly always) and is monotone in it: streams
 * of two policies stay in step, and common random numbers keep their full effect (craft.md 5.1).
 * Inversion by table costs no rejections and no libm.
 */
#include "sim/engine/random.h"

#include "sim/engine/random_tables.h"

#define LANES 4
#define LOG_BITS 57 /* fraction bits of a logarithm: 7 bits hold up to 64 and a sign */
#define EXPONENTIAL_CUT (UINT64_C(40) << LOG_BITS)
#define LONGEST ((unsigned __int128)INT64_MAX) /* now + a draw must not wrap around */

/* With 64 fraction bits: ln 2, and 1 / 1.2815515655446004, the normal 90th percentile. */
#define LN2 UINT64_C(0xb17217f7d1cf79ab)
#define PER_Z90 UINT64_C(0xc7c2033450673733)

static uint64_t high_product(uint64_t a, uint64_t b)
{
	return (uint64_t)((unsigned __int128)a * b >> 64);
}

/*
 * The output function of splitmix64: bijective, every bit of the input reaches every bit of the
 * output.
 */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

struct hash {
	uint64_t lane[LANES];
};

static void hash_number(struct hash *hash, uint64_t number)
{
	for (uint64_t i = 0; i < LANES; i++)
		hash->lane[i] =
			mix((hash->lane[i] ^ number) + (i + 1) * UINT64_C(0x9e3779b97f4a7c15));
}

/*
 * Eight bytes at a time, little endian on every machine; the terminating zero keeps ("ab", "c")
 * apart from ("a", "bc").
 */
static void hash_string(struct hash *hash, const char *string)
{
	uint64_t word = 0;
	unsigned int shift = 0;

	for (const char *c = string; *c; c++) {
		word |= (uint64_t)(unsigned char)*c << shift;
		shift += 8;
		if (shift == 64) {
			hash_number(hash, word);
			word = 0;
			shift = 0;
		}
	}
	hash_number(hash, word);
}

void random_init(struct random *random, uint64_t seed, const char *component, uint64_t index,
		 const char *purpose)
{
	struct hash hash = { { 1, 2, 3, 4 } };

	hash_number(&hash, seed);
	hash_string(&hash, component);
	hash_number(&hash, index);
	hash_string(&hash, purpose);
	for (int i = 0; i < LANES; i++)
		random->state[i] = hash.lane[i];
	/* All zero is the one state that the generator never leaves. */
	if (!(random->state[0] | random->state[1] | random->state[2] | random->state[3]))
		random->state[0] = 1;
}

static uint64_t rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

/* xoshiro256++ 1.0 of Blackman and Vigna. */
uint64_t random_next(struct random *random)
{
	uint64_t *s = random->state;
	uint64_t result = rotate(s[0] + s[3], 23) + s[0];
	uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

/*
 * Lemire's: the high half of a product; the few low halves that would be drawn once too often are
 * drawn again.
 */
uint64_t random_below(struct random *random, uint64_t bound)
{
	unsigned __int128 product = (unsigned __int128)random_next(random) * bound;

	if ((uint64_t)product < bound) {
		uint64_t surplus = -bound % bound;

		while ((uint64_t)product < surplus)
			product = (unsigned __int128)random_next(random) * bound;
	}
	return (uint64_t)(product >> 64);
}

uint64_t random_between(struct random *random, uint64_t low, uint64_t high)
{
	uint64_t width = high - low + 1;

	return width ? low + random_below(random, width) : random_next(random);
}

int random_chance(struct random *random, uint64_t ppm)
{
	return (uint64_t)((unsigned __int128)random_next(random) * 1000000 >> 64) < ppm;
}

/* log2 of x > 0; linear between the entries: 3e-6 too low at the most. */
static uint64_t log2_fixed(uint64_t x)
{
	unsigned int leading = (unsigned int)__builtin_clzll(x);
	uint64_t fraction = x << leading << 1;
	uint64_t i = fraction >> 56, low = random_log2[i];

	low += high_product(random_log2[i + 1] - low, fraction << 8);
	return ((uint64_t)(63 - leading) << LOG_BITS) + (low >> (63 - LOG_BITS));
}

uint64_t random_exponential(struct random *random, uint64_t mean)
{
	/* u = x / 2^64 in (0, 1); -ln u = (64 - log2 x) ln 2 */
	uint64_t x = random_next(random) | 1;
	uint64_t scale = high_product((UINT64_C(64) << LOG_BITS) - log2_fixed(x), LN2);
	unsigned __int128 value =
		(unsigned __int128)mean * (scale < EXPONENTIAL_CUT ? scale : EXPONENTIAL_CUT) >>
		LOG_BITS;

	return (uint64_t)(value < LONGEST ? value : LONGEST);
}

/*
 * The normal quantile of u = draw / 2^64: its magnitude with 28 fraction bits; the top bit of the
 * draw tells the sign.
 */
static uint64_t normal_magnitude(uint64_t draw)
{
	uint64_t tail = (draw >> 63 ? ~draw : draw) << 1 | 1; /* two-sided, 64 fraction bits */
	unsigned int octave = (unsigned int)__builtin_clzll(tail);
	uint64_t fraction = tail << octave << 1;
	uint64_t i, z;

	/* Below 2^-32 both ways: once in 4e9 draws; the quantile stays at 6.2. */
	if (octave >= RANDOM_NORMAL_OCTAVES)
		return random_normal[0];
	i = (RANDOM_NORMAL_OCTAVES - 1 - octave) * RANDOM_NORMAL_STEPS + (fraction >> 59);
	z = random_normal[i];
	return z - high_product(z - random_normal[i + 1], fraction << 5);
}

/*
 * value * 2^(exponent), the exponent with LOG_BITS fraction bits and below 63 in magnitude;
 * rounded, cut at LONGEST.
 */
static uint64_t scale_exp2(uint64_t value, int64_t exponent)
{
	int64_t whole = exponent >> LOG_BITS; /* rounds down */
	uint64_t fraction = (uint64_t)exponent << (64 - LOG_BITS);
	uint64_t i = fraction >> 56, low = random_exp2[i];
	unsigned __int128 product;

	low += high_product(random_exp2[i + 1] - low, fraction << 8);
	product = (unsigned __int128)value * low;
	product = (product >> (62 - whole)) + 1;
	product >>= 1;
	return (uint64_t)(product < LONGEST ? product : LONGEST);
}

uint64_t random_lognormal(struct random *random, uint64_t median, uint64_t p90)
{
	const uint64_t steepest = UINT64_C(62) << LOG_BITS;
	uint64_t draw = random_next(random);
	uint64_t sigma;
	unsigned __int128 exponent;

	if (median == 0 || p90 <= median)
		return median;
	sigma = high_product(log2_fixed(p90) - log2_fixed(median), PER_Z90);
	exponent = (unsigned __int128)sigma * normal_magnitude(draw) >> 28;
	if (exponent > steepest)
		exponent = steepest;
	return scale_exp2(median, draw >> 63 ? (int64_t)exponent : -(int64_t)exponent);
}
