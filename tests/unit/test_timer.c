/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_timer.c - the pending set against a list that is searched from end to end
 */
#include "sim/engine/random.h"
#include "sim/engine/time.h"
#include "sim/engine/timer.h"
#include "tests/check_main.h"

#define MOST 300

struct entry {
	uint64_t when, sequence; /* TIME_NEVER: not armed */
};

struct script {
	struct random random;
	struct timers timers;
	struct timer timer[MOST];
	struct entry list[MOST];
	uint32_t used;
	uint64_t sequence, now, popped;
};

static void never(struct timer *timer, uint64_t now)
{
	(void)timer;
	(void)now;
	ck_abort_msg("the pending set fires nothing by itself");
}

static uint32_t list_first(const struct script *s)
{
	uint32_t first = 0;

	for (uint32_t i = 1; i < s->used; i++)
		if (s->list[i].when < s->list[first].when ||
		    (s->list[i].when == s->list[first].when &&
		     s->list[i].sequence < s->list[first].sequence))
			first = i;
	return first;
}

/* One ck_assert for all: each costs a system call. */
static void agree(const struct script *s)
{
	bool same = timers_next(&s->timers) == s->list[list_first(s)].when;

	for (uint32_t i = 0; i < s->used; i++) {
		const struct timer *timer = &s->timer[i];

		same &= timer->slot == i;
		same &= timer_expiry(&s->timers, timer) == s->list[i].when;
		same &= timer_is_armed(&s->timers, timer) == (s->list[i].when != TIME_NEVER);
	}
	ck_assert(same);
}

static void script_register(struct script *s)
{
	if (s->used == MOST)
		return;
	timer_init(&s->timers, &s->timer[s->used], never, 0, (uint16_t)s->used);
	s->list[s->used++].when = TIME_NEVER;
}

static void script_arm(struct script *s, uint32_t i)
{
	/* A short reach makes ties; one far expiry in sixteen. */
	uint64_t reach = random_below(&s->random, 16) ? 8 : UINT64_C(1) << 62;
	uint64_t when = s->now + random_below(&s->random, reach);

	timer_arm(&s->timers, &s->timer[i], when);
	s->list[i] = (struct entry){ when, s->sequence++ };
}

static void script_cancel(struct script *s, uint32_t i)
{
	timer_cancel(&s->timers, &s->timer[i]);
	s->list[i].when = TIME_NEVER;
}

static void script_change(struct script *s, uint32_t i)
{
	if (random_below(&s->random, 3))
		script_arm(s, i);
	else
		script_cancel(s, i);
}

/* Fires the next one; what fires changes itself and others, as the models do. */
static void script_pop(struct script *s)
{
	uint32_t first = list_first(s), slot;
	struct timer *timer;

	if (s->list[first].when == TIME_NEVER)
		return;
	s->now = s->list[first].when;
	slot = timers_pop(&s->timers);
	timer = s->timers.timer[slot];
	ck_assert_uint_eq(s->list[slot].when, s->now);
	if (!s->timers.shuffle)
		ck_assert_ptr_eq(timer, &s->timer[first]);
	ck_assert(!timer_is_armed(&s->timers, timer));
	s->list[slot].when = TIME_NEVER;
	for (uint64_t n = random_below(&s->random, 4); n > 0; n--)
		script_change(s, random_below(&s->random, 3)
					 ? (uint32_t)random_below(&s->random, s->used)
					 : slot);
	if (random_below(&s->random, 64) == 0)
		script_register(s);
	timers_settle(&s->timers, slot);
	s->popped++;
}

static void run_script(int seed, uint64_t shuffle)
{
	struct script *s = calloc(1, sizeof(*s));

	random_init(&s->random, (uint64_t)seed, "test_timer", 0, "script");
	timers_init(&s->timers, (uint32_t)random_between(&s->random, 0, 70));
	s->timers.shuffle = shuffle;
	script_register(s);
	for (int step = 0; step < 3000; step++) {
		uint64_t what = random_below(&s->random, 16);

		if (what == 0)
			script_register(s);
		else if (what < 9)
			script_pop(s);
		else
			script_change(s, (uint32_t)random_below(&s->random, s->used));
		agree(s);
	}
	ck_assert_uint_gt(s->popped, 500);
	ck_assert_uint_gt(s->used, 64);
	timers_clear(&s->timers);
	free(s);
}

START_TEST(random_script_agrees_with_a_list)
{
	run_script(_i, 0);
}
END_TEST

START_TEST(random_script_shuffled_keeps_times)
{
	run_script(_i, UINT64_C(0x123456789abcdef) * (uint64_t)(_i + 1));
}
END_TEST

/* Arms n timers at the times given and writes the slots in the order of firing. */
static void firing_order(const uint64_t *when, uint32_t n, uint64_t shuffle, uint32_t *order)
{
	struct timer timer[64];
	struct timers timers;

	timers_init(&timers, n);
	timers.shuffle = shuffle;
	for (uint32_t i = 0; i < n; i++) {
		timer_init(&timers, &timer[i], never, 0, 0);
		timer_arm(&timers, &timer[i], when[i]);
	}
	for (uint32_t i = 0; i < n; i++) {
		order[i] = timers_pop(&timers);
		timers_settle(&timers, order[i]);
	}
	ck_assert_uint_eq(timers_next(&timers), TIME_NEVER);
	timers_clear(&timers);
}

START_TEST(ties_fire_in_order_of_arming)
{
	uint64_t when[] = { 7, 5, 7, 5, 5, 7, 5, 0 };
	uint32_t expected[] = { 7, 1, 3, 4, 6, 0, 2, 5 }, order[8];

	firing_order(when, 8, 0, order);
	ck_assert_mem_eq(order, expected, sizeof(order));
}
END_TEST

START_TEST(rearming_goes_behind_its_ties)
{
	struct timer timer[3];
	struct timers timers;

	timers_init(&timers, 3);
	for (int i = 0; i < 3; i++) {
		timer_init(&timers, &timer[i], never, 0, 0);
		timer_arm(&timers, &timer[i], 10);
	}
	timer_arm(&timers, &timer[0], 10);
	ck_assert_uint_eq(timers_pop(&timers), 1);
	timers_settle(&timers, 1);
	ck_assert_uint_eq(timers_pop(&timers), 2);
	timers_settle(&timers, 2);
	ck_assert_uint_eq(timers_pop(&timers), 0);
	timers_settle(&timers, 0);
	ck_assert_uint_eq(timers_next(&timers), TIME_NEVER);
	timers_clear(&timers);
}
END_TEST

START_TEST(cancel_of_unarmed_changes_nothing)
{
	struct timer timer[2];
	struct timers timers;

	timers_init(&timers, 2);
	timer_init(&timers, &timer[0], never, 0, 0);
	timer_init(&timers, &timer[1], never, 0, 0);
	timer_cancel(&timers, &timer[0]);
	ck_assert_uint_eq(timers_next(&timers), TIME_NEVER);
	timer_arm(&timers, &timer[1], TIME_NEVER - 1);
	timer_cancel(&timers, &timer[0]);
	timer_cancel(&timers, &timer[0]);
	ck_assert_uint_eq(timers_next(&timers), TIME_NEVER - 1);
	ck_assert(timer_is_armed(&timers, &timer[1]));
	ck_assert_uint_eq(timer_expiry(&timers, &timer[0]), TIME_NEVER);
	timers_clear(&timers);
}
END_TEST

START_TEST(doubling_keeps_slots_and_expiries)
{
	struct timer *timer = calloc(5000, sizeof(*timer));
	struct timers timers;

	timers_init(&timers, 1);
	for (uint32_t i = 0; i < 5000; i++) {
		timer_init(&timers, &timer[i], never, 3, (uint16_t)i);
		timer_arm(&timers, &timer[i], 5000 - i);
		ck_assert_uint_eq(timers_next(&timers), 5000 - i);
	}
	ck_assert_uint_eq(timers.slots, 8192);
	for (uint32_t i = 5000; i-- > 0;) {
		ck_assert_uint_eq(timer[i].slot, i);
		ck_assert_uint_eq(timer[i].owner, i);
		ck_assert_uint_eq(timers_pop(&timers), i);
		timers_settle(&timers, i);
	}
	timers_clear(&timers);
	free(timer);
}
END_TEST

START_TEST(shuffle_permutes_only_ties)
{
	uint64_t when[64];
	uint32_t plain[64], first[64], again[64], other[64];

	for (uint32_t i = 0; i < 64; i++)
		when[i] = i * 7 % 4;
	firing_order(when, 64, 0, plain);
	firing_order(when, 64, 1, first);
	firing_order(when, 64, 1, again);
	firing_order(when, 64, 2, other);
	for (uint32_t i = 0; i < 64; i++) {
		ck_assert_uint_eq(when[first[i]], when[plain[i]]);
		ck_assert_uint_eq(when[other[i]], when[plain[i]]);
	}
	ck_assert_mem_eq(first, again, sizeof(first));
	ck_assert_mem_ne(first, plain, sizeof(first));
	ck_assert_mem_ne(first, other, sizeof(first));
	firing_order(when, 64, 1 | UINT64_C(1) << 63, other);
	ck_assert_mem_ne(first, other, sizeof(first));
}
END_TEST

/* Each of the 24 orders of four ties comes up in its share of the keys. */
START_TEST(shuffle_reaches_every_order_of_ties)
{
	uint64_t when[4] = { 1, 1, 1, 1 };
	uint32_t order[4], seen[256] = { 0 }, kinds = 0;

	for (uint64_t key = 1; key <= 24000; key++) {
		firing_order(when, 4, key * UINT64_C(0x9e3779b97f4a7c15), order);
		seen[order[0] << 6 | order[1] << 4 | order[2] << 2 | order[3]]++;
	}
	for (int i = 0; i < 256; i++) {
		if (!seen[i])
			continue;
		kinds++;
		ck_assert_uint_gt(seen[i], 800);
		ck_assert_uint_lt(seen[i], 1200);
	}
	ck_assert_uint_eq(kinds, 24);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("timer");
	TCase *tc = tcase_create("timer");

	tcase_add_loop_test(tc, random_script_agrees_with_a_list, 0, 20);
	tcase_add_loop_test(tc, random_script_shuffled_keeps_times, 0, 20);
	tcase_add_test(tc, ties_fire_in_order_of_arming);
	tcase_add_test(tc, rearming_goes_behind_its_ties);
	tcase_add_test(tc, cancel_of_unarmed_changes_nothing);
	tcase_add_test(tc, doubling_keeps_slots_and_expiries);
	tcase_add_test(tc, shuffle_permutes_only_ties);
	tcase_add_test(tc, shuffle_reaches_every_order_of_ties);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
