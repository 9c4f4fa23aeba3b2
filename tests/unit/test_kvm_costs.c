/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_costs.c - what an operation costs one VM alone, derived again from the cost table
 *
 * Every parameter of the path is a prime number of ns, so that a sum has one explanation only.
 * Written from kvm-and-guest.md 4.1 (which steps) and 5 (what each takes).
 */
#include <check.h>
#include <stdlib.h>

#include "models/hardware/cost.h"
#include "models/kvm/kvm_params.h"
#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

static struct scene *priced_scene(uint32_t pcpus, uint32_t vcpus, enum apic_mode mode)
{
	struct scene *scene = scene_new(pcpus, vcpus);
	struct cost_params *cost = &scene->config.cost;

	scene->kind.vm.apic = mode;
	scene->config.kvm.ple = PLE_OFF;
	cost->context_switch = 2003;
	cost->ipi_latency = 1237;
	cost->ipi_handler = 307;
	cost->idle_wake = 4001;
	cost->exit = 401;
	cost->entry = 409;
	cost->icr_write = 503;
	cost->eoi_handler = 61;
	cost->timer_write = 67;
	cost->timer_expiry = 71;
	cost->hypercall = 311;
	cost->halt = 1601;
	cost->posted_latency = 1301;
	cost->virtual_ipi = 101;
	cost->poll_wake = 1009;
	cost->guest_switch = 997;
	cost->guest_tick = 1409;
	cost->guest_ipi_handler = 509;
	cost->lock_handover = 151;
	cost->flush_page = 103;
	cost->call_send = 53;
	return scene;
}

/* 4.1: one call to one running target, from its beginning to its end. */
START_TEST(item_4_1_a_call_costs_its_parts)
{
	struct scene *scene = priced_scene(2, 2, (enum apic_mode)_i);
	const struct cost_params *cost = &scene->config.cost;
	uint64_t handler = cost->guest_ipi_handler + cost->flush_page;
	uint64_t expected = handler + cost->lock_handover;

	if (_i == APIC_SOFTWARE)
		/* the host's interrupt is the target's exit; then its end of interrupt is one */
		expected += cost->exit + cost->icr_write + cost->ipi_latency + cost->exit +
			    cost->ipi_handler + cost->entry + cost->exit + cost->eoi_handler +
			    cost->entry;
	else if (_i == APIC_APICV)
		expected += cost->exit + cost->icr_write + cost->posted_latency;
	else
		expected += cost->posted_latency;
	SCRIPT(scene, 0, RUN(100 * US), SHOOTDOWN(1), RUN(FOREVER));
	scene_set(scene, "-R");
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[0].asked, 3);
	ck_assert_uint_eq(scene->task[0].began[2] - scene->task[0].began[1], expected);
	scene_free(scene);
}
END_TEST

/* The default table against what was measured, section 5: one way both running, with software ICR
 * 2.24 us (1.3 to 3.5), virtual 1.32 (1.2 to 1.6), without APICv 3.5 (2.5 to 5). */
START_TEST(item_5_the_defaults_fit_the_measured_ones)
{
	static const uint64_t measured[][2] = { [APIC_SOFTWARE] = { 2500, 5000 },
						[APIC_APICV] = { 1300, 3500 },
						[APIC_APICV_IPIV] = { 1200, 1600 },
						[APIC_AVIC] = { 1200, 1600 } };
	struct scene *scene = scene_new(2, 2);
	struct cost_params *cost = &scene->config.cost;
	uint64_t took;

	for (const struct param *param = cost_params_table; param->name; param++)
		*(uint64_t *)(void *)((char *)cost + param->offset) =
			strtoull(param->fallback, NULL, 10);
	scene->kind.vm.apic = (uint64_t)_i;
	scene->config.kvm.ple = PLE_OFF;
	SCRIPT(scene, 0, RUN(500 * US), SHOOTDOWN(1), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 2 * MS);
	took = scene->task[0].began[2] - scene->task[0].began[1];
	/* from the send to the handler's first instruction */
	took -= cost->guest_ipi_handler + cost->flush_page + cost->lock_handover;
	if (_i == APIC_SOFTWARE)
		took -= cost->exit + cost->eoi_handler + cost->entry;
	ck_assert_uint_ge(took, measured[_i][0]);
	ck_assert_uint_le(took, measured[_i][1]);
	scene_free(scene);
}
END_TEST

/* 3.10: from the waker's item to the sleeper's next op; the pCPU was idle. */
START_TEST(item_3_10_a_wake_up_costs_its_parts)
{
	struct scene *scene = priced_scene(2, 2, APIC_APICV);
	const struct cost_params *cost = &scene->config.cost;
	uint64_t idle = cost->idle_wake;

	if (_i) {
		/* the deep state: 5, "wake latency, pCPU idle deep" */
		scene->config.cost.idle_deep_after = 50 * US;
		scene->config.cost.idle_wake_deep = idle = 60013;
	}
	SCRIPT(scene, 0, RUN(100 * US), PUT(0, 1), RUN(FOREVER));
	SCRIPT(scene, 1, GET(0, 1), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, MS);
	/* ICR write; host interrupt of an idle pCPU; switch; entry; handler; the tick goes on,
	 * a deadline to write; guest's switch */
	ck_assert_uint_eq(scene->task[1].began[1] - scene->task[0].began[1],
			  cost->exit + cost->icr_write + cost->ipi_latency + idle +
				  cost->ipi_handler + cost->context_switch + cost->entry +
				  cost->guest_ipi_handler + cost->exit + cost->timer_write +
				  cost->entry + cost->guest_switch);
	scene_free(scene);
}
END_TEST

/* An idle time just too short for the deep state. */
START_TEST(item_5_a_short_sleep_is_shallow)
{
	struct scene *scene = priced_scene(1, 1, APIC_APICV);
	const struct cost_params *cost = &scene->config.cost;
	uint64_t early, late;

	scene->config.cost.idle_deep_after = 100 * US;
	scene->config.cost.idle_wake_deep = 60013;
	SCRIPT(scene, 0, RUN(10 * US), SLEEP(90 * US), RUN(10 * US), SLEEP(200 * US), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, MS);
	early = scene->task[0].began[2] - scene->task[0].began[1] - 90 * US;
	late = scene->task[0].began[4] - scene->task[0].began[3] - 200 * US;
	ck_assert_uint_eq(late - early, 60013 - cost->idle_wake);
	scene_free(scene);
}
END_TEST

/* 3.12: a tick of a running guest is its expiry, its handler, the next deadline, and without APICv
 * its end of interrupt. */
START_TEST(item_3_12_a_guest_tick_costs_its_parts)
{
	struct scene *scene = priced_scene(1, 1, _i ? APIC_SOFTWARE : APIC_APICV);
	const struct cost_params *cost = &scene->config.cost;
	uint64_t tick = cost->exit + cost->timer_expiry + cost->entry + cost->guest_tick +
			cost->exit + cost->timer_write + cost->entry;

	if (_i)
		tick += cost->exit + cost->eoi_handler + cost->entry;
	scene->guest_tick = MS;
	scene->tasks = 1;
	SCRIPT(scene, 0, RUN(500 * US), RUN(5 * MS), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 10 * MS);
	ck_assert_uint_eq(scene->task[0].began[2] - scene->task[0].began[1], 5 * MS + 5 * tick);
	scene_free(scene);
}
END_TEST

/*
 * 5, refill: others that ran as long as refill_build have pushed out half. vCPU 0 computes alone on
 * its pCPU, a hog takes it for a while; what the work takes longer is the refill.
 */
START_TEST(item_5_refill_grows_with_what_ran_in_between)
{
	static const struct {
		uint64_t away, refill;
	} cases[] = {
		{ 0, 0 }, { 100 * US, 10 * US }, { 300 * US, 20 * US }, { 2700 * US, 36 * US }
	};
	struct scene *scene = scene_new(1, 1);
	uint64_t refill;

	scene->config.cost.refill_max = 40 * US;
	scene->config.cost.refill_build = 300 * US;
	scene_set(scene, "R");
	scene_run(scene, MS);
	refill = scene_account(scene, ACCOUNT_REFILL);
	ck_assert_uint_eq(refill, 40 * US); /* nothing was in the cache at first */
	if (cases[_i].away) {
		scene_freeze(scene, 0);
		scene_run(scene, MS + cases[_i].away);
		scene_thaw(scene, 0);
	}
	scene_run(scene, 5 * MS);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_REFILL) - refill, cases[_i].refill);
	scene_free(scene);
}
END_TEST

/*
 * 5, migration: two cores of two threads an LLC, two LLCs. Away for 300 us, which alone would be
 * 20 us of refill: the move costs what the two pCPUs do not share, if that is more.
 */
START_TEST(item_5_a_move_costs_what_is_not_shared)
{
	static const uint32_t last[] = { 0, 1, 2, 4 };
	static const uint64_t refill[] = { 20 * US, 20 * US, 25 * US, 150 * US };
	struct scene *scene = scene_new(1, 1);
	struct task *task;
	uint64_t before;

	scene->config.topology = (struct topology_params){ 1, 2, 2, 2 };
	scene->config.cost.refill_max = 40 * US;
	scene->config.cost.refill_build = 300 * US;
	scene->config.cost.migration_llc = 25 * US;
	scene->config.cost.migration_far = 150 * US;
	scene->config.cost.smt_speed = 1000;
	scene_set(scene, "R");
	scene_run(scene, MS);
	before = scene_account(scene, ACCOUNT_REFILL);
	task = &scene->vcpu[0].task;
	ck_assert_uint_eq(task->cpu, 0);
	scene_freeze(scene, 0);
	scene_run(scene, MS + 300 * US);
	/* had it run elsewhere, the same would have run there meanwhile */
	if (last[_i]) {
		struct kernel_cpu *there = &scene->machine->host.cpu[last[_i]];

		scene->vcpu[0].last_pcpu = last[_i];
		scene->vcpu[0].busy_mark = there->busy;
		there->busy += 300 * US;
	}
	scene_thaw(scene, 0);
	scene_run(scene, 5 * MS);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_REFILL) - before, refill[_i]);
	scene_free(scene);
}
END_TEST

/* A short absence does not pay what is still owed: 10 of 50 us are, then it is away for 1 us. */
START_TEST(item_5_a_short_absence_leaves_the_debt)
{
	struct scene *scene = scene_new(1, 1);

	scene->config.cost.refill_max = 50 * US;
	scene->config.cost.refill_build = MS;
	SCRIPT(scene, 0, RUN(100 * US), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 10 * US);
	scene_freeze(scene, 0);
	scene_run(scene, 11 * US);
	scene_thaw(scene, 0);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_REFILL), 50 * US);
	ck_assert_uint_eq(scene->task[0].began[1], 151 * US);
	scene_free(scene);
}
END_TEST

/* A core's threads at 0.5: 1 ms of work alone, then while the other thread works, too. */
static struct scene *shared_core(uint64_t other)
{
	struct scene *scene = scene_new(1, 2);

	scene->config.topology = (struct topology_params){ 1, 1, 1, 2 };
	scene->config.cost.smt_speed = 500;
	SCRIPT(scene, 0, RUN(MS), RUN(FOREVER));
	SCRIPT(scene, 1, SLEEP(300 * US), RUN(other));
	return scene;
}

START_TEST(smt_a_thread_is_slower_while_the_other_works)
{
	struct scene *scene = shared_core(_i ? FOREVER : 100 * US);

	scene_set(scene, "--");
	scene_run(scene, 5 * MS);
	/* the other: 100 us of work in 200 us, which cost this one 100 us; or from 300 us on */
	ck_assert_uint_eq(scene->task[0].began[1], _i ? 300 * US + 1400 * US : MS + 100 * US);
	/* what the pCPU was used for is counted in time, as always */
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_GUEST_USER),
			  _i ? 5 * MS + 4700 * US : 5 * MS + 200 * US);
	scene_free(scene);
}
END_TEST

START_TEST(smt_threads_of_other_cores_do_not_matter)
{
	struct scene *scene = shared_core(FOREVER);

	scene->config.topology = (struct topology_params){ 1, 1, 2, 1 };
	scene_set(scene, "--");
	scene_run(scene, 5 * MS);
	ck_assert_uint_eq(scene->task[0].began[1], MS);
	scene_free(scene);
}
END_TEST

/* Work comes in whole ns; what is left of one is not lost over many changes of speed. */
START_TEST(smt_no_progress_is_lost)
{
	struct scene *scene = shared_core(FOREVER);
	uint64_t busy;

	scene->config.cost.smt_speed = 333;
	for (uint32_t i = 0; i < SCENE_OPS; i += 2) {
		scene->task[1].op[i] = SLEEP(10007);
		scene->task[1].op[i + 1] = RUN(3001);
	}
	scene->task[1].ops = SCENE_OPS;
	scene->task[1].rounds = 2;
	scene_set(scene, "--");
	scene_run(scene, 5 * MS);
	busy = scene_account(scene, ACCOUNT_GUEST_USER) - 5 * MS;
	/* the other worked for `busy`; this one made 0.333 of its progress in that */
	ck_assert_uint_ge(scene->task[0].began[1] + 40, MS + busy - busy * 333 / 1000);
	ck_assert_uint_le(scene->task[0].began[1], MS + busy - busy * 333 / 1000 + 40);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kvm-costs");
	TCase *solo = tcase_create("solo");
	TCase *caches = tcase_create("caches");

	tcase_add_loop_test(solo, item_4_1_a_call_costs_its_parts, 0, APIC_AVIC + 1);
	tcase_add_loop_test(solo, item_5_the_defaults_fit_the_measured_ones, 0, APIC_AVIC + 1);
	tcase_add_loop_test(solo, item_3_10_a_wake_up_costs_its_parts, 0, 2);
	tcase_add_test(solo, item_5_a_short_sleep_is_shallow);
	tcase_add_loop_test(solo, item_3_12_a_guest_tick_costs_its_parts, 0, 2);
	tcase_add_loop_test(caches, item_5_refill_grows_with_what_ran_in_between, 0, 4);
	tcase_add_loop_test(caches, item_5_a_move_costs_what_is_not_shared, 0, 4);
	tcase_add_test(caches, item_5_a_short_absence_leaves_the_debt);
	tcase_add_loop_test(caches, smt_a_thread_is_slower_while_the_other_works, 0, 2);
	tcase_add_test(caches, smt_threads_of_other_cores_do_not_matter);
	tcase_add_test(caches, smt_no_progress_is_lost);
	suite_add_tcase(suite, solo);
	suite_add_tcase(suite, caches);
	return run_suite(suite);
}
