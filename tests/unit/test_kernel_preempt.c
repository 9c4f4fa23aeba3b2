/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kernel_preempt.c - when a wanted reschedule takes effect: eevdf.md 6, E59, E60; 1.6, hrtick
 *
 * Host and guest are one module, so each is tested where the case is easier to set up.
 */
#include <check.h>

#include "models/kernel/program.h"
#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"

static const uint64_t all_models[] = { PREEMPTION_NONE, PREEMPTION_VOLUNTARY, PREEMPTION_FULL,
				       PREEMPTION_LAZY };

/* A sleeper that will be eligible, and its waker's victim not. */
static void give_credit(struct task *task)
{
	ck_assert_int_eq(task->state, TASK_SLEEPING);
	ck_assert(!task->fair.entity.queued);
	task->fair.entity.shared = (int64_t)MS;
}

/*
 * vCPU 0 is in guest mode on pCPU 0. 1 ms after a tick vCPU 1, on another pCPU, wakes vCPU 2, whose
 * thread belongs there, too.
 */
START_TEST(E59_a_lazy_remote_wake_waits_for_the_tick)
{
	struct scene *scene = scene_new(2, 3);
	bool lazy = all_models[_i] == PREEMPTION_LAZY;
	uint64_t woken;

	scene->config.host.hz = 250;
	scene->config.host.preemption = all_models[_i];
	scene->config.cost.ipi_latency = 10 * US;
	scene->host_tick = 4 * MS;
	SCRIPT(scene, 0, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(9 * MS), PUT(0, 1), RUN(FOREVER));
	SCRIPT(scene, 2, GET(0, 1), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 8500 * US);
	give_credit(&scene->vcpu[2].task);
	scene_run(scene, 16 * MS);
	woken = scene->task[2].began[1];
	if (lazy) {
		ck_assert_uint_ge(woken, 12 * MS);
		ck_assert_uint_le(woken, 12 * MS + 50 * US);
	} else {
		ck_assert_uint_ge(woken, 9 * MS + 10 * US);
		ck_assert_uint_le(woken, 9 * MS + 50 * US);
	}
	scene_free(scene);
}
END_TEST

/*
 * The request comes 50 us after a piece of kernel work began, 150 us before its end; a spin lock may
 * be held meanwhile. Only a kernel that can be preempted gives way at once, and not the lock.
 */
START_TEST(E60_a_lock_holder_is_not_preempted)
{
	struct scene *scene = scene_new(2, 2);
	bool locked = _i & 1;
	bool at_once = all_models[_i / 2] == PREEMPTION_FULL && !locked;

	scene->kind.guest.preemption = all_models[_i / 2];
	scene->tasks = 4; /* 0 and 2 on vCPU 0 */
	if (locked)
		SCRIPT(scene, 0, SLEEP(50 * US), RUN(50 * US), LOCK(0), KERNEL(200 * US), UNLOCK(0),
		       RUN(FOREVER));
	else
		SCRIPT(scene, 0, SLEEP(50 * US), RUN(50 * US), KERNEL(200 * US), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(150 * US), PUT(0, 1), RUN(FOREVER));
	SCRIPT(scene, 2, GET(0, 1), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 120 * US);
	give_credit(&scene->vm->tasks[2].task);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[2].began[1], at_once ? 150 * US : 300 * US);
	scene_free(scene);
}
END_TEST

/* Two that always run on one CPU without ticks; slices on one CPU are 0.7 ms (E3). */
static uint64_t switches_without_ticks(const char *version, struct feature_params features,
				       bool in_guest)
{
	struct scene *scene = scene_new(1, in_guest ? 1 : 2);
	enum counter_kind counter = in_guest ? COUNTER_GUEST_SWITCHES : COUNTER_SWITCHES;
	uint64_t before, after;

	if (in_guest)
		scene->kind.guest.kernel = scene_version(version);
	else
		scene->config.host.kernel = scene_version(version);
	*(in_guest ? &scene->kind.guest_features : &scene->config.host_features) = features;
	scene->tasks = 3;
	SCRIPT(scene, 0, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 7 * MS);
	before = scene_count(scene, counter);
	scene_run(scene, 77 * MS);
	after = scene_count(scene, counter);
	scene_free(scene);
	return after - before;
}

START_TEST(E12_with_hrtick_slices_end_without_a_tick)
{
	const struct feature_params none = { 0 }, off = { .hrtick = 1 }, on = { .hrtick = 2 };

	ck_assert_uint_eq(switches_without_ticks("6.19", none, _i), 0);
	ck_assert_uint_eq(switches_without_ticks("7.1", none, _i), 100);
	ck_assert_uint_eq(switches_without_ticks("7.2", none, _i), 100);
	ck_assert_uint_eq(switches_without_ticks("7.1", off, _i), 0);
	/* by the older kernels' rule */
	ck_assert_uint_eq(switches_without_ticks("6.19", on, _i), 100);
}
END_TEST

/* One task needs no timer; the second one's arrival sets it. */
START_TEST(an_enqueue_sets_the_timer)
{
	struct scene *scene = scene_new(1, 1);
	const struct timers *timers;
	const struct timer *timer;

	scene->kind.guest.kernel = scene_version("7.1");
	scene->tasks = 3;
	SCRIPT(scene, 0, RUN(FOREVER));
	SCRIPT(scene, 1, SLEEP(3 * MS), RUN(FOREVER));
	scene_start(scene);
	scene->vm->guest.fair.features.wakeup_preemption = false;
	timers = &scene->machine->engine.timers;
	timer = &scene->vm->guest.cpu[0].hrtick;
	/* it begins to sleep after half a slice: 0.35 ms */
	scene_run(scene, 3340 * US);
	ck_assert(!timer_is_armed(timers, timer));
	scene_run(scene, 3350 * US);
	ck_assert(timer_is_armed(timers, timer));
	ck_assert_uint_le(timer_expiry(timers, timer), 4050 * US);
	scene_run(scene, 4050 * US);
	ck_assert_uint_gt(scene->task[1].began[1], 3350 * US);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kernel preemption");
	TCase *when = tcase_create("6"), *timer = tcase_create("1.6");

	tcase_add_loop_test(when, E59_a_lazy_remote_wake_waits_for_the_tick, 0, 4);
	tcase_add_loop_test(when, E60_a_lock_holder_is_not_preempted, 0, 8);
	tcase_add_loop_test(timer, E12_with_hrtick_slices_end_without_a_tick, 0, 2);
	tcase_add_test(timer, an_enqueue_sets_the_timer);
	suite_add_tcase(suite, when);
	suite_add_tcase(suite, timer);
	return run_suite(suite);
}
