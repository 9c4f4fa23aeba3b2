/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_inspect.c - vcpusim trace info FILE, vcpusim trace check FILE...
 */
#include "sim/cli/command.h"
#include "sim/cli/number.h"
#include "sim/cli/options.h"
#include "sim/cli/output.h"
#include "sim/cli/table.h"
#include "sim/cli/trace_command.h"
#include "sim/engine/fail.h"
#include "workloads/trace_file.h"
#include "workloads/trace_walk.h"

#define TASKS_SHOWN 20
/* Two orders are tried: op by op, which crosses locks, and in long turns, which fills queues. */
#define LONG_TURN 4096
/* The walk for deadlocks ends after so many rounds of the whole trace. */
#define ROUNDS_MOST 16

static const struct usage info_usage = {
	.arguments = "FILE",
	.summary = "Says what a trace holds: tasks, ops of each kind, CPU time, objects.",
};

static const struct usage check_usage = {
	.arguments = "FILE...",
	.summary = "Checks traces and runs nothing on a machine.",
	.more = "Checked are the form, the ranges, that locks are paired, that time passes, and, "
		"by carrying out\nall ops in two orders without time, that the tasks do not wait for each "
		"other for ever.",
};

static char *amount_text(enum op_kind kind, uint64_t amount)
{
	switch (trace_ops[kind].amount) {
	case TRACE_NO_AMOUNT:
	case TRACE_FLAG:
		return g_strdup("");
	case TRACE_NS:
		return number_duration(amount);
	default:
		return number_fixed((double)amount, 0);
	}
}

static char *ops_text(const struct trace_file *file)
{
	struct table *table = table_new("lrr");
	char *text;

	table_cell(table, "  op");
	table_cell(table, "number");
	table_cell(table, "amount");
	table_mark_heading(table);
	for (enum op_kind kind = 0; kind < OP_KINDS; kind++) {
		if (!file->count[kind])
			continue;
		table_cell_take(table, g_strconcat("  ", trace_ops[kind].name, NULL));
		table_cell_take(table, number_fixed((double)file->count[kind], 0));
		table_cell_take(table, amount_text(kind, file->amount[kind]));
	}
	text = table_print(table, output_coloured());
	table_free(table);
	return text;
}

static char *tasks_text(const struct trace_file *file)
{
	struct table *table = table_new("lrr");
	char *text;

	table_cell(table, "  task");
	table_cell(table, "ops");
	table_cell(table, "own time");
	table_mark_heading(table);
	for (uint32_t i = 0; i < file->tasks && i < TASKS_SHOWN; i++) {
		const struct trace_task *task = &file->task[i];

		table_cell_take(table, g_strdup_printf("  %u %s", i, task->name));
		table_cell_take(table, number_fixed((double)task->ops, 0));
		table_cell_take(table, number_duration(task->time));
	}
	text = table_print(table, output_coloured());
	table_free(table);
	return text;
}

static bool info(const char *path, GError **error)
{
	struct trace_file *file = trace_file_open(path, error);
	GString *text = g_string_new(NULL);
	g_autofree char *ops = file ? ops_text(file) : NULL;
	g_autofree char *tasks = file ? tasks_text(file) : NULL;
	bool done = false;

	if (file) {
		struct trace_header header = file->header;

		g_string_append_printf(text, "%s: %s\n", header.name, file->shape.summary);
		if (header.source)
			g_string_append_printf(text, "source: %s\n", header.source);
		g_string_append_printf(text, "format: " TRACE_FORMAT ", sha256: %s\n",
				       file->digest);
		if (header.shape)
			g_string_append_printf(text,
					       "tapes of shape %s for %" G_GUINT64_FORMAT
					       " vCPUs\n",
					       header.shape->name, header.vcpus);
		g_string_append_printf(text, "at the end of its ops a task %s\n",
				       header.repeats ? "begins again" : "exits");
		for (enum trace_object object = TRACE_NO_OBJECT + 1; object < TRACE_OBJECTS;
		     object++)
			g_string_append_printf(text, "%s%s: %u", object == 1 ? "" : ", ",
					       trace_objects[object].name,
					       *trace_object_count(&header.objects, object));
		g_string_append_printf(text,
				       "\n\n%u tasks, %" G_GUINT64_FORMAT " ops in all\n%s\n%s%s",
				       file->tasks, file->ops, ops, tasks,
				       file->tasks > TASKS_SHOWN ? "  ...\n" : "");
		done = output_write(text->str, error);
		trace_file_unref(file);
	}
	g_string_free(text, TRUE);
	return done;
}

static void fail_stray(const struct trace_file *file, const struct trace_walk *walk, GError **error)
{
	if (walk->stray->kind == OP_SPAWN)
		fail(error, ERROR_INPUT,
		     "%s: found, after %" G_GUINT64_FORMAT
		     " ops, a spawn of task %u, which runs; legal: when it has ended, whatever the "
		     "order of the tasks",
		     file->path, walk->ops, walk->stray->object);
	else
		fail(error, ERROR_INPUT,
		     "%s: found, after %" G_GUINT64_FORMAT
		     " ops, a mark-end of mark %u that nobody had begun; legal: after its mark-begin, "
		     "whatever the order of the tasks",
		     file->path, walk->ops, walk->stray->object);
}

static bool walk(struct trace_file *file, uint64_t turn, GError **error)
{
	struct trace_params params = { .file = file };
	struct workload *workload = trace_replay(&params, 1, 0, 0);
	g_autofree uint64_t *goal = g_new(uint64_t, file->tasks);
	struct trace_walk walk;
	enum trace_walk_end end;

	for (uint32_t i = 0; i < file->tasks; i++)
		goal[i] = file->task[i].ops;
	trace_walk_init(&walk, workload, turn);
	/* the ops of a tape are those of its task, but when they are done the run decides */
	end = trace_walk_run(&walk, file->header.shape ? NULL : goal, file->header.shape != NULL,
			     ROUNDS_MOST * file->ops);
	if (end == TRACE_WALK_STUCK) {
		g_autofree char *waiters = trace_walk_waiters(&walk);

		fail(error, ERROR_INPUT, "%s: found a deadlock after %" G_GUINT64_FORMAT " ops:%s",
		     file->path, walk.ops, waiters);
	} else if (end == TRACE_WALK_STRAY) {
		fail_stray(file, &walk, error);
	}
	trace_walk_clear(&walk);
	workload->free(workload);
	return end != TRACE_WALK_STUCK && end != TRACE_WALK_STRAY;
}

static bool check(char **paths, GError **error)
{
	GString *text = g_string_new(NULL);
	bool done = true;

	for (guint i = 0; paths[i] && done; i++) {
		struct trace_file *file = trace_file_open(paths[i], error);

		done = file && walk(file, 1, error) && walk(file, LONG_TURN, error);
		if (done)
			g_string_append_printf(text, "%s: %u tasks, %" G_GUINT64_FORMAT " ops\n",
					       paths[i], file->tasks, file->ops);
		if (file)
			trace_file_unref(file);
	}
	done = done && output_write(text->str, error);
	g_string_free(text, TRUE);
	return done;
}

static int inspect(const struct usage *usage, guint most, bool (*act)(char **, GError **), int argc,
		   char **argv, GError **error)
{
	const GOptionEntry entries[] = { { .long_name = NULL } };
	g_auto(GStrv) arguments = NULL;
	bool helped;

	if (!options_parse(usage, entries, argc, argv, &arguments, &helped, error))
		return STATUS_INPUT;
	if (helped)
		return STATUS_DONE;
	if (!arguments[0] || g_strv_length(arguments) > most) {
		fail(error, ERROR_INPUT, "found %u files; legal: vcpusim trace %s %s",
		     g_strv_length(arguments), argv[0], usage->arguments);
		return STATUS_INPUT;
	}
	return act(arguments, error) ? STATUS_DONE : STATUS_INPUT;
}

static bool info_first(char **paths, GError **error)
{
	return info(paths[0], error);
}

int trace_command_info(int argc, char **argv, GError **error)
{
	return inspect(&info_usage, 1, info_first, argc, argv, error);
}

int trace_command_check(int argc, char **argv, GError **error)
{
	return inspect(&check_usage, G_MAXUINT, check, argc, argv, error);
}
