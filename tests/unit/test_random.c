/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_random.c - the generator, the independence of its streams, and the shape of the samplers
 *
 * The samplers are inversions, so they are compared with libm's and GSL's functions point by point:
 * forced() makes a stream whose next draw is a chosen number. Statistical tests have fixed seeds.
 */
#include <glib.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#include "sim/engine/gsl_stream.h"
#include "sim/engine/random.h"
#include "tests/check_main.h"

#define GRID 200000 /* evenly spread draws: averages over them are integrals */

static struct random stream(const char *component, uint64_t index)
{
	struct random random;

	random_init(&random, 42, component, index, "test");
	return random;
}

/* result = rotate(s0 + s3, 23) + s0, with s0 = 0 */
static struct random forced(uint64_t draw)
{
	return (struct random){ { 0, 1, 2, draw >> 23 | draw << 41 } };
}

static uint64_t grid_draw(uint64_t i)
{
	return UINT64_MAX / GRID * i + UINT64_MAX / GRID / 2;
}

START_TEST(xoshiro256pp_reference_outputs)
{
	/* State 1, 2, 3, 4: the vector that the authors' C code gives. */
	static const uint64_t expected[] = {
		UINT64_C(41943041),
		UINT64_C(58720359),
		UINT64_C(3588806011781223),
		UINT64_C(3591011842654386),
		UINT64_C(9228616714210784205),
		UINT64_C(9973669472204895162),
		UINT64_C(14011001112246962877),
		UINT64_C(12406186145184390807),
		UINT64_C(15849039046786891736),
		UINT64_C(10450023813501588000),
	};
	struct random random = { { 1, 2, 3, 4 } };

	for (size_t i = 0; i < G_N_ELEMENTS(expected); i++)
		ck_assert_uint_eq(random_next(&random), expected[i]);
}
END_TEST

START_TEST(forced_draw)
{
	for (uint64_t i = 0; i < 100; i++) {
		struct random random = forced(grid_draw(i * 1999));

		ck_assert_uint_eq(random_next(&random), grid_draw(i * 1999));
	}
}
END_TEST

/* Results of other versions of the program stay comparable as long as these hold. */
START_TEST(named_stream_is_pinned)
{
	struct random random;

	random_init(&random, 1, "vcpu", 2, "chunk");
	ck_assert_uint_eq(random_next(&random), UINT64_C(13953054478088984943));
	ck_assert_uint_eq(random_exponential(&random, 1000000), 1580393);
	ck_assert_uint_eq(random_lognormal(&random, 1000000, 5000000), 426155);
	ck_assert_uint_eq(random_below(&random, 1000000), 405869);
}
END_TEST

START_TEST(every_part_of_the_name_counts)
{
	static const struct {
		uint64_t seed;
		const char *component;
		uint64_t index;
		const char *purpose;
	} name[] = {
		{ 1, "ab", 1, "c" },
		{ 2, "ab", 1, "c" },
		{ 1, "ab", 2, "c" },
		{ 1, "ab", 1, "d" },
		{ 1, "a", 1, "bc" },
		{ 1, "", 1, "abc" },
		{ 1, "abc", 1, "" },
		{ 1, "abcdefgh", 1, "" },
		{ 1, "abcdefgh", 1, "i" },
		{ 1, "abcdefghi", 1, "" },
		{ 1, "abcdefghj", 1, "" },
		{ 0, "", 0, "" },
		{ 0, "", 1, "" },
		{ 1, "", 0, "" },
		{ 1 | UINT64_C(1) << 32, "", 0, "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(name); i++) {
		struct random a, again;

		random_init(&a, name[i].seed, name[i].component, name[i].index, name[i].purpose);
		random_init(&again, name[i].seed, name[i].component, name[i].index,
			    name[i].purpose);
		ck_assert_mem_eq(&a, &again, sizeof(a));
		for (size_t j = 0; j < i; j++) {
			struct random b;

			random_init(&b, name[j].seed, name[j].component, name[j].index,
				    name[j].purpose);
			for (int k = 0; k < 4; k++)
				ck_assert_uint_ne(a.state[k], b.state[k]);
		}
	}
}
END_TEST

/* "abcdefgh" fills a word; as an index, the same word must not stand for it. */
START_TEST(strings_and_numbers_do_not_mix)
{
	const uint64_t abcdefgh = UINT64_C(0x6867666564636261);
	const uint64_t ijklmnop = UINT64_C(0x706f6e6d6c6b6a69);
	struct random a, b;

	random_init(&a, 1, "abcdefgh", ijklmnop, "");
	random_init(&b, 1, "", abcdefgh, "ijklmnop");
	ck_assert_mem_ne(&a, &b, sizeof(a));
}
END_TEST

START_TEST(streams_do_not_collide)
{
	const uint32_t streams = 200000;
	g_autofree uint64_t *first = g_new(uint64_t, streams);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);

	for (uint32_t i = 0; i < streams; i++) {
		struct random random = stream("collide", i);

		first[i] = random_next(&random);
		if (!g_hash_table_add(seen, &first[i]))
			ck_abort_msg("stream %u starts like another", i);
	}
}
END_TEST

/* Neighbours in index and in seed: correlation of 10000 uniforms, 4 standard deviations. */
START_TEST(neighbouring_streams_are_uncorrelated)
{
	const int draws = 10000;

	for (uint64_t pair = 0; pair < 200; pair++) {
		struct random a, b;
		double sum = 0;

		random_init(&a, 42, "vcpu", pair, "test");
		random_init(&b, 42 + pair % 2, "vcpu", pair + (pair % 2 == 0), "test");
		for (int i = 0; i < draws; i++) {
			double x = (double)random_next(&a) * 0x1p-64 - 0.5;
			double y = (double)random_next(&b) * 0x1p-64 - 0.5;

			sum += x * y * 12;
		}
		ck_assert_double_lt(fabs(sum) / sqrt(draws), 4);
	}
}
END_TEST

/* Each bit of the first draw of a thousand streams is set in half of them. */
START_TEST(first_draws_are_balanced)
{
	int set[64] = { 0 };

	for (uint64_t i = 0; i < 1000; i++) {
		struct random random = stream("bits", i);
		uint64_t draw = random_next(&random);

		for (int bit = 0; bit < 64; bit++)
			set[bit] += draw >> bit & 1;
	}
	for (int bit = 0; bit < 64; bit++)
		ck_assert_int_lt(abs(set[bit] - 500), 4 * 16);
}
END_TEST

START_TEST(below_is_uniform)
{
	static const uint64_t bounds[] = { 2, 3, 7, 1000 };

	for (size_t b = 0; b < G_N_ELEMENTS(bounds); b++) {
		uint64_t bound = bounds[b], draws = 1000 * bound, seen[1000] = { 0 };
		struct random random = stream("below", bound);
		double chi2 = 0;

		for (uint64_t i = 0; i < draws; i++) {
			uint64_t value = random_below(&random, bound);

			if (value >= bound)
				ck_abort_msg("%lu is not below %lu", value, bound);
			seen[value]++;
		}
		for (uint64_t i = 0; i < bound; i++)
			chi2 += pow((double)seen[i] - 1000, 2) / 1000;
		ck_assert_double_gt(gsl_cdf_chisq_Q(chi2, (double)bound - 1), 0.001);
		ck_assert_double_lt(gsl_cdf_chisq_Q(chi2, (double)bound - 1), 0.999);
	}
}
END_TEST

/* 3 * 2^62: without rejection, every third value would come up twice as often. */
START_TEST(below_has_no_bias_at_large_bounds)
{
	const uint64_t bound = UINT64_C(3) << 62;
	struct random random = stream("bias", 0);
	int residue[3] = { 0 };

	for (int i = 0; i < 30000; i++) {
		uint64_t value = random_below(&random, bound);

		if (value >= bound)
			ck_abort_msg("%lu is not below the bound", value);
		residue[value % 3]++;
	}
	for (int i = 0; i < 3; i++)
		ck_assert_int_lt(abs(residue[i] - 10000), 4 * 82);
}
END_TEST

START_TEST(below_and_between_at_their_ends)
{
	struct random random = stream("ends", 0), copy;
	int low = 0, high = 0;

	for (int i = 0; i < 1000; i++) {
		uint64_t value = random_between(&random, 5, 7);

		ck_assert(value >= 5 && value <= 7);
		low += value == 5;
		high += value == 7;
		ck_assert_uint_eq(random_below(&random, 1), 0);
		ck_assert_uint_eq(random_between(&random, 9, 9), 9);
		ck_assert_uint_ge(random_between(&random, UINT64_MAX - 1, UINT64_MAX),
				  UINT64_MAX - 1);
	}
	ck_assert(low > 250 && high > 250);
	copy = random;
	ck_assert_uint_eq(random_between(&random, 0, UINT64_MAX), random_next(&copy));
}
END_TEST

START_TEST(chance_in_ppm)
{
	struct random random = stream("chance", 0), least = forced(0), most = forced(UINT64_MAX);
	int hits = 0;

	ck_assert(!random_chance(&least, 0));
	ck_assert(random_chance(&most, 1000000));

	for (int i = 0; i < 100000; i++) {
		if (random_chance(&random, 0) || !random_chance(&random, 1000000))
			ck_abort_msg("0 ppm happened, or 1000000 ppm did not");
		hits += random_chance(&random, 250000);
	}
	ck_assert_int_lt(abs(hits - 25000), 4 * 137);
}
END_TEST

START_TEST(exponential_is_the_inverse_of_its_cdf)
{
	const uint64_t mean = UINT64_C(1000000000000);
	double sum = 0, squares = 0;
	uint64_t last = UINT64_MAX;

	for (uint64_t i = 0; i < GRID; i++) {
		uint64_t draw = grid_draw(i);
		struct random random = forced(draw);
		uint64_t value = random_exponential(&random, mean);
		double exact = -log1p(-(double)~draw * 0x1p-64), x = (double)value / (double)mean;

		if (fabs(x - exact) > 1e-5 * exact + 3e-6)
			ck_abort_msg("draw %lu: %g instead of %g", draw, x, exact);
		if (value > last)
			ck_abort_msg("not monotone at draw %lu", draw);
		last = value;
		sum += x;
		squares += x * x;
	}
	/* What the grid itself misses of the tail's mean is 2e-6. */
	ck_assert_double_lt(fabs(sum / GRID - 1), 1e-5);
	ck_assert_double_lt(fabs(squares / GRID - 2), 3e-4);
}
END_TEST

/* The grid reaches down to 4e-6; below it, octave by octave, up to the cut. */
START_TEST(exponential_tail)
{
	const uint64_t mean = UINT64_C(1) << 40;

	for (int bit = 0; bit < 64; bit++) {
		struct random random = forced((UINT64_C(1) << bit) | 1);
		double x = (double)random_exponential(&random, mean) / (double)mean;
		double exact = (64 - log2((double)((UINT64_C(1) << bit) | 1))) * M_LN2;

		ck_assert_double_lt(fabs(x - (exact < 40 ? exact : 40)), 1e-5);
	}
}
END_TEST

START_TEST(exponential_sample)
{
	struct random random = stream("exponential", 0);
	double sum = 0, squares = 0;

	for (int i = 0; i < 1000000; i++) {
		double x = (double)random_exponential(&random, 1000000) / 1e6;

		sum += x;
		squares += x * x;
	}
	ck_assert_double_lt(fabs(sum / 1e6 - 1), 4e-3);
	ck_assert_double_lt(fabs(squares / 1e6 - 2), 4 * sqrt(20) * 1e-3);
}
END_TEST

START_TEST(exponential_at_its_ends)
{
	struct random random = stream("ends", 1);

	for (int i = 0; i < 1000; i++) {
		ck_assert_uint_eq(random_exponential(&random, 0), 0);
		ck_assert_uint_le(random_exponential(&random, 1), 40);
		ck_assert_uint_le(random_exponential(&random, UINT64_MAX), INT64_MAX);
	}
}
END_TEST

START_TEST(lognormal_is_the_inverse_of_its_cdf)
{
	static const uint64_t p90s[] = { 1001000000, 1200000000, 3000000000, 50000000000 };
	const uint64_t median = 1000000000, p90 = p90s[_i];
	double sigma = log((double)p90 / (double)median) / gsl_cdf_ugaussian_Pinv(0.9), sum = 0;
	uint64_t last = 0;

	for (uint64_t i = 0; i < GRID; i++) {
		uint64_t draw = grid_draw(i);
		struct random random = forced(draw);
		uint64_t value = random_lognormal(&random, median, p90);
		double u = ((double)i + 0.5) / GRID;
		double exact = exp(sigma * gsl_cdf_ugaussian_Pinv(u)) * (double)median;

		if (fabs((double)value - exact) > 5e-4 * exact)
			ck_abort_msg("draw %lu: %lu instead of %g", draw, value, exact);
		if (value < last)
			ck_abort_msg("not monotone at draw %lu", draw);
		last = value;
		sum += (double)value / exact;
	}
	ck_assert_double_lt(fabs(sum / GRID - 1), 1e-4);
}
END_TEST

/* The quantile itself, octave by octave of the tail, both sides; it stays at z = 6.23. */
START_TEST(lognormal_tails)
{
	const uint64_t median = UINT64_C(1) << 30, p90 = UINT64_C(1) << 31;
	double steepest = gsl_cdf_ugaussian_Qinv(0x1p-33);

	for (int bit = 0; bit < 63; bit++) {
		uint64_t tail = UINT64_C(3) << bit >> 1;
		struct random low = forced(tail), high = forced(~tail);
		double z = gsl_cdf_ugaussian_Qinv((double)tail * 0x1p-64);
		double factor = exp2(fmin(z, steepest) / gsl_cdf_ugaussian_Pinv(0.9));
		double up = (double)random_lognormal(&high, median, p90) / (double)median;
		double down = (double)median / (double)random_lognormal(&low, median, p90);

		ck_assert_double_lt(fabs(up / factor - 1), 1e-3);
		ck_assert_double_lt(fabs(down / factor - 1), 1e-3);
	}
}
END_TEST

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

START_TEST(lognormal_sample)
{
	const int draws = 1000000;
	g_autofree uint64_t *value = g_new(uint64_t, draws);
	struct random random = stream("lognormal", 0);
	double sigma = log(3) / gsl_cdf_ugaussian_Pinv(0.9), sum = 0;
	uint64_t median, p90;

	for (int i = 0; i < draws; i++) {
		value[i] = random_lognormal(&random, 1000000, 3000000);
		sum += (double)value[i];
	}
	qsort(value, (size_t)draws, sizeof(*value), by_value);
	median = value[draws / 2];
	p90 = value[draws / 10 * 9];
	ck_assert_double_lt(fabs((double)median / 1e6 - 1), 0.005);
	ck_assert_double_lt(fabs((double)p90 / 3e6 - 1), 0.005);
	ck_assert_double_lt(fabs(sum / draws / 1e6 / exp(sigma * sigma / 2) - 1), 0.005);
}
END_TEST

START_TEST(lognormal_at_its_ends)
{
	struct random random = stream("ends", 2), least = forced(0), most = forced(UINT64_MAX);

	/* As steep as it gets: 2^(64 / 1.28) per standard deviation. */
	ck_assert_uint_eq(random_lognormal(&least, 1000, UINT64_MAX), 0);
	ck_assert_uint_eq(random_lognormal(&most, 1000, UINT64_MAX), INT64_MAX);

	for (int i = 0; i < 1000; i++) {
		ck_assert_uint_eq(random_lognormal(&random, 0, 100), 0);
		ck_assert_uint_eq(random_lognormal(&random, 70, 70), 70);
		ck_assert_uint_le(random_lognormal(&random, UINT64_MAX - 1, UINT64_MAX), INT64_MAX);
		ck_assert_uint_le(random_lognormal(&random, 1, UINT64_MAX), INT64_MAX);
	}
}
END_TEST

/* Policies that branch differently must not shift each other's draws. */
START_TEST(samplers_take_one_draw_each)
{
	struct random random = stream("one", 0), copy = random;

	random_exponential(&random, 5);
	random_lognormal(&random, 5, 6);
	random_lognormal(&random, 5, 5);
	random_chance(&random, 0);
	random_below(&random, 1);
	for (int i = 0; i < 5; i++)
		random_next(&copy);
	ck_assert_mem_eq(&random, &copy, sizeof(copy));
}
END_TEST

START_TEST(gsl_stream_is_the_named_stream)
{
	g_autoptr(gsl_rng) rng = gsl_stream_new(1, "sweep", 2, "sobol");
	struct random random;

	random_init(&random, 1, "sweep", 2, "sobol");
	for (int i = 0; i < 1000; i++)
		ck_assert_uint_eq(gsl_rng_get(rng), random_next(&random));
	ck_assert_double_eq(gsl_rng_uniform(rng), (double)(random_next(&random) >> 11) * 0x1p-53);
}
END_TEST

/* craft.md 0.5: mt19937 and taus2 give the same stream for both of these. */
START_TEST(gsl_stream_keeps_all_bits_of_a_seed)
{
	static const unsigned long seeds[] = { 0, 1, 5, 5 + (1UL << 32) };
	g_autoptr(gsl_rng) rng = gsl_rng_alloc(gsl_stream_type);
	unsigned long first[G_N_ELEMENTS(seeds)];

	for (size_t i = 0; i < G_N_ELEMENTS(seeds); i++) {
		gsl_rng_set(rng, seeds[i]);
		first[i] = gsl_rng_get(rng);
		for (size_t j = 0; j < i; j++)
			ck_assert_uint_ne(first[i], first[j]);
	}
}
END_TEST

START_TEST(gsl_variates_work_on_it)
{
	g_autoptr(gsl_rng) rng = gsl_stream_new(3, "test", 0, "variates");
	double exponential = 0, gauss = 0, ziggurat = 0, integer = 0;
	const int draws = 100000;

	for (int i = 0; i < draws; i++) {
		exponential += gsl_ran_exponential(rng, 2) / draws;
		gauss += pow(gsl_ran_gaussian(rng, 1), 2) / draws;
		ziggurat += pow(gsl_ran_gaussian_ziggurat(rng, 1), 2) / draws;
		integer += (double)gsl_rng_uniform_int(rng, 11) / draws;
	}
	ck_assert_double_lt(fabs(exponential - 2), 4 * 2 / sqrt(draws));
	ck_assert_double_lt(fabs(gauss - 1), 4 * sqrt(2) / sqrt(draws));
	ck_assert_double_lt(fabs(ziggurat - 1), 4 * sqrt(2) / sqrt(draws));
	ck_assert_double_lt(fabs(integer - 5), 4 * sqrt(10) / sqrt(draws));
}
END_TEST

static TCase *streams(void)
{
	TCase *tc = tcase_create("streams");

	tcase_add_test(tc, xoshiro256pp_reference_outputs);
	tcase_add_test(tc, forced_draw);
	tcase_add_test(tc, named_stream_is_pinned);
	tcase_add_test(tc, every_part_of_the_name_counts);
	tcase_add_test(tc, strings_and_numbers_do_not_mix);
	tcase_add_test(tc, streams_do_not_collide);
	tcase_add_test(tc, neighbouring_streams_are_uncorrelated);
	tcase_add_test(tc, first_draws_are_balanced);
	tcase_add_test(tc, gsl_stream_is_the_named_stream);
	tcase_add_test(tc, gsl_stream_keeps_all_bits_of_a_seed);
	tcase_add_test(tc, gsl_variates_work_on_it);
	return tc;
}

static TCase *samplers(void)
{
	TCase *tc = tcase_create("samplers");

	tcase_add_test(tc, below_is_uniform);
	tcase_add_test(tc, below_has_no_bias_at_large_bounds);
	tcase_add_test(tc, below_and_between_at_their_ends);
	tcase_add_test(tc, chance_in_ppm);
	tcase_add_test(tc, exponential_is_the_inverse_of_its_cdf);
	tcase_add_test(tc, exponential_tail);
	tcase_add_test(tc, exponential_sample);
	tcase_add_test(tc, exponential_at_its_ends);
	tcase_add_loop_test(tc, lognormal_is_the_inverse_of_its_cdf, 0, 4);
	tcase_add_test(tc, lognormal_tails);
	tcase_add_test(tc, lognormal_sample);
	tcase_add_test(tc, lognormal_at_its_ends);
	tcase_add_test(tc, samplers_take_one_draw_each);
	return tc;
}

int main(void)
{
	Suite *suite = suite_create("random");

	suite_add_tcase(suite, streams());
	suite_add_tcase(suite, samplers());
	return run_suite(suite);
}
