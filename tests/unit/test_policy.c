/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_policy.c - the registry, the chain, the yardsticks, and the skeleton that CONTRIBUTING.md
 * tells people to copy
 */
#include <check.h>
#include <glib.h>

#include "models/policy/chain.h"
#include "models/policy/oracle.h"
#include "sim/engine/param.h"
#include "tests/check_main.h"
#include "tests/unit/fake_vcpu.h"

#define MS UINT64_C(1000000)
#define PCPUS 2

extern const struct policy_ops policy_skeleton;

/*
 * A policy that answers what its parameters say and notes each call in a log that the test can
 * read.
 */
struct probe_params {
	char letter;
	enum verdict verdict;
	bool again;
	GString *log;
};

static void probe_note(struct policy *policy, const char *hook)
{
	const struct probe_params *params = policy->params;

	g_string_append_printf(params->log, "%c:%s ", params->letter, hook);
}

static void probe_before(struct policy *policy, struct fair_rq *rq, struct fair_task *yielder,
			 struct fair_task *target, uint64_t now)
{
	(void)rq;
	(void)yielder;
	(void)target;
	(void)now;
	probe_note(policy, "before");
}

static void probe_after(struct policy *policy, struct fair_rq *rq, struct fair_task *yielder,
			struct fair_task *target, uint64_t now)
{
	(void)rq;
	(void)yielder;
	(void)target;
	(void)now;
	probe_note(policy, "after");
}

static enum verdict probe_candidate(struct policy *policy, const struct vcpu *spinner,
				    const struct vcpu *candidate, bool kernel_mode, uint32_t round)
{
	(void)spinner;
	(void)candidate;
	(void)kernel_mode;
	(void)round;
	probe_note(policy, "candidate");
	return ((const struct probe_params *)policy->params)->verdict;
}

static bool probe_another_round(struct policy *policy, const struct vcpu *spinner, int result,
				uint32_t round)
{
	(void)spinner;
	(void)result;
	(void)round;
	probe_note(policy, "round");
	return ((const struct probe_params *)policy->params)->again;
}

static enum verdict probe_yield_target(struct policy *policy, const struct vcpu *spinner,
				       struct vcpu **target)
{
	enum verdict verdict = ((const struct probe_params *)policy->params)->verdict;

	probe_note(policy, "target");
	if (verdict == VERDICT_ACCEPT)
		*target = vcpu_sibling(spinner, 1);
	return verdict;
}

static void probe_ipi(struct policy *policy, const struct ipi_delivery *delivery)
{
	(void)delivery;
	probe_note(policy, "ipi");
}

static void probe_eoi(struct policy *policy, struct vcpu *vcpu, uint32_t vector)
{
	(void)vcpu;
	(void)vector;
	probe_note(policy, "eoi");
}

static const struct policy_ops probe = {
	.name = "probe",
	.abi = VCPUSIM_POLICY_ABI,
	.yield_to_before = probe_before,
	.yield_to_after = probe_after,
	.candidate = probe_candidate,
	.another_round = probe_another_round,
	.yield_target = probe_yield_target,
	.ipi_delivered = probe_ipi,
	.eoi = probe_eoi,
};

/* Starts a chain of one policy on the vCPUs of `vm`; returns what its setup() switched. */
static struct policy_setup start(struct policy_chain *chain, const struct policy_ops *ops,
				 void *params)
{
	struct policy_setup setup = { 0 };
	struct policy_choice choice = { .ops = ops, .params = params };

	policy_chain_init(chain, &choice, 1, FAKE_VCPUS, PCPUS, &setup);
	return setup;
}

START_TEST(test_registry_is_complete_and_consistent)
{
	static const char *const expected[] = { "none", "semantics-v2", "oracle-target",
						"oracle-honoured", "ple-off" };

	for (size_t i = 0; i < G_N_ELEMENTS(expected); i++)
		ck_assert_ptr_nonnull(policy_find(expected[i]));
	ck_assert_ptr_null(policy_find("semantics"));
	ck_assert_ptr_null(policy_find("skeleton"));

	for (const struct policy_ops *const *ops = policies; *ops; ops++) {
		ck_assert_ptr_eq(policy_find((*ops)->name), *ops);
		ck_assert_uint_eq((*ops)->abi, VCPUSIM_POLICY_ABI);
		ck_assert_ptr_nonnull((*ops)->summary);
		ck_assert_ptr_nonnull((*ops)->source);
		ck_assert_int_eq((*ops)->params != NULL, (*ops)->params_size > 0);
	}
}
END_TEST

START_TEST(test_parameters_fill_their_struct_and_carry_a_source)
{
	for (const struct policy_ops *const *ops = policies; *ops; ops++) {
		size_t end = 0;

		for (const struct param *param = (*ops)->params; param && param->name; param++) {
			ck_assert_uint_eq(param->offset, end);
			ck_assert_ptr_nonnull(param->fallback);
			ck_assert_ptr_nonnull(param->unit);
			ck_assert_ptr_nonnull(param->meaning);
			ck_assert_ptr_nonnull(param->source);
			end += sizeof(uint64_t);
		}
		ck_assert_uint_eq(end, (*ops)->params_size);
	}
}
END_TEST

START_TEST(test_semantics_v2_has_its_four_switches_on_by_default)
{
	static const char *const names[] = { "debooster", "ipi_tracking", "strict_first_round",
					     "relaxed_round" };
	const struct param *param = policy_find("semantics-v2")->params;

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++, param++) {
		ck_assert_str_eq(param->name, names[i]);
		ck_assert_int_eq(param->type, PARAM_BOOL);
		ck_assert_str_eq(param->fallback, "true");
	}
	ck_assert_str_eq(param->name, "ipi_window");
	ck_assert_str_eq(param->fallback, "50000000");
}
END_TEST

START_TEST(test_none_has_no_hook_and_switches_nothing)
{
	struct policy_chain chain;
	struct policy_setup setup = start(&chain, policy_find("none"), NULL);

	ck_assert(!setup.ple_off && !setup.buddy_always_honoured);
	ck_assert(!chain.has_yield_to && !chain.has_candidate && !chain.has_another_round);
	ck_assert(!chain.has_yield_target && !chain.has_ipi_delivered && !chain.has_eoi);
	policy_chain_clear(&chain);
	ck_assert_uint_eq(chain.count, 0);
}
END_TEST

START_TEST(test_empty_chain_answers_not_mine)
{
	struct policy_chain chain;
	struct policy_setup setup = { 0 };
	struct fake_vm vm;
	struct vcpu *target;

	fake_vm_init(&vm, 2);
	policy_chain_init(&chain, NULL, 0, FAKE_VCPUS, PCPUS, &setup);
	ck_assert_int_eq(chain_candidate(&chain, &vm.vcpu[0], &vm.vcpu[1], true, 0),
			 VERDICT_NOT_MINE);
	ck_assert_int_eq(chain_yield_target(&chain, &vm.vcpu[0], &target), VERDICT_NOT_MINE);
	ck_assert(!chain_another_round(&chain, &vm.vcpu[0], 0, 0));
	chain_eoi(&chain, &vm.vcpu[0], 1);
	policy_chain_clear(&chain);
}
END_TEST

START_TEST(test_masks_say_which_hooks_exist)
{
	struct policy_chain chain;

	start(&chain, policy_find("oracle-target"), NULL);
	ck_assert(chain.has_yield_target);
	ck_assert(!chain.has_yield_to && !chain.has_candidate && !chain.has_another_round);
	ck_assert(!chain.has_ipi_delivered && !chain.has_eoi);
	policy_chain_clear(&chain);

	start(&chain, policy_find("semantics-v2"), NULL);
	ck_assert(!chain.has_yield_target);
	ck_assert(chain.has_yield_to && chain.has_candidate && chain.has_another_round);
	ck_assert(chain.has_ipi_delivered && chain.has_eoi);
	policy_chain_clear(&chain);
}
END_TEST

/* Three policies; "none" in the middle has no hook at all. */
START_TEST(test_chain_asks_in_order_until_somebody_answers)
{
	g_autoptr(GString) log = g_string_new(NULL);
	struct probe_params a = { 'a', VERDICT_NOT_MINE, false, log },
			    b = { 'b', VERDICT_ACCEPT, true, log };
	struct policy_choice choice[] = { { &probe, &a },
					  { policy_find("none"), NULL },
					  { &probe, &b } };
	struct policy_setup setup = { 0 };
	struct policy_chain chain;
	struct fake_vm vm;
	struct vcpu *target;

	fake_vm_init(&vm, 2);
	policy_chain_init(&chain, choice, G_N_ELEMENTS(choice), FAKE_VCPUS, PCPUS, &setup);
	ck_assert_int_eq(chain_candidate(&chain, &vm.vcpu[0], &vm.vcpu[1], true, 0),
			 VERDICT_ACCEPT);
	ck_assert_int_eq(chain_yield_target(&chain, &vm.vcpu[0], &target), VERDICT_ACCEPT);
	ck_assert_ptr_eq(target, &vm.vcpu[1]);
	ck_assert(chain_another_round(&chain, &vm.vcpu[0], 0, 0));
	ck_assert_str_eq(log->str, "a:candidate b:candidate a:target b:target a:round b:round ");

	/* The first answer counts; the second is not asked. */
	g_string_truncate(log, 0);
	a.verdict = VERDICT_REJECT;
	a.again = true;
	ck_assert_int_eq(chain_candidate(&chain, &vm.vcpu[0], &vm.vcpu[1], true, 0),
			 VERDICT_REJECT);
	ck_assert_int_eq(chain_yield_target(&chain, &vm.vcpu[0], &target), VERDICT_REJECT);
	ck_assert_ptr_null(target);
	ck_assert(chain_another_round(&chain, &vm.vcpu[0], 0, 0));
	ck_assert_str_eq(log->str, "a:candidate a:target a:round ");

	/* Hooks without an answer reach everybody. */
	g_string_truncate(log, 0);
	chain_yield_to_before(&chain, NULL, NULL, NULL, 0);
	chain_yield_to_after(&chain, NULL, NULL, NULL, 0);
	chain_ipi_delivered(&chain, NULL);
	chain_eoi(&chain, &vm.vcpu[0], 1);
	ck_assert_str_eq(log->str, "a:before b:before a:after b:after a:ipi b:ipi a:eoi b:eoi ");
	policy_chain_clear(&chain);
}
END_TEST

START_TEST(test_state_is_zeroed_and_apart)
{
	static const struct policy_ops ops = { .name = "state", .vcpu_size = 24, .pcpu_size = 16 };
	struct policy_chain chain;
	struct fake_vm vm;

	fake_vm_init(&vm, FAKE_VCPUS);
	start(&chain, &ops, NULL);

	const struct policy *policy = &chain.policy[0];

	for (uint32_t i = 0; i < FAKE_VCPUS; i++)
		for (size_t byte = 0; byte < ops.vcpu_size; byte++) {
			char *state = policy_vcpu(policy, &vm.vcpu[i]);

			ck_assert_int_eq(state[byte], 0);
			state[byte] = (char)(i + 1);
		}
	for (uint32_t i = 0; i < FAKE_VCPUS; i++)
		ck_assert_int_eq(*(char *)policy_vcpu(policy, &vm.vcpu[i]), (int)i + 1);
	ck_assert_int_eq((char *)policy_pcpu(policy, 1) - (char *)policy_pcpu(policy, 0), 16);
	policy_chain_clear(&chain);
}
END_TEST

START_TEST(test_yardsticks_switch_the_host)
{
	struct policy_chain chain;
	struct policy_setup setup = start(&chain, policy_find("ple-off"), NULL);

	ck_assert(setup.ple_off && !setup.buddy_always_honoured);
	policy_chain_clear(&chain);

	setup = start(&chain, policy_find("oracle-honoured"), NULL);
	ck_assert(!setup.ple_off && setup.buddy_always_honoured);
	ck_assert(chain.has_yield_target);
	policy_chain_clear(&chain);

	setup = start(&chain, policy_find("oracle-target"), NULL);
	ck_assert(!setup.ple_off && !setup.buddy_always_honoured);
	policy_chain_clear(&chain);
}
END_TEST

static int oracle_choice(struct policy_chain *chain, struct fake_vm *vm, uint32_t spinner)
{
	struct vcpu *target;
	enum verdict verdict = chain_yield_target(chain, &vm->vcpu[spinner], &target);

	ck_assert_int_ne(verdict, VERDICT_NOT_MINE);
	return verdict == VERDICT_ACCEPT ? (int)target->index : -1;
}

/* Both oracles: whoever is queued and waited for, by turns; else nobody, or KVM's scan. */
START_TEST(test_oracle_chooses_whom_the_spinner_waits_for)
{
	static const char *const names[] = { "oracle-target", "oracle-honoured" };
	struct oracle_params params = { OTHERWISE_NOBODY };
	struct policy_chain chain;
	struct fake_vm vm;

	fake_vm_init(&vm, 6);
	for (uint32_t i = 1; i < 6; i++)
		fake_vcpu_state(&vm.vcpu[i], "-UPWRP"[i]);
	start(&chain, policy_find(names[_i]), &params);

	/* Waits for nobody: nobody, though four are queued. */
	ck_assert_int_eq(oracle_choice(&chain, &vm, 0), -1);

	/* Waits for one that runs: nobody. */
	vm.vcpu[0].waits_for = 1u << 4;
	ck_assert_int_eq(oracle_choice(&chain, &vm, 0), -1);

	/* For one of each kind of waiting: round robin, whatever the mode. */
	vm.vcpu[0].waits_for = 1u << 1 | 1u << 2 | 1u << 3 | 1u << 4;
	ck_assert_int_eq(oracle_choice(&chain, &vm, 0), 1);
	ck_assert_int_eq(oracle_choice(&chain, &vm, 0), 2);
	ck_assert_int_eq(oracle_choice(&chain, &vm, 0), 3);
	ck_assert_int_eq(oracle_choice(&chain, &vm, 0), 1);

	/* The turn belongs to the VM, not to the spinner. */
	vm.vcpu[4].waits_for = 1u << 1 | 1u << 2;
	ck_assert_int_eq(oracle_choice(&chain, &vm, 4), 2);
	ck_assert_int_eq(oracle_choice(&chain, &vm, 0), 3);

	/* The same one again if it is the only one. */
	vm.vcpu[0].waits_for = 1u << 3;
	ck_assert_int_eq(oracle_choice(&chain, &vm, 0), 3);

	struct vcpu *target;

	params.otherwise = OTHERWISE_SCAN;
	ck_assert_int_eq(oracle_choice(&chain, &vm, 0), 3);
	vm.vcpu[0].waits_for = 1u << 4;
	ck_assert_int_eq(chain_yield_target(&chain, &vm.vcpu[0], &target), VERDICT_NOT_MINE);
	policy_chain_clear(&chain);
}
END_TEST

START_TEST(test_skeleton_leaves_a_vcpu_alone_for_its_gap)
{
	uint64_t gap = MS;
	struct policy_chain chain;
	struct fake_vm vm;

	fake_vm_init(&vm, 3);
	vm.now = 5 * MS;
	start(&chain, &policy_skeleton, &gap);
	ck_assert_uint_eq(policy_skeleton.params_size, sizeof(gap));
	ck_assert_uint_eq(policy_skeleton.abi, VCPUSIM_POLICY_ABI);
	ck_assert_int_eq(chain_candidate(&chain, &vm.vcpu[0], &vm.vcpu[1], true, 0),
			 VERDICT_NOT_MINE);
	ck_assert_int_eq(chain_candidate(&chain, &vm.vcpu[0], &vm.vcpu[2], true, 0),
			 VERDICT_NOT_MINE);
	vm.now += gap - 1;
	ck_assert_int_eq(chain_candidate(&chain, &vm.vcpu[2], &vm.vcpu[1], true, 0),
			 VERDICT_REJECT);
	vm.now += 1;
	ck_assert_int_eq(chain_candidate(&chain, &vm.vcpu[2], &vm.vcpu[1], true, 0),
			 VERDICT_NOT_MINE);
	policy_chain_clear(&chain);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("policy");
	TCase *chain = tcase_create("chain");
	TCase *builtin = tcase_create("builtin");

	tcase_add_test(chain, test_registry_is_complete_and_consistent);
	tcase_add_test(chain, test_parameters_fill_their_struct_and_carry_a_source);
	tcase_add_test(chain, test_none_has_no_hook_and_switches_nothing);
	tcase_add_test(chain, test_empty_chain_answers_not_mine);
	tcase_add_test(chain, test_masks_say_which_hooks_exist);
	tcase_add_test(chain, test_chain_asks_in_order_until_somebody_answers);
	tcase_add_test(chain, test_state_is_zeroed_and_apart);
	tcase_add_test(builtin, test_semantics_v2_has_its_four_switches_on_by_default);
	tcase_add_test(builtin, test_yardsticks_switch_the_host);
	tcase_add_loop_test(builtin, test_oracle_chooses_whom_the_spinner_waits_for, 0, 2);
	tcase_add_test(builtin, test_skeleton_leaves_a_vcpu_alone_for_its_gap);
	suite_add_tcase(suite, chain);
	suite_add_tcase(suite, builtin);
	return run_suite(suite);
}
