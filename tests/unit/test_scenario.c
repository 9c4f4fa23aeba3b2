/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_scenario.c - layers of a scenario: file, set-up, options; tests/cases holds the faults
 */
#include <check.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "models/config.h"
#include "models/policy/chain.h"
#include "sim/experiment/config.h"
#include "sim/experiment/scenario.h"
#include "tests/check_main.h"

static char *scenario_file(const char *name)
{
	const char *top = getenv("srcdir");

	return g_build_filename(top ? top : ".", "tests", "cases", "valid", name, "input.json",
				NULL);
}

/* Resolves the case "layers"; *error if that fails. */
static bool resolve(const char *setup, const char *const *set, const char *policy,
		    struct machine_config *config, GError **error)
{
	g_autofree char *file = scenario_file("layers");
	struct scenario_choice choice = { .setup = setup, .set = set, .policy = policy };
	struct scenario scenario;
	bool done;

	ck_assert_msg(scenario_read(&scenario, file, error), "%s",
		      error && *error ? (*error)->message : file);
	done = scenario_resolve(&scenario, &choice, config, error);
	scenario_clear(&scenario);
	return done;
}

static void resolved(const char *setup, const char *const *set, struct machine_config *config)
{
	g_autoptr(GError) error = NULL;
	bool done = resolve(setup, set, NULL, config, &error);

	ck_assert_msg(done, "%s", error ? error->message : "");
}

START_TEST(file_fills_every_section)
{
	struct machine_config config;

	resolved(NULL, NULL, &config);
	ck_assert_uint_eq(config.host.hz, 250);
	ck_assert_uint_eq(config.topology.cores, 4);
	ck_assert_uint_eq(config.cost.exit, 123);
	ck_assert_uint_eq(config.cost.entry, 400); /* the table's fallback */
	ck_assert_uint_eq(config.vm_kinds, 2);
	ck_assert_str_eq(config.vms[0].name, "web");
	ck_assert_str_eq(config.vms[1].profile, "realkvm-lockb");
	ck_assert_uint_eq(config.vms[1].vm.count, 2);
	ck_assert_uint_eq(config.vms[0].vm.weight, 100);
	ck_assert_uint_eq(config.vms[0].paravirt.eoi, 1);
	ck_assert_uint_eq(config.vms[1].paravirt.eoi, 0);
	ck_assert_uint_eq(config.run.window, 50000000);
	ck_assert_uint_eq(config.policy_count, 1);
	ck_assert_str_eq(config.policies[0].ops->name, "none");
	config_clear(&config);
}
END_TEST

START_TEST(setup_object_concerns_every_vm)
{
	struct machine_config config;

	resolved("all", NULL, &config);
	ck_assert_uint_eq(config.host.hz, 1000);
	ck_assert_uint_eq(config.topology.cores, 4); /* what the set-up does not say stays */
	for (guint vm = 0; vm < 2; vm++) {
		ck_assert_uint_eq(config.vms[vm].vm.affinity, AFFINITY_FREE);
		ck_assert_uint_eq(config.vms[vm].guest.hz, 100);
		ck_assert_uint_eq(config.vms[vm].guest.preemption, PREEMPTION_NONE);
	}
	config_clear(&config);
}
END_TEST

START_TEST(setup_array_concerns_the_named)
{
	struct machine_config config;

	resolved("one", NULL, &config);
	ck_assert_uint_eq(config.vms[0].vm.count, 1);
	ck_assert_uint_eq(config.vms[1].vm.count, 3);
	ck_assert_str_eq(config.vms[1].profile, "compute"); /* another shape, and its parameter */
	ck_assert_uint_eq(*(uint64_t *)config.vms[1].workload_params, 2);
	config_clear(&config);
}
END_TEST

START_TEST(options_come_last)
{
	static const char *const set[] = { "host.hz=500",	 "vms.weight=7",
					   "vms[1].weight=8",	 "vms[web].guest.hz=300",
					   "vms.x2apic=cluster", "host.cost.exit=1",
					   "host.cost.exit=2",	 NULL };
	struct machine_config config;

	resolved("all", set, &config);
	ck_assert_uint_eq(config.host.hz, 500);
	ck_assert_uint_eq(config.vms[0].vm.weight, 7);
	ck_assert_uint_eq(config.vms[1].vm.weight, 8);
	ck_assert_uint_eq(config.vms[0].guest.hz, 300);
	ck_assert_uint_eq(config.vms[1].guest.hz, 100);
	ck_assert_uint_eq(config.vms[1].vm.x2apic, X2APIC_CLUSTER);
	ck_assert_uint_eq(config.cost.exit, 2); /* the last counts */
	config_clear(&config);
}
END_TEST

START_TEST(options_reach_workloads_and_policies)
{
	static const char *const set[] = { "vms[0].workload.tasks=9",
					   "vms[1].workload.profile=compute",
					   "policy.semantics-v2.debooster=false", NULL };
	struct machine_config config;
	const struct policy_ops *ops;
	g_autoptr(GError) error = NULL;

	ck_assert(resolve(NULL, set, "semantics-v2", &config, &error));
	ck_assert_uint_eq(*(uint64_t *)config.vms[0].workload_params, 9);
	ck_assert_str_eq(config.vms[1].profile, "compute");
	ops = config.policies[0].ops;
	ck_assert_str_eq(ops->name, "semantics-v2");
	ck_assert_uint_eq(*(uint64_t *)config.policies[0].params, 0);
	config_clear(&config);
}
END_TEST

static void check_refused(const char *setup, const char *option, const char *wanted)
{
	const char *const set[] = { option, NULL };
	g_autoptr(GError) error = NULL;
	struct machine_config config;

	ck_assert_msg(!resolve(setup, set, NULL, &config, &error), "%s", option);
	ck_assert_msg(strstr(error->message, wanted), "%s", error->message);
	/* A refused configuration owns nothing. */
	ck_assert_ptr_null(config.vms);
	ck_assert_ptr_null(config.policies);
}

START_TEST(bad_options_are_refused)
{
	check_refused(NULL, "host.hz", "--set host.hz: found no value; legal: --set PATH=VALUE");
	check_refused(NULL, "=5", "found no path");
	check_refused(NULL, "host.hz=5000",
		      "--set host.hz=5000: found \"5000\"; legal: a whole number, 100..1000 1/s");
	check_refused(NULL, "host.hz=", "found \"\"");
	check_refused(NULL, "host.cost.exti=5", "(did you mean \"host.cost.exit\"?)");
	check_refused(NULL, "hz=5", "found an unknown path");
	check_refused(NULL, "host=5", "found an unknown path");
	check_refused(NULL, "vms.affinity=fre", "(did you mean \"free\"?)");
	check_refused(NULL, "vms[2].count=1", "found no kind of VM \"2\"; legal: 0..1 or a name");
	check_refused(NULL, "vms[.count=1", "found an unknown path");
	check_refused(NULL, "vms[].count=1", "found no kind of VM \"\"");
	check_refused(NULL, "vms.workload.task=1", "(did you mean \"tasks\"?)");
	check_refused(NULL, "vms[0].workload.tasks=x",
		      "--set vms[0].workload.tasks=x: found \"x\"");
	check_refused(NULL, "vms.workload.profile=dedpu", "(did you mean \"dedup\"?)");
	check_refused(NULL, "policy=nine", "(did you mean \"none\"?)");
	check_refused(NULL, "policy.semantics-v2.debosoter=0", "(did you mean \"debooster\"?)");
	check_refused(NULL, "policy.semantics-v2=0", "legal: policy=NAME, policy.NAME.PARAM=VALUE");
	check_refused("al", "host.hz=100",
		      "found an unknown set-up \"al\"; legal: all, one (did you mean \"all\"?)");
}
END_TEST

START_TEST(too_many_pcpus_and_vcpus)
{
	check_refused(
		NULL, "host.topology.packages=4096",
		"input.json:15:53: host.topology.cores: found 4096 packages x 1 LLCs x 4 cores x 1 threads; "
		"legal: at most 4096 pCPUs");
}
END_TEST

START_TEST(orders_are_checked)
{
	check_refused(
		NULL, "host.housekeeping.burn_min=900000000",
		"--set host.housekeeping.burn_min=900000000: found 900000000 above host.housekeeping.burn_max; "
		"legal: at most 350000");
	check_refused(NULL, "vms.spin_lock=paravirt", "found paravirt without paravirt.unhalt");
}
END_TEST

START_TEST(json_says_all_that_was_resolved)
{
	struct machine_config config;
	json_t *root, *host, *vm, *workload;

	resolved("one", NULL, &config);
	root = config_to_json(&config);
	host = json_object_get(root, "host");
	ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(host, "cost"), "exit")),
			 123);
	ck_assert_str_eq(json_string_value(json_object_get(host, "tick")), "aligned");
	ck_assert_uint_eq(json_array_size(json_object_get(root, "vms")), 2);
	vm = json_array_get(json_object_get(root, "vms"), 1);
	ck_assert_str_eq(json_string_value(json_object_get(vm, "name")), "db");
	workload = json_object_get(vm, "workload");
	ck_assert_str_eq(json_string_value(json_object_get(workload, "profile")), "compute");
	ck_assert_uint_eq(strlen(json_string_value(json_object_get(workload, "sha256"))), 64);
	json_decref(root);
	config_clear(&config);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("scenario");
	TCase *tcase = tcase_create("layers");

	tcase_add_test(tcase, file_fills_every_section);
	tcase_add_test(tcase, setup_object_concerns_every_vm);
	tcase_add_test(tcase, setup_array_concerns_the_named);
	tcase_add_test(tcase, options_come_last);
	tcase_add_test(tcase, options_reach_workloads_and_policies);
	tcase_add_test(tcase, bad_options_are_refused);
	tcase_add_test(tcase, too_many_pcpus_and_vcpus);
	tcase_add_test(tcase, orders_are_checked);
	tcase_add_test(tcase, json_says_all_that_was_resolved);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
