/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_rules.c - directed yield by kernel version, and AMD's AVIC
 *
 * Names carry the numbers of kvm-and-guest.md section 7, or the item; written from its text and from
 * cfs.md 7.1. vCPUs sit on a pCPU each; a victim shares its pCPU with a hog, so that yield_to()
 * returns 1 and nothing moves: the spinner spins on.
 */
#include <check.h>
#include <glib.h>
#include <string.h>

#include "models/kvm/kvm_rules.h"
#include "models/machine_private.h"
#include "models/policy/policy.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

#define TEXT 256

/* Index of the row that begins with that kernel. */
static uint64_t rules(const char *name)
{
	for (uint64_t i = 0; kvm_rules_words[i]; i++)
		if (!strcmp(kvm_rules_words[i], name))
			return i;
	ck_abort_msg("no rules %s", name);
}

static struct scene *scene_of(const char *version, const char *states)
{
	uint32_t vcpus = (uint32_t)strlen(states);
	struct scene *scene = scene_new(vcpus, vcpus);

	scene->config.kvm.rules = rules(version);
	scene_set(scene, states);
	return scene;
}

START_TEST(item_2_6_a_kernel_has_the_newest_rules_that_are_not_newer)
{
	static const struct {
		const char *kernel;
		uint32_t major, minor;
	} rows[] = { { "3.6", 3, 6 },	   { "3.9", 3, 6 },   { "3.10", 3, 10 },
		     { "4.4", 3, 16 },	   { "4.20", 4, 14 }, { "5.3", 5, 3 },
		     { "5.12.9", 5, 3 },   { "5.13", 5, 13 }, { "5.17", 5, 13 },
		     { "6.5", 6, 0 },	   { "6.12", 6, 0 },  { "6.18-stable", 6, 0 },
		     { "6.19-rc1", 6, 0 }, { "7.2", 6, 0 },   { "flat", 6, 0 },
		     { "cfs-4.20", 4, 14 } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct kvm_rules *found = kvm_rules_find(0, rows[i].kernel);

		ck_assert_msg(found->major == rows[i].major && found->minor == rows[i].minor,
			      "%s: %u.%u", rows[i].kernel, found->major, found->minor);
	}
	for (uint64_t i = 1; kvm_rules_words[i]; i++)
		ck_assert_ptr_eq(kvm_rules_find(i, "6.19"), kvm_rules_find(0, kvm_rules_words[i]));
}
END_TEST

START_TEST(t16_t17_the_index_bug)
{
	static const char *const version[] = { "6.12", "6.18-rc4", "6.18.0" };
	struct scene *four = scene_new(4, 4), *eight = scene_new(8, 8);
	char text[TEXT];

	four->config.host.kernel = eight->config.host.kernel = scene_version(version[_i]);
	scene_set(four, "PPPS");
	scene_run_until(four, COUNTER_SCANS, 6);
	ck_assert_str_eq(scene_boosts(four, 3, text, TEXT), "1 1 1 1 1 1");
	ck_assert_uint_eq(four->vm->last_boosted, 0);
	scene_set(eight, "SPPPPPPP");
	eight->vm->last_boosted = 5;
	scene_run_until(eight, COUNTER_SCANS, 8);
	ck_assert_str_eq(scene_boosts(eight, 0, text, TEXT), "6 1 1 1 1 1 1 1");
	scene_free(four);
	scene_free(eight);
}
END_TEST

/* Who is boosted first: vCPU 1 was preempted in user mode, 2 likewise with an interrupt, 3 in the
 * kernel. */
START_TEST(item_2_6_the_test_of_the_mode)
{
	static const struct {
		const char *version, *boosted;
	} rows[] = { { "3.6", "1" }, { "3.10", "1" }, { "3.16", "1" }, { "4.14", "3" },
		     { "5.3", "3" }, { "5.13", "2" }, { "6.0", "2" } };
	struct scene *scene = scene_of(rows[_i].version, "SUUP");
	char text[TEXT];

	scene->vcpu[2].cpu.pending |= 1u << IRQ_CALL;
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), rows[_i].boosted);
	scene_free(scene);
}
END_TEST

/* vCPU 1 was halted and has been woken, with an interrupt; `version` ends in + or - for boost_woken. */
static uint64_t yields_to_a_woken_vcpu(const char *version)
{
	struct scene *scene = scene_new(3, 3);
	g_autofree char *row = g_strdelimit(g_strdup(version), "+-", '\0');
	uint64_t yields;

	scene->config.kvm.rules = rules(row);
	if (strchr(version, '+'))
		scene->config.kvm.boost_woken = RULE_ON;
	else if (strchr(version, '-'))
		scene->config.kvm.boost_woken = RULE_OFF;
	scene_set(scene, "SHR");
	scene_freeze(scene, 1);
	ck_assert(kernel_wake(&scene->vcpu[1].task, NULL));
	scene->vcpu[1].ready = true;
	scene->vcpu[1].cpu.pending |= 1u << IRQ_CALL;
	scene_lag(scene, &scene->vcpu[1].task, (int64_t)SECOND);
	scene_run_until(scene, COUNTER_SCANS, 1);
	yields = scene_count(scene, COUNTER_YIELD_TO);
	scene_free(scene);
	return yields;
}

/* `ready` came with 5.3; the parameter is that alone. */
START_TEST(item_2_6_a_woken_vcpu)
{
	static const char *const version[] = { "3.16", "4.14", "5.3-",	"6.0-", "4.14-",
					       "5.3",  "5.13", "4.14+", "5.3+", "6.0" };

	ck_assert_uint_eq(yields_to_a_woken_vcpu(version[_i]), _i >= 5);
}
END_TEST

/* d73eb57b80b9: the woken vCPU is not asked for its mode, the preempted one is. */
START_TEST(item_2_6_boost_woken_asks_only_the_preempted_for_their_mode)
{
	struct scene *scene = scene_new(3, 3);

	scene->config.kvm.rules = rules("4.14");
	scene->config.kvm.boost_woken = RULE_ON;
	scene_set(scene, "SUR");
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_TO), 0);
	scene_free(scene);
}
END_TEST

/* 2.2: the user-mode vCPU 2 with an interrupt, or vCPU 3 of kernel mode behind it. */
START_TEST(t21_boost_pending_alone)
{
	static const struct {
		const char *version;
		uint64_t choice;
		const char *boosted;
	} rows[] = { { "5.3", RULE_ON, "2" },
		     { "4.14", RULE_ON, "2" },
		     { "5.13", RULE_OFF, "3" },
		     { "5.13", RULE_OF_ROW, "2" } };
	struct scene *scene = scene_new(4, 4);
	char text[TEXT];

	scene->config.kvm.rules = rules(rows[_i].version);
	scene->config.kvm.boost_pending = rows[_i].choice;
	scene_set(scene, "SUUP");
	scene->vcpu[2].cpu.pending |= 1u << IRQ_CALL;
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), rows[_i].boosted);
	scene_free(scene);
}
END_TEST

/* Raghavendra's rule came after 3.6. */
START_TEST(item_2_6_waiting_spinners)
{
	struct scene *scene = scene_of(_i ? "3.10" : "3.6", "SPR");
	char text[TEXT];

	scene->vcpu[1].in_spin_loop = true;
	scene_run_until(scene, COUNTER_SCANS, 3);
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), _i ? "1" : "1 1 1");
	scene_free(scene);
}
END_TEST

/* cfs.md 7.1: all run alone; 3.10 takes the first refusal for a success, 3.6 asks everybody. */
START_TEST(item_2_6_tries)
{
	static const struct {
		const char *version;
		uint64_t tries;
		uint32_t last;
	} rows[] = { { "3.6", 5, 0 }, { "3.10", 1, 1 }, { "3.16", 3, 0 }, { "6.0", 3, 0 } };
	struct scene *scene = scene_of(rows[_i].version, "SRRRRR");

	for (uint32_t i = 1; i < 6; i++) {
		scene_feign(scene, i, 'P');
		scene->vcpu[i].live = false;
	}
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_ESRCH), rows[_i].tries);
	ck_assert_uint_eq(scene->vm->last_boosted, rows[_i].last);
	scene_free(scene);
}
END_TEST

/* 2.4: the test for a single task on the caller's queue came with 5.13. */
START_TEST(t41_the_hypercall_of_a_lone_vcpu)
{
	struct scene *scene = scene_of(_i ? "5.13" : "5.3", "RP");

	scene_hypercall_yield(scene, 0, 1);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PV_YIELDS), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PV_YIELD_OK), !_i);
	scene_free(scene);
}
END_TEST

static bool is_preempted(const struct scene *scene, uint32_t vcpu)
{
	const struct cpu *cpu = &scene->vcpu[vcpu].cpu;

	return cpu->ops->is_preempted(cpu);
}

/* Of a halt, and of a yield from a pause loop. */
START_TEST(t45_older_hosts_report_every_switch_out)
{
	struct scene *scene = scene_new(3, 3);

	scene->config.kvm.rules = rules(_i ? "6.0" : "5.13");
	scene->kind.paravirt.steal_time = true;
	scene_set(scene, "SPH");
	ck_assert(is_preempted(scene, 2) == !_i);
	scene_crowd(scene, 0);
	scene_run(scene, 101 * US);
	scene_lag(scene, &scene->vcpu[0].task, (int64_t)SECOND);
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert(!task_running(&scene->vcpu[0].task));
	ck_assert(is_preempted(scene, 0) == !_i);
	scene_free(scene);
}
END_TEST

/* --- AVIC, 4.1 --- */

static struct scene *avic(const char *states)
{
	uint32_t vcpus = (uint32_t)strlen(states);
	struct scene *scene = scene_new(vcpus, vcpus);

	scene->config.kvm.ple = PLE_OFF;
	scene->kind.vm.apic = APIC_AVIC;
	scene->config.cost.posted_latency = US;
	SCRIPT(scene, 0, RUN(100 * US), SHOOTDOWN(1), RUN(FOREVER));
	scene_set(scene, states);
	return scene;
}

START_TEST(item_4_1_avic_running_targets_cost_no_exit)
{
	struct scene *scene = avic("-RR");
	uint64_t exits = scene_count(scene, COUNTER_EXITS);

	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[0].asked, 3);
	/* neither of the sender, nor of the targets, nor for an end of interrupt */
	ck_assert_uint_eq(scene_count(scene, COUNTER_EXITS), exits);
	ck_assert_uint_eq(scene_count(scene, COUNTER_IPIS), 2);
	scene_free(scene);
}
END_TEST

START_TEST(item_4_1_avic_a_preempted_target_costs_an_exit_and_gives_no_hint)
{
	struct scene *scene = avic("-UR");

	scene_run(scene, MS);
	ck_assert_uint_eq(scene_count(scene, COUNTER_ICR_EXITS), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_IPIS), 2);
	ck_assert_uint_eq(scene->task[0].asked, 2);
	ck_assert(scene->vcpu[1].cpu.pending != 0);
	ck_assert(!vcpu_pending_interrupt(&scene->vcpu[1]));
	scene_thaw(scene, 1);
	scene_run(scene, 2 * MS);
	ck_assert_uint_eq(scene->task[0].asked, 3);
	scene_free(scene);
}
END_TEST

/* 2.2: vendor_pending of AMD is false, so the user-mode victim stays where it is. */
START_TEST(t23_avic_is_like_no_apicv_for_a_scan)
{
	struct scene *scene = scene_new(4, 4);
	char text[TEXT];

	scene->kind.vm.apic = APIC_AVIC;
	scene_set(scene, "SUUP");
	scene->vcpu[2].cpu.pending |= 1u << IRQ_CALL;
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), "3");
	scene_free(scene);
}
END_TEST

/* A wake-up interrupt for a halted vCPU: the sender exits, KVM wakes. */
START_TEST(item_4_1_avic_kvm_wakes_a_halted_target)
{
	struct scene *scene = scene_new(2, 2);

	scene->config.kvm.ple = PLE_OFF;
	scene->kind.vm.apic = APIC_AVIC;
	SCRIPT(scene, 0, RUN(100 * US), PUT(0, 1), RUN(FOREVER));
	SCRIPT(scene, 1, GET(0, 1), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 50 * US);
	ck_assert_int_eq(scene->vcpu[1].task.state, TASK_SLEEPING);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene_count(scene, COUNTER_ICR_EXITS), 1);
	ck_assert(task_running(&scene->vcpu[1].task));
	scene_free(scene);
}
END_TEST

/* The guest has interrupts off when it arrives: hardware delivers, without a window exit. */
START_TEST(t58_avic_needs_no_interrupt_window)
{
	struct scene *scene = scene_new(3, 3);

	scene->config.kvm.ple = PLE_OFF;
	scene->kind.vm.apic = APIC_AVIC;
	scene->config.cost.guest_ipi_handler = 50 * US;
	SCRIPT(scene, 0, RUN(100 * US), SHOOTDOWN(1), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(110 * US), SHOOTDOWN(1), RUN(FOREVER));
	scene_set(scene, "--R");

	scene_run(scene, 50 * US);

	uint64_t exits = scene_count(scene, COUNTER_EXITS);

	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[0].asked, 3);
	ck_assert_uint_eq(scene->task[1].asked, 3);
	ck_assert_uint_eq(scene_count(scene, COUNTER_EXITS), exits);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kvm_rules");
	TCase *test = tcase_create("rules");

	tcase_add_test(test, item_2_6_a_kernel_has_the_newest_rules_that_are_not_newer);
	tcase_add_loop_test(test, t16_t17_the_index_bug, 0, 3);
	tcase_add_loop_test(test, item_2_6_the_test_of_the_mode, 0, 7);
	tcase_add_loop_test(test, item_2_6_a_woken_vcpu, 0, 10);
	tcase_add_test(test, item_2_6_boost_woken_asks_only_the_preempted_for_their_mode);
	tcase_add_loop_test(test, t21_boost_pending_alone, 0, 4);
	tcase_add_loop_test(test, item_2_6_waiting_spinners, 0, 2);
	tcase_add_loop_test(test, item_2_6_tries, 0, 4);
	tcase_add_loop_test(test, t41_the_hypercall_of_a_lone_vcpu, 0, 2);
	tcase_add_loop_test(test, t45_older_hosts_report_every_switch_out, 0, 2);
	tcase_add_test(test, item_4_1_avic_running_targets_cost_no_exit);
	tcase_add_test(test, item_4_1_avic_a_preempted_target_costs_an_exit_and_gives_no_hint);
	tcase_add_test(test, t23_avic_is_like_no_apicv_for_a_scan);
	tcase_add_test(test, item_4_1_avic_kvm_wakes_a_halted_target);
	tcase_add_test(test, t58_avic_needs_no_interrupt_window);
	suite_add_tcase(suite, test);
	return run_suite(suite);
}
