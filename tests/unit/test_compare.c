/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_compare.c - replications, metrics, gains and ceilings, on a machine that only draws numbers
 */
#include <check.h>
#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/experiment/compare.h"
#include "sim/experiment/metrics.h"
#include "sim/experiment/scenario.h"
#include "tests/check_main.h"
#include "tests/unit/fake_machine.h"

static void read_scenario(struct scenario *scenario)
{
	const char *top = getenv("srcdir");
	g_autofree char *file = g_build_filename(top ? top : ".", "tests", "cases", "valid",
						 "layers", "input.json", NULL);

	ck_assert(scenario_read(scenario, file, NULL));
}

static struct comparison *compare(const char *setup, const char *candidate, guint pairs,
				  guint threads, double precision)
{
	const char *const setups[] = { setup, NULL }, *const policies[] = { "none", candidate,
									    NULL };
	struct scenario scenario;
	struct comparison_plan plan = {
		.scenario = &scenario,
		.setups = setups,
		.policies = policies,
		.stopping = { .first = pairs, .cap = 60, .half_width = precision },
		.execution = { .seed = 5, .threads = threads }
	};
	struct comparison *comparison;
	g_autoptr(GError) error = NULL;

	read_scenario(&scenario);
	comparison = comparison_run(&plan, &error);
	ck_assert_msg(comparison != NULL, "%s", error ? error->message : "");
	scenario_clear(&scenario);
	return comparison;
}

START_TEST(seeds_follow_base_and_index_alone)
{
	ck_assert_uint_eq(replication_seed(1, 0), replication_seed(1, 0));
	ck_assert_uint_ne(replication_seed(1, 0), replication_seed(1, 1));
	ck_assert_uint_ne(replication_seed(1, 0), replication_seed(2, 0));
	/* Beyond 32 bits as well (craft.md 0, item 5). */
	ck_assert_uint_ne(replication_seed(5, 0), replication_seed(5 + (UINT64_C(1) << 32), 0));
}
END_TEST

START_TEST(results_land_by_index_whatever_the_threads)
{
	struct comparison *one = compare("all", "ple-off", 12, 1, 0),
			  *many = compare("all", "ple-off", 12, 4, 0);

	ck_assert_int_eq(fake_machines, 0);
	ck_assert_int_ge(fake_machines_most, 2);
	ck_assert_int_le(fake_machines_most, 4);
	for (guint c = 0; c < 2; c++) {
		const struct cell *a = &one->setups[0].cells[c], *b = &many->setups[0].cells[c];

		ck_assert_uint_eq(a->count, 12);
		for (guint i = 0; i < 12; i++) {
			ck_assert_uint_eq(a->results[i].seed, replication_seed(5, i));
			ck_assert_uint_eq(a->results[i].fingerprint, b->results[i].fingerprint);
		}
		ck_assert_mem_eq(a->rows + 0, b->rows + 0, sizeof(double));
	}
	comparison_free(one);
	comparison_free(many);
}
END_TEST

START_TEST(pairs_cancel_what_the_seed_does)
{
	struct comparison *comparison = compare("all", "ple-off", 20, 2, 0);
	const struct gain *gain = &comparison->setups[0].gains[1];
	struct summary work;

	cell_summary(&comparison->setups[0].cells[0], METRIC_WORK, &work);
	ck_assert_double_gt(work.sd / work.mean, 0.02); /* seeds differ by up to 20 % ... */
	ck_assert_double_eq_tol(gain->mean, 0.5,
				2e-3); /* ... and the gain is exact but for rounding */
	ck_assert_double_lt(gain->half_width, 1e-3);
	ck_assert_double_gt(gain->correlation, 0.99);
	ck_assert_int_eq(gain->verdict, GAIN_FASTER);
	comparison_free(comparison);
}
END_TEST

START_TEST(a_policy_that_does_nothing_is_identical)
{
	struct comparison *comparison = compare("all", "semantics-v2", 5, 2, 0);
	const struct gain *gain = &comparison->setups[0].gains[1];

	ck_assert_int_eq(gain->verdict, GAIN_IDENTICAL);
	ck_assert_double_eq(gain->mean, 0);
	ck_assert_double_eq(gain->half_width, 0);
	comparison_free(comparison);
}
END_TEST

START_TEST(best_unpatched_is_none_or_ple_off)
{
	struct comparison *comparison = compare("all", "semantics-v2", 2, 2, 0);

	ck_assert_str_eq(comparison->best_unpatched->label, "none");
	comparison_free(comparison);
	comparison = compare("all", "ple-off", 2, 2, 0);
	ck_assert_str_eq(comparison->best_unpatched->label, "ple-off");
	ck_assert_str_eq(comparison->best_setup, "all");
	comparison_free(comparison);
}
END_TEST

START_TEST(ceiling_is_what_sharing_lost)
{
	/*
	 * web alone and db alone keep all pCPUs busy and do r; together one web and two db share:
	 * each would do r / 3 if nothing were lost, and does 10 % less. Efficiency 0.9, ceiling
	 * 11.1 %.
	 */
	struct comparison *comparison = compare("all", "semantics-v2", 6, 2, 0);
	const struct setup_comparison *setup = &comparison->setups[0];

	ck_assert_uint_eq(setup->reference.kinds, 2);
	ck_assert_uint_eq(setup->reference.solo[0]->config.vm_kinds, 1);
	ck_assert_str_eq(setup->reference.solo[1]->config.vms[0].name, "db");
	ck_assert_uint_eq(setup->reference.solo[1]->config.vms[0].vm.count, 1);
	ck_assert_double_eq_tol(setup->reference.ideal[1] / setup->reference.alone[1], 2.0 / 3,
				1e-9);
	/* The reference has fewer replications, hence the tolerance. */
	ck_assert_double_eq_tol(reference_efficiency(&setup->reference, &setup->cells[0]), 0.9,
				0.03);
	ck_assert_double_eq_tol(reference_ceiling(&setup->reference, &setup->cells[0]), 1 / 0.9 - 1,
				0.04);
	comparison_free(comparison);
}
END_TEST

START_TEST(precision_asks_for_more_pairs)
{
	struct comparison *comparison = compare("all", "ple-off", 5, 2, 1e-9);

	ck_assert_uint_eq(comparison->setups[0].cells[0].count,
			  60); /* never that narrow: the cap */
	ck_assert_uint_eq(comparison->setups[0].cells[1].count, 60);
	ck_assert_double_eq(comparison->confidence, 0.96);
	comparison_free(comparison);
	comparison = compare("all", "ple-off", 5, 2, 0.01);
	ck_assert_uint_eq(comparison->setups[0].cells[0].count, 5);
	comparison_free(comparison);
}
END_TEST

START_TEST(metrics_of_one_result)
{
	struct comparison *comparison = compare("one", "ple-off", 1, 1, 0);
	const struct cell *cell = &comparison->setups[0].cells[0];
	struct result *result = &cell->results[0];
	double work = 0, row[METRIC_COUNT];

	ck_assert_uint_eq(result->vms, 4); /* one web, three db */
	for (uint32_t i = 0; i < 4; i++)
		work += (double)result->vm[i].work;
	ck_assert_double_eq_tol(cell->rows[METRIC_WORK], work / 0.05, 1e-6);
	ck_assert_double_eq_tol(metrics_kind_work(result, &cell->config, 1), work * 3 / 4 / 0.05,
				1e-6);
	ck_assert_double_eq(cell->rows[METRIC_ACCOUNT + ACCOUNT_GUEST_USER], 1);
	ck_assert_double_eq(cell->rows[METRIC_ACCOUNT + ACCOUNT_IDLE], 0);
	ck_assert_double_eq(cell->rows[METRIC_SLOWEST_VM], 1);
	ck_assert(isnan(cell->rows[METRIC_OF_LATENCY(LATENCY_LOCK_WAIT, LATENCY_P99)]));
	/* VMs of a kind that differ. */
	result->vm[2].work /= 2;
	metrics_make(result, &cell->config, row);
	ck_assert_double_eq_tol(metrics_kind_work(result, &cell->config, 1), work * 2.5 / 4 / 0.05,
				1e-6 * work);
	ck_assert_double_eq_tol(row[METRIC_SLOWEST_VM], 0.5 / (2.5 / 3), 1e-6);
	/* One pair has no interval. */
	ck_assert_int_eq(comparison->setups[0].gains[1].verdict, GAIN_UNDEFINED);
	comparison_free(comparison);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("compare");
	TCase *tcase = tcase_create("compare");

	tcase_add_test(tcase, seeds_follow_base_and_index_alone);
	tcase_add_test(tcase, results_land_by_index_whatever_the_threads);
	tcase_add_test(tcase, pairs_cancel_what_the_seed_does);
	tcase_add_test(tcase, a_policy_that_does_nothing_is_identical);
	tcase_add_test(tcase, best_unpatched_is_none_or_ple_off);
	tcase_add_test(tcase, ceiling_is_what_sharing_lost);
	tcase_add_test(tcase, precision_asks_for_more_pairs);
	tcase_add_test(tcase, metrics_of_one_result);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
