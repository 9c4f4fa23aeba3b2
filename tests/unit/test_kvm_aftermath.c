/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_aftermath.c - what followed a directed yield, in the terms of data/realkvm/README.md
 */
#include <check.h>
#include <glib.h>

#include "models/kernel/kernel.h"
#include "models/machine.h"
#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

#define LIMIT (50 * US)

/* Two CPUs, two VMs of two vCPUs, a host task; nothing runs by itself. */
struct bed {
	struct engine engine;
	struct measures measures;
	struct kernel kernel;
	struct kernel_cpu cpu[2];
	struct task vm[2][2], keeper;
};

static struct bed *bed_new(void)
{
	struct bed *bed = g_new0(struct bed, 1);

	bed->kernel = (struct kernel){ .engine = &bed->engine,
				       .measures = &bed->measures,
				       .cpus = 2,
				       .cpu = bed->cpu,
				       .yield_decision = LIMIT };
	for (uint32_t i = 0; i < 2; i++) {
		bed->cpu[i].kernel = &bed->kernel;
		bed->cpu[i].index = i;
		for (uint32_t k = 0; k < 2; k++)
			bed->vm[i][k] =
				(struct task){ .kernel = &bed->kernel, .cpu = k, .mm = bed->vm[i] };
	}
	bed->keeper = (struct task){ .kernel = &bed->kernel, .cpu = 1 };
	bed->engine.now = SECOND;
	bed->cpu[0].current = &bed->vm[0][0];
	return bed;
}

static void bed_free(struct bed *bed)
{
	for (uint32_t i = 0; i < 2; i++)
		aftermath_clear(&bed->cpu[i].aftermath);
	g_free(bed);
}

static uint64_t sum(const uint64_t *value, uint32_t count)
{
	uint64_t all = 0;

	for (uint32_t i = 0; i < count; i++)
		all += value[i];
	return all;
}

static uint64_t sum_next(const struct measures *measures)
{
	return sum(measures->yields.next[0], YIELD_CURRENT_KINDS * YIELD_NEXT_KINDS);
}

/* VM 0's vCPU 0 yields to its vCPU 1, while `current` has that one's CPU, which goes to `next`. */
static void expect_next(struct task *(*pick)(struct bed *bed, uint32_t which), uint32_t current,
			uint32_t next, enum yield_current was, enum yield_next becomes)
{
	struct bed *bed = bed_new();

	bed->cpu[1].current = pick(bed, current);
	aftermath_yielded(&bed->cpu[0], &bed->vm[0][1]);
	bed->engine.now += LIMIT;
	aftermath_switched(&bed->cpu[1], bed->cpu[1].current, pick(bed, next));
	ck_assert_uint_eq(bed->measures.yields.next[was][becomes], 1);
	ck_assert_uint_eq(sum_next(&bed->measures), 1);
	/* the next switch has nothing to do with it */
	aftermath_switched(&bed->cpu[1], pick(bed, next), NULL);
	ck_assert_uint_eq(sum_next(&bed->measures), 1);
	bed_free(bed);
}

/* 0: the target; 1: the other VM; 2: the host task; 3: idle; 4: the yielder */
static struct task *pick(struct bed *bed, uint32_t which)
{
	struct task *tasks[] = { &bed->vm[0][1], &bed->vm[1][1], &bed->keeper, NULL,
				 &bed->vm[0][0] };

	return tasks[which];
}

START_TEST(the_target_s_cpu)
{
	expect_next(pick, 1, 0, CURRENT_OTHER_VM, NEXT_TARGET);
	expect_next(pick, 1, 1, CURRENT_OTHER_VM, NEXT_OTHER_VM);
	expect_next(pick, 1, 4, CURRENT_OTHER_VM, NEXT_SAME_VM);
	expect_next(pick, 1, 2, CURRENT_OTHER_VM, NEXT_OTHER);
	expect_next(pick, 1, 3, CURRENT_OTHER_VM, NEXT_OTHER);
	expect_next(pick, 2, 0, CURRENT_OTHER_TASK, NEXT_TARGET);
	expect_next(pick, 3, 0, CURRENT_IDLE, NEXT_TARGET);
}
END_TEST

START_TEST(nothing_within_the_limit)
{
	struct bed *bed = bed_new();

	bed->cpu[1].current = &bed->vm[1][1];
	for (uint32_t i = 0; i < 100; i++) {
		aftermath_yielded(&bed->cpu[0], &bed->vm[0][1]);
		bed->engine.now += US;
	}
	/* 100 to 51 us ago, and 50 to 1 us ago */
	aftermath_switched(&bed->cpu[1], &bed->vm[1][1], &bed->vm[0][1]);
	ck_assert_uint_eq(bed->measures.yields.next[CURRENT_OTHER_VM][NEXT_KEPT_CURRENT], 50);
	ck_assert_uint_eq(bed->measures.yields.next[CURRENT_OTHER_VM][NEXT_TARGET], 50);
	aftermath_switched(&bed->cpu[0], &bed->vm[0][0], &bed->vm[1][0]);
	ck_assert_uint_eq(bed->measures.yields.self[SELF_CONTINUES], 50);
	ck_assert_uint_eq(bed->measures.yields.self[SELF_TO_OTHER_VM], 50);
	bed_free(bed);
}
END_TEST

START_TEST(the_yielder_s_own_cpu)
{
	static const struct {
		uint32_t next;
		enum yield_self self;
	} rows[] = { { 0, SELF_TO_TARGET },
		     { 1, SELF_TO_OTHER_VM },
		     { 2, SELF_TO_OTHER },
		     { 3, SELF_TO_OTHER } };

	for (uint32_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct bed *bed = bed_new();

		/* the target waits on the same CPU */
		bed->vm[0][1].cpu = 0;
		aftermath_yielded(&bed->cpu[0], &bed->vm[0][1]);
		aftermath_switched(&bed->cpu[0], &bed->vm[0][0], pick(bed, rows[i].next));
		ck_assert_uint_eq(bed->measures.yields.self[rows[i].self], 1);
		ck_assert_uint_eq(sum(bed->measures.yields.next[CURRENT_YIELDER], YIELD_NEXT_KINDS),
				  1);
		bed_free(bed);
	}
}
END_TEST

START_TEST(the_ends_of_a_window)
{
	struct bed *bed = bed_new();

	bed->cpu[1].current = &bed->vm[1][1];
	aftermath_yielded(&bed->cpu[0], &bed->vm[0][1]);
	aftermath_forget(&bed->kernel);
	aftermath_conclude(&bed->kernel);
	ck_assert_uint_eq(sum_next(&bed->measures), 0);
	aftermath_yielded(&bed->cpu[0], &bed->vm[0][1]);
	aftermath_conclude(&bed->kernel);
	ck_assert_uint_eq(bed->measures.yields.next[CURRENT_OTHER_VM][NEXT_KEPT_CURRENT], 1);
	ck_assert_uint_eq(bed->measures.yields.self[SELF_CONTINUES], 1);
	bed_free(bed);
}
END_TEST

/* Of a machine that yields a lot, free and pinned, every yield is in one place of either kind. */
START_TEST(every_yield_counts_once)
{
	struct scene *scene = scene_new(3, 6);
	const struct measures *measures;

	scene->config.kvm.yield_decision = LIMIT;
	scene->config.cost.yield_to = scene->config.cost.context_switch = US;
	scene->kind.vm.affinity = _i ? AFFINITY_FREE : AFFINITY_PINNED;
	scene->host_tick = MS;
	for (uint32_t i = 0; i < 6; i++) {
		SCRIPT(scene, i, RUN((50 + i) * US), LOCK(0), KERNEL(20 * US), UNLOCK(0),
		       SHOOTDOWN(i));
		scene->task[i].rounds = 10000;
	}
	scene_start(scene);
	scene_run(scene, 100 * MS);
	aftermath_conclude(&scene->machine->host);
	measures = &scene->machine->measures;
	ck_assert_uint_gt(measures->counter[COUNTER_YIELD_OK], 20);
	ck_assert_uint_eq(sum_next(measures), measures->counter[COUNTER_YIELD_OK]);
	ck_assert_uint_eq(sum(measures->yields.self, YIELD_SELF_KINDS),
			  measures->counter[COUNTER_YIELD_OK]);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("aftermath");
	TCase *test = tcase_create("aftermath");

	tcase_add_test(test, the_target_s_cpu);
	tcase_add_test(test, nothing_within_the_limit);
	tcase_add_test(test, the_yielder_s_own_cpu);
	tcase_add_test(test, the_ends_of_a_window);
	tcase_add_loop_test(test, every_yield_counts_once, 0, 2);
	suite_add_tcase(suite, test);
	return run_suite(suite);
}
