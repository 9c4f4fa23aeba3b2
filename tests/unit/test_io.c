/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_io.c - a guest's I/O: doorbell, device, interrupt; and the pages that it is the first to touch
 *
 * A scene costs nothing but what its test says, so all times are exact.
 */
#include <check.h>

#include "models/kernel/program.h"
#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

#define IO(ns) ((struct op){ OP_IO, 0, ns })
#define TOUCH(pages) ((struct op){ OP_TOUCH, 0, pages })

static struct task *task_at(struct scene *scene, uint32_t index)
{
	return &scene->vm->tasks[index].task;
}

static struct scene *new_scene(uint32_t vcpus)
{
	struct scene *scene = scene_new(vcpus, vcpus);
	struct cost_params *cost = &scene->config.cost;

	scene->kind.vm.apic = APIC_APICV;
	cost->exit = cost->entry = 400;
	cost->io_submit = 5 * US;
	cost->io_kick = 600;
	cost->io_handler = 2 * US;
	cost->fault = 1200;
	return scene;
}

/* Alone on its vCPU, which halts: 5 us to submit, then the device's 100 us; the exits are hidden in them. */
START_TEST(an_io_sleeps_until_the_device_interrupts)
{
	struct scene *scene = new_scene(1);
	uint64_t began, exits;

	SCRIPT(scene, 0, RUN(10 * US), IO(100 * US), RUN(10 * US), IO(100 * US), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 5 * US);
	exits = scene_count(scene, COUNTER_EXITS);
	scene_run(scene, 50 * US);
	began = scene->task[0].began[1];
	ck_assert_int_eq(task_at(scene, 0)->state, TASK_SLEEPING);
	ck_assert_uint_eq(scene_count(scene, COUNTER_IO), 1);
	/* doorbell and HLT */
	ck_assert_uint_eq(scene_count(scene, COUNTER_EXITS) - exits, 2);
	scene_run(scene, SECOND);
	ck_assert_uint_eq(scene_count(scene, COUNTER_IO), 2);
	ck_assert_uint_eq(scene_count(scene, COUNTER_EXITS) - exits, 6);
	/* the thread wakes and enters the guest, the handler runs, the tick is set again: an exit */
	ck_assert_uint_eq(scene->task[0].began[2] - began,
			  5 * US + 100 * US + 400 + 2 * US + 2 * 400);
	scene_free(scene);
}
END_TEST

/* Another task runs on the vCPU when the interrupt comes: APICv posts it, else it is an exit. */
START_TEST(the_interrupt_comes_to_the_vcpu_that_submitted)
{
	bool software = _i;
	struct scene *scene = new_scene(2);
	uint64_t exits, kernel, over;

	scene->kind.vm.apic = software ? APIC_SOFTWARE : APIC_APICV;
	scene->config.cost.posted_latency = 1300;
	SCRIPT(scene, 0, IO(500 * US), RUN(10 * US));
	SCRIPT(scene, 1, RUN(FOREVER));
	SCRIPT(scene, 2, RUN(900 * US));
	scene_start(scene);
	scene_run(scene, 400 * US);
	exits = scene_count(scene, COUNTER_EXITS);
	kernel = scene_account(scene, ACCOUNT_GUEST_KERNEL);
	ck_assert_int_eq(task_at(scene, 0)->state, TASK_SLEEPING);
	over = scene->task[0].began[0] + 5 * US + 500 * US;
	scene_run(scene, over);
	ck_assert_int_eq(task_at(scene, 0)->state, TASK_SLEEPING);
	if (!software) {
		scene_run(scene, over + 1300 + 2 * US - 1);
		ck_assert_int_eq(task_at(scene, 0)->state, TASK_SLEEPING);
		scene_run(scene, over + 1300 + 2 * US);
		ck_assert_int_eq(task_at(scene, 0)->state, TASK_RUNNABLE);
	}
	scene_run(scene, over + 10 * US);
	ck_assert_int_eq(task_at(scene, 0)->state, TASK_RUNNABLE);
	ck_assert_uint_eq(task_at(scene, 0)->cpu, 0);
	/* the handler, and nothing else */
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_GUEST_KERNEL) - kernel, 2 * US);
	if (!software)
		ck_assert_uint_eq(scene_count(scene, COUNTER_EXITS), exits);
	/* vCPU 1 has not been disturbed */
	ck_assert_uint_eq(scene->vcpu[1].task.switch_ins, 1);
	scene_free(scene);
}
END_TEST

START_TEST(a_preempted_vcpu_learns_of_it_later)
{
	struct scene *scene = new_scene(1);

	SCRIPT(scene, 0, IO(100 * US), RUN(10 * US));
	SCRIPT(scene, 1, RUN(900 * US));
	scene_start(scene);
	scene_run(scene, 50 * US);
	scene_freeze(scene, 0);
	scene_run(scene, 300 * US);
	ck_assert_int_eq(task_at(scene, 0)->state, TASK_SLEEPING);
	scene_thaw(scene, 0);
	scene_run(scene, 310 * US);
	ck_assert_int_eq(task_at(scene, 0)->state, TASK_RUNNABLE);
	scene_free(scene);
}
END_TEST

/* Each page: exit, handler, entry. */
START_TEST(a_first_touch_is_an_exit)
{
	struct scene *scene = new_scene(1);
	uint64_t exits, spent;

	SCRIPT(scene, 0, RUN(10 * US), TOUCH(1), RUN(10 * US), TOUCH(100), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 5 * US);
	exits = scene_count(scene, COUNTER_EXITS);
	spent = scene_account(scene, ACCOUNT_EXIT);
	scene_run(scene, SECOND);
	ck_assert_uint_eq(scene_count(scene, COUNTER_FAULTS), 101);
	ck_assert_uint_eq(scene_count(scene, COUNTER_EXITS) - exits, 101);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_EXIT) - spent, 101 * 2 * US);
	ck_assert_uint_eq(scene->task[0].began[2] - scene->task[0].began[1], 2 * US);
	ck_assert_uint_eq(scene->task[0].began[4] - scene->task[0].began[3], 200 * US);
	scene_free(scene);
}
END_TEST

/* Between two pages another task of the guest may get the CPU. */
START_TEST(touching_many_pages_does_not_keep_the_cpu)
{
	struct scene *scene = new_scene(1);

	scene->guest_tick = MS;
	SCRIPT(scene, 0, TOUCH(20000));
	SCRIPT(scene, 1, RUN(5 * MS));
	scene_start(scene);
	scene_run(scene, 40 * MS);
	ck_assert_int_eq(task_at(scene, 0)->state, TASK_RUNNABLE);
	ck_assert_int_eq(task_at(scene, 1)->state, TASK_DEAD);
	scene_run(scene, SECOND);
	ck_assert_uint_eq(scene_count(scene, COUNTER_FAULTS), 20000);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("io");
	TCase *io = tcase_create("io");
	TCase *touch = tcase_create("touch");

	tcase_add_test(io, an_io_sleeps_until_the_device_interrupts);
	tcase_add_loop_test(io, the_interrupt_comes_to_the_vcpu_that_submitted, 0, 2);
	tcase_add_test(io, a_preempted_vcpu_learns_of_it_later);
	tcase_add_test(touch, a_first_touch_is_an_exit);
	tcase_add_test(touch, touching_many_pages_does_not_keep_the_cpu);
	suite_add_tcase(suite, io);
	suite_add_tcase(suite, touch);
	return run_suite(suite);
}
