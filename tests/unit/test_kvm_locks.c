/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_locks.c - a guest's spin lock when its holder or its next waiter is off CPU
 *
 * Names carry the numbers of kvm-and-guest.md section 7. Written from the text. The lock is the
 * native queued one; test_kvm_pv_locks.c has the others.
 */
#include <check.h>

#include "models/kernel/objects.h"
#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

/* vCPU 0 has the lock from 0 on and needs it for 300 us; 1 and 2 come at 50 and 60 us. */
static struct scene *three_for_a_lock(void)
{
	struct scene *scene = scene_new(3, 3);

	SCRIPT(scene, 0, LOCK(1), KERNEL(300 * US), UNLOCK(1), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(50 * US), LOCK(1), KERNEL(30 * US), UNLOCK(1), RUN(FOREVER));
	SCRIPT(scene, 2, RUN(60 * US), LOCK(1), KERNEL(20 * US), UNLOCK(1), RUN(FOREVER));
	return scene;
}

START_TEST(t53_nobody_passes_a_preempted_owner)
{
	struct scene *scene = three_for_a_lock();

	scene_start(scene);
	scene_run(scene, 100 * US);
	scene_freeze(scene, 0);
	scene_run(scene, 5 * MS);
	ck_assert_uint_eq(scene->task[1].asked, 2);
	ck_assert_uint_eq(scene->task[2].asked, 2);
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_CONTENDED), 2);
	ck_assert_uint_eq(scene_count(scene, COUNTER_HOLDER_PREEMPTED), 1);
	scene_thaw(scene, 0);
	scene_run(scene, 10 * MS);

	/* 200 us of the section were left; then the queue in order */
	uint64_t released = 5 * MS + 200 * US;

	ck_assert_uint_eq(scene->task[0].began[2], released);
	ck_assert_uint_eq(scene->task[1].began[2], released);
	ck_assert_uint_eq(scene->task[1].began[3], released + 30 * US);
	ck_assert_uint_eq(scene->task[2].began[2], released + 30 * US);
	ck_assert_uint_eq(scene->task[2].began[3], released + 50 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_CONTENDED), 2);
	scene_free(scene);
}
END_TEST

/* Asked last, though its vCPU never stops: it must not pass the one before it. */
START_TEST(t54_a_free_lock_waits_for_its_next_owner)
{
	struct scene *scene = three_for_a_lock();

	scene_start(scene);
	scene_run(scene, 100 * US);
	scene_freeze(scene, 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_WAITER_PREEMPTED), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_HOLDER_PREEMPTED), 0);
	scene_run(scene, 2 * MS);
	ck_assert_uint_eq(scene->task[0].began[3], 300 * US); /* free since then */
	ck_assert_uint_eq(scene->task[1].asked, 2);
	ck_assert_uint_eq(scene->task[2].asked, 2);
	scene_thaw(scene, 1);
	scene_run(scene, 3 * MS);
	ck_assert_uint_eq(scene->task[1].began[2], 2 * MS);
	ck_assert_uint_eq(scene->task[2].began[2], 2 * MS + 30 * US);
	scene_free(scene);
}
END_TEST

/* The rest of a wait counts only while the vCPU runs; the others' spinning is accounted as such. */
START_TEST(t54_spinning_is_accounted_while_it_runs)
{
	struct scene *scene = three_for_a_lock();

	scene_start(scene);
	scene_run(scene, 100 * US);
	scene_freeze(scene, 1);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_SPIN_LOCK), 50 * US + 940 * US);
	scene_free(scene);
}
END_TEST

/* 3.2: the hand-over takes its time on the waiter's CPU, once for each. */
START_TEST(item_3_2_a_hand_over_takes_its_time)
{
	struct scene *scene = three_for_a_lock();

	scene->config.cost.lock_handover = 5 * US;
	scene_start(scene);
	scene_run(scene, 10 * MS);
	ck_assert_uint_eq(scene->task[1].began[2], 300 * US + 5 * US);
	ck_assert_uint_eq(scene->task[2].began[2], 335 * US + 5 * US);
	scene_free(scene);
}
END_TEST

/* Nobody waits when nobody has it, and a second taker finds it free again. */
START_TEST(item_3_2_a_free_lock_costs_no_wait)
{
	struct scene *scene = scene_new(2, 2);

	scene->config.cost.lock_handover = 5 * US;
	SCRIPT(scene, 0, LOCK(1), KERNEL(10 * US), UNLOCK(1), LOCK(1), UNLOCK(1), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(50 * US), LOCK(1), UNLOCK(1), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[0].began[5], 10 * US);
	ck_assert_uint_eq(scene->task[1].began[3], 50 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_CONTENDED), 0);
	ck_assert_ptr_null(scene->vm->guest.objects->spin_lock[1].owner);
	scene_free(scene);
}
END_TEST

/* 3.2: preemption is off while it waits and while it holds: the guest's tick changes nothing. */
START_TEST(item_3_2_no_guest_switch_under_a_lock)
{
	struct scene *scene = scene_new(2, 2);

	scene->guest_tick = MS;
	scene->guest_phase = 500 * US;
	scene->tasks = 7; /* task 4 is another one for vCPU 0, task 3 for vCPU 1 */
	SCRIPT(scene, 1, LOCK(1), KERNEL(100 * MS), UNLOCK(1), RUN(FOREVER));
	SCRIPT(scene, 0, RUN(10 * US), LOCK(1), UNLOCK(1), RUN(FOREVER));
	SCRIPT(scene, 3, RUN(FOREVER));
	SCRIPT(scene, 4, RUN(FOREVER));
	scene_start(scene);
	while (scene->task[0].asked < 2)
		scene_step(scene);
	ck_assert_uint_eq(scene->task[1].asked, 2);
	uint64_t switches = scene_count(scene, COUNTER_GUEST_SWITCHES);
	uint64_t end = scene->task[1].began[1] + 100 * MS;

	scene_run(scene, end - 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_GUEST_SWITCHES), switches);
	scene_run(scene, end + 20 * MS);
	ck_assert_uint_gt(scene_count(scene, COUNTER_GUEST_SWITCHES), switches);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kvm-locks");
	TCase *spin = tcase_create("spin");

	tcase_add_test(spin, t53_nobody_passes_a_preempted_owner);
	tcase_add_test(spin, t54_a_free_lock_waits_for_its_next_owner);
	tcase_add_test(spin, t54_spinning_is_accounted_while_it_runs);
	tcase_add_test(spin, item_3_2_a_hand_over_takes_its_time);
	tcase_add_test(spin, item_3_2_a_free_lock_costs_no_wait);
	tcase_add_test(spin, item_3_2_no_guest_switch_under_a_lock);
	suite_add_tcase(suite, spin);
	return run_suite(suite);
}
