/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pipeline_worker.c - a thread of one of the parallel stages: Refine, Deduplicate, Compress
 *
 * All three do the same: take a batch, work on a portion of it, hand the chunks on in full batches;
 * at the end hand on what is left.
 */
#include "workloads/instance.h"
#include "workloads/pipeline.h"

#define FIRST_BUCKET 0 /* mutex */

enum worker_step {
	STEP_START,
	STEP_GET,
	STEP_TAKE,
	STEP_PORTION,
	STEP_BURN,
	STEP_BUCKET_LOCK,
	STEP_BUCKET_HOLD,
	STEP_BUCKET_UNLOCK,
	STEP_HAND_ON,
	STEP_FLUSH_UNIQUE, /* what is left in the buffers at the end of the input */
	STEP_FLUSH_REORDER,
	STEP_END,
	STEP_TOKENS,
};

/* An item of Refine's queue is a coarse piece: its chunks are the items to work on. */
static void batch_open(struct pipeline_task *task)
{
	struct pipeline *pipeline = task->pipeline;

	pipeline_take(pipeline, task->stage, task->group, &task->in);
	task->cursor = 0;
	task->end = task->in.count;
	if (task->in.count && task->stage == STAGE_REFINE) {
		task->cursor = pipeline_coarse_start(pipeline, task->in.chunk[0]);
		task->end = pipeline_coarse_start(pipeline, task->in.chunk[0] + 1);
	}
	task->step = task->in.count ? STEP_PORTION : STEP_FLUSH_UNIQUE;
}

static uint32_t chunk_at(const struct pipeline_task *task, uint32_t item)
{
	return task->stage == STAGE_REFINE ? item : task->in.chunk[item];
}

/*
 * Deduplicate looks chunks up under a lock of their bucket; one acquisition stands for those of
 * bucket_chunks chunks.
 */
static void portion_open(struct pipeline_task *task)
{
	const struct pipeline *pipeline = task->pipeline;
	uint32_t size = BATCH_CHUNKS;

	if (task->stage == STAGE_DEDUPLICATE)
		size = (uint32_t)pipeline->params.bucket_chunks;
	task->portion = task->end - task->cursor < size ? task->end : task->cursor + size;
	for (uint32_t i = task->cursor; i < task->portion; i++)
		burst_add(&task->burst, pipeline_cost(pipeline, task->stage, chunk_at(task, i)));
	task->step = task->cursor < task->end ? STEP_BURN : STEP_GET;
}

void pipeline_bucket_draw(struct pipeline_task *task, uint8_t step, struct op *op)
{
	const struct pipeline_params *params = &task->pipeline->params;
	uint64_t mean = params->bucket_hold;

	if (step == 0)
		task->bucket =
			FIRST_BUCKET + (uint32_t)random_below(&task->random, params->buckets);
	if (step == 1)
		op_set(op, OP_RUN, 0, random_between(&task->random, mean / 2, mean / 2 + mean));
	else
		op_set(op, step ? OP_MUTEX_UNLOCK : OP_MUTEX_LOCK, task->bucket, 0);
}

/* A tape that has ended, or is not what it should be, gives the first bucket. */
static void bucket_read(struct pipeline_task *task, uint8_t step, struct op *op)
{
	static const enum op_kind kinds[] = { OP_MUTEX_LOCK, OP_RUN, OP_MUTEX_UNLOCK };

	task->bucket_tape->next(task->bucket_tape, op);
	if (op->kind != kinds[step] || (step == 2 && op->object != task->bucket))
		op_set(op, kinds[step], step == 2 ? task->bucket : FIRST_BUCKET, 1);
	if (step == 0)
		task->bucket = op->object;
}

static void bucket_next(struct pipeline_task *task, struct op *op)
{
	uint8_t step = (uint8_t)(task->step++ - STEP_BUCKET_LOCK);

	if (task->bucket_tape)
		bucket_read(task, step, op);
	else
		pipeline_bucket_draw(task, step, op);
	if (step == 1)
		burst_take_user(&task->burst, op->amount);
}

static void send_batch(struct pipeline_task *task, struct op *op, struct batch *batch,
		       enum stage to)
{
	pipeline_put(task->pipeline, op, to, task->group, batch);
	batch->count = 0;
}

/* Moves chunks until a buffer is full (true: op puts it) or the portion is handed on. */
static bool hand_on(struct pipeline_task *task, struct op *op)
{
	while (task->cursor < task->portion) {
		uint32_t chunk = chunk_at(task, task->cursor++);
		bool done = task->stage == STAGE_COMPRESS ||
			    (task->stage == STAGE_DEDUPLICATE &&
			     task->pipeline->chunk[chunk].duplicate);
		struct batch *batch = done ? &task->reorder : &task->unique;

		batch->chunk[batch->count++] = chunk;
		if (batch->count == BATCH_CHUNKS) {
			send_batch(task, op, batch, done ? STAGE_REORDER : task->stage + 1U);
			return true;
		}
	}
	task->step = STEP_PORTION;
	return false;
}

static bool flush(struct pipeline_task *task, struct op *op, struct batch *batch, enum stage to)
{
	task->step++;
	if (!batch->count)
		return false;
	send_batch(task, op, batch, to);
	return true;
}

/* The last of a group's stage to end tells the next one; Reorder is one thread. */
static void end(struct pipeline_task *task)
{
	struct pipeline *pipeline = task->pipeline;

	task->tokens = 0;
	if (--pipeline->open[task->stage][task->group] == 0)
		task->tokens = task->stage == STAGE_COMPRESS ? 1
							     : pipeline->group_threads[task->group];
	task->step = STEP_TOKENS;
}

/* One step; true if it made an op. */
static bool step_next(struct pipeline_task *task, struct op *op)
{
	static const struct batch token = { .count = 0 };
	struct pipeline *pipeline = task->pipeline;

	switch ((enum worker_step)task->step) {
	case STEP_START:
		pipeline_start(pipeline, op, OP_GET, task->index);
		task->step = STEP_GET;
		return true;
	case STEP_GET:
		pipeline_get(pipeline, op, task->stage, task->group);
		task->step = STEP_TAKE;
		return true;
	case STEP_TAKE:
		batch_open(task);
		return false;
	case STEP_PORTION:
		portion_open(task);
		return false;
	case STEP_BURN:
		if (burst_next(&task->burst, op))
			return true;
		task->step = task->stage == STAGE_DEDUPLICATE ? STEP_BUCKET_LOCK : STEP_HAND_ON;
		return false;
	case STEP_BUCKET_LOCK:
	case STEP_BUCKET_HOLD:
	case STEP_BUCKET_UNLOCK:
		bucket_next(task, op);
		return true;
	case STEP_HAND_ON:
		return hand_on(task, op);
	case STEP_FLUSH_UNIQUE:
		return flush(task, op, &task->unique, task->stage + 1U);
	case STEP_FLUSH_REORDER:
		return flush(task, op, &task->reorder, STAGE_REORDER);
	case STEP_END:
		end(task);
		return false;
	case STEP_TOKENS:
		break;
	}
	if (!task->tokens) {
		task->step = STEP_START;
		return false;
	}
	task->tokens--;
	pipeline_put(pipeline, op, task->stage + 1U, task->group, &token);
	return true;
}

void pipeline_worker_next(struct program *program, struct op *op)
{
	while (!step_next((struct pipeline_task *)program, op))
		;
}
