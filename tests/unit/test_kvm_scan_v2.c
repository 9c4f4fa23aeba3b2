/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_scan_v2.c - the scan under the v2 series: receivers, two rounds, tries
 *
 * Names carry the numbers of kvm-and-guest.md section 7. What the policy answers when it is asked
 * is tested in test_policy_v2_ipi.c; here it is asked by the scan of real vCPUs.
 */
#include <check.h>

#include "models/machine_private.h"
#include "models/policy/semantics_v2.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

#define TEXT 256

static struct semantics_v2_params params = { 1, 1, 1, 1, 50 * MS };

static struct scene *scene_v2(uint32_t vcpus)
{
	struct scene *scene = scene_new(vcpus, vcpus);

	scene->kind.vm.apic = APIC_SOFTWARE;
	scene->policy[1] = (struct policy_choice){ policy_find("semantics-v2"), &params };
	return scene;
}

static bool confirmed(const struct scene *scene, uint32_t sender, uint32_t receiver)
{
	return ipi_confirmed_receiver(&scene->machine->policies.policy[1], &scene->vcpu[sender],
				      &scene->vcpu[receiver]);
}

/* vCPU 0 flushes a TLB; only vCPU 2 runs the same process. */
START_TEST(t73_the_confirmed_receiver_is_a_candidate_in_user_mode)
{
	struct scene *scene = scene_v2(4);
	char text[TEXT];

	SCRIPT(scene, 0, RUN(100 * US), SHOOTDOWN(1), RUN(FOREVER));
	scene->stranger[1] = scene->stranger[3] = true;
	scene_set(scene, "-UUP");
	scene_run(scene, 101 * US);
	ck_assert(confirmed(scene, 0, 2));
	ck_assert(!confirmed(scene, 0, 1) && !confirmed(scene, 0, 3));
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), "2");
	ck_assert_str_eq(scene_examined(scene, 0, text, TEXT), "1 2");
	ck_assert_uint_eq(scene->vm->last_boosted, 2);

	/* 2.8: its end of interrupt, which KVM sees without APICv, ends that */
	scene_thaw(scene, 2);
	ck_assert(!confirmed(scene, 0, 2));
	scene_free(scene);
}
END_TEST

/* The same without the series: vCPU 3, in kernel mode. */
START_TEST(t73_upstream_passes_the_receiver_by)
{
	struct scene *scene = scene_v2(4);
	char text[TEXT];

	scene->policy[1].ops = NULL;
	SCRIPT(scene, 0, RUN(100 * US), SHOOTDOWN(1), RUN(FOREVER));
	scene->stranger[1] = scene->stranger[3] = true;
	scene_set(scene, "-UUP");
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), "3");
	scene_free(scene);
}
END_TEST

START_TEST(t74_the_second_round_takes_user_mode_victims)
{
	struct scene *scene = scene_v2(4);
	char text[TEXT];

	scene_set(scene, "SUUR");
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_str_eq(scene_examined(scene, 0, text, TEXT), "1 2 1");
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), "1");
	ck_assert_uint_eq(scene->vm->last_boosted, 1);
	scene_free(scene);
}
END_TEST

/* Ready, neither preempted nor blocking. */
START_TEST(t75_woken_but_not_preempted_is_nobody)
{
	struct scene *scene = scene_v2(3);
	char text[TEXT];

	if (_i == 0)
		scene->policy[1].ops = NULL;
	scene_set(scene, "SUR");
	scene_feign(scene, 1, 'W');
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), _i == 0 ? "1" : "");
	scene_free(scene);
}
END_TEST

START_TEST(t76_the_second_round_takes_a_waiting_spinner)
{
	struct scene *scene = scene_v2(3);
	char text[TEXT];

	scene_set(scene, "SPR");
	scene->vcpu[1].in_spin_loop = true;
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_str_eq(scene_examined(scene, 0, text, TEXT), "1 1");
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), "1");
	ck_assert(!scene->vcpu[1].dy_eligible); /* toggled twice */
	scene_free(scene);
}
END_TEST

/* The count of tries goes on below zero, where nothing stops it. */
START_TEST(t77_the_second_round_has_no_limit_after_three_esrch)
{
	struct scene *scene = scene_v2(6);
	char text[TEXT];

	scene_set(scene, "SRRRRR");
	for (uint32_t i = 1; i < 6; i++)
		scene_feign(scene, i, 'P');
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_str_eq(scene_examined(scene, 0, text, TEXT), "1 2 3 1 2 3 4 5");
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_TO), 3 + 5);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_ESRCH), 3 + 5);
	ck_assert_uint_eq(scene->vm->last_boosted, 0);
	scene_free(scene);
}
END_TEST

/* After two in the first round, the second has one left: 2.8, "tries is not re-initialised". */
START_TEST(t77_the_second_round_inherits_what_is_left)
{
	struct scene *scene = scene_v2(6);

	scene_set(scene, "SRRRRR");
	for (uint32_t i = 1; i < 6; i++)
		scene_feign(scene, i, i < 3 ? 'P' : 'U');
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_TO), 2 + 1);
	scene_free(scene);
}
END_TEST

/* A round that ends well is not followed by another. */
START_TEST(t73_a_success_ends_the_search)
{
	struct scene *scene = scene_v2(4);
	char text[TEXT];

	scene_set(scene, "SUPU");
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_str_eq(scene_examined(scene, 0, text, TEXT), "1 2");
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), "2");
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kvm-scan-v2");
	TCase *scan = tcase_create("scan-v2");

	tcase_add_test(scan, t73_the_confirmed_receiver_is_a_candidate_in_user_mode);
	tcase_add_test(scan, t73_upstream_passes_the_receiver_by);
	tcase_add_test(scan, t73_a_success_ends_the_search);
	tcase_add_test(scan, t74_the_second_round_takes_user_mode_victims);
	tcase_add_loop_test(scan, t75_woken_but_not_preempted_is_nobody, 0, 2);
	tcase_add_test(scan, t76_the_second_round_takes_a_waiting_spinner);
	tcase_add_test(scan, t77_the_second_round_has_no_limit_after_three_esrch);
	tcase_add_test(scan, t77_the_second_round_inherits_what_is_left);
	suite_add_tcase(suite, scan);
	return run_suite(suite);
}
