/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_eevdf_flat.c - one queue a CPU, groups give weights: eevdf.md 2.6 and "flat" of 1.11 to 1.18
 *
 * A is task 0 and runs, B is task 1.
 */
#include "models/sched/hooks.h"
#include "models/sched/load.h"
#include "models/sched/query.h"
#include "tests/check_main.h"
#include "tests/unit/fair_bed.h"

static int64_t weight_on(const struct fair_group *group, uint32_t cpu)
{
	return group->cpu[cpu].entity.weight / 1024;
}

static void check_near(int64_t value, int64_t expected, int64_t tolerance)
{
	ck_assert_int_ge(value, expected - tolerance);
	ck_assert_int_le(value, expected + tolerance);
}

static void rounds(struct bed *bed, int count)
{
	for (int round = 0; round < count; round++) {
		bed_run(bed, MS(1));
		for (uint32_t cpu = 0; cpu < bed->fair.cpus; cpu++) {
			fair_tick(&bed->fair.rq[cpu], bed->clock);
			if (bed->fair.rq[cpu].resched)
				bed_pick_on(bed, cpu);
		}
	}
}

/* VM-A: 16 vCPUs on 16 CPUs, its last one where it is told; VM-B: 4 on CPUs 0 to 3. */
static void start_two_vms(struct bed *bed, struct fair_group *const group[20], uint32_t cpu_of_last)
{
	for (uint32_t i = 0; i < 16; i++)
		bed_start_on(bed, i == 15 ? cpu_of_last : i, (int)i, group[i], 0);
	for (uint32_t i = 0; i < 4; i++)
		bed_start_on(bed, i, 16 + (int)i, group[16 + i], 0);
}

/* With averages they take their time: 0.4 s is twelve half lives. */
START_TEST(E31_concur_gives_full_weight_on_every_busy_cpu)
{
	const int64_t tolerance = _i ? 16 : 0;
	struct fair_group *vm[2], *group[20];
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .version = "flat", .cpus = 16, .track_load = _i });
	for (int i = 0; i < 2; i++)
		vm[i] = fair_group_new(&bed.fair, NULL, 1024);
	for (int i = 0; i < 20; i++)
		group[i] = vm[i / 16];
	start_two_vms(&bed, group, 15);
	rounds(&bed, 400);
	for (uint32_t cpu = 0; cpu < 16; cpu++) {
		check_near(weight_on(vm[0], cpu), 1024, tolerance);
		check_near(bed.fair.rq[cpu].curr->entity.weight / 1024, 1024, tolerance);
	}
	for (uint32_t cpu = 0; cpu < 4; cpu++)
		check_near(weight_on(vm[1], cpu), 1024, tolerance);
	ck_assert_uint_eq(bed.rq->root.nr_queued, 2);
	uint64_t a = bed_exec(&bed, 0), b = bed_exec(&bed, 16);

	bed_ticks(&bed, (uint64_t)MS(4000));
	a = bed_exec(&bed, 0) - a;
	b = bed_exec(&bed, 16) - b;
	ck_assert_double_eq_tol((double)b / (double)(a + b), 0.5, 0.005);
	bed_close(&bed);
}
END_TEST

static void old_shares(struct fair_features *features)
{
	features->concur_shares = false;
}

/* machine.slice / scope / libvirt / vcpuN, with the shares of before ("smp"). */
START_TEST(E38_the_weight_of_a_way)
{
	struct fair_group *machine, *vm[2], *group[20];
	struct bed bed;

	for (int stacked = 0; stacked < 2; stacked++) {
		bed_open(&bed,
			 (struct bed_config){ .version = "flat", .cpus = 16, .tune = old_shares });
		machine = fair_group_new(&bed.fair, NULL, 16 * 1024);
		for (int i = 0; i < 2; i++)
			vm[i] = fair_group_new(&bed.fair, fair_group_new(&bed.fair, machine, 1024),
					       1024);
		for (int i = 0; i < 20; i++)
			group[i] = fair_group_new(&bed.fair, vm[i / 16], 1024);
		start_two_vms(&bed, group, stacked ? 0 : 15);
		rounds(&bed, 200);
		int64_t slice = machine->cpu[0].entity.weight;
		int64_t a = bed_entity(&bed, 0)->weight, b = bed_entity(&bed, 16)->weight;

		check_near(weight_on(vm[0]->parent, 0), stacked ? 128 : 64, 0);
		check_near(weight_on(vm[1]->parent, 0), 256, 0);
		if (stacked) {
			check_near(a, slice / 6, slice / 5000);
			check_near(bed_entity(&bed, 15)->weight, slice / 6, slice / 5000);
			check_near(b, slice * 2 / 3, slice / 5000);
		} else {
			check_near(a, slice / 5, slice / 5000);
			check_near(b, slice * 4 / 5, slice / 5000);
		}
		bed_close(&bed);
	}
}
END_TEST

/* Others keep what they had until they get the CPU, or a tick while they run. */
START_TEST(item_2_6_when_a_weight_follows)
{
	struct fair_group *group;
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .version = "flat" });
	group = fair_group_new(&bed.fair, NULL, 1024);
	bed_start(&bed, 0, group, 0);
	bed_pick(&bed);
	bed_start(&bed, 1, group, 0);
	ck_assert_int_eq(bed_entity(&bed, 0)->weight, 1024 << 10);
	ck_assert_int_eq(bed_entity(&bed, 1)->weight, 512 << 10);
	fair_tick(bed.rq, bed.clock);
	ck_assert_int_eq(bed_entity(&bed, 0)->weight, 512 << 10);
	fair_group_set_shares(group, 2048);
	ck_assert_int_eq(bed_entity(&bed, 1)->weight, 512 << 10);
	bed_set(&bed, 0, MS(9), MS(11.8));
	bed_set(&bed, 1, MS(1), MS(3.8));
	ck_assert_int_eq(bed_pick(&bed), 1);
	ck_assert_int_eq(bed_entity(&bed, 1)->weight, 1024 << 10);
	ck_assert_int_eq(bed_entity(&bed, 0)->weight, 512 << 10);
	bed_close(&bed);
}
END_TEST

/* Only the task can be delayed, E37 in the other layout; no mark for the group of a sleeper, 1.18. */
START_TEST(item_2_6_a_sleeper_in_a_group)
{
	struct fair_group *group;
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .version = "flat" });
	group = fair_group_new(&bed.fair, NULL, 1024);
	bed_start(&bed, 0, NULL, 0);
	bed_start(&bed, 1, group, 0);
	bed_start(&bed, 2, group, 0);
	bed_set(&bed, 0, 0, MS(2.8));
	bed_set(&bed, 1, MS(-1), MS(2.8));
	bed_set(&bed, 2, 0, MS(2.8));
	ck_assert_int_eq(bed_pick(&bed), 1);
	bed_run(&bed, MS(3));
	bed_block(&bed, 1);
	ck_assert(fair_task_delayed(&bed.task[1]));
	ck_assert(!group->cpu[0].entity.queued);
	ck_assert_ptr_null(bed.rq->root.next);
	ck_assert_uint_eq(group->cpu[0].queue.h_nr_runnable, 1);
	ck_assert_uint_eq(group->cpu[0].queue.nr_queued, 2);
	bed_close(&bed);
}
END_TEST

/* Each in its vCPU's group; VMs as before. E28: two calls, as on a plain queue. */
START_TEST(E28_holds_across_the_groups_of_vcpus)
{
	struct fair_group *vm;
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .version = "flat" });
	vm = fair_group_new(&bed.fair, NULL, 1024);
	for (int i = 0; i < 2; i++) {
		bed_start(&bed, i, fair_group_new(&bed.fair, vm, 1024), 0);
		bed_pick(&bed);
	}
	bed_set(&bed, 0, 0, MS(2.8));
	bed_set(&bed, 1, MS(3), MS(5.8));
	ck_assert_int_eq(bed_pick(&bed), 0);
	fair_tick(bed.rq, bed.clock);
	bed_set(&bed, 0, 0, MS(2.8));
	bed_set(&bed, 1, MS(3), MS(5.8));
	/* half the group's weight each: v goes twice as fast, d is twice as far */
	bed_run(&bed, MS(0.5));
	ck_assert_int_eq(bed_yield_to(&bed, 1), 1);
	ck_assert_ptr_eq(bed.rq->root.next, bed_entity(&bed, 1));
	ck_assert_int_eq(bed_entity(&bed, 0)->vruntime, MS(2.8));
	ck_assert_int_eq(bed_entity(&bed, 0)->deadline, MS(8.4) - 1);
	ck_assert_int_eq(fair_hint_level(bed.rq, &bed.task[1], bed.clock).fate, HINT_INELIGIBLE);
	ck_assert_int_eq(bed_pick(&bed), 0);
	ck_assert_int_eq(bed_yield_to(&bed, 1), 1);
	ck_assert_int_eq(bed_pick(&bed), 1);
	bed_close(&bed);
}
END_TEST

static void no_short(struct fair_features *features)
{
	features->preempt_short = false;
}

/* 1.11: A, at 0, is picked while B, at 1, has a shorter slice. V without A is 1. */
START_TEST(item_1_11_protected_while_eligible)
{
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .version = "flat", .tune = _i == 1 ? no_short : NULL });
	bed_start(&bed, 0, NULL, 0);
	bed_start(&bed, 1, NULL, 0);
	if (_i < 2)
		fair_set_slice(&bed.task[1], MS(0.7), 0);
	bed_set(&bed, 0, 0, MS(2.8));
	bed_set(&bed, 1, MS(1), MS(1.7));
	ck_assert_int_eq(bed_pick(&bed), 0);
	ck_assert_int_eq(bed_entity(&bed, 0)->protection, _i == 0   ? MS(1) + 1
							  : _i == 1 ? MS(0.7)
								    : MS(2.8));
	bed_close(&bed);
}
END_TEST

/* A runs alone at 11 with a deadline of 12.8; B, with that slice, wakes with that lag. */
static void waking(struct bed *bed, int64_t slice, int64_t lag, uint32_t resched)
{
	bed_open(bed, (struct bed_config){ .version = "flat" });
	bed_start(bed, 1, NULL, 0);
	bed_pick(bed);
	if (slice)
		fair_set_slice(&bed->task[1], slice, 0);
	bed_block(bed, 1);
	bed_start(bed, 0, NULL, 0);
	bed_pick(bed);
	bed_set(bed, 0, MS(11), MS(12.8));
	bed_entity(bed, 1)->shared = lag;
	bed->rq->resched = resched;
	ck_assert_int_eq(bed_wake(bed, 1), 1);
}

/* 1.11 "lower_protect": no further than a shortest slice from the smaller of v and V. */
START_TEST(item_1_11_a_failed_wake_up_shortens_the_protection)
{
	struct bed bed;

	waking(&bed, MS(0.7), MS(-0.5), 0);
	ck_assert_int_eq(bed_entity(&bed, 1)->vruntime, MS(12));
	ck_assert_uint_eq(bed.rq->resched, 0);
	ck_assert_int_eq(bed_entity(&bed, 0)->protection, MS(11.7));
	bed_close(&bed);

	/* C at 8: V is 10, A at 11 is ineligible, but C's deadline is late */
	waking(&bed, 0, 0, 0);
	bed_start(&bed, 2, NULL, 0);
	bed_set(&bed, 0, MS(11), MS(12.8));
	bed_set(&bed, 1, MS(11), MS(20));
	bed_set(&bed, 2, MS(8), MS(30));
	bed.rq->resched = 0;
	fair_check_preempt(bed.rq, &bed.task[1], 0, bed.clock);
	ck_assert_uint_eq(bed.rq->resched, 0);
	ck_assert_int_eq(bed_entity(&bed, 0)->protection, MS(12.8));
	fair_set_slice(&bed.task[2], MS(0.5), bed.clock);
	bed_set(&bed, 0, MS(11), MS(12.8));
	bed_set(&bed, 1, MS(11), MS(20));
	bed_set(&bed, 2, MS(8), MS(30));
	fair_check_preempt(bed.rq, &bed.task[1], 0, bed.clock);
	ck_assert_int_eq(bed_entity(&bed, 0)->protection, MS(10.5));
	bed_close(&bed);
}
END_TEST

/* 1.14: eligible is enough for a shorter slice, and it becomes the buddy, whatever its deadline. */
START_TEST(item_1_14_a_shorter_slice_preempts_when_eligible)
{
	struct bed bed;

	/* B asks for less than A, but C, eligible, too, has the earliest deadline of the waiting */
	for (int shorter_buddy = 0; shorter_buddy < 2; shorter_buddy++) {
		waking(&bed, 0, 0, 0);
		bed_start(&bed, 2, NULL, 0);
		fair_set_slice(&bed.task[1], MS(2), bed.clock);
		if (shorter_buddy)
			fair_set_slice(&bed.task[2], MS(1), bed.clock);
		bed_set(&bed, 0, MS(11), MS(12.8));
		bed_set(&bed, 1, MS(11), MS(13));
		bed_set(&bed, 2, MS(11), MS(12));
		bed.rq->resched = 0;
		bed.rq->root.next = bed_entity(&bed, 2);
		fair_check_preempt(bed.rq, &bed.task[1], 0, bed.clock);
		ck_assert_uint_eq(bed.rq->resched, FAIR_RESCHED_NOW);
		ck_assert_int_eq(bed_entity(&bed, 0)->protection, MS(11));
		ck_assert_ptr_eq(bed.rq->root.next, bed_entity(&bed, shorter_buddy ? 2 : 1));
		ck_assert_int_eq(bed_pick(&bed), shorter_buddy ? 2 : 1);
		bed_close(&bed);
	}
}
END_TEST

/* 1.14: a pending request does not spare the test; every preemption ends the protection. */
START_TEST(item_1_14_the_test_despite_a_request)
{
	struct bed bed;

	waking(&bed, 0, MS(1), FAIR_RESCHED_NOW);
	ck_assert_int_eq(bed_entity(&bed, 0)->protection, MS(11));
	ck_assert_int_eq(bed_pick(&bed), 1);
	bed_close(&bed);
}
END_TEST

/* 1.14: who is delayed does not preempt; 1.18: and is nobody's buddy. */
START_TEST(item_1_14_delayed_tasks_do_not_preempt)
{
	struct bed bed;

	waking(&bed, MS(0.7), MS(-0.5), 0);
	bed_entity(&bed, 1)->delayed = true;
	bed_set(&bed, 1, MS(9), MS(9.7));
	fair_check_preempt(bed.rq, &bed.task[1], 0, bed.clock);
	ck_assert_uint_eq(bed.rq->resched, 0);
	bed_start(&bed, 2, NULL, 0);
	ck_assert_int_eq(bed_yield_to(&bed, 1), 0);
	ck_assert_ptr_null(bed.rq->root.next);
	bed_close(&bed);
}
END_TEST

/* 2.6: a group's runnable tasks, averaged, count; a delayed one does not; at most the CPUs. */
START_TEST(item_2_6_concurrency)
{
	struct fair_group *group;
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .version = "flat", .cpus = 2, .track_load = true });
	group = fair_group_new(&bed.fair, NULL, 1024);
	for (int i = 0; i < 5; i++)
		bed_start_on(&bed, i ? 1 : 0, i, group, 0);
	rounds(&bed, 400);
	ck_assert_uint_ge(group->runnable_avg, 5 * 1024 * 95 / 100);
	/* 2 x 1024, of which CPU 0 has a fifth */
	check_near(weight_on(group, 0), 2 * 1024 / 5, 12);
	check_near(weight_on(group, 1), 2 * 1024 * 4 / 5, 48);
	bed_close(&bed);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("eevdf flat");
	TCase *weights = tcase_create("2.6"), *rules = tcase_create("1");

	tcase_add_loop_test(weights, E31_concur_gives_full_weight_on_every_busy_cpu, 0, 2);
	tcase_add_test(weights, E38_the_weight_of_a_way);
	tcase_add_test(weights, item_2_6_when_a_weight_follows);
	tcase_add_test(weights, item_2_6_a_sleeper_in_a_group);
	tcase_add_test(weights, item_2_6_concurrency);
	tcase_add_test(rules, E28_holds_across_the_groups_of_vcpus);
	tcase_add_loop_test(rules, item_1_11_protected_while_eligible, 0, 3);
	tcase_add_test(rules, item_1_11_a_failed_wake_up_shortens_the_protection);
	tcase_add_test(rules, item_1_14_a_shorter_slice_preempts_when_eligible);
	tcase_add_test(rules, item_1_14_the_test_despite_a_request);
	tcase_add_test(rules, item_1_14_delayed_tasks_do_not_preempt);
	suite_add_tcase(suite, weights);
	suite_add_tcase(suite, rules);
	return run_suite(suite);
}
