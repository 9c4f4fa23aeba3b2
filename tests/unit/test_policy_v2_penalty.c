/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_policy_v2_penalty.c - how far semantics-v2 pushes a yielder, as a function
 *
 * Names carry the numbers of yield-series.md: 1.2.1 (the golden vectors, all cells), S, P.
 */
#include <check.h>
#include <glib.h>

#include "models/policy/semantics_v2.h"
#include "models/sched/entity.h"
#include "tests/check_main.h"
#include "tests/unit/golden_penalty.h"

#define US UINT64_C(1000)
#define MS UINT64_C(1000000)
#define GRAN UINT64_C(2800000)

START_TEST(test_1_2_1_golden_vectors)
{
	for (uint32_t queued = 2; queued <= 16; queued++)
		for (uint32_t column = 0; column < G_N_ELEMENTS(golden_needs); column++) {
			uint32_t row = golden_row[queued];

			ck_assert_uint_eq(debooster_penalty(GRAN, golden_needs[column], queued,
							    false),
					  golden_penalty[row][column]);
			ck_assert_uint_eq(debooster_penalty(GRAN, golden_needs[column], queued,
							    true),
					  golden_debounced[row][column]);
		}
}
END_TEST

/* Twice the cap, so that 2.5 and 1.5 stay integers; 0 and 1 fall through to the row of 4 to 6. */
static uint64_t cap(uint64_t gran, uint32_t queued)
{
	static const uint64_t twice[] = { 12, 8, 5, 4, 3, 2 };

	return gran * (queued < 2 ? 5 : queued < 17 ? twice[golden_row[queued]] : 2) / 2;
}

START_TEST(test_s1_s3_bounds_and_monotony)
{
	GRand *rand = g_rand_new_with_seed(1);

	for (int i = 0; i < 200000; i++) {
		uint64_t gran = (uint64_t)g_rand_int_range(rand, 1, 100 * MS);
		uint64_t need = (uint64_t)g_rand_int_range(rand, 0, 1000 * MS);
		uint64_t more = need + (uint64_t)g_rand_int_range(rand, 0, 100 * MS);
		uint32_t queued = (uint32_t)g_rand_int_range(rand, 2, 40);
		uint64_t penalty = debooster_penalty(gran, need, queued, false);

		ck_assert_uint_ge(penalty, gran);
		ck_assert_uint_le(penalty, cap(gran, queued));
		if (queued >= 13)
			ck_assert_uint_eq(penalty, gran);
		ck_assert_uint_le(penalty, debooster_penalty(gran, more, queued, false));
		ck_assert_uint_ge(penalty, debooster_penalty(gran, need, queued + 1, false));
	}
	g_rand_free(rand);
}
END_TEST

START_TEST(test_s1_the_cap_is_reached_where_the_text_says)
{
	for (uint32_t queued = 0; queued <= 20; queued++) {
		uint64_t limit = cap(GRAN, queued);
		/* need + need / 10 >= cap - gran, in tenths, rounded up. */
		uint64_t need = ((limit - GRAN) * 10 + 10) / 11;

		ck_assert_uint_eq(debooster_penalty(GRAN, need + 1, queued, false), limit);
		if (need > 100)
			ck_assert_uint_lt(debooster_penalty(GRAN, need - 100, queued, false),
					  limit);
	}
}
END_TEST

START_TEST(test_s2_p1_without_need_the_penalty_is_gran_for_every_queue)
{
	for (uint32_t queued = 0; queued <= 40; queued++)
		for (uint64_t gran = 1; gran < 40 * MS; gran = gran * 3 + 1) {
			ck_assert_uint_eq(debooster_penalty(gran, 0, queued, false), gran);
			ck_assert_uint_eq(debooster_penalty(gran, 0, queued, true), gran);
		}
}
END_TEST

START_TEST(test_s7_debounce_is_the_larger_of_need_and_gran)
{
	for (uint32_t queued = 2; queued <= 16; queued++)
		for (uint64_t need = 0; need < 30 * MS; need += 100 * US)
			ck_assert_uint_eq(debooster_penalty(GRAN, need, queued, true),
					  MIN(MAX(need, GRAN), cap(GRAN, queued)));
}
END_TEST

START_TEST(test_1_2_1_step_8_a_pair_is_a_reversal_within_600_us)
{
	struct fair_task a = { 0 }, b = { 0 }, c = { 0 };
	struct debooster_context pair = { 0 };
	uint64_t now = 10 * MS;

	ck_assert(!debooster_bounced(&pair, &a, &b, now));
	ck_assert(!debooster_bounced(&pair, &a, &b, now + 1));
	ck_assert(debooster_bounced(&pair, &b, &a, now + 1 + 600 * US));
	ck_assert(!debooster_bounced(&pair, &a, &b, now + 2 + 1200 * US));
	ck_assert(!debooster_bounced(&pair, &c, &a, now + 3 + 1200 * US));
	ck_assert(debooster_bounced(&pair, &a, &c, now + 3 + 1200 * US));
	ck_assert(!debooster_bounced(&pair, &c, &b, now + 3 + 1200 * US));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("policy_v2_penalty");
	TCase *tcase = tcase_create("penalty");

	tcase_add_test(tcase, test_1_2_1_golden_vectors);
	tcase_add_test(tcase, test_s1_s3_bounds_and_monotony);
	tcase_add_test(tcase, test_s1_the_cap_is_reached_where_the_text_says);
	tcase_add_test(tcase, test_s2_p1_without_need_the_penalty_is_gran_for_every_queue);
	tcase_add_test(tcase, test_s7_debounce_is_the_larger_of_need_and_gran);
	tcase_add_test(tcase, test_1_2_1_step_8_a_pair_is_a_reversal_within_600_us);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
