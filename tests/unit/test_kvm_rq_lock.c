/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_rq_lock.c - who meets at the lock of a run queue waits, in order of arrival
 *
 * kvm-and-guest.md 2.3 (what yield_to() locks) and 5 (contended in storms).
 */
#include <check.h>

#include "models/kernel/rq_lock.h"
#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

#define TEXT 64

/* The reschedule interrupt of a yield comes long after what is looked at. */
static struct scene *new_scene(uint32_t cpus, uint64_t hold)
{
	struct scene *scene = scene_new(cpus, cpus);

	scene->config.cost.ipi_latency = MS;
	scene->config.cost.yield_to = 5000;
	scene->config.cost.rq_lock = hold;
	scene->config.cost.rq_lock_switch = 4 * hold;
	return scene;
}

/* Three pause loops end in the same ns, and all choose vCPU 3. */
START_TEST(yielders_to_one_queue_wait_in_order)
{
	struct scene *scene = new_scene(4, 1000);
	char text[TEXT];
	uint64_t first;

	scene_set(scene, "SSSP");
	scene_run_until(scene, COUNTER_YIELD_OK, 1);
	first = scene_now(scene);
	ck_assert_uint_eq(scene_count(scene, COUNTER_SCANS), 3);
	ck_assert_uint_eq(scene_count(scene, COUNTER_RQ_LOCK_WAITS), 2);
	ck_assert_uint_eq(scene_count(scene, COUNTER_RQ_LOCK_WAIT_NS), 1000 + 2000);
	scene_run(scene, first + 999);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_OK), 1);
	scene_run(scene, first + 1000);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_OK), 2);
	ck_assert_str_eq(scene_boosts(scene, 1, text, TEXT), "3");
	scene_run(scene, first + 1999);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_OK), 2);
	scene_run(scene, first + 2000);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_OK), 3);
	ck_assert_str_eq(scene_boosts(scene, 2, text, TEXT), "3");
	scene_free(scene);
}
END_TEST

/* What waited on the way finds that the target runs. */
START_TEST(the_target_is_looked_at_after_the_wait)
{
	struct scene *scene = new_scene(3, 20 * US);

	scene_set(scene, "SSP");
	scene_crowd(scene, 0);
	scene_crowd(scene, 1);
	scene_run_until(scene, COUNTER_YIELD_OK, 1);
	scene_thaw(scene, 2);
	scene_run(scene, scene_now(scene) + 30 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_OK), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_REFUSED), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_ESRCH), 0);
	scene_free(scene);
}
END_TEST

/* One yielder, and a pCPU that reschedules later: nobody meets, nothing changes. */
static uint64_t alone(uint64_t hold)
{
	struct scene *scene = new_scene(2, hold);
	uint64_t fingerprint;

	scene_set(scene, "SP");
	scene_run(scene, 5 * MS);
	ck_assert_uint_ge(scene_count(scene, COUNTER_YIELD_OK), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_RQ_LOCK_WAITS), 0);
	fingerprint = scene->machine->engine.fingerprint;
	scene_free(scene);
	return fingerprint;
}

START_TEST(who_meets_nobody_sees_no_lock)
{
	ck_assert_uint_eq(alone(1000), alone(0));
}
END_TEST

/* The wait for the second of two locks holds the first. */
START_TEST(both_are_held_while_one_is_awaited)
{
	struct scene *scene = new_scene(3, 1000);
	struct kernel_cpu *cpu;

	scene_set(scene, "RRR");
	cpu = scene->machine->host.cpu;
	ck_assert_uint_eq(rq_lock_take(&cpu[1], scene_now(scene), 3000), 0);
	ck_assert_uint_eq(rq_lock_take_both(&cpu[0], &cpu[1], scene_now(scene)), 3000);
	ck_assert_uint_eq(rq_lock_take_both(&cpu[2], &cpu[0], scene_now(scene)), 4000);
	rq_lock_hold(&cpu[2]);
	ck_assert_uint_eq(rq_lock_take_both(&cpu[2], &cpu[2], scene_now(scene)), 6000);
	ck_assert_uint_eq(rq_lock_take(&cpu[1], scene_now(scene) + 4500, 1), 0);
	scene_free(scene);
}
END_TEST

/* schedule() picks when it has the lock, so a yield that comes while it waits still counts. */
START_TEST(a_pick_waits_for_the_lock)
{
	struct scene *scene = new_scene(2, 1000);
	struct kernel_cpu *cpu;
	uint64_t now;

	scene->config.cost.ipi_latency = 0;
	scene_set(scene, "RP");
	cpu = &scene->machine->host.cpu[1];
	now = scene_now(scene);
	scene_lag(scene, &scene->vcpu[1].task, -(int64_t)MS);
	cpu->rq_free = now + 5000;
	kernel_yield_to(&scene->machine->host.cpu[0], &scene->vcpu[1].task);
	scene_run(scene, now + 4999);
	ck_assert_ptr_eq(cpu->current, &scene->hog[0].task);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_SWITCH), 4999);
	scene_run(scene, now + 5000);
	ck_assert_ptr_eq(cpu->current, &scene->vcpu[1].task);
	ck_assert_uint_eq(cpu->rq_free, now + 5000 + 4000);
	scene_free(scene);
}
END_TEST

/* A tick lasts as much longer as it waits. */
START_TEST(a_tick_waits_for_the_lock)
{
	struct scene *scene = new_scene(1, 1000);
	uint64_t before;

	scene->host_tick = MS;
	scene->config.cost.tick = 2000;
	scene_set(scene, "R");
	scene_run(scene, MS / 2);
	before = scene_account(scene, ACCOUNT_EXIT);
	scene->machine->host.cpu[0].rq_free = MS + 700;
	scene_run(scene, 2 * MS + MS / 2);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_EXIT) - before, 2 * 2000 + 700);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("locks of run queues");
	TCase *tcase = tcase_create("rq_lock");

	tcase_add_test(tcase, yielders_to_one_queue_wait_in_order);
	tcase_add_test(tcase, the_target_is_looked_at_after_the_wait);
	tcase_add_test(tcase, who_meets_nobody_sees_no_lock);
	tcase_add_test(tcase, both_are_held_while_one_is_awaited);
	tcase_add_test(tcase, a_pick_waits_for_the_lock);
	tcase_add_test(tcase, a_tick_waits_for_the_lock);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
