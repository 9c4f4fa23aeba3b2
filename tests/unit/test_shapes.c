/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_shapes.c - the built-in profiles of the benchmarks: what their tasks do, by the figures of
 * workloads.md
 */
#include <check.h>
#include <glib.h>
#include <string.h>

#include "sim/engine/param.h"
#include "sim/engine/time.h"
#include "sim/experiment/param_value.h"
#include "sim/experiment/profile.h"
#include "tests/check_main.h"
#include "tests/unit/op_driver.h"
#include "workloads/workload.h"

#define OPS_MOST 50000000

struct bench {
	struct profile *profile;
	struct workload *workload;
	struct driver driver;
};

static void bench_begin(struct bench *bench, const char *name, uint32_t vcpus)
{
	bench->profile = profile_load(name, NULL, NULL);
	ck_assert_ptr_nonnull(bench->profile);
	bench->workload = bench->profile->shape->create(bench->profile->params, vcpus, 1, 0);
	driver_init(&bench->driver, bench->workload, 1);
}

static void bench_end(struct bench *bench)
{
	driver_clear(&bench->driver);
	bench->workload->free(bench->workload);
	profile_free(bench->profile);
}

static uint64_t cpu(const struct driver *driver)
{
	return driver->amount[OP_RUN] + driver->amount[OP_KERNEL] + driver->amount[OP_SPAWN];
}

static uint64_t value_of(const struct bench *bench, const char *name)
{
	return param_get(param_find(bench->profile->shape->params, name), bench->profile->params);
}

/* A whole pass: all units of work, the CPU time and the kernel share that the profile names. */
static void expect_pass(const char *name, uint64_t units, uint64_t work_cpu, uint64_t kernel)
{
	struct bench bench;
	struct driver *driver = &bench.driver;

	bench_begin(&bench, name, 16);
	ck_assert(bench.profile->shape->terminating);
	ck_assert_uint_eq(bench.workload->work_per_pass, units);
	ck_assert(driver_pass(driver, OPS_MOST)); /* a part of one */
	ck_assert_uint_le(driver->count[OP_WORK], units);
	driver_reset(driver);
	ck_assert(driver_pass(driver, OPS_MOST));
	ck_assert_uint_eq(driver->count[OP_WORK], units);
	ck_assert_uint_eq(driver->count[OP_PASS], 1);
	assert_near(cpu(driver), work_cpu, 3);
	assert_near(driver->amount[OP_KERNEL] + driver->amount[OP_SPAWN],
		    cpu(driver) * kernel / 1000, 10);
	bench_end(&bench);
}

START_TEST(passes_have_their_work)
{
	static const struct {
		const char *name;
		uint64_t units, work_cpu, kernel; /* ns, thousandths */
	} wanted[] = {
		{ "pbzip2", 205, 19 * NSEC_PER_SEC, 50 },
		{ "vips", 4700, 2350 * NSEC_PER_MSEC, 80 },
		{ "ferret", 256, 4 * NSEC_PER_SEC, 30 },
		{ "x264", 128, 5770 * NSEC_PER_MSEC, 29 },
		{ "kbuild", 721, 150 * NSEC_PER_SEC, 195 },
		{ "blackscholes", 1, 330 * NSEC_PER_MSEC, 25 },
		{ "bodytrack", 77, 2300 * NSEC_PER_MSEC, 30 },
		{ "streamcluster", 16214, 3980 * NSEC_PER_MSEC, 0 },
		{ "blackscholes-native", 1, 50354 * NSEC_PER_MSEC, 25 },
		{ "bodytrack-native", 5024, 150075 * NSEC_PER_MSEC, 30 },
		{ "ferret-native", 3500, 54688 * NSEC_PER_MSEC, 30 },
		{ "streamcluster-native", 81070, 242920 * NSEC_PER_MSEC, 0 },
		{ "x264-native", 512, 204710 * NSEC_PER_MSEC, 29 },
	};

	expect_pass(wanted[_i].name, wanted[_i].units, wanted[_i].work_cpu, wanted[_i].kernel);
}
END_TEST

/* A latency for each unit that the shape's word for it names, and none is left open for long. */
START_TEST(passes_have_their_latencies)
{
	static const struct {
		const char *name, *word;
		uint64_t units, open; /* a pass; at most under way at its end */
	} wanted[] = {
		{ "pbzip2", "item", 205, 49 },		{ "vips", "item", 4700, 16 + 172 },
		{ "ferret", "item", 256, 120 + 66 },	{ "x264", "frame", 128, 16 },
		{ "kbuild", "job", 720, 16 },		{ "blackscholes", "phase", 1, 1 },
		{ "streamcluster", "phase", 16214, 1 }, { "dedup", "piece", 88, 1 },
	};
	struct bench bench;
	struct driver *driver = &bench.driver;
	uint64_t begun;

	bench_begin(&bench, wanted[_i].name, 16);
	ck_assert_str_eq(bench.profile->shape->latency, wanted[_i].word);
	ck_assert(driver_pass(driver, OPS_MOST)); /* a part of one */
	begun = driver->count[OP_MARK_BEGIN] - driver->count[OP_MARK_END];
	ck_assert_uint_le(begun, wanted[_i].open);
	driver_reset(driver);
	ck_assert(driver_pass(driver, OPS_MOST));
	/* of frames and items the next pass's may have ended, too */
	ck_assert_uint_ge(driver->count[OP_MARK_END] + 16, wanted[_i].units);
	ck_assert_uint_le(driver->count[OP_MARK_END], wanted[_i].units + 16);
	begun += driver->count[OP_MARK_BEGIN] - driver->count[OP_MARK_END];
	ck_assert_uint_le(begun, wanted[_i].open);
	bench_end(&bench);
}
END_TEST

/* workloads.md 3: each worker takes the next tile under the allocator's lock. */
START_TEST(vips_takes_tiles_under_a_lock)
{
	struct bench bench;
	struct driver *driver = &bench.driver;

	bench_begin(&bench, "vips", 16);
	ck_assert_uint_eq(bench.workload->tasks, 18);
	ck_assert(driver_pass(driver, OPS_MOST));
	driver_reset(driver);
	ck_assert(driver_pass(driver, OPS_MOST));
	ck_assert_uint_eq(driver->count[OP_MUTEX_LOCK], 4700);
	assert_near(driver->count[OP_SHOOTDOWN], 1200 * 235 / 100, 5);
	assert_near(driver->pages_full * 100, driver->count[OP_SHOOTDOWN] * 29, 10);
	assert_near(driver->pages_one * 100, driver->count[OP_SHOOTDOWN] * 70, 5);
	bench_end(&bench);
}
END_TEST

struct ticks {
	uint64_t up, down;
};

static void observe_tick(struct driver *driver, uint32_t task, const struct op *op)
{
	struct ticks *ticks = driver->user;
	bool main_thread = task + 1 == driver->workload->tasks;

	if (op->kind != OP_PUT && op->kind != OP_GET)
		return;
	require(!main_thread || op->object == 2);
	if (op->object != 2)
		return;
	require(op->amount == 1 && main_thread == (op->kind == OP_GET));
	if (main_thread)
		ticks->down++;
	else
		ticks->up++;
}

/* Each tile ends in a tick of the semaphore for which the main thread sleeps; work_cpu has it in it. */
START_TEST(vips_tells_its_main_thread)
{
	struct bench bench;
	struct driver *driver = &bench.driver;
	struct ticks ticks = { 0 };

	bench_begin(&bench, "vips", 4);
	ck_assert(driver_pass(driver, OPS_MOST));
	driver->observe = observe_tick;
	driver->user = &ticks;
	ck_assert(driver_pass(driver, OPS_MOST));
	ck_assert_uint_ge(ticks.up + 4, 4700);
	ck_assert_uint_le(ticks.up, 4700 + 4);
	assert_near(ticks.down, ticks.up, 5);
	bench_end(&bench);
}
END_TEST

/* workloads.md 3: load(1), four pools of n, out(1); pbzip2: reader, n compressors, writer. */
START_TEST(pools_have_their_threads)
{
	struct bench bench;

	bench_begin(&bench, _i ? "ferret" : "pbzip2", 8);
	ck_assert_uint_eq(bench.workload->tasks, _i ? 34 : 10);
	ck_assert_uint_eq(bench.workload->queues, _i ? 6 : 3);
	ck_assert_uint_eq(bench.workload->queue_capacity[1], _i ? 20 : 8);
	bench_end(&bench);
}
END_TEST

/* workloads.md 3: phases of all threads; between them the first one alone, if it has serial work. */
static void observe_phase(struct driver *driver, uint32_t task, const struct op *op)
{
	const bool *serial = driver->user;

	if (op->kind == OP_WORK || op->kind == OP_PASS)
		require(task == 0);
	if (op->kind == OP_RUN)
		for (uint32_t i = 0; i < driver->workload->barriers; i++)
			require(driver->opened[i] == driver->opened[0] || task == 0 || !*serial);
}

START_TEST(phases_end_in_barriers)
{
	struct bench bench;
	struct driver *driver = &bench.driver;
	bool serial = _i;

	bench_begin(&bench, _i ? "bodytrack" : "streamcluster", 16);
	driver->observe = observe_phase;
	driver->user = &serial;
	driver_ops(driver, 200000);
	ck_assert_uint_gt(driver->opened[0], 100);
	ck_assert_uint_le(driver->opened[0] - driver->opened[1], _i ? 1 : driver->opened[0]);
	ck_assert_uint_le(driver->opened[0] - driver->count[OP_WORK], 1);
	bench_end(&bench);
}
END_TEST

struct joins {
	uint32_t next, ended; /* the thread that is waited for; others that have ended */
};

static void observe_join(struct driver *driver, uint32_t task, const struct op *op)
{
	struct joins *joins = driver->user;

	require(op->kind != OP_BARRIER || op->object == 1);
	if (op->kind == OP_PUT) {
		require(task > 0 && op->object == task);
		joins->ended++;
	} else if (op->kind == OP_GET) {
		require(task == 0 && op->object == joins->next++);
	} else if (op->kind == OP_PASS) {
		require(joins->next == 16 && joins->ended == 15);
		*joins = (struct joins){ .next = 1 };
	}
}

/* workloads.md 3: one fork and join: only the first thread waits for the end of the others. */
START_TEST(blackscholes_joins_its_threads)
{
	struct bench bench;
	struct driver *driver = &bench.driver;
	struct joins joins = { .next = 1 };

	bench_begin(&bench, "blackscholes", 16);
	driver->observe = observe_join;
	driver->user = &joins;
	for (int i = 0; i < 20; i++)
		ck_assert(driver_pass(driver, OPS_MOST));
	ck_assert_uint_eq(driver->opened[0], 0);
	ck_assert_uint_ge(driver->opened[1], 19);
	bench_end(&bench);
}
END_TEST

struct rows {
	uint64_t done[16]; /* by thread, since it began */
	uint64_t lag, rows;
	bool waited;
};

/* Before row r, thread i has been told of row r + lag of the frame before, as far as it has so many. */
static void observe_row(struct driver *driver, uint32_t task, const struct op *op)
{
	struct rows *rows = driver->user;
	uint64_t own = rows->done[task], before = rows->done[(task + 15) % 16];
	uint64_t frame = own / rows->rows, need = MIN(own % rows->rows + rows->lag + 1, rows->rows);

	if (op->kind != OP_RUN && op->kind != OP_PUT)
		return;
	if (task == 0 && frame == 0)
		need = 0;
	if (task == 0 && frame > 0)
		frame--;
	require(before >= frame * rows->rows + need);
	rows->waited |= before < (frame + 1) * rows->rows;
	rows->done[task] += op->kind == OP_PUT;
}

START_TEST(x264_rows_wait_for_the_frame_before)
{
	struct bench bench;
	struct rows rows = { .lag = 0 };

	bench_begin(&bench, "x264", 16);
	rows.lag = value_of(&bench, "lag");
	rows.rows = value_of(&bench, "rows");
	bench.driver.observe = observe_row;
	bench.driver.user = &rows;
	driver_ops(&bench.driver, 500000);
	ck_assert(rows.waited);
	ck_assert_uint_gt(rows.done[0], 100);
	bench_end(&bench);
}
END_TEST

/* workloads.json kernel build: 195 forks a CPU-s; each is one process that its parent waits for. */
START_TEST(kbuild_forks)
{
	struct bench bench;
	struct driver *driver = &bench.driver;

	bench_begin(&bench, "kbuild", 16);
	ck_assert_uint_eq(bench.workload->tasks, 33);
	driver_pass(driver, OPS_MOST);
	driver_reset(driver);
	driver_pass(driver, OPS_MOST);
	ck_assert_uint_eq(driver->count[OP_SHOOTDOWN], 0);
	/* two puts a job, and one for each exec that its parent waits for */
	ck_assert_uint_eq(driver->count[OP_PUT], 2 * 720 + driver->count[OP_SPAWN]);
	assert_near(driver->count[OP_SPAWN], cpu(driver) * 195 / NSEC_PER_SEC, 5);
	ck_assert_uint_eq(driver->count[OP_JOIN], driver->count[OP_SPAWN]);
	ck_assert_uint_eq(driver->count[OP_EXIT], driver->count[OP_SPAWN]);
	bench_end(&bench);
}
END_TEST

/* Sockets stay in their group, and a message costs 2.7 us, 96 % in the kernel. */
static void observe_group(struct driver *driver, uint32_t task, const struct op *op)
{
	(void)driver;
	if (op->kind == OP_PUT || op->kind == OP_GET || op->kind == OP_LOCK ||
	    op->kind == OP_MARK_BEGIN || op->kind == OP_MARK_END)
		require(op->object / 20 == task / 40);
	require(op->kind != OP_MARK_BEGIN || task % 40 < 20);
	require(op->kind != OP_MARK_END || task % 40 >= 20);
	if (op->kind == OP_GET)
		require(op->object % 20 == task % 40 - 20);
	if (op->kind == OP_LOCK)
		require(op->amount == 1); /* interrupts off */
}

START_TEST(hackbench_passes_messages)
{
	struct bench bench;
	struct driver *driver = &bench.driver;

	bench_begin(&bench, "hackbench", 16);
	ck_assert_uint_eq(bench.workload->tasks, 400);
	driver->observe = observe_group;
	driver_ops(driver, 3000000);
	ck_assert_uint_gt(driver->count[OP_WORK], 100000);
	assert_near(cpu(driver), (driver->count[OP_PUT] + driver->count[OP_WORK]) * 1340, 3);
	assert_near(driver->amount[OP_KERNEL], cpu(driver) * 96 / 100, 1);
	ck_assert_uint_eq(bench.workload->sockets, 4);
	/* a latency for each message: from the write to the read */
	ck_assert_uint_le(driver->count[OP_MARK_BEGIN] - driver->count[OP_PUT], 200);
	ck_assert_uint_le(driver->count[OP_MARK_END] - driver->count[OP_WORK], 200);
	bench_end(&bench);
}
END_TEST

/* workloads.json ebizzy -M: a record of 0.225 ms, one full flush each. */
START_TEST(ebizzy_flushes_once_a_record)
{
	struct bench bench;
	struct driver *driver = &bench.driver;

	bench_begin(&bench, "ebizzy", 16);
	driver_ops(driver, 500000);
	assert_near(cpu(driver) / driver->count[OP_WORK], 225000, 2);
	assert_near(driver->count[OP_SHOOTDOWN], driver->count[OP_WORK], 2);
	ck_assert_uint_eq(driver->pages_full, driver->count[OP_SHOOTDOWN]);
	assert_near(driver->amount[OP_KERNEL], cpu(driver) * 88 / 100, 2);
	ck_assert_uint_eq(driver->count[OP_SLEEP], 0);
	bench_end(&bench);
}
END_TEST

static void observe_flush(struct driver *driver, uint32_t task, const struct op *op)
{
	uint64_t *under_lock = driver->user;

	*under_lock += op->kind == OP_SHOOTDOWN && driver->rwsems[task];
}

/* mmap_read_flush: those are made by a reader of mmap_lock, and no acquisition is lost or left. */
START_TEST(madvise_flushes_under_mmap_lock)
{
	const struct workload_shape *shape = shape_find("client_loop");
	g_autofree uint64_t *params = shape_defaults(shape);
	struct workload *workload;
	uint64_t under_lock = 0;
	struct driver driver;

	shape_set(shape, params, "flush_rate", 4400);
	shape_set(shape, params, "kernel_share", 500000);
	shape_set(shape, params, "mmap_read_rate", _i ? 20000 : 0);
	shape_set(shape, params, "mmap_read_flush", 500000);
	workload = shape->create(params, 4, 1, 0);
	driver_init(&driver, workload, 7);
	driver.user = &under_lock;
	driver.observe = observe_flush;
	driver_ops(&driver, 200000);
	ck_assert_uint_gt(driver.count[OP_SHOOTDOWN], 1000);
	assert_near(under_lock, driver.count[OP_SHOOTDOWN] / 2, 5);
	if (!_i)
		assert_near(driver.count[OP_READ_LOCK], under_lock, 1);
	driver_clear(&driver);
	workload->free(workload);
}
END_TEST

static void observe_lock(struct driver *driver, uint32_t task, const struct op *op)
{
	uint64_t *seen = driver->user;

	seen[0] += op->kind == OP_SHOOTDOWN && driver->rwsems[task];
	seen[1] += op->kind == OP_LOCK && op->amount;
}

/* A record faults 128 pages and frees them by one madvise, which flushes as a reader of mmap_lock; its
 * pages cost lru_lock 12.5 times, interrupts off. Up to 5 % less: a hold may be longer than the kernel part of its
 * interval. */
START_TEST(ebizzy_5_3_does_what_its_kernel_does_for_a_record)
{
	uint64_t seen[2] = { 0, 0 };
	struct bench bench;
	struct driver *driver = &bench.driver;

	bench_begin(&bench, "ebizzy-5.3", 16);
	driver->observe = observe_lock;
	driver->user = seen;
	driver_ops(driver, 3000000);
	assert_near(driver->count[OP_READ_LOCK], driver->count[OP_WORK] * 129, 5);
	assert_near(driver->count[OP_LOCK] * 100, driver->count[OP_WORK] * 1253, 5);
	assert_near(driver->count[OP_SHOOTDOWN], driver->count[OP_WORK], 5);
	ck_assert_uint_eq(seen[0], driver->count[OP_SHOOTDOWN]);
	ck_assert_uint_eq(seen[1], driver->count[OP_LOCK]);
	ck_assert_uint_eq(driver->count[OP_SLEEP], 0);
	bench_end(&bench);
}
END_TEST

static void observe_sleep(struct driver *driver, uint32_t task, const struct op *op)
{
	uint64_t *shorter = driver->user;

	(void)task;
	*shorter += op->kind == OP_IO && op->amount < 65000;
}

/* workloads.json dbench, ext4: waits of 67 us (median), about every 680 us of CPU, 16 clients. */
START_TEST(dbench_waits_for_its_disk)
{
	struct bench bench;
	struct driver *driver = &bench.driver;
	uint64_t shorter = 0;

	bench_begin(&bench, _i ? "dbench-tmpfs" : "dbench", 4);
	ck_assert_uint_eq(bench.workload->tasks, 16);
	driver->observe = observe_sleep;
	driver->user = &shorter;
	driver_ops(driver, 1000000);
	ck_assert_uint_eq(driver->count[OP_SHOOTDOWN], 0);
	ck_assert_uint_eq(driver->count[OP_SLEEP], 0);
	if (_i) {
		ck_assert_uint_eq(driver->count[OP_IO], 0);
	} else {
		/* a wait comes at the end of its request: half of 95 us longer */
		assert_near(cpu(driver) / driver->count[OP_IO], 680000 + 47500, 5);
		assert_near(2 * shorter, driver->count[OP_IO], 5);
	}
	bench_end(&bench);
}
END_TEST

static uint64_t next(struct program *program, enum op_kind kind)
{
	struct op op;

	program->next(program, &op);
	require(op.kind == kind);
	return op.amount;
}

/* workloads.json cyclictest: each ms, 10 us, 70 % of it in the kernel; late is who runs late. */
START_TEST(cyclictest_wakes_each_period)
{
	struct bench bench;
	struct program *program;

	bench_begin(&bench, "cyclictest", 4);
	program = bench.workload->program[3];
	ck_assert_uint_le(next(program, OP_SLEEP), 1000000); /* phase */
	for (int i = 0; i < 3; i++) {
		ck_assert_uint_eq(next(program, OP_MARK_BEGIN), 1);
		next(program, OP_MARK_END);
		ck_assert_uint_eq(next(program, OP_KERNEL), 7000);
		ck_assert_uint_eq(next(program, OP_RUN), 3000);
		next(program, OP_WORK);
		ck_assert_uint_eq(next(program, OP_TIMER), 1000000);
	}
	bench_end(&bench);
}
END_TEST

/* Closed: each client has at most one request under way. Open: nobody answers. */
static void observe_requests(struct driver *driver, uint32_t task, const struct op *op)
{
	uint64_t *under_way = driver->user; /* [32], of the clients */

	if (task < 4 || op->kind == OP_RUN || op->kind == OP_KERNEL)
		return;
	if (op->kind == OP_MARK_BEGIN || op->kind == OP_MARK_END)
		require(op->object == task - 4 && op->amount == 0);
	if (op->kind == OP_PUT)
		require(++under_way[task - 4] == 1);
	if (op->kind == OP_GET)
		under_way[task - 4]--;
}

START_TEST(server_answers_its_clients)
{
	struct bench bench;
	struct driver *driver = &bench.driver;
	uint64_t under_way[32] = { 0 }, waiting = 0;

	bench_begin(&bench, _i ? "server-open" : "server", 16);
	ck_assert_uint_eq(bench.workload->tasks, 36);
	driver->user = under_way;
	driver->observe = _i ? NULL : observe_requests;
	driver->in_turn = true;
	driver_ops(driver, 500000);
	ck_assert_uint_gt(driver->count[OP_WORK], 1000);
	/* a latency for each request, but for those that wait or are under way */
	for (uint32_t i = 0; i < bench.workload->queues; i++)
		waiting += driver->items[i];
	ck_assert_uint_le(driver->count[OP_MARK_BEGIN] - driver->count[OP_MARK_END] - waiting, 36);
	ck_assert_uint_le(driver->count[OP_WORK] - driver->count[OP_MARK_END], 36);
	if (_i) {
		ck_assert_uint_gt(driver->count[OP_SLEEP], 0);
		assert_near(driver->amount[OP_SLEEP] / driver->count[OP_SLEEP], 1000000, 5);
	} else {
		ck_assert_uint_eq(driver->count[OP_SLEEP], 0);
		assert_near(cpu(driver) / driver->count[OP_WORK], 78000, 2);
		assert_near(driver->amount[OP_KERNEL], cpu(driver) * 85 / 100, 2);
	}
	bench_end(&bench);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("shapes");
	TCase *tcase = tcase_create("profiles");

	tcase_add_loop_test(tcase, passes_have_their_work, 0, 13);
	tcase_add_loop_test(tcase, passes_have_their_latencies, 0, 8);
	tcase_add_test(tcase, vips_takes_tiles_under_a_lock);
	tcase_add_loop_test(tcase, pools_have_their_threads, 0, 2);
	tcase_add_loop_test(tcase, phases_end_in_barriers, 0, 2);
	tcase_add_test(tcase, vips_tells_its_main_thread);
	tcase_add_test(tcase, blackscholes_joins_its_threads);
	tcase_add_test(tcase, x264_rows_wait_for_the_frame_before);
	tcase_add_test(tcase, kbuild_forks);
	tcase_add_test(tcase, hackbench_passes_messages);
	tcase_add_test(tcase, ebizzy_flushes_once_a_record);
	tcase_add_test(tcase, ebizzy_5_3_does_what_its_kernel_does_for_a_record);
	tcase_add_loop_test(tcase, madvise_flushes_under_mmap_lock, 0, 2);
	tcase_add_loop_test(tcase, dbench_waits_for_its_disk, 0, 2);
	tcase_add_test(tcase, cyclictest_wakes_each_period);
	tcase_add_loop_test(tcase, server_answers_its_clients, 0, 2);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
