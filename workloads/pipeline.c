/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pipeline.c - the shape of PARSEC dedup: its parameters, and one VM's instance
 */
#include "workloads/pipeline.h"

#include <glib.h>

#include "sim/engine/param.h"
#include "workloads/instance.h"
#include "workloads/shapes.h"
#include "workloads/tape.h"
#include "workloads/workload.h"

static void (*const behaviour[STAGES])(struct program *program, struct op *op) = {
	[STAGE_MAIN] = pipeline_main_next,	 [STAGE_FRAGMENT] = pipeline_fragment_next,
	[STAGE_REFINE] = pipeline_worker_next,	 [STAGE_DEDUPLICATE] = pipeline_worker_next,
	[STAGE_COMPRESS] = pipeline_worker_next, [STAGE_REORDER] = pipeline_reorder_next,
};

static void pipeline_free(struct workload *workload)
{
	struct pipeline *pipeline = ((struct pipeline_task *)workload->program[0])->pipeline;

	for (uint32_t i = 0; i < (STAGES - STAGE_REFINE) * pipeline->groups; i++)
		batch_queue_clear(&pipeline->queue[i]);
	for (int stage = 0; stage < STAGES; stage++)
		g_free(pipeline->open[stage]);
	g_free(pipeline->queue);
	g_free(pipeline->group_threads);
	g_free(pipeline->chunk);
	g_free(pipeline);
	instance_free(workload);
}

static struct pipeline *pipeline_new(const struct pipeline_params *params, uint32_t threads)
{
	struct pipeline *pipeline = g_new0(struct pipeline, 1);

	pipeline->params = *params;
	pipeline->tasks = 3 * threads + 3;
	pipeline->groups = (threads + THREADS_PER_QUEUE - 1) / THREADS_PER_QUEUE;
	pipeline->group_threads = g_new(uint32_t, pipeline->groups);
	for (uint32_t i = 0; i < pipeline->groups; i++)
		pipeline->group_threads[i] =
			MIN(THREADS_PER_QUEUE, threads - i * THREADS_PER_QUEUE);
	pipeline->chunks = (uint32_t)params->chunks;
	pipeline->coarse =
		(uint32_t)((params->chunks + params->coarse_chunks - 1) / params->coarse_chunks);
	pipeline->chunk = g_new0(struct chunk, pipeline->chunks);
	pipeline->queue = g_new0(struct batch_queue, (STAGES - STAGE_REFINE) * pipeline->groups);
	for (enum stage stage = STAGE_REFINE; stage < STAGES; stage++)
		pipeline->open[stage] = g_new0(uint32_t, pipeline->groups);
	burst_profile_from(&pipeline->burst, &params->burst);
	return pipeline;
}

static enum stage stage_of(uint32_t task, uint32_t threads)
{
	if (task < STAGE_REFINE)
		return task;
	task = (task - STAGE_REFINE) / threads;
	return task < STAGE_REORDER - STAGE_REFINE ? STAGE_REFINE + task : STAGE_REORDER;
}

/* All but what is drawn. */
static struct workload *instance_build(const struct pipeline_params *params, uint32_t vcpus)
{
	uint32_t threads = params->threads ? (uint32_t)params->threads : vcpus;
	struct pipeline *pipeline = pipeline_new(params, threads);
	struct workload *workload =
		instance_new(pipeline->tasks, sizeof(struct pipeline_task), NULL);

	for (uint32_t i = 0; i < pipeline->tasks; i++) {
		struct pipeline_task *task = (struct pipeline_task *)workload->program[i];

		task->pipeline = pipeline;
		task->stage = stage_of(i, threads);
		task->program.next = behaviour[task->stage];
		task->index = i;
		if (task->stage >= STAGE_REFINE && task->stage < STAGE_REORDER)
			task->group = (i - STAGE_REFINE) % threads / THREADS_PER_QUEUE;
	}
	workload->spin_locks = (uint32_t)params->burst.spin_locks;
	workload->rwsems = BURST_RWSEMS;
	workload->mutexes = (uint32_t)params->buckets;
	workload->queues = pipeline_queues(pipeline);
	workload->queue_capacity = g_new(uint64_t, workload->queues);
	pipeline_queue_capacities(pipeline, workload->queue_capacity);
	workload->marks = 1;
	workload->work_per_pass = params->chunks;
	workload->free = pipeline_free;
	return workload;
}

struct workload *pipeline_create(const void *params, uint32_t vcpus, uint64_t seed, uint32_t vm)
{
	struct workload *workload = instance_build(params, vcpus);
	struct pipeline *pipeline = ((struct pipeline_task *)workload->program[0])->pipeline;

	pipeline_input_draw(pipeline, seed, vm);
	pipeline_input_cost(pipeline);
	if (pipeline->params.random_phase) {
		struct random random;

		random_init(&random, seed, "workload.pipeline", instance_stream(vm, 0), "phase");
		pipeline->first_coarse = (uint32_t)random_below(&random, pipeline->coarse);
	}
	for (uint32_t i = 0; i < workload->tasks; i++) {
		struct pipeline_task *task = (struct pipeline_task *)workload->program[i];
		uint64_t stream = instance_stream(vm, i);

		burst_init(&task->burst, &pipeline->burst, seed, "workload.pipeline", stream);
		random_init(&task->random, seed, "workload.pipeline", stream, "buckets");
	}
	return workload;
}

struct workload *pipeline_replay(const void *params, uint32_t vcpus, const struct tapes *tapes)
{
	struct workload *workload = instance_build(params, vcpus);
	struct pipeline *pipeline = ((struct pipeline_task *)workload->program[0])->pipeline;

	pipeline->first_coarse = (uint32_t)tapes->number[0];
	for (uint32_t i = 0; i < pipeline->chunks; i++) {
		pipeline->chunk[i].weight = (uint16_t)(tapes->number[1 + i] / 2);
		pipeline->chunk[i].duplicate = tapes->number[1 + i] & 1;
	}
	pipeline_input_cost(pipeline);
	for (uint32_t i = 0; i < workload->tasks; i++) {
		struct pipeline_task *task = (struct pipeline_task *)workload->program[i];

		burst_init_tape(&task->burst, &pipeline->burst, tapes->tape[2 * i]);
		task->bucket_tape = tapes->tape[2 * i + 1];
	}
	return workload;
}

#define FIELD(field) \
	.name = #field, .type = PARAM_UINT, .offset = offsetof(struct pipeline_params, field)
#define BURST(field) \
	.name = #field, .type = PARAM_UINT, .offset = offsetof(struct pipeline_params, burst.field)
#define LEGAL(least, most) .min = (least), .max = (most)
#define PLAUSIBLE(least, most) .low = (least), .high = (most)

/*
 * The defaults are those of dedup, simlarge, -t 16. Sources give the tag of workloads.md 0: m
 * measured, q quoted, r recalled, d derived, e estimated. The shares leave at least 50000 ppm to
 * Compress; 1000000 chunks fit in the queues of one group.
 */
/* clang-format off */
static const struct param pipeline_params_table[] = {
	{ FIELD(threads), .unit = "threads", .fallback = "0",
	  LEGAL(0, 256),
	  .meaning = "threads of each parallel stage, -t; 0: one a vCPU; 3 n + 3 tasks in all",
	  .source = "workloads.md 3: -t 16 makes 51 threads [m]" },
	{ FIELD(chunks), .unit = "chunks", .fallback = "50290",
	  LEGAL(1000, 1000000),
	  .meaning = "chunks of a pass, the unit of work",
	  .source = "workloads.md 4: 184.06 MB of 3.66 KB [m]; native: 369950 [r]" },
	{ FIELD(coarse_chunks), .unit = "chunks", .fallback = "573",
	  LEGAL(1, 100000), PLAUSIBLE(500, 650),
	  .meaning = "chunks of a coarse piece, what Fragment hands on",
	  .source = "2 MiB (ANCHOR_JUMP) of 3.66 KB [r]" },
	{ FIELD(duplicates), .unit = "ppm", .fallback = "500000",
	  LEGAL(0, 950000), PLAUSIBLE(100000, 600000),
	  .meaning = "chunks that are duplicates and skip Compress",
	  .source = "estimated; the native input has 0.54 [r]" },
	{ FIELD(work_cpu), .unit = "ns", .fallback = "6400000000",
	  LEGAL(1000000, 1000000000000), PLAUSIBLE(5600000000, 8500000000),
	  .meaning = "CPU time of a pass, user and kernel, without waits",
	  .source = "workloads.json work_cpu_s [m]" },
	{ FIELD(share_main), .unit = "ppm", .fallback = "20000",
	  LEGAL(0, 190000), PLAUSIBLE(0, 50000),
	  .meaning = "main's part of work_cpu: reads the input, before the others start",
	  .source = "estimated: 184 MB copied, 480 MB unmapped at the end, 0.13 s" },
	{ FIELD(share_fragment), .unit = "ppm", .fallback = "30000",
	  LEGAL(0, 190000), PLAUSIBLE(15000, 50000),
	  .meaning = "Fragment's part of work_cpu",
	  .source = "estimated; 3 % in published stage times [r]" },
	{ FIELD(share_refine), .unit = "ppm", .fallback = "110000",
	  LEGAL(0, 190000), PLAUSIBLE(70000, 150000),
	  .meaning = "Refine's part of work_cpu",
	  .source = "estimated; 11 % in published stage times [r]" },
	{ FIELD(share_deduplicate), .unit = "ppm", .fallback = "80000",
	  LEGAL(0, 190000), PLAUSIBLE(40000, 150000),
	  .meaning = "Deduplicate's part of work_cpu",
	  .source = "estimated: SHA-1 at 0.4 GB/s; 5 % in published stage times [r]" },
	{ FIELD(share_reorder), .unit = "ppm", .fallback = "40000",
	  LEGAL(0, 190000), PLAUSIBLE(25000, 80000),
	  .meaning = "Reorder's part of work_cpu; Compress has what the shares leave",
	  .source = "estimated: 154000 writes; workloads.json runtime_16vcpu_s: serial ~0.25 s" },
	{ BURST(kernel_share), .unit = "ppm", .fallback = "420000",
	  LEGAL(0, 950000), PLAUSIBLE(320000, 550000),
	  .meaning = "kernel part of work_cpu, in every stage: faults, system calls, holds",
	  .source = "workloads.json kernel_time_share [m]" },
	{ BURST(entry_interval), .unit = "ns", .fallback = "200000",
	  LEGAL(1000, 1000000000), PLAUSIBLE(50000, 500000),
	  .meaning = "longest mean interval of user, then kernel work; the rates below shorten it",
	  .source = "assumed, to mix user and kernel; really 30 us between system calls [m]" },
	{ BURST(flush_rate), .unit = "1/CPU-s", .fallback = "10000",
	  LEGAL(0, 1000000), PLAUSIBLE(1400, 17000),
	  .meaning = "TLB flush requests of madvise; whether one needs IPIs, the model decides",
	  .source = "workloads.json tlb_flush_ops_per_cpu_s [m+q]; uncertain by ten times" },
	{ BURST(flush_full), .unit = "ppm", .fallback = "360000",
	  LEGAL(0, 500000), PLAUSIBLE(200000, 500000),
	  .meaning = "flush requests for everything",
	  .source = "workloads.json tlb_flush_full_frac [m]" },
	{ BURST(flush_one), .unit = "ppm", .fallback = "150000",
	  LEGAL(0, 500000), PLAUSIBLE(50000, 300000),
	  .meaning = "flush requests for one page",
	  .source = "workloads.json tlb_flush_full_frac: 15 % [m]" },
	{ BURST(flush_pages_min), .unit = "pages", .fallback = "8",
	  LEGAL(2, 16),
	  .meaning = "fewest pages of the other flush requests, uniform",
	  .source = "workloads.json tlb_flush_full_frac: 8-33 pages [m]" },
	{ BURST(flush_pages_max), .unit = "pages", .fallback = "33",
	  LEGAL(17, 512),
	  .meaning = "most pages of the other flush requests",
	  .source = "workloads.json tlb_flush_full_frac: 8-33 pages [m]" },
	{ BURST(mmap_rate), .unit = "1/CPU-s", .fallback = "2500",
	  LEGAL(0, 1000000), PLAUSIBLE(2000, 3000),
	  .meaning = "write acquisitions of mmap_lock (brk, mprotect)",
	  .source = "workloads.json mmap_lock_write_per_cpu_s [m]" },
	{ BURST(mmap_hold), .unit = "ns", .fallback = "1000",
	  LEGAL(2, 1000000000), PLAUSIBLE(500, 5000),
	  .meaning = "mean hold of mmap_lock by a writer, uniform in [1/2, 3/2] of it, without its flush",
	  .source = "estimated: brk or mprotect of one area" },
	{ BURST(mmap_flush), .unit = "ppm", .fallback = "210000",
	  LEGAL(0, 1000000), PLAUSIBLE(0, 520000),
	  .meaning = "writers that make their interval's flush before they let go, as readers by then",
	  .source = "derived: 1026 brk of 2458 writers a CPU-s, half of them shrink the heap [m]" },
	{ BURST(mmap_read_rate), .unit = "1/CPU-s", .fallback = "25",
	  LEGAL(0, 1000000), PLAUSIBLE(0, 120000),
	  .meaning = "read acquisitions of mmap_lock: faults that per-VMA locks do not serve",
	  .source = "derived: 5546 a CPU-s [m] but 5521 are main's, alone; before 6.4 all faults" },
	{ BURST(mmap_read_hold), .unit = "ns", .fallback = "1000",
	  LEGAL(2, 1000000000), PLAUSIBLE(500, 4000),
	  .meaning = "mean hold of mmap_lock by a reader, uniform in [1/2, 3/2] of it",
	  .source = "estimated; kernel_time_share / page_faults_per_cpu_s is 4.2 us at most [d]" },
	{ BURST(spin_rate), .unit = "1/CPU-s", .fallback = "5000",
	  LEGAL(0, 1000000), PLAUSIBLE(2000, 17000),
	  .meaning = "acquisitions of the hot kernel spin locks, out of 17000 of all kinds",
	  .source = "workloads.json kernel_spinlock_acq_per_cpu_s [q]; which part is hot [e]" },
	{ BURST(spin_hold), .unit = "ns", .fallback = "1000",
	  LEGAL(2, 1000000000), PLAUSIBLE(300, 2300),
	  .meaning = "mean hold of a hot spin lock, uniform in [1/2, 3/2] of it",
	  .source = "workloads.md 5: most holds below 2^12 cycles, means 1.7-2.3 us [q]" },
	{ BURST(spin_locks), .unit = "locks", .fallback = "4",
	  LEGAL(1, 65536), PLAUSIBLE(1, 16),
	  .meaning = "number of hot spin locks",
	  .source = "derived: 15 other CPUs * 5000/s * 1 us / 4 = 0.55 % of 17000 contended [q]" },
	{ FIELD(bucket_chunks), .unit = "chunks", .fallback = "10",
	  LEGAL(1, 20),
	  .meaning = "chunks for which one hash bucket acquisition stands (really 1)",
	  .source = "workloads.json user_lock_acq_per_cpu_s [m]; thinned for speed" },
	{ FIELD(bucket_hold), .unit = "ns", .fallback = "2000",
	  LEGAL(2, 1000000000), PLAUSIBLE(1000, 3000),
	  .meaning = "mean hold of a bucket, user work, uniform in [1/2, 3/2] of it",
	  .source = "workloads.json user_lock_hold_ns: hash buckets 1-3 us [m]" },
	{ FIELD(buckets), .unit = "locks", .fallback = "1024",
	  LEGAL(1, 65536), PLAUSIBLE(256, 65536),
	  .meaning = "hash bucket mutexes",
	  .source = "assumed: the program has 65536 [r]; fewer, as acquisitions are" },
	{ FIELD(spawn), .unit = "ns", .fallback = "20000",
	  LEGAL(1, 1000000000), PLAUSIBLE(5000, 50000),
	  .meaning = "kernel work of main for each thread that it starts, beside work_cpu",
	  .source = "estimated: clone and mmap of a stack" },
	{ .name = "random_phase", .type = PARAM_BOOL, .unit = "bool", .fallback = "true",
	  .offset = offsetof(struct pipeline_params, random_phase),
	  .meaning = "the first pass begins somewhere in its input, so that VMs are out of step",
	  .source = "design.md 4: VMs loop passes with random phase" },
	{ .name = NULL },
};
/* clang-format on */

const struct workload_shape shape_pipeline = {
	.name = "pipeline",
	.summary = "PARSEC dedup: five stages, bounded queues, TLB shootdowns",
	.source = "workloads.md 3, 4; workloads.json parsec.dedup",
	.params = pipeline_params_table,
	.params_size = sizeof(struct pipeline_params),
	.terminating = true,
	.work_unit = "chunk",
	.latency = "piece",
	.uncertain = "flush_rate",
	.reactive = true,
	.create = pipeline_create,
	.tapes = pipeline_tapes,
	.tapes_check = pipeline_tapes_check,
	.replay = pipeline_replay,
};
