/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_scan_tries.c - the second half of a scan: eligibility, and what yield_to() answers
 *
 * Names carry the numbers of kvm-and-guest.md section 7. Written from the text. Scenes as in
 * test_kvm_scan.c.
 */
#include <check.h>
#include <string.h>

#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

#define TEXT 256

static struct scene *scene_of_states(const char *states, uint32_t last)
{
	uint32_t vcpus = (uint32_t)strlen(states);
	struct scene *scene = scene_new(vcpus, vcpus);

	scene_set(scene, states);
	scene->vm->last_boosted = last;
	return scene;
}

/*
 * vCPU 1 (S) scans first and yields to vCPU 2; the hog behind it takes its pCPU, so it waits inside
 * on_spin. Then vCPU 0 (T) scans again and again.
 */
static struct scene *waiting_spinner(void)
{
	struct scene *scene = scene_new(3, 3);
	struct vcpu *waiter;
	char text[TEXT];

	scene_set(scene, "TSP");
	waiter = &scene->vcpu[1];
	scene_crowd(scene, 1);
	scene_run(scene, 101 * US);
	/* from now on the hog is the better one, once vCPU 1 gives up its protection */
	scene_lag(scene, &waiter->task, (int64_t)SECOND);
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_str_eq(scene_boosts(scene, 1, text, TEXT), "2");
	ck_assert(!task_running(&waiter->task));
	ck_assert(waiter->ready && waiter->preempted && waiter->preempted_in_kernel);
	ck_assert(waiter->in_spin_loop);
	ck_assert(!waiter->dy_eligible);

	scene_thaw(scene, 2); /* leaves nobody but the waiting spinner */
	return scene;
}

START_TEST(t28_a_waiting_spinner_is_refused_every_second_time)
{
	struct scene *scene = waiting_spinner();
	const struct vcpu *waiter = &scene->vcpu[1];
	char text[TEXT];

	for (uint64_t k = 1; k <= 4; k++) {
		scene_run_until(scene, COUNTER_SCANS, 1 + k);
		ck_assert_uint_eq(scene->examinations, 1 + k);
		ck_assert_int_eq(waiter->dy_eligible, k % 2);
		ck_assert_uint_eq(scene->boosts, 1 + k / 2);
		ck_assert(waiter->in_spin_loop);
	}
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), "1 1");
	scene_free(scene);
}
END_TEST

/* Back from its yield it leaves on_spin, whatever others toggled. */
START_TEST(t29_who_runs_again_has_both_flags_clear)
{
	struct scene *scene = waiting_spinner();
	struct vcpu *waiter = &scene->vcpu[1];

	scene_run_until(scene, COUNTER_SCANS, 2 + (uint64_t)_i);
	ck_assert(waiter->in_spin_loop);
	ck_assert_int_eq(waiter->dy_eligible, _i == 0);
	scene_thaw(scene, 1);
	ck_assert(task_running(&waiter->task));
	ck_assert(!waiter->in_spin_loop);
	ck_assert(!waiter->dy_eligible);
	scene_free(scene);
}
END_TEST

START_TEST(t30_an_earlier_filter_spares_the_toggle)
{
	struct scene *scene = scene_of_states("SURP", 0);

	/* in user mode with nothing pending; running; preempted in the kernel */
	for (uint32_t i = 1; i <= 3; i++)
		scene->vcpu[i].in_spin_loop = true;
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert(!scene->vcpu[1].dy_eligible);
	ck_assert(!scene->vcpu[2].dy_eligible);
	ck_assert(scene->vcpu[3].dy_eligible);
	ck_assert_uint_eq(scene->boosts, 0);
	scene_free(scene);
}
END_TEST

START_TEST(t31_a_scan_goes_past_the_other_spinner_to_the_holder)
{
	struct scene *scene = scene_of_states("SPP", 0);
	char text[TEXT];

	scene->vcpu[1].in_spin_loop = true;
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_str_eq(scene_examined(scene, 0, text, TEXT), "1 2");
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), "2");
	ck_assert_uint_eq(scene->vm->last_boosted, 2);
	scene_free(scene);
}
END_TEST

/*
 * Racy hints let a scan come to a vCPU that runs: E if it is alone on its pCPU (the spinner is, on
 * its own), 0 if somebody waits behind it.
 */
static struct scene *feigned(uint32_t vcpus)
{
	struct scene *scene = scene_new(vcpus, vcpus);
	char states[32] = "S";

	for (uint32_t i = 1; i < vcpus; i++)
		states[i] = 'R';
	states[vcpus] = '\0';
	scene_set(scene, states);
	for (uint32_t i = 1; i < vcpus; i++)
		scene_feign(scene, i, 'P');
	return scene;
}

START_TEST(t32_three_esrch_end_the_scan)
{
	struct scene *scene = feigned(6);
	char text[TEXT];

	scene->vm->last_boosted = 4;
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_str_eq(scene_examined(scene, 0, text, TEXT), "5 1 2");
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_TO), 3);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_ESRCH), 3);
	ck_assert_uint_eq(scene->vm->last_boosted, 4);
	scene_free(scene);
}
END_TEST

START_TEST(t33_refusals_are_free)
{
	struct scene *scene = feigned(6);

	scene->vm->last_boosted = 3;
	for (uint32_t i = 1; i < 6; i++)
		scene_crowd(scene, i);
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_TO), 5);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_REFUSED), 5);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_OK), 0);
	ck_assert_uint_eq(scene->vm->last_boosted, 3);
	scene_free(scene);
}
END_TEST

START_TEST(t34_two_esrch_and_a_refusal_before_a_success)
{
	struct scene *scene = scene_of_states("SRRRPP", 0);
	char text[TEXT];

	for (uint32_t i = 1; i <= 3; i++)
		scene_feign(scene, i, 'P');
	scene_crowd(scene, 2);
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_str_eq(scene_examined(scene, 0, text, TEXT), "1 2 3 4");
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_TO), 4);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_ESRCH), 2);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_REFUSED), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_OK), 1);
	ck_assert_uint_eq(scene->vm->last_boosted, 4);
	scene_free(scene);
}
END_TEST

/*
 * Of all sixteen ways in which the run queues of the spinner and of the first three candidates have
 * one task or two, one ends the scan early. (The other two candidates have company.)
 */
START_TEST(t40_one_sixteenth_aborts_at_one_half)
{
	uint32_t aborted = 0;

	for (uint32_t crowded = 0; crowded < 16; crowded++) {
		struct scene *scene = feigned(6);

		for (uint32_t i = 0; i < 4; i++)
			if (crowded >> i & 1)
				scene_crowd(scene, i);
		scene_crowd(scene, 4);
		scene_crowd(scene, 5);
		scene_run_until(scene, COUNTER_SCANS, 1);
		if (scene_count(scene, COUNTER_YIELD_ESRCH) == 3) {
			ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_TO), 3);
			aborted++;
		} else {
			ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_TO), 5);
		}
		scene_free(scene);
	}
	ck_assert_uint_eq(aborted, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kvm-scan-tries");
	TCase *eligible = tcase_create("eligible");
	TCase *tries = tcase_create("tries");

	tcase_add_test(eligible, t28_a_waiting_spinner_is_refused_every_second_time);
	tcase_add_loop_test(eligible, t29_who_runs_again_has_both_flags_clear, 0, 2);
	tcase_add_test(eligible, t30_an_earlier_filter_spares_the_toggle);
	tcase_add_test(eligible, t31_a_scan_goes_past_the_other_spinner_to_the_holder);
	tcase_add_test(tries, t32_three_esrch_end_the_scan);
	tcase_add_test(tries, t33_refusals_are_free);
	tcase_add_test(tries, t34_two_esrch_and_a_refusal_before_a_success);
	tcase_add_test(tries, t40_one_sixteenth_aborts_at_one_half);
	suite_add_tcase(suite, eligible);
	suite_add_tcase(suite, tries);
	return run_suite(suite);
}
