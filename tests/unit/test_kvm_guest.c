/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_guest.c - a guest's ticks and its idea of time while its vCPUs come and go
 *
 * Names carry the numbers of kvm-and-guest.md section 7. Written from the text. The guest keeps no
 * count of jiffies here: that it catches up shows in the next tick, which is on the old grid.
 */
#include <check.h>

#include "models/machine_private.h"
#include "models/sched/hooks.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

#define TICK (10 * US) /* its handler */

/* Ticks at 1, 2, 3 ms and so on. */
static struct scene *ticking_scene(uint32_t pcpus, uint32_t vcpus)
{
	struct scene *scene = scene_new(pcpus, vcpus);

	scene->config.cost.guest_tick = TICK;
	scene->guest_tick = MS;
	return scene;
}

/* Ticks that the guests have handled: no other kernel code runs. */
static uint64_t ticks(struct scene *scene)
{
	uint64_t kernel = scene_account(scene, ACCOUNT_GUEST_KERNEL);

	ck_assert_uint_eq(kernel % TICK, 0);
	return kernel / TICK;
}

START_TEST(item_3_12_a_running_vcpu_ticks)
{
	struct scene *scene = ticking_scene(2, 2);

	scene_set(scene, "RR");
	ck_assert_uint_eq(ticks(scene), 0);
	scene_run(scene, 10 * MS + 500 * US);
	ck_assert_uint_eq(ticks(scene), 2 * 10);
	scene_free(scene);
}
END_TEST

START_TEST(t71_ten_periods_away_are_one_tick)
{
	struct scene *scene = ticking_scene(1, 1);

	scene_set(scene, "R");
	scene_run(scene, 3 * MS + 500 * US);
	ck_assert_uint_eq(ticks(scene), 3);
	scene_freeze(scene, 0);
	scene_run(scene, 13 * MS + 500 * US);
	ck_assert_uint_eq(ticks(scene), 3);
	scene_thaw(scene, 0);
	scene_run(scene, 13 * MS + 900 * US);
	ck_assert_uint_eq(ticks(scene), 4);
	/* at once, not at some later tick */
	ck_assert_uint_eq(scene->vcpu[0].cpu.pending, 0);
	scene_run(scene, 13 * MS + 999 * US);
	ck_assert_uint_eq(ticks(scene), 4);
	scene_run(scene, 14 * MS + 500 * US);
	ck_assert_uint_eq(ticks(scene), 5);
	scene_run(scene, 20 * MS + 500 * US);
	ck_assert_uint_eq(ticks(scene), 11);
	scene_free(scene);
}
END_TEST

/* Away between two ticks only: none is lost, none is added. */
START_TEST(t71_a_short_absence_changes_nothing)
{
	struct scene *scene = ticking_scene(1, 1);

	scene_set(scene, "R");
	scene_run(scene, 3 * MS + 200 * US);
	scene_freeze(scene, 0);
	scene_run(scene, 3 * MS + 800 * US);
	scene_thaw(scene, 0);
	scene_run(scene, 10 * MS + 500 * US);
	ck_assert_uint_eq(ticks(scene), 10);
	scene_free(scene);
}
END_TEST

/* 3.12: stopped while idle; no timer wakes the vCPU. */
START_TEST(item_3_12_an_idle_vcpu_does_not_tick)
{
	struct scene *scene = ticking_scene(1, 1);

	SCRIPT(scene, 0, RUN(1500 * US), SLEEP(10 * MS), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 11 * MS);
	ck_assert_int_eq(scene->vcpu[0].task.state, TASK_SLEEPING);
	ck_assert_uint_eq(ticks(scene), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_HALT_EXITS), 1);
	scene_run(scene, 14 * MS + 500 * US);
	ck_assert_uint_eq(ticks(scene), 1 + 3); /* 12, 13, 14 ms */
	scene_free(scene);
}
END_TEST

/* 3.12: a tick is a deadline to write and an expiry; the end of interrupt is one more without APICv. */
START_TEST(item_3_12_exits_of_a_tick)
{
	static const struct {
		enum apic_mode apic;
		bool pv_eoi;
		uint64_t exits;
	} cases[] = { { APIC_APICV, false, 2 },
		      { APIC_SOFTWARE, false, 3 },
		      { APIC_SOFTWARE, true, 2 } };
	struct scene *scene = ticking_scene(1, 1);

	scene->kind.vm.apic = cases[_i].apic;
	scene->kind.paravirt.eoi = cases[_i].pv_eoi;
	scene_set(scene, "R");
	scene_run(scene, 500 * US);
	uint64_t before = scene_count(scene, COUNTER_EXITS);

	scene_run(scene, 10 * MS + 500 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_EXITS) - before, 10 * cases[_i].exits);
	scene_free(scene);
}
END_TEST

/* Where each vCPU thread's time went, by looking at it before each step. */
struct spent {
	uint64_t run, wait, blocked;
};

static void look(struct scene *scene, struct spent *spent, uint64_t ns)
{
	for (uint32_t i = 0; i < scene->vm->vcpus; i++) {
		const struct task *task = &scene->vcpu[i].task;

		if (task->state != TASK_RUNNABLE)
			spent[i].blocked += ns;
		else if (task_running(task))
			spent[i].run += ns;
		else
			spent[i].wait += ns;
	}
}

static void compare(const struct scene *scene, const struct spent *spent)
{
	for (uint32_t i = 0; i < scene->vm->vcpus; i++) {
		const struct task *task = &scene->vcpu[i].task;
		struct spent told = { task->run_total, task->wait_total, 0 };

		if (task->state == TASK_RUNNABLE && task_running(task))
			told.run += scene_now(scene) - task->running_since;
		else if (task->state == TASK_RUNNABLE)
			told.wait += scene_now(scene) - task->runnable_since;
		ck_assert_uint_eq(told.run, spent[i].run);
		ck_assert_uint_eq(told.wait, spent[i].wait);
		ck_assert_uint_eq(told.run + told.wait + spent[i].blocked, scene_now(scene));
	}
}

/* Three vCPUs on two pCPUs; they spin, sleep and are preempted. */
START_TEST(t72_run_steal_and_blocked_are_all_the_time)
{
	struct scene *scene = ticking_scene(2, 3);
	struct spent spent[3] = { 0 };
	uint64_t waited = 0;

	scene->host_tick = MS;
	scene->config.cost.context_switch = 2 * US;
	scene->config.cost.exit = scene->config.cost.entry = 400;
	scene->kind.vm.affinity = AFFINITY_FREE;
	SCRIPT(scene, 0, RUN(7 * MS), LOCK(1), KERNEL(9 * MS), UNLOCK(1), SLEEP(3 * MS),
	       RUN(5 * MS), SHOOTDOWN(0), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(2 * MS), SLEEP(5 * MS), LOCK(1), KERNEL(4 * MS), UNLOCK(1), RUN(MS),
	       SLEEP(9 * MS), RUN(30 * MS));
	SCRIPT(scene, 2, RUN(40 * MS), LOCK(1), UNLOCK(1), SLEEP(2 * MS), RUN(FOREVER));
	scene_start(scene);
	while (scene_now(scene) < 150 * MS) {
		uint64_t next = timers_next(&scene->machine->engine.timers);

		look(scene, spent, next - scene_now(scene));
		scene_step(scene);
		compare(scene, spent);
	}
	for (uint32_t i = 0; i < 3; i++) {
		ck_assert_uint_gt(spent[i].run, 0);
		waited += spent[i].wait;
	}
	ck_assert_uint_gt(spent[0].blocked + spent[1].blocked + spent[2].blocked, 10 * MS);
	ck_assert_uint_gt(waited, 10 * MS);
	scene_free(scene);
}
END_TEST

/* 3.8: the guest's task clock leaves out what it waited for a pCPU, nothing else, if it is told. */
START_TEST(item_3_8_steal_is_left_out_of_the_task_clock)
{
	struct scene *scene = scene_new(1, 1);
	struct cpu *cpu;
	uint64_t clock;

	scene->kind.paravirt.steal_time = _i == 1;
	SCRIPT(scene, 0, RUN(2 * MS), SLEEP(3 * MS), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, MS);
	cpu = &scene->vcpu[0].cpu;
	clock = cpu->ops->task_clock(cpu, scene_now(scene));
	scene_freeze(scene, 0);
	scene_run(scene, 5 * MS);
	scene_thaw(scene, 0);
	scene_run(scene, 7 * MS); /* it halted at 6 ms: not steal */
	ck_assert_int_eq(scene->vcpu[0].task.state, TASK_SLEEPING);
	ck_assert_uint_eq(cpu->ops->task_clock(cpu, scene_now(scene)) - clock,
			  _i == 1 ? 2 * MS : 6 * MS);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kvm-guest");
	TCase *tick = tcase_create("tick");
	TCase *steal = tcase_create("steal");

	tcase_add_test(tick, item_3_12_a_running_vcpu_ticks);
	tcase_add_test(tick, t71_ten_periods_away_are_one_tick);
	tcase_add_test(tick, t71_a_short_absence_changes_nothing);
	tcase_add_test(tick, item_3_12_an_idle_vcpu_does_not_tick);
	tcase_add_loop_test(tick, item_3_12_exits_of_a_tick, 0, 3);
	tcase_add_test(steal, t72_run_steal_and_blocked_are_all_the_time);
	tcase_add_loop_test(steal, item_3_8_steal_is_left_out_of_the_task_clock, 0, 2);
	suite_add_tcase(suite, tick);
	suite_add_tcase(suite, steal);
	return run_suite(suite);
}
