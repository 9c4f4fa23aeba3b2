/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pipeline_tape.c - what the pipeline draws, as tapes, and a pipeline that reads them
 *
 * Numbers: the first coarse piece, then for each chunk twice its weight, and one more if it is a
 * duplicate. Task i has two tapes: 2 i is the chain of its intervals of CPU work (burst.h), 2 i + 1
 * that of its hash buckets, which is empty unless it is a thread of Deduplicate.
 */
#include "workloads/tape.h"

#include <glib.h>

#include "sim/engine/fail.h"
#include "workloads/instance.h"
#include "workloads/pipeline.h"
#include "workloads/workload.h"

#define PPM UINT64_C(1000000)
#define WEIGHT_MOST 65535
/* Portions differ in size, and batches are not always full: twice the mean is ample. */
#define BUCKET_MARGIN 2

struct chain_tape {
	struct program program;
	struct burst *burst; /* borrowed */
};

struct bucket_tape {
	struct program program;
	struct pipeline_task *task; /* borrowed */
	uint8_t step;
};

/* With work enough that is due, a burst hands out its intervals whole. */
static void chain_next(struct program *program, struct op *op)
{
	struct burst *burst = ((struct chain_tape *)program)->burst;

	burst->due = INT64_MAX / 2;
	burst_next(burst, op);
}

static void bucket_next(struct program *program, struct op *op)
{
	struct bucket_tape *tape = (struct bucket_tape *)program;

	pipeline_bucket_draw(tape->task, tape->step, op);
	tape->step = (tape->step + 1) % 3;
}

static void tapes_free(struct tapes *tapes)
{
	struct workload *workload = tapes->owner;

	for (uint32_t i = 0; i < tapes->count; i++)
		g_free(tapes->tape[i]);
	g_free(tapes->tape);
	g_free(tapes->need);
	g_free(tapes->number);
	workload->free(workload);
	g_free(tapes);
}

/* Of the time of a thread of Deduplicate, how much it holds buckets. */
static uint64_t bucket_need(const struct pipeline *pipeline)
{
	const struct pipeline_params *params = &pipeline->params;
	uint64_t work = params->work_cpu / PPM * params->share_deduplicate;
	uint64_t portion = work / params->chunks * params->bucket_chunks;

	portion = MAX(portion, params->bucket_hold);
	return BUCKET_MARGIN * params->bucket_hold * PPM / portion + 1;
}

struct tapes *pipeline_tapes(const void *params, uint32_t vcpus, uint64_t seed, uint32_t vm)
{
	struct workload *workload = pipeline_create(params, vcpus, seed, vm);
	struct pipeline *pipeline = ((struct pipeline_task *)workload->program[0])->pipeline;
	struct tapes *tapes = g_new0(struct tapes, 1);

	tapes->owner = workload;
	tapes->free = tapes_free;
	tapes->count = 2 * workload->tasks;
	tapes->tape = g_new(struct program *, tapes->count);
	tapes->need = g_new0(uint64_t, tapes->count);
	for (uint32_t i = 0; i < workload->tasks; i++) {
		struct pipeline_task *task = (struct pipeline_task *)workload->program[i];
		struct chain_tape *chain = g_new0(struct chain_tape, 1);
		struct bucket_tape *bucket = g_new0(struct bucket_tape, 1);

		*chain = (struct chain_tape){ { chain_next }, &task->burst };
		*bucket = (struct bucket_tape){ { bucket_next }, task, 0 };
		tapes->tape[2 * i] = &chain->program;
		tapes->tape[2 * i + 1] = &bucket->program;
		tapes->need[2 * i] = PPM;
		if (task->stage == STAGE_DEDUPLICATE)
			tapes->need[2 * i + 1] = bucket_need(pipeline);
	}
	tapes->numbers = 1 + pipeline->chunks;
	tapes->number = g_new(uint64_t, tapes->numbers);
	tapes->number[0] = pipeline->first_coarse;
	for (uint32_t i = 0; i < pipeline->chunks; i++)
		tapes->number[1 + i] =
			2 * (uint64_t)pipeline->chunk[i].weight + pipeline->chunk[i].duplicate;
	return tapes;
}

bool pipeline_tapes_check(const void *values, uint32_t vcpus, const struct tapes *tapes,
			  GError **error)
{
	const struct pipeline_params *params = values;
	uint64_t threads = params->threads ? params->threads : vcpus;
	uint64_t coarse = (params->chunks + params->coarse_chunks - 1) / params->coarse_chunks;
	bool unique = false;

	if (tapes->count != 2 * (3 * threads + 3))
		return fail(error, ERROR_INPUT,
			    "found %u tasks; legal: %" G_GUINT64_FORMAT ", two for each thread",
			    tapes->count, 2 * (3 * threads + 3));
	if (tapes->numbers != 1 + params->chunks || tapes->number[0] >= coarse)
		return fail(error, ERROR_INPUT,
			    "found %u numbers; legal: %" G_GUINT64_FORMAT
			    ", a coarse piece below %" G_GUINT64_FORMAT " and each chunk",
			    tapes->numbers, 1 + params->chunks, coarse);
	for (uint32_t i = 1; i < tapes->numbers; i++) {
		if (tapes->number[i] < 2 || tapes->number[i] > 2 * WEIGHT_MOST + 1)
			return fail(error, ERROR_INPUT,
				    "found the number %" G_GUINT64_FORMAT
				    " for a chunk; legal: 2..%d",
				    tapes->number[i], 2 * WEIGHT_MOST + 1);
		unique |= !(tapes->number[i] & 1);
	}
	return unique ||
	       fail(error, ERROR_INPUT, "found duplicates only; legal: other chunks, too");
}
