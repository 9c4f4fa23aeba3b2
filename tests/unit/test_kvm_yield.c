/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_yield.c - yield_to() and what becomes of it, from a pause-loop exit and from the guest
 *
 * Names carry the numbers of kvm-and-guest.md section 7. Written from the text. Of 35, real-time
 * targets are not modelled. 43, the kick of a PV spin lock: test_kvm_pv_locks.c.
 */
#include <check.h>

#include "models/machine_private.h"
#include "models/sched/hooks.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

#define TEXT 256
#define ESRCH_RESULT (-3)

/* By vCPU 0's thread, which runs. */
static int yield_to(struct scene *scene, uint32_t target)
{
	return kernel_yield_to(task_cpu(&scene->vcpu[0].task), &scene->vcpu[target].task);
}

START_TEST(t35_t36_a_target_on_a_cpu)
{
	struct scene *scene = scene_new(2, 2);

	scene_set(scene, "RR");
	ck_assert_int_eq(yield_to(scene, 1), ESRCH_RESULT);
	scene_crowd(scene, 1);
	ck_assert_int_eq(yield_to(scene, 1), 0);
	scene_thaw(scene, 1);
	scene_run(scene, MS);
	scene_crowd(scene, 0);
	ck_assert_int_eq(yield_to(scene, 1), 0);
	scene_free(scene);
}
END_TEST

START_TEST(t35_a_blocked_target)
{
	struct scene *scene = scene_new(2, 2);

	scene_set(scene, "RH");
	ck_assert_int_eq(yield_to(scene, 1), 0);
	scene_crowd(scene, 0);
	ck_assert_int_eq(yield_to(scene, 1), 0);
	scene_free(scene);
}
END_TEST

/* A vCPU in the guest for all its quota, then kept from its pCPU until the next period; `_i`: by the
 * kernels that throttle tasks, and by those that throttle queues. */
START_TEST(t35_a_throttled_target)
{
	struct scene *scene = scene_new(2, 2);

	scene->config.host.kernel = scene_version(_i ? "6.12" : "6.19");
	scene->config.cgroups.layout = CGROUPS_PER_VCPU;
	scene->kind.cpu_max = (struct cpu_max_params){ .level = CPU_MAX_VCPU,
						       .quota = 200 * MS,
						       .period = SECOND };
	scene->host_tick = MS;
	SCRIPT(scene, 0, RUN(50 * US), SLEEP(250 * MS), RUN(FOREVER));
	scene_set(scene, "-R");
	scene_crowd(scene, 1);
	scene_run(scene, 270 * MS);
	ck_assert(task_running(&scene->vcpu[0].task));
	ck_assert(!task_running(&scene->vcpu[1].task));
	ck_assert_int_eq(scene->vcpu[1].task.state, TASK_RUNNABLE);
	scene_crowd(scene, 0);
	ck_assert_int_eq(yield_to(scene, 1), 0);
	scene_free(scene);
}
END_TEST

/* Asleep with a debt, so that it is still queued: its state is what counts (2.1, "runnable"). */
START_TEST(t35_a_blocked_target_that_is_still_queued)
{
	struct scene *scene = scene_new(2, 2);

	SCRIPT(scene, 1, RUN(50 * US), SLEEP(SECOND));
	scene_set(scene, "R-");
	scene_crowd(scene, 1);
	scene_lag(scene, &scene->vcpu[1].task, (int64_t)MS);
	scene_run(scene, 60 * US);
	ck_assert_int_eq(scene->vcpu[1].task.state, TASK_SLEEPING);
	ck_assert(scene->vcpu[1].task.fair.entity.delayed);
	ck_assert(!scene->vcpu[1].ready && !scene->vcpu[1].preempted);
	ck_assert_int_eq(yield_to(scene, 1), 0);
	scene_free(scene);
}
END_TEST

START_TEST(t36_alone_with_a_crowded_target_succeeds)
{
	struct scene *scene = scene_new(2, 2);
	const struct fair_entity *me;
	int64_t vruntime, deadline;

	scene_set(scene, "RP");
	me = &scene->vcpu[0].task.fair.entity;
	fair_clock(scene->machine->host.cpu[0].rq, scene_now(scene));
	fair_account(me->queue);
	vruntime = me->vruntime;
	deadline = me->deadline;
	ck_assert_int_eq(yield_to(scene, 1), 1);
	/* 2.3: alone, its yield does nothing */
	ck_assert_int_eq(me->vruntime, vruntime);
	ck_assert_int_eq(me->deadline, deadline);
	scene_free(scene);
}
END_TEST

/* -ESRCH needs no run queue lock, the others do: what each takes. */
START_TEST(t36_what_a_call_takes)
{
	struct scene *scene = scene_new(2, 2);
	uint64_t before;

	scene->config.cost.yield_to_refused = 100;
	scene->config.cost.yield_to = 5000;
	scene_set(scene, "SR");
	scene_feign(scene, 1, 'P');
	before = scene_account(scene, ACCOUNT_EXIT);
	scene_run_until(scene, COUNTER_YIELD_ESRCH, 2);
	scene_run(scene, scene_now(scene) + 10 * US);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_EXIT) - before, 2 * 100);

	scene_crowd(scene, 1);
	before = scene_account(scene, ACCOUNT_EXIT);
	scene_run_until(scene, COUNTER_YIELD_REFUSED, 2);
	scene_run(scene, scene_now(scene) + 10 * US);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_EXIT) - before, 2 * 5000);
	scene_free(scene);
}
END_TEST

/* vCPU 0 and 1 share pCPU 0; vCPU 1 was preempted in the kernel and waits. */
static struct scene *together(int64_t target_lag)
{
	struct scene *scene = scene_new(1, 2);

	SCRIPT(scene, 0, RUN(100 * US), LOCK(0), RUN(FOREVER));
	SCRIPT(scene, 1, KERNEL(FOREVER));
	scene_start(scene);
	scene_hold(scene, 0);
	scene_run(scene, 10 * US);
	if (!task_running(&scene->vcpu[1].task))
		scene_demote(scene, 0);
	scene_run(scene, 20 * US);
	scene_demote(scene, 1);
	ck_assert(scene->vcpu[1].preempted_in_kernel);
	ck_assert(task_running(&scene->vcpu[0].task));
	scene_run(scene, 50 * US);
	scene_lag(scene, &scene->vcpu[1].task, target_lag);
	return scene;
}

/* Both are eligible, and by its deadline the rival would be the next. */
static void prefer_rival(struct scene *scene, struct task *rival, struct task *target)
{
	/* each is placed by the mean of the others: this converges */
	for (uint32_t i = 0; i < 40; i++) {
		scene_lag(scene, target, -(int64_t)(10 * US));
		scene_lag(scene, rival, -(int64_t)(30 * US));
	}
	ck_assert_int_lt(rival->fair.entity.deadline, target->fair.entity.deadline);
}

START_TEST(t37_an_eligible_target_on_the_same_cpu_runs_next)
{
	struct scene *scene = together(0);

	scene_crowd(scene, 0);
	prefer_rival(scene, &scene->hog[0].task, &scene->vcpu[1].task);
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_OK), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_SAME_QUEUE), 1);
	ck_assert(task_running(&scene->vcpu[1].task));
	ck_assert_uint_eq(scene_count(scene, COUNTER_HINT_HONOURED), 1);
	/* trap 3: to others the yielder is a waiting spinner */
	ck_assert(scene->vcpu[0].ready && scene->vcpu[0].preempted);
	ck_assert(scene->vcpu[0].preempted_in_kernel && scene->vcpu[0].in_spin_loop);
	ck_assert(scene->vcpu[0].scheduled_out);
	scene_free(scene);
}
END_TEST

/* Far behind: the caller is taken again, without a switch-in. */
START_TEST(t37_an_ineligible_target_is_passed_by)
{
	struct scene *scene = together((int64_t)SECOND);
	uint64_t switches = scene_count(scene, COUNTER_SWITCHES);

	scene_run_until(scene, COUNTER_SCANS, 2);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_OK), 2);
	ck_assert(task_running(&scene->vcpu[0].task));
	ck_assert_uint_eq(scene_count(scene, COUNTER_HINT_HONOURED), 0);
	ck_assert_uint_eq(scene_count(scene, COUNTER_HINT_DROPPED_ROOT), 2);
	ck_assert_uint_eq(scene_count(scene, COUNTER_SWITCHES), switches);
	ck_assert_uint_eq(scene->vcpu[0].ple_window, BASE_WINDOW << 2);
	ck_assert(!scene->vcpu[0].in_spin_loop);
	scene_free(scene);
}
END_TEST

/* The caller's CPU runs the hog, the better one there; the target's CPU runs the target. */
START_TEST(t38_each_cpu_takes_its_own_best)
{
	struct scene *scene = scene_new(2, 2);

	scene_set(scene, "SP");
	scene_freeze(scene, 1); /* a second hog there */
	scene_crowd(scene, 0);
	scene_run(scene, 90 * US);
	bool first = task_running(&scene->hog[0].task);

	prefer_rival(scene, &scene->hog[first ? 1 : 0].task, &scene->vcpu[1].task);
	scene_lag(scene, &scene->hog[2].task, 0);
	scene_run_until(scene, COUNTER_SCANS, 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_OK), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_SAME_QUEUE), 0);
	ck_assert(task_running(&scene->hog[2].task));
	ck_assert(task_running(&scene->vcpu[1].task));
	ck_assert_uint_eq(scene_count(scene, COUNTER_HINT_HONOURED), 1);
	ck_assert_uint_lt(scene_now(scene), 105 * US);
	/* nobody has moved */
	ck_assert_uint_eq(scene->vcpu[0].task.cpu, 0);
	ck_assert_uint_eq(scene->vcpu[1].task.cpu, 1);
	scene_free(scene);
}
END_TEST

/* Ineligible there: the hint is lost, the hog stays (trap 2). */
START_TEST(t38_an_ineligible_target_elsewhere_is_passed_by)
{
	struct scene *scene = scene_new(2, 2);

	scene_set(scene, "SP");
	scene_run_until(scene, COUNTER_YIELD_OK, 1);
	ck_assert(task_running(&scene->hog[0].task));
	ck_assert_uint_eq(scene_count(scene, COUNTER_HINT_DROPPED_ROOT), 1);
	scene_free(scene);
}
END_TEST

struct yielded {
	int64_t vruntime, deadline, slice; /* before; after: how far they moved */
};

/* What a successful yield does to a caller; eligible if `behind` is not above 0. */
static struct yielded yield_at(enum fair_yield_rule rule, const char *version, int64_t behind)
{
	struct scene *scene = scene_new(2, 2);
	const struct fair_entity *me;
	struct yielded before, moved;

	scene->config.host.kernel = scene_version(version);
	scene_set(scene, "RP");
	scene->machine->host.fair.features.yield = rule;
	scene_crowd(scene, 0);
	scene_run(scene, 20 * US);
	scene_lag(scene, &scene->vcpu[0].task, behind);
	me = &scene->vcpu[0].task.fair.entity;
	before = (struct yielded){ me->vruntime, me->deadline, (int64_t)me->slice };
	ck_assert_int_eq(before.deadline - before.vruntime, before.slice);
	ck_assert_int_eq(yield_to(scene, 1), 1);
	moved = (struct yielded){ me->vruntime - before.vruntime, me->deadline - before.deadline,
				  before.slice };
	scene_free(scene);
	return moved;
}

START_TEST(t39_up_to_6_18_a_yield_pushes_the_deadline_only)
{
	for (int sign = -1; sign <= 1; sign += 2) {
		struct yielded moved = yield_at(YIELD_PUSH, "6.18-stable", sign * (int64_t)MS);

		ck_assert_int_eq(moved.vruntime, 0);
		ck_assert_int_eq(moved.deadline, moved.slice);
	}
}
END_TEST

START_TEST(t39_from_6_19_an_eligible_caller_forfeits_its_slice)
{
	static const struct {
		const char *name;
		enum fair_yield_rule rule;
	} version[] = { { "6.19", YIELD_FORFEIT },
			{ "6.19.9", YIELD_FORFEIT },
			{ "6.18-stable", YIELD_FORFEIT_RENEW },
			{ "6.12.117", YIELD_FORFEIT_RENEW } };
	struct yielded moved = yield_at(version[_i].rule, version[_i].name, -(int64_t)(100 * US));

	ck_assert_int_eq(moved.vruntime, moved.slice); /* to the old deadline */
	ck_assert_int_eq(moved.deadline, moved.slice);

	moved = yield_at(version[_i].rule, version[_i].name, 100 * US);
	ck_assert_int_eq(moved.vruntime, 0);
	ck_assert_int_eq(moved.deadline, 0);
}
END_TEST

START_TEST(t41_a_hypercall_to_a_running_target_is_an_attempt)
{
	struct scene *scene = scene_new(2, 2);

	scene_set(scene, "RR");
	scene_crowd(scene, 0);
	scene_crowd(scene, 1);
	scene_hypercall_yield(scene, 0, 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_HYPERCALLS), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PV_YIELDS), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PV_YIELD_OK), 0);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_TO), 0);
	ck_assert(task_running(&scene->vcpu[0].task));
	scene_free(scene);
}
END_TEST

START_TEST(t41_a_hypercall_to_itself_is_an_attempt)
{
	struct scene *scene = scene_new(2, 2);

	scene_set(scene, "RR");
	scene_crowd(scene, 0);
	scene_feign(scene, 0, 'P');
	scene_hypercall_yield(scene, 0, 0);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PV_YIELDS), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PV_YIELD_OK), 0);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_TO), 0);
	scene_free(scene);
}
END_TEST

/* Nothing to give: not even the run queues are looked at. */
START_TEST(t41_a_hypercall_from_a_cpu_with_one_task_is_an_attempt)
{
	struct scene *scene = scene_new(2, 2);

	scene->config.cost.yield_to = 5000;
	scene->config.cost.yield_to_refused = 5000;
	scene->config.cost.hypercall = 300;
	scene_set(scene, "RP");
	scene_hypercall_yield(scene, 0, 1);
	scene_run(scene, 20 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PV_YIELDS), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PV_YIELD_OK), 0);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_TO), 0);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_EXIT), 300);
	scene_free(scene);
}
END_TEST

/* 2.4: no mode, no eligibility, no last boosted. */
START_TEST(item_2_4_a_hypercall_takes_any_ready_target)
{
	struct scene *scene = scene_new(4, 4);
	char text[TEXT];

	scene_set(scene, "RRRU");
	scene->vcpu[3].in_spin_loop = true;
	scene->vm->last_boosted = 2;
	scene_crowd(scene, 0);
	scene_hypercall_yield(scene, 0, 3);
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), "3");
	ck_assert_uint_eq(scene_count(scene, COUNTER_PV_YIELDS), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PV_YIELD_OK), 1);
	ck_assert_uint_eq(scene->vm->last_boosted, 2);
	ck_assert(!scene->vcpu[3].dy_eligible);
	ck_assert_uint_eq(scene->examinations, 0);
	ck_assert_uint_eq(scene_count(scene, COUNTER_SCANS), 0);
	scene_free(scene);
}
END_TEST

/* A hypercall is not a pause-loop exit: nothing of its state changes. */
START_TEST(item_2_4_a_hypercall_leaves_the_window)
{
	struct scene *scene = scene_new(2, 2);

	scene_set(scene, "RU");
	scene->vcpu[0].ple_window = 32768;
	scene_hypercall_yield(scene, 0, 1);
	ck_assert_uint_eq(scene->vcpu[0].ple_window, 32768);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PLE_EXITS), 0);
	scene_free(scene);
}
END_TEST

START_TEST(t42_pause_loop_yields_are_counted_apart)
{
	struct scene *scene = scene_new(2, 2);

	scene_set(scene, "SP");
	scene_run_until(scene, COUNTER_YIELD_OK, 5);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PV_YIELDS), 0);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PV_YIELD_OK), 0);
	ck_assert_uint_eq(scene_count(scene, COUNTER_HYPERCALLS), 0);
	scene_free(scene);
}
END_TEST

/* vCPU 0 flushes the TLBs of 2 (runs), 3 and 5 (the guest knows they are preempted). */
static struct scene *multi_target_call(const char *states, enum apic_mode apic)
{
	struct scene *scene = scene_new(6, 6);

	scene->kind.vm.apic = apic;
	scene->kind.paravirt.steal_time = true;
	scene->kind.paravirt.sched_yield = true;
	SCRIPT(scene, 0, RUN(100 * US), SHOOTDOWN(1), RUN(FOREVER));
	scene->stranger[1] = scene->stranger[4] = true;
	scene_set(scene, states);
	scene_crowd(scene, 0);
	return scene;
}

START_TEST(t44_one_hypercall_to_the_first_preempted_target)
{
	/* whether the interrupts cost exits, or none, makes no difference */
	struct scene *scene = multi_target_call("-URUUU", _i ? APIC_APICV_IPIV : APIC_APICV);
	char text[TEXT];

	scene_run(scene, 101 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PV_YIELDS), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PV_YIELD_OK), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_HYPERCALLS), 1);
	ck_assert_str_eq(scene_boosts(scene, 0, text, TEXT), "3");
	scene_run(scene, 500 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PV_YIELDS), 1);
	scene_free(scene);
}
END_TEST

START_TEST(t44_no_hypercall_if_no_target_is_preempted)
{
	struct scene *scene = multi_target_call("-URRUR", APIC_APICV);

	scene_run(scene, 500 * US);
	ck_assert_uint_eq(scene->task[0].asked, 3);
	ck_assert_uint_eq(scene_count(scene, COUNTER_HYPERCALLS), 0);
	scene_free(scene);
}
END_TEST

/* 3.7: the hook is in the multi-target path only. */
START_TEST(t44_no_hypercall_for_a_single_target)
{
	struct scene *scene = scene_new(3, 3);

	scene->kind.paravirt.steal_time = true;
	scene->kind.paravirt.sched_yield = true;
	SCRIPT(scene, 0, RUN(100 * US), SHOOTDOWN(1), RUN(FOREVER));
	scene->stranger[1] = true;
	scene_set(scene, "-RU");
	scene_crowd(scene, 0);
	scene_run(scene, 500 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_SHOOTDOWNS), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_HYPERCALLS), 0);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kvm-yield");
	TCase *yield = tcase_create("yield_to");
	TCase *hypercall = tcase_create("hypercall");

	tcase_add_test(yield, t35_t36_a_target_on_a_cpu);
	tcase_add_test(yield, t35_a_blocked_target);
	tcase_add_loop_test(yield, t35_a_throttled_target, 0, 2);
	tcase_add_test(yield, t35_a_blocked_target_that_is_still_queued);
	tcase_add_test(yield, t36_alone_with_a_crowded_target_succeeds);
	tcase_add_test(yield, t36_what_a_call_takes);
	tcase_add_test(yield, t37_an_eligible_target_on_the_same_cpu_runs_next);
	tcase_add_test(yield, t37_an_ineligible_target_is_passed_by);
	tcase_add_test(yield, t38_each_cpu_takes_its_own_best);
	tcase_add_test(yield, t38_an_ineligible_target_elsewhere_is_passed_by);
	tcase_add_test(yield, t39_up_to_6_18_a_yield_pushes_the_deadline_only);
	tcase_add_loop_test(yield, t39_from_6_19_an_eligible_caller_forfeits_its_slice, 0, 4);
	tcase_add_test(hypercall, t41_a_hypercall_to_a_running_target_is_an_attempt);
	tcase_add_test(hypercall, t41_a_hypercall_to_itself_is_an_attempt);
	tcase_add_test(hypercall, t41_a_hypercall_from_a_cpu_with_one_task_is_an_attempt);
	tcase_add_test(hypercall, item_2_4_a_hypercall_takes_any_ready_target);
	tcase_add_test(hypercall, item_2_4_a_hypercall_leaves_the_window);
	tcase_add_test(hypercall, t42_pause_loop_yields_are_counted_apart);
	tcase_add_loop_test(hypercall, t44_one_hypercall_to_the_first_preempted_target, 0, 2);
	tcase_add_test(hypercall, t44_no_hypercall_if_no_target_is_preempted);
	tcase_add_test(hypercall, t44_no_hypercall_for_a_single_target);
	suite_add_tcase(suite, yield);
	suite_add_tcase(suite, hypercall);
	return run_suite(suite);
}
