/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pipeline_queue.c - the numbering of the queues, and their contents
 *
 * In order: one to start each task but main, one to tell main that the pass has ended, then those
 * before the stages, stage by stage and group by group.
 */
#include "workloads/instance.h"
#include "workloads/pipeline.h"

#define QUEUED_STAGES (STAGES - STAGE_REFINE)

static uint32_t stage_queue(const struct pipeline *pipeline, enum stage stage, uint32_t group)
{
	return (stage - STAGE_REFINE) * pipeline->groups + group;
}

static uint32_t join_queue(const struct pipeline *pipeline)
{
	return pipeline->tasks - 1;
}

uint32_t pipeline_queues(const struct pipeline *pipeline)
{
	return pipeline->tasks + QUEUED_STAGES * pipeline->groups;
}

void pipeline_queue_capacities(const struct pipeline *pipeline, uint64_t *capacity)
{
	for (uint32_t i = 0; i < pipeline->tasks; i++)
		capacity[i] = 1;
	for (uint32_t group = 0; group < pipeline->groups; group++)
		for (enum stage stage = STAGE_REFINE; stage < STAGES; stage++)
			capacity[pipeline->tasks + stage_queue(pipeline, stage, group)] =
				stage == STAGE_REFINE ? QUEUE_ENTRIES
						      : QUEUE_ENTRIES / BATCH_CHUNKS;
}

void pipeline_put(struct pipeline *pipeline, struct op *op, enum stage to, uint32_t group,
		  const struct batch *batch)
{
	uint32_t queue = stage_queue(pipeline, to, group);

	batch_queue_append(&pipeline->queue[queue], batch);
	op_set(op, OP_PUT, pipeline->tasks + queue, 1);
}

void pipeline_get(struct pipeline *pipeline, struct op *op, enum stage at, uint32_t group)
{
	op_set(op, OP_GET, pipeline->tasks + stage_queue(pipeline, at, group), 1);
}

void pipeline_take(struct pipeline *pipeline, enum stage at, uint32_t group, struct batch *batch)
{
	batch_queue_take(&pipeline->queue[stage_queue(pipeline, at, group)], batch);
}

void pipeline_start(struct pipeline *pipeline, struct op *op, enum op_kind kind, uint32_t task)
{
	(void)pipeline;
	op_set(op, kind, task - 1, 1);
}

void pipeline_join(struct pipeline *pipeline, struct op *op, enum op_kind kind)
{
	op_set(op, kind, join_queue(pipeline), 1);
}
