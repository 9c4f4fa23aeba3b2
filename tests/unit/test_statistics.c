/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_statistics.c - intervals, normality, modes, and how often they are right
 *
 * The simulations have fixed seeds: they are exact regressions, not gambles. Bounds are five
 * standard errors of the simulated share wide.
 */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

#include "sim/engine/random.h"
#include "sim/experiment/modes.h"
#include "sim/experiment/statistics.h"
#include "tests/check_main.h"

#define TRIALS 4000
#define COVERAGE_TRIALS 1500 /* each resamples */
#define SIZE 20

/* Uniform in (0, 1). */
static double uniform(struct random *random)
{
	return ((double)(random_next(random) >> 11) + 0.5) * 0x1p-53;
}

static double normal(struct random *random)
{
	return gsl_cdf_ugaussian_Pinv(uniform(random));
}

static double skewed(struct random *random)
{
	return exp(normal(random)) - exp(0.5);
}

static double two_modes(struct random *random)
{
	bool rare = uniform(random) < 0.15;

	return (rare ? 1 : 0) - 0.15 + 0.05 * normal(random);
}

/* Centred exponential. */
static double exponential(struct random *random)
{
	return -log(uniform(random)) - 1;
}

static double flat(struct random *random)
{
	return uniform(random) - 0.5;
}

START_TEST(summary_of_a_sample)
{
	const double sample[] = { 4, 1, 3, 2, 10 };
	struct summary summary;

	summary_make(&summary, sample, 5);
	ck_assert_double_eq(summary.mean, 4);
	ck_assert_double_eq(summary.median, 3);
	ck_assert_double_eq_tol(summary.sd, 3.5355339059327378, 1e-15);
	ck_assert_double_eq(summary.min, 1);
	ck_assert_double_eq(summary.max, 10);
	summary_make(&summary, sample, 0);
	ck_assert(isnan(summary.mean));
	summary_make(&summary, sample, 1);
	ck_assert_double_eq(summary.sd, 0);
}
END_TEST

START_TEST(student_interval_of_ten)
{
	/* t(0.975, 9) = 2.262157; mean 5.5, sd 3.02765, sd / sqrt(10) = 0.957427. */
	const double sample[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	struct interval interval = interval_student(sample, 10, 0.95);

	ck_assert_double_eq_tol(interval.low, 5.5 - 2.262157 * 0.957427, 1e-5);
	ck_assert_double_eq_tol(interval.high, 5.5 + 2.262157 * 0.957427, 1e-5);
	ck_assert_int_eq(interval.method, INTERVAL_STUDENT);
	interval = interval_student(sample, 1, 0.95);
	ck_assert_int_eq(interval.method, INTERVAL_NONE);
	ck_assert(isinf(interval.low) && isinf(interval.high));
}
END_TEST

START_TEST(constant_samples_have_no_width)
{
	const double sample[SIZE] = { 0 };
	struct interval interval = interval_mean(sample, SIZE, 0.95, 1);

	ck_assert_double_eq(interval.low, 0);
	ck_assert_double_eq(interval.high, 0);
	ck_assert(!sample_not_normal(sample, SIZE));
	ck_assert(!modes_find(sample, SIZE, 0).bimodal);
}
END_TEST

typedef double draw_function(struct random *random);
typedef struct interval interval_function(const double *sample, size_t n, double confidence,
					  uint64_t seed);

static struct interval student(const double *sample, size_t n, double confidence, uint64_t seed)
{
	(void)seed;
	return interval_student(sample, n, confidence);
}

/* How often the interval covers the true mean, 0. */
static double coverage(draw_function *draw, interval_function *function)
{
	struct random random;
	int covered = 0;

	random_init(&random, 1, "test", 0, "coverage");
	for (int trial = 0; trial < COVERAGE_TRIALS; trial++) {
		double sample[SIZE];
		struct interval interval;

		for (int i = 0; i < SIZE; i++)
			sample[i] = draw(&random);
		interval = function(sample, SIZE, 0.95, (uint64_t)trial);
		covered += interval.low <= 0 && interval.high >= 0;
	}
	return (double)covered / COVERAGE_TRIALS;
}

START_TEST(intervals_cover_normal_samples)
{
	ck_assert_double_eq_tol(coverage(normal, student), 0.95, 0.028);
	ck_assert_double_eq_tol(coverage(normal, interval_mean), 0.95, 0.028);
}
END_TEST

START_TEST(bootstrap_mends_what_student_loses)
{
	ck_assert_double_lt(coverage(skewed, student), 0.90);
	ck_assert_double_gt(coverage(skewed, interval_mean), 0.90);
	ck_assert_double_lt(coverage(two_modes, student), 0.935);
	ck_assert_double_gt(coverage(two_modes, interval_mean), 0.94);
}
END_TEST

START_TEST(widened_intervals_contain_students)
{
	struct random random;
	double sample[SIZE], mirror[SIZE];

	random_init(&random, 4, "test", 0, "contain");
	for (int i = 0; i < SIZE; i++) {
		sample[i] = i < 2 ? 9 + i : uniform(&random);
		mirror[i] = -sample[i];
	}

	struct interval plain = interval_student(sample, SIZE, 0.95),
			wide = interval_mean(sample, SIZE, 0.95, 1);
	struct interval other = interval_mean(mirror, SIZE, 0.95, 1);

	ck_assert_int_eq(wide.method, INTERVAL_BOOTSTRAP);
	ck_assert_double_eq(wide.low, plain.low); /* bootstrap-t leans to the long tail */
	ck_assert_double_gt(wide.high, plain.high);
	ck_assert_double_eq_tol(other.low, -wide.high, 1e-12);
	ck_assert_double_eq_tol(other.high, -plain.low, 1e-12);
}
END_TEST

static double share_not_normal(draw_function *draw)
{
	struct random random;
	int found = 0;

	random_init(&random, 2, "test", 0, "normality");
	for (int trial = 0; trial < TRIALS; trial++) {
		double sample[SIZE];

		for (int i = 0; i < SIZE; i++)
			sample[i] = 1000 + 7 * draw(&random);
		found += sample_not_normal(sample, SIZE);
	}
	return (double)found / TRIALS;
}

START_TEST(normality_test_has_its_size_and_power)
{
	ck_assert_double_eq_tol(share_not_normal(normal), 0.01, 0.008);
	ck_assert_double_gt(share_not_normal(skewed), 0.75);
	ck_assert_double_gt(share_not_normal(two_modes), 0.9);
}
END_TEST

static double share_bimodal(draw_function *draw, size_t n)
{
	struct random random;
	int found = 0;

	random_init(&random, 3, "test", n, "modes");
	for (int trial = 0; trial < TRIALS; trial++) {
		double sample[200];

		for (size_t i = 0; i < n; i++)
			sample[i] = draw(&random);
		found += modes_find(sample, n, 0).bimodal;
	}
	return (double)found / TRIALS;
}

START_TEST(one_mode_is_not_called_two)
{
	static const size_t sizes[] = { 6, 10, 20, 35, 100 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		ck_assert_double_lt(share_bimodal(normal, sizes[i]), 0.002);
		ck_assert_double_lt(share_bimodal(flat, sizes[i]), 0.005);
		ck_assert_double_lt(share_bimodal(exponential, sizes[i]), 0.006);
	}
}
END_TEST

START_TEST(two_modes_are_found)
{
	/* Convoy or not: log work 0.3 apart, each with a spread of 0.03. */
	const double sample[] = { 0.01, 0.33, -0.02, 0.29, 0.03, -0.01, 0.31,  0.02, 0.28, 0.30,
				  0.00, 0.32, 0.02,  0.27, 0.01, 0.30,	-0.03, 0.31, 0.02, 0.29 };
	struct modes modes = modes_find(sample, 20, 0.02);

	ck_assert(modes.bimodal);
	ck_assert_uint_eq(modes.low_count, 10);
	ck_assert_uint_eq(modes.high_count, 10);
	ck_assert_double_eq_tol(modes.low, 0.005, 1e-12);
	ck_assert_double_eq_tol(modes.high, 0.300, 1e-12);
	/* Clusters, but no user would tell them apart. */
	ck_assert(!modes_find(sample, 20, 0.5).bimodal);
}
END_TEST

START_TEST(an_outlier_is_no_mode)
{
	double sample[20];

	for (int i = 0; i < 20; i++)
		sample[i] = i * 1e-3;
	sample[7] = 5;
	ck_assert(!modes_find(sample, 20, 0.02).bimodal);
	ck_assert(!modes_find(sample, 10, 0.02).bimodal);
	sample[8] = 5.01;
	ck_assert(modes_find(sample, 20, 0.02).bimodal);
	ck_assert(modes_find(sample, 10, 0.02).bimodal);
}
END_TEST

START_TEST(correlation_of_pairs)
{
	const double a[] = { 1, 2, 3, 4 }, b[] = { 2, 4, 6, 8 }, c[] = { 4, 3, 2, 1 },
		     constant[] = { 5, 5, 5, 5 };

	ck_assert_double_eq_tol(pairs_correlation(a, b, 4), 1, 1e-12);
	ck_assert_double_eq_tol(pairs_correlation(a, c, 4), -1, 1e-12);
	ck_assert(isnan(pairs_correlation(a, constant, 4)));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("statistics");
	TCase *tcase = tcase_create("statistics");

	tcase_add_test(tcase, summary_of_a_sample);
	tcase_add_test(tcase, student_interval_of_ten);
	tcase_add_test(tcase, constant_samples_have_no_width);
	tcase_add_test(tcase, intervals_cover_normal_samples);
	tcase_add_test(tcase, bootstrap_mends_what_student_loses);
	tcase_add_test(tcase, widened_intervals_contain_students);
	tcase_add_test(tcase, normality_test_has_its_size_and_power);
	tcase_add_test(tcase, one_mode_is_not_called_two);
	tcase_add_test(tcase, two_modes_are_found);
	tcase_add_test(tcase, an_outlier_is_no_mode);
	tcase_add_test(tcase, correlation_of_pairs);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
