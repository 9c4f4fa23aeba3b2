/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_spawn.c - tasks of a guest that start others and wait for their end
 *
 * Names carry the item of eevdf.md 4: a new task goes to the idlest CPU, its parent's last among equals.
 */
#include <check.h>
#include <glib.h>
#include <string.h>

#include "models/kernel/objects.h"
#include "models/kernel/program.h"
#include "models/machine.h"
#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

#define SPAWN(task, ns) ((struct op){ OP_SPAWN, task, ns })
#define JOIN(task) ((struct op){ OP_JOIN, task, 0 })

static struct task *task_at(struct scene *scene, uint32_t index)
{
	return &scene->vm->tasks[index].task;
}

/* Starts it; tasks may go where they like. */
static void start_free(struct scene *scene)
{
	scene_start(scene);
	for (uint32_t i = 0; i < scene->tasks; i++)
		task_at(scene, i)->only_cpu = UINT32_MAX;
}

START_TEST(a_child_runs_between_spawn_and_join)
{
	struct scene *scene = scene_new(2, 2);
	const struct scene_task *parent = &scene->task[0], *child = &scene->task[1];

	SCRIPT(scene, 0, RUN(50 * US), SPAWN(1, 20 * US), RUN(5 * US), JOIN(1), RUN(10 * US));
	SCRIPT(scene, 1, RUN(100 * US));
	scene->dormant[1] = true;
	scene_start(scene);
	scene_run(scene, 60 * US);
	ck_assert_int_eq(task_at(scene, 1)->state, TASK_NEW);
	ck_assert_uint_eq(child->asked, 0);
	/* 50 us, and 20 us of fork */
	scene_run(scene, 80 * US);
	ck_assert_uint_eq(child->began[0], 70 * US);
	ck_assert_int_eq(task_at(scene, 0)->state, TASK_SLEEPING);
	ck_assert_uint_eq(scene_count(scene, COUNTER_FORKS), 1);
	scene_run(scene, MS);
	/* the child ends at 170 us, and the parent goes on then */
	ck_assert_uint_eq(parent->began[4], 170 * US);
	ck_assert_int_eq(task_at(scene, 1)->state, TASK_DEAD);
	ck_assert_int_eq(task_at(scene, 0)->state, TASK_DEAD);
	ck_assert_ptr_null(machine_complaint(scene->machine));
	scene_free(scene);
}
END_TEST

START_TEST(a_join_after_the_end_does_not_wait)
{
	struct scene *scene = scene_new(2, 2);

	SCRIPT(scene, 0, SPAWN(1, 0), RUN(200 * US), JOIN(1), RUN(10 * US));
	SCRIPT(scene, 1, RUN(100 * US));
	scene->dormant[1] = true;
	scene_start(scene);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[0].began[3], 200 * US);
	ck_assert_uint_eq(task_at(scene, 0)->wakeups, 0);
	scene_free(scene);
}
END_TEST

/* A slot of processes: each begins anew, without the history of the one before. */
START_TEST(a_task_that_has_ended_is_spawned_again)
{
	struct scene *scene = scene_new(2, 2);

	SCRIPT(scene, 0, SPAWN(1, 10 * US), JOIN(1), RUN(40 * US));
	SCRIPT(scene, 1, RUN(30 * US), KERNEL(20 * US));
	scene->task[0].rounds = 9;
	scene->dormant[1] = true;
	scene_start(scene);
	scene_run(scene, 850 * US);
	/* 10 + 50 + 40 us each */
	ck_assert_uint_eq(scene->task[1].began[0], 810 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_FORKS), 9);
	ck_assert_uint_eq(task_at(scene, 1)->fair.entity.exec, 0);
	scene_run(scene, 2 * MS);
	ck_assert_uint_eq(scene_count(scene, COUNTER_FORKS), 10);
	ck_assert_uint_eq(scene->task[0].began[2], 960 * US);
	ck_assert_uint_eq(task_at(scene, 1)->run_total, 500 * US);
	scene_free(scene);
}
END_TEST

/* Three vCPUs: the parent's is busy with the parent, another one with task 2. */
START_TEST(item_4_fork_goes_to_the_idlest_cpu)
{
	struct scene *scene = scene_new(3, 3);
	uint64_t before;

	SCRIPT(scene, 0, RUN(50 * US), SPAWN(3, 0), RUN(FOREVER));
	SCRIPT(scene, 1, SLEEP(FOREVER));
	SCRIPT(scene, 2, RUN(FOREVER));
	SCRIPT(scene, 3, RUN(FOREVER));
	scene->dormant[3] = true;
	start_free(scene);
	scene_run(scene, 49 * US);
	before = scene_count(scene, COUNTER_RESCHED_IPIS);
	scene_run(scene, 100 * US);
	ck_assert_uint_eq(task_at(scene, 3)->cpu, 1);
	ck_assert(task_running(task_at(scene, 3)));
	/* its vCPU was halted: an interrupt of the parent's, not one of the timer */
	ck_assert_uint_eq(scene_count(scene, COUNTER_RESCHED_IPIS) - before, 1);
	scene_free(scene);
}
END_TEST

START_TEST(a_spawn_of_a_task_that_runs_is_complained_of)
{
	struct scene *scene = scene_new(2, 2);
	g_autofree char *complaint = NULL;

	SCRIPT(scene, 0, SPAWN(1, 0), RUN(10 * US), SPAWN(1, 0), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(FOREVER));
	scene->dormant[1] = true;
	scene_start(scene);
	scene_run(scene, 5 * US);
	ck_assert_ptr_null(machine_complaint(scene->machine));
	scene_run(scene, 20 * US);
	complaint = machine_complaint(scene->machine);
	ck_assert_ptr_nonnull(complaint);
	ck_assert_msg(strstr(complaint, "found a spawn of task 1, which runs"), "%s", complaint);
	ck_assert_uint_eq(scene_count(scene, COUNTER_FORKS), 1);
	scene_free(scene);
}
END_TEST

/* Dormant tasks wait for nobody; a parent of a child that never ends waits with it. */
START_TEST(who_waits_for_a_child_is_named)
{
	struct scene *scene = scene_new(3, 3);
	g_autofree char *complaint = NULL;

	SCRIPT(scene, 0, SPAWN(1, 0), JOIN(1));
	SCRIPT(scene, 1, GET(0, 1));
	SCRIPT(scene, 2, JOIN(3));
	SCRIPT(scene, 3, RUN(US));
	scene->dormant[1] = scene->dormant[3] = true;
	scene_start(scene);
	ck_assert_ptr_null(machine_complaint(scene->machine));
	scene_run(scene, MS);
	complaint = machine_complaint(scene->machine);
	ck_assert_ptr_nonnull(complaint);
	ck_assert_msg(strstr(complaint, "task 0 waits in \"join 1\", which has not ended"), "%s",
		      complaint);
	ck_assert_msg(strstr(complaint, "task 1 waits in \"get 0 1\""), "%s", complaint);
	ck_assert_msg(strstr(complaint, "task 2 waits in \"join 3\", which nobody has spawned"),
		      "%s", complaint);
	ck_assert_ptr_null(strstr(complaint, "task 3 waits"));
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("spawn");
	TCase *tests = tcase_create("spawn");

	tcase_add_test(tests, a_child_runs_between_spawn_and_join);
	tcase_add_test(tests, a_join_after_the_end_does_not_wait);
	tcase_add_test(tests, a_task_that_has_ended_is_spawned_again);
	tcase_add_test(tests, item_4_fork_goes_to_the_idlest_cpu);
	tcase_add_test(tests, a_spawn_of_a_task_that_runs_is_complained_of);
	tcase_add_test(tests, who_waits_for_a_child_is_named);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
