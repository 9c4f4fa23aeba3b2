/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_trail.c - the event trails: what they tell, and that listening changes nothing
 */
#include <check.h>
#include <glib.h>
#include <string.h>

#include "models/machine_private.h"
#include "models/machine_trail.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

/* The lines as text, "vCPU|what|why". */
static char *told(const struct trail *trail)
{
	GPtrArray *lines = trail_lines(trail);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < lines->len; i++) {
		const struct trail_line *line = g_ptr_array_index(lines, i);

		g_string_append_printf(text, "%s|%s|%s\n", line->vcpu, line->what, line->why);
	}
	g_ptr_array_unref(lines);
	return g_string_free(text, FALSE);
}

static void expect(const char *text, const char *line)
{
	ck_assert_msg(strstr(text, line) != NULL, "no line \"%s\" in\n%s", line, text);
}

static void expect_not(const char *text, const char *line)
{
	ck_assert_msg(strstr(text, line) == NULL, "a line \"%s\" in\n%s", line, text);
}

/*
 * vCPU 0 flushes while 1 runs, 2 has a hog on its pCPU, 3 is idle: one answer comes at once, one
 * after the hog, the third is not asked for.
 */
START_TEST(from_send_to_last_answer)
{
	struct scene *scene = scene_new(4, 4);
	struct trail *trail;
	char *text;

	SCRIPT(scene, 0, RUN(50 * US), SHOOTDOWN(7), RUN(FOREVER));
	scene_set(scene, "-RUH");
	trail = trail_new(scene->machine, TRAIL_SHOOTDOWN, 1);
	scene_run(scene, 500 * US);
	ck_assert(!trail_complete(trail));
	scene_thaw(scene, 2);
	scene_run(scene, MS);
	ck_assert(trail_complete(trail));
	ck_assert_uint_eq(trail_begun(trail), 1);
	ck_assert_uint_eq(trail_slowest(trail), 1);
	text = told(trail);
	ck_assert(g_str_has_prefix(text, "v0.0|shootdown of 7 pages|\n"));
	expect(text, "v0.0|  on v0.1|is sent an interrupt\n");
	expect(text, "v0.0|  on v0.2|is sent an interrupt\n");
	expect(text, "v0.0|  on v0.3|idle with this memory loaded: notes it, no interrupt\n");
	expect(text, "v0.0|call interrupt to v0.1|v0.1 in guest mode: is told at once\n");
	expect(text, "v0.1|answers v0.0|1 answer is missing\n");
	expect(text, "v0.2|host task -> v0.2|");
	expect(text, "v0.2|answers v0.0|that was the last\n");
	expect_not(text, "v0.3|answers");
	ck_assert(g_str_has_suffix(text, "v0.0|all have answered: goes on|\n"));
	g_free(text);
	trail_free(trail);
	scene_free(scene);
}
END_TEST

/* A target in the kernel's debt: the hint is dropped, with v, V and lag of that moment. */
START_TEST(a_dropped_hint_has_its_numbers)
{
	struct scene *scene = scene_new(2, 2);
	struct trail *trail;
	char *text;

	SCRIPT(scene, 0, RUN(50 * US), SHOOTDOWN(1), RUN(FOREVER));
	scene_set(scene, "-P");
	scene_lag(scene, &scene->vcpu[1].task, 3 * (int64_t)MS);
	trail = trail_new(scene->machine, TRAIL_SHOOTDOWN, 1);
	scene_run_until(scene, COUNTER_HINT_DROPPED_ROOT, 1);
	text = told(trail);
	expect(text, "v0.0|call interrupt to v0.1|v0.1 preempted in kernel mode: nobody");
	expect(text, "v0.0|pause-loop exit: scan|v0.1 taken\n");
	expect(text, "v0.0|yields to v0.1|done");
	expect(text, "v0.1|hint for it, level 0 (root)|dropped, not eligible: V ");
	/* two of equal weight, 3 ms apart less what the hog has run since: half of that from V */
	expect(text, "lag -1.4");
	expect(text, "host task is taken: v ");
	g_free(text);
	trail_free(trail);
	scene_free(scene);
}
END_TEST

/* Equal fruitless scans in a row are told once. */
START_TEST(equal_scans_are_one_line)
{
	struct scene *scene = scene_new(2, 2);
	struct trail *trail;
	char *text;

	scene->config.kvm.ple_grow = 0;
	scene->config.cost.exit = scene->config.cost.entry = 100;
	SCRIPT(scene, 0, RUN(50 * US), SHOOTDOWN(1), RUN(FOREVER));
	scene->kind.vm.apic = APIC_SOFTWARE;
	scene_set(scene, "-U");
	trail = trail_new(scene->machine, TRAIL_SHOOTDOWN, 1);
	scene_run_until(scene, COUNTER_SCANS, 20);
	text = told(trail);
	expect(text,
	       "v0.0|pause-loop exit: scan|v0.1 preempted in user mode, no interrupt in sight "
	       "(and 19 more times)\n");
	g_free(text);
	trail_free(trail);
	scene_free(scene);
}
END_TEST

/* Hints that are dropped again and again: the third and later ones are a sum. */
START_TEST(hints_in_vain_are_summed_up)
{
	struct scene *scene = scene_new(2, 2);
	struct trail *trail;
	char *text;

	scene->config.kvm.ple_grow = 0;
	scene->config.cost.exit = scene->config.cost.entry = 100;
	SCRIPT(scene, 0, RUN(50 * US), SHOOTDOWN(1), RUN(FOREVER));
	scene_set(scene, "-P");
	scene_lag(scene, &scene->vcpu[1].task, 3 * (int64_t)MS);
	trail = trail_new(scene->machine, TRAIL_SHOOTDOWN, 1);
	scene_run_until(scene, COUNTER_HINT_DROPPED_ROOT, 10);
	text = told(trail);
	expect(text, "v0.1|8 more yields to it|8 hints dropped, not eligible: lag from -1.4");
	ck_assert_ptr_eq(strstr(strstr(strstr(text, "hint for it") + 1, "hint for it") + 1,
				"hint for it"),
			 NULL);
	g_free(text);
	trail_free(trail);
	scene_free(scene);
}
END_TEST

/* vCPU 1 holds the lock and is preempted; 0 waits and yields to it. */
START_TEST(from_asking_for_a_lock_to_having_it)
{
	struct scene *scene = scene_new(2, 2);
	struct trail *trail;
	char *text;

	SCRIPT(scene, 0, RUN(50 * US), LOCK(1), KERNEL(US), UNLOCK(1), RUN(FOREVER));
	SCRIPT(scene, 1, LOCK(1), KERNEL(100 * US), UNLOCK(1), RUN(FOREVER));
	scene->kind.vm.spin_lock = GUEST_SPIN_LOCK_NATIVE;
	scene_set(scene, "--");
	scene_freeze(scene, 1);
	trail = trail_new(scene->machine, TRAIL_LOCK, 1);
	scene_run(scene, MS);
	ck_assert(!trail_complete(trail));
	scene_thaw(scene, 1);
	scene_run(scene, 2 * MS);
	ck_assert(trail_complete(trail));
	text = told(trail);
	ck_assert(g_str_has_prefix(text, "v0.0|spins for lock 1, v0.1's|nobody before it\n"));
	expect(text, "v0.0|yields to v0.1|done");
	expect(text, "v0.1|host task -> v0.1|");
	expect(text, "v0.1|lets go of lock 1|v0.0 has it\n");
	ck_assert(g_str_has_suffix(text, "v0.0|has the lock and goes on|\n"));
	g_free(text);
	trail_free(trail);
	scene_free(scene);
}
END_TEST

/* One that is polled for 30 us and then blocks until its sleep is over. */
START_TEST(from_a_halt_to_its_end)
{
	struct scene *scene = scene_new(1, 1);
	struct trail *trail;
	char *text;

	scene->config.kvm.halt_poll = 200 * US;
	scene->config.kvm.halt_poll_grow = 2;
	SCRIPT(scene, 0, RUN(50 * US), SLEEP(100 * US), RUN(FOREVER));
	scene_start(scene);
	scene->vcpu[0].halt_poll = 30 * US;
	scene_run(scene, 10 * US);
	trail = trail_new(scene->machine, TRAIL_HLT, 1);
	scene_run(scene, MS);
	ck_assert(trail_complete(trail));
	ck_assert_uint_eq(trail_begun(trail), 1);
	text = told(trail);
	ck_assert(g_str_has_prefix(text, "v0.0|KVM: polls|for 30.000 us at most"));
	expect(text, "v0.0|KVM: blocks its thread|\n");
	ck_assert(g_str_has_suffix(
		text,
		"v0.0|has an event and runs|100.000 us since HLT; the next poll: 60.000 us\n"));
	g_free(text);
	trail_free(trail);
	scene_free(scene);
}
END_TEST

#define MUTEX_LOCK ((struct op){ OP_KERNEL_MUTEX_LOCK, 1, 0 })
#define MUTEX_UNLOCK ((struct op){ OP_KERNEL_MUTEX_UNLOCK, 1, 0 })
#define READ_LOCK ((struct op){ OP_READ_LOCK, 1, 0 })
#define WRITE_LOCK ((struct op){ OP_WRITE_LOCK, 1, 0 })
#define RW_UNLOCK ((struct op){ OP_RW_UNLOCK, 1, 0 })

/* Runs for a ms; vCPU 0 is off from 50 us to 150 us. Free with g_free(). */
static char *tell_wait(struct scene *scene, uint64_t number)
{
	struct trail *trail;
	char *text;

	scene->config.kvm.ple = PLE_OFF;
	scene_start(scene);
	trail = trail_new(scene->machine, TRAIL_SLEEPING_WAIT, number);
	scene_run(scene, 50 * US);
	scene_freeze(scene, 0);
	scene_run(scene, 150 * US);
	scene_thaw(scene, 0);
	scene_run(scene, MS);
	ck_assert(trail_complete(trail));
	text = told(trail);
	trail_free(trail);
	scene_free(scene);
	return text;
}

/* Loop index: with steal time the waiter knows that the owner's vCPU is off. */
START_TEST(from_waiting_for_a_mutex_to_having_it)
{
	struct scene *scene = scene_new(2, 2);
	char *text;

	scene->kind.paravirt.steal_time = _i;
	SCRIPT(scene, 0, MUTEX_LOCK, KERNEL(300 * US), MUTEX_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), MUTEX_LOCK, KERNEL(5 * US), MUTEX_UNLOCK, RUN(FOREVER));
	text = tell_wait(scene, 1);
	ck_assert(g_str_has_prefix(text, "v0.1|waits for mutex 1, v0.0's|spins\n"));
	expect(text, "v0.0|v0.0 -> host task|");
	if (_i) {
		expect(text,
		       "v0.1|goes to sleep|the owner's vCPU is reported preempted\nv0.1|exit: HLT|");
		expect(text, "v0.0|lets go of mutex 1|wakes v0.1's task\n");
	} else {
		expect_not(text, "goes to sleep");
		expect(text, "v0.0|lets go of mutex 1|who spins sees it\n");
	}
	ck_assert(g_str_has_suffix(text, "v0.1|its wait is over|\n"));
	g_free(text);
}
END_TEST

/* A writer that waits for readers, and a reader that waits in line behind it. */
START_TEST(a_wait_for_a_rwsem)
{
	struct scene *scene = scene_new(3, 3);
	char *text;

	SCRIPT(scene, 0, READ_LOCK, KERNEL(300 * US), RW_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), WRITE_LOCK, KERNEL(5 * US), RW_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 2, RUN(40 * US), READ_LOCK, KERNEL(5 * US), RW_UNLOCK, RUN(FOREVER));
	text = tell_wait(scene, (uint64_t)_i + 1);
	if (_i == 0) {
		/* who reads, the lock does not know */
		ck_assert(g_str_has_prefix(text, "v0.1|waits for rwsem 1|spins\n"));
		expect(text, "v0.1|goes to sleep|readers have had it for too long\n");
		expect(text, "v0.0|lets go of rwsem 1|wakes v0.1's task\n");
		ck_assert(g_str_has_suffix(text, "v0.1|its wait is over|\n"));
	} else {
		ck_assert(g_str_has_prefix(
			text, "v0.2|waits for rwsem 1|as a reader, who does not spin\n"));
		expect(text, "v0.1|lets go of rwsem 1|wakes v0.2's task\n");
		ck_assert(g_str_has_suffix(text, "v0.2|its wait is over|\n"));
	}
	g_free(text);
}
END_TEST

/* Nobody says who will come late, so all vCPUs are told. */
START_TEST(a_wait_at_a_barrier_and_for_a_futex)
{
	struct scene *scene = scene_new(3, 3);
	char *text;

	SCRIPT(scene, 0, RUN(80 * US), ((struct op){ OP_BARRIER, 0, 0 }), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), ((struct op){ OP_BARRIER, 0, FOREVER }),
	       ((struct op){ OP_FUTEX_WAIT, 0, 0 }), RUN(FOREVER));
	SCRIPT(scene, 2, RUN(20 * US), ((struct op){ OP_BARRIER, 0, 0 }), RUN(100 * US),
	       ((struct op){ OP_FUTEX_WAKE, 0, 1 }), RUN(FOREVER));
	text = tell_wait(scene, _i ? 3 : 1);
	if (_i) {
		ck_assert(g_str_has_prefix(text, "v0.1|waits for futex 0|does not spin\n"));
		expect(text, "v0.2|wakes futex 0|wakes v0.1's task\n");
	} else {
		ck_assert(g_str_has_prefix(text, "v0.1|waits for barrier 0|spins\n"));
		expect(text, "v0.0|v0.0 -> host task|");
		expect(text, "v0.0|is the last at barrier 0|wakes v0.2's task\n");
	}
	ck_assert(g_str_has_suffix(text, "v0.1|its wait is over|\n"));
	g_free(text);
}
END_TEST

/* The lock of a futex's hash bucket has a name, too. */
START_TEST(a_wait_for_a_hash_bucket)
{
	struct scene *scene = scene_new(2, 2);
	struct trail *trail;
	char *text;

	scene->config.kvm.ple = PLE_OFF;
	scene->config.cost.futex_bucket = 10 * US;
	SCRIPT(scene, 0, ((struct op){ OP_FUTEX_WAKE, 0, 1 }), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(5 * US), ((struct op){ OP_FUTEX_WAKE, 0, 1 }), RUN(FOREVER));
	scene_start(scene);
	trail = trail_new(scene->machine, TRAIL_LOCK, 1);
	scene_run(scene, 100 * US);
	text = told(trail);
	expect(text, "v0.1|spins for futex 0's bucket, v0.0's|nobody before it\n");
	expect(text, "v0.0|lets go of futex 0's bucket|");
	g_free(text);
	trail_free(trail);
	scene_free(scene);
}
END_TEST

static void many_shootdowns(struct scene *scene)
{
	scene->host_tick = scene->guest_tick = MS;
	for (uint32_t i = 0; i < 6; i++) {
		SCRIPT(scene, i, RUN((50 + i) * US), LOCK(0), KERNEL(20 * US), UNLOCK(0),
		       SHOOTDOWN(i), SLEEP(30 * US));
		scene->task[i].rounds = 10000;
	}
	scene_start(scene);
}

START_TEST(listening_changes_nothing)
{
	struct scene *deaf = scene_new(3, 6), *scene = scene_new(3, 6);
	struct trail *trail;

	many_shootdowns(deaf);
	scene_run(deaf, 50 * MS);
	many_shootdowns(scene);
	trail = trail_new(scene->machine, TRAIL_SHOOTDOWN, _i ? 1000000 : 3);
	/* it stops the engine where the third one is over */
	while (scene_now(scene) < 50 * MS)
		scene_run(scene, 50 * MS);
	ck_assert_uint_eq(scene->machine->engine.fingerprint, deaf->machine->engine.fingerprint);
	ck_assert(trail_complete(trail) == !_i);
	if (_i)
		ck_assert_uint_gt(trail_begun(trail), 100);
	trail_free(trail);
	scene_free(scene);
	scene_free(deaf);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("trail");
	TCase *test = tcase_create("trail");

	tcase_add_test(test, from_send_to_last_answer);
	tcase_add_test(test, a_dropped_hint_has_its_numbers);
	tcase_add_test(test, equal_scans_are_one_line);
	tcase_add_test(test, hints_in_vain_are_summed_up);
	tcase_add_test(test, from_asking_for_a_lock_to_having_it);
	tcase_add_test(test, from_a_halt_to_its_end);
	tcase_add_loop_test(test, from_waiting_for_a_mutex_to_having_it, 0, 2);
	tcase_add_loop_test(test, a_wait_for_a_rwsem, 0, 2);
	tcase_add_loop_test(test, a_wait_at_a_barrier_and_for_a_futex, 0, 2);
	tcase_add_test(test, a_wait_for_a_hash_bucket);
	tcase_add_loop_test(test, listening_changes_nothing, 0, 2);
	suite_add_tcase(suite, test);
	return run_suite(suite);
}
