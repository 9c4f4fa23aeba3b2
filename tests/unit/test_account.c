/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_account.c - every nanosecond in exactly one account
 */
#include "sim/engine/random.h"
#include "sim/measure/account.h"
#include "tests/check_main.h"

enum { IDLE, USER, KERNEL, KINDS };

START_TEST(worked_example)
{
	struct accounts a;

	accounts_init(&a, 2, KINDS, 100);
	account_switch(&a, 0, USER, 110);
	account_switch(&a, 0, KERNEL, 150);
	account_switch(&a, 1, USER, 199);
	accounts_settle(&a, 200);
	ck_assert_uint_eq(a.total[0 * KINDS + IDLE], 10);
	ck_assert_uint_eq(a.total[0 * KINDS + USER], 40);
	ck_assert_uint_eq(a.total[0 * KINDS + KERNEL], 50);
	ck_assert_uint_eq(a.total[1 * KINDS + IDLE], 99);
	ck_assert_uint_eq(accounts_sum(&a, IDLE), 109);
	ck_assert_uint_eq(accounts_sum(&a, USER), 41);
	ck_assert(accounts_check(&a, 200));
	accounts_clear(&a);
}
END_TEST

START_TEST(reset_forgets_time_but_not_the_state)
{
	struct accounts a;

	accounts_init(&a, 1, KINDS, 0);
	account_switch(&a, 0, USER, 30);
	accounts_reset(&a, 100);
	ck_assert_uint_eq(accounts_sum(&a, IDLE) + accounts_sum(&a, USER), 0);
	ck_assert(accounts_check(&a, 100));
	accounts_settle(&a, 107);
	ck_assert_uint_eq(accounts_sum(&a, USER), 7);
	ck_assert(accounts_check(&a, 107));
	accounts_clear(&a);
}
END_TEST

/* Random switches, also at equal times and to the same account, against sums of their own. */
START_TEST(random_switches_sum_to_the_time)
{
	const uint32_t owners = 5;
	uint64_t now = 12345, sum[KINDS] = { 0 }, since[5], start;
	uint32_t current[5] = { IDLE };
	struct random random;
	struct accounts a;

	random_init(&random, (uint64_t)_i, "test_account", 0, "switches");
	accounts_init(&a, owners, KINDS, now);
	start = now;
	for (uint32_t i = 0; i < owners; i++)
		since[i] = now;
	for (int step = 0; step < 5000; step++) {
		uint32_t owner = (uint32_t)random_below(&random, owners);
		uint32_t kind = (uint32_t)random_below(&random, KINDS);

		now += random_below(&random, 1000);
		account_switch(&a, owner, kind, now);
		sum[current[owner]] += now - since[owner];
		since[owner] = now;
		current[owner] = kind;
		if (random_below(&random, 50) == 0) {
			accounts_settle(&a, now);
			ck_assert(accounts_check(&a, now));
		}
	}
	accounts_settle(&a, now);
	ck_assert(accounts_check(&a, now));
	for (uint32_t i = 0; i < owners; i++)
		sum[current[i]] += now - since[i];
	for (uint32_t kind = 0; kind < KINDS; kind++)
		ck_assert_uint_eq(accounts_sum(&a, kind), sum[kind]);
	ck_assert_uint_eq(sum[IDLE] + sum[USER] + sum[KERNEL], owners * (now - start));
	accounts_clear(&a);
}
END_TEST

START_TEST(check_finds_what_does_not_add_up)
{
	struct accounts a;

	accounts_init(&a, 2, KINDS, 0);
	accounts_settle(&a, 100);
	ck_assert(accounts_check(&a, 100));
	ck_assert(!accounts_check(&a, 101));
	a.total[1 * KINDS + USER]++;
	ck_assert(!accounts_check(&a, 100));
	/* What one owner has too much does not make up for what the other lacks. */
	a.total[0 * KINDS + IDLE]--;
	ck_assert(!accounts_check(&a, 100));
	accounts_clear(&a);
}
END_TEST

START_TEST(check_finds_time_that_ran_backwards)
{
	struct accounts a;

	accounts_init(&a, 1, KINDS, 0);
	account_switch(&a, 0, USER, 80);
	account_switch(&a, 0, KERNEL, 50);
	accounts_settle(&a, 100);
	ck_assert(!accounts_check(&a, 100));
	accounts_clear(&a);
}
END_TEST

START_TEST(check_finds_an_interval_left_open)
{
	struct accounts a;

	accounts_init(&a, 2, KINDS, 0);
	account_switch(&a, 0, USER, 100);
	ck_assert(!accounts_check(&a, 100));
	accounts_clear(&a);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("account");
	TCase *tc = tcase_create("account");

	tcase_add_test(tc, worked_example);
	tcase_add_test(tc, reset_forgets_time_but_not_the_state);
	tcase_add_loop_test(tc, random_switches_sum_to_the_time, 0, 10);
	tcase_add_test(tc, check_finds_what_does_not_add_up);
	tcase_add_test(tc, check_finds_time_that_ran_backwards);
	tcase_add_test(tc, check_finds_an_interval_left_open);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
