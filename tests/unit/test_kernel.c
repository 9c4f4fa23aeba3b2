/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kernel.c - a guest's kernel on its vCPUs: when interrupts arrive, how many are sent, who is
 * pulled, what a flush takes
 *
 * What the random machines of test_property.c cannot tell from right. Numbers name items of
 * kvm-and-guest.md, E those of eevdf.md.
 */
#include <check.h>

#include "models/kernel/balance.h"
#include "models/kernel/program.h"
#include "models/kvm/halt.h"
#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"

static const uint64_t all_apics[] = { APIC_SOFTWARE, APIC_APICV, APIC_APICV_IPIV };

/*
 * 4.1: an interrupt is taken when its kick or notification is there, not at the guest's next piece
 * of work. vCPU 1 begins one at 102, 105 and 108 us.
 */
START_TEST(item_4_1_pending_is_not_arrived)
{
	struct scene *scene = scene_new(2, 2);

	scene->kind.vm.apic = all_apics[_i];
	scene->config.cost.ipi_latency = scene->config.cost.posted_latency = 10 * US;
	SCRIPT(scene, 0, RUN(100 * US), SHOOTDOWN(1), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(90 * US), RUN(12 * US), RUN(3 * US), RUN(3 * US), RUN(FOREVER));
	scene_start(scene);
	/* kicks of the first wake-ups, 10 us each, delay both alike */
	scene_run(scene, MS);
	ck_assert_uint_ge(scene->task[0].began[2] - scene->task[0].began[1], 10 * US);
	ck_assert_uint_le(scene->task[0].began[2] - scene->task[0].began[1], 11 * US);
	scene_free(scene);
}
END_TEST

/* E6: resched_curr() sends nothing where the flag is up already. */
START_TEST(e6_one_interrupt_for_two_wakeups)
{
	struct scene *scene = scene_new(2, 2);

	scene->kind.vm.apic = APIC_SOFTWARE;
	scene->config.cost.ipi_latency = 10 * US;
	scene->tasks = 4; /* 0 and 2 on vCPU 0, 1 and 3 on vCPU 1 */
	SCRIPT(scene, 0, RUN(100 * US), PUT(0, 1), RUN(US), PUT(0, 1), RUN(FOREVER));
	SCRIPT(scene, 1, GET(0, 1), RUN(FOREVER));
	SCRIPT(scene, 3, GET(0, 1), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, MS);
	ck_assert_int_eq(scene->vm->tasks[1].task.state, TASK_RUNNABLE);
	ck_assert_int_eq(scene->vm->tasks[3].task.state, TASK_RUNNABLE);
	ck_assert_uint_eq(scene_count(scene, COUNTER_ICR_EXITS), 1);
	scene_free(scene);
}
END_TEST

/* 3.4: the slot is released right after the function; 5: what an empty TLB costs comes after. */
START_TEST(item_3_4_refill_comes_after_the_answer)
{
	struct scene *scene = scene_new(2, 2);

	scene->config.cost.flush_refill = 50 * US;
	SCRIPT(scene, 0, RUN(100 * US), SHOOTDOWN(0), RUN(10 * US), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(200 * US), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[0].began[2], 100 * US);
	/* and both pay for it */
	ck_assert_uint_eq(scene->task[0].began[3], 160 * US);
	ck_assert_uint_eq(scene->task[1].began[1], 250 * US);
	scene_free(scene);
}
END_TEST

/* 4.1: with IPI virtualisation a wake-up writes the ICR like a call does. */
START_TEST(item_4_1_virtual_write_of_a_wakeup)
{
	struct scene *scene = scene_new(2, 2);

	scene->kind.vm.apic = APIC_APICV_IPIV;
	scene->config.cost.virtual_ipi = 10 * US;
	SCRIPT(scene, 0, RUN(100 * US), PUT(0, 1), RUN(50 * US), RUN(FOREVER));
	SCRIPT(scene, 1, GET(0, 1), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[0].began[3] - scene->task[0].began[2], 60 * US);
	scene_free(scene);
}
END_TEST

/*
 * E5.2: cache hot is who ran within 500 us. Task 2 last ran at 0 and wakes at 900 us on vCPU 0,
 * which is busy; vCPU 1 becomes idle at 1 ms and takes it.
 */
START_TEST(e5_2_who_woke_just_now_may_be_pulled)
{
	struct scene *scene = scene_new(2, 2);

	scene->kind.guest.kernel = scene_version("6.12"); /* no dice */
	SCRIPT(scene, 0, SLEEP(US), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(MS), SLEEP(FOREVER));
	SCRIPT(scene, 2, SLEEP(900 * US), RUN(10 * US), SLEEP(FOREVER));
	scene_start(scene);
	scene->vm->tasks[2].task.only_cpu = UINT32_MAX;
	scene->vm->guest.balance->movable = 1;
	scene_run(scene, 1100 * US);
	ck_assert_uint_eq(scene->task[2].began[2], 1010 * US);
	ck_assert_uint_eq(scene->vm->tasks[2].task.cpu, 1);
	scene_free(scene);
}
END_TEST

/* ... and who ran 400 us ago may not. */
START_TEST(e5_2_who_ran_just_now_is_not_pulled)
{
	struct scene *scene = scene_new(2, 2);

	scene->kind.guest.kernel = scene_version("6.12"); /* no dice */
	SCRIPT(scene, 0, SLEEP(US), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(MS), SLEEP(FOREVER));
	SCRIPT(scene, 2, RUN(600 * US), SLEEP(300 * US), RUN(10 * US), SLEEP(FOREVER));
	scene_start(scene);
	scene->vm->tasks[2].task.only_cpu = UINT32_MAX;
	scene->vm->guest.balance->movable = 1;
	scene_run(scene, 1100 * US);
	ck_assert_uint_ne(scene->vm->tasks[2].task.cpu, 1);
	scene_free(scene);
}
END_TEST

START_TEST(item_3_10_no_growth)
{
	const struct kvm_params params = { .halt_poll = 200 * US, .halt_poll_grow_start = 10 * US };

	ck_assert_uint_eq(halt_poll_next(&params, 0, US), 0);
	ck_assert_uint_eq(halt_poll_next(&params, 20 * US, 30 * US), 20 * US);
}
END_TEST

/* skew_tick=1 spreads the ticks over half a period, in the order of the CPUs: eevdf.md 1.6. */
START_TEST(skew_tick_spreads_ticks_over_half_a_period)
{
	struct scene *scene = scene_new(4, 4);
	uint64_t exits;

	scene->config.host.tick = TICK_SKEW_TICK;
	scene->host_tick = MS;
	scene->host_phase = 300 * US;
	scene_set(scene, "RRRR");
	for (uint32_t i = 0; i < 4; i++) {
		scene_run(scene, (300 + i * 125) * US - 1);
		exits = scene_count(scene, COUNTER_EXITS);
		scene_run(scene, (300 + i * 125) * US);
		ck_assert_uint_eq(scene_count(scene, COUNTER_EXITS), exits + 1);
		ck_assert_int_eq(scene->vcpu[i].reason, EXIT_INTERRUPT);
	}
	exits = scene_count(scene, COUNTER_EXITS);
	scene_run(scene, 1300 * US - 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_EXITS), exits);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kernel");
	TCase *tcase = tcase_create("guest");

	tcase_add_loop_test(tcase, item_4_1_pending_is_not_arrived, 0, 3);
	tcase_add_test(tcase, e6_one_interrupt_for_two_wakeups);
	tcase_add_test(tcase, item_3_4_refill_comes_after_the_answer);
	tcase_add_test(tcase, item_4_1_virtual_write_of_a_wakeup);
	tcase_add_test(tcase, skew_tick_spreads_ticks_over_half_a_period);
	tcase_add_test(tcase, e5_2_who_woke_just_now_may_be_pulled);
	tcase_add_test(tcase, e5_2_who_ran_just_now_is_not_pulled);
	tcase_add_test(tcase, item_3_10_no_growth);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
