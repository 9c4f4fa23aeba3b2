/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_policy_v2_limiter.c - when semantics-v2 pushes a yielder, on the real fair class
 *
 * Names carry the numbers of yield-series.md, section 4.1. S5 is about v1 only; no policy is v1.
 */
#include <check.h>
#include <glib.h>

#include "models/sched/query.h"
#include "tests/check_main.h"
#include "tests/unit/policy_host.h"

/* Random yields at random times: watch_before() checks the distance of each push from the last. */
START_TEST(test_s4_at_most_one_penalty_in_6_ms_per_run_queue)
{
	GRand *rand = g_rand_new_with_seed(4);
	struct host host;

	host_init(&host, "semantics-v2");
	host_add_many(&host, 4);
	host_run(&host, 0);
	for (int i = 0; i < 20000; i++) {
		struct fair_rq *rq = &host.fair.rq[0];
		uint32_t target = (uint32_t)g_rand_int_range(rand, 0, 4);

		host.now += (uint64_t)g_rand_int_range(rand, 1, 500 * US);
		fair_yield_to(rq, &host.task[target], host.now);
		fair_switch(rq, rq->curr, fair_pick(rq, host.now), host.now);
	}
	ck_assert_uint_gt(host.pushes, 500);
	host_clear(&host);
	g_rand_free(rand);
}
END_TEST

START_TEST(test_s4_first_call_passes_then_strictly_after_6_ms)
{
	struct host host;

	host_init(&host, "semantics-v2");
	host_add_many(&host, 3);
	host_run(&host, 0);

	uint64_t start = host.now;

	ck_assert_int_gt(host_deboost(&host, 0, 1), 0);
	ck_assert_uint_eq(host_context(&host, 0)->last_time, start);
	host.now = start + 6 * MS;
	ck_assert_int_eq(host_deboost(&host, 0, 1), 0);
	/* Fixed window: the refused call did not move the stamp. */
	ck_assert_uint_eq(host_context(&host, 0)->last_time, start);
	host.now = start + 6 * MS + 1;
	ck_assert_int_gt(host_deboost(&host, 0, 1), 0);
	host_clear(&host);
}
END_TEST

/* Each run queue has its own limiter. */
START_TEST(test_s4_run_queues_do_not_share_the_limiter)
{
	struct host host;

	host_init(&host, "semantics-v2");
	for (uint32_t i = 0; i < 4; i++)
		host_add(&host, i, i / 2, NULL, 0);
	host_run(&host, 0);
	host_run(&host, 2);
	ck_assert_int_gt(host_deboost(&host, 0, 1), 0);
	ck_assert_int_gt(host_deboost(&host, 2, 3), 0);
	host_clear(&host);
}
END_TEST

/* Two tasks that yield to each other as often as they can: the pair is never fresh enough. */
START_TEST(test_s6_the_debounce_is_unreachable)
{
	struct host host;
	uint64_t last_pair = 0;
	uint32_t pairs = 0;

	host_init(&host, "semantics-v2");
	host_add_many(&host, 2);
	host_run(&host, 0);
	for (int i = 0; i < 20000; i++) {
		struct fair_rq *rq = &host.fair.rq[0];
		struct fair_task *other = rq->curr == &host.task[0] ? &host.task[1] : &host.task[0];

		host.now += 50 * US;
		fair_yield_to(rq, other, host.now);
		if (host_context(&host, 0)->last_pair_time != last_pair) {
			ck_assert_uint_gt(host_context(&host, 0)->last_pair_time - last_pair,
					  pairs ? 6 * MS : 0);
			last_pair = host_context(&host, 0)->last_pair_time;
			pairs++;
		}
		fair_switch(rq, rq->curr, other, host.now);
	}
	ck_assert_uint_gt(pairs, 100);
	host_clear(&host);
}
END_TEST

enum s8_case { S8_VALID, S8_OTHER_CPU, S8_SELF, S8_TARGET_ASLEEP, S8_KNOB_OFF, S8_CASES };

START_TEST(test_s8_penalty_only_for_a_valid_pair)
{
	for (int i = S8_VALID; i < S8_CASES; i++) {
		struct host host;
		uint32_t target = i == S8_OTHER_CPU ? 3 : i == S8_SELF ? 0 : 1;

		host_init(&host, "semantics-v2");
		host_add_many(&host, 3);
		host_add(&host, 3, 1, NULL, 0);
		host_run(&host, 0);
		if (i == S8_TARGET_ASLEEP)
			fair_dequeue(&host.fair.rq[0], &host.task[1], FAIR_SLEEP | FAIR_SPECIAL,
				     host.now);
		if (i == S8_KNOB_OFF)
			host.params.debooster = 0;
		ck_assert_msg((host_deboost(&host, 0, target) != 0) == (i == S8_VALID), "case %d",
			      i);
		/* S9: everything but the knob has used the 6 ms up. */
		ck_assert_msg((host_context(&host, 0)->last_time != 0) == (i != S8_KNOB_OFF),
			      "case %d", i);
		host_clear(&host);
	}
}
END_TEST

START_TEST(test_s9_p2_a_yield_to_another_cpu_burns_the_budget)
{
	struct host host;

	host_init(&host, "semantics-v2");
	host_add_many(&host, 2);
	host_add(&host, 2, 1, NULL, 0);
	host_add(&host, 3, 1, NULL, 0);
	host_run(&host, 0);
	host_run(&host, 2);
	ck_assert_int_eq(fair_yield_to(&host.fair.rq[0], &host.task[3], host.now), 1);
	ck_assert_uint_eq(host.pushes, 0);
	host.now += 5 * MS;
	ck_assert_int_eq(host_deboost(&host, 0, 1), 0);
	host.now += 2 * MS;
	ck_assert_int_gt(host_deboost(&host, 0, 1), 0);
	host_clear(&host);
}
END_TEST

/* The same random script on three hosts: policy none, the knob off, the knob on. */
static void random_step(struct host *host, GRand *rand, GString *log)
{
	struct fair_rq *rq = &host->fair.rq[g_rand_int_range(rand, 0, CPUS)];
	struct fair_task *target = &host->task[g_rand_int_range(rand, 0, 8)];
	int result = 0;

	host->now += (uint64_t)g_rand_int_range(rand, 1, MS);
	switch (g_rand_int_range(rand, 0, 3)) {
	case 0:
		fair_tick(rq, host->now);
		break;
	case 1:
		fair_switch(rq, rq->curr, fair_pick(rq, host->now), host->now);
		break;
	case 2:
		result = fair_yield_to(rq, target, host->now);
		break;
	}
	g_string_append_printf(log, "%d", result);
	for (uint32_t i = 0; i < 8; i++)
		g_string_append_printf(log, " %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT,
				       host->task[i].entity.vruntime,
				       host->task[i].entity.deadline);
	g_string_append_c(log, '\n');
}

static char *random_trajectory(const char *policy, bool knob, uint32_t *pushes)
{
	GRand *rand = g_rand_new_with_seed(11);
	GString *log = g_string_new(NULL);
	struct host host;

	host_init(&host, policy);
	host.params.debooster = knob;
	for (uint32_t i = 0; i < 8; i++)
		host_add(&host, i, i % CPUS, NULL, 0);
	for (uint32_t cpu = 0; cpu < CPUS; cpu++)
		host_run(&host, cpu);
	for (int i = 0; i < 3000; i++)
		random_step(&host, rand, log);
	for (uint32_t cpu = 0; !knob && host.chain.has_yield_to && cpu < CPUS; cpu++) {
		ck_assert_uint_eq(host_context(&host, cpu)->last_time, 0);
		ck_assert_ptr_null(host_context(&host, cpu)->last_from);
	}
	*pushes = host.pushes;
	host_clear(&host);
	g_rand_free(rand);
	return g_string_free(log, FALSE);
}

START_TEST(test_s11_knob_off_is_the_baseline)
{
	uint32_t pushes[3];
	g_autofree char *none = random_trajectory("none", false, &pushes[0]);
	g_autofree char *off = random_trajectory("semantics-v2", false, &pushes[1]);
	g_autofree char *on = random_trajectory("semantics-v2", true, &pushes[2]);

	ck_assert_str_eq(none, off);
	ck_assert_str_ne(none, on);
	ck_assert_uint_eq(pushes[0], 0);
	ck_assert_uint_eq(pushes[1], 0);
	ck_assert_uint_gt(pushes[2], 0);
}
END_TEST

/* Another CPU, itself, asleep, alone on both CPUs, and plain success. */
START_TEST(test_s16_the_result_of_yield_to_does_not_depend_on_it)
{
	for (uint32_t target = 0; target < 4; target++) {
		int result[2];

		for (uint64_t knob = 0; knob <= 1; knob++) {
			struct host host;

			host_init(&host, "semantics-v2");
			host.params.debooster = knob;
			host_add_many(&host, 3);
			host_add(&host, 3, 1, NULL, 0);
			host_run(&host, 0);
			fair_dequeue(&host.fair.rq[0], &host.task[2], FAIR_SLEEP | FAIR_SPECIAL,
				     host.now);
			result[knob] =
				fair_yield_to(&host.fair.rq[0], &host.task[target], host.now);
			host_clear(&host);
		}
		ck_assert_int_eq(result[0], result[1]);
		ck_assert_int_eq(result[0], target == 1 || target == 3);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("policy_v2_limiter");
	TCase *tcase = tcase_create("limiter");

	tcase_add_test(tcase, test_s4_at_most_one_penalty_in_6_ms_per_run_queue);
	tcase_add_test(tcase, test_s4_first_call_passes_then_strictly_after_6_ms);
	tcase_add_test(tcase, test_s4_run_queues_do_not_share_the_limiter);
	tcase_add_test(tcase, test_s6_the_debounce_is_unreachable);
	tcase_add_test(tcase, test_s8_penalty_only_for_a_valid_pair);
	tcase_add_test(tcase, test_s9_p2_a_yield_to_another_cpu_burns_the_budget);
	tcase_add_test(tcase, test_s11_knob_off_is_the_baseline);
	tcase_add_test(tcase, test_s16_the_result_of_yield_to_does_not_depend_on_it);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
