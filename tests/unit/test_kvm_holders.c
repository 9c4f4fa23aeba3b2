/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_holders.c - preemptions of lock holders and of spinners, counted and timed by kind of lock
 *
 * kvm-and-guest.md 6.1: lock-holder preemption is a switch-out with a lock for which somebody waits, or will
 * wait during the absence. Spin locks alone: test_kvm_pv_locks.c.
 */
#include <check.h>

#include "models/kernel/program.h"
#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

#define OP(kind, object, amount) ((struct op){ OP_##kind, object, amount })
#define MUTEX_LOCK OP(KERNEL_MUTEX_LOCK, 1, 0)
#define MUTEX_UNLOCK OP(KERNEL_MUTEX_UNLOCK, 1, 0)
#define READ_LOCK OP(READ_LOCK, 1, 0)
#define WRITE_LOCK OP(WRITE_LOCK, 1, 0)
#define RW_UNLOCK OP(RW_UNLOCK, 1, 0)
#define USER_LOCK ((struct op){ OP_MUTEX_LOCK, 1, 0 })
#define USER_UNLOCK ((struct op){ OP_MUTEX_UNLOCK, 1, 0 })
#define HELD KERNEL(300 * US)

/* What each kind of lock should have counted: preempted, awaited, ns off. */
struct holders {
	uint64_t spin[3], mutex[3], rwsem[3], user[3];
};

static struct scene *new_scene(uint32_t vcpus)
{
	struct scene *scene = scene_new(vcpus, vcpus);

	scene->config.kvm.ple = PLE_OFF;
	scene->kind.vm.spin_lock = GUEST_SPIN_LOCK_NATIVE;
	return scene;
}

static uint64_t off(const struct scene *scene, enum latency_kind kind)
{
	return scene->machine->measures.latency[kind].sum;
}

static void check_kind(const struct scene *scene, const uint64_t *expected, enum counter_kind lost,
		       enum counter_kind awaited, enum latency_kind kind)
{
	ck_assert_uint_eq(scene_count(scene, lost), expected[0]);
	ck_assert_uint_eq(scene_count(scene, awaited), expected[1]);
	ck_assert_uint_eq(scene->machine->measures.latency[kind].count, expected[1]);
	ck_assert_uint_eq(off(scene, kind), expected[2]);
}

static void check(const struct scene *scene, struct holders expected)
{
	check_kind(scene, expected.spin, COUNTER_HOLDER_PREEMPTED, COUNTER_HOLDER_AWAITED,
		   LATENCY_HOLDER_OFF);
	check_kind(scene, expected.mutex, COUNTER_MUTEX_HOLDER_PREEMPTED,
		   COUNTER_MUTEX_HOLDER_AWAITED, LATENCY_MUTEX_HOLDER_OFF);
	check_kind(scene, expected.rwsem, COUNTER_RWSEM_HOLDER_PREEMPTED,
		   COUNTER_RWSEM_HOLDER_AWAITED, LATENCY_RWSEM_HOLDER_OFF);
	check_kind(scene, expected.user, COUNTER_USER_HOLDER_PREEMPTED, COUNTER_USER_HOLDER_AWAITED,
		   LATENCY_USER_HOLDER_OFF);
}

/* The vCPU is off its pCPU from `from` to `to`. */
static void absent(struct scene *scene, uint32_t vcpu, uint64_t from, uint64_t to)
{
	scene_run(scene, from);
	scene_freeze(scene, vcpu);
	scene_run(scene, to);
	scene_thaw(scene, vcpu);
	scene_run(scene, to + US);
}

/* Task 1 comes at 10 us. Loop index: with steal time it does not go on spinning, but sleeps. */
START_TEST(item_6_1_the_owner_of_a_mutex)
{
	struct scene *scene = new_scene(2);

	scene->kind.paravirt.steal_time = _i;
	SCRIPT(scene, 0, MUTEX_LOCK, HELD, MUTEX_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), MUTEX_LOCK, KERNEL(5 * US), MUTEX_UNLOCK, RUN(FOREVER));
	scene_start(scene);
	absent(scene, 0, 50 * US, 150 * US);
	ck_assert_int_eq(scene->vm->tasks[1].task.sleep_wait.spins, !_i);
	check(scene, (struct holders){ .mutex = { 1, 1, 100 * US } });
	/* it holds nothing any more */
	absent(scene, 0, 500 * US, 600 * US);
	check(scene, (struct holders){ .mutex = { 1, 1, 100 * US } });
	scene_free(scene);
}
END_TEST

/* Loop index: somebody comes while the owner is away. */
START_TEST(item_6_1_who_comes_during_the_absence_waits_as_well)
{
	struct scene *scene = new_scene(2);

	SCRIPT(scene, 0, MUTEX_LOCK, HELD, MUTEX_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 1, RUN((_i ? 80 : 800) * US), MUTEX_LOCK, KERNEL(5 * US), MUTEX_UNLOCK,
	       RUN(FOREVER));
	scene_start(scene);
	absent(scene, 0, 50 * US, 150 * US);
	check(scene, (struct holders){ .mutex = { 1, (uint64_t)_i, (uint64_t)_i * 100 * US } });
	scene_free(scene);
}
END_TEST

/* Loop index: a writer is waited for, by a reader or a writer; a reader is, by a writer. */
START_TEST(item_6_1_the_owner_of_a_rwsem)
{
	const struct op first = _i < 2 ? WRITE_LOCK : READ_LOCK;
	const struct op second = _i == 0 ? READ_LOCK : WRITE_LOCK;
	struct scene *scene = new_scene(2);

	SCRIPT(scene, 0, first, HELD, RW_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), second, KERNEL(5 * US), RW_UNLOCK, RUN(FOREVER));
	scene_start(scene);
	absent(scene, 0, 50 * US, 150 * US);
	check(scene, (struct holders){ .rwsem = { 1, 1, 100 * US } });
	absent(scene, 0, 500 * US, 600 * US);
	absent(scene, 1, 700 * US, 800 * US);
	check(scene, (struct holders){ .rwsem = { 1, 1, 100 * US } });
	scene_free(scene);
}
END_TEST

/* Readers share it: only who has it holds it, and other readers do not wait for them. */
START_TEST(item_6_1_readers_among_themselves)
{
	struct scene *scene = new_scene(3);

	SCRIPT(scene, 0, READ_LOCK, HELD, RW_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 1, READ_LOCK, KERNEL(20 * US), RW_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 2, RUN(60 * US), READ_LOCK, HELD, RW_UNLOCK, RUN(FOREVER));
	scene_start(scene);
	absent(scene, 1, 50 * US, 100 * US);
	check(scene, (struct holders){ .rwsem = { 0, 0, 0 } });
	absent(scene, 0, 110 * US, 150 * US);
	check(scene, (struct holders){ .rwsem = { 1, 0, 0 } });
	scene_free(scene);
}
END_TEST

/* Two readers came in by one grant, after a writer; another writer waits for both. */
START_TEST(item_6_1_readers_that_were_granted)
{
	struct scene *scene = new_scene(4);

	SCRIPT(scene, 0, WRITE_LOCK, KERNEL(50 * US), RW_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), READ_LOCK, HELD, RW_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 2, RUN(20 * US), READ_LOCK, HELD, RW_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 3, RUN(100 * US), WRITE_LOCK, KERNEL(5 * US), RW_UNLOCK, RUN(FOREVER));
	scene_start(scene);
	absent(scene, 1, 200 * US, 230 * US);
	absent(scene, 2, 240 * US, 280 * US);
	check(scene, (struct holders){ .rwsem = { 2, 2, 70 * US } });
	absent(scene, 0, 300 * US, 330 * US);
	check(scene, (struct holders){ .rwsem = { 2, 2, 70 * US } });
	scene_free(scene);
}
END_TEST

/* A writer that has become a reader holds it on. */
START_TEST(item_6_1_a_writer_that_downgraded)
{
	struct scene *scene = new_scene(2);

	SCRIPT(scene, 0, WRITE_LOCK, KERNEL(20 * US), OP(DOWNGRADE, 1, 0), HELD, RW_UNLOCK,
	       RUN(FOREVER));
	SCRIPT(scene, 1, RUN(30 * US), WRITE_LOCK, KERNEL(5 * US), RW_UNLOCK, RUN(FOREVER));
	scene_start(scene);
	absent(scene, 0, 100 * US, 130 * US);
	check(scene, (struct holders){ .rwsem = { 1, 1, 30 * US } });
	absent(scene, 0, 500 * US, 600 * US);
	check(scene, (struct holders){ .rwsem = { 1, 1, 30 * US } });
	scene_free(scene);
}
END_TEST

START_TEST(item_6_1_the_owner_of_a_user_mutex)
{
	struct scene *scene = new_scene(2);

	SCRIPT(scene, 0, USER_LOCK, RUN(300 * US), USER_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), USER_LOCK, RUN(5 * US), USER_UNLOCK, RUN(FOREVER));
	scene_start(scene);
	absent(scene, 0, 50 * US, 150 * US);
	check(scene, (struct holders){ .user = { 1, 1, 100 * US } });
	/* task 1 has it and is done with it long before */
	absent(scene, 1, 500 * US, 600 * US);
	check(scene, (struct holders){ .user = { 1, 1, 100 * US } });
	scene_free(scene);
}
END_TEST

/* Each kind counts by itself: here the mutex is waited for, the spin lock taken inside it is not. */
START_TEST(item_6_1_a_holder_of_several_kinds)
{
	struct scene *scene = new_scene(2);

	SCRIPT(scene, 0, MUTEX_LOCK, LOCK(1), HELD, UNLOCK(1), MUTEX_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), MUTEX_LOCK, KERNEL(5 * US), MUTEX_UNLOCK, RUN(FOREVER));
	scene_start(scene);
	absent(scene, 0, 50 * US, 150 * US);
	check(scene, (struct holders){ .spin = { 1, 0, 0 }, .mutex = { 1, 1, 100 * US } });
	scene_free(scene);
}
END_TEST

/* Task 1 holds lock 2, for which task 2 waits, and itself waits for lock 1. */
START_TEST(item_6_1_a_holder_that_waits_is_both)
{
	struct scene *scene = new_scene(3);

	SCRIPT(scene, 0, LOCK(1), HELD, UNLOCK(1), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), LOCK(2), LOCK(1), UNLOCK(1), UNLOCK(2), RUN(FOREVER));
	SCRIPT(scene, 2, RUN(20 * US), LOCK(2), UNLOCK(2), RUN(FOREVER));
	scene_start(scene);
	absent(scene, 1, 50 * US, 90 * US);
	check(scene, (struct holders){ .spin = { 1, 1, 40 * US } });
	ck_assert_uint_eq(scene_count(scene, COUNTER_WAITER_PREEMPTED), 1);
	ck_assert_uint_eq(off(scene, LATENCY_WAITER_OFF), 40 * US);
	scene_free(scene);
}
END_TEST

/* Task 1 spins for the owner, task 2 behind it. Loop index: of a rwsem. */
START_TEST(item_6_1_an_optimistic_spinner)
{
	const struct op take = _i ? WRITE_LOCK : MUTEX_LOCK;
	const struct op leave = _i ? RW_UNLOCK : MUTEX_UNLOCK;
	struct scene *scene = new_scene(3);

	SCRIPT(scene, 0, take, HELD, leave, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), take, KERNEL(5 * US), leave, RUN(FOREVER));
	SCRIPT(scene, 2, RUN(20 * US), take, KERNEL(5 * US), leave, RUN(FOREVER));
	scene_start(scene);
	absent(scene, 1, 50 * US, 80 * US);
	absent(scene, 2, 90 * US, 100 * US);
	check(scene, (struct holders){ .mutex = { 0, 0, 0 } });
	ck_assert_uint_eq(scene_count(scene, COUNTER_SPINNER_PREEMPTED), 2);
	ck_assert_uint_eq(scene_count(scene, COUNTER_WAITER_PREEMPTED), 0);
	ck_assert_uint_eq(off(scene, LATENCY_SPINNER_OFF), 40 * US);
	ck_assert_uint_eq(off(scene, LATENCY_WAITER_OFF), 0);
	scene_free(scene);
}
END_TEST

/* A spinner that gives its pCPU away in a directed yield is not preempted. */
START_TEST(item_6_1_a_yielder_is_no_waiter_that_is_preempted)
{
	struct scene *scene = scene_new(2, 2);

	scene_set(scene, "SP");
	scene_crowd(scene, 0);
	scene_run(scene, 101 * US);
	scene_lag(scene, &scene->vcpu[0].task, (int64_t)SECOND);
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert(scene->vcpu[0].preempted);
	ck_assert_uint_eq(scene_count(scene, COUNTER_WAITER_PREEMPTED), 0);
	scene_free(scene);
}
END_TEST

/* What was true at a preemption is not counted again when the vCPU sleeps and is back. */
START_TEST(item_6_1_an_absence_is_timed_once)
{
	struct scene *scene = new_scene(2);

	SCRIPT(scene, 0, LOCK(1), KERNEL(300 * US), UNLOCK(1), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), LOCK(1), UNLOCK(1), SLEEP(100 * US), RUN(FOREVER));
	scene_start(scene);
	absent(scene, 1, 50 * US, 150 * US);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[1].asked, 5);
	ck_assert_uint_eq(scene_count(scene, COUNTER_WAITER_PREEMPTED), 1);
	ck_assert_uint_eq(scene->machine->measures.latency[LATENCY_WAITER_OFF].count, 1);
	ck_assert_uint_eq(off(scene, LATENCY_WAITER_OFF), 100 * US);
	scene_free(scene);
}
END_TEST

/* Whoever polls a test-and-set lock waits as those in a line do. */
START_TEST(item_6_1_the_owner_of_a_lock_without_a_line)
{
	struct scene *scene = new_scene(2);

	scene->kind.vm.spin_lock = GUEST_SPIN_LOCK_TEST_AND_SET;
	SCRIPT(scene, 0, LOCK(1), HELD, UNLOCK(1), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), LOCK(1), UNLOCK(1), RUN(FOREVER));
	scene_start(scene);
	absent(scene, 0, 50 * US, 150 * US);
	check(scene, (struct holders){ .spin = { 1, 1, 100 * US } });
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kvm-holders");
	TCase *holders = tcase_create("holders");

	tcase_add_loop_test(holders, item_6_1_the_owner_of_a_mutex, 0, 2);
	tcase_add_test(holders, item_6_1_a_yielder_is_no_waiter_that_is_preempted);
	tcase_add_test(holders, item_6_1_an_absence_is_timed_once);
	tcase_add_test(holders, item_6_1_the_owner_of_a_lock_without_a_line);
	tcase_add_loop_test(holders, item_6_1_who_comes_during_the_absence_waits_as_well, 0, 2);
	tcase_add_loop_test(holders, item_6_1_the_owner_of_a_rwsem, 0, 3);
	tcase_add_test(holders, item_6_1_readers_among_themselves);
	tcase_add_test(holders, item_6_1_readers_that_were_granted);
	tcase_add_test(holders, item_6_1_a_writer_that_downgraded);
	tcase_add_test(holders, item_6_1_the_owner_of_a_user_mutex);
	tcase_add_test(holders, item_6_1_a_holder_of_several_kinds);
	tcase_add_test(holders, item_6_1_a_holder_that_waits_is_both);
	tcase_add_loop_test(holders, item_6_1_an_optimistic_spinner, 0, 2);
	suite_add_tcase(suite, holders);
	return run_suite(suite);
}
