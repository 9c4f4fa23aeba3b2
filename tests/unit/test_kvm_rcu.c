/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_rcu.c - RCU in a guest
 *
 * Names carry the numbers of kvm-and-guest.md: tests 68 to 70, item 3.11; d: D.6 of
 * mmu-illumos-pvsched-rcu.md. Written from the texts. HZ is 1000: scans come every 3 ms. Ticks are at
 * whole ms, and nothing costs anything.
 */
#include <check.h>

#include "models/kernel/program.h"
#include "models/kernel/rcu_private.h"
#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

#define READ(ns) ((struct op){ OP_RCU_READ, 0, ns })
#define CALL(n) ((struct op){ OP_CALL_RCU, 0, n })
#define SYNCHRONIZE ((struct op){ OP_SYNCHRONIZE_RCU, 0, 0 })
#define EXPEDITED ((struct op){ OP_SYNCHRONIZE_RCU, 0, 1 })

static struct scene *new_scene(uint32_t vcpus)
{
	struct scene *scene = scene_new(vcpus, vcpus);

	scene->config.kvm.ple = PLE_OFF;
	scene->rcu = true;
	scene->guest_tick = MS;
	return scene;
}

static const struct rcu *rcu_of(const struct scene *scene)
{
	return scene->vm->guest.rcu;
}

/* How long the one grace period took. */
static uint64_t length(const struct scene *scene)
{
	const struct histogram *gp = &scene->machine->measures.latency[LATENCY_RCU_GP];

	ck_assert_uint_eq(gp->count, 1);
	return gp->max;
}

static void assert_delays(uint64_t hz, uint32_t cpus, uint64_t scan, uint64_t urgent)
{
	const struct kernel_params params = { .hz = hz };
	const struct kernel kernel = { .params = &params, .cpus = cpus };

	ck_assert_uint_eq(rcu_scan_delay(&kernel), scan);
	ck_assert_uint_eq(rcu_urgent_age(&kernel), urgent);
}

START_TEST(t68_delays_of_scans_and_the_age_of_enlistment)
{
	assert_delays(1000, 64, 3 * MS, 100 * MS);
	assert_delays(250, 64, 4 * MS, 100 * MS);
	assert_delays(250, 512, 12 * MS, 108 * MS);
	/* the table of 3.11 */
	assert_delays(100, 64, 10 * MS, 100 * MS);
	assert_delays(300, 64, 2 * (SECOND / 300), 30 * (SECOND / 300));
}
END_TEST

START_TEST(t69_with_all_others_idle_the_first_scan_ends_it)
{
	struct scene *scene = new_scene(4);

	SCRIPT(scene, 0, RUN(1500 * US), SYNCHRONIZE, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 20 * MS);
	/* the tick at 2 ms asks for it, the caller is off its CPU since 1.5 ms */
	ck_assert_uint_eq(rcu_of(scene)->completed, 1);
	ck_assert_uint_eq(length(scene), 3 * MS);
	ck_assert_uint_eq(scene_count(scene, COUNTER_RCU_SCANS), 1);
	/* its CPU is idle but has a callback: it keeps its tick, which notices the end */
	ck_assert_uint_ge(scene->task[0].began[2], 5 * MS);
	ck_assert_uint_le(scene->task[0].began[2], 6 * MS);
	scene_free(scene);
}
END_TEST

/* vCPU 1 in user mode, or halted, is off from 1 ms for so long. How long does the grace period take? */
static uint64_t length_with_one_off(bool halted, uint64_t ns)
{
	struct scene *scene = new_scene(3);
	uint64_t result;

	SCRIPT(scene, 0, RUN(1500 * US), SYNCHRONIZE, RUN(FOREVER));
	if (!halted)
		SCRIPT(scene, 1, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 1100 * US);
	if (ns)
		scene_freeze(scene, 1);
	scene_run(scene, 2 * MS + ns);
	if (ns)
		scene_thaw(scene, 1);
	scene_run(scene, SECOND);
	result = length(scene);
	scene_free(scene);
	return result;
}

START_TEST(t70_a_user_mode_vcpu_off_its_pcpu_holds_it_up)
{
	uint64_t quick = length_with_one_off(false, 0);

	ck_assert_uint_le(quick, 3 * MS);
	for (uint64_t off = 10 * MS; off <= 160 * MS; off *= 2) {
		uint64_t ns = length_with_one_off(false, off);

		/* d4: at least the rest of its absence, and two ticks of its own time */
		ck_assert_uint_ge(ns, off);
		ck_assert_uint_le(ns, off + 2 * MS);
	}
}
END_TEST

START_TEST(t70_d3_a_halted_vcpu_off_its_pcpu_does_not)
{
	ck_assert_uint_eq(length_with_one_off(true, 0), 3 * MS);
	ck_assert_uint_eq(length_with_one_off(true, 10 * MS), 3 * MS);
	ck_assert_uint_eq(length_with_one_off(true, 160 * MS), 3 * MS);
}
END_TEST

/* The first tick notices, the second one, in user mode, is the quiescent state. */
START_TEST(item_3_11_a_busy_user_needs_two_ticks)
{
	struct scene *scene = new_scene(2);

	SCRIPT(scene, 0, RUN(1500 * US), SYNCHRONIZE, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(FOREVER));
	scene->host_tick = 0;
	scene_start(scene);
	scene_run(scene, 2500 * US);
	ck_assert(cpumask_has(&rcu_of(scene)->waits, 1));
	ck_assert(!rcu_of(scene)->cpu[1].needs);
	scene_run(scene, 3500 * US);
	ck_assert(rcu_of(scene)->cpu[1].needs);
	ck_assert(cpumask_has(&rcu_of(scene)->waits, 1));
	scene_run(scene, 4500 * US);
	ck_assert(!cpumask_has(&rcu_of(scene)->waits, 1));
	scene_free(scene);
}
END_TEST

/*
 * A reader that began before holds up the grace period to its end, also while its vCPU is off for 50 ms;
 * loop index: readers cannot, or can, lose their CPU.
 */
START_TEST(d1_no_callback_runs_before_a_reader_is_out)
{
	struct scene *scene = new_scene(3);
	uint64_t out;

	scene->kind.guest.preemption = _i ? PREEMPTION_FULL : PREEMPTION_NONE;
	SCRIPT(scene, 0, RUN(1500 * US), SYNCHRONIZE, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(MS), READ(7 * MS), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 4500 * US);
	scene_freeze(scene, 1);
	scene_run(scene, 54500 * US);
	scene_thaw(scene, 1);
	scene_run(scene, SECOND);
	out = scene->task[1].began[2];
	ck_assert_uint_eq(out, 58 * MS);
	ck_assert_uint_ge(2 * MS + length(scene), out);
	ck_assert_uint_ge(scene->task[0].began[2], out);
	ck_assert_uint_le(scene->task[0].began[2], out + 3 * MS);
	scene_free(scene);
}
END_TEST

/* Preempted by its guest: the CPU has long switched, the task still holds it up. */
START_TEST(d1_a_reader_without_its_cpu_holds_it_up)
{
	struct scene *scene = new_scene(2);

	scene->tasks = 4; /* 1 and 3 share vCPU 1; 3 comes first */
	SCRIPT(scene, 0, RUN(1500 * US), SYNCHRONIZE, RUN(FOREVER));
	SCRIPT(scene, 1, READ(40 * MS), RUN(FOREVER));
	SCRIPT(scene, 3, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 20 * MS);
	ck_assert(rcu_under_way(rcu_of(scene)));
	ck_assert(cpumask_empty(&rcu_of(scene)->waits));
	ck_assert_ptr_eq(rcu_of(scene)->blocked, &scene->vm->tasks[1].task);
	scene_run(scene, SECOND);
	ck_assert_uint_ge(2 * MS + length(scene), scene->task[1].began[1]);
	ck_assert_uint_le(2 * MS + length(scene), scene->task[1].began[1] + MS);
	ck_assert_ptr_null(rcu_of(scene)->blocked);
	scene_free(scene);
}
END_TEST

/* d8: a call while one is under way waits for the whole of the next. */
START_TEST(d8_a_call_waits_for_a_whole_grace_period)
{
	struct scene *scene = new_scene(4);

	SCRIPT(scene, 0, RUN(1500 * US), SYNCHRONIZE, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(3500 * US), SYNCHRONIZE, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 30 * MS);
	ck_assert_uint_eq(rcu_of(scene)->completed, 2);
	ck_assert_uint_le(scene->task[0].began[2], 6 * MS);
	/* begun at 2 and at 5 ms, or with the tick after that */
	ck_assert_uint_ge(scene->task[1].began[2], 8 * MS);
	ck_assert_uint_le(scene->task[1].began[2], 10 * MS);
	scene_free(scene);
}
END_TEST

/* Kernel work without end and without preemption: after 100 ms its tick asks for a schedule(). */
START_TEST(item_3_11_age_makes_it_urgent)
{
	struct scene *scene = new_scene(2);

	scene->kind.guest.preemption = PREEMPTION_NONE;
	SCRIPT(scene, 0, RUN(1500 * US), SYNCHRONIZE, RUN(FOREVER));
	SCRIPT(scene, 1, KERNEL(700 * US));
	scene->task[1].rounds = 1000000;
	scene_start(scene);
	scene_run(scene, 101 * MS);
	ck_assert(rcu_under_way(rcu_of(scene)));
	scene_run(scene, SECOND);
	ck_assert_uint_ge(length(scene), 100 * MS);
	ck_assert_uint_le(length(scene), 108 * MS);
	scene_free(scene);
}
END_TEST

/* d7; batches: 100 callbacks after a tick, the rest by ksoftirqd in tens. */
START_TEST(d7_callbacks_are_counted_until_they_run)
{
	struct scene *scene = new_scene(2);

	scene->config.cost.rcu_callback = US;
	SCRIPT(scene, 0, CALL(250), RUN(1500 * US), CALL(1000), SLEEP(SECOND));
	scene_start(scene);
	scene_run(scene, MS / 2);
	ck_assert_uint_eq(rcu_of(scene)->bytes, 250 * 100);
	scene_run(scene, 2 * MS);
	ck_assert_uint_eq(rcu_of(scene)->bytes, 1250 * 100);
	while (!scene_count(scene, COUNTER_RCU_CALLBACKS))
		scene_step(scene);
	ck_assert_uint_eq(scene_count(scene, COUNTER_RCU_CALLBACKS), 100);
	scene_step(scene);
	while (scene_count(scene, COUNTER_RCU_CALLBACKS) == 100)
		scene_step(scene);
	ck_assert_uint_eq(scene_count(scene, COUNTER_RCU_CALLBACKS), 110);
	scene_run(scene, 50 * MS);
	ck_assert_uint_eq(scene_count(scene, COUNTER_RCU_CALLBACKS), 1250);
	ck_assert_uint_eq(rcu_of(scene)->bytes, 0);
	ck_assert_uint_eq(rcu_of(scene)->peak, 1250 * 100);
	scene_free(scene);
}
END_TEST

/* More than 10000 do not wait for a tick, nor for the next scan, and run in one batch. */
START_TEST(d7_too_many_callbacks_hurry)
{
	struct scene *scene = new_scene(2);

	SCRIPT(scene, 0, RUN(100 * US), CALL(10001), SLEEP(20 * MS), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 200 * US);
	ck_assert(rcu_under_way(rcu_of(scene)));
	scene_run_until(scene, COUNTER_RCU_CALLBACKS, 10001);
	scene_free(scene);
}
END_TEST

/* The callbacks of a vCPU that is off wait for it, though their grace period is over. */
START_TEST(d7_callbacks_wait_for_their_cpu)
{
	struct scene *scene = new_scene(3);

	SCRIPT(scene, 0, CALL(5), RUN(FOREVER));
	SCRIPT(scene, 2, RUN(1200 * US), SYNCHRONIZE, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 3200 * US);
	scene_freeze(scene, 0);
	scene_run(scene, 40 * MS);
	ck_assert_uint_eq(rcu_of(scene)->bytes, 500);
	scene_thaw(scene, 0);
	scene_run(scene, 50 * MS);
	ck_assert_uint_eq(rcu_of(scene)->bytes, 0);
	scene_free(scene);
}
END_TEST

/* An interrupt to each CPU that is not idle; loop index: kinds of readers. */
START_TEST(item_3_11_expedited_interrupts_busy_cpus)
{
	struct scene *scene = new_scene(4);

	scene->kind.guest.preemption = _i ? PREEMPTION_FULL : PREEMPTION_NONE;
	SCRIPT(scene, 0, RUN(1500 * US), EXPEDITED, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(FOREVER));
	SCRIPT(scene, 2, RUN(1400 * US), READ(300 * US), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 1499 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_IPIS), 0);
	scene_run(scene, 1600 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_IPIS), 2); /* vCPU 3 is idle */
	scene_run(scene, 5 * MS);
	ck_assert_uint_eq(scene_count(scene, COUNTER_RCU_EXPEDITED), 1);
	/* the reader was out at 1.7 ms */
	ck_assert_uint_eq(scene->task[0].began[2], 1700 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_RCU_GPS), 0);
	scene_free(scene);
}
END_TEST

START_TEST(item_3_11_expedited_waits_for_a_preempted_vcpu)
{
	struct scene *scene = new_scene(2);

	SCRIPT(scene, 0, RUN(1500 * US), EXPEDITED, RUN(FOREVER));
	SCRIPT(scene, 1, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, MS + 1);
	scene_freeze(scene, 1);
	scene_run(scene, 30 * MS);
	ck_assert_uint_eq(scene->task[0].asked, 2);
	scene_thaw(scene, 1);
	scene_run(scene, 31 * MS);
	ck_assert_uint_eq(scene->task[0].began[2], 30 * MS);
	scene_free(scene);
}
END_TEST

/* The thread is a task: while its vCPU is off, no grace period begins or ends. */
START_TEST(item_3_11_the_thread_may_lose_its_vcpu)
{
	struct scene *scene = new_scene(2);

	scene->config.cost.rcu_gp = 100 * US;
	SCRIPT(scene, 0, RUN(1500 * US), SYNCHRONIZE, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 2050 * US);
	ck_assert_int_eq(rcu_of(scene)->step, RCU_BEGINS);
	scene_freeze(scene, rcu_of(scene)->thread.cpu);
	scene_run(scene, 30 * MS);
	ck_assert_int_eq(rcu_of(scene)->step, RCU_BEGINS);
	scene_thaw(scene, rcu_of(scene)->thread.cpu);
	scene_run(scene, 50 * MS);
	ck_assert_uint_eq(rcu_of(scene)->completed, 1);
	ck_assert_uint_ge(scene->task[0].began[2], 33 * MS);
	scene_free(scene);
}
END_TEST

/*
 * Steps 4 and 5: a CPU that is late is asked ever more plainly: at the age of 100 ms, of 200 ms, and after half
 * of the stall's 21 s by an interrupt, once. vCPU 1 is in kernel mode all the time.
 */
START_TEST(item_3_11_a_late_cpu_is_asked_ever_more_plainly)
{
	struct scene *scene = new_scene(2);
	const struct rcu_cpu *late;
	uint64_t began;

	scene->kind.guest.preemption = PREEMPTION_NONE;
	SCRIPT(scene, 0, RUN(1500 * US), SYNCHRONIZE, RUN(FOREVER));
	SCRIPT(scene, 1, KERNEL(FOREVER));
	scene_start(scene);
	scene_run(scene, 50 * MS);
	late = &rcu_of(scene)->cpu[1];
	began = rcu_of(scene)->began;
	ck_assert(cpumask_has(&rcu_of(scene)->waits, 1));
	scene_run(scene, began + 195 * MS);
	ck_assert(!late->heavy);
	scene_run(scene, began + 206 * MS);
	ck_assert(late->heavy);
	scene_run(scene, began + 10490 * MS);
	ck_assert(!late->resched_sent);
	ck_assert_uint_eq(scene_count(scene, COUNTER_RESCHED_IPIS), 0);
	scene_run(scene, began + 10510 * MS);
	ck_assert(late->resched_sent);
	scene_free(scene);
}
END_TEST

/* Step 6: a grace period that is under way when somebody asks will not do. Task 2 asks during the first. */
START_TEST(item_3_11_a_wait_takes_a_whole_grace_period)
{
	struct scene *scene = new_scene(3);

	SCRIPT(scene, 0, RUN(1500 * US), SYNCHRONIZE, RUN(FOREVER));
	SCRIPT(scene, 2, RUN(2500 * US), SYNCHRONIZE, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 2600 * US);
	ck_assert_uint_eq(rcu_of(scene)->started, 1);
	ck_assert_uint_eq(rcu_of(scene)->completed, 0);
	while (scene->task[2].asked < 3) {
		ck_assert_uint_lt(scene_now(scene), 100 * MS);
		scene_step(scene);
	}
	ck_assert_uint_ge(rcu_of(scene)->completed, 2);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kvm-rcu");
	TCase *rcu = tcase_create("rcu");

	tcase_add_test(rcu, t68_delays_of_scans_and_the_age_of_enlistment);
	tcase_add_test(rcu, t69_with_all_others_idle_the_first_scan_ends_it);
	tcase_add_test(rcu, item_3_11_a_late_cpu_is_asked_ever_more_plainly);
	tcase_add_test(rcu, item_3_11_a_wait_takes_a_whole_grace_period);
	tcase_add_test(rcu, t70_a_user_mode_vcpu_off_its_pcpu_holds_it_up);
	tcase_add_test(rcu, t70_d3_a_halted_vcpu_off_its_pcpu_does_not);
	tcase_add_test(rcu, item_3_11_a_busy_user_needs_two_ticks);
	tcase_add_loop_test(rcu, d1_no_callback_runs_before_a_reader_is_out, 0, 2);
	tcase_add_test(rcu, d1_a_reader_without_its_cpu_holds_it_up);
	tcase_add_test(rcu, d8_a_call_waits_for_a_whole_grace_period);
	tcase_add_test(rcu, item_3_11_age_makes_it_urgent);
	tcase_add_test(rcu, d7_callbacks_are_counted_until_they_run);
	tcase_add_test(rcu, d7_too_many_callbacks_hurry);
	tcase_add_test(rcu, d7_callbacks_wait_for_their_cpu);
	tcase_add_loop_test(rcu, item_3_11_expedited_interrupts_busy_cpus, 0, 2);
	tcase_add_test(rcu, item_3_11_expedited_waits_for_a_preempted_vcpu);
	tcase_add_test(rcu, item_3_11_the_thread_may_lose_its_vcpu);
	suite_add_tcase(suite, rcu);
	return run_suite(suite);
}
