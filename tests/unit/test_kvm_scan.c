/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_scan.c - whom KVM chooses on a pause-loop exit: order and filters
 *
 * Names carry the numbers of kvm-and-guest.md section 7. Written from the text. 16 and 17 with
 * the index bug: test_kvm_rules.c; 22 (AMD): test_kvm_amd.c. vCPUs sit on a pCPU each; a victim
 * shares its pCPU with a hog, so that yield_to() returns 1 and nothing moves: the spinner spins on.
 */
#include <check.h>
#include <string.h>

#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

#define TEXT 256
#define ANYBODY UINT32_MAX

static struct scene *scene_of_states(const char *states, uint32_t last)
{
	uint32_t vcpus = (uint32_t)strlen(states);
	struct scene *scene = scene_new(vcpus, vcpus);

	scene_set(scene, states);
	scene->vm->last_boosted = last;
	return scene;
}

static void pend(struct scene *scene, uint32_t vcpu)
{
	scene->vcpu[vcpu].cpu.pending |= 1u << IRQ_CALL;
}

START_TEST(t13_the_scan_ends_with_the_first_success)
{
	struct scene *scene = scene_of_states("PPRS", 0);
	char text[TEXT];

	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_uint_eq(scene->vm->last_boosted, 1);
	ck_assert_str_eq(scene_boosts(scene, 3, text, TEXT), "1");
	ck_assert_str_eq(scene_examined(scene, 3, text, TEXT), "1");
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_OK), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_SCAN_EMPTY), 0);
	scene_free(scene);
}
END_TEST

START_TEST(t14_the_order_wraps)
{
	struct scene *scene = scene_of_states("SPPR", 2);
	char text[TEXT];

	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), "1");
	ck_assert_uint_eq(scene->vm->last_boosted, 1);
	scene_free(scene);
}
END_TEST

/* 2.5: kernels 6.12 to 6.18.0 remember how many were examined before, not who was taken. */
START_TEST(item_2_5_the_count_is_remembered_instead_of_the_index)
{
	static const char *const version[] = { "6.12", "6.18-rc4", "6.18.0", "6.18-stable" };
	struct scene *scene = scene_new(4, 4);
	bool bug = _i < 3;

	scene->config.host.kernel = scene_version(version[_i]);
	scene_set(scene, "SPPR");
	scene->vm->last_boosted = 2;
	/* 3 runs, 0 scans, 1 is taken as the third */
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_OK), 1);
	ck_assert_uint_eq(scene->vm->last_boosted, bug ? 2 : 1);
	scene_free(scene);
}
END_TEST

START_TEST(t15_the_previous_victim_comes_last)
{
	struct scene *scene = scene_of_states("SRPR", 2);
	char text[TEXT];

	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), "2");
	ck_assert_uint_eq(scene->vm->last_boosted, 2);
	scene_free(scene);
}
END_TEST

/* The order itself: all are asked when nobody can be had, the last boosted one at the end. */
START_TEST(item_2_2_all_are_examined_from_the_next_to_the_last_boosted)
{
	struct scene *scene = scene_of_states("UUUSUU", 4);
	char text[TEXT];

	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_str_eq(scene_examined(scene, 3, text, TEXT), "5 0 1 2 4");
	ck_assert_uint_eq(scene->boosts, 0);
	scene_free(scene);
}
END_TEST

START_TEST(t16_boosts_go_round)
{
	struct scene *scene = scene_of_states("PPPS", 0);
	char text[TEXT];

	scene_run_until(scene, COUNTER_SCANS, 6);
	ck_assert_str_eq(scene_boosts(scene, 3, text, TEXT), "1 2 0 1 2 0");
	scene_free(scene);
}
END_TEST

START_TEST(t17_boosts_go_round_among_eight)
{
	struct scene *scene = scene_of_states("SPPPPPPP", 5);
	char text[TEXT];

	scene_run_until(scene, COUNTER_SCANS, 8);
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), "6 7 1 2 3 4 5 6");
	scene_free(scene);
}
END_TEST

/* A new VM begins at vCPU 1. */
START_TEST(item_2_2_the_first_scan_of_a_vm_starts_at_1)
{
	struct scene *scene = scene_new(4, 4);
	char text[TEXT];

	scene_set(scene, "PPPS");
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_str_eq(scene_boosts(scene, 3, text, TEXT), "1");
	scene_free(scene);
}
END_TEST

/* in_spin_loop stays what it is on entry, false. */
START_TEST(t18_one_vcpu_alone_returns_at_once)
{
	struct scene *scene = scene_new(1, 1);
	struct vcpu *vcpu;

	scene->config.cost.ple_scan = 100;
	scene_set(scene, "S");
	vcpu = &scene->vcpu[0];
	scene_run_until(scene, COUNTER_PLE_EXITS, 3);
	ck_assert(!vcpu->in_spin_loop);
	ck_assert(!vcpu->dy_eligible);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_EXIT), 0);
	ck_assert_uint_eq(scene_count(scene, COUNTER_SCAN_EMPTY), 0); /* there was no scan */
	ck_assert_uint_eq(scene->vm->last_boosted, 0);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_TO), 0);
	ck_assert_uint_eq(vcpu->ple_window, BASE_WINDOW << 3);
	scene_free(scene);
}
END_TEST

/* Cost: exit, handler, a look at each of the others, entry; then the window starts anew. */
START_TEST(t19_no_candidate_costs_an_exit_and_a_scan)
{
	struct scene *scene = scene_new(4, 4);
	uint64_t spins;

	scene->config.cost.exit = 1000;
	scene->config.cost.entry = 700;
	scene->config.cost.ple_handler = 200;
	scene->config.cost.ple_scan = 20;
	scene_set(scene, "SRUR");
	scene->vm->last_boosted = 2;
	scene_run(scene, 90 * US); /* the freeze has cost an exit, too */
	uint64_t exits = scene_account(scene, ACCOUNT_EXIT);

	scene_run_until(scene, COUNTER_PLE_EXITS, 2);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_EXIT) - exits, 1000 + 200 + 3 * 20 + 700);
	spins = scene_account(scene, ACCOUNT_SPIN_LOCK);
	ck_assert_uint_ge(spins, 3 * BASE_WINDOW);
	ck_assert_uint_le(spins, 3 * BASE_WINDOW + 2);
	ck_assert_uint_eq(scene->vm->last_boosted, 2);
	ck_assert_uint_eq(scene_count(scene, COUNTER_SCAN_EMPTY), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_TO), 0);
	ck_assert(task_running(&scene->vcpu[0].task));
	scene_free(scene);
}
END_TEST

START_TEST(t20_the_last_boosted_belongs_to_the_vm)
{
	struct scene *scene = scene_new(5, 5);
	char text[TEXT];

	SCRIPT(scene, 1, RUN(102 * US), LOCK(0));
	scene_set(scene, "S-PPP");
	scene->vm->last_boosted = 1;
	scene_run_until(scene, COUNTER_SCANS, 2);
	ck_assert_uint_eq(scene->boosted[0].by, 0);
	ck_assert_uint_eq(scene->boosted[1].by, 1);
	ck_assert_str_eq(scene_boosts(scene, ANYBODY, text, TEXT), "2 3");
	scene_free(scene);
}
END_TEST

START_TEST(t21_a_user_mode_victim_needs_a_pending_interrupt)
{
	struct scene *scene = scene_of_states("SUUP", 0);
	char text[TEXT];

	pend(scene, 2);
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), "2");
	ck_assert_str_eq(scene_examined(scene, 0, text, TEXT), "1 2");
	scene_free(scene);
}
END_TEST

START_TEST(t23_without_apicv_no_interrupt_is_seen)
{
	struct scene *scene = scene_new(4, 4);
	char text[TEXT];

	scene->kind.vm.apic = APIC_SOFTWARE;
	scene_set(scene, "SUUP");
	pend(scene, 2);
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), "3");
	scene_free(scene);
}
END_TEST

/* With its virtual ICR the hint is the same. */
START_TEST(t21_ipi_virtualisation_shows_pending_interrupts_too)
{
	struct scene *scene = scene_new(4, 4);
	char text[TEXT];

	scene->kind.vm.apic = APIC_APICV_IPIV;
	scene_set(scene, "SUUP");
	pend(scene, 2);
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), "2");
	scene_free(scene);
}
END_TEST

START_TEST(t24_a_running_vcpu_is_never_yielded_to)
{
	struct scene *scene = scene_of_states("SRRR", 0);

	scene_crowd(scene, 1); /* so that it would not be -ESRCH */
	scene_run_until(scene, COUNTER_SCANS, 4);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_TO), 0);
	ck_assert_uint_eq(scene_count(scene, COUNTER_SCAN_EMPTY), 4);
	scene_free(scene);
}
END_TEST

/*
 * vCPU 1 is halted, and a hog has its pCPU. It is woken without an interrupt, as by a signal: the
 * thread is runnable and KVM says ready.
 */
static struct scene *woken_but_waiting(uint64_t apic)
{
	struct scene *scene = scene_new(3, 3);

	scene->kind.vm.apic = apic;
	scene_set(scene, "SHR");
	scene_freeze(scene, 1);
	ck_assert(scene->vcpu[1].blocking);
	ck_assert(kernel_wake(&scene->vcpu[1].task, NULL));
	scene->vcpu[1].ready = true;
	scene_lag(scene, &scene->vcpu[1].task, (int64_t)SECOND);
	scene_run(scene, 20 * US);
	ck_assert(!task_running(&scene->vcpu[1].task));
	ck_assert(scene->vcpu[1].blocking); /* until the thread runs, 2.1 */
	return scene;
}

START_TEST(t25_woken_without_an_event_is_no_candidate)
{
	struct scene *scene = woken_but_waiting(_i ? APIC_APICV : APIC_SOFTWARE);

	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_uint_eq(scene->boosts, 0);
	scene_free(scene);
}
END_TEST

/* APICv: the posted interrupt; software APIC: it has requested EVENT. It last ran in user mode. */
START_TEST(t25_t26_woken_with_an_interrupt_is_a_candidate)
{
	struct scene *scene = woken_but_waiting(_i ? APIC_APICV : APIC_SOFTWARE);
	char text[TEXT];

	ck_assert(!scene->vcpu[1].preempted && !scene->vcpu[1].preempted_in_kernel);
	pend(scene, 1);
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), "1");
	scene_free(scene);
}
END_TEST

/* 2.2: AVIC requests no EVENT, and AMD's hint is always false. */
START_TEST(t25_avic_shows_no_interrupt_of_a_woken_vcpu)
{
	struct scene *scene = woken_but_waiting(APIC_AVIC);
	char text[TEXT];

	pend(scene, 1);
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_uint_eq(scene->boosts, 0);
	/* a kick is another thing */
	scene->vcpu[1].pv_unhalted = true;
	scene_run_until(scene, COUNTER_SCANS, 2);
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), "1");
	scene_free(scene);
}
END_TEST

/*
 * The guest's own timer wakes vCPU 1 behind a hog. Its interrupt is recorded at the entry only, so
 * the filter finds nothing.
 */
START_TEST(t25_t27_a_halt_sets_nothing_and_its_wake_only_ready)
{
	struct scene *scene = scene_new(3, 3);
	char text[TEXT];

	SCRIPT(scene, 1, RUN(5 * US), SLEEP(100 * US), RUN(FOREVER));
	scene_set(scene, "S--");
	struct vcpu *vcpu = &scene->vcpu[1];

	ck_assert_int_eq(vcpu->task.state, TASK_SLEEPING);
	ck_assert(vcpu->blocking);
	ck_assert(!vcpu->ready && !vcpu->preempted);
	scene_freeze(scene, 1);
	scene_run(scene, 104 * US);
	ck_assert_uint_eq(scene->boosts, 0);
	scene_run(scene, 105 * US);
	ck_assert_int_eq(vcpu->task.state, TASK_RUNNABLE);
	ck_assert(!task_running(&vcpu->task));
	ck_assert(vcpu->blocking);
	ck_assert(vcpu->ready);
	ck_assert(!vcpu->preempted);
	scene_lag(scene, &vcpu->task, (int64_t)SECOND);
	scene_run_until(scene, COUNTER_SCANS, 3);
	ck_assert_uint_eq(scene->boosts, 0);
	pend(scene, 1);
	scene_run_until(scene, COUNTER_SCANS, 4);
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), "1");
	scene_thaw(scene, 1);
	ck_assert(task_running(&vcpu->task));
	ck_assert(!vcpu->ready && !vcpu->preempted && !vcpu->blocking);
	scene_free(scene);
}
END_TEST

/*
 * vCPU 1 was preempted in user mode, and its guest's tick has come since. That is no bit of PIR:
 * in guest mode the deadline is the preemption timer's, out of it the host's timer counts it.
 */
START_TEST(t21_a_tick_is_no_pending_interrupt)
{
	struct scene *scene = scene_new(3, 3);
	char text[TEXT];

	scene->guest_tick = MS;
	scene->guest_phase = 50 * US;
	scene_set(scene, "SUR");
	scene_run(scene, 60 * US);
	ck_assert_uint_eq(scene->vcpu[1].cpu.pending, 1u << IRQ_TICK);
	ck_assert(!vcpu_pending_interrupt(&scene->vcpu[1]));
	scene_run_until(scene, COUNTER_SCANS, 2);
	ck_assert_uint_eq(scene->boosts, 0);
	pend(scene, 1);
	scene_run_until(scene, COUNTER_SCANS, 3);
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), "1");
	scene_free(scene);
}
END_TEST

/* 2.1: what a preemption writes, in either mode, and a switch-in. */
START_TEST(item_2_1_a_preemption_sets_ready_and_the_mode)
{
	struct scene *scene = scene_new(4, 4);

	SCRIPT(scene, 1, KERNEL(FOREVER));
	scene_set(scene, "R-RR");
	ck_assert(!scene->vcpu[0].ready && !scene->vcpu[0].preempted);
	scene_freeze(scene, 0);
	scene_freeze(scene, 1);
	for (uint32_t i = 0; i < 2; i++) {
		ck_assert(scene->vcpu[i].ready);
		ck_assert(scene->vcpu[i].preempted);
		ck_assert(scene->vcpu[i].scheduled_out);
		ck_assert(!scene->vcpu[i].blocking);
		ck_assert_int_eq(scene->vcpu[i].preempted_in_kernel, i == 1);
		scene_thaw(scene, i);
		ck_assert(!scene->vcpu[i].ready);
		ck_assert(!scene->vcpu[i].preempted);
		ck_assert(!scene->vcpu[i].scheduled_out);
	}
	scene_free(scene);
}
END_TEST

/*
 * vCPU 0 wakes vCPU 1 and goes back to user mode. It loses its pCPU while KVM carries out the ICR
 * write in between, an instruction of the guest's kernel.
 */
START_TEST(item_2_1_an_exit_for_an_instruction_is_in_kernel)
{
	struct scene *scene = scene_new(2, 2);

	scene->config.cost.icr_write = 10 * US;
	SCRIPT(scene, 0, RUN(100 * US), PUT(0, 1), RUN(FOREVER));
	SCRIPT(scene, 1, GET(0, 1), RUN(FOREVER));
	scene_set(scene, "--");
	scene_run(scene, 105 * US);
	ck_assert_uint_eq(scene->task[0].asked, 3);
	ck_assert_int_eq(scene->vcpu[0].phase, PHASE_EXITING);
	scene_freeze(scene, 0);
	ck_assert(scene->vcpu[0].preempted && scene->vcpu[0].preempted_in_kernel);

	/* the next one is in user mode again, where it was interrupted */
	scene_thaw(scene, 0);
	scene_run(scene, 200 * US);
	scene_freeze(scene, 0);
	ck_assert(scene->vcpu[0].preempted && !scene->vcpu[0].preempted_in_kernel);
	scene_free(scene);
}
END_TEST

/* A guest timer and an interrupt window hit whatever runs: here, user mode. */
START_TEST(item_2_1_an_exit_by_chance_keeps_the_mode)
{
	struct scene *scene = scene_new(2, 2);

	scene->kind.vm.apic = APIC_SOFTWARE;
	scene->config.cost.guest_ipi_handler = 10 * US;
	scene->config.cost.timer_expiry = scene->config.cost.irq_window = 10 * US;
	scene->guest_tick = MS;
	scene->guest_phase = 50 * US;
	scene_set(scene, "RU");
	scene_run(scene, 55 * US);
	ck_assert_int_eq(scene->vcpu[0].reason, EXIT_TIMER_EXPIRY);
	ck_assert_int_eq(scene->vcpu[0].phase, PHASE_EXITING);
	scene_freeze(scene, 0);
	ck_assert(scene->vcpu[0].preempted && !scene->vcpu[0].preempted_in_kernel);

	scene->vcpu[1].cpu.pending = 1u << IRQ_RESCHEDULE | 1u << IRQ_CALL;
	scene_thaw(scene, 1);
	scene_run(scene, 70 * US);
	ck_assert_int_eq(scene->vcpu[1].reason, EXIT_IRQ_WINDOW);
	ck_assert_int_eq(scene->vcpu[1].phase, PHASE_EXITING);
	scene_freeze(scene, 1);
	ck_assert(scene->vcpu[1].preempted && !scene->vcpu[1].preempted_in_kernel);
	scene_free(scene);
}
END_TEST

/* A spinner that is interrupted in its loop is in kernel mode. */
START_TEST(item_2_1_a_spinner_is_preempted_in_kernel)
{
	struct scene *scene = scene_of_states("SR", 0);

	scene_run(scene, 101 * US);
	scene_freeze(scene, 0);
	ck_assert(scene->vcpu[0].preempted_in_kernel);
	ck_assert(!scene->vcpu[0].in_spin_loop);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kvm-scan");
	TCase *order = tcase_create("order");
	TCase *filter = tcase_create("filter");

	tcase_add_test(order, t13_the_scan_ends_with_the_first_success);
	tcase_add_test(order, t14_the_order_wraps);
	tcase_add_test(order, t15_the_previous_victim_comes_last);
	tcase_add_loop_test(order, item_2_5_the_count_is_remembered_instead_of_the_index, 0, 4);
	tcase_add_test(order, item_2_2_all_are_examined_from_the_next_to_the_last_boosted);
	tcase_add_test(order, t16_boosts_go_round);
	tcase_add_test(order, t17_boosts_go_round_among_eight);
	tcase_add_test(order, item_2_2_the_first_scan_of_a_vm_starts_at_1);
	tcase_add_test(order, t18_one_vcpu_alone_returns_at_once);
	tcase_add_test(order, t19_no_candidate_costs_an_exit_and_a_scan);
	tcase_add_test(order, t20_the_last_boosted_belongs_to_the_vm);
	tcase_add_test(filter, t21_a_user_mode_victim_needs_a_pending_interrupt);
	tcase_add_test(filter, t21_ipi_virtualisation_shows_pending_interrupts_too);
	tcase_add_test(filter, t23_without_apicv_no_interrupt_is_seen);
	tcase_add_test(filter, t21_a_tick_is_no_pending_interrupt);
	tcase_add_test(filter, t24_a_running_vcpu_is_never_yielded_to);
	tcase_add_loop_test(filter, t25_woken_without_an_event_is_no_candidate, 0, 2);
	tcase_add_loop_test(filter, t25_t26_woken_with_an_interrupt_is_a_candidate, 0, 2);
	tcase_add_test(filter, t25_avic_shows_no_interrupt_of_a_woken_vcpu);
	tcase_add_test(filter, t25_t27_a_halt_sets_nothing_and_its_wake_only_ready);
	tcase_add_test(filter, item_2_1_a_preemption_sets_ready_and_the_mode);
	tcase_add_test(filter, item_2_1_an_exit_for_an_instruction_is_in_kernel);
	tcase_add_test(filter, item_2_1_an_exit_by_chance_keeps_the_mode);
	tcase_add_test(filter, item_2_1_a_spinner_is_preempted_in_kernel);
	suite_add_tcase(suite, order);
	suite_add_tcase(suite, filter);
	return run_suite(suite);
}
