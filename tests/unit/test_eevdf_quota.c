/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_eevdf_quota.c - CPU time of a group is limited: eevdf.md 7.1, E61
 *
 * 1000 Hz; periods begin at multiples of 100 ms. A task returns to user mode after every tick.
 */
#include "models/sched/bandwidth.h"
#include "models/sched/load.h"
#include "tests/check_main.h"
#include "tests/unit/fair_bed.h"

struct quota_bed {
	struct bed bed;
	struct fair_group *group;
	uint64_t refill, slack; /* when the timers fire; 0: not armed */
	uint32_t throttles;	/* of tasks */
	uint64_t exit_path;	/* ns that a task takes from the tick to its return */
};

static void arm_refill(void *data, struct fair_group *group, uint64_t when)
{
	((struct quota_bed *)data)->refill = when;
	(void)group;
}

static void arm_slack(void *data, struct fair_group *group, uint64_t when)
{
	((struct quota_bed *)data)->slack = when;
	(void)group;
}

static void throttled(void *data, struct fair_task *task, bool yes)
{
	((struct quota_bed *)data)->throttles += yes;
	(void)task;
}

static const struct fair_bandwidth_ops ops = { arm_refill, arm_slack, throttled };

static void quota_open(struct quota_bed *q, const char *version, uint32_t cpus,
		       struct fair_quota quota)
{
	q->refill = q->slack = 0;
	q->throttles = 0;
	q->exit_path = 0;
	bed_open(&q->bed, (struct bed_config){ .version = version,
					       .cpus = cpus,
					       .track_load = true,
					       .bandwidth = &ops,
					       .bandwidth_data = q });
	q->group = fair_group_new(&q->bed.fair, NULL, 1024);
	fair_group_set_quota(q->group, &quota);
}

static void obey(struct bed *bed, uint32_t cpu)
{
	struct fair_rq *rq = &bed->fair.rq[cpu];

	if (rq->resched)
		bed_pick_on(bed, cpu);
	if (fair_throttles_running(rq)) {
		fair_throttle_running(rq, bed->clock);
		bed_pick_on(bed, cpu);
	}
}

static void timers(struct quota_bed *q)
{
	if (q->refill && q->bed.clock >= q->refill) {
		q->refill = 0;
		fair_bandwidth_refill(q->group, q->bed.clock);
	}
	if (q->slack && q->bed.clock >= q->slack) {
		q->slack = 0;
		fair_bandwidth_slack(q->group, q->bed.clock);
	}
}

/* Timers are exact to a tick, which divides all times here. */
static void run(struct quota_bed *q, uint64_t ns)
{
	struct bed *bed = &q->bed;

	for (uint64_t end = bed->now + ns; bed->now < end;) {
		bed_run(bed, bed->fair.tick - q->exit_path);
		for (uint32_t cpu = 0; cpu < bed->fair.cpus; cpu++)
			fair_tick(&bed->fair.rq[cpu], bed->clock);
		bed_run(bed, q->exit_path);
		timers(q);
		for (uint32_t cpu = 0; cpu < bed->fair.cpus; cpu++)
			obey(bed, cpu);
	}
}

static const struct fair_quota half = { 50000000, 100000000, 0, 0 };

static void check_E61(const char *version)
{
	struct quota_bed q;

	quota_open(&q, version, 1, half);
	bed_start(&q.bed, 0, q.group, 0);
	bed_pick(&q.bed);
	/* slices come with the first charge, so the first is found spent at the fifth tick */
	run(&q, (uint64_t)MS(4));
	ck_assert_uint_eq(q.group->bandwidth->pool, 45000000);
	run(&q, (uint64_t)MS(1));
	ck_assert_uint_eq(q.group->bandwidth->pool, 40000000);
	run(&q, (uint64_t)MS(44));
	ck_assert_int_eq(bed_current(&q.bed), 0);
	ck_assert_uint_eq(q.group->bandwidth->pool, 0);
	run(&q, (uint64_t)MS(1));
	ck_assert_int_eq(bed_current(&q.bed), -1);
	ck_assert_uint_eq(bed_exec(&q.bed, 0), MS(50));
	ck_assert_uint_eq(q.throttles, 1);
	run(&q, (uint64_t)MS(49));
	ck_assert_int_eq(bed_current(&q.bed), -1);
	run(&q, (uint64_t)MS(1));
	ck_assert_int_eq(bed_current(&q.bed), 0);
	run(&q, (uint64_t)MS(10000));
	ck_assert_double_eq_tol((double)bed_exec(&q.bed, 0), 5.05e9, 2e6);
	ck_assert_uint_eq(q.throttles, 101);
	ck_assert_uint_ge(q.group->bandwidth->periods_throttled, 100);
	bed_close(&q.bed);
}

START_TEST(E61_a_hog_runs_for_its_quota_then_waits)
{
	check_E61("6.19");
}
END_TEST

START_TEST(E61_likewise_with_one_queue)
{
	check_E61("flat");
}
END_TEST

START_TEST(E61_likewise_up_to_6_17)
{
	check_E61("6.12.117");
}
END_TEST

/* The exit path overruns by 100 us: paid back from the next grant. */
START_TEST(E61_an_overrun_is_paid_back)
{
	struct quota_bed q;
	struct fair_queue *queue;

	quota_open(&q, "6.19", 1, half);
	q.exit_path = 100000;
	queue = &q.group->cpu[0].queue;
	bed_start(&q.bed, 0, q.group, 0);
	bed_pick(&q.bed);
	run(&q, (uint64_t)MS(51));
	ck_assert_int_eq(bed_current(&q.bed), -1);
	int64_t overrun = -queue->runtime;

	ck_assert_int_eq(bed_exec(&q.bed, 0), MS(50) + overrun);
	ck_assert_int_ge(overrun, 100000);
	run(&q, (uint64_t)MS(49));
	ck_assert_int_eq(bed_current(&q.bed), 0);
	ck_assert_int_eq(queue->runtime, 1);
	ck_assert_int_eq(q.group->bandwidth->pool, MS(50) - overrun - 1);
	run(&q, (uint64_t)MS(10000));
	ck_assert_double_eq_tol((double)bed_exec(&q.bed, 0), 5.05e9, 3e6);
	bed_close(&q.bed);
}
END_TEST

static void check_two_cpus(const char *version)
{
	struct quota_bed q;

	quota_open(&q, version, 2, (struct fair_quota){ 120000000, 100000000, 0, 0 });
	for (uint32_t cpu = 0; cpu < 2; cpu++) {
		bed_start_on(&q.bed, cpu, (int)cpu, q.group, 0);
		bed_start_on(&q.bed, cpu, 2 + (int)cpu, NULL, 0);
		bed_pick_on(&q.bed, cpu);
	}
	run(&q, (uint64_t)MS(10000));
	/* each hog outside gets what the group may not: more than half, the group's share is 1.2 */
	uint64_t inside = bed_exec(&q.bed, 0) + bed_exec(&q.bed, 1);
	uint64_t outside = bed_exec(&q.bed, 2) + bed_exec(&q.bed, 3);

	ck_assert_uint_eq(inside + outside, 2 * q.bed.now);
	ck_assert_double_le((double)inside, 1.01 * 12e9);
	bed_close(&q.bed);
}

START_TEST(a_quota_of_several_cpus_is_shared_and_others_run_meanwhile)
{
	check_two_cpus("6.19");
	check_two_cpus("6.12.117");
	check_two_cpus("flat");
}
END_TEST

static void check_wake_while_throttled(const char *version)
{
	struct quota_bed q;

	quota_open(&q, version, 1, half);
	bed_start(&q.bed, 1, q.group, 0);
	bed_pick(&q.bed);
	bed_block(&q.bed, 1);
	bed_start(&q.bed, 0, q.group, 0);
	bed_pick(&q.bed);
	run(&q, (uint64_t)MS(60));
	ck_assert_int_eq(bed_current(&q.bed), -1);
	bed_wake(&q.bed, 1);
	run(&q, (uint64_t)MS(5));
	ck_assert_int_eq(bed_current(&q.bed), -1);
	ck_assert(q.bed.task[0].throttled);
	ck_assert(q.bed.task[1].throttled);
	run(&q, (uint64_t)MS(40));
	ck_assert(!q.bed.task[0].throttled);
	ck_assert(!q.bed.task[1].throttled);
	ck_assert_int_ge(bed_current(&q.bed), 0);
	run(&q, (uint64_t)MS(1000));
	ck_assert_double_eq_tol((double)bed_exec(&q.bed, 1), 250e6, 15e6);
	bed_close(&q.bed);
}

START_TEST(a_task_that_wakes_in_a_throttled_group_waits_for_the_refill)
{
	check_wake_while_throttled("6.19");
	check_wake_while_throttled("6.12.117");
	check_wake_while_throttled("flat");
}
END_TEST

/* Blocking gives all but 1 ms back, and 5 ms later another CPU's queue may use it. */
START_TEST(unused_time_is_given_back_and_distributed)
{
	struct quota_bed q;

	quota_open(&q, "6.19", 2, (struct fair_quota){ 10000000, 100000000, 0, 0 });
	bed_start_on(&q.bed, 0, 0, q.group, 0);
	bed_start_on(&q.bed, 1, 1, q.group, 0);
	bed_pick_on(&q.bed, 0);
	bed_pick_on(&q.bed, 1);
	run(&q, (uint64_t)MS(1));
	ck_assert_uint_eq(q.group->bandwidth->pool, 0);
	run(&q, (uint64_t)MS(4));
	ck_assert_ptr_null(q.bed.fair.rq[1].curr);
	bed_close(&q.bed);

	quota_open(&q, "6.19", 2, (struct fair_quota){ 12000000, 100000000, 0, 0 });
	bed_start_on(&q.bed, 0, 0, q.group, 0);
	bed_pick_on(&q.bed, 0);
	run(&q, (uint64_t)MS(1));
	bed_block(&q.bed, 0);
	ck_assert_int_eq(q.group->cpu[0].queue.runtime, BANDWIDTH_KEPT_NS);
	ck_assert_uint_eq(q.group->bandwidth->pool, 10000000);
	ck_assert_uint_eq(q.slack, 0); /* nobody waits for it */
	bed_close(&q.bed);
}
END_TEST

START_TEST(a_throttled_queue_gets_what_another_gave_back)
{
	struct quota_bed q;

	quota_open(&q, "6.19", 2, (struct fair_quota){ 10000000, 100000000, 0, 0 });
	bed_start_on(&q.bed, 0, 0, q.group, 0);
	bed_start_on(&q.bed, 1, 1, q.group, 0);
	bed_pick_on(&q.bed, 0);
	bed_pick_on(&q.bed, 1);
	run(&q, (uint64_t)MS(4));
	q.group->cpu[0].queue.runtime = MS(14); /* it could take more than it used */
	run(&q, (uint64_t)MS(2));
	ck_assert_ptr_null(q.bed.fair.rq[1].curr);
	uint64_t now = q.bed.clock;

	bed_block(&q.bed, 0);
	ck_assert_uint_eq(q.group->bandwidth->pool, MS(11));
	ck_assert_uint_eq(q.slack, now + (uint64_t)MS(5));
	run(&q, (uint64_t)MS(5));
	ck_assert_ptr_eq(q.bed.fair.rq[1].curr, &q.bed.task[1]);
	bed_close(&q.bed);
}
END_TEST

START_TEST(what_idle_periods_leave_over_may_be_used_up_to_the_burst)
{
	struct quota_bed q;

	quota_open(&q, "6.19", 1, (struct fair_quota){ 20000000, 100000000, 15000000, 0 });
	bed_start(&q.bed, 0, q.group, 0);
	bed_pick(&q.bed);
	run(&q, (uint64_t)MS(10));
	bed_block(&q.bed, 0);
	run(&q, (uint64_t)MS(600));
	ck_assert_uint_eq(q.group->bandwidth->pool, 35000000);
	ck_assert(!q.group->bandwidth->active);
	uint64_t before = bed_exec(&q.bed, 0);

	bed_wake(&q.bed, 0);
	bed_pick(&q.bed);
	run(&q, (uint64_t)MS(60));
	/* 1 ms that the queue had kept */
	ck_assert_uint_eq(bed_exec(&q.bed, 0) - before, MS(36));
	bed_close(&q.bed);
}
END_TEST

/* A vCPU's limit below a VM's: the tighter one binds. */
static void check_nested(const char *version, uint64_t inner, uint64_t outer, double expected)
{
	struct quota_bed q;
	struct fair_group *vcpu;

	/* one bed has one pair of timers: the period is common */
	quota_open(&q, version, 1, (struct fair_quota){ outer, 100000000, 0, 0 });
	vcpu = fair_group_new(&q.bed.fair, q.group, 1024);
	fair_group_set_quota(vcpu, &(struct fair_quota){ inner, 100000000, 0, 0 });
	bed_start(&q.bed, 0, vcpu, 0);
	bed_pick(&q.bed);
	for (int period = 0; period < 20; period++) {
		run(&q, (uint64_t)MS(100));
		q.refill = 0;
		fair_bandwidth_refill(vcpu, q.bed.clock);
		fair_bandwidth_refill(q.group, q.bed.clock);
		q.refill = q.bed.clock + (uint64_t)MS(1000);
		obey(&q.bed, 0);
	}
	ck_assert_double_eq_tol((double)bed_exec(&q.bed, 0), expected, 10e6);
	bed_close(&q.bed);
}

START_TEST(of_nested_limits_the_tighter_binds)
{
	check_nested("6.19", 30000000, 60000000, 600e6);
	check_nested("6.19", 60000000, 30000000, 600e6);
	check_nested("6.12.117", 30000000, 60000000, 600e6);
	check_nested("6.12.117", 60000000, 30000000, 600e6);
	check_nested("flat", 30000000, 60000000, 600e6);
	check_nested("flat", 60000000, 30000000, 600e6);
}
END_TEST

START_TEST(throttled_time_does_not_decay_the_group_s_load)
{
	struct quota_bed q;

	quota_open(&q, "6.12.117", 1, half);
	bed_start(&q.bed, 0, q.group, 0);
	bed_pick(&q.bed);
	run(&q, (uint64_t)MS(1050));
	ck_assert_int_eq(bed_current(&q.bed), -1);
	uint64_t before = fair_task_load(&q.bed.task[0]);

	run(&q, (uint64_t)MS(49));
	ck_assert_uint_eq(fair_task_load(&q.bed.task[0]), before);
	ck_assert_uint_ge(before, 1000);
	ck_assert_uint_le(fair_rq_load(q.bed.rq), 600);
	bed_close(&q.bed);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("eevdf quota");
	TCase *quota = tcase_create("7.1");

	tcase_add_test(quota, E61_a_hog_runs_for_its_quota_then_waits);
	tcase_add_test(quota, E61_likewise_up_to_6_17);
	tcase_add_test(quota, E61_likewise_with_one_queue);
	tcase_add_test(quota, E61_an_overrun_is_paid_back);
	tcase_add_test(quota, a_quota_of_several_cpus_is_shared_and_others_run_meanwhile);
	tcase_add_test(quota, a_task_that_wakes_in_a_throttled_group_waits_for_the_refill);
	tcase_add_test(quota, unused_time_is_given_back_and_distributed);
	tcase_add_test(quota, a_throttled_queue_gets_what_another_gave_back);
	tcase_add_test(quota, what_idle_periods_leave_over_may_be_used_up_to_the_burst);
	tcase_add_test(quota, of_nested_limits_the_tighter_binds);
	tcase_add_test(quota, throttled_time_does_not_decay_the_group_s_load);
	suite_add_tcase(suite, quota);
	return run_suite(suite);
}
