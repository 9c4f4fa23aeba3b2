/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_halt.c - HLT: how long KVM polls before it gives the pCPU away
 *
 * Names carry the numbers of kvm-and-guest.md section 7. Written from the text. 67 (a guest
 * that polls itself): test_kvm_guest_poll.c.
 */
#include <check.h>

#include "models/kvm/halt.h"
#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct kvm_params defaults = { .halt_poll = 200 * US,
					    .halt_poll_grow = 2,
					    .halt_poll_grow_start = 10 * US,
					    .halt_poll_shrink = 2 };

static struct scene *polling_scene(uint32_t pcpus, uint32_t vcpus)
{
	struct scene *scene = scene_new(pcpus, vcpus);

	scene->config.kvm.halt_poll = defaults.halt_poll;
	scene->config.kvm.halt_poll_grow = defaults.halt_poll_grow;
	scene->config.kvm.halt_poll_grow_start = defaults.halt_poll_grow_start;
	scene->config.kvm.halt_poll_shrink = defaults.halt_poll_shrink;
	return scene;
}

/* us: how long each halt lasts, and the poll that follows from it */
static const struct {
	uint64_t halted, poll;
} course[] = { { 50, 10 },   { 50, 20 },   { 50, 40 },	 { 50, 80 },   { 150, 160 }, { 150, 160 },
	       { 1000, 80 }, { 1000, 40 }, { 1000, 20 }, { 1000, 10 }, { 1000, 0 },  { 1000, 0 } };

START_TEST(t62_t63_growth_and_shrinking)
{
	uint64_t poll = 0;

	for (size_t i = 0; i < COUNT(course); i++) {
		poll = halt_poll_next(&defaults, poll, course[i].halted * US);
		ck_assert_uint_eq(poll, course[i].poll * US);
	}
}
END_TEST

START_TEST(t63_shrink_0_ends_polling_at_once)
{
	struct kvm_params params = defaults;

	params.halt_poll_shrink = 0;
	ck_assert_uint_eq(halt_poll_next(&params, 160 * US, MS), 0);
	ck_assert_uint_eq(halt_poll_next(&params, 160 * US, 160 * US), 160 * US);
}
END_TEST

START_TEST(item_3_10_the_bounds_of_each_branch)
{
	/* up to the poll: kept; below the limit: grown; at the limit: neither; above: shrunk */
	ck_assert_uint_eq(halt_poll_next(&defaults, 50 * US, 50 * US), 50 * US);
	ck_assert_uint_eq(halt_poll_next(&defaults, 50 * US, 50 * US + 1), 100 * US);
	ck_assert_uint_eq(halt_poll_next(&defaults, 50 * US, 200 * US - 1), 100 * US);
	ck_assert_uint_eq(halt_poll_next(&defaults, 50 * US, 200 * US), 50 * US);
	ck_assert_uint_eq(halt_poll_next(&defaults, 50 * US, 200 * US + 1), 25 * US);
	/* a first growth, or one from below the start, goes to the start */
	ck_assert_uint_eq(halt_poll_next(&defaults, 0, 1), 10 * US);
	ck_assert_uint_eq(halt_poll_next(&defaults, 3 * US, 50 * US), 10 * US);
	/* below the start shrinking ends at 0 */
	ck_assert_uint_eq(halt_poll_next(&defaults, 19 * US, MS), 0);
	ck_assert_uint_eq(halt_poll_next(&defaults, 0, MS), 0);
}
END_TEST

/* The same course with a guest that sleeps. */
START_TEST(t62_t63_a_sleeping_guest)
{
	struct scene *scene = polling_scene(1, 1);
	struct op op[2 * COUNT(course)];

	for (size_t i = 0; i < COUNT(course); i++) {
		op[2 * i] = SLEEP(course[i].halted * US);
		op[2 * i + 1] = RUN(10 * US);
	}
	scene_script(scene, 0, COUNT(op), op);
	scene_start(scene);
	for (uint32_t i = 0; i < COUNT(course); i++) {
		while (scene->task[0].asked < 2 * i + 2)
			scene_step(scene);
		ck_assert_uint_eq(scene->vcpu[0].halt_poll, course[i].poll * US);
	}
	/* polled: 0 + 10 + 20 + 40 + 80 + 150 + 160 + 80 + 40 + 20 + 10 + 0 */
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_HALT_POLL), 610 * US);
	scene_free(scene);
}
END_TEST

/* The guest halts at 10 us, with that much to poll. */
static struct scene *halts_at_10us(uint64_t sleep, uint64_t poll)
{
	struct scene *scene = polling_scene(1, 1);

	SCRIPT(scene, 0, RUN(10 * US), SLEEP(sleep), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 5 * US);
	scene->vcpu[0].halt_poll = poll;
	return scene;
}

START_TEST(t64_growth_is_not_clamped_but_its_use_is)
{
	struct scene *scene = halts_at_10us(MS, 320 * US);

	ck_assert_uint_eq(halt_poll_next(&defaults, 160 * US, 180 * US), 320 * US);
	scene_run(scene, 209 * US);
	ck_assert(task_running(&scene->vcpu[0].task));
	scene_run(scene, 211 * US);
	ck_assert_int_eq(scene->vcpu[0].task.state, TASK_SLEEPING);
	scene_run(scene, 2 * MS);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_HALT_POLL), 200 * US);
	ck_assert_uint_eq(scene->vcpu[0].halt_poll, 160 * US);
	scene_free(scene);
}
END_TEST

/* Found while polling: the thread never blocks. */
START_TEST(item_3_10_an_event_ends_the_poll)
{
	struct scene *scene = halts_at_10us(100 * US, 150 * US);
	uint64_t switches;

	switches = scene_count(scene, COUNTER_SWITCHES);
	scene_run(scene, 2 * MS);
	ck_assert_uint_eq(scene->task[0].began[2], 110 * US);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_HALT_POLL), 100 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_HALT_EXITS), 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_SWITCHES), switches);
	ck_assert_uint_eq(scene->vcpu[0].halt_poll, 150 * US);
	ck_assert(!scene->vcpu[0].ready && !scene->vcpu[0].scheduled_out);
	scene_free(scene);
}
END_TEST

START_TEST(t65_a_second_task_on_the_pcpu_prevents_the_poll)
{
	struct scene *scene = halts_at_10us(MS, 200 * US);

	scene_crowd(scene, 0);
	scene_run(scene, 10 * US);
	ck_assert_int_eq(scene->vcpu[0].task.state, TASK_SLEEPING);
	ck_assert(task_running(&scene->hog[0].task));
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_HALT_POLL), 0);
	scene_free(scene);
}
END_TEST

START_TEST(t65_a_second_task_on_the_pcpu_ends_the_poll)
{
	struct scene *scene = halts_at_10us(MS, 200 * US);

	scene_run(scene, 60 * US);
	ck_assert(task_running(&scene->vcpu[0].task));
	scene_freeze(scene, 0);
	ck_assert_int_eq(scene->vcpu[0].task.state, TASK_SLEEPING);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_HALT_POLL), 50 * US);
	scene_free(scene);
}
END_TEST

/* Any second task will do, also one that does not preempt: vCPU 2, which vCPU 1 wakes. */
START_TEST(t65_a_second_task_that_does_not_preempt_ends_the_poll)
{
	struct scene *scene = polling_scene(2, 4);

	scene->config.host.kernel = scene_version("6.6"); /* a sleeper leaves its queue at once */
	/* in its first sleep vCPU 2 has its turn */
	SCRIPT(scene, 0, RUN(10 * US), SLEEP(40 * US), RUN(100 * US), SLEEP(MS), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(200 * US), PUT(0, 1), RUN(FOREVER));
	SCRIPT(scene, 2, GET(0, 1), RUN(FOREVER));
	SCRIPT(scene, 3, SLEEP(FOREVER));
	scene_start(scene);
	scene_run(scene, 100 * US);
	scene->vcpu[0].halt_poll = 200 * US;
	scene_run(scene, 199 * US);
	ck_assert_int_eq(scene->vcpu[0].phase, PHASE_POLLING);
	ck_assert_int_eq(scene->vcpu[2].task.state, TASK_SLEEPING);
	/* far behind: it would not preempt */
	scene_lag(scene, &scene->vcpu[0].task, -(int64_t)SECOND);
	scene_run(scene, 201 * US);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_HALT_POLL), 50 * US);
	ck_assert_int_eq(scene->vcpu[0].task.state, TASK_SLEEPING);
	ck_assert(task_running(&scene->vcpu[2].task));
	scene_free(scene);
}
END_TEST

/* 3.10: the wait for a pCPU after the wake is part of the halt. */
START_TEST(t66_an_early_event_and_a_late_start_shrink)
{
	struct scene *scene = halts_at_10us(50 * US, 100 * US);

	scene_crowd(scene, 0);
	/* far more deserving: a wake-up does not preempt the hog */
	scene_lag(scene, &scene->hog[0].task, -(int64_t)MS);
	scene_run(scene, 59 * US);
	ck_assert_int_eq(scene->vcpu[0].task.state, TASK_SLEEPING);
	scene_run(scene, 60 * US);
	ck_assert_int_eq(scene->vcpu[0].task.state, TASK_RUNNABLE); /* the event */
	ck_assert(!task_running(&scene->vcpu[0].task));
	scene_demote(scene, 0);
	scene_run(scene, 5060 * US);
	ck_assert(!task_running(&scene->vcpu[0].task));
	ck_assert_uint_eq(scene->vcpu[0].halt_poll, 100 * US);
	scene_thaw(scene, 0);
	ck_assert_uint_eq(scene->vcpu[0].halt_poll, 50 * US);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_HALT_POLL), 0);
	scene_free(scene);
}
END_TEST

START_TEST(item_3_10_polling_switched_off)
{
	struct scene *scene = polling_scene(1, 1);

	scene->config.kvm.halt_poll = 0;
	SCRIPT(scene, 0, SLEEP(50 * US), SLEEP(50 * US), SLEEP(50 * US), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->vcpu[0].halt_poll, 0);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_HALT_POLL), 0);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_IDLE), 150 * US);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kvm-halt");
	TCase *next = tcase_create("next");
	TCase *poll = tcase_create("poll");

	tcase_add_test(next, t62_t63_growth_and_shrinking);
	tcase_add_test(next, t63_shrink_0_ends_polling_at_once);
	tcase_add_test(next, item_3_10_the_bounds_of_each_branch);
	tcase_add_test(poll, t62_t63_a_sleeping_guest);
	tcase_add_test(poll, t64_growth_is_not_clamped_but_its_use_is);
	tcase_add_test(poll, item_3_10_an_event_ends_the_poll);
	tcase_add_test(poll, t65_a_second_task_on_the_pcpu_prevents_the_poll);
	tcase_add_test(poll, t65_a_second_task_on_the_pcpu_ends_the_poll);
	tcase_add_test(poll, t65_a_second_task_that_does_not_preempt_ends_the_poll);
	tcase_add_test(poll, t66_an_early_event_and_a_late_start_shrink);
	tcase_add_test(poll, item_3_10_polling_switched_off);
	suite_add_tcase(suite, next);
	suite_add_tcase(suite, poll);
	return run_suite(suite);
}
