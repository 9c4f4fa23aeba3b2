/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import.c - what all importers share: tasks, ops, counts, the trace
 */
#include "workloads/import.h"

#include <stdarg.h>
#include <string.h>

#include "workloads/instance.h"
#include "workloads/trace_file.h"
#include "workloads/trace_out.h"

static void task_free(gpointer data)
{
	struct import_task *task = data;

	g_free(task->name);
	g_array_unref(task->ops);
	g_free(task);
}

struct import *import_new(const char *path)
{
	struct import *import = g_new0(struct import, 1);

	import->path = g_strdup(path);
	import->tasks = g_ptr_array_new_with_free_func(task_free);
	import->counts = g_array_new(FALSE, FALSE, sizeof(struct import_count));
	import->capacity = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	import->unit = "unit";
	return import;
}

void import_free(struct import *import)
{
	if (!import)
		return;
	for (guint i = 0; i < import->counts->len; i++)
		g_free(g_array_index(import->counts, struct import_count, i).what);
	g_array_unref(import->counts);
	g_array_unref(import->capacity);
	g_ptr_array_unref(import->tasks);
	g_free(import->path);
	g_free(import);
}

struct import_task *import_task_add(struct import *import, const char *name)
{
	struct import_task *task = g_new0(struct import_task, 1);

	task->name = g_strdup(name);
	task->ops = g_array_new(FALSE, FALSE, sizeof(struct op));
	task->again = IMPORT_NEVER;
	g_ptr_array_add(import->tasks, task);
	return task;
}

void import_op(struct import *import, struct import_task *task, enum op_kind kind, uint32_t object,
	       uint64_t amount)
{
	struct op op;

	op_set(&op, kind, object, amount);
	g_array_append_val(task->ops, op);
	import->ops++;
}

uint32_t import_queue_add(struct import *import, uint64_t capacity)
{
	g_array_append_val(import->capacity, capacity);
	import->objects.queue_capacity = (uint64_t *)(void *)import->capacity->data;
	return import->objects.queues++;
}

void import_note(struct import *import, enum import_fate fate, const char *format, ...)
{
	g_autofree char *what = NULL;
	va_list args;

	va_start(args, format);
	what = g_strdup_vprintf(format, args);
	va_end(args);
	for (guint i = 0; i < import->counts->len; i++) {
		struct import_count *count = &g_array_index(import->counts, struct import_count, i);

		if (count->fate == fate && strcmp(count->what, what) == 0) {
			count->count++;
			return;
		}
	}

	struct import_count count = { .fate = fate, .what = g_steal_pointer(&what), .count = 1 };

	g_array_append_val(import->counts, count);
}

char *import_report(const struct import *import)
{
	static const char *const headings[IMPORT_FATES] = { "mapped", "nearly mapped",
							    "left to the machine", "not mapped" };
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "%s: %u tasks, %" G_GUINT64_FORMAT " ops\n", import->path,
			       import->tasks->len, import->ops);
	if (import->duration)
		g_string_append_printf(text,
				       "recorded: %" G_GUINT64_FORMAT
				       ".%06u ms on %" G_GUINT64_FORMAT " CPUs\n",
				       import->duration / 1000000,
				       (unsigned)(import->duration % 1000000), import->vcpus);
	for (enum import_fate fate = 0; fate < IMPORT_FATES; fate++) {
		uint64_t sum = 0;

		for (guint i = 0; i < import->counts->len; i++) {
			const struct import_count *count =
				&g_array_index(import->counts, struct import_count, i);

			sum += count->fate == fate ? count->count : 0;
		}
		g_string_append_printf(text, "%s: %" G_GUINT64_FORMAT "\n", headings[fate], sum);
		for (guint i = 0; i < import->counts->len; i++) {
			const struct import_count *count =
				&g_array_index(import->counts, struct import_count, i);

			if (count->fate == fate)
				g_string_append_printf(text, "  %8" G_GUINT64_FORMAT "  %s\n",
						       count->count, count->what);
		}
	}
	return g_string_free(text, FALSE);
}

static void write_task(const struct import_task *task, struct trace_out *out)
{
	trace_out_task(out, task->name);
	for (guint i = 0; i < task->ops->len; i++) {
		if (i == task->again && i)
			trace_out_again(out);
		trace_out_op(out, &g_array_index(task->ops, struct op, i));
	}
	if (task->again == IMPORT_NEVER)
		trace_out_op(out, &(struct op){ .kind = OP_EXIT });
}

bool import_write(const struct import *import, const char *path, GError **error)
{
	g_autofree char *name = g_path_get_basename(import->path);
	g_autofree char *source = g_strdup_printf("vcpusim trace import %s", name);
	g_autofree char *unit = g_strdup(import->unit);
	struct trace_header header = {
		.name = name,
		.source = source,
		.unit = unit,
		.repeats = true,
		.vcpus = import->vcpus,
		.objects = import->objects,
	};
	struct trace_file *file;
	struct trace_out out;

	if (!trace_out_open(&out, path, &header, error))
		return false;
	for (guint i = 0; i < import->tasks->len; i++)
		write_task(g_ptr_array_index(import->tasks, i), &out);
	if (!trace_out_close(&out, error))
		return false;
	file = trace_file_open(path, error);
	if (!file) {
		g_prefix_error(error, "%s: what it says makes no trace: ", import->path);
		return false;
	}
	trace_file_unref(file);
	return true;
}
