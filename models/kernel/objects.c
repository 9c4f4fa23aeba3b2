/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * objects.c - creation of shared objects, and the FIFO of waiters
 */
#include "models/kernel/objects.h"

#include <glib.h>

#include "models/kernel/task.h"
#include "sim/measure/histogram.h"

struct kernel_objects *kernel_objects_new(uint32_t spin_locks, uint32_t mutexes, uint32_t queues,
					  const uint64_t *queue_capacity)
{
	struct kernel_objects *objects = g_new0(struct kernel_objects, 1);

	objects->spin_locks = spin_locks;
	objects->spin_lock = g_new0(struct spin_lock, spin_locks);
	objects->mutexes = mutexes;
	objects->mutex = g_new0(struct mutex, mutexes);
	objects->queues = queues;
	objects->queue = g_new0(struct bounded_queue, queues);
	for (uint32_t i = 0; i < queues; i++)
		objects->queue[i].capacity = queue_capacity[i];
	return objects;
}

void kernel_objects_are_sockets(struct kernel_objects *objects, uint64_t part)
{
	for (uint32_t i = 0; i < objects->queues; i++) {
		objects->queue[i].pipe = true;
		objects->queue[i].part = part;
	}
}

void kernel_objects_add_locks(struct kernel_objects *objects, uint32_t tasks,
			      uint32_t kernel_mutexes, uint32_t rwsems)
{
	objects->kernel_mutexes = kernel_mutexes;
	objects->kernel_mutex = g_new0(struct sleep_lock, kernel_mutexes);
	for (uint32_t i = 0; i < kernel_mutexes; i++)
		objects->kernel_mutex[i].is_mutex = true;
	objects->rwsems = rwsems;
	objects->rwsem = g_new0(struct sleep_lock, rwsems);
	for (uint32_t i = 0; i < rwsems; i++)
		objects->rwsem[i].reads = g_new0(uint32_t, tasks);
}

void kernel_objects_add_sync(struct kernel_objects *objects, uint32_t tasks, uint32_t futexes,
			     uint32_t barriers, const uint64_t *parties)
{
	objects->futexes = futexes;
	objects->futex = g_new0(struct futex, futexes);
	for (uint32_t i = 0; i < futexes; i++)
		objects->futex[i].seen = g_new0(uint64_t, tasks);
	objects->barriers = barriers;
	objects->barrier = g_new0(struct barrier, barriers);
	for (uint32_t i = 0; i < barriers; i++)
		objects->barrier[i].parties = (uint32_t)parties[i];
}

void kernel_objects_add_marks(struct kernel_objects *objects, uint32_t marks)
{
	if (!marks)
		return;
	objects->marks = marks;
	objects->mark = g_new0(struct mark, marks);
	objects->latency = g_new(struct histogram, 1);
	histogram_reset(objects->latency);
}

void kernel_objects_free(struct kernel_objects *objects)
{
	if (!objects)
		return;
	for (uint32_t i = 0; i < objects->futexes; i++)
		g_free(objects->futex[i].seen);
	for (uint32_t i = 0; i < objects->rwsems; i++)
		g_free(objects->rwsem[i].reads);
	marks_clear(objects);
	g_free(objects->futex);
	g_free(objects->barrier);
	g_free(objects->kernel_mutex);
	g_free(objects->rwsem);
	g_free(objects->spin_lock);
	g_free(objects->mutex);
	g_free(objects->queue);
	g_free(objects);
}

void fifo_push(struct task_fifo *fifo, struct task *task)
{
	task->wait_next = NULL;
	if (fifo->tail)
		fifo->tail->wait_next = task;
	else
		fifo->head = task;
	fifo->tail = task;
}

struct task *fifo_pop(struct task_fifo *fifo)
{
	struct task *task = fifo->head;

	if (!task)
		return NULL;
	fifo->head = task->wait_next;
	if (!fifo->head)
		fifo->tail = NULL;
	task->wait_next = NULL;
	return task;
}

void fifo_remove(struct task_fifo *fifo, struct task *task)
{
	struct task *before = NULL;

	for (struct task *in = fifo->head; in != task; in = in->wait_next)
		before = in;
	if (before)
		before->wait_next = task->wait_next;
	else
		fifo->head = task->wait_next;
	if (fifo->tail == task)
		fifo->tail = before;
	task->wait_next = NULL;
}
