/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_replay.c - tasks that hand out the ops of a trace
 *
 * Each task reads its own section through its own block. The text was checked when the file was
 * opened; should it have been changed since then, the task ends at the first line that is none.
 */
#include <string.h>
#include <unistd.h>

#include "workloads/instance.h"
#include "workloads/trace_file.h"
#include "workloads/trace_text.h"

#define BLOCK 4096
#define AGAIN 'a' /* no op begins like the word "again" (tests/unit/test_trace.c) */

struct replay {
	struct program program;
	struct trace_file *file; /* borrowed, but for the first task's, which is a reference */
	const struct trace_task *task;
	uint64_t offset; /* in the file, of what follows the block */
	uint64_t line;	 /* of the op that was handed out last; from 1 */
	uint32_t begin, end;
	uint64_t left;	   /* ops of this round */
	bool over, exited; /* no more ops of this life; it has been told */
	char block[BLOCK];
};

static void rewind_task(struct replay *replay, uint64_t offset, uint64_t line, uint64_t ops_before)
{
	replay->offset = offset;
	replay->line = line - 1;
	replay->begin = replay->end = 0;
	replay->left = replay->task->ops - ops_before;
}

/* More of the section behind what is left of the block; false if there is no more. */
static bool read_more(struct replay *replay)
{
	uint64_t left = replay->task->end - replay->offset;
	size_t room;
	ssize_t got;

	replay->end -= replay->begin;
	memmove(replay->block, replay->block + replay->begin, replay->end);
	replay->begin = 0;
	room = BLOCK - replay->end;
	got = pread(replay->file->descriptor, replay->block + replay->end, MIN(room, left),
		    (off_t)replay->offset);
	if (got <= 0)
		return false;
	replay->offset += (uint64_t)got;
	replay->end += (uint32_t)got;
	return true;
}

/* The next line of the section. */
static bool next_line(struct replay *replay, const char **line, const char **end)
{
	for (;;) {
		const char *begin = replay->block + replay->begin;
		size_t left = replay->end - replay->begin;
		const char *newline = memchr(begin, '\n', left);

		if (newline) {
			*line = begin;
			*end = newline;
			replay->begin += (uint32_t)(newline - begin) + 1;
			replay->line++;
			return true;
		}
		if (left > TRACE_LINE_MOST || !read_more(replay))
			return false;
	}
}

static void replay_next(struct program *program, struct op *op)
{
	struct replay *replay = (struct replay *)program;
	const struct trace_task *task = replay->task;
	const char *line, *end, *at;

	if (replay->exited && task->dormant && !g_atomic_int_get(&replay->file->broken)) {
		rewind_task(replay, task->again, task->again_line, task->again_ops);
		replay->over = replay->exited = false;
	}
	for (;;) {
		if (replay->over)
			break;
		if (!next_line(replay, &line, &end)) {
			bool whole = replay->offset == replay->task->end && !replay->left;

			if (!whole)
				g_atomic_int_set(&replay->file->broken, TRACE_CHANGED);
			replay->over = !whole || !replay->file->header.repeats || task->dormant ||
				       task->ops == task->again_ops;
			rewind_task(replay, task->again, task->again_line, task->again_ops);
			continue;
		}
		if (line == end || *line == '#' || *line == AGAIN)
			continue;
		if (replay->left &&
		    trace_op_parse(&replay->file->grammar, line, end, op, &at, NULL)) {
			replay->left--;
			replay->over = replay->exited = op->kind == OP_EXIT;
			return;
		}
		g_atomic_int_set(&replay->file->broken, TRACE_CHANGED);
		replay->over = true;
	}
	/* a task of a shape never ends: its tape is too short */
	if (replay->file->header.shape)
		g_atomic_int_set(&replay->file->broken, TRACE_SHORT);
	replay->exited = true;
	op_set(op, OP_EXIT, 0, 0);
}

static void replay_free(struct workload *workload)
{
	trace_file_unref(((struct replay *)workload->program[0])->file);
	instance_free(workload);
}

/* FILE:LINE of the op that the task handed out last, and its name. */
static char *replay_where(const struct workload *workload, uint32_t task)
{
	const struct replay *replay = (const struct replay *)workload->program[task];

	return g_strdup_printf("%s:%" G_GUINT64_FORMAT ": task %u%s%s", replay->file->path,
			       replay->line, task, *replay->task->name ? " " : "",
			       replay->task->name);
}

static const char *replay_broken(const struct workload *workload)
{
	static const char *const words[] = {
		[TRACE_SOUND] = NULL,
		[TRACE_CHANGED] = "found a trace that changed while it was replayed",
		[TRACE_SHORT] = "found a trace that is shorter than the run; legal: one made with "
				"a larger --for",
	};
	const struct workload *tapes = workload->beneath ? workload->beneath : workload;
	const struct replay *replay = (const struct replay *)tapes->program[0];

	return words[g_atomic_int_get(&replay->file->broken)];
}

struct workload *trace_replay(const void *params, uint32_t vcpus, uint64_t seed, uint32_t vm)
{
	struct trace_file *file = ((const struct trace_params *)params)->file;
	struct workload *workload = instance_new(file->tasks, sizeof(struct replay), replay_next);
	struct workload objects = file->header.objects;

	(void)vcpus;
	(void)seed;
	(void)vm;
	trace_file_ref(file);
	workload->dormant = g_new0(bool, file->tasks);
	for (uint32_t i = 0; i < file->tasks; i++) {
		struct replay *replay = (struct replay *)workload->program[i];

		replay->file = file;
		replay->task = &file->task[i];
		workload->dormant[i] = replay->task->dormant;
		rewind_task(replay, replay->task->begin, replay->task->line, 0);
	}
	for (enum trace_object object = TRACE_NO_OBJECT + 1; object < TRACE_OBJECTS; object++) {
		uint32_t count = *trace_object_count(&objects, object);

		*trace_object_count(workload, object) = count;
		if (trace_objects[object].value)
			*trace_object_values(workload, object) = g_memdup2(
				*trace_object_values(&objects, object), count * sizeof(uint64_t));
	}
	workload->work_per_pass = objects.work_per_pass;
	workload->sockets = objects.sockets;
	workload->free = replay_free;
	workload->where = replay_where;
	if (file->header.shape)
		workload = trace_tape_replay(file, workload);
	workload->broken = replay_broken;
	return workload;
}
