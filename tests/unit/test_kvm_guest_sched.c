/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_guest_sched.c - a guest's scheduler on vCPUs that come and go
 *
 * Names carry the items of kvm-and-guest.md (3.9: an idle CPU whose vCPU is preempted is not idle) and of
 * eevdf.md (5: balancing). Written from the texts.
 */
#include <check.h>

#include "models/kernel/program.h"
#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

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

static struct scene *new_scene(uint32_t vcpus)
{
	struct scene *scene = scene_new(vcpus, vcpus);

	scene->config.kvm.ple = PLE_OFF;
	scene->kind.paravirt.steal_time = true;
	scene->guest_tick = MS;
	return scene;
}

/* Task 1 sleeps on vCPU 1 until task 0 wakes it at 100 us; vCPU 2 is idle since ever. */
static struct scene *wakeup(const char *kernel)
{
	struct scene *scene = new_scene(3);

	scene->kind.guest.kernel = scene_version(kernel);
	SCRIPT(scene, 0, RUN(100 * US), PUT(0, 1), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), GET(0, 1), RUN(FOREVER));
	start_free(scene);
	scene_run(scene, 90 * US);
	ck_assert_int_eq(task_at(scene, 1)->state, TASK_SLEEPING);
	ck_assert(scene->vcpu[1].blocking && scene->vcpu[2].blocking);
	return scene;
}

static uint32_t woken_on(struct scene *scene)
{
	scene_run(scene, 110 * US);
	ck_assert_int_eq(task_at(scene, 1)->state, TASK_RUNNABLE);
	return task_at(scene, 1)->cpu;
}

START_TEST(item_3_9_a_wakee_goes_back_to_its_idle_vcpu)
{
	struct scene *scene = wakeup("6.19");

	/* a halted vCPU is not reported as preempted: 3.8 */
	ck_assert(!scene->vcpu[1].steal_preempted);
	ck_assert_uint_eq(woken_on(scene), 1);
	scene_free(scene);
}
END_TEST

START_TEST(item_3_9_an_idle_vcpu_that_is_preempted_is_passed_over)
{
	struct scene *scene = wakeup("6.19");

	scene->vcpu[1].steal_preempted = true;
	ck_assert_uint_eq(woken_on(scene), 2);
	scene_free(scene);
}
END_TEST

/* 4.4 does not ask. */
START_TEST(item_3_9_an_old_guest_takes_it_all_the_same)
{
	struct scene *scene = wakeup("4.4");

	scene->vcpu[1].steal_preempted = true;
	ck_assert_uint_eq(woken_on(scene), 1);
	scene_free(scene);
}
END_TEST

/* If none is left, the wakee queues behind somebody: where it was, or at its waker. */
START_TEST(item_3_9_with_all_idle_ones_preempted_none_is_idle)
{
	struct scene *scene = wakeup("6.19");

	scene->vcpu[1].steal_preempted = scene->vcpu[2].steal_preempted = true;
	ck_assert_uint_lt(woken_on(scene), 2);
	scene_free(scene);
}
END_TEST

/* A host of 5.3 flags a vCPU that halts, too (3.8): to its guest no idle vCPU is idle. */
START_TEST(item_3_8_an_old_host_makes_halted_vcpus_look_preempted)
{
	struct scene *scene = new_scene(3);

	scene->config.host.kernel = scene_version("5.3");
	SCRIPT(scene, 0, RUN(100 * US), PUT(0, 1), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), GET(0, 1), RUN(FOREVER));
	start_free(scene);
	scene_run(scene, 90 * US);
	ck_assert(scene->vcpu[1].steal_preempted);
	scene_free(scene);
}
END_TEST

/* A vCPU that polls while it is idle can really be preempted there. */
START_TEST(item_3_9_a_preempted_poller_is_passed_over)
{
	struct scene *scene = new_scene(3);

	scene->kind.guest.haltpoll = 1;
	scene->kind.guest.haltpoll_ns = 10 * MS;
	scene->kind.guest.haltpoll_grow = 2;
	scene->kind.guest.haltpoll_grow_start = 10 * MS;
	SCRIPT(scene, 0, RUN(50 * US), PUT(0, 1), RUN(450 * US), PUT(0, 1), RUN(FOREVER));
	SCRIPT(scene, 1, GET(0, 1));
	scene->task[1].rounds = 10;
	start_free(scene);
	scene_run(scene, 100 * US);
	ck_assert(scene->vm->guest.cpu[1].idle.polls);
	scene_freeze(scene, 1);
	scene_run(scene, 400 * US);
	ck_assert(scene->vcpu[1].steal_preempted);
	scene_run(scene, 510 * US);
	/* it has run at once, and waits for the next item */
	ck_assert_uint_eq(scene->task[1].rounds, 10 - 2);
	ck_assert_uint_eq(task_at(scene, 1)->cpu, 2);
	scene_free(scene);
}
END_TEST

/* ns that a task has had a vCPU by the guest's reckoning. */
static uint64_t ran(struct scene *scene, uint32_t index)
{
	const struct task *task = task_at(scene, index);

	return task->run_total + (task_running(task) ? scene_now(scene) - task->running_since : 0);
}

START_TEST(more_tasks_than_vcpus_share_them)
{
	struct scene *scene = new_scene(2);

	scene->tasks = 6;
	for (uint32_t i = 0; i < 6; i++)
		SCRIPT(scene, i, RUN(FOREVER));
	start_free(scene);
	scene_run(scene, 300 * MS);
	for (uint32_t i = 0; i < 6; i++) {
		ck_assert_uint_ge(ran(scene, i), 92 * MS);
		ck_assert_uint_le(ran(scene, i), 108 * MS);
	}
	scene_free(scene);
}
END_TEST

/* Its own task ends: a vCPU takes one that waits elsewhere, within a tick or at once. */
START_TEST(eevdf_5_1_an_idle_vcpu_pulls_a_waiting_task)
{
	struct scene *scene = new_scene(2);

	scene->tasks = 4; /* 0 and 2 on vCPU 0 */
	SCRIPT(scene, 0, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(5 * MS));
	SCRIPT(scene, 2, RUN(FOREVER));
	start_free(scene);
	scene_run(scene, 20 * MS);
	ck_assert_uint_eq(scene_count(scene, COUNTER_MOVED_GUEST), 1);
	ck_assert_uint_ne(task_at(scene, 0)->cpu, task_at(scene, 2)->cpu);
	scene_free(scene);
}
END_TEST

/* ... also from a vCPU that is off: a queue is memory, and needs no CPU that runs. */
START_TEST(eevdf_5_1_a_preempted_vcpu_is_pulled_from)
{
	struct scene *scene = new_scene(2);

	scene->kind.guest.kernel = scene_version("6.12"); /* later ones leave tries out by chance */
	scene->tasks = 4;
	SCRIPT(scene, 0, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(20 * MS));
	SCRIPT(scene, 2, RUN(FOREVER));
	start_free(scene);
	scene_run(scene, 10500 * US);
	scene_freeze(scene, 0);
	scene_run(scene, 40 * MS);
	ck_assert_uint_eq(scene_count(scene, COUNTER_MOVED_GUEST), 1);
	ck_assert(task_at(scene, 0)->cpu == 1 || task_at(scene, 2)->cpu == 1);
	scene_free(scene);
}
END_TEST

/* What a vCPU executes when it is preempted waits with it, whoever is idle. */
START_TEST(a_running_task_does_not_leave_its_preempted_vcpu)
{
	struct scene *scene = new_scene(2);

	scene->tasks = 1;
	SCRIPT(scene, 0, RUN(5 * MS), RUN(FOREVER));
	start_free(scene);
	scene_run(scene, MS);
	scene_freeze(scene, 0);
	scene_run(scene, 100 * MS);
	ck_assert_uint_eq(scene_count(scene, COUNTER_MOVED_GUEST), 0);
	ck_assert_uint_eq(scene->task[0].asked, 1);
	scene_thaw(scene, 0);
	scene_run(scene, 110 * MS);
	ck_assert_uint_eq(scene->task[0].began[1], 104 * MS);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kvm-guest-sched");
	TCase *wake = tcase_create("wake");
	TCase *balance = tcase_create("balance");

	tcase_add_test(wake, item_3_9_a_wakee_goes_back_to_its_idle_vcpu);
	tcase_add_test(wake, item_3_9_an_idle_vcpu_that_is_preempted_is_passed_over);
	tcase_add_test(wake, item_3_9_an_old_guest_takes_it_all_the_same);
	tcase_add_test(wake, item_3_9_with_all_idle_ones_preempted_none_is_idle);
	tcase_add_test(wake, item_3_8_an_old_host_makes_halted_vcpus_look_preempted);
	tcase_add_test(wake, item_3_9_a_preempted_poller_is_passed_over);
	suite_add_tcase(suite, wake);
	tcase_add_test(balance, more_tasks_than_vcpus_share_them);
	tcase_add_test(balance, eevdf_5_1_an_idle_vcpu_pulls_a_waiting_task);
	tcase_add_test(balance, eevdf_5_1_a_preempted_vcpu_is_pulled_from);
	tcase_add_test(balance, a_running_task_does_not_leave_its_preempted_vcpu);
	suite_add_tcase(suite, balance);
	return run_suite(suite);
}
