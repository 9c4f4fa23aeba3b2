/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_cfs.c - the arithmetic, the slices and the placement of CFS: cfs.md 8.2, E1 to E5; the rows
 *
 * Of section 8 only E25 is not in test_cfs*.c: wake-up placement and balancing of those kernels are
 * models/kernel's.
 */
#include <string.h>

#include "models/sched/hooks.h"
#include "models/sched/versions.h"
#include "tests/unit/cfs_bed.h"

START_TEST(cfs_E1_tunables)
{
	static const struct {
		uint32_t cpus;
		double latency, min_granularity, wakeup_granularity;
	} row[] = {
		{ 1, 6, 0.75, 1 },  { 2, 12, 1.5, 2 }, { 3, 12, 1.5, 2 }, { 4, 18, 2.25, 3 },
		{ 7, 18, 2.25, 3 }, { 8, 24, 3, 4 },   { 16, 24, 3, 4 },  { 256, 24, 3, 4 },
	};
	const struct cfs_tunables none = { 0 };
	struct cfs_tunables tunables =
		fair_cfs_tunables(fair_features_find("5.3"), row[_i].cpus, &none);

	ck_assert_uint_eq(tunables.latency, (uint64_t)MS(row[_i].latency));
	ck_assert_uint_eq(tunables.min_granularity, (uint64_t)MS(row[_i].min_granularity));
	ck_assert_uint_eq(tunables.wakeup_granularity, (uint64_t)MS(row[_i].wakeup_granularity));
	ck_assert_uint_eq(tunables.nr_latency, 8);
}
END_TEST

/* tuned's profile: a sysctl computes nr_latency anew, debugfs from 5.13 on does not */
START_TEST(cfs_E1_written_tunables)
{
	const struct cfs_tunables written = { .min_granularity = 10000000,
					      .wakeup_granularity = 15000000 };
	struct cfs_tunables old = fair_cfs_tunables(fair_features_find("5.12"), 8, &written);
	struct cfs_tunables late = fair_cfs_tunables(fair_features_find("5.17"), 8, &written);

	ck_assert_uint_eq(old.nr_latency, 3);
	ck_assert_uint_eq(late.nr_latency, 8);
	ck_assert_uint_eq(late.latency, 24000000);
	ck_assert_uint_eq(late.min_granularity, 10000000);
	ck_assert_uint_eq(late.wakeup_granularity, 15000000);
}
END_TEST

START_TEST(cfs_E2_equal_slices)
{
	static const uint64_t slice[] = { 23999994, 11999994, 7999998, 5999994,
					  4799995,  3999996,  3428569, 2999999 };
	static const double v[12] = { 0 };
	static struct bed bed;

	for (int n = 1; n <= 12; n++) {
		uint64_t wanted = n < 8 ? slice[n - 1] : 3000000, got;

		cfs_open(&bed, (struct cfs_scene){ 0 }, n, v);
		got = cfs_slice(&bed.rq->root, bed_entity(&bed, 0));
		if (n < 8)
			ck_assert_uint_eq(got, wanted);
		else /* to the rounding of the product */
			ck_assert_uint_le(wanted - got, 6);
		bed_close(&bed);
	}
}
END_TEST

START_TEST(cfs_E3_nice_0_and_5)
{
	static struct bed bed;
	struct fair_queue *root;

	bed_open(&bed, (struct bed_config){ .version = "5.3" });
	bed_start(&bed, 0, NULL, 0);
	bed_start(&bed, 1, NULL, 5);
	root = &bed.rq->root;
	ck_assert_uint_eq(cfs_slice(root, bed_entity(&bed, 0)), 18083885);
	ck_assert_uint_eq(cfs_slice(root, bed_entity(&bed, 1)), 5916114);
	ck_assert_int_eq(cfs_virtual(bed_entity(&bed, 1), 5916114), 18083882);
	bed_close(&bed);
}
END_TEST

/* Three VMs with a group of weight 64 each, the last with two vCPUs, and a kernel thread. */
START_TEST(cfs_E3_slices_of_a_hierarchy)
{
	static const struct {
		const char *version;
		uint64_t alone, one_of_two, thread;
	} row[] = {
		{ "5.3", 1263157, 631578, 20210523 },
		{ "5.12.0", 1263157, 631578, 20210523 },
		{ "5.12", 3000000, 3000000, 20210523 },
		{ "6.5", 3000000, 3000000, 20210523 },
	};
	static struct bed bed;

	bed_open(&bed, (struct bed_config){ .version = row[_i].version });
	for (int i = 0; i < 3; i++)
		bed_start(&bed, i, fair_group_new(&bed.fair, NULL, 64), 0);
	bed_start(&bed, 3, bed.task[2].group, 0);
	bed_start(&bed, 4, NULL, 0);
	ck_assert_int_eq(bed.rq->root.weight, 1216 << 10);
	ck_assert_uint_eq(cfs_slice(bed_entity(&bed, 0)->queue, bed_entity(&bed, 0)),
			  row[_i].alone);
	ck_assert_uint_eq(cfs_slice(bed_entity(&bed, 3)->queue, bed_entity(&bed, 3)),
			  row[_i].one_of_two);
	ck_assert_uint_eq(cfs_slice(&bed.rq->root, bed_entity(&bed, 4)), row[_i].thread);
	bed_close(&bed);
}
END_TEST

START_TEST(cfs_E4_a_new_task_starts_a_slice_behind)
{
	static const double v[] = { 10, 10, 10 };
	static struct bed bed;

	cfs_open(&bed, (struct cfs_scene){ 0 }, 1, v);
	bed_start(&bed, 5, NULL, 0);
	ck_assert_int_eq(cfs_v(&bed, 5), 21999994);
	bed_close(&bed);
	cfs_open(&bed, (struct cfs_scene){ 0 }, 3, v);
	bed_start(&bed, 5, NULL, 0);
	ck_assert_int_eq(cfs_v(&bed, 5), 15999994);
	bed_close(&bed);
}
END_TEST

START_TEST(cfs_E5_sleepers)
{
	static const double slept[][2] = { { 50, 88 }, { 90, 90 }, { 104, 104 } };
	static const double v[] = { 100, 100, 100 };
	static struct bed bed;

	for (int i = 0; i < 3; i++) {
		cfs_open(&bed, (struct cfs_scene){ 0 }, 2, v);
		cfs_sleep(&bed, 0, slept[i][0], 1);
		bed_wake(&bed, 0);
		ck_assert_int_eq(cfs_v(&bed, 0), MS(slept[i][1]));
		bed_close(&bed);
	}
}
END_TEST

static void two_cpus(struct bed *bed, double sleeper)
{
	static const double here[] = { 110, 110 }, there[] = { 40 };

	cfs_open(bed, (struct cfs_scene){ .cpus = 2 }, 2, here);
	cfs_add(bed, 1, 4, 1, there);
	bed->fair.rq[1].root.min_vruntime = MS(40);
	cfs_sleep(bed, 0, sleeper, 1);
}

START_TEST(cfs_E5_I11_moving_wake_up)
{
	static struct bed bed;

	two_cpus(&bed, 115);
	fair_wake(&bed.fair.rq[1], &bed.task[0], 0, bed.clock);
	ck_assert_int_eq(cfs_v(&bed, 0), MS(45));
	bed_close(&bed);
	two_cpus(&bed, 70);
	fair_wake(&bed.fair.rq[1], &bed.task[0], 0, bed.clock);
	ck_assert_int_eq(cfs_v(&bed, 0), MS(28));
	bed_close(&bed);
}
END_TEST

START_TEST(cfs_E5_I11_balancer_move_has_no_clamp)
{
	static const double here[] = { 110, 110, 70 }, there[] = { 40 };
	static struct bed bed;

	cfs_open(&bed, (struct cfs_scene){ .cpus = 2 }, 3, here);
	bed.rq->root.min_vruntime = MS(110);
	cfs_add(&bed, 1, 4, 1, there);
	bed.fair.rq[1].root.min_vruntime = MS(40);
	fair_migrate(bed.rq, &bed.fair.rq[1], &bed.task[2], bed.clock, bed.clock);
	ck_assert_int_eq(cfs_v(&bed, 2), 0);
	bed_close(&bed);
}
END_TEST

/* 1.7: 3.6 to 4.4 add min_vruntime before they charge who runs. */
START_TEST(cfs_1_7_order_of_charge_and_shift)
{
	static const double here[] = { 10, 12 }, there[] = { 40 };
	bool early = _i == 0;
	static struct bed bed;

	cfs_open(&bed, (struct cfs_scene){ .version = early ? "4.4" : "4.20", .cpus = 2 }, 2, here);
	cfs_add(&bed, 1, 4, 1, there);
	bed.fair.rq[1].root.min_vruntime = MS(40);
	bed_run(&bed, 3000000);
	fair_migrate(bed.rq, &bed.fair.rq[1], &bed.task[1], bed.clock, bed.clock);
	/* min_vruntime here is 12 when it leaves, there 43 after the charge */
	ck_assert_int_eq(cfs_v(&bed, 1), early ? MS(40) : MS(43));
	bed_close(&bed);
}
END_TEST

/* 1.2: E2's numbers are truncated; 3.6 rounds to the nearest. */
START_TEST(cfs_1_2_rounding)
{
	static const double v[] = { 0, 0 };
	static struct bed bed;

	cfs_open(&bed, (struct cfs_scene){ .version = "3.6" }, 2, v);
	/* 24 000 000 * 1024 >> 16 = 375 000 exactly; 375 000 * 2 097 151 >> 16, to the nearest */
	ck_assert_uint_eq(cfs_slice(&bed.rq->root, bed_entity(&bed, 0)), 11999994);
	bed_close(&bed);
	bed_open(&bed, (struct bed_config){ .version = "3.6" });
	bed_start(&bed, 0, NULL, 5);
	/* 1 000 000 * 1024 = 15625 << 16; 15625 * 12 820 798 / 65536 = 3 056 716.44 */
	ck_assert_int_eq(cfs_virtual(bed_entity(&bed, 0), 1000000), 3056716);
	/* 10 * 1024 * 12 820 798 / 2^32 = 30.57: down to 30 in later kernels */
	ck_assert_int_eq(cfs_virtual(bed_entity(&bed, 0), 10), 31);
	bed_close(&bed);
	bed_open(&bed, (struct bed_config){ .version = "3.16" });
	bed_start(&bed, 0, NULL, 5);
	ck_assert_int_eq(cfs_virtual(bed_entity(&bed, 0), 10), 30);
	bed_close(&bed);
}
END_TEST

/* 3.1: shares of a group with load on two CPUs, on the coarse and the fine scale. */
START_TEST(cfs_3_1_resolution_of_group_weights)
{
	static struct bed bed;
	struct fair_group *group;

	bed_open(&bed, (struct bed_config){ .version = _i ? "4.20" : "4.4", .cpus = 3 });
	group = fair_group_new(&bed.fair, NULL, 1024);
	for (uint32_t cpu = 0; cpu < 3; cpu++)
		bed_start_on(&bed, cpu, (int)cpu, group, 0);
	/* 1024 / 3 = 341.33 */
	ck_assert_int_eq(group->cpu[2].entity.weight, _i ? 349525 : 341 << 10);
	bed_close(&bed);
}
END_TEST

START_TEST(cfs_rows_and_names)
{
	static const char *const name[] = { "3.6",    "3.16", "4.4",  "4.20", "5.3", "5.6",
					    "5.12.0", "5.12", "5.17", "6.1",  "6.2", "6.5" };

	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
		const struct fair_features *row = fair_features_find(name[i]);

		ck_assert_ptr_nonnull(row);
		ck_assert_str_eq(row->name, name[i]);
		ck_assert_int_eq(row->algorithm, FAIR_CFS);
		ck_assert(!row->lazy_requests);
		/* the matrix of 0.2 */
		ck_assert_int_eq(row->cfs.keep_slice, i > 0);
		ck_assert_int_eq(row->cfs.fine_weights, i >= 3);
		ck_assert_int_eq(row->cfs.alt_period, i >= 7);
		ck_assert_int_eq(row->cfs.base_slice, i >= 7);
		ck_assert_int_eq(row->cfs.clear_at_take, i >= 8);
		ck_assert_int_eq(row->cfs.cap_slice, i == 11);
		ck_assert_int_eq(row->alone_untested, i == 0);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cfs");
	TCase *arithmetic = tcase_create("8.2"), *rules = tcase_create("rules");

	tcase_add_loop_test(arithmetic, cfs_E1_tunables, 0, 8);
	tcase_add_test(arithmetic, cfs_E1_written_tunables);
	tcase_add_test(arithmetic, cfs_E2_equal_slices);
	tcase_add_test(arithmetic, cfs_E3_nice_0_and_5);
	tcase_add_loop_test(arithmetic, cfs_E3_slices_of_a_hierarchy, 0, 4);
	tcase_add_test(arithmetic, cfs_E4_a_new_task_starts_a_slice_behind);
	tcase_add_test(arithmetic, cfs_E5_sleepers);
	tcase_add_test(arithmetic, cfs_E5_I11_moving_wake_up);
	tcase_add_test(arithmetic, cfs_E5_I11_balancer_move_has_no_clamp);
	tcase_add_loop_test(rules, cfs_1_7_order_of_charge_and_shift, 0, 2);
	tcase_add_test(rules, cfs_1_2_rounding);
	tcase_add_loop_test(rules, cfs_3_1_resolution_of_group_weights, 0, 2);
	tcase_add_test(rules, cfs_rows_and_names);
	suite_add_tcase(suite, arithmetic);
	suite_add_tcase(suite, rules);
	return run_suite(suite);
}
