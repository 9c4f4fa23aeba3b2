/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_pv_locks.c - the spin locks of a guest that knows that it is one: paravirtual, test-and-set
 *
 * Names carry the numbers of kvm-and-guest.md section 7. Written from the text. A poll takes a
 * nanosecond here, so 256 polls are 256 ns and 32768 polls 32768 ns; pause-loop exits are off unless
 * a test wants them.
 */
#include <check.h>

#include "models/kernel/objects.h"
#include "models/kernel/program.h"
#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

#define THRESHOLD 32768
#define LOCK_IRQ(lock) ((struct op){ OP_LOCK, lock, 1 })

static struct scene *new_scene(uint32_t vcpus)
{
	struct scene *scene = scene_new(vcpus, vcpus);

	scene->config.kvm.ple = PLE_OFF;
	scene->kind.paravirt.unhalt = true;
	scene->kind.vm.spin_lock = GUEST_SPIN_LOCK_AUTO;
	return scene;
}

static bool halted(const struct scene *scene, uint32_t vcpu)
{
	return scene->vcpu[vcpu].task.state == TASK_SLEEPING;
}

static const struct spin_lock *lock_of(const struct scene *scene, uint32_t number)
{
	return &scene->vm->guest.objects->spin_lock[number];
}

/* The lock is held from 0 on for 300 us; the others come at 10, 20, 30 us and hold it for 1 us. */
static struct scene *line_for_a_lock(uint32_t vcpus)
{
	struct scene *scene = new_scene(vcpus);

	SCRIPT(scene, 0, LOCK(1), KERNEL(300 * US), UNLOCK(1), RUN(FOREVER));
	for (uint32_t i = 1; i < vcpus; i++)
		SCRIPT(scene, i, RUN(10 * i * US), LOCK(1), KERNEL(US), UNLOCK(1), RUN(FOREVER));
	return scene;
}

/* The head spins 32768 polls and halts; the second sees that at its next check, and so does the third. */
START_TEST(t49_a_waiter_behind_a_halted_one_halts_at_the_next_check)
{
	struct scene *scene = line_for_a_lock(4);
	uint64_t head = 10 * US + THRESHOLD;

	scene_start(scene);
	scene_run(scene, head - 1);
	ck_assert(!halted(scene, 1));
	scene_run(scene, head);
	ck_assert(halted(scene, 1));
	ck_assert(!halted(scene, 2));
	scene_run(scene, head + 256);
	ck_assert(halted(scene, 2));
	scene_run(scene, head + 2 * 256);
	ck_assert(halted(scene, 3));
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_HALTS), 3);
	/* each of them spun in whole polls */
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_SPIN_PV) % 256, THRESHOLD % 256);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_SPIN_LOCK), 0);
	scene_free(scene);
}
END_TEST

/* The check is every 256 polls of the waiter's own: one that began 100 ns off is 100 ns off. */
START_TEST(t49_checks_count_the_waiters_own_polls)
{
	struct scene *scene = new_scene(3);
	uint64_t head = 10 * US + THRESHOLD;
	uint64_t second = 20 * US + 100;

	SCRIPT(scene, 0, LOCK(1), KERNEL(300 * US), UNLOCK(1), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), LOCK(1), UNLOCK(1), RUN(FOREVER));
	SCRIPT(scene, 2, RUN(second), LOCK(1), UNLOCK(1), RUN(FOREVER));
	scene_start(scene);
	uint64_t check = second + (head - second + 255) / 256 * 256;

	scene_run(scene, check - 1);
	ck_assert(!halted(scene, 2));
	scene_run(scene, check);
	ck_assert(halted(scene, 2));
	scene_free(scene);
}
END_TEST

/* Nobody before it halts: it spins its 32768 polls. Time off the pCPU is no poll. */
START_TEST(t49_else_after_32768_polls_of_its_own_time)
{
	struct scene *scene = line_for_a_lock(3);

	scene_start(scene);
	scene_run(scene, 15 * US);
	scene_freeze(scene, 1); /* the head stays in its spin, off its pCPU */
	scene_run(scene, 20 * US + THRESHOLD - 1);
	ck_assert(!halted(scene, 2));
	scene_run(scene, 20 * US + THRESHOLD);
	ck_assert(halted(scene, 2));
	scene_run(scene, 200 * US);
	scene_thaw(scene, 1);
	scene_run(scene, 200 * US + THRESHOLD - 5 * US - 1);
	ck_assert_int_eq(scene->vcpu[1].task.state, TASK_RUNNABLE);
	scene_run(scene, 200 * US + THRESHOLD - 5 * US);
	ck_assert(halted(scene, 1));
	scene_free(scene);
}
END_TEST

/* The third waiter halts in line. When the second gets the lock it passes headship on without a wake-up;
 * its unlock kicks, once. */
START_TEST(t50_a_halted_successor_is_kicked_at_the_unlock_only)
{
	struct scene *scene = new_scene(3);

	SCRIPT(scene, 0, LOCK(1), KERNEL(100 * US), UNLOCK(1), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(80 * US), LOCK(1), KERNEL(70 * US), UNLOCK(1), RUN(FOREVER));
	SCRIPT(scene, 2, RUN(90 * US), LOCK(1), KERNEL(US), UNLOCK(1), RUN(FOREVER));
	scene_start(scene);
	/* vCPU 2 halts as if it had spun for long */
	scene_run(scene, 95 * US);
	scene_freeze(scene, 1);
	scene_run(scene, 90 * US + THRESHOLD);
	ck_assert(halted(scene, 2));
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_KICKS), 0);
	scene_thaw(scene, 1);
	scene_run(scene, scene_now(scene) + US);
	/* hand-over: owner 1, SLOW on behalf of 2, no kick */
	ck_assert_ptr_eq(lock_of(scene, 1)->owner, &scene->vm->tasks[1].task);
	ck_assert_ptr_eq(lock_of(scene, 1)->hashed, &scene->vm->tasks[2].task);
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_KICKS), 0);
	ck_assert(halted(scene, 2));
	scene_run(scene, 400 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_KICKS), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_HALTS), 1);
	ck_assert_uint_eq(scene->task[2].asked, 5);
	ck_assert_uint_eq(scene->task[2].began[2], scene->task[1].began[3]);
	ck_assert_ptr_null(lock_of(scene, 1)->owner);
	scene_free(scene);
}
END_TEST

/* A line of halted waiters: each unlock kicks the next one, and nobody else. */
START_TEST(t50_one_kick_for_each_halted_head)
{
	struct scene *scene = line_for_a_lock(4);

	scene_start(scene);
	scene_run(scene, 299 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_HALTS), 3);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_KICKS), 3);
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_HALTS), 3);
	for (uint32_t i = 1; i < 4; i++)
		ck_assert_uint_eq(scene->task[i].began[2], 300 * US + (i - 1) * US);
	scene_free(scene);
}
END_TEST

/* Byte LOCKED: a waiter that still spins costs the unlock nothing. */
START_TEST(t51_no_hypercall_while_nobody_halts)
{
	struct scene *scene = new_scene(3);

	SCRIPT(scene, 0, LOCK(1), KERNEL(40 * US), UNLOCK(1), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(20 * US), LOCK(1), KERNEL(US), UNLOCK(1), RUN(FOREVER));
	SCRIPT(scene, 2, RUN(30 * US), LOCK(1), KERNEL(US), UNLOCK(1), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[1].began[2], 40 * US);
	ck_assert_uint_eq(scene->task[2].began[2], 41 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_HYPERCALLS), 0);
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_HALTS), 0);
	scene_free(scene);
}
END_TEST

/* A timer of the waiter's CPU goes off while it halts: with interrupts on it looks at the lock again,
 * with interrupts off it sleeps on until the kick. */
static struct scene *timer_in_a_halt(bool irqs_off)
{
	struct scene *scene = new_scene(2);

	scene->tasks = 5; /* task 3 is another one for vCPU 1: it waits while task 1 sleeps */
	SCRIPT(scene, 0, LOCK(1), KERNEL(300 * US), UNLOCK(1), RUN(FOREVER));
	SCRIPT(scene, 1, SLEEP(150 * US), RUN(US));
	if (irqs_off)
		SCRIPT(scene, 3, RUN(10 * US), LOCK_IRQ(1), KERNEL(US), UNLOCK(1), RUN(FOREVER));
	else
		SCRIPT(scene, 3, RUN(10 * US), LOCK(1), KERNEL(US), UNLOCK(1), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 149 * US);
	ck_assert(halted(scene, 1));
	scene_run(scene, 160 * US);
	return scene;
}

START_TEST(t52_an_interrupt_ends_a_halt_with_interrupts_on)
{
	struct scene *scene = timer_in_a_halt(false);

	ck_assert(!halted(scene, 1));
	scene_run(scene, 150 * US + THRESHOLD + US);
	ck_assert(halted(scene, 1)); /* it has spun for another 32768 polls */
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[3].began[2], 300 * US);
	scene_free(scene);
}
END_TEST

START_TEST(t52_with_interrupts_off_only_the_kick_does)
{
	struct scene *scene = timer_in_a_halt(true);

	ck_assert(halted(scene, 1));
	/* not even the thread wakes */
	ck_assert_int_eq(scene->vcpu[1].task.state, TASK_SLEEPING);
	ck_assert_uint_eq(scene_count(scene, COUNTER_HALT_EXITS), 1);
	ck_assert(scene->vcpu[1].cpu.pending);
	scene_run(scene, 299 * US);
	ck_assert(halted(scene, 1));
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_HALTS), 1);
	scene_run(scene, 301 * US - 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_KICKS), 1);
	ck_assert_uint_eq(scene->task[3].began[2], 300 * US);
	/* and the interrupt comes after the section */
	ck_assert(scene->vcpu[1].cpu.pending);
	scene_run(scene, 301 * US);
	ck_assert(!scene->vcpu[1].cpu.pending);
	scene_free(scene);
}
END_TEST

/* A kick marks a halted waiter, wakes its thread, and is a directed yield to it (266e85a5ec91: since 5.3,
 * or as boost_kicked says); the VM's last boosted vCPU stays. */
START_TEST(t43_a_kick_wakes_and_yields)
{
	static const struct {
		uint64_t rules; /* 0: of the scene's kernel, 6.x; 1: the oldest row */
		uint64_t boost;
		uint64_t yields;
	} rows[] = {
		{ 0, RULE_OF_ROW, 1 }, { 1, RULE_OF_ROW, 0 }, { 0, RULE_OFF, 0 }, { 1, RULE_ON, 1 }
	};
	struct scene *scene = line_for_a_lock(2);

	scene->config.kvm.rules = rows[_i].rules;
	scene->config.kvm.boost_kicked = rows[_i].boost;
	scene_start(scene);
	scene_run(scene, 100 * US);
	ck_assert(halted(scene, 1));
	/* a rival on each pCPU, else the yield is not tried and the woken one runs at once */
	scene_crowd(scene, 0);
	scene_freeze(scene, 1);
	scene->vm->last_boosted = 0;
	ck_assert_uint_eq(scene_count(scene, COUNTER_PV_YIELDS), 0);
	scene_run(scene, 300 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_KICKS), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PV_YIELDS), rows[_i].yields);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_TO), rows[_i].yields);
	ck_assert(!halted(scene, 1));
	ck_assert_uint_eq(scene->vm->last_boosted, 0);
	scene_free(scene);
}
END_TEST

/* 3.3: a kick of a vCPU that does not halt is used up by its next HLT, which returns at once. */
START_TEST(item_3_3_a_kick_too_many_ends_the_next_halt)
{
	struct scene *scene = new_scene(2);
	struct vcpu *vcpu;

	SCRIPT(scene, 0, RUN(10 * US), SLEEP(100 * US), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, US);
	vcpu = &scene->vcpu[0];
	vcpu->pv_unhalted = true;
	scene_run(scene, 20 * US);
	/* the idle loop of the guest halted twice */
	ck_assert_uint_eq(scene_count(scene, COUNTER_HALT_EXITS), 2);
	ck_assert(!vcpu->pv_unhalted);
	ck_assert(halted(scene, 0));
	scene_free(scene);
}
END_TEST

/* 3.3: while the head halts, somebody who comes takes a free lock before it; while it spins, nobody. */
START_TEST(item_3_3_stealing_past_a_head_that_does_not_spin)
{
	struct scene *scene = new_scene(3);

	SCRIPT(scene, 0, LOCK(1), KERNEL(100 * US), UNLOCK(1), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), LOCK(1), KERNEL(US), UNLOCK(1), RUN(FOREVER));
	SCRIPT(scene, 2, RUN(90 * US), LOCK(1), KERNEL(50 * US), UNLOCK(1), RUN(FOREVER));
	/* the head needs that to come back, and all threads to begin */
	scene->config.cost.idle_wake = 20 * US;
	scene_start(scene);
	scene_run(scene, 95 * US);
	ck_assert(halted(scene, 1));
	scene_run(scene, MS);
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_STOLEN), 1);
	ck_assert_uint_eq(scene->task[2].began[2], 120 * US);
	/* awake since 140 us, it has the pending bit, and the lock at the thief's unlock */
	ck_assert_uint_eq(scene->task[1].began[2], 170 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_KICKS), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_HALTS), 1);
	scene_free(scene);
}
END_TEST

START_TEST(item_3_3_no_stealing_past_a_head_that_spins)
{
	struct scene *scene = new_scene(3);

	SCRIPT(scene, 0, LOCK(1), KERNEL(30 * US), UNLOCK(1), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(10 * US), LOCK(1), KERNEL(10 * US), UNLOCK(1), RUN(FOREVER));
	SCRIPT(scene, 2, RUN(20 * US), LOCK(1), KERNEL(US), UNLOCK(1), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 25 * US);
	scene_freeze(scene, 1); /* the head, with the pending bit, loses its pCPU */
	scene_run(scene, 60 * US);
	ck_assert_uint_eq(scene->task[2].asked, 2);
	scene_thaw(scene, 1);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[1].began[2], 60 * US);
	ck_assert_uint_eq(scene->task[2].began[2], 70 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_LOCK_STOLEN), 0);
	scene_free(scene);
}
END_TEST

/* 3.3: with pause-loop exits on, the first comes after 4096 cycles of spin, long before the halt. */
START_TEST(item_3_3_pause_loop_exits_come_first)
{
	struct scene *scene = line_for_a_lock(2);

	scene->config.kvm.ple = PLE_INTEL;
	scene->config.kvm.ple_grow = 0;
	scene_start(scene);
	scene_run_until(scene, COUNTER_PLE_EXITS, 1);
	ck_assert_uint_eq(scene_now(scene), 10 * US + BASE_WINDOW);
	scene_run(scene, 10 * US + THRESHOLD);
	/* a window is a whole part of the threshold; the last ends with it */
	ck_assert_uint_eq(scene_count(scene, COUNTER_PLE_EXITS), THRESHOLD / BASE_WINDOW - 1);
	ck_assert(halted(scene, 1));
	scene_free(scene);
}
END_TEST

/* t54, second half: the lock is free at 300 us, the one who asked first is off; the other takes it. */
START_TEST(t54_test_and_set_passes_a_preempted_waiter)
{
	struct scene *scene = line_for_a_lock(3);

	scene->kind.paravirt.unhalt = false;
	scene_start(scene);
	ck_assert_int_eq(scene->vm->guest.spin_locks, SPIN_LOCK_TEST_AND_SET);
	scene_run(scene, 100 * US);
	scene_freeze(scene, 1);
	scene_run(scene, 2 * MS);
	ck_assert_uint_eq(scene->task[2].began[2], 300 * US);
	ck_assert_uint_eq(scene->task[1].asked, 2);
	scene_thaw(scene, 1);
	scene_run(scene, 3 * MS);
	ck_assert_uint_eq(scene->task[1].began[2], 2 * MS);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_SPIN_TAS), 280 * US + 90 * US);
	scene_free(scene);
}
END_TEST

/* 3.1: which lock a guest boots with. */
START_TEST(item_3_1_which_lock_a_guest_takes)
{
	static const struct {
		uint32_t vcpus;
		bool unhalt;
		enum guest_spin_lock choice;
		enum spin_lock_kind kind;
	} rows[] = {
		{ 2, false, GUEST_SPIN_LOCK_AUTO, SPIN_LOCK_TEST_AND_SET },
		{ 2, true, GUEST_SPIN_LOCK_AUTO, SPIN_LOCK_PARAVIRT },
		{ 1, true, GUEST_SPIN_LOCK_AUTO, SPIN_LOCK_NATIVE },
		{ 1, false, GUEST_SPIN_LOCK_AUTO, SPIN_LOCK_NATIVE },
		{ 2, true, GUEST_SPIN_LOCK_NATIVE, SPIN_LOCK_NATIVE },
		{ 2, true, GUEST_SPIN_LOCK_TEST_AND_SET, SPIN_LOCK_TEST_AND_SET },
		{ 2, true, GUEST_SPIN_LOCK_PARAVIRT, SPIN_LOCK_PARAVIRT },
	};

	struct scene *scene = new_scene(rows[_i].vcpus);
	scene->kind.paravirt.unhalt = rows[_i].unhalt;
	scene->kind.vm.spin_lock = rows[_i].choice;
	scene_start(scene);
	ck_assert_int_eq(scene->vm->guest.spin_locks, rows[_i].kind);
	scene_free(scene);
}
END_TEST

/* 3.2: the first waiter of a native lock has the pending bit, the next ones the queue. */
START_TEST(item_3_2_the_first_waiter_is_pending)
{
	struct scene *scene = line_for_a_lock(4);

	scene->kind.vm.spin_lock = GUEST_SPIN_LOCK_NATIVE;
	scene_start(scene);
	scene_run(scene, 100 * US);
	ck_assert_ptr_eq(lock_of(scene, 1)->pending, &scene->vm->tasks[1].task);
	ck_assert_ptr_eq(lock_of(scene, 1)->waiters.head, &scene->vm->tasks[2].task);
	ck_assert_ptr_eq(lock_of(scene, 1)->waiters.tail, &scene->vm->tasks[3].task);
	scene_run(scene, MS);
	for (uint32_t i = 1; i < 4; i++)
		ck_assert_uint_eq(scene->task[i].began[2], 300 * US + (i - 1) * US);
	scene_free(scene);
}
END_TEST

/* t46, the halted one: vCPU 2 halts in a lock wait, with the address space in use, so it gets an IPI;
 * vCPU 3 idles, lazy, and is skipped. */
START_TEST(t46_a_halted_vcpu_that_is_not_lazy_is_interrupted)
{
	struct scene *scene = new_scene(4);

	scene->kind.paravirt.steal_time = scene->kind.paravirt.tlb_flush = true;
	SCRIPT(scene, 0, RUN(200 * US), SHOOTDOWN(1), RUN(FOREVER));
	SCRIPT(scene, 1, LOCK(1), KERNEL(FOREVER));
	SCRIPT(scene, 2, RUN(10 * US), LOCK(1), RUN(FOREVER));
	scene->task[3].ops = 0;
	scene_start(scene);
	scene_run(scene, 190 * US);
	ck_assert(halted(scene, 2) && halted(scene, 3));
	scene_freeze(scene, 1); /* flagged: it notes the flush */
	scene_run(scene, 210 * US);
	ck_assert_uint_eq(scene->task[0].asked, 3);
	ck_assert_uint_eq(scene_count(scene, COUNTER_FLUSH_DEFERRED), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_IPIS), 1);
	ck_assert(
		!halted(scene, 2)); /* interrupts are on in its wait: it looks at the lock again */
	ck_assert(halted(scene, 3));
	scene_free(scene);
}
END_TEST

/* The flag is gone by the time of the exchange: bit 1 is not set, and the target gets its IPI. */
START_TEST(t48_a_flag_lost_in_the_race_leaves_the_target_to_the_ipi)
{
	struct scene *scene = new_scene(2);
	struct cpu *cpu;

	scene->kind.paravirt.steal_time = scene->kind.paravirt.tlb_flush = true;
	SCRIPT(scene, 0, RUN(200 * US), SHOOTDOWN(1), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 100 * US);
	scene_freeze(scene, 1);
	cpu = &scene->vcpu[1].cpu;
	ck_assert(cpu->ops->is_preempted(cpu));
	scene->vcpu[1].steal_preempted = false; /* by the host, as its entry would */
	ck_assert(!cpu->ops->defer_flush(cpu));
	ck_assert(!scene->vcpu[1].flush_at_entry);
	scene_run(scene, 300 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_FLUSH_DEFERRED), 0);
	ck_assert_uint_eq(scene_count(scene, COUNTER_IPIS), 1);
	ck_assert_uint_eq(scene->task[0].asked, 2);
	scene_thaw(scene, 1);
	scene_run(scene, 301 * US);
	ck_assert_uint_eq(scene->task[0].asked, 3);
	scene_free(scene);
}
END_TEST

/* 6.1: how long a holder is off, if somebody waits; how long a waiter is. */
START_TEST(item_6_1_preemptions_are_timed)
{
	struct scene *scene = line_for_a_lock(3);
	const struct histogram *latency;

	scene->kind.vm.spin_lock = GUEST_SPIN_LOCK_NATIVE;
	scene_start(scene);
	latency = scene->machine->measures.latency;
	scene_run(scene, 5 * US);
	scene_freeze(scene, 0); /* vCPU 1 comes at 10 us and waits */
	scene_run(scene, 105 * US);
	scene_thaw(scene, 0);
	ck_assert_uint_eq(latency[LATENCY_HOLDER_OFF].count, 1);
	ck_assert_uint_eq(latency[LATENCY_HOLDER_OFF].sum, 100 * US);
	scene_freeze(scene, 1);
	scene_freeze(scene, 2);
	ck_assert_uint_eq(scene_count(scene, COUNTER_WAITER_PREEMPTED), 2);
	ck_assert_uint_eq(scene_count(scene, COUNTER_HEAD_PREEMPTED), 1);
	scene_run(scene, 145 * US);
	scene_thaw(scene, 1);
	ck_assert_uint_eq(latency[LATENCY_WAITER_OFF].count, 1);
	ck_assert_uint_eq(latency[LATENCY_WAITER_OFF].sum, 40 * US);
	scene_free(scene);
}
END_TEST

START_TEST(item_6_1_a_holder_nobody_waits_for_is_not)
{
	struct scene *scene = new_scene(2);

	SCRIPT(scene, 0, LOCK(1), KERNEL(300 * US), UNLOCK(1), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 5 * US);
	scene_freeze(scene, 0);
	scene_run(scene, 105 * US);
	scene_thaw(scene, 0);
	ck_assert_uint_eq(scene_count(scene, COUNTER_HOLDER_PREEMPTED), 1);
	ck_assert_uint_eq(scene->machine->measures.latency[LATENCY_HOLDER_OFF].count, 0);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kvm-pv-locks");
	TCase *pv = tcase_create("paravirtual");
	TCase *other = tcase_create("other");

	tcase_add_test(pv, t49_a_waiter_behind_a_halted_one_halts_at_the_next_check);
	tcase_add_test(pv, t49_checks_count_the_waiters_own_polls);
	tcase_add_test(pv, t49_else_after_32768_polls_of_its_own_time);
	tcase_add_test(pv, t50_a_halted_successor_is_kicked_at_the_unlock_only);
	tcase_add_test(pv, t50_one_kick_for_each_halted_head);
	tcase_add_test(pv, t51_no_hypercall_while_nobody_halts);
	tcase_add_test(pv, t52_an_interrupt_ends_a_halt_with_interrupts_on);
	tcase_add_test(pv, t52_with_interrupts_off_only_the_kick_does);
	tcase_add_loop_test(pv, t43_a_kick_wakes_and_yields, 0, 4);
	tcase_add_test(pv, item_3_3_a_kick_too_many_ends_the_next_halt);
	tcase_add_test(pv, item_3_3_stealing_past_a_head_that_does_not_spin);
	tcase_add_test(pv, item_3_3_no_stealing_past_a_head_that_spins);
	tcase_add_test(pv, item_3_3_pause_loop_exits_come_first);
	suite_add_tcase(suite, pv);
	tcase_add_test(other, t54_test_and_set_passes_a_preempted_waiter);
	tcase_add_loop_test(other, item_3_1_which_lock_a_guest_takes, 0, 7);
	tcase_add_test(other, item_3_2_the_first_waiter_is_pending);
	tcase_add_test(other, t46_a_halted_vcpu_that_is_not_lazy_is_interrupted);
	tcase_add_test(other, t48_a_flag_lost_in_the_race_leaves_the_target_to_the_ipi);
	tcase_add_test(other, item_6_1_preemptions_are_timed);
	tcase_add_test(other, item_6_1_a_holder_nobody_waits_for_is_not);
	suite_add_tcase(suite, other);
	return run_suite(suite);
}
