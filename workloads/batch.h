/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * batch.h - what lies in a pipeline's queues: batches of chunks
 *
 * The guest kernel's queues count; the contents are kept here. A producer appends the batch when it
 * hands out its OP_PUT, a consumer takes the head when it is asked for the op after its OP_GET. A
 * batch is therefore there before the queue counts it, and a consumer always finds one:
 *
 *     takes <= ended gets <= items put <= handed-out puts = appends
 *
 * Which consumer takes which head follows the order in which they are asked, which the simulation
 * decides; no batch is lost or doubled in any order.
 */
#pragma once

#include <stdint.h>

#define BATCH_CHUNKS 20 /* ITEM_PER_INSERT, ITEM_PER_FETCH: workloads.md 3 */

/* count 0: the producers have ended; each consumer takes one of these as its last. */
struct batch {
	uint32_t count;
	uint32_t chunk[BATCH_CHUNKS];
};

struct batch_queue {
	struct batch *slot; /* ring of `size`; owned */
	uint32_t head, count, size;
};

void batch_queue_append(struct batch_queue *queue, const struct batch *batch);
void batch_queue_take(struct batch_queue *queue, struct batch *batch);
void batch_queue_clear(struct batch_queue *queue);
