/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_policy_v2_ipi.c - the KVM half of semantics-v2: tracking, candidate test, second round
 *
 * Names carry the numbers of yield-series.md (K, P) and of kvm-and-guest.md section 7 (73-79). Only
 * what the policy decides is here. What the scan decides (the eligibility toggle of 76, the tries
 * of 77 and P11, K10) is tested with models/kvm.
 */
#include <check.h>
#include <glib.h>

#include "models/policy/chain.h"
#include "models/policy/semantics_v2.h"
#include "tests/check_main.h"
#include "tests/unit/fake_vcpu.h"

#define MS UINT64_C(1000000)
#define WINDOW (50 * MS)
#define KERNEL true
#define USER false
#define CALL_VECTOR 0xfb
#define TIMER_VECTOR 0xec
#define ESRCH_RESULT (-3)

struct fixture {
	struct fake_vm vm;
	struct semantics_v2_params params;
	struct policy_chain chain;
};

static void setup(struct fixture *f, uint32_t vcpus)
{
	struct policy_setup setup = { 0 };
	struct policy_choice choice = { .ops = policy_find("semantics-v2"), .params = &f->params };

	f->params = (struct semantics_v2_params){ 1, 1, 1, 1, WINDOW };
	fake_vm_init(&f->vm, vcpus);
	f->vm.now = 7 * MS;
	policy_chain_init(&f->chain, &choice, 1, FAKE_VCPUS, 1, &setup);
}

static void teardown(struct fixture *f)
{
	policy_chain_clear(&f->chain);
}

/* "RPU": vCPU 0 runs, 1 was preempted in the kernel, 2 in user mode. */
static void states(struct fixture *f, const char *text)
{
	for (uint32_t i = 0; text[i]; i++)
		fake_vcpu_state(&f->vm.vcpu[i], text[i]);
}

static void send(struct fixture *f, uint32_t from, uint32_t to)
{
	struct ipi_delivery delivery = { .from = &f->vm.vcpu[from],
					 .to = &f->vm.vcpu[to],
					 .accepted = 1,
					 .vector = CALL_VECTOR,
					 .software_icr = true };

	chain_ipi_delivered(&f->chain, &delivery);
}

static void eoi(struct fixture *f, uint32_t vcpu, uint32_t vector)
{
	chain_eoi(&f->chain, &f->vm.vcpu[vcpu], vector);
}

static bool receiver(struct fixture *f, uint32_t spinner, uint32_t candidate)
{
	return ipi_confirmed_receiver(&f->chain.policy[0], &f->vm.vcpu[spinner],
				      &f->vm.vcpu[candidate]);
}

static struct ipi_context *context(struct fixture *f, uint32_t vcpu)
{
	return policy_vcpu(&f->chain.policy[0], &f->vm.vcpu[vcpu]);
}

static enum verdict ask(struct fixture *f, uint32_t spinner, uint32_t candidate, bool kernel_mode,
			uint32_t round)
{
	return chain_candidate(&f->chain, &f->vm.vcpu[spinner], &f->vm.vcpu[candidate], kernel_mode,
			       round);
}

/*
 * The first sibling in ring order from 1 that is ready and accepted, or -1: the order of
 * kvm-and-guest.md 2.2 with last = 0.
 */
static int first_accepted(struct fixture *f, uint32_t spinner, uint32_t round)
{
	for (uint32_t step = 1; step <= f->vm.vcpus; step++) {
		uint32_t i = step % f->vm.vcpus;

		if (i != spinner && f->vm.vcpu[i].ready &&
		    ask(f, spinner, i, KERNEL, round) == VERDICT_ACCEPT)
			return (int)i;
	}
	return -1;
}

static bool another_round(struct fixture *f, int result, uint32_t round)
{
	return chain_another_round(&f->chain, &f->vm.vcpu[0], result, round);
}

START_TEST(test_k1_recorded_only_if_every_condition_holds)
{
	static const char *const broken[] = { "none",	"accepted 0",  "accepted 2",
					      "self",	"paravirtual", "shorthand",
					      "device", "tracking off" };

	for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
		struct fixture f;

		setup(&f, 4);

		struct vcpu *vcpu = f.vm.vcpu;
		struct ipi_delivery d = { .from = &vcpu[0],
					  .to = &vcpu[2],
					  .accepted = 1,
					  .vector = CALL_VECTOR,
					  .software_icr = true };

		switch (i) {
		case 1:
			d.accepted = 0;
			d.to = NULL;
			break;
		case 2:
			d.accepted = 2;
			break;
		case 3:
			d.to = &vcpu[0];
			break;
		case 4: /* P17 */
			d.software_icr = false;
			break;
		case 5:
			d.shorthand = true;
			break;
		case 6:
			d.from = NULL;
			break;
		case 7:
			f.params.ipi_tracking = 0;
			break;
		}
		chain_ipi_delivered(&f.chain, &d);
		f.params.ipi_tracking = 1;
		ck_assert_msg(receiver(&f, 0, 2) == (i == 0), "%s", broken[i]);
		ck_assert_msg((context(&f, 2)->last_sender == &vcpu[0]) == (i == 0), "%s",
			      broken[i]);
		for (uint32_t v = 0; i > 0 && v < 4; v++)
			ck_assert_msg(!context(&f, v)->pending && !context(&f, v)->last_receiver,
				      "%s", broken[i]);
		teardown(&f);
	}
}
END_TEST

START_TEST(test_k2_multicast_leaves_all_state_unchanged)
{
	struct fixture f;
	struct ipi_context before[4];

	setup(&f, 4);
	send(&f, 0, 1);
	send(&f, 2, 3);
	for (uint32_t i = 0; i < 4; i++)
		before[i] = *context(&f, i);
	f.vm.now += MS;
	for (uint32_t accepted = 0; accepted <= 3; accepted++) {
		struct ipi_delivery d = { .from = &f.vm.vcpu[0],
					  .accepted = accepted,
					  .vector = CALL_VECTOR,
					  .software_icr = true };

		chain_ipi_delivered(&f.chain, &d);
	}
	for (uint32_t i = 0; i < 4; i++) {
		ck_assert_ptr_eq(context(&f, i)->last_sender, before[i].last_sender);
		ck_assert_ptr_eq(context(&f, i)->last_receiver, before[i].last_receiver);
		ck_assert_int_eq(context(&f, i)->pending, before[i].pending);
		ck_assert_uint_eq(context(&f, i)->time, before[i].time);
	}
	teardown(&f);
}
END_TEST

/* Random sends, EOIs and waits; K9 and K11 look at every pair on the way. */
START_TEST(test_k3_k9_k11_hold_in_random_histories)
{
	struct fixture f;
	GRand *rand = g_rand_new_with_seed(42);

	setup(&f, FAKE_VCPUS);
	for (int step = 0; step < 5000; step++) {
		uint32_t a = g_rand_int_range(rand, 0, FAKE_VCPUS),
			 b = g_rand_int_range(rand, 0, FAKE_VCPUS);
		struct vcpu *vcpu = &f.vm.vcpu[a];

		f.vm.now += g_rand_int_range(rand, 0, 20 * MS);
		fake_vcpu_state(vcpu, "PUWR"[g_rand_int_range(rand, 0, 4)]);
		vcpu->pending_interrupt = g_rand_int_range(rand, 0, 4) == 0;
		if (g_rand_boolean(rand))
			send(&f, a, b);
		else if (g_rand_boolean(rand))
			eoi(&f, a, CALL_VECTOR);

		for (uint32_t s = 0; s < FAKE_VCPUS; s++) {
			uint32_t receivers = 0;

			for (uint32_t c = 0; c < FAKE_VCPUS; c++) {
				const struct vcpu *v = &f.vm.vcpu[c];
				bool kernel_mode = g_rand_boolean(rand);
				bool plain =
					v->pending_interrupt ||
					(v->preempted && (!kernel_mode || v->preempted_in_kernel));
				bool strict = ask(&f, s, c, kernel_mode, 0) == VERDICT_ACCEPT;
				bool relaxed = ask(&f, s, c, kernel_mode, 1) == VERDICT_ACCEPT;

				receivers += receiver(&f, s, c);
				ck_assert_int_eq(strict,
						 plain || receiver(&f, s, c)); /* K9, first half */
				ck_assert_int_eq(relaxed, v->preempted);       /* K9, second half */

				f.params.ipi_tracking = 0;
				ck_assert(!receiver(&f, s, c));
				ck_assert_int_eq(ask(&f, s, c, kernel_mode, 0) == VERDICT_ACCEPT,
						 plain); /* K11 */
				f.params.ipi_tracking = 1;
			}
			ck_assert_uint_le(receivers, 1); /* K3 */
		}
	}
	g_rand_free(rand);
	teardown(&f);
}
END_TEST

START_TEST(test_k4_t79_the_window_is_inclusive)
{
	struct fixture f;

	setup(&f, 3);
	states(&f, "RUU");
	send(&f, 0, 2);
	f.vm.now += WINDOW;
	ck_assert(receiver(&f, 0, 2));
	ck_assert_int_eq(ask(&f, 0, 2, KERNEL, 0), VERDICT_ACCEPT);
	f.vm.now += 1;
	ck_assert(!receiver(&f, 0, 2));
	ck_assert_int_eq(ask(&f, 0, 2, KERNEL, 0), VERDICT_REJECT);
	teardown(&f);
}
END_TEST

START_TEST(test_k5_p13_any_eoi_clears_the_receiver_whole)
{
	struct fixture f;

	setup(&f, 4);
	send(&f, 1, 0);
	send(&f, 0, 2);
	ck_assert(receiver(&f, 0, 2));

	uint64_t time = context(&f, 0)->time;

	f.vm.now += MS;
	eoi(&f, 0, TIMER_VECTOR);
	ck_assert(!receiver(&f, 0, 2));
	ck_assert(!context(&f, 0)->pending);
	ck_assert_ptr_null(context(&f, 0)->last_sender);
	ck_assert_ptr_null(context(&f, 0)->last_receiver);
	ck_assert_uint_eq(context(&f, 0)->time, time);
	teardown(&f);
}
END_TEST

START_TEST(test_k6_eoi_clears_the_last_sender_only_if_the_pair_is_current)
{
	struct fixture f;

	/* The plain case; the sender keeps the receiver's name. */
	setup(&f, 4);
	send(&f, 0, 2);
	eoi(&f, 2, CALL_VECTOR);
	ck_assert(!context(&f, 0)->pending);
	ck_assert_ptr_eq(context(&f, 0)->last_receiver, &f.vm.vcpu[2]);
	teardown(&f);

	/* Two senders: only the last one is cleared, the earlier one waits for the window (P14). */
	setup(&f, 4);
	send(&f, 0, 2);
	send(&f, 1, 2);
	eoi(&f, 2, CALL_VECTOR);
	ck_assert(receiver(&f, 0, 2));
	ck_assert(!receiver(&f, 1, 2));
	teardown(&f);

	/* The sender has meanwhile sent to somebody else. */
	setup(&f, 4);
	send(&f, 0, 2);
	send(&f, 0, 3);
	eoi(&f, 2, CALL_VECTOR);
	ck_assert(receiver(&f, 0, 3));
	teardown(&f);

	/* Inside the window, inclusive; and outside. */
	for (uint64_t late = 0; late <= 1; late++) {
		setup(&f, 4);
		send(&f, 0, 2);
		f.vm.now += WINDOW + late;
		eoi(&f, 2, CALL_VECTOR);
		ck_assert_int_eq(context(&f, 0)->pending, late);
		teardown(&f);
	}
}
END_TEST

START_TEST(test_p14_one_slot_forgets_all_but_the_last_target)
{
	struct fixture f;

	setup(&f, 4);
	for (uint32_t to = 1; to < 4; to++)
		send(&f, 0, to);
	ck_assert(!receiver(&f, 0, 1));
	ck_assert(!receiver(&f, 0, 2));
	ck_assert(receiver(&f, 0, 3));
	eoi(&f, 3, CALL_VECTOR);
	for (uint32_t to = 1; to < 4; to++)
		ck_assert(!receiver(&f, 0, to));
	teardown(&f);
}
END_TEST

START_TEST(test_k8_second_round_only_after_failure_and_only_once)
{
	struct fixture f;

	setup(&f, 2);
	ck_assert(another_round(&f, ESRCH_RESULT, 0));
	ck_assert(another_round(&f, 0, 0));
	ck_assert(!another_round(&f, 1, 0));
	for (int result = ESRCH_RESULT; result <= 1; result++)
		ck_assert(!another_round(&f, result, 1));
	f.params.relaxed_round = 0;
	ck_assert(!another_round(&f, 0, 0));
	teardown(&f);
}
END_TEST

START_TEST(test_k12_each_source_of_knowledge_needs_its_apic_mode)
{
	struct fixture f;

	/* APICv with IPI virtualisation: no ICR write reaches KVM, only the hint tells. */
	setup(&f, 3);
	states(&f, "RUU");
	f.vm.vcpu[2].pending_interrupt = true;
	ck_assert_int_eq(first_accepted(&f, 0, 0), 2);
	ck_assert(!receiver(&f, 0, 2));

	/* APICv off: no hint, only the tracking tells. */
	f.vm.vcpu[2].pending_interrupt = false;
	ck_assert_int_eq(first_accepted(&f, 0, 0), -1);
	send(&f, 0, 2);
	ck_assert_int_eq(first_accepted(&f, 0, 0), 2);
	teardown(&f);
}
END_TEST

START_TEST(test_kvm73_confirmed_receiver_in_user_mode)
{
	struct fixture f;

	setup(&f, 4);
	states(&f, "RUUP");
	send(&f, 0, 2);
	ck_assert_int_eq(ask(&f, 0, 1, KERNEL, 0), VERDICT_REJECT);
	ck_assert_int_eq(first_accepted(&f, 0, 0), 2);
	teardown(&f);
}
END_TEST

/* 1.2.7, P10: a filter, not an order. */
START_TEST(test_p10_an_earlier_candidate_goes_before_the_receiver)
{
	struct fixture f;

	setup(&f, 4);
	states(&f, "RPUU");
	send(&f, 0, 2);
	ck_assert_int_eq(first_accepted(&f, 0, 0), 1);
	teardown(&f);
}
END_TEST

START_TEST(test_kvm74_second_round_takes_user_mode_victims)
{
	struct fixture f;

	setup(&f, 4);
	states(&f, "RUUR");
	ck_assert_int_eq(first_accepted(&f, 0, 0), -1);
	ck_assert(another_round(&f, 0, 0));
	ck_assert_int_eq(first_accepted(&f, 0, 1), 1);
	teardown(&f);
}
END_TEST

START_TEST(test_kvm75_p9_woken_but_not_preempted_is_nobody)
{
	struct fixture f;

	setup(&f, 2);
	states(&f, "RW");
	ck_assert_int_eq(first_accepted(&f, 0, 0), -1);
	ck_assert_int_eq(first_accepted(&f, 0, 1), -1);

	/* Except for the vCPU that sent it the tracked interrupt. */
	send(&f, 0, 1);
	ck_assert_int_eq(first_accepted(&f, 0, 0), 1);
	ck_assert_int_eq(first_accepted(&f, 0, 1), -1);

	/* Upstream's test decides, and takes it, with the switch off. */
	f.params.strict_first_round = 0;
	ck_assert_int_eq(ask(&f, 0, 1, KERNEL, 0), VERDICT_NOT_MINE);
	teardown(&f);
}
END_TEST

/*
 * A waiting spinner is a P: that the first round refuses it is the toggle of the scan, not the
 * policy's answer.
 */
START_TEST(test_kvm76_the_policy_accepts_a_waiting_spinner_in_both_rounds)
{
	struct fixture f;

	setup(&f, 2);
	states(&f, "RP");
	ck_assert_int_eq(ask(&f, 0, 1, KERNEL, 0), VERDICT_ACCEPT);
	ck_assert(another_round(&f, 0, 0));
	ck_assert_int_eq(ask(&f, 0, 1, KERNEL, 1), VERDICT_ACCEPT);
	teardown(&f);
}
END_TEST

START_TEST(test_kvm77_a_first_round_of_esrch_does_not_stop_the_second)
{
	struct fixture f;

	setup(&f, 6);
	states(&f, "RPPPPP");
	ck_assert(another_round(&f, ESRCH_RESULT, 0));
	for (uint32_t i = 1; i < 6; i++)
		ck_assert_int_eq(ask(&f, 0, i, KERNEL, 1), VERDICT_ACCEPT);
	teardown(&f);
}
END_TEST

START_TEST(t78_an_unrelated_eoi_clears_the_sender)
{
	struct fixture f;

	setup(&f, 3);
	states(&f, "RUU");
	send(&f, 0, 2);
	eoi(&f, 2, TIMER_VECTOR);
	ck_assert(!receiver(&f, 0, 2));
	ck_assert_int_eq(first_accepted(&f, 0, 0), -1);
	teardown(&f);
}
END_TEST

START_TEST(test_user_mode_spinner_may_boost_user_mode_victims)
{
	struct fixture f;

	setup(&f, 2);
	states(&f, "RU");
	ck_assert_int_eq(ask(&f, 0, 1, KERNEL, 0), VERDICT_REJECT);
	ck_assert_int_eq(ask(&f, 0, 1, USER, 0), VERDICT_ACCEPT);
	teardown(&f);
}
END_TEST

/* Each switch alone, the others off: what is left of the KVM half. */
START_TEST(test_switches_are_separate)
{
	struct fixture f;

	setup(&f, 3);
	states(&f, "RUW");
	send(&f, 0, 1);
	f.params = (struct semantics_v2_params){ .ipi_tracking = 1, .ipi_window = WINDOW };
	ck_assert_int_eq(ask(&f, 0, 1, KERNEL, 0), VERDICT_NOT_MINE);
	ck_assert(!another_round(&f, 0, 0));

	f.params = (struct semantics_v2_params){ .strict_first_round = 1, .ipi_window = WINDOW };
	ck_assert_int_eq(ask(&f, 0, 1, KERNEL, 0), VERDICT_REJECT);
	ck_assert_int_eq(ask(&f, 0, 2, KERNEL, 0), VERDICT_REJECT);
	ck_assert(!another_round(&f, 0, 0));
	ck_assert_int_eq(ask(&f, 0, 1, KERNEL, 1), VERDICT_REJECT); /* if others scan again */

	f.params = (struct semantics_v2_params){ .relaxed_round = 1, .ipi_window = WINDOW };
	ck_assert_int_eq(ask(&f, 0, 1, KERNEL, 0), VERDICT_NOT_MINE);
	ck_assert(another_round(&f, 0, 0));
	ck_assert_int_eq(ask(&f, 0, 1, KERNEL, 1), VERDICT_ACCEPT);
	ck_assert_int_eq(ask(&f, 0, 2, KERNEL, 1), VERDICT_REJECT);
	teardown(&f);
}
END_TEST

/* State hangs on the host-wide id, so two VMs do not mix. */
START_TEST(test_tracking_is_per_vm)
{
	struct fixture f;
	struct fake_vm other;

	setup(&f, 4);
	fake_vm_init(&other, 4);
	other.first_id = 4;
	other.now = f.vm.now;
	send(&f, 0, 1);
	ck_assert(!ipi_confirmed_receiver(&f.chain.policy[0], &other.vcpu[0], &other.vcpu[1]));
	chain_eoi(&f.chain, &other.vcpu[1], CALL_VECTOR);
	ck_assert(receiver(&f, 0, 1));
	teardown(&f);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("policy_v2_ipi");
	TCase *tracking = tcase_create("tracking");
	TCase *candidates = tcase_create("candidates");

	tcase_add_test(tracking, test_k1_recorded_only_if_every_condition_holds);
	tcase_add_test(tracking, test_k2_multicast_leaves_all_state_unchanged);
	tcase_add_test(tracking, test_k3_k9_k11_hold_in_random_histories);
	tcase_add_test(tracking, test_k4_t79_the_window_is_inclusive);
	tcase_add_test(tracking, test_k5_p13_any_eoi_clears_the_receiver_whole);
	tcase_add_test(tracking, test_k6_eoi_clears_the_last_sender_only_if_the_pair_is_current);
	tcase_add_test(tracking, test_p14_one_slot_forgets_all_but_the_last_target);
	tcase_add_test(tracking, t78_an_unrelated_eoi_clears_the_sender);
	tcase_add_test(tracking, test_tracking_is_per_vm);
	tcase_add_test(candidates, test_k8_second_round_only_after_failure_and_only_once);
	tcase_add_test(candidates, test_k12_each_source_of_knowledge_needs_its_apic_mode);
	tcase_add_test(candidates, test_kvm73_confirmed_receiver_in_user_mode);
	tcase_add_test(candidates, test_p10_an_earlier_candidate_goes_before_the_receiver);
	tcase_add_test(candidates, test_kvm74_second_round_takes_user_mode_victims);
	tcase_add_test(candidates, test_kvm75_p9_woken_but_not_preempted_is_nobody);
	tcase_add_test(candidates, test_kvm76_the_policy_accepts_a_waiting_spinner_in_both_rounds);
	tcase_add_test(candidates, test_kvm77_a_first_round_of_esrch_does_not_stop_the_second);
	tcase_add_test(candidates, test_user_mode_spinner_may_boost_user_mode_victims);
	tcase_add_test(candidates, test_switches_are_separate);
	suite_add_tcase(suite, tracking);
	suite_add_tcase(suite, candidates);
	return run_suite(suite);
}
