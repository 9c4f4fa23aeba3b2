/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_calls.c - functions called on all other CPUs, waiting for them or not
 *
 * kvm-and-guest.md 3.4, written from the text. The functions take 10 us; nothing else takes time.
 */
#include <check.h>

#include "models/kernel/cross_call.h"
#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

#define CALL ((struct op){ OP_CALL_ALL, 0, 10 * US })
#define CALL_ASYNC ((struct op){ OP_CALL_ASYNC, 0, 10 * US })

static struct scene *new_scene(uint32_t vcpus)
{
	struct scene *scene = scene_new(vcpus, vcpus);

	scene->config.kvm.ple = PLE_OFF;
	return scene;
}

/* Every other CPU runs the function, idle ones, too; the caller spins until the last has done so. */
START_TEST(item_3_4_a_call_that_waits)
{
	struct scene *scene = new_scene(4);

	SCRIPT(scene, 0, RUN(100 * US), CALL, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(300 * US), RUN(FOREVER));
	SCRIPT(scene, 2, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 50 * US);
	scene_freeze(scene, 2);
	scene_run(scene, 400 * US);
	ck_assert_uint_eq(scene->task[0].asked, 2);
	ck_assert_uint_eq(scene->task[1].began[1], 310 * US);
	scene_thaw(scene, 2);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[0].began[2], 410 * US);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_SPIN_IPI), 310 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_IPIS), 3);
	ck_assert_uint_eq(scene_count(scene, COUNTER_CALLS), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_SHOOTDOWNS), 0);
	ck_assert_uint_eq(scene->machine->measures.latency[LATENCY_IPI_RESPONSE].sum, 310 * US);
	scene_free(scene);
}
END_TEST

/* Who does not wait goes on at once; the target runs the function when it can. */
START_TEST(item_3_4_a_call_that_does_not_wait)
{
	struct scene *scene = new_scene(2);

	SCRIPT(scene, 0, RUN(100 * US), CALL_ASYNC, RUN(50 * US), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(300 * US), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 50 * US);
	scene_freeze(scene, 1);
	scene_run(scene, 200 * US);
	/* what the oracles ask: a yield to vCPU 1 would do nothing for vCPU 0 */
	ck_assert(!cross_call_waits_for(scene->vcpu[0].cpu.client, 1));
	ck_assert_uint_eq(scene->task[0].began[2], 100 * US);
	ck_assert_uint_eq(scene->task[0].began[3], 150 * US);
	scene_thaw(scene, 1);
	scene_run(scene, MS);
	/* 50 us done before, 150 us away, the function, 250 us left */
	ck_assert_uint_eq(scene->task[1].began[1], 460 * US);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_SPIN_IPI), 0);
	ck_assert_uint_eq(scene->machine->measures.latency[LATENCY_IPI_RESPONSE].count, 0);
	scene_free(scene);
}
END_TEST

/* The slot of a target that has not come to it is taken: the next call, waiting or not, spins for it.
 * Loop index: what kind the next one is. */
START_TEST(item_3_4_the_next_call_waits_for_its_slots)
{
	static const struct op next[] = { { OP_CALL_ASYNC, 0, 10 * US },
					  { OP_CALL_ALL, 0, 10 * US },
					  { OP_SHOOTDOWN, 0, 1 } };
	struct scene *scene = new_scene(2);

	SCRIPT(scene, 0, RUN(100 * US), CALL_ASYNC, RUN(50 * US), next[_i], RUN(FOREVER));
	SCRIPT(scene, 1, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 50 * US);
	scene_freeze(scene, 1);
	scene_run(scene, 400 * US);
	ck_assert_uint_eq(scene->task[0].asked, 4);
	ck_assert(cross_call_waits_for(scene->vcpu[0].cpu.client, 1));
	scene_thaw(scene, 1);
	scene_run(scene, MS);
	/* free when the first function has run; then the second one's own time, if it is waited for */
	ck_assert_uint_eq(scene->task[0].began[4], (_i == 1 ? 420 : 410) * US);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_SPIN_IPI), (_i == 1 ? 270 : 260) * US);
	scene_free(scene);
}
END_TEST

/* Calls of two senders in one list: one interrupt, both functions, and a flush beside them. */
START_TEST(item_3_4_one_interrupt_runs_the_whole_list)
{
	struct scene *scene = new_scene(3);

	scene->config.cost.flush_page = 3 * US;
	SCRIPT(scene, 0, RUN(100 * US), CALL_ASYNC, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(200 * US), SHOOTDOWN(1), RUN(FOREVER));
	SCRIPT(scene, 2, RUN(300 * US), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 50 * US);
	scene_freeze(scene, 2);
	scene_run(scene, 400 * US);
	scene_thaw(scene, 2);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[2].began[1], 300 * US + 350 * US + 13 * US);
	/* whoever waits is served first, and let go before the other function runs */
	ck_assert_uint_eq(scene->task[1].began[2], 403 * US);
	/* of vCPU 1 by vCPU 0, of both others by vCPU 1, of which that of vCPU 2 is under way */
	ck_assert_uint_eq(scene_count(scene, COUNTER_IPIS), 3);
	scene_free(scene);
}
END_TEST

/* Each slot is released right after its function: the first caller does not wait for the second one's. */
START_TEST(item_3_4_each_caller_is_let_go_after_its_function)
{
	struct scene *scene = new_scene(3);

	scene->config.cost.flush_page = 3 * US;
	SCRIPT(scene, 0, RUN(100 * US), CALL, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(200 * US), SHOOTDOWN(1), RUN(FOREVER));
	SCRIPT(scene, 2, RUN(300 * US), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 50 * US);
	scene_freeze(scene, 2);
	scene_run(scene, 400 * US);
	scene_thaw(scene, 2);
	scene_run(scene, 410 * US);
	ck_assert(!scene->vcpu[2].cpu.irqs_on);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[0].began[2], 410 * US);
	ck_assert_uint_eq(scene->task[1].began[2], 413 * US);
	ck_assert_uint_eq(scene->task[2].began[1], 300 * US + 350 * US + 13 * US);
	scene_free(scene);
}
END_TEST

/* A pause-loop exit in the wait for slots waits for the target, so yields to it are right ones. */
START_TEST(item_3_4_the_wait_for_slots_is_a_pause_loop)
{
	struct scene *scene = new_scene(2);

	scene->config.kvm.ple = PLE_INTEL;
	SCRIPT(scene, 0, RUN(100 * US), CALL_ASYNC, CALL_ASYNC, RUN(FOREVER));
	SCRIPT(scene, 1, KERNEL(FOREVER));
	scene_start(scene);
	scene_run(scene, 50 * US);
	scene_freeze(scene, 1);
	scene_run(scene, 100 * US + 5 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PLE_EXITS), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_OK), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_RIGHT), 1);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kvm-calls");
	TCase *calls = tcase_create("calls");

	tcase_add_test(calls, item_3_4_a_call_that_waits);
	tcase_add_test(calls, item_3_4_a_call_that_does_not_wait);
	tcase_add_loop_test(calls, item_3_4_the_next_call_waits_for_its_slots, 0, 3);
	tcase_add_test(calls, item_3_4_one_interrupt_runs_the_whole_list);
	tcase_add_test(calls, item_3_4_each_caller_is_let_go_after_its_function);
	tcase_add_test(calls, item_3_4_the_wait_for_slots_is_a_pause_loop);
	suite_add_tcase(suite, calls);
	return run_suite(suite);
}
