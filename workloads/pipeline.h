/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pipeline.h - PARSEC dedup's pipeline: what its tasks share
 *
 * main starts all others, once a pass, and waits for Reorder. Fragment cuts the input into coarse
 * pieces and deals them to groups of THREADS_PER_QUEUE; inside a group Refine cuts them into
 * chunks, Deduplicate sends the duplicates straight to Reorder and the rest to Compress, and that
 * one to Reorder, which writes the chunks in their order. Every group has its own queue before
 * every stage. When all producers of a queue have ended they leave one empty batch for each
 * consumer, as the program's queue_terminate does.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "workloads/batch.h"
#include "workloads/burst.h"
#include "workloads/burst_params.h"
#include "workloads/op.h"

#define PIPELINE_PIECE 0	 /* the mark: of a coarse piece, from Fragment to its last chunk */
#define THREADS_PER_QUEUE 4	 /* MAX_THREADS_PER_QUEUE, workloads.md 3 */
#define QUEUE_ENTRIES (1U << 20) /* items, workloads.md 3; chunks are bounded so that a pass fits */

enum stage {
	STAGE_MAIN,
	STAGE_FRAGMENT,
	STAGE_REFINE,
	STAGE_DEDUPLICATE,
	STAGE_COMPRESS,
	STAGE_REORDER,
	STAGES
};

struct pipeline_params {
	uint64_t threads, chunks, coarse_chunks, duplicates;
	uint64_t work_cpu, share_main, share_fragment, share_refine, share_deduplicate,
		share_reorder;
	struct burst_params burst;
	uint64_t bucket_chunks, bucket_hold, buckets;
	uint64_t spawn;
	uint64_t random_phase;
};

/* A piece of the input; the same in every pass. */
struct chunk {
	uint16_t weight; /* thousandths of a mean chunk, about */
	bool duplicate;
	bool arrived; /* in Reorder, in this pass */
};

struct pipeline {
	struct pipeline_params params;
	struct burst_profile burst;
	uint32_t tasks, groups;
	uint32_t *group_threads; /* [groups], of each parallel stage */
	struct chunk *chunk;	 /* [chunks], in their order */
	uint32_t chunks, coarse;
	uint64_t main_cost;	   /* ns a pass */
	uint64_t cost[STAGES];	   /* ns a unit of weight, times 2^20; Compress: unique only */
	struct batch_queue *queue; /* [4 * groups], before the stages Refine to Reorder */
	/* the pass */
	uint32_t first_coarse;	/* 0, but in the first pass */
	uint32_t written;	/* chunks before this one are written */
	uint32_t told;		/* coarse pieces before this one are: their latency has ended */
	uint32_t *open[STAGES]; /* [groups]: threads that have not ended, Refine to Compress */
};

struct pipeline_task {
	struct program program;
	struct pipeline *pipeline;
	struct burst burst;
	uint8_t stage, step;
	uint32_t index, group;
	/* Items of the batch: next, end, end of the portion. Serial stages: see there. */
	uint32_t cursor, end, portion;
	uint32_t tokens;		  /* empty batches still to be left */
	uint32_t bucket;		  /* mutex */
	struct random random;		  /* buckets */
	struct program *bucket_tape;	  /* they come from there instead; borrowed */
	struct batch in, unique, reorder; /* `unique`: to the next stage */
};

/* pipeline_input.c */
void pipeline_input_draw(struct pipeline *pipeline, uint64_t seed, uint32_t vm);
/* From the chunks, what each costs in each stage. */
void pipeline_input_cost(struct pipeline *pipeline);
uint64_t pipeline_cost(const struct pipeline *pipeline, enum stage stage, uint32_t chunk);
uint32_t pipeline_coarse_start(const struct pipeline *pipeline, uint32_t coarse);

/* pipeline_queue.c */
uint32_t pipeline_queues(const struct pipeline *pipeline);
void pipeline_queue_capacities(const struct pipeline *pipeline, uint64_t *capacity);
void pipeline_put(struct pipeline *pipeline, struct op *op, enum stage to, uint32_t group,
		  const struct batch *batch);
void pipeline_get(struct pipeline *pipeline, struct op *op, enum stage at, uint32_t group);
void pipeline_take(struct pipeline *pipeline, enum stage at, uint32_t group, struct batch *batch);
/* Starting a task and waiting for the end of a pass: queues used as semaphores. */
void pipeline_start(struct pipeline *pipeline, struct op *op, enum op_kind kind, uint32_t task);
void pipeline_join(struct pipeline *pipeline, struct op *op, enum op_kind kind);

/* pipeline.c, pipeline_tape.c: as in struct workload_shape. */
struct tapes;
struct workload *pipeline_create(const void *params, uint32_t vcpus, uint64_t seed, uint32_t vm);
struct workload *pipeline_replay(const void *params, uint32_t vcpus, const struct tapes *tapes);
struct tapes *pipeline_tapes(const void *params, uint32_t vcpus, uint64_t seed, uint32_t vm);
bool pipeline_tapes_check(const void *params, uint32_t vcpus, const struct tapes *tapes,
			  GError **error);

/* Taking, holding (user work) and leaving a hash bucket: steps 0, 1, 2. */
void pipeline_bucket_draw(struct pipeline_task *task, uint8_t step, struct op *op);

/* The behaviour of the stages. */
void pipeline_main_next(struct program *program, struct op *op);
void pipeline_fragment_next(struct program *program, struct op *op);
void pipeline_worker_next(struct program *program, struct op *op);
void pipeline_reorder_next(struct program *program, struct op *op);
