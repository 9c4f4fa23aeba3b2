/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_policy_choice.c - policies as a user writes them
 */
#include <check.h>
#include <glib.h>
#include <string.h>

#include "models/policy/chain.h"
#include "sim/experiment/policy_choice.h"
#include "tests/check_main.h"

/* The canonical text of a choice, or the message. */
static char *round_trip(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct policy_choice *choices;
	uint32_t count;
	char *printed;

	if (!policy_choices_parse(text, &choices, &count, &error)) {
		ck_assert_ptr_null(choices);
		return g_strdup(error->message);
	}
	printed = policy_choices_print(choices, count);
	policy_choices_free(choices, count);
	return printed;
}

static void check_trip(const char *text, const char *wanted)
{
	g_autofree char *printed = round_trip(text);

	ck_assert_str_eq(printed, wanted);
}

static void check_message(const char *text, const char *part)
{
	g_autofree char *printed = round_trip(text);

	ck_assert_msg(strstr(printed, part), "%s: %s", text, printed);
}

START_TEST(choices_print_what_differs)
{
	check_trip("none", "none");
	check_trip("semantics-v2", "semantics-v2");
	check_trip("semantics-v2:debooster=true", "semantics-v2");
	check_trip("semantics-v2:debooster=0", "semantics-v2:debooster=false");
	/* In the order of the table, whatever the order given. */
	check_trip("semantics-v2:relaxed_round=0,debooster=0",
		   "semantics-v2:debooster=false,relaxed_round=false");
	check_trip("semantics-v2:ipi_window=1000+oracle-target",
		   "semantics-v2:ipi_window=1000+oracle-target");
}
END_TEST

START_TEST(wrong_choices_are_refused)
{
	check_message("", "found an unknown policy \"\"");
	check_message("semantics-v3", "(did you mean \"semantics-v2\"?)");
	check_message("none+", "found an unknown policy \"\"");
	check_message("none+none", "found the policy none twice in one chain");
	check_message("none:a=1", "policy none: found an unknown parameter \"a\"; legal: none");
	check_message("semantics-v2:debooster", "found \"debooster\"; legal: PARAM=VALUE");
	check_message("semantics-v2:deboster=1", "(did you mean \"debooster\"?)");
	check_message("semantics-v2:debooster=2",
		      "policy semantics-v2: debooster: found \"2\"; legal: true, false");
	check_message("semantics-v2:debooster=1,debooster=0",
		      "found the parameter debooster twice");
	check_message("semantics-v2:ipi_window=-1", "legal: a whole number, 0..1000000000 ns");
}
END_TEST

static bool unpatched(const char *text)
{
	struct policy_choice *choices;
	uint32_t count;
	bool result;

	ck_assert(policy_choices_parse(text, &choices, &count, NULL));
	result = policy_choices_unpatched(choices, count);
	policy_choices_free(choices, count);
	return result;
}

START_TEST(module_parameters_are_no_patch)
{
	ck_assert(unpatched("none"));
	ck_assert(unpatched("ple-off"));
	ck_assert(unpatched("none+ple-off"));
	ck_assert(!unpatched("semantics-v2"));
	ck_assert(!unpatched("oracle-target"));
	ck_assert(!unpatched("oracle-honoured"));
	ck_assert(!unpatched("none+semantics-v2"));
}
END_TEST

static void setup_unfair(struct policy *policy, struct policy_setup *setup)
{
	(void)policy;
	setup->buddy_always_honoured = true;
}

START_TEST(a_setup_that_changes_the_scheduler_is_a_patch)
{
	const struct policy_ops ops = { .name = "unfair", .setup = setup_unfair };
	const struct policy_choice choice = { .ops = &ops };

	ck_assert(!policy_choices_unpatched(&choice, 1));
}
END_TEST

START_TEST(one_parameter_is_set)
{
	g_autoptr(GError) error = NULL;
	struct policy_choice *choices;
	uint32_t count;

	ck_assert(policy_choices_parse("none+semantics-v2", &choices, &count, NULL));
	ck_assert(policy_choices_have(choices, count, "semantics-v2"));
	ck_assert(!policy_choices_have(choices, count, "ple-off"));
	ck_assert(policy_choices_set(choices, count, "semantics-v2", "debooster", "0", NULL));

	g_autofree char *printed = policy_choices_print(choices, count);

	ck_assert_str_eq(printed, "none+semantics-v2:debooster=false");
	ck_assert(!policy_choices_set(choices, count, "semantics-v2", "debooster", "x", &error));
	policy_choices_free(choices, count);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("policy_choice");
	TCase *tcase = tcase_create("choices");

	tcase_add_test(tcase, choices_print_what_differs);
	tcase_add_test(tcase, wrong_choices_are_refused);
	tcase_add_test(tcase, module_parameters_are_no_patch);
	tcase_add_test(tcase, a_setup_that_changes_the_scheduler_is_a_patch);
	tcase_add_test(tcase, one_parameter_is_set);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
