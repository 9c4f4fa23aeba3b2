/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * instance.c - the tasks of one instance, in one block of memory
 */
#include "workloads/instance.h"

#include <glib.h>

#include "workloads/workload.h"

struct workload *instance_new(uint32_t tasks, size_t task_size,
			      void (*next)(struct program *program, struct op *op))
{
	struct workload *workload = g_new0(struct workload, 1);
	char *block = g_malloc0_n(tasks, task_size);

	workload->tasks = tasks;
	workload->program = g_new(struct program *, tasks);
	for (uint32_t i = 0; i < tasks; i++) {
		workload->program[i] = (struct program *)(void *)(block + i * task_size);
		workload->program[i]->next = next;
	}
	workload->free = instance_free;
	return workload;
}

void instance_free(struct workload *workload)
{
	if (workload->beneath)
		workload->beneath->free(workload->beneath);
	g_free(workload->shared);
	g_free(workload->program[0]);
	g_free(workload->dormant);
	g_free(workload->program);
	g_free(workload->queue_capacity);
	g_free(workload->barrier_parties);
	g_free(workload->rcu_object_bytes);
	g_free(workload);
}
