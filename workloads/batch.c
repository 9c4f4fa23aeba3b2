/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * batch.c - a growing ring of batches
 */
#include "workloads/batch.h"

#include <glib.h>

#define FIRST_SIZE 16

static void grow(struct batch_queue *queue)
{
	uint32_t size = queue->size ? 2 * queue->size : FIRST_SIZE;
	struct batch *slot = g_new(struct batch, size);

	for (uint32_t i = 0; i < queue->count; i++)
		slot[i] = queue->slot[(queue->head + i) % queue->size];
	g_free(queue->slot);
	queue->slot = slot;
	queue->head = 0;
	queue->size = size;
}

void batch_queue_append(struct batch_queue *queue, const struct batch *batch)
{
	if (queue->count == queue->size)
		grow(queue);
	queue->slot[(queue->head + queue->count++) % queue->size] = *batch;
}

void batch_queue_take(struct batch_queue *queue, struct batch *batch)
{
	g_assert(queue->count > 0);
	*batch = queue->slot[queue->head];
	queue->head = (queue->head + 1) % queue->size;
	queue->count--;
}

void batch_queue_clear(struct batch_queue *queue)
{
	g_free(queue->slot);
	*queue = (struct batch_queue){ .slot = NULL };
}
