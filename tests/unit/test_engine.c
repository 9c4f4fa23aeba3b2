/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_engine.c - the run loop, the fingerprint, and what an abort leaves behind
 */
#include <glib.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/engine/engine.h"
#include "sim/engine/random.h"
#include "sim/engine/time.h"
#include "tests/check_main.h"

#define ACTORS 20

static const char *const kind_names[] = { "tick", "wakeup", NULL };

struct actor {
	struct timer timer;
	struct engine *engine;
	struct actor *other;
	uint64_t period, fired, last;
	uint64_t stop_at; /* fires */
};

static void act(struct timer *timer, uint64_t now)
{
	struct actor *actor = (struct actor *)timer;

	if (now != actor->engine->now || timer_is_armed(&actor->engine->timers, timer))
		ck_abort_msg("fired at the wrong time, or armed");
	actor->last = now;
	actor->fired++;
	if (actor->period)
		engine_arm(actor->engine, timer, now + actor->period);
	if (actor->other)
		engine_cancel(actor->engine, &actor->other->timer);
	if (actor->fired == actor->stop_at)
		engine_stop(actor->engine);
}

static void actor_init(struct actor *actor, struct engine *engine, uint16_t kind, uint16_t owner)
{
	*actor = (struct actor){ .engine = engine };
	timer_init(&engine->timers, &actor->timer, act, kind, owner);
}

START_TEST(run_includes_its_end)
{
	struct engine engine;
	struct actor a, b;

	engine_init(&engine, 2, kind_names);
	actor_init(&a, &engine, 0, 0);
	actor_init(&b, &engine, 1, 0);
	engine_arm(&engine, &a.timer, 100);
	engine_arm(&engine, &b.timer, 101);
	engine_run(&engine, 99);
	ck_assert_uint_eq(engine.now, 99);
	ck_assert_uint_eq(engine.events, 0);
	engine_run(&engine, 100);
	ck_assert_uint_eq(engine.now, 100);
	ck_assert_uint_eq(a.fired, 1);
	ck_assert_uint_eq(b.fired, 0);
	engine_run(&engine, 500);
	ck_assert_uint_eq(engine.now, 500);
	ck_assert_uint_eq(b.last, 101);
	ck_assert_uint_eq(engine.events, 2);
	engine_clear(&engine);
}
END_TEST

START_TEST(run_until_nothing_is_pending)
{
	struct engine engine;
	struct actor a;

	engine_init(&engine, 2, kind_names);
	actor_init(&a, &engine, 0, 0);
	engine_run(&engine, TIME_NEVER);
	ck_assert_uint_eq(engine.now, 0);
	engine_arm(&engine, &a.timer, TIME_NEVER - 1);
	engine_run(&engine, TIME_NEVER);
	ck_assert_uint_eq(a.fired, 1);
	ck_assert_uint_eq(engine.now, TIME_NEVER - 1);
	engine_clear(&engine);
}
END_TEST

START_TEST(stop_returns_and_run_goes_on)
{
	struct engine engine;
	struct actor a;

	engine_init(&engine, 2, kind_names);
	actor_init(&a, &engine, 0, 0);
	a.period = 10;
	a.stop_at = 3;
	engine_arm(&engine, &a.timer, 10);
	engine_run(&engine, 1000);
	ck_assert(engine.stopped);
	ck_assert_uint_eq(engine.now, 30);
	ck_assert_uint_eq(a.fired, 3);
	engine_run(&engine, 1000);
	ck_assert(!engine.stopped);
	ck_assert_uint_eq(engine.now, 1000);
	ck_assert_uint_eq(a.fired, 100);
	engine_clear(&engine);
}
END_TEST

START_TEST(firing_cancels_itself_and_others)
{
	struct engine engine;
	struct actor a, b;

	engine_init(&engine, 2, kind_names);
	actor_init(&a, &engine, 0, 0);
	actor_init(&b, &engine, 0, 1);
	a.other = &b; /* a tie: armed after a, so cancelled before it fires */
	engine_arm(&engine, &a.timer, 5);
	engine_arm(&engine, &b.timer, 5);
	engine_run(&engine, 10);
	ck_assert_uint_eq(a.fired, 1);
	ck_assert_uint_eq(b.fired, 0);
	a.other = &a; /* re-arms itself, then cancels that */
	a.period = 1;
	engine_arm(&engine, &a.timer, 20);
	engine_run(&engine, 100);
	ck_assert_uint_eq(a.fired, 2);
	ck_assert_uint_eq(timers_next(&engine.timers), TIME_NEVER);
	engine_clear(&engine);
}
END_TEST

/* Periods with many ties; the fingerprint after a hundred periods. */
static uint64_t fingerprint(uint64_t shuffle, uint16_t last_kind, uint64_t last_period)
{
	struct actor actor[ACTORS];
	struct engine engine;
	uint64_t result, fired = 0;

	engine_init(&engine, 1, kind_names);
	engine.timers.shuffle = shuffle;
	for (uint16_t i = 0; i < ACTORS; i++) {
		actor_init(&actor[i], &engine, i == ACTORS - 1 ? last_kind : 0, i);
		actor[i].period = i == ACTORS - 1 ? last_period : 1000 * (1 + i % 3U);
		engine_arm(&engine, &actor[i].timer, 1000);
	}
	engine_run(&engine, 100000);
	result = engine.fingerprint;
	for (int i = 0; i < ACTORS; i++)
		fired += actor[i].fired;
	ck_assert_uint_eq(fired, engine.events);
	engine_clear(&engine);
	return result;
}

START_TEST(fingerprint_tells_runs_apart)
{
	uint64_t plain = fingerprint(0, 0, 1000);

	ck_assert_uint_eq(fingerprint(0, 0, 1000), plain);
	ck_assert_uint_ne(fingerprint(0, 1, 1000), plain);
	ck_assert_uint_ne(fingerprint(0, 0, 1001), plain);
	ck_assert_uint_ne(fingerprint(1, 0, 1000), plain);
	ck_assert_uint_eq(fingerprint(1, 0, 1000), fingerprint(1, 0, 1000));
	ck_assert_uint_ne(fingerprint(2, 0, 1000), fingerprint(1, 0, 1000));
	/* The same on every machine and with every compiler. */
	ck_assert_uint_eq(plain, UINT64_C(8396545583135801065));
}
END_TEST

/* One bit in one event of many must show, whatever the other fields hold. */
START_TEST(fingerprint_has_no_near_collisions)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);
	g_autofree uint64_t *result = g_new(uint64_t, 64 * 32 * 32);
	uint32_t n = 0;

	for (uint64_t when = 1; when <= 64; when++) {
		for (uint16_t kind = 0; kind < 32; kind++) {
			for (uint16_t owner = 0; owner < 32; owner++) {
				struct engine engine;
				struct actor a;

				engine_init(&engine, 2, kind_names);
				actor_init(&a, &engine, kind, owner);
				engine_arm(&engine, &a.timer, when);
				engine_run(&engine, 100);
				result[n] = engine.fingerprint;
				if (!g_hash_table_add(seen, &result[n++]))
					ck_abort_msg("%lu %u %u collides", when, kind, owner);
				engine_clear(&engine);
			}
		}
	}
}
END_TEST

static void *run_in_thread(void *data)
{
	*(uint64_t *)data = fingerprint(0, 0, 1000);
	return NULL;
}

START_TEST(engines_run_side_by_side)
{
	uint64_t result[4];
	GThread *thread[4];

	for (int i = 0; i < 4; i++)
		thread[i] = g_thread_new("engine", run_in_thread, &result[i]);
	for (int i = 0; i < 4; i++)
		g_thread_join(thread[i]);
	for (int i = 0; i < 4; i++)
		ck_assert_uint_eq(result[i], fingerprint(0, 0, 1000));
}
END_TEST

static void break_it(struct timer *timer, uint64_t now)
{
	struct engine *engine = ((struct actor *)timer)->engine;

	sim_assert(engine, now == 1);
}

/* What a child prints on stderr before it dies by SIGABRT. */
static char *last_words(void (*deed)(void))
{
	GString *text = g_string_new(NULL);
	char buffer[512];
	int fd[2], status;
	ssize_t n;
	pid_t child;

	ck_assert_int_eq(pipe(fd), 0);
	child = fork();
	if (child == 0) {
		dup2(fd[1], STDERR_FILENO);
		deed();
		_exit(0);
	}
	close(fd[1]);
	while ((n = read(fd[0], buffer, sizeof(buffer))) > 0)
		g_string_append_len(text, buffer, n);
	close(fd[0]);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	return g_string_free(text, FALSE);
}

static void break_after_forty_events(void)
{
	struct engine engine;
	struct actor a, b, c;

	engine_init(&engine, 4, kind_names);
	engine.label = g_strdup("lab/none seed 7");
	actor_init(&a, &engine, 0, 3);
	actor_init(&b, &engine, 1, 65535);
	actor_init(&c, &engine, 9, 4);
	a.period = 10;
	engine_arm(&engine, &a.timer, 10);
	engine_arm(&engine, &b.timer, 385);
	c.timer.fire = break_it;
	engine_arm(&engine, &c.timer, 401);
	engine_run(&engine, 1000);
}

START_TEST(abort_prints_the_trail)
{
	g_autofree char *words = last_words(break_after_forty_events);
	g_auto(GStrv) line = g_strsplit(words, "\n", 0);
	const char *trail = strstr(words, "oldest first:");
	g_auto(GStrv) entry = g_strsplit(trail ? trail : "", "\n", 0);

	ck_assert_ptr_nonnull(trail);
	ck_assert_ptr_nonnull(strstr(words, "401 ns"));
	ck_assert_ptr_nonnull(strstr(line[0], "test_engine.c:"));
	ck_assert_ptr_nonnull(strstr(line[0], "now == 1"));
	ck_assert_ptr_nonnull(strstr(words, "lab/none seed 7"));
	/* 42 events happened, the last 32 are shown. */
	ck_assert_uint_eq(g_strv_length(entry), 1 + TRAIL_LENGTH + 1);
	ck_assert_str_eq(g_strstrip(entry[1]), "110  tick 3");
	ck_assert_str_eq(g_strstrip(entry[29]), "385  wakeup 65535");
	ck_assert_str_eq(g_strstrip(entry[32]), "401  ? 4");
}
END_TEST

static void arm_in_the_past(void)
{
	struct engine engine;
	struct actor a;

	engine_init(&engine, 1, NULL);
	actor_init(&a, &engine, 0, 0);
	engine_run(&engine, 50);
	engine_arm(&engine, &a.timer, 49);
}

static void arm_at_never(void)
{
	struct engine engine;
	struct actor a;

	engine_init(&engine, 1, NULL);
	actor_init(&a, &engine, 0, 0);
	engine_arm(&engine, &a.timer, TIME_NEVER);
}

START_TEST(arming_in_the_past_aborts)
{
	g_autofree char *past = last_words(arm_in_the_past);
	g_autofree char *never = last_words(arm_at_never);

	ck_assert_ptr_nonnull(strstr(past, "when >= engine->now"));
	ck_assert_ptr_nonnull(strstr(past, "(no label)"));
	ck_assert_ptr_nonnull(strstr(never, "TIME_NEVER"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("engine");
	TCase *tc = tcase_create("engine");

	tcase_add_test(tc, run_includes_its_end);
	tcase_add_test(tc, run_until_nothing_is_pending);
	tcase_add_test(tc, stop_returns_and_run_goes_on);
	tcase_add_test(tc, firing_cancels_itself_and_others);
	tcase_add_test(tc, fingerprint_tells_runs_apart);
	tcase_add_test(tc, fingerprint_has_no_near_collisions);
	tcase_add_test(tc, engines_run_side_by_side);
	tcase_add_test(tc, abort_prints_the_trail);
	tcase_add_test(tc, arming_in_the_past_aborts);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
