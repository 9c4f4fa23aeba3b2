/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_stopping.c - how many pairs are run, and that intervals of sequential runs keep their word
 */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

#include "sim/engine/random.h"
#include "sim/experiment/stopping.h"
#include "tests/check_main.h"

START_TEST(fixed_number_without_precision)
{
	const struct stopping stopping = { .first = 7, .cap = 200 };

	ck_assert_uint_eq(stopping_next(&stopping, 0, INFINITY), 7);
	ck_assert_uint_eq(stopping_next(&stopping, 7, INFINITY), 7);
	ck_assert_double_eq(stopping_confidence(&stopping), 0.95);
}
END_TEST

START_TEST(batches_until_narrow_or_capped)
{
	const struct stopping stopping = { .first = 20, .cap = 45, .half_width = 0.005 };

	ck_assert_uint_eq(stopping_next(&stopping, 0, INFINITY), 20);
	ck_assert_uint_eq(stopping_next(&stopping, 20, 0.0051), 30);
	ck_assert_uint_eq(stopping_next(&stopping, 20, 0.005), 20);
	ck_assert_uint_eq(stopping_next(&stopping, 40, 0.1), 45);
	ck_assert_uint_eq(stopping_next(&stopping, 45, 0.1), 45);
	ck_assert_double_gt(stopping_confidence(&stopping), 0.95);
}
END_TEST

#define TRIALS 20000

/* Quantiles of t by n, computed once. */
static double quantile[STOPPING_CAP + 1];

/* One sequential comparison of normal pairs with mean 0: does the final interval cover 0? */
static bool covers(const struct stopping *stopping, struct random *random)
{
	double sum = 0, squares = 0, half = INFINITY;
	size_t n = 0, next;

	while ((next = stopping_next(stopping, n, half)) > n) {
		for (; n < next; n++) {
			double uniform = ((double)(random_next(random) >> 11) + 0.5) * 0x1p-53;
			double x = gsl_cdf_ugaussian_Pinv(uniform);

			sum += x;
			squares += x * x;
		}
		half = quantile[n] *
		       sqrt((squares - sum * sum / (double)n) / (double)(n - 1) / (double)n);
	}
	return fabs(sum / (double)n) <= half;
}

static double coverage(double confidence, double half_width)
{
	const struct stopping stopping = { .first = STOPPING_FIRST,
					   .cap = STOPPING_CAP,
					   .half_width = half_width };
	struct random random;
	int covered = 0;

	for (size_t n = 2; n <= STOPPING_CAP; n++)
		quantile[n] = gsl_cdf_tdist_Pinv(0.5 + confidence / 2, (double)(n - 1));
	random_init(&random, 1, "test", (uint64_t)(1000 * half_width), "stopping");
	for (int trial = 0; trial < TRIALS; trial++)
		covered += covers(&stopping, &random);
	return (double)covered / TRIALS;
}

/*
 * Half widths in standard deviations of a pair, from where the cap decides to where the first stage
 * does.
 */
static const double widths[] = { 0.14, 0.22, 0.30, 0.34, 0.38, 0.42, 0.46, 0.54 };

START_TEST(corrected_intervals_cover_95_percent)
{
	const struct stopping sequential = { .first = 20, .cap = 200, .half_width = 0.01 };
	double worst = 1;

	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		worst = fmin(worst, coverage(stopping_confidence(&sequential), widths[i]));
	ck_assert_double_ge(worst, 0.95);
	ck_assert_double_le(worst, 0.96); /* and are not wider than need be */
}
END_TEST

START_TEST(uncorrected_intervals_would_not)
{
	double worst = 1;

	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		worst = fmin(worst, coverage(0.95, widths[i]));
	ck_assert_double_lt(worst, 0.946);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stopping");
	TCase *tcase = tcase_create("stopping");

	tcase_add_test(tcase, fixed_number_without_precision);
	tcase_add_test(tcase, batches_until_narrow_or_capped);
	tcase_add_test(tcase, corrected_intervals_cover_95_percent);
	tcase_add_test(tcase, uncorrected_intervals_would_not);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
