/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pipeline_serial.c - the threads that exist once: main, Fragment, Reorder
 */
#include <glib.h>
#include <string.h>

#include "workloads/instance.h"
#include "workloads/pipeline.h"

enum main_step { MAIN_PASS, MAIN_BURN, MAIN_SPAWN, MAIN_START, MAIN_WAIT };
enum fragment_step {
	FRAGMENT_START,
	FRAGMENT_BEGIN,
	FRAGMENT_PIECE,
	FRAGMENT_COARSE,
	FRAGMENT_BURN,
	FRAGMENT_TOKENS
};
enum reorder_step {
	REORDER_START,
	REORDER_GET,
	REORDER_TAKE,
	REORDER_WRITE,
	REORDER_BURN,
	REORDER_TELL,
	REORDER_PASS,
};

static void pass_begin(struct pipeline *pipeline)
{
	for (uint32_t i = 0; i < pipeline->chunks; i++)
		pipeline->chunk[i].arrived = false;
	pipeline->written = pipeline_coarse_start(pipeline, pipeline->first_coarse);
	pipeline->told = pipeline->first_coarse;
	for (enum stage stage = STAGE_REFINE; stage < STAGE_REORDER; stage++)
		memcpy(pipeline->open[stage], pipeline->group_threads,
		       pipeline->groups * sizeof(*pipeline->group_threads));
}

/*
 * Reads the input, starts the other threads one by one, waits for the end of the pass.
 * `cursor`: the thread to start.
 */
static bool main_step_next(struct pipeline_task *task, struct op *op)
{
	struct pipeline *pipeline = task->pipeline;

	switch ((enum main_step)task->step) {
	case MAIN_PASS:
		pass_begin(pipeline);
		/* The first pass may begin in its middle; then it has been read. */
		if (!pipeline->first_coarse)
			burst_add(&task->burst, pipeline->main_cost);
		task->cursor = 1;
		task->step = MAIN_BURN;
		return false;
	case MAIN_BURN:
		if (burst_next(&task->burst, op))
			return true;
		task->step = MAIN_SPAWN;
		return false;
	case MAIN_SPAWN:
		op_set(op, OP_KERNEL, 0, pipeline->params.spawn);
		task->step = MAIN_START;
		return true;
	case MAIN_START:
		pipeline_start(pipeline, op, OP_PUT, task->cursor++);
		task->step = task->cursor < pipeline->tasks ? MAIN_SPAWN : MAIN_WAIT;
		return true;
	case MAIN_WAIT:
		break;
	}
	pipeline_join(pipeline, op, OP_GET);
	task->step = MAIN_PASS;
	return true;
}

void pipeline_main_next(struct program *program, struct op *op)
{
	while (!main_step_next((struct pipeline_task *)program, op))
		;
}

/*
 * Deals coarse pieces to the groups in turn. `cursor`: the next piece; at the end `portion`: the
 * group that gets its empty batches, `tokens`: how many it still gets.
 */
static bool fragment_step_next(struct pipeline_task *task, struct op *op)
{
	struct pipeline *pipeline = task->pipeline;
	struct batch batch = { .count = 1, .chunk = { task->cursor } };
	uint32_t end = pipeline_coarse_start(pipeline, task->cursor + 1);

	switch ((enum fragment_step)task->step) {
	case FRAGMENT_START:
		pipeline_start(pipeline, op, OP_GET, task->index);
		task->step = FRAGMENT_BEGIN;
		return true;
	case FRAGMENT_BEGIN:
		task->cursor = pipeline->first_coarse;
		task->step = FRAGMENT_PIECE;
		return false;
	case FRAGMENT_PIECE:
		op_set(op, OP_MARK_BEGIN, PIPELINE_PIECE, 0);
		task->step = FRAGMENT_COARSE;
		return true;
	case FRAGMENT_COARSE:
		for (uint32_t i = pipeline_coarse_start(pipeline, task->cursor); i < end; i++)
			burst_add(&task->burst, pipeline_cost(pipeline, STAGE_FRAGMENT, i));
		task->step = FRAGMENT_BURN;
		return false;
	case FRAGMENT_BURN:
		if (burst_next(&task->burst, op))
			return true;
		pipeline_put(pipeline, op, STAGE_REFINE, task->cursor % pipeline->groups, &batch);
		task->portion = 0;
		task->tokens = pipeline->group_threads[0];
		task->step = ++task->cursor < pipeline->coarse ? FRAGMENT_PIECE : FRAGMENT_TOKENS;
		return true;
	case FRAGMENT_TOKENS:
		break;
	}
	batch.count = 0;
	pipeline_put(pipeline, op, STAGE_REFINE, task->portion, &batch);
	if (--task->tokens)
		return true;
	if (++task->portion < pipeline->groups)
		task->tokens = pipeline->group_threads[task->portion];
	else
		task->step = FRAGMENT_START;
	return true;
}

void pipeline_fragment_next(struct program *program, struct op *op)
{
	while (!fragment_step_next((struct pipeline_task *)program, op))
		;
}

/* One batch from each group in turn, asleep where there is none, as the program does. */
static void reorder_take(struct pipeline_task *task)
{
	struct pipeline *pipeline = task->pipeline;

	pipeline_take(pipeline, STAGE_REORDER, task->group, &task->in);
	if (!task->in.count)
		pipeline->open[STAGE_REORDER][task->group] = 0;
	for (uint32_t i = 0; i < task->in.count; i++)
		pipeline->chunk[task->in.chunk[i]].arrived = true;
	task->step = REORDER_WRITE;
}

static bool reorder_turn(struct pipeline_task *task)
{
	const struct pipeline *pipeline = task->pipeline;

	for (uint32_t i = 0; i < pipeline->groups; i++) {
		task->group = (task->group + 1) % pipeline->groups;
		if (pipeline->open[STAGE_REORDER][task->group])
			return true;
	}
	return false;
}

/* The next chunks in order, at most a batch of them. `cursor`: their number. */
static void reorder_write(struct pipeline_task *task)
{
	struct pipeline *pipeline = task->pipeline;

	task->cursor = 0;
	while (pipeline->written < pipeline->chunks && pipeline->chunk[pipeline->written].arrived &&
	       task->cursor < BATCH_CHUNKS) {
		burst_add(&task->burst, pipeline_cost(pipeline, STAGE_REORDER, pipeline->written));
		pipeline->written++;
		task->cursor++;
	}
	task->step = task->cursor ? REORDER_BURN : REORDER_GET;
}

static bool reorder_step_next(struct pipeline_task *task, struct op *op)
{
	struct pipeline *pipeline = task->pipeline;

	switch ((enum reorder_step)task->step) {
	case REORDER_START:
		for (uint32_t group = 0; group < pipeline->groups; group++)
			pipeline->open[STAGE_REORDER][group] = 1;
		task->group = pipeline->groups - 1;
		pipeline_start(pipeline, op, OP_GET, task->index);
		task->step = REORDER_GET;
		return true;
	case REORDER_GET:
		if (reorder_turn(task)) {
			pipeline_get(pipeline, op, STAGE_REORDER, task->group);
			task->step = REORDER_TAKE;
		} else {
			g_assert(pipeline->written == pipeline->chunks);
			op_set(op, OP_PASS, 0, 1);
			task->step = REORDER_PASS;
		}
		return true;
	case REORDER_TAKE:
		reorder_take(task);
		return false;
	case REORDER_WRITE:
		reorder_write(task);
		return false;
	case REORDER_BURN:
		if (burst_next(&task->burst, op))
			return true;
		op_set(op, OP_WORK, 0, task->cursor);
		task->step = REORDER_TELL;
		return true;
	case REORDER_TELL:
		task->step = REORDER_WRITE;
		if (pipeline->told == pipeline->coarse ||
		    pipeline_coarse_start(pipeline, pipeline->told + 1) > pipeline->written)
			return false;
		pipeline->told++;
		op_set(op, OP_MARK_END, PIPELINE_PIECE, 0);
		task->step = REORDER_TELL;
		return true;
	case REORDER_PASS:
		break;
	}
	pipeline->first_coarse = 0;
	pipeline_join(pipeline, op, OP_PUT);
	task->step = REORDER_START;
	return true;
}

void pipeline_reorder_next(struct program *program, struct op *op)
{
	while (!reorder_step_next((struct pipeline_task *)program, op))
		;
}
