/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_eevdf_yield.c - sched_yield and directed yield: eevdf.md 8.4, 8.5, E21 to E30d
 *
 * Times are ms of task clock and of virtual time. A is task 0, B (or T) is task 1.
 */

#include "models/sched/hooks.h"
#include "models/sched/query.h"
#include "tests/check_main.h"
#include "tests/unit/fair_bed.h"
#include "tests/unit/fair_same.h"

/* Two tasks in the root, A running. */
static void pair(struct bed *bed, struct bed_config config)
{
	bed_open(bed, config);
	bed_start(bed, 0, NULL, 0);
	bed_pick(bed);
	bed_start(bed, 1, NULL, 0);
}

static void check_entity(struct bed *bed, int task, double vruntime, double deadline)
{
	ck_assert_int_eq(bed_entity(bed, task)->vruntime, MS(vruntime));
	ck_assert_int_eq(bed_entity(bed, task)->deadline, MS(deadline));
}

START_TEST(E21_a_forfeit_may_not_be_enough)
{
	struct bed bed;

	static const char *const version[] = { "6.12.117", "6.18-stable", "6.19-rc1",
					       "6.19",	   "6.19.9",	  "7.1" };

	pair(&bed, (struct bed_config){ .version = version[_i] });
	bed_set(&bed, 0, MS(3), MS(5.8));
	bed_set(&bed, 1, MS(6), MS(8.8));
	bed_run(&bed, MS(1));
	fair_yield(bed.rq, bed.clock);
	check_entity(&bed, 0, 5.8, 8.6);
	ck_assert_int_eq(fair_average(&bed.rq->root), MS(5.9));
	ck_assert_int_eq(bed_pick(&bed), 0);
	fair_yield(bed.rq, bed.clock);
	check_entity(&bed, 0, 8.6, 11.4);
	ck_assert_int_eq(bed_pick(&bed), 1);
	bed_close(&bed);
}
END_TEST

START_TEST(E22_a_push_cannot_get_rid_of_the_only_eligible_one)
{
	struct bed bed;

	pair(&bed, (struct bed_config){ .version = _i ? "6.6" : "6.12" });
	bed_set(&bed, 0, MS(3), MS(5.8));
	bed_set(&bed, 1, MS(6), MS(8.8));
	bed_run(&bed, MS(1));
	fair_yield(bed.rq, bed.clock);
	check_entity(&bed, 0, 4, 8.6);
	ck_assert_int_eq(bed_pick(&bed), 0);
	fair_yield(bed.rq, bed.clock);
	check_entity(&bed, 0, 4, 11.4);
	ck_assert_int_eq(bed_pick(&bed), 0);
	bed_close(&bed);
}
END_TEST

START_TEST(E23_a_push_does_not_end_protection_by_limit)
{
	struct bed bed;

	static const char *const version[] = { "6.18-rc4", "6.18.0", "6.12", "6.6" };

	pair(&bed, (struct bed_config){ .version = version[_i] });
	bed_set(&bed, 0, 0, MS(2.8));
	bed_set(&bed, 1, 0, MS(2.8));
	fair_yield(bed.rq, bed.clock);
	check_entity(&bed, 0, 0, 5.6);
	/* by limit: still protected; by deadline: the copy is broken */
	ck_assert_int_eq(bed_pick(&bed), _i >= 2 ? 1 : 0);
	bed_close(&bed);
}
END_TEST

START_TEST(E24_no_forfeit_when_ineligible)
{
	struct bed bed;

	pair(&bed, (struct bed_config){ 0 });
	bed_set(&bed, 0, 0, MS(2.8));
	bed_set(&bed, 1, 0, MS(2.8));
	bed_run(&bed, 1000);
	fair_yield(bed.rq, bed.clock);
	check_entity(&bed, 0, 0.001, 2.8);
	ck_assert_int_eq(bed_pick(&bed), 1);
	bed_close(&bed);
}
END_TEST

struct busy_yield {
	uint32_t yields, effective, switches;
};

/* A yields after every 3.5 us, B never: 4 s at 250 Hz with 1.4 ms slices, as was measured. */
static struct busy_yield busy_yielder(struct bed *bed)
{
	const uint64_t tick = 4000000, end = 4000000000;
	struct busy_yield count = { 0 };

	for (uint64_t next_tick = tick; bed->clock < end;) {
		int before = bed_current(bed);
		uint64_t step = before == 0 ? 3500 : next_tick - bed->clock;

		if (bed->clock + step >= next_tick) {
			bed_run(bed, next_tick - bed->clock);
			fair_tick(bed->rq, bed->clock);
			next_tick += tick;
			if (bed->rq->resched)
				bed_pick(bed);
		} else {
			int64_t deadline = bed_entity(bed, 0)->deadline;

			bed_run(bed, step);
			fair_yield(bed->rq, bed->clock);
			count.yields++;
			count.effective += bed_entity(bed, 0)->vruntime >= deadline;
			bed_pick(bed);
		}
		count.switches += bed_current(bed) != before;
	}
	return count;
}

START_TEST(E25_every_effective_yield_costs_a_slice)
{
	const struct bed_config config = { .hz = 250, .slice = 1400000 };
	struct busy_yield count;
	struct bed bed;
	int64_t a, b;

	pair(&bed, config);
	count = busy_yielder(&bed);
	a = (int64_t)bed_exec(&bed, 0);
	b = (int64_t)bed_exec(&bed, 1);
	ck_assert_int_le(llabs(count.effective * MS(1.4) + a - b), MS(10));
	/* measured: 2850 yields, 2027 switches, 10.0 ms against 3990.9 ms */
	ck_assert_uint_ge(count.yields, 2750);
	ck_assert_uint_le(count.yields, 2950);
	ck_assert_uint_ge(count.switches, 1900);
	ck_assert_uint_le(count.switches, 2100);
	ck_assert_int_ge(a, MS(8));
	ck_assert_int_le(a, MS(12));
	bed_close(&bed);
}
END_TEST

START_TEST(E26_a_yielder_alone_in_its_group_gives_up_nothing)
{
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .hz = 250, .slice = 1400000 });
	bed_start(&bed, 0, fair_group_new(&bed.fair, NULL, 1024), 0);
	bed_pick(&bed);
	bed_start(&bed, 1, fair_group_new(&bed.fair, NULL, 1024), 0);
	busy_yielder(&bed);
	ck_assert_double_eq_tol((double)bed_exec(&bed, 0) / (double)bed.clock, 0.5, 0.005);
	bed_close(&bed);
}
END_TEST

/* ... but with one queue a CPU as much as in E25. */
START_TEST(E26_flat_a_yielder_alone_in_its_group_gives_up_as_much)
{
	struct busy_yield count;
	struct bed bed;
	int64_t a, b;

	bed_open(&bed, (struct bed_config){ .version = "flat", .hz = 250, .slice = 1400000 });
	bed_start(&bed, 0, fair_group_new(&bed.fair, NULL, 1024), 0);
	bed_pick(&bed);
	bed_start(&bed, 1, fair_group_new(&bed.fair, NULL, 1024), 0);
	count = busy_yielder(&bed);
	a = (int64_t)bed_exec(&bed, 0);
	b = (int64_t)bed_exec(&bed, 1);
	ck_assert_int_le(llabs(count.effective * MS(1.4) + a - b), MS(10));
	ck_assert_int_le(a, MS(12));
	bed_close(&bed);
}
END_TEST

START_TEST(E27_a_delayed_companion_counts)
{
	struct bed bed;

	pair(&bed, (struct bed_config){ 0 });
	bed_set(&bed, 0, 0, MS(2.8));
	bed_set(&bed, 1, 0, MS(2.8));
	bed_run(&bed, MS(0.5));
	bed_block(&bed, 0);
	ck_assert(fair_task_delayed(&bed.task[0]));
	ck_assert_uint_eq(bed.rq->nr_running, 2);
	ck_assert_uint_eq(fair_nr_runnable(bed.rq), 1);
	bed_run(&bed, MS(0.4));
	fair_yield(bed.rq, bed.clock);
	check_entity(&bed, 1, 2.8, 5.6);
	/* the pick meets the sleeper, takes it off, and goes on with the yielder */
	ck_assert_int_eq(bed_pick(&bed), 1);
	ck_assert(!fair_task_queued(&bed.task[0]));
	ck_assert_uint_eq(bed.rq->nr_running, 1);
	bed_close(&bed);
}
END_TEST

START_TEST(I15_yield_alone_changes_nothing)
{
	struct bed bed;

	bed_open(&bed, (struct bed_config){ 0 });
	bed_start(&bed, 0, NULL, 0);
	bed_pick(&bed);
	struct fair_entity before = *bed_entity(&bed, 0);

	bed_run(&bed, MS(1));
	fair_yield(bed.rq, bed.clock);
	ck_assert(entity_same(&before, bed_entity(&bed, 0)));
	bed_close(&bed);
}
END_TEST

START_TEST(E28_two_directed_yields_needed)
{
	struct bed bed;

	pair(&bed, (struct bed_config){ 0 });
	bed_set(&bed, 0, 0, MS(2.8));
	bed_set(&bed, 1, MS(3), MS(5.8));
	bed_run(&bed, MS(1));
	ck_assert_int_eq(bed_yield_to(&bed, 1), 1);
	ck_assert_ptr_eq(bed.rq->root.next, bed_entity(&bed, 1));
	check_entity(&bed, 0, 2.8, 5.6);
	struct fair_hint_fate hint = fair_hint_level(bed.rq, &bed.task[1], bed.clock);

	ck_assert_int_eq(hint.fate, HINT_INELIGIBLE);
	ck_assert_uint_eq(hint.level, 0);
	ck_assert_int_eq(hint.lag, MS(-0.1));
	ck_assert_int_eq(bed_pick(&bed), 0);
	ck_assert_int_eq(bed_yield_to(&bed, 1), 1);
	check_entity(&bed, 0, 5.6, 8.4);
	ck_assert_int_eq(fair_hint_level(bed.rq, &bed.task[1], bed.clock).fate, HINT_HONOURED);
	ck_assert_int_eq(bed_pick(&bed), 1);
	ck_assert_ptr_null(bed.rq->root.next);
	bed_close(&bed);
}
END_TEST

/* The oracle's switch: no kernel does it. */
START_TEST(E28_with_the_buddy_honoured_though_ineligible)
{
	struct bed bed;

	pair(&bed, (struct bed_config){ 0 });
	bed.rq->honour_buddy = true;
	bed_set(&bed, 0, 0, MS(2.8));
	bed_set(&bed, 1, MS(3), MS(5.8));
	bed_run(&bed, MS(1));
	ck_assert_int_eq(bed_yield_to(&bed, 1), 1);
	ck_assert_int_eq(fair_hint_level(bed.rq, &bed.task[1], bed.clock).fate, HINT_HONOURED);
	ck_assert_int_eq(bed_pick(&bed), 1);
	bed_close(&bed);
}
END_TEST

struct rounds {
	int ticks, of_target; /* of CPU 1: all, and those that T ran */
	int honoured, dropped;
};

/* N equal hogs on CPU 1, 600 ticks. After each, CPU 0 yields to T, task 1. */
static struct rounds round_robin(int hogs, bool kick)
{
	struct rounds rounds = { 0 };
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .cpus = 2 });
	bed_start_on(&bed, 0, 0, NULL, 0);
	bed_pick(&bed);
	for (int i = 1; i <= hogs; i++)
		bed_start_on(&bed, 1, i, NULL, 0);
	for (int i = 1; i <= hogs; i++)
		bed_set(&bed, i, 0, MS(2.8));
	struct fair_rq *rq = &bed.fair.rq[1];

	for (bed_pick_on(&bed, 1); rounds.ticks < 600; rounds.ticks++) {
		rounds.of_target += rq->curr == &bed.task[1];
		bed_run(&bed, MS(1));
		fair_tick(rq, bed.clock);
		if (kick && fair_yield_to(bed.rq, &bed.task[1], bed.clock) == 1) {
			bool parity = fair_eligible(&rq->root, bed_entity(&bed, 1));

			ck_assert((bed_pick_on(&bed, 1) == 1) == parity);
			rounds.honoured += parity;
			rounds.dropped += !parity;
		} else if (rq->resched) {
			bed_pick_on(&bed, 1);
		}
	}
	bed_close(&bed);
	return rounds;
}

/* Until the others have had as much on average, T is ineligible, and hints gain it nothing. */
START_TEST(E29_hints_change_nothing_before_parity)
{
	struct rounds plain = round_robin(_i, false), kicked = round_robin(_i, true);

	ck_assert_int_le(abs(plain.of_target - 600 / _i), 3);
	ck_assert_int_le(abs(kicked.of_target - 600 / _i), 3);
	ck_assert_int_ge(kicked.dropped, 600 * (_i - 1) / _i / 2);
	ck_assert_int_le(kicked.honoured, kicked.of_target);
}
END_TEST

START_TEST(E30_remote_target)
{
	struct bed bed;

	static const char *const version[] = { "6.19",	      "6.18.0", "6.18-stable",
					       "6.12-stable", "6.12",	"6.6" };
	bool honoured = _i < 4;

	bed_open(&bed, (struct bed_config){ .version = version[_i], .cpus = 2, .lazy = true });
	bed_start_on(&bed, 0, 0, NULL, 0);
	bed_pick_on(&bed, 0);
	bed_start_on(&bed, 1, 1, NULL, 0);
	bed_pick_on(&bed, 1);
	bed_start_on(&bed, 1, 2, NULL, 0);
	bed_set(&bed, 1, MS(2), MS(2.8));
	bed_set(&bed, 2, MS(1), MS(3.8));
	struct fair_entity before = *bed_entity(&bed, 0);

	ck_assert_int_eq(bed_yield_to(&bed, 2), 1);
	/* alone on its CPU the caller forfeits nothing; the kick is never lazy */
	ck_assert(entity_same(&before, bed_entity(&bed, 0)));
	ck_assert_uint_eq(fair_resched_flags(&bed.fair.rq[1]), FAIR_RESCHED_NOW);
	ck_assert_uint_eq(fair_resched_flags(&bed.fair.rq[0]), 0);
	ck_assert_ptr_eq(bed.fair.rq[1].root.next, bed_entity(&bed, 2));
	/* eligible, but the other one's deadline is earlier: only the mark can take it */
	bed_set(&bed, 2, MS(1), MS(3.8));
	bed_set(&bed, 1, MS(1), MS(2.8));
	ck_assert_int_eq(bed_pick_on(&bed, 1), honoured ? 2 : 1);
	ck_assert_int_eq(bed_pick_on(&bed, 0), 0);
	bed_close(&bed);
}
END_TEST

START_TEST(E30b_refusals)
{
	struct bed bed;

	bed_open(&bed, (struct bed_config){ .cpus = 2 });
	bed_start_on(&bed, 0, 0, NULL, 0);
	bed_pick_on(&bed, 0);
	bed_start_on(&bed, 1, 1, NULL, 0);
	bed_pick_on(&bed, 1);
	/* both CPUs have one task: I16 */
	ck_assert_int_eq(bed_yield_to(&bed, 1), FAIR_ALONE);
	ck_assert_uint_eq(fair_resched_flags(&bed.fair.rq[1]), 0);
	bed_start_on(&bed, 1, 2, NULL, 0);
	bed.fair.rq[1].resched = 0;
	ck_assert_int_eq(bed_yield_to(&bed, 1), 0); /* runs */
	bed_set(&bed, 1, MS(1), MS(2.8));
	bed_set(&bed, 2, 0, MS(9));
	bed_block(&bed, 1);
	ck_assert(fair_task_delayed(&bed.task[1]));
	ck_assert_int_eq(bed_yield_to(&bed, 1), 0); /* delayed */
	bed_run(&bed, MS(2));
	bed_pick_on(&bed, 1);
	ck_assert(!fair_task_queued(&bed.task[1]));
	ck_assert_int_eq(bed_yield_to(&bed, 1), FAIR_ALONE); /* asleep, but tested first */
	bed_start_on(&bed, 0, 3, NULL, 0);
	ck_assert_int_eq(bed_yield_to(&bed, 1), 0); /* asleep */
	ck_assert_uint_eq(fair_resched_flags(&bed.fair.rq[1]), 0);
	bed_close(&bed);
}
END_TEST

/* Two VMs as libvirt lays them out, two vCPUs each: machine.slice / scope / libvirt / vcpuN. */
START_TEST(E30c_the_hint_goes_through_every_level)
{
	struct bed bed;
	struct fair_group *vcpu[4];

	bed_open(&bed, (struct bed_config){ 0 });
	struct fair_group *machine = fair_group_new(&bed.fair, NULL, 1024);

	for (int vm = 0; vm < 2; vm++) {
		struct fair_group *scope = fair_group_new(&bed.fair, machine, 1024);
		struct fair_group *libvirt = fair_group_new(&bed.fair, scope, 1024);

		for (int i = 2 * vm; i < 2 * vm + 2; i++) {
			vcpu[i] = fair_group_new(&bed.fair, libvirt, 1024);
			bed_start(&bed, i, vcpu[i], 0);
			if (!i)
				bed_pick(&bed);
		}
	}
	struct fair_entity *scope = &vcpu[2]->parent->parent->cpu[0].entity;

	ck_assert_int_eq(bed_entity(&bed, 2)->depth, 4);
	ck_assert_int_eq(bed_yield_to(&bed, 2), 1);
	ck_assert_ptr_eq(bed.rq->root.next, &machine->cpu[0].entity);
	ck_assert_ptr_eq(machine->cpu[0].queue.next, scope);
	ck_assert_ptr_eq(scope->own->next, &vcpu[2]->parent->cpu[0].entity);
	ck_assert_ptr_eq(vcpu[2]->parent->cpu[0].queue.next, &vcpu[2]->cpu[0].entity);
	ck_assert_ptr_eq(vcpu[2]->cpu[0].queue.next, bed_entity(&bed, 2));

	/* ineligible where the two VMs compete: refused there, whatever is below */
	fair_entity_set(scope, scope->vruntime + MS(1), scope->deadline + MS(1));
	struct fair_hint_fate hint = fair_hint_level(bed.rq, &bed.task[2], bed.clock);

	ck_assert_int_eq(hint.fate, HINT_INELIGIBLE);
	ck_assert_uint_eq(hint.level, 1);
	ck_assert_int_eq(hint.lag, MS(-0.5));
	ck_assert_int_eq(bed_pick(&bed), 0);
	fair_entity_set(scope, scope->vruntime - MS(2), scope->deadline);
	/* eligible there, ineligible where the VM's vCPUs compete */
	fair_entity_set(&vcpu[2]->cpu[0].entity, vcpu[2]->cpu[0].entity.vruntime + MS(1),
			vcpu[2]->cpu[0].entity.deadline);
	bed_yield_to(&bed, 2);
	hint = fair_hint_level(bed.rq, &bed.task[2], bed.clock);
	ck_assert_int_eq(hint.fate, HINT_INELIGIBLE);
	ck_assert_uint_eq(hint.level, 3);
	ck_assert_int_eq(bed_pick(&bed), 3);
	bed_close(&bed);
}
END_TEST

START_TEST(E30d_a_stale_mark_is_followed_later)
{
	struct bed bed;

	bed_open(&bed, (struct bed_config){ 0 });
	bed_start(&bed, 0, NULL, 0);
	bed_pick(&bed);
	bed_start(&bed, 1, NULL, 0);
	bed_start(&bed, 2, NULL, 0);
	bed_set(&bed, 0, 0, MS(2.8));
	bed_set(&bed, 1, MS(6), MS(50));
	bed_set(&bed, 2, 0, MS(2.8));
	ck_assert_int_eq(bed_yield_to(&bed, 1), 1);
	ck_assert_int_eq(bed_pick(&bed), 2); /* 1 has v 6 > V */
	ck_assert_ptr_eq(bed.rq->root.next, bed_entity(&bed, 1));
	for (int i = 0; bed_current(&bed) != 1 && i < 20; i++) {
		bed_run(&bed, MS(3));
		bed_pick(&bed);
	}
	/* followed as soon as eligible, though its deadline is the latest; then cleared */
	ck_assert_int_eq(bed_current(&bed), 1);
	ck_assert_int_gt(bed_entity(&bed, 1)->deadline, bed_entity(&bed, 0)->deadline);
	ck_assert_int_gt(bed_entity(&bed, 1)->deadline, bed_entity(&bed, 2)->deadline);
	ck_assert_ptr_null(bed.rq->root.next);
	bed_close(&bed);
}
END_TEST

struct seen {
	int calls;
	int64_t vruntime, uncounted;
	bool marked;
};

static void before(void *data, struct fair_rq *rq, struct fair_task *yielder,
		   struct fair_task *target, uint64_t now)
{
	struct seen *seen = data;

	ck_assert_uint_eq(now, rq->clock);
	seen->calls++;
	seen->vruntime = yielder->entity.vruntime;
	seen->marked = target->entity.queue->next == &target->entity;
}

static void after(void *data, struct fair_rq *rq, struct fair_task *yielder,
		  struct fair_task *target, uint64_t now)
{
	struct seen *seen = data;

	(void)rq;
	(void)target;
	(void)now;
	seen->calls += 10;
	seen->uncounted = yielder->entity.vruntime - seen->vruntime;
}

START_TEST(hooks_stand_around_the_forfeit)
{
	static const struct fair_hooks hooks = { before, after };
	struct seen seen = { 0 };
	struct bed bed;

	pair(&bed, (struct bed_config){ .hooks = &hooks, .hook_data = &seen });
	bed_set(&bed, 0, 0, MS(2.8));
	bed_set(&bed, 1, MS(3), MS(5.8));
	bed_run(&bed, MS(1));
	ck_assert_int_eq(bed_yield_to(&bed, 0), 0);
	ck_assert_int_eq(seen.calls, 0);
	ck_assert_int_eq(bed_yield_to(&bed, 1), 1);
	ck_assert_int_eq(seen.calls, 11);
	ck_assert(seen.marked);
	/* before: the run time is not accounted yet; after: the forfeit is done */
	ck_assert_int_eq(seen.vruntime, 0);
	ck_assert_int_eq(seen.uncounted, MS(2.8));
	bed_close(&bed);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("eevdf yield");
	TCase *yield = tcase_create("8.4"), *directed = tcase_create("8.5");

	tcase_add_loop_test(yield, E21_a_forfeit_may_not_be_enough, 0, 6);
	tcase_add_loop_test(yield, E22_a_push_cannot_get_rid_of_the_only_eligible_one, 0, 2);
	tcase_add_loop_test(yield, E23_a_push_does_not_end_protection_by_limit, 0, 4);
	tcase_add_test(yield, E24_no_forfeit_when_ineligible);
	tcase_add_test(yield, E25_every_effective_yield_costs_a_slice);
	tcase_add_test(yield, E26_a_yielder_alone_in_its_group_gives_up_nothing);
	tcase_add_test(yield, E26_flat_a_yielder_alone_in_its_group_gives_up_as_much);
	tcase_add_test(yield, E27_a_delayed_companion_counts);
	tcase_add_test(yield, I15_yield_alone_changes_nothing);
	tcase_add_test(directed, E28_two_directed_yields_needed);
	tcase_add_test(directed, E28_with_the_buddy_honoured_though_ineligible);
	tcase_add_loop_test(directed, E29_hints_change_nothing_before_parity, 2, 6);
	tcase_add_loop_test(directed, E30_remote_target, 0, 6);
	tcase_add_test(directed, E30b_refusals);
	tcase_add_test(directed, E30c_the_hint_goes_through_every_level);
	tcase_add_test(directed, E30d_a_stale_mark_is_followed_later);
	tcase_add_test(directed, hooks_stand_around_the_forfeit);
	suite_add_tcase(suite, yield);
	suite_add_tcase(suite, directed);
	return run_suite(suite);
}
