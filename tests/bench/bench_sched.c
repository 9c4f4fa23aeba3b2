/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_sched.c - the fair scheduler against the kernel's own code
 *
 * The targets are 1.2 times the figures of golden/eevdf/README.md section 13: CPU time of an
 * operation of the real 6.19 code in user space on one core of a 2.6 GHz-class EPYC, best of 7. To
 * compare on another machine, every round also times a chain of dependent multiplications and
 * additions, 4 cycles a step on the x86-64 cores of the last ten years, which shows the clock that
 * the core runs at. Cores of that class, which /proc/cpuinfo calls 2.6 GHz, show 3.6 GHz, so a
 * round's time is multiplied by (clock shown) / (3.6 GHz) and the best round is reported. This
 * scales clocks, not caches or widths; if the real code ran at the nominal clock, divide the ratios
 * by 1.38.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "models/sched/fair.h"
#include "models/sched/versions.h"

#define ROUNDS 7
#define OPERATIONS 400000
#define REFERENCE_GHZ 3.6
#define ALLOWANCE 1.2
#define STEP_CYCLES 4
#define STEPS 2000000
#define SLICE UINT64_C(2800000)
#define MAX_TASKS 256

struct row {
	const char *queue;
	uint32_t tasks, groups;
	bool track_load;
	double reschedule, pair, tick; /* ns, golden/eevdf/README.md section 13 */
};

struct bed {
	struct fair fair;
	struct fair_rq *rq;
	struct fair_task task[MAX_TASKS];
	uint64_t now;
};

static double seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static double measured_ghz(void)
{
	volatile uint64_t seed = 88172645463325252u;
	uint64_t x = seed, factor = seed | 1;
	double start = seconds();

	for (int i = 0; i < STEPS; i++)
		x = x * factor + seed;
	seed = x;
	return STEPS * (double)STEP_CYCLES / (seconds() - start) * 1e-9;
}

static void bed_init(struct bed *bed, struct row row)
{
	struct fair_config config = {
		.features = fair_features_find("6.19"),
		.cpus = 1,
		.tick = 1000000,
		.base_slice = SLICE,
		.norm_slice = 700000,
		.migration_cost = 500000,
		.track_load = row.track_load,
	};
	struct fair_group *group[MAX_TASKS] = { NULL };

	fair_init(&bed->fair, &config);
	bed->rq = &bed->fair.rq[0];
	bed->now = 1;
	for (uint32_t i = 0; i < row.groups; i++)
		group[i] = fair_group_new(&bed->fair, NULL, 1024);
	for (uint32_t i = 0; i < row.tasks; i++) {
		fair_task_init(&bed->fair, &bed->task[i],
			       row.groups ? group[i % row.groups] : NULL);
		fair_start(bed->rq, &bed->task[i], bed->now);
	}
	fair_switch(bed->rq, NULL, fair_pick(bed->rq, bed->now), bed->now);
}

static void pick_and_switch(struct bed *bed)
{
	fair_switch(bed->rq, bed->rq->curr, fair_pick(bed->rq, bed->now), bed->now);
}

/* Every slice is used up, so that every pick switches; this is checked once, outside the timing. */
static void reschedule(struct bed *bed)
{
	bed->now += SLICE + 200000;
	pick_and_switch(bed);
}

static void block_and_wake(struct bed *bed)
{
	struct fair_task *task = bed->rq->curr;

	bed->now += 300000;
	fair_dequeue(bed->rq, task, FAIR_SLEEP, bed->now);
	pick_and_switch(bed);
	bed->now += 300000;
	fair_wake(bed->rq, task, 0, bed->now);
}

static void tick(struct bed *bed)
{
	bed->now += 1000000;
	fair_tick(bed->rq, bed->now);
}

static double round_ns(void (*operation)(struct bed *), struct row row)
{
	static const int warm_up = 2000;
	struct bed *bed = calloc(1, sizeof(*bed));
	double start, ns, ghz;

	bed_init(bed, row);
	for (int i = 0; i < warm_up; i++) {
		struct fair_task *before = bed->rq->curr;

		operation(bed);
		if (operation == reschedule && bed->rq->curr == before) {
			fprintf(stderr, "bench_sched: a reschedule does not switch\n");
			exit(EXIT_FAILURE);
		}
	}
	ghz = measured_ghz();
	start = seconds();
	for (int i = 0; i < OPERATIONS; i++)
		operation(bed);
	ns = (seconds() - start) / OPERATIONS * 1e9;
	ghz = (ghz + measured_ghz()) / 2;
	fair_clear(&bed->fair);
	free(bed);
	return ns * ghz / REFERENCE_GHZ;
}

static void measure(const char *what, void (*operation)(struct bed *), struct row row,
		    double kernel_ns)
{
	double best = 0;

	for (int i = 0; i < ROUNDS; i++) {
		double ns = round_ns(operation, row);

		best = !i || ns < best ? ns : best;
	}
	printf("{\"name\": \"%s, %s%s\", \"value\": %.1f, \"unit\": \"ns@3.6GHz\", "
	       "\"target\": %.1f, \"ratio\": %.2f, \"better\": \"less\"}\n",
	       what, row.queue, row.track_load ? ", load tracking" : "", best,
	       ALLOWANCE * kernel_ns, ALLOWANCE * kernel_ns / best);
	fflush(stdout);
}

int main(void)
{
	/* The real code's figures are without load tracking: they bind the rows with it, too. */
	static const struct row rows[] = {
		{ "2 tasks", 2, 0, false, 36, 67, 6.5 },
		{ "16 tasks", 16, 0, false, 48, 88, 6.5 },
		{ "256 tasks", 256, 0, false, 63, 139, 6.6 },
		{ "4 groups of 4", 16, 4, false, 115, 189, 16 },
		{ "4 groups of 64", 256, 4, false, 127, 265, 16 },
		{ "2 tasks", 2, 0, true, 36, 67, 6.5 },
		{ "16 tasks", 16, 0, true, 48, 88, 6.5 },
		{ "256 tasks", 256, 0, true, 63, 139, 6.6 },
		{ "4 groups of 4", 16, 4, true, 115, 189, 16 },
		{ "4 groups of 64", 256, 4, true, 127, 265, 16 },
	};

	printf("{\"name\": \"calibration clock\", \"value\": %.3f, \"unit\": \"GHz\"}\n",
	       measured_ghz());
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		measure("reschedule", reschedule, rows[i], rows[i].reschedule);
		measure("block and wake", block_and_wake, rows[i], rows[i].pair);
		measure("tick", tick, rows[i], rows[i].tick);
	}
	return 0;
}
