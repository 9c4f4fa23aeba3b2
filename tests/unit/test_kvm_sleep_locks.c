/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_sleep_locks.c - a guest's mutexes, rwsems, futexes, barriers and condition variables
 *
 * Names carry the numbers of kvm-and-guest.md: test 55, and 3.9 for the rest. Written from the text. A
 * poll takes a nanosecond; pause-loop exits are off.
 */
#include <check.h>

#include "models/kernel/objects.h"
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

static struct scene *new_scene(uint32_t vcpus)
{
	struct scene *scene = scene_new(vcpus, vcpus);

	scene->config.kvm.ple = PLE_OFF;
	scene->kind.paravirt.steal_time = true;
	return scene;
}

static enum task_state state(const struct scene *scene, uint32_t task)
{
	return scene->vm->tasks[task].task.state;
}

static bool spins(const struct scene *scene, uint32_t task)
{
	return scene->vm->tasks[task].task.sleep_wait.spins;
}

/* The mutex is held from 0 on for 300 us; the others come at 10 and 20 us. */
static struct scene *spinners(void)
{
	struct scene *scene = new_scene(3);

	SCRIPT(scene, 0, MUTEX_LOCK, KERNEL(300 * US), MUTEX_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), MUTEX_LOCK, KERNEL(5 * US), MUTEX_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 2, RUN(20 * US), MUTEX_LOCK, KERNEL(5 * US), MUTEX_UNLOCK, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 50 * US);
	ck_assert(spins(scene, 1) && spins(scene, 2));
	return scene;
}

START_TEST(item_3_9_spinners_get_the_lock_in_turn_without_sleep)
{
	struct scene *scene = spinners();

	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[1].began[2], 300 * US);
	ck_assert_uint_eq(scene->task[2].began[2], 305 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_SLEEP_LOCK_CONTENDED), 2);
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_SLEEPS), 0);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_SPIN_MUTEX), 290 * US + 285 * US);
	scene_free(scene);
}
END_TEST

START_TEST(t55_an_osq_waiter_behind_a_preempted_one_leaves)
{
	struct scene *scene = spinners();

	scene_freeze(scene, 1);
	ck_assert(scene->vcpu[1].steal_preempted);
	scene_run(scene, scene_now(scene) + 2);
	ck_assert(!spins(scene, 2));
	ck_assert_int_eq(state(scene, 2), TASK_SLEEPING);
	ck_assert(spins(scene, 1)); /* it does not run, so it does not leave */
	scene_free(scene);
}
END_TEST

START_TEST(t55_a_spinner_leaves_when_the_owner_is_preempted)
{
	struct scene *scene = spinners();

	scene_freeze(scene, 0);
	scene_run(scene, scene_now(scene) + 2);
	ck_assert_int_eq(state(scene, 1), TASK_SLEEPING);
	/* the one behind it has become the head, and looked itself */
	ck_assert_int_eq(state(scene, 2), TASK_SLEEPING);
	scene_run(scene, 400 * US);
	scene_thaw(scene, 0);
	scene_run(scene, 2 * MS);
	/* 250 us of the section were left; the first in line is woken first */
	ck_assert_uint_eq(scene->task[1].began[2], 650 * US);
	ck_assert_uint_eq(scene->task[2].began[2], 655 * US);
	scene_free(scene);
}
END_TEST

/* 45: the byte is all that the guest knows. Without steal time, or where the host does not tell, spinners
 * go on spinning for an owner that does not run. */
START_TEST(t55_without_the_byte_nobody_leaves)
{
	struct scene *scene = new_scene(2);

	scene->kind.paravirt.steal_time = false;
	SCRIPT(scene, 0, MUTEX_LOCK, KERNEL(300 * US), MUTEX_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), MUTEX_LOCK, KERNEL(5 * US), MUTEX_UNLOCK, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 50 * US);
	scene_freeze(scene, 0);
	scene_run(scene, MS);
	ck_assert(spins(scene, 1));
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_SPIN_MUTEX), 990 * US);
	scene_free(scene);
}
END_TEST

/* A stale byte: set, though the owner runs. The spinner that looks believes it. */
START_TEST(t55_a_stale_byte_is_believed)
{
	struct scene *scene = new_scene(2);

	SCRIPT(scene, 0, MUTEX_LOCK, KERNEL(300 * US), MUTEX_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), MUTEX_LOCK, KERNEL(5 * US), MUTEX_UNLOCK, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 5 * US);
	scene->vcpu[0].steal_preempted = true;
	scene_run(scene, 10 * US);
	ck_assert_int_eq(state(scene, 1), TASK_SLEEPING);
	scene_free(scene);
}
END_TEST

START_TEST(item_3_9_an_owner_that_sleeps_is_not_spun_for)
{
	struct scene *scene = new_scene(2);

	SCRIPT(scene, 0, MUTEX_LOCK, KERNEL(100 * US), SLEEP(100 * US), MUTEX_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), MUTEX_LOCK, KERNEL(5 * US), MUTEX_UNLOCK, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 99 * US);
	ck_assert(spins(scene, 1));
	scene_run(scene, 101 * US);
	ck_assert_int_eq(state(scene, 1), TASK_SLEEPING);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[1].began[2], 200 * US);
	scene_free(scene);
}
END_TEST

/* Another task wants the spinner's CPU: the guest's tick asks for it, and it goes to sleep. */
START_TEST(item_3_9_a_spinner_gives_way_on_its_own_cpu)
{
	struct scene *scene = new_scene(2);

	scene->guest_tick = MS;
	scene->tasks = 5; /* task 3 is another one for vCPU 1 */
	SCRIPT(scene, 0, MUTEX_LOCK, KERNEL(100 * MS), MUTEX_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), MUTEX_LOCK, RUN(FOREVER));
	SCRIPT(scene, 3, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 50 * US);
	ck_assert(spins(scene, 1));
	scene_run(scene, 20 * MS);
	ck_assert(!spins(scene, 1));
	ck_assert_int_eq(state(scene, 1), TASK_SLEEPING);
	scene_free(scene);
}
END_TEST

/* One that was woken in vain asks for a hand-off: the next unlock gives the mutex to it and nobody else. */
START_TEST(item_3_9_a_mutex_is_handed_to_the_first_in_line)
{
	struct scene *scene = new_scene(3);

	scene->config.cost.guest_switch = 20 * US; /* what the sleeper needs to come back */
	SCRIPT(scene, 0, MUTEX_LOCK, KERNEL(50 * US), SLEEP(100 * US), MUTEX_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), MUTEX_LOCK, KERNEL(5 * US), MUTEX_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 2, RUN(175 * US), MUTEX_LOCK, KERNEL(50 * US), MUTEX_UNLOCK, MUTEX_LOCK,
	       KERNEL(US), MUTEX_UNLOCK, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 189 * US);
	ck_assert_int_eq(state(scene, 1), TASK_SLEEPING);
	scene_run(scene, 2 * MS);
	/* free at 190 us; taken at 195 us; task 1 is back at 210 us and waits for the hand-off */
	ck_assert_uint_eq(scene->task[0].began[4], 190 * US);
	ck_assert_uint_eq(scene->task[2].began[2], 195 * US);
	ck_assert_uint_eq(scene->task[2].began[4], 245 * US);
	ck_assert_uint_eq(scene->task[1].began[2], 245 * US);
	ck_assert_uint_eq(scene->task[2].began[5], 250 * US);
	scene_free(scene);
}
END_TEST

START_TEST(item_3_9_readers_share_and_a_writer_waits)
{
	struct scene *scene = new_scene(3);

	SCRIPT(scene, 0, READ_LOCK, KERNEL(100 * US), RW_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), READ_LOCK, KERNEL(100 * US), RW_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 2, RUN(20 * US), WRITE_LOCK, KERNEL(US), RW_UNLOCK, RUN(FOREVER));
	scene_start(scene);
	/* two readers: 10 us and twice half a us of spin, then it sleeps */
	scene_run(scene, 31 * US - 1);
	ck_assert(spins(scene, 2));
	scene_run(scene, 31 * US);
	ck_assert_int_eq(state(scene, 2), TASK_SLEEPING);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[1].began[2], 10 * US);
	ck_assert_uint_eq(scene->task[2].began[2], 110 * US);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_SPIN_RWSEM), 11 * US);
	scene_free(scene);
}
END_TEST

/* Readers behind a waiting writer queue up, and get the lock together. */
START_TEST(item_3_9_readers_in_line_are_granted_together)
{
	struct scene *scene = new_scene(4);

	SCRIPT(scene, 0, READ_LOCK, KERNEL(100 * US), RW_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), WRITE_LOCK, KERNEL(50 * US), RW_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 2, RUN(40 * US), READ_LOCK, KERNEL(5 * US), RW_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 3, RUN(50 * US), READ_LOCK, KERNEL(5 * US), RW_UNLOCK, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[1].began[2], 100 * US);
	ck_assert_uint_eq(scene->task[2].began[2], 150 * US);
	ck_assert_uint_eq(scene->task[3].began[2], 150 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_SLEEPS), 3);
	scene_free(scene);
}
END_TEST

/* downgrade_write(): the readers that are first in line come in, the writer that spins goes on waiting. */
START_TEST(item_3_9_a_writer_that_downgrades_lets_readers_in)
{
	struct scene *scene = new_scene(3);

	SCRIPT(scene, 0, WRITE_LOCK, KERNEL(50 * US), OP(DOWNGRADE, 1, 0), KERNEL(100 * US),
	       RW_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), READ_LOCK, KERNEL(5 * US), RW_UNLOCK, RUN(FOREVER));
	SCRIPT(scene, 2, RUN(20 * US), WRITE_LOCK, KERNEL(5 * US), RW_UNLOCK, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 49 * US);
	ck_assert_int_eq(state(scene, 1), TASK_SLEEPING);
	ck_assert(spins(scene, 2));
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[1].began[2], 50 * US);
	ck_assert_uint_eq(scene->task[0].began[4], 150 * US);
	ck_assert_uint_eq(scene->task[2].began[2], 150 * US);
	scene_free(scene);
}
END_TEST

/* A wake that comes first is not lost; a later wait sleeps until the next. */
/*
 * Whoever holds a lock of the kernel is in a system call: under `none` it gives its CPU away after that,
 * not between two parts of it. A lazy kernel's tick preempts it there, at the second tick (eevdf.md 6).
 */
static const struct {
	enum preemption preemption;
	uint64_t unlocks; /* ns */
} holders[] = { { PREEMPTION_NONE, 15 * MS },
		{ PREEMPTION_VOLUNTARY, 15 * MS },
		{ PREEMPTION_LAZY, 0 } };

START_TEST(a_holder_is_preempted_in_a_preemptible_kernel_only)
{
	struct scene *scene = scene_new(1, 1);
	uint64_t unlocks;

	scene->tasks = 2;
	scene->guest_tick = MS;
	scene->kind.guest.preemption = holders[_i].preemption;
	SCRIPT(scene, 0, WRITE_LOCK, KERNEL(5 * MS), KERNEL(5 * MS), KERNEL(5 * MS), RW_UNLOCK,
	       RUN(FOREVER));
	SCRIPT(scene, 1, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 60 * MS);
	unlocks = scene->task[0].began[4] - scene->task[0].began[1];
	if (holders[_i].unlocks)
		ck_assert_uint_eq(unlocks, holders[_i].unlocks);
	else
		ck_assert_uint_gt(unlocks, 20 * MS);
	scene_free(scene);
}
END_TEST

START_TEST(item_3_9_futex_wakes_are_not_lost)
{
	struct scene *scene = new_scene(2);

	SCRIPT(scene, 0, OP(FUTEX_WAKE, 0, 1), RUN(100 * US), OP(FUTEX_WAKE, 0, 1), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), OP(FUTEX_WAIT, 0, 0), RUN(5 * US), OP(FUTEX_WAIT, 0, 0),
	       RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 50 * US);
	ck_assert_uint_eq(scene->task[1].began[2], 10 * US);
	ck_assert_int_eq(state(scene, 1), TASK_SLEEPING);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[1].began[4], 100 * US);
	scene_free(scene);
}
END_TEST

/* Wait and wake go through the hash bucket's spin lock: a holder off its CPU keeps the other waiting. */
START_TEST(item_3_9_a_futex_has_a_bucket_lock)
{
	struct scene *scene = new_scene(2);

	scene->config.cost.futex_bucket = 10 * US;
	SCRIPT(scene, 0, OP(FUTEX_WAKE, 0, 1), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(8 * US), OP(FUTEX_WAKE, 0, 1), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 5 * US);
	scene_freeze(scene, 0);
	scene_run(scene, 100 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_HOLDER_PREEMPTED), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_CONTENDED), 1);
	scene_thaw(scene, 0);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[0].began[1], 105 * US);
	ck_assert_uint_eq(scene->task[1].began[2], 115 * US);
	/* it asked at 8 us and got the bucket at 105 us */
	ck_assert_uint_eq(scene->machine->measures.latency[LATENCY_LOCK_WAIT].count, 1);
	ck_assert_uint_eq(scene->machine->measures.latency[LATENCY_LOCK_WAIT].sum, 97 * US);
	scene_free(scene);
}
END_TEST

/* Three parties; who spins does so in user mode, and sleeps after its time. */
START_TEST(item_3_9_a_barrier_opens_for_the_last)
{
	struct scene *scene = new_scene(3);

	SCRIPT(scene, 0, RUN(10 * US), OP(BARRIER, 0, 0), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(20 * US), OP(BARRIER, 0, 30 * US), RUN(FOREVER));
	SCRIPT(scene, 2, RUN((30 + 30 * (uint64_t)_i) * US), OP(BARRIER, 0, 0), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 29 * US);
	ck_assert_int_eq(state(scene, 0), TASK_SLEEPING);
	ck_assert_int_eq(state(scene, 1), TASK_RUNNABLE);
	scene_run(scene, MS);
	for (uint32_t i = 0; i < 3; i++)
		ck_assert_uint_eq(scene->task[i].began[2], (30 + 30 * (uint64_t)_i) * US);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_SPIN_USER), (_i ? 30 : 10) * US);
	scene_free(scene);
}
END_TEST

/* The wait lets go of the mutex and has it again when it ends. */
START_TEST(item_3_9_a_condition_is_waited_for_without_its_mutex)
{
	struct scene *scene = new_scene(2);

	SCRIPT(scene, 0, OP(MUTEX_LOCK, 1, 0), OP(COND_WAIT, 1, 0), RUN(US), OP(MUTEX_UNLOCK, 1, 0),
	       RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), OP(MUTEX_LOCK, 1, 0), RUN(10 * US), OP(COND_SIGNAL, 1, 0),
	       RUN(10 * US), OP(MUTEX_UNLOCK, 1, 0), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 15 * US);
	ck_assert_int_eq(state(scene, 0), TASK_SLEEPING);
	ck_assert_ptr_eq(scene->vm->guest.objects->mutex[1].owner, &scene->vm->tasks[1].task);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[1].began[4], 20 * US);
	ck_assert_uint_eq(scene->task[0].began[2], 30 * US);
	scene_free(scene);
}
END_TEST

/*
 * A spinner whose CPU is wanted gives way at once, and goes to sleep in line only when it runs again. Task 2
 * waits for the CPU of task 0, whose slice of 1.4 ms is over at the tick at 2 ms.
 */
START_TEST(item_3_9_a_spinner_gives_way)
{
	struct scene *scene = new_scene(2);

	scene->tasks = 4;
	scene->guest_tick = MS;
	SCRIPT(scene, 0, SLEEP(10 * US), MUTEX_LOCK, RUN(FOREVER));
	SCRIPT(scene, 1, MUTEX_LOCK, KERNEL(FOREVER));
	SCRIPT(scene, 2, SLEEP(50 * US), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 2 * MS - 1);
	ck_assert(spins(scene, 0));
	ck_assert_uint_eq(scene->task[2].asked, 1);
	scene_run(scene, 2 * MS);
	ck_assert(!spins(scene, 0));
	ck_assert_uint_eq(scene->task[2].asked, 2);
	ck_assert_int_eq(state(scene, 0), TASK_RUNNABLE);
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_SLEEPS), 0);
	scene_run(scene, 8 * MS);
	ck_assert_int_eq(state(scene, 0), TASK_SLEEPING);
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_SLEEPS), 1);
	scene_free(scene);
}
END_TEST

/* 3.9: 10 us and half a us for each reader, but no more than 25 us. */
START_TEST(item_3_9_a_spin_for_many_readers_is_bounded)
{
	static const uint32_t readers[] = { 1, 29, 40 };
	static const uint64_t spun[] = { 10500, 24500, 25000 };
	struct scene *scene = new_scene(readers[_i] + 1);

	for (uint32_t i = 0; i < readers[_i]; i++)
		SCRIPT(scene, i, READ_LOCK, KERNEL(FOREVER));
	SCRIPT(scene, readers[_i], RUN(10 * US), WRITE_LOCK, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, MS);
	ck_assert_int_eq(state(scene, readers[_i]), TASK_SLEEPING);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_SPIN_RWSEM), spun[_i]);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kvm-sleep-locks");
	TCase *locks = tcase_create("locks");
	TCase *sync = tcase_create("sync");

	tcase_add_test(locks, item_3_9_spinners_get_the_lock_in_turn_without_sleep);
	tcase_add_test(locks, t55_an_osq_waiter_behind_a_preempted_one_leaves);
	tcase_add_test(locks, t55_a_spinner_leaves_when_the_owner_is_preempted);
	tcase_add_test(locks, t55_without_the_byte_nobody_leaves);
	tcase_add_test(locks, t55_a_stale_byte_is_believed);
	tcase_add_loop_test(locks, item_3_9_a_spin_for_many_readers_is_bounded, 0, 3);
	tcase_add_test(locks, item_3_9_a_spinner_gives_way);
	tcase_add_test(locks, item_3_9_an_owner_that_sleeps_is_not_spun_for);
	tcase_add_test(locks, item_3_9_a_spinner_gives_way_on_its_own_cpu);
	tcase_add_test(locks, item_3_9_a_mutex_is_handed_to_the_first_in_line);
	tcase_add_test(locks, item_3_9_readers_share_and_a_writer_waits);
	tcase_add_test(locks, item_3_9_readers_in_line_are_granted_together);
	tcase_add_test(locks, item_3_9_a_writer_that_downgrades_lets_readers_in);
	tcase_add_loop_test(locks, a_holder_is_preempted_in_a_preemptible_kernel_only, 0, 3);
	suite_add_tcase(suite, locks);
	tcase_add_test(sync, item_3_9_futex_wakes_are_not_lost);
	tcase_add_test(sync, item_3_9_a_futex_has_a_bucket_lock);
	tcase_add_loop_test(sync, item_3_9_a_barrier_opens_for_the_last, 0, 2);
	tcase_add_test(sync, item_3_9_a_condition_is_waited_for_without_its_mutex);
	suite_add_tcase(suite, sync);
	return run_suite(suite);
}
