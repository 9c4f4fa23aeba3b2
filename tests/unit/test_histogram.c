/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_histogram.c - counts, quantiles and merging against sorted values
 */
#include "sim/engine/random.h"
#include "sim/measure/histogram.h"
#include "tests/check_main.h"

#define VALUES 20000

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Six shapes, from a handful of small values to all 64 bits. */
static uint64_t shaped(struct random *random, int shape)
{
	switch (shape) {
	case 0:
		return random_below(random, 10);
	case 1:
		return random_below(random, 1000);
	case 2:
		return random_exponential(random, 1000000);
	case 3:
		return random_lognormal(random, 50000, 2000000);
	case 4:
		return random_next(random) >> random_below(random, 64);
	default:
		return random_chance(random, 900000) ? 4096 : 10000000;
	}
}

static void assert_close(uint64_t value, uint64_t exact)
{
	uint64_t apart = value > exact ? value - exact : exact - value;

	/* In one bucket, hence within one part in 64; a bucket is one wide below 128. */
	ck_assert_msg(apart <= exact >> HISTOGRAM_SUB_BITS, "%lu instead of %lu", value, exact);
}

START_TEST(quantiles_agree_with_sorted_values)
{
	static const uint32_t ppm[] = { 0,	1,	1000,	10000,	100000, 250000, 500000,
					750000, 900000, 990000, 999000, 999900, 999999, 1000000 };
	uint64_t *value = calloc(VALUES, sizeof(*value)), sum = 0, last = 0;
	struct histogram *h = malloc(sizeof(*h));
	struct random random;

	random_init(&random, 7, "test_histogram", (uint64_t)_i, "values");
	histogram_reset(h);
	for (int i = 0; i < VALUES; i++) {
		value[i] = shaped(&random, _i);
		histogram_add(h, value[i]);
		sum += value[i];
	}
	qsort(value, VALUES, sizeof(*value), by_value);
	ck_assert_uint_eq(h->count, VALUES);
	ck_assert_uint_eq(h->sum, sum);
	ck_assert_uint_eq(h->min, value[0]);
	ck_assert_uint_eq(h->max, value[VALUES - 1]);
	for (size_t i = 0; i < sizeof(ppm) / sizeof(ppm[0]); i++) {
		uint64_t rank = ((uint64_t)VALUES * ppm[i] + 999999) / 1000000;
		uint64_t quantile = histogram_quantile(h, ppm[i]);

		assert_close(quantile, value[rank ? rank - 1 : 0]);
		ck_assert_uint_ge(quantile, last);
		last = quantile;
	}
	free(value);
	free(h);
}
END_TEST

START_TEST(merge_equals_adding_all)
{
	struct histogram *h = malloc(3 * sizeof(*h));
	struct random random;

	random_init(&random, 8, "test_histogram", (uint64_t)_i, "values");
	for (int i = 0; i < 3; i++)
		histogram_reset(&h[i]);
	for (int i = 0; i < VALUES; i++) {
		uint64_t value = shaped(&random, _i);

		histogram_add(&h[0], value);
		histogram_add(&h[1 + random_below(&random, 2)], value);
	}
	histogram_merge(&h[1], &h[2]);
	ck_assert_mem_eq(&h[0], &h[1], sizeof(*h));
	/* An empty one changes nothing, min and max included. */
	histogram_reset(&h[2]);
	histogram_merge(&h[1], &h[2]);
	ck_assert_mem_eq(&h[0], &h[1], sizeof(*h));
	histogram_merge(&h[2], &h[1]);
	ck_assert_mem_eq(&h[0], &h[2], sizeof(*h));
	free(h);
}
END_TEST

START_TEST(exact_below_128)
{
	struct histogram *h = malloc(sizeof(*h));

	for (uint64_t value = 0; value < 128; value++) {
		histogram_reset(h);
		histogram_add(h, 0);
		for (int i = 0; i < 3; i++)
			histogram_add(h, value);
		histogram_add(h, 1000);
		ck_assert_uint_eq(histogram_quantile(h, 500000), value);
	}
	free(h);
}
END_TEST

/* Around every power of two: a value and the bucket it falls in are at most 1/64 apart. */
START_TEST(every_octave_has_its_buckets)
{
	struct histogram *h = malloc(sizeof(*h));

	for (int bit = 0; bit < 64; bit++) {
		for (int delta = -1; delta <= 1; delta++) {
			uint64_t value = (UINT64_C(1) << bit) + (uint64_t)delta;

			histogram_reset(h);
			histogram_add(h, 0);
			histogram_add(h, value);
			histogram_add(h, UINT64_MAX);
			assert_close(histogram_quantile(h, 500000), value);
		}
	}
	free(h);
}
END_TEST

START_TEST(empty_and_single)
{
	struct histogram *h = malloc(sizeof(*h));

	histogram_reset(h);
	ck_assert_uint_eq(histogram_quantile(h, 500000), 0);
	histogram_add(h, 123456789);
	ck_assert_uint_eq(histogram_quantile(h, 0), 123456789);
	ck_assert_uint_eq(histogram_quantile(h, 500000), 123456789);
	ck_assert_uint_eq(histogram_quantile(h, 1000000), 123456789);
	free(h);
}
END_TEST

/* Evenly spread values: the place inside the bucket counts, so the error is far below 1/64. */
START_TEST(interpolates_inside_a_bucket)
{
	struct histogram *h = malloc(sizeof(*h));

	histogram_reset(h);
	for (uint64_t value = 1 << 20; value < 2 << 20; value++)
		histogram_add(h, value);
	for (uint32_t ppm = 1000; ppm < 1000000; ppm += 1777) {
		uint64_t exact = (1 << 20) + ((uint64_t)ppm << 20) / 1000000;
		uint64_t quantile = histogram_quantile(h, ppm);

		ck_assert_uint_le(quantile, exact + 2);
		ck_assert_uint_ge(quantile + 2, exact);
	}
	free(h);
}
END_TEST

/* Two values in a bucket that is 2^14 wide: at a quarter and at three quarters. */
START_TEST(values_of_a_bucket_are_spread_evenly)
{
	struct histogram *h = malloc(sizeof(*h));

	histogram_reset(h);
	histogram_add(h, 0);
	histogram_add(h, (1 << 20) + 5);
	histogram_add(h, (1 << 20) + 7);
	histogram_add(h, 1 << 30);
	ck_assert_uint_eq(histogram_quantile(h, 500000), (1 << 20) + (1 << 12));
	ck_assert_uint_eq(histogram_quantile(h, 750000), (1 << 20) + 3 * (1 << 12));
	free(h);
}
END_TEST

START_TEST(below_counts_values_and_shares_a_bucket)
{
	struct histogram *h = malloc(sizeof(*h));

	histogram_reset(h);
	for (int i = 0; i < 10; i++)
		histogram_add(h, (uint64_t)i);
	ck_assert_uint_eq(histogram_below(h, 0), 0);
	ck_assert_uint_eq(histogram_below(h, 4), 4);
	ck_assert_uint_eq(histogram_below(h, 100), 10);
	/* 4096..4159 is one bucket: half of it is below its middle */
	histogram_reset(h);
	for (int i = 0; i < 64; i++)
		histogram_add(h, 4096 + (uint64_t)i);
	ck_assert_uint_eq(histogram_below(h, 4096), 0);
	ck_assert_uint_eq(histogram_below(h, 4128), 32);
	ck_assert_uint_eq(histogram_below(h, 5000), 64);
	free(h);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("histogram");
	TCase *tc = tcase_create("histogram");

	tcase_add_loop_test(tc, quantiles_agree_with_sorted_values, 0, 6);
	tcase_add_loop_test(tc, merge_equals_adding_all, 0, 6);
	tcase_add_test(tc, exact_below_128);
	tcase_add_test(tc, every_octave_has_its_buckets);
	tcase_add_test(tc, empty_and_single);
	tcase_add_test(tc, interpolates_inside_a_bucket);
	tcase_add_test(tc, below_counts_values_and_shares_a_bucket);
	tcase_add_test(tc, values_of_a_bucket_are_spread_evenly);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
