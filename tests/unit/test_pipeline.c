/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_pipeline.c - dedup's pipeline: what its tasks do, how much of it, in any order of events
 *
 * Numbers are those of workloads.md (sections 2 and 3).
 */
#include <check.h>
#include <glib.h>
#include <string.h>

#include "sim/engine/param.h"
#include "tests/check_main.h"
#include "tests/unit/op_driver.h"
#include "workloads/pipeline.h"
#include "workloads/workload.h"

#define OPS_LIMIT 20000000

/* dedup with -t 16, whole passes only. */
static struct pipeline_params *dedup_params(void)
{
	struct pipeline_params *params = (void *)shape_defaults(shape_find("pipeline"));

	params->random_phase = 0;
	return params;
}

/* A small input for tests that need many passes: 4 batches a coarse piece. */
static struct pipeline_params *small_params(uint64_t threads)
{
	struct pipeline_params *params = dedup_params();

	params->threads = threads;
	params->chunks = 1999;
	params->coarse_chunks = 73;
	params->work_cpu = 50 * 1000000;
	return params;
}

static struct pipeline *pipeline_of(const struct workload *workload)
{
	return ((struct pipeline_task *)workload->program[0])->pipeline;
}

/* workloads.md 3: -t 16 makes 3 * 16 + 3 = 51 threads, at most 4 a queue. */
START_TEST(dedup_t16_has_51_threads)
{
	g_autofree struct pipeline_params *params = dedup_params();
	struct workload *workload = shape_find("pipeline")->create(params, 16, 1, 0);
	uint32_t count[STAGES] = { 0 };

	ck_assert_uint_eq(workload->tasks, 51);
	for (uint32_t i = 0; i < workload->tasks; i++)
		count[((struct pipeline_task *)workload->program[i])->stage]++;
	ck_assert_uint_eq(count[STAGE_MAIN], 1);
	ck_assert_uint_eq(count[STAGE_FRAGMENT], 1);
	ck_assert_uint_eq(count[STAGE_REFINE], 16);
	ck_assert_uint_eq(count[STAGE_DEDUPLICATE], 16);
	ck_assert_uint_eq(count[STAGE_COMPRESS], 16);
	ck_assert_uint_eq(count[STAGE_REORDER], 1);
	/* 51 of main, 4 groups before each of 4 stages */
	ck_assert_uint_eq(workload->queues, 51 + 16);
	ck_assert_uint_eq(workload->queue_capacity[51], 1048576);
	ck_assert_uint_eq(workload->queue_capacity[66], 1048576 / 20);
	ck_assert_uint_eq(workload->work_per_pass, 50290);
	workload->free(workload);
}
END_TEST

/* How often a chunk (a coarse piece at Refine) was put before each stage in this pass. */
struct visits {
	uint8_t *seen[STAGES];
	uint64_t batches[STAGES];
	uint64_t work;
};

static void observe_visits(struct driver *driver, uint32_t task, const struct op *op)
{
	struct pipeline *pipeline = pipeline_of(driver->workload);
	struct visits *visits = driver->user;

	if (op->kind == OP_WORK)
		visits->work += op->amount;
	if (op->kind != OP_PUT || op->object < pipeline->tasks)
		return;
	uint32_t number = op->object - pipeline->tasks;
	enum stage stage = STAGE_REFINE + number / pipeline->groups;
	const struct batch_queue *queue = &pipeline->queue[number];
	const struct batch *batch = &queue->slot[(queue->head + queue->count - 1) % queue->size];
	const struct pipeline_task *from = (void *)driver->workload->program[task];

	require(from->stage < stage);
	if (from->stage >= STAGE_REFINE)
		require(from->group == number % pipeline->groups);
	require(batch->count <= (stage == STAGE_REFINE ? 1 : BATCH_CHUNKS));
	if (stage == STAGE_REFINE && batch->count)
		require(number == batch->chunk[0] % pipeline->groups);
	visits->batches[stage] += batch->count > 0;
	for (uint32_t i = 0; i < batch->count; i++) {
		visits->seen[stage][batch->chunk[i]]++;
		if (stage == STAGE_REORDER)
			require(pipeline->chunk[batch->chunk[i]].duplicate ==
				(from->stage == STAGE_DEDUPLICATE));
	}
}

static void visits_init(struct visits *visits, struct driver *driver, uint32_t chunks)
{
	*visits = (struct visits){ .work = 0 };
	for (int i = 0; i < STAGES; i++)
		visits->seen[i] = g_new0(uint8_t, chunks);
	driver->user = visits;
	driver->observe = observe_visits;
}

static void visits_clear(struct visits *visits)
{
	for (int i = 0; i < STAGES; i++)
		g_free(visits->seen[i]);
}

static void assert_visited_once(const struct visits *visits, const struct pipeline *pipeline)
{
	uint64_t duplicates = 0;

	require(visits->work == pipeline->chunks);
	for (uint32_t i = 0; i < pipeline->coarse; i++)
		require(visits->seen[STAGE_REFINE][i] == 1);
	for (uint32_t i = 0; i < pipeline->chunks; i++) {
		duplicates += pipeline->chunk[i].duplicate;
		require(visits->seen[STAGE_DEDUPLICATE][i] == 1);
		require(visits->seen[STAGE_COMPRESS][i] == !pipeline->chunk[i].duplicate);
		require(visits->seen[STAGE_REORDER][i] == 1);
	}
	require(duplicates == pipeline->chunks * pipeline->params.duplicates / 1000000);
}

static void assert_all_queues_empty(const struct driver *driver)
{
	const struct pipeline *pipeline = pipeline_of(driver->workload);

	for (uint32_t i = 0; i < (STAGES - STAGE_REFINE) * pipeline->groups; i++) {
		ck_assert_uint_eq(pipeline->queue[i].count, 0);
		ck_assert_uint_eq(driver->items[pipeline->tasks + i], 0);
	}
}

/* Loop index: order of events. 0 in turn, else random. */
START_TEST(dedup_pass_moves_every_chunk_once)
{
	g_autofree struct pipeline_params *params = dedup_params();
	struct workload *workload = shape_find("pipeline")->create(params, 16, 1, 0);
	struct driver driver;
	struct visits visits;

	driver_init(&driver, workload, (uint64_t)_i);
	driver.in_turn = _i == 0;
	for (int pass = 0; pass < 2; pass++) {
		visits_init(&visits, &driver, pipeline_of(workload)->chunks);
		ck_assert(driver_pass(&driver, OPS_LIMIT));
		assert_visited_once(&visits, pipeline_of(workload));
		assert_all_queues_empty(&driver);
		/* 20 items a batch: 2515 full ones, and a rest for each of 88 pieces */
		ck_assert_uint_ge(visits.batches[STAGE_DEDUPLICATE], 2515);
		ck_assert_uint_le(visits.batches[STAGE_DEDUPLICATE], 2515 + 16);
		ck_assert_uint_eq(visits.batches[STAGE_REFINE], 88);
		visits_clear(&visits);
	}
	driver_clear(&driver);
	workload->free(workload);
}
END_TEST

/* Every number of threads works, also those that fill no group; each order of events is another. */
START_TEST(pipeline_passes_with_any_number_of_threads)
{
	static const uint64_t threads[] = { 1, 2, 3, 4, 5, 7, 16, 17, 64, 256 };
	g_autofree struct pipeline_params *params = small_params(threads[_i]);

	for (uint64_t seed = 0; seed < 4; seed++) {
		struct workload *workload = shape_find("pipeline")->create(params, 16, seed, 0);
		struct driver driver;
		struct visits visits;

		ck_assert_uint_eq(workload->tasks, 3 * threads[_i] + 3);
		driver_init(&driver, workload, seed);
		for (int pass = 0; pass < 3; pass++) {
			visits_init(&visits, &driver, pipeline_of(workload)->chunks);
			ck_assert(driver_pass(&driver, OPS_LIMIT));
			assert_visited_once(&visits, pipeline_of(workload));
			assert_all_queues_empty(&driver);
			visits_clear(&visits);
		}
		driver_clear(&driver);
		workload->free(workload);
	}
}
END_TEST

/* Reorder counts a chunk only after all before it: work is written in order. */
static void observe_order(struct driver *driver, uint32_t task, const struct op *op)
{
	const struct pipeline *pipeline = pipeline_of(driver->workload);
	uint64_t *written = driver->user;

	(void)task;
	if (op->kind == OP_PASS) {
		ck_assert_uint_eq(*written, pipeline->chunks);
		*written = 0;
	}
	if (op->kind != OP_WORK)
		return;
	require(op->amount <= BATCH_CHUNKS);
	for (uint64_t i = 0; i < op->amount; i++)
		require(pipeline->chunk[(*written)++].arrived);
}

START_TEST(pipeline_writes_in_order)
{
	g_autofree struct pipeline_params *params = small_params(5);
	struct workload *workload = shape_find("pipeline")->create(params, 16, 1, 0);
	struct driver driver;
	uint64_t written = 0;

	driver_init(&driver, workload, 1);
	driver.user = &written;
	driver.observe = observe_order;
	for (int pass = 0; pass < 5; pass++)
		ck_assert(driver_pass(&driver, OPS_LIMIT));
	driver_clear(&driver);
	workload->free(workload);
}
END_TEST

/*
 * workloads.md 2: 6.4 CPU-s, 0.42 of it in the kernel, 1e4 flushes, 2500 writers and 25
 * readers of mmap_lock a CPU-s; a fifth of the writers flush.
 * Each pass by itself, without leak or drift from one to the next; loop index: seed.
 */
START_TEST(dedup_pass_costs_what_the_profile_says)
{
	g_autofree struct pipeline_params *params = dedup_params();
	struct workload *workload = shape_find("pipeline")->create(params, 16, (uint64_t)_i, 0);
	struct driver driver;
	uint64_t spawned = 50 * params->spawn;

	driver_init(&driver, workload, 1);
	for (int pass = 0; pass < 5; pass++) {
		driver_reset(&driver);
		ck_assert(driver_pass(&driver, OPS_LIMIT));
		uint64_t kernel = driver.amount[OP_KERNEL] - spawned;
		uint64_t cpu = driver.amount[OP_RUN] + kernel;

		assert_near(cpu, 6400000000, 1);
		assert_near(kernel, cpu * 42 / 100, 1);
		assert_near(driver.count[OP_SHOOTDOWN], cpu / 100000, 1);
		assert_near(driver.pages_full, driver.count[OP_SHOOTDOWN] * 36 / 100, 3);
		assert_near(driver.pages_one, driver.count[OP_SHOOTDOWN] * 15 / 100, 4);
		ck_assert_uint_eq(driver.pages_full + driver.pages_one + driver.pages_few,
				  driver.count[OP_SHOOTDOWN]);
		assert_near(driver.count[OP_WRITE_LOCK], cpu / 400000, 1);
		assert_near(driver.count[OP_DOWNGRADE], cpu / 400000 * 21 / 100, 4);
		assert_near(driver.count[OP_READ_LOCK], cpu / 40000000, 20);
		assert_near(driver.count[OP_LOCK], cpu / 200000, 1);
		assert_near(driver.count[OP_MUTEX_LOCK], 5029, 4);
		ck_assert_uint_eq(driver.amount[OP_WORK], 50290);
	}
	driver_clear(&driver);
	workload->free(workload);
}
END_TEST

/* The sum over passes keeps to the profile: no leak, no drift. */
START_TEST(pipeline_does_not_drift)
{
	g_autofree struct pipeline_params *params = small_params(6);
	/* Rates that do not divide each other. */
	params->burst.spin_rate = 7001;
	params->burst.mmap_rate = 2999;
	params->burst.mmap_read_rate = 9001;
	struct workload *workload = shape_find("pipeline")->create(params, 16, 3, 0);
	struct driver driver;

	driver_init(&driver, workload, 1);
	for (int pass = 0; pass < 200; pass++)
		ck_assert(driver_pass(&driver, OPS_LIMIT));
	uint64_t spawned = 200 * 20 * params->spawn;
	uint64_t kernel = driver.amount[OP_KERNEL] - spawned;
	uint64_t cpu = driver.amount[OP_RUN] + kernel;

	ck_assert_uint_ge(cpu + 21 * 200000, 200 * params->work_cpu);
	ck_assert_uint_le(cpu, 200 * params->work_cpu + 21 * 200000);
	assert_near(kernel, cpu * 42 / 100, 1);
	assert_near(driver.count[OP_SHOOTDOWN], cpu / 100000, 1);
	assert_near(driver.count[OP_LOCK], cpu / 1000 * 7001 / 1000000, 1);
	assert_near(driver.count[OP_WRITE_LOCK], cpu / 1000 * 2999 / 1000000, 1);
	assert_near(driver.count[OP_READ_LOCK], cpu / 1000 * 9001 / 1000000, 1);
	ck_assert_uint_eq(driver.amount[OP_WORK], 200 * params->chunks);
	driver_clear(&driver);
	workload->free(workload);
}
END_TEST

/* The first pass begins somewhere in the input, later ones are whole; VMs differ. */
START_TEST(pipeline_random_phase_cuts_the_first_pass)
{
	g_autofree struct pipeline_params *params = small_params(4);
	uint64_t first[8], shorter = 0;

	params->random_phase = 1;
	for (uint32_t vm = 0; vm < 8; vm++) {
		struct workload *workload = shape_find("pipeline")->create(params, 16, 1, vm);
		struct driver driver;
		struct visits visits;

		driver_init(&driver, workload, 1);
		visits_init(&visits, &driver, pipeline_of(workload)->chunks);
		ck_assert(driver_pass(&driver, OPS_LIMIT));
		first[vm] = driver.amount[OP_WORK];
		for (uint32_t i = 0; i < params->chunks; i++)
			require(visits.seen[STAGE_REORDER][i] == (i >= params->chunks - first[vm]));
		visits_clear(&visits);
		driver.observe = NULL;
		shorter += first[vm] < params->chunks;
		driver_reset(&driver);
		ck_assert(driver_pass(&driver, OPS_LIMIT));
		ck_assert_uint_eq(driver.amount[OP_WORK], params->chunks);
		driver_clear(&driver);
		workload->free(workload);
	}
	ck_assert_uint_ge(shorter, 6);
	ck_assert(first[0] != first[1] || first[0] != first[2]);
}
END_TEST

/* Two instances read the same input only if seed and VM are the same. */
static bool same_input(const void *params, uint64_t seed, uint32_t vm)
{
	const struct workload_shape *shape = shape_find("pipeline");
	struct workload *first = shape->create(params, 4, 1, 0);
	struct workload *other = shape->create(params, 4, seed, vm);
	bool same = memcmp(pipeline_of(first)->chunk, pipeline_of(other)->chunk,
			   pipeline_of(first)->chunks * sizeof(struct chunk)) == 0;

	first->free(first);
	other->free(other);
	return same;
}

START_TEST(pipeline_input_follows_seed_and_vm)
{
	g_autofree struct pipeline_params *params = small_params(4);

	ck_assert(same_input(params, 1, 0));
	ck_assert(!same_input(params, 2, 0));
	ck_assert(!same_input(params, 1, 1));
}
END_TEST

/* The corners of the legal ranges: each parameter alone at its least and at its most. */
START_TEST(pipeline_works_at_the_ends_of_its_ranges)
{
	const struct workload_shape *shape = shape_find("pipeline");

	for (const struct param *param = shape->params; param->name; param++) {
		if (param->type != PARAM_UINT || strcmp(param->name, "chunks") == 0 ||
		    strcmp(param->name, "work_cpu") == 0)
			continue;
		for (int end = 0; end < 2; end++) {
			g_autofree struct pipeline_params *params = small_params(4);

			shape_set(shape, params, param->name, end ? param->max : param->min);
			struct workload *workload = shape->create(params, 4, 1, 0);
			struct driver driver;

			driver_init(&driver, workload, 1);
			for (int pass = 0; pass < 2; pass++)
				ck_assert(driver_pass(&driver, OPS_LIMIT));
			ck_assert_uint_eq(driver.amount[OP_WORK], 2 * params->chunks);
			driver_clear(&driver);
			workload->free(workload);
		}
	}
}
END_TEST

/* All rates at once, high and zero; the shares at their most leave Compress its rest. */
START_TEST(pipeline_works_with_all_rates_high_or_none)
{
	for (uint64_t rate = 0; rate <= 50000; rate += 50000) {
		g_autofree struct pipeline_params *params = small_params(4);

		params->burst.flush_rate = params->burst.mmap_rate = params->burst.spin_rate = rate;
		params->burst.kernel_share = rate ? 950000 : 0;
		params->duplicates = 950000;
		params->share_main = params->share_fragment = params->share_refine = 190000;
		params->share_deduplicate = params->share_reorder = 190000;
		struct workload *workload = shape_find("pipeline")->create(params, 4, 1, 0);
		struct driver driver;

		driver_init(&driver, workload, 1);
		for (int pass = 0; pass < 20; pass++)
			ck_assert(driver_pass(&driver, OPS_LIMIT));
		uint64_t cpu =
			driver.amount[OP_RUN] + driver.amount[OP_KERNEL] - 20 * 14 * params->spawn;
		assert_near(cpu, 20 * params->work_cpu, 1);
		assert_near(driver.count[OP_SHOOTDOWN], cpu / 1000 * rate / 1000000, 2);
		assert_near(driver.count[OP_LOCK], cpu / 1000 * rate / 1000000, 2);
		driver_clear(&driver);
		workload->free(workload);
	}
}
END_TEST

static Suite *pipeline_suite(void)
{
	Suite *suite = suite_create("pipeline");
	TCase *tcase = tcase_create("pipeline");

	tcase_add_test(tcase, dedup_t16_has_51_threads);
	tcase_add_loop_test(tcase, dedup_pass_moves_every_chunk_once, 0, 3);
	tcase_add_loop_test(tcase, pipeline_passes_with_any_number_of_threads, 0, 10);
	tcase_add_test(tcase, pipeline_writes_in_order);
	tcase_add_test(tcase, pipeline_input_follows_seed_and_vm);
	tcase_add_loop_test(tcase, dedup_pass_costs_what_the_profile_says, 0, 3);
	tcase_add_test(tcase, pipeline_does_not_drift);
	tcase_add_test(tcase, pipeline_random_phase_cuts_the_first_pass);
	tcase_add_test(tcase, pipeline_works_at_the_ends_of_its_ranges);
	tcase_add_test(tcase, pipeline_works_with_all_rates_high_or_none);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return run_suite(pipeline_suite());
}
