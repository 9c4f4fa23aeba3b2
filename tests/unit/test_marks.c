/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_marks.c - latencies that a workload marks, and the timer with absolute deadlines
 *
 * A scene costs nothing, so all numbers are exact.
 */
#include <check.h>
#include <glib.h>
#include <string.h>

#include "models/kernel/objects.h"
#include "models/kernel/program.h"
#include "models/machine.h"
#include "models/machine_private.h"
#include "sim/measure/histogram.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

#define BEGIN(mark) ((struct op){ OP_MARK_BEGIN, mark, 0 })
#define BEGIN_DUE(mark) ((struct op){ OP_MARK_BEGIN, mark, 1 })
#define END(mark) ((struct op){ OP_MARK_END, mark, 0 })
#define TIMER(ns) ((struct op){ OP_TIMER, 0, ns })

static const struct histogram *latency(const struct scene *scene)
{
	return scene->vm->guest.objects->latency;
}

static void expect(const struct scene *scene, uint64_t count, uint64_t sum, uint64_t min,
		   uint64_t max)
{
	ck_assert_uint_eq(latency(scene)->count, count);
	ck_assert_uint_eq(latency(scene)->sum, sum);
	ck_assert_uint_eq(latency(scene)->min, min);
	ck_assert_uint_eq(latency(scene)->max, max);
}

START_TEST(from_begin_to_end_preempted_or_not)
{
	struct scene *scene = scene_new(1, 1);

	SCRIPT(scene, 0, BEGIN(1), RUN(100 * US), END(1), RUN(50 * US), BEGIN(1), RUN(100 * US),
	       END(1), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 120 * US);
	expect(scene, 1, 100 * US, 100 * US, 100 * US);
	scene_run(scene, 200 * US);
	scene_freeze(scene, 0);
	ck_assert_uint_eq(marks_open(scene->vm->guest.objects), 1);
	scene_run(scene, 700 * US);
	scene_thaw(scene, 0);
	scene_run(scene, MS);
	/* 150 us to 750 us */
	expect(scene, 2, 700 * US, 100 * US, 600 * US);
	scene_free(scene);
}
END_TEST

/* As items leave a queue: the oldest first, whoever ends it. */
START_TEST(one_task_ends_what_others_began)
{
	struct scene *scene = scene_new(3, 3);

	SCRIPT(scene, 0, BEGIN(0), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), BEGIN(0), RUN(FOREVER));
	SCRIPT(scene, 2, RUN(50 * US), END(0), RUN(20 * US), END(0), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 60 * US);
	expect(scene, 1, 50 * US, 50 * US, 50 * US);
	scene_run(scene, 100 * US);
	expect(scene, 2, 110 * US, 50 * US, 60 * US);
	ck_assert_uint_eq(marks_open(scene->vm->guest.objects), 0);
	scene_free(scene);
}
END_TEST

/* Due at 100 us; the vCPU, which another task keeps busy, has no pCPU from 90 us to 150 us. */
START_TEST(a_wakeup_is_late_by_what_its_vcpu_waits)
{
	struct scene *scene = scene_new(2, 2);

	SCRIPT(scene, 0, SLEEP(100 * US), BEGIN_DUE(0), END(0), RUN(10 * US), BEGIN_DUE(1),
	       RUN(5 * US), END(1), RUN(FOREVER));
	SCRIPT(scene, 1, BEGIN_DUE(0), RUN(20 * US), END(0), RUN(FOREVER));
	SCRIPT(scene, 2, RUN(91 * US));
	scene_start(scene);
	/* has not slept: since now */
	scene_run(scene, 50 * US);
	expect(scene, 1, 20 * US, 20 * US, 20 * US);
	scene_run(scene, 90 * US);
	scene_freeze(scene, 0);
	scene_run(scene, 150 * US);
	scene_thaw(scene, 0);
	scene_run(scene, 155 * US);
	/* the other one ends its last us first */
	expect(scene, 2, 71 * US, 20 * US, 51 * US);
	/* and again from there: 51 + 10 + 5 */
	scene_run(scene, 200 * US);
	expect(scene, 3, 137 * US, 20 * US, 66 * US);
	scene_free(scene);
}
END_TEST

/* Each ms, 300 us of work; nobody is late twice for one delay, and what is over is left out. */
START_TEST(a_timer_keeps_its_grid)
{
	struct scene *scene = scene_new(1, 1);
	const struct scene_task *task = &scene->task[0];

	SCRIPT(scene, 0, TIMER(MS), RUN(300 * US), TIMER(MS), RUN(300 * US), TIMER(MS),
	       BEGIN_DUE(0), END(0), RUN(300 * US), TIMER(MS), BEGIN_DUE(0), END(0), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 2100 * US);
	ck_assert_uint_eq(task->began[1], MS);
	ck_assert_uint_eq(task->began[3], 2 * MS);
	scene_freeze(scene, 0);
	scene_run(scene, 4500 * US);
	scene_thaw(scene, 0);
	/* 200 us are left at 4.5 ms; 3 ms and 4 ms are over at 4.7 ms */
	scene_run(scene, 4900 * US);
	ck_assert_uint_eq(task->began[4], 4700 * US);
	ck_assert_uint_eq(latency(scene)->count, 0);
	scene_run(scene, 7 * MS);
	ck_assert_uint_eq(task->began[5], 5 * MS);
	ck_assert_uint_eq(task->began[9], 6 * MS);
	expect(scene, 2, 0, 0, 0);
	scene_free(scene);
}
END_TEST

/* Due at the very moment: no sleep, as clock_nanosleep() has it. */
START_TEST(a_timer_that_is_due_now_does_not_sleep)
{
	struct scene *scene = scene_new(1, 1);

	SCRIPT(scene, 0, TIMER(MS), RUN(MS), TIMER(MS), RUN(3500 * US), TIMER(MS), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 8 * MS);
	ck_assert_uint_eq(scene->task[0].began[3], 2 * MS);
	ck_assert_uint_eq(scene->task[0].began[5], 6 * MS);
	ck_assert_uint_eq(scene->vm->tasks[0].task.blocks, 2);
	scene_free(scene);
}
END_TEST

/* No event, no time, no random number: the run is the same. */
START_TEST(marks_change_nothing)
{
	uint64_t fingerprint[2], switches[2];

	for (int with = 0; with < 2; with++) {
		struct scene *scene = scene_new(2, 3);
		struct op begin = with ? BEGIN(0) : ((struct op){ OP_WORK, 0, 1 });
		struct op end = with ? END(0) : ((struct op){ OP_WORK, 0, 1 });

		scene->host_tick = scene->guest_tick = MS;
		scene->kind.vm.affinity = AFFINITY_FREE;
		for (uint32_t i = 0; i < 3; i++) {
			SCRIPT(scene, i, begin, RUN(300 * US), LOCK(1), KERNEL(50 * US), UNLOCK(1),
			       end, begin, SLEEP(170 * US), end);
			scene->task[i].rounds = 100;
		}
		scene_start(scene);
		scene_run(scene, 50 * MS);
		fingerprint[with] = scene->machine->engine.fingerprint;
		switches[with] = scene_count(scene, COUNTER_SWITCHES);
		ck_assert_uint_gt(with ? latency(scene)->count : 1, 0);
		scene_free(scene);
	}
	ck_assert_uint_eq(fingerprint[0], fingerprint[1]);
	ck_assert_uint_eq(switches[0], switches[1]);
}
END_TEST

/* The window counts what ends in it, from where it began. */
START_TEST(the_end_of_warm_up_keeps_what_is_open)
{
	struct scene *scene = scene_new(1, 1);
	struct result result;

	SCRIPT(scene, 0, BEGIN(0), RUN(100 * US), END(0), BEGIN(0), RUN(200 * US), END(0), BEGIN(1),
	       BEGIN(1), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 150 * US);
	ck_assert_uint_eq(latency(scene)->count, 1);
	machine_reset_measures(scene->machine);
	ck_assert_uint_eq(latency(scene)->count, 0);
	scene_run(scene, 400 * US);
	expect(scene, 1, 200 * US, 200 * US, 200 * US);
	machine_result(scene->machine, &result);
	ck_assert_uint_eq(result.vm[0].open, 2);
	ck_assert_uint_eq(result.vm[0].latency.count, 1);
	ck_assert_uint_eq(result.vm[0].latency.max, 200 * US);
	ck_assert_uint_eq(result.kinds, 1);
	ck_assert_uint_eq(result.workload[0].mean, 200 * US);
	ck_assert_uint_eq(result.latency[LATENCY_WORKLOAD].p99, result.workload[0].p99);
	ck_assert_uint_eq(result.latency[LATENCY_WORKLOAD].count, 1);
	result_clear(&result);
	scene_free(scene);
}
END_TEST

static void expect_complaint(struct scene *scene, const char *wanted)
{
	g_autofree char *complaint = machine_complaint(scene->machine);

	ck_assert_ptr_nonnull(complaint);
	ck_assert_msg(strstr(complaint, wanted), "%s", complaint);
	scene_free(scene);
}

START_TEST(an_end_without_a_begin_is_complained_of)
{
	struct scene *scene = scene_new(1, 1);

	SCRIPT(scene, 0, BEGIN(1), RUN(US), END(1), RUN(US), END(1), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 1500);
	ck_assert_ptr_null(machine_complaint(scene->machine));
	scene_run(scene, 3 * US);
	ck_assert_uint_eq(latency(scene)->count, 1);
	expect_complaint(scene, "found a mark-end of mark 1, which nobody had begun");
}
END_TEST

START_TEST(begins_without_end_are_bounded)
{
	struct scene *scene = scene_new(1, 1);
	struct kernel_objects *objects;

	SCRIPT(scene, 0, RUN(FOREVER));
	scene_start(scene);
	objects = scene->vm->guest.objects;
	for (uint32_t i = 0; i < MARK_OPEN_MOST; i++)
		mark_begin(objects, 0, i);
	ck_assert_ptr_null(machine_complaint(scene->machine));
	mark_begin(objects, 0, 5);
	ck_assert_uint_eq(marks_open(objects), MARK_OPEN_MOST);
	mark_end(objects, 0, 7);
	ck_assert_uint_eq(objects->latency->max, 7);
	expect_complaint(scene, "found mark 0 begun 2097152 times more than ended");
}
END_TEST

/* The ring wraps and grows at every place: a plain list tells what must come out. */
START_TEST(a_backlog_of_any_size_keeps_its_order)
{
	struct kernel_objects *objects = kernel_objects_new(0, 0, 0, NULL);
	uint64_t begun = 0, ended = 0;

	kernel_objects_add_marks(objects, 1);
	for (uint32_t size = 1; size < 200; size += 7) {
		for (uint32_t i = 0; i < size; i++)
			mark_begin(objects, 0, 1000 * begun++);
		for (uint32_t i = 0; i < size - size / 3; i++) {
			uint64_t sum = objects->latency->sum;

			mark_end(objects, 0, 1000 * ended + ended + 1);
			ended++;
			ck_assert_uint_eq(objects->latency->sum - sum, ended);
		}
	}
	ck_assert_uint_eq(marks_open(objects), begun - ended);
	ck_assert_int_eq(objects->mark_fault, MARK_SOUND);
	kernel_objects_free(objects);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("marks");
	TCase *marks = tcase_create("marks");
	TCase *timer = tcase_create("timer");
	TCase *faults = tcase_create("faults");

	tcase_add_test(marks, from_begin_to_end_preempted_or_not);
	tcase_add_test(marks, one_task_ends_what_others_began);
	tcase_add_test(marks, a_wakeup_is_late_by_what_its_vcpu_waits);
	tcase_add_test(marks, marks_change_nothing);
	tcase_add_test(marks, the_end_of_warm_up_keeps_what_is_open);
	tcase_add_test(marks, a_backlog_of_any_size_keeps_its_order);
	tcase_add_test(timer, a_timer_keeps_its_grid);
	tcase_add_test(timer, a_timer_that_is_due_now_does_not_sleep);
	tcase_add_test(faults, an_end_without_a_begin_is_complained_of);
	tcase_add_test(faults, begins_without_end_are_bounded);
	suite_add_tcase(suite, marks);
	suite_add_tcase(suite, timer);
	suite_add_tcase(suite, faults);
	return run_suite(suite);
}
