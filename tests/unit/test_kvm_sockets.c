/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_sockets.c - queues that are sockets: when, and how many of those who wait for room are woken
 *
 * Measured on Linux 6.18: an AF_UNIX stream socket that holds 278 messages is writable again when 69
 * are left, and all who wait for that are woken. Here it holds 16.
 */
#include <check.h>

#include "models/kernel/objects.h"
#include "models/kernel/program.h"
#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

static bool sleeps(const struct scene *scene, uint32_t task)
{
	return scene->vm->tasks[task].task.state == TASK_SLEEPING;
}

/* The queue is full and two wait for room; the reader takes one item at 100 us. */
static struct scene *full_queue(uint64_t sockets)
{
	struct scene *scene = scene_new(3, 3);

	scene->config.kvm.ple = PLE_OFF;
	scene->sockets = sockets;
	SCRIPT(scene, 0, PUT(0, 16), PUT(0, 1), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(20 * US), PUT(0, 1), RUN(FOREVER));
	SCRIPT(scene, 2, RUN(100 * US), GET(0, 1), RUN(10 * US));
	return scene;
}

/* `left`: with what the writers have put who were woken. */
static void take(struct scene *scene, uint64_t items, uint64_t left)
{
	struct bounded_queue *queue;

	scene_start(scene);
	scene_run(scene, 90 * US);
	queue = &scene->vm->guest.objects->queue[0];
	ck_assert(sleeps(scene, 0) && sleeps(scene, 1));
	ck_assert_uint_eq(queue->items, 16);
	queue->items = items; /* as if the reader had been at work */
	scene_run(scene, 108 * US);
	ck_assert_uint_eq(queue->items, left);
}

START_TEST(a_queue_wakes_one_writer_at_each_read)
{
	struct scene *scene = full_queue(0);

	take(scene, 16, 16);
	ck_assert(!sleeps(scene, 0));
	ck_assert(sleeps(scene, 1));
	scene_free(scene);
}
END_TEST

/* 16 / 4: with 5 left nobody is told, with 4 both are. */
START_TEST(a_socket_wakes_all_writers_at_a_quarter)
{
	struct scene *scene = full_queue(4);

	take(scene, _i ? 5 : 6, _i ? 6 : 5);
	ck_assert(sleeps(scene, 0) == !_i);
	ck_assert(sleeps(scene, 1) == !_i);
	scene_free(scene);
}
END_TEST

/* Its lock is of the kernel and modelled: no mutex of user space is paid for. */
START_TEST(a_socket_costs_no_mutex)
{
	struct scene *scene = scene_new(1, 1);

	scene->sockets = _i ? 4 : 0;
	SCRIPT(scene, 0, PUT(0, 1), GET(0, 1), RUN(10 * US), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 1000 * US);
	ck_assert_uint_eq(scene->task[0].began[3] - scene->task[0].began[2],
			  10 * US + (_i ? 0 : 4 * scene->vm->guest.costs.mutex));
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sockets");
	TCase *tcase = tcase_create("sockets");

	tcase_add_test(tcase, a_queue_wakes_one_writer_at_each_read);
	tcase_add_loop_test(tcase, a_socket_wakes_all_writers_at_a_quarter, 0, 2);
	tcase_add_loop_test(tcase, a_socket_costs_no_mutex, 0, 2);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
