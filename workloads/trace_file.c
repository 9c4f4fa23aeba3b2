/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_file.c - reading a whole trace once: checks and index
 */
#include "workloads/trace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/engine/fail.h"
#include "sim/engine/param.h"
#include "workloads/packed.h"
#include "workloads/trace_check.h"
#include "workloads/trace_text.h"

/* What some task must do because another relies on it. */
struct scan_need {
	uint64_t *relied; /* by object: line of the first that does; 0: none yet */
	bool *done;	  /* by object */
};

/* A spawn or join: the tasks that it names may follow later. */
struct scan_start {
	uint32_t by, task;
	enum op_kind kind;
	uint64_t line;
};

/* A trace as it is being read. */
struct scan {
	struct trace_file *file; /* being filled */
	struct trace_text text;
	struct trace_check check;
	const char *line, *end;	     /* the line at hand */
	const char *at;		     /* where a fault lies */
	uint64_t section;	     /* ops of the tasks before this one */
	struct scan_need put, begun; /* of queues, of marks */
	GArray *starts;		     /* of struct scan_start, of different spawns and joins */
	uint32_t size;		     /* of file->task */
};

static void need_init(struct scan_need *need, uint32_t objects)
{
	need->relied = g_new0(uint64_t, objects);
	need->done = g_new0(bool, objects);
}

static void need_clear(struct scan_need *need)
{
	g_free(need->relied);
	g_free(need->done);
}

static bool is_word(const struct scan *scan, const char *word, size_t length)
{
	return (size_t)(scan->end - scan->line) >= length &&
	       memcmp(scan->line, word, length) == 0 &&
	       (scan->line + length == scan->end || scan->line[length] == ' ');
}

static bool end_section(struct scan *scan, GError **error)
{
	struct trace_file *file = scan->file;
	struct trace_task *task;

	if (!file->tasks)
		return trace_header_complete(&file->header, error);
	task = &file->task[file->tasks - 1];
	task->end = scan->text.offset - (uint64_t)(scan->end - scan->line) - 1;
	task->ops = file->ops - scan->section;
	task->time = scan->check.time;
	return trace_check_end(&scan->check, error);
}

/* "task NUMBER NAME": the numbers count from 0, so that a lost or moved section is noticed. */
static bool begin_task(struct scan *scan, GError **error)
{
	struct trace_file *file = scan->file;
	const char *text = scan->line + strlen("task");
	uint64_t number;

	if (!end_section(scan, error))
		return false;
	if (!file->tasks) {
		need_init(&scan->put, file->header.objects.queues);
		need_init(&scan->begun, file->header.objects.marks);
	}
	if (text < scan->end)
		text++;
	scan->at = text;
	if (!trace_number(&text, scan->end, &number) || number != file->tasks) {
		g_autofree char *shown = trace_shown(scan->at, scan->end);

		return fail(error, ERROR_INPUT, "found %s; legal: task %u [NAME], the next one",
			    shown, file->tasks);
	}
	if (file->tasks == TRACE_TASKS_MOST)
		return fail(error, ERROR_INPUT, "found more than %d tasks", TRACE_TASKS_MOST);
	if (file->tasks == scan->size) {
		scan->size = scan->size ? 2 * scan->size : 64;
		file->task = g_renew(struct trace_task, file->task, scan->size);
	}
	while (text < scan->end && *text == ' ')
		text++;
	if (!g_utf8_validate(text, scan->end - text, NULL))
		return fail(error, ERROR_INPUT, "found a name that is no UTF-8");
	file->task[file->tasks++] = (struct trace_task){
		.name = g_strndup(text, (gsize)(scan->end - text)),
		.begin = scan->text.offset,
		.line = scan->text.line + 1,
		.again = scan->text.offset,
		.again_line = scan->text.line + 1,
	};
	scan->section = file->ops;
	scan->check = (struct trace_check){ .header = &file->header };
	return true;
}

/* "end [OPS [SHA256]]" */
static bool end_file(struct scan *scan, GError **error)
{
	struct trace_file *file = scan->file;
	const char *text = scan->line + strlen("end");
	uint64_t ops;

	if (!end_section(scan, error))
		return false;
	if (!file->tasks)
		return fail(error, ERROR_INPUT, "found no task; legal: at least one");
	trace_text_sum(&scan->text, scan->line, file->digest, sizeof(file->digest));
	if (text == scan->end)
		return true;
	scan->at = ++text;
	if (!trace_number(&text, scan->end, &ops) || ops != file->ops) {
		g_autofree char *shown = trace_shown(scan->at, text);

		return fail(error, ERROR_INPUT,
			    "found %s ops promised and %" G_GUINT64_FORMAT
			    " there; the file is not as it was written",
			    shown, file->ops);
	}
	if (text == scan->end)
		return true;
	scan->at = ++text;
	if ((size_t)(scan->end - text) != strlen(file->digest) ||
	    memcmp(text, file->digest, strlen(file->digest)) != 0)
		return fail(error, ERROR_INPUT,
			    "found another SHA-256 than that of the text before, %s; the file is "
			    "not as it was written",
			    file->digest);
	return true;
}

/* "again": what stands before it is done once only. */
static bool again_line(struct scan *scan, GError **error)
{
	struct trace_file *file = scan->file;
	struct trace_task *task = &file->task[file->tasks - 1];

	if (scan->check.held || scan->check.over)
		return fail(error, ERROR_INPUT,
			    "found it after exit or with a lock held; legal: neither");
	task->again = scan->text.offset;
	task->again_line = scan->text.line + 1;
	task->again_ops = file->ops - scan->section;
	scan->check.time_before = scan->check.time;
	return true;
}

static void note_start(struct scan *scan, const struct op *op)
{
	struct scan_start start = { scan->file->tasks - 1, op->object, op->kind, scan->text.line };

	/* most tasks spawn the same few again and again */
	for (guint i = scan->starts->len; i > 0; i--) {
		const struct scan_start *other =
			&g_array_index(scan->starts, struct scan_start, i - 1);

		if (other->by != start.by)
			break;
		if (other->task == start.task && other->kind == start.kind)
			return;
	}
	g_array_append_val(scan->starts, start);
}

static void note_need(struct scan *scan, const struct op *op)
{
	uint32_t object = op->object;

	switch (trace_ops[op->kind].role) {
	case TRACE_PUT:
		scan->put.done[object] = true;
		break;
	case TRACE_BEGINS:
		scan->begun.done[object] = true;
		break;
	case TRACE_GET:
		if (!scan->put.relied[object])
			scan->put.relied[object] = scan->text.line;
		break;
	case TRACE_ENDS:
		if (!scan->begun.relied[object])
			scan->begun.relied[object] = scan->text.line;
		break;
	case TRACE_STARTS:
	case TRACE_JOINS:
		note_start(scan, op);
		break;
	default:
		break;
	}
}

static bool op_line(struct scan *scan, GError **error)
{
	struct trace_file *file = scan->file;
	struct op op;

	if (!trace_op_parse(&file->grammar, scan->line, scan->end, &op, &scan->at, error))
		return false;
	scan->at = scan->line;
	file->ops++;
	file->count[op.kind]++;
	file->amount[op.kind] += op.amount;
	if (!trace_check_op(&scan->check, &op, scan->text.line, error))
		return false;
	note_need(scan, &op);
	return true;
}

/* Whoever gets from a queue into which nobody puts waits for ever. */
static bool check_needs(const struct scan *scan, GError **error)
{
	const struct workload *objects = &scan->file->header.objects;

	for (uint32_t i = 0; i < objects->queues; i++) {
		if (scan->put.relied[i] && !scan->put.done[i])
			return fail(error, ERROR_INPUT,
				    "%s:%" G_GUINT64_FORMAT
				    ":1: found a get from queue %u; legal: one into which a task "
				    "puts",
				    scan->text.name, scan->put.relied[i], i);
	}
	for (uint32_t i = 0; i < objects->marks; i++) {
		if (scan->begun.relied[i] && !scan->begun.done[i])
			return fail(error, ERROR_INPUT,
				    "%s:%" G_GUINT64_FORMAT
				    ":1: found a mark-end of mark %u; legal: of one that a task "
				    "begins",
				    scan->text.name, scan->begun.relied[i], i);
	}
	return true;
}

/* Dormant is who is spawned; everybody must be reached from a task that is not. */
static bool check_starts(const struct scan *scan, GError **error)
{
	struct trace_file *file = scan->file;
	const struct scan_start *start =
		(const struct scan_start *)(const void *)scan->starts->data;
	g_autofree bool *begins = g_new(bool, file->tasks);
	bool more = true;

	for (guint i = 0; i < scan->starts->len; i++) {
		const struct scan_start *it = &start[i];

		if (it->task >= file->tasks || it->task == it->by)
			return fail(error, ERROR_INPUT,
				    "%s:%" G_GUINT64_FORMAT
				    ":1: found %s of task %u; legal: another one, below %u",
				    scan->text.name, it->line, trace_ops[it->kind].name, it->task,
				    file->tasks);
		if (it->kind == OP_SPAWN)
			file->task[it->task].dormant = true;
	}
	for (uint32_t i = 0; i < file->tasks; i++)
		begins[i] = !file->task[i].dormant;
	while (more) {
		more = false;
		for (guint i = 0; i < scan->starts->len; i++) {
			if (start[i].kind != OP_SPAWN || !begins[start[i].by] ||
			    begins[start[i].task])
				continue;
			begins[start[i].task] = more = true;
		}
	}
	for (guint i = 0; i < scan->starts->len; i++) {
		if (!begins[start[i].task])
			return fail(
				error, ERROR_INPUT,
				"%s:%" G_GUINT64_FORMAT
				":1: found a spawn of task %u by one that never begins; legal: by "
				"one that is not spawned, or by its children",
				scan->text.name, start[i].line, start[i].task);
	}
	return true;
}

/* One line; *over after the last. */
static bool scan_line(struct scan *scan, bool *over, GError **error)
{
	scan->at = scan->line;
	if (scan->line == scan->end || *scan->line == '#')
		return true;
	if (scan->end[-1] == '\r') {
		scan->at = scan->end - 1;
		return fail(error, ERROR_INPUT,
			    "found a carriage return; legal: lines that end in LF alone");
	}
	if (is_word(scan, "task", strlen("task")))
		return begin_task(scan, error);
	if (is_word(scan, "end", strlen("end"))) {
		*over = true;
		return end_file(scan, error);
	}
	if (scan->file->tasks && scan->end - scan->line == strlen("again") &&
	    is_word(scan, "again", strlen("again")))
		return again_line(scan, error);
	if (scan->file->tasks)
		return op_line(scan, error);
	return trace_header_line(&scan->file->header, scan->line, scan->end, &scan->at, error);
}

static bool first_line(struct scan *scan, GError **error)
{
	const char *found = scan->line;

	scan->at = scan->line;
	if (is_word(scan, TRACE_FORMAT, strlen(TRACE_FORMAT)))
		return true;

	g_autofree char *shown = trace_shown(found, scan->end);

	return fail(error, ERROR_INPUT, "found %s; legal: " TRACE_FORMAT " as the first line",
		    shown);
}

static bool nothing_follows(struct scan *scan, GError **error)
{
	enum trace_line got;

	while ((got = trace_text_next(&scan->text, &scan->line, &scan->end, error)) == TRACE_LINE) {
		if (scan->line == scan->end)
			continue;
		fail(error, ERROR_INPUT, "found a line after the end; legal: none");
		return trace_text_blame(&scan->text, "", "", error);
	}
	return got == TRACE_TEXT_END;
}

static bool scan_all(struct scan *scan, GError **error)
{
	bool first = true, over = false;

	while (!over) {
		bool good;

		switch (trace_text_next(&scan->text, &scan->line, &scan->end, error)) {
		case TRACE_LINE:
			break;
		case TRACE_TEXT_END:
			return fail(error, ERROR_INPUT,
				    "%s:%" G_GUINT64_FORMAT
				    ":1: found the end of the file; legal: %s",
				    scan->text.name, scan->text.line + 1,
				    first ? TRACE_FORMAT : "an end line, it has been cut");
		default:
			return false;
		}
		good = first ? first_line(scan, error) : scan_line(scan, &over, error);
		first = false;
		if (!good)
			return trace_text_blame(&scan->text, scan->line, scan->at, error);
	}
	return nothing_follows(scan, error) && check_needs(scan, error) &&
	       check_starts(scan, error);
}

/* Where replay reads: the file itself, or an unlinked copy of its plain text. */
static bool open_plain(struct scan *scan, GError **error)
{
	struct trace_file *file = scan->file;

	if (!packed_is(file->path)) {
		file->descriptor = open(file->path, O_RDONLY | O_CLOEXEC);
		return file->descriptor >= 0 ||
		       fail(error, ERROR_INPUT, "%s: %s", file->path, g_strerror(errno));
	}

	g_autofree char *template = g_build_filename(g_get_tmp_dir(), "vcpusim-XXXXXX", NULL);

	file->descriptor = g_mkstemp_full(template, O_RDWR | O_CLOEXEC, 0600);
	if (file->descriptor < 0)
		return fail(error, ERROR_SYSTEM, "%s: %s", template, g_strerror(errno));
	unlink(template);
	scan->text.spool = file->descriptor;
	return true;
}

static void hold(const void *params)
{
	trace_file_ref(((const struct trace_params *)params)->file);
}

static void drop(const void *params)
{
	trace_file_unref(((const struct trace_params *)params)->file);
}

static const char *digest(const void *params)
{
	return ((const struct trace_params *)params)->file->digest;
}

static struct workload_shape make_shape(const struct trace_header *header)
{
	static const struct param no_params[] = { { .name = NULL } };

	return (struct workload_shape){
		.name = "trace",
		.summary = header->summary ? header->summary : "",
		.source = header->source ? header->source : "",
		.params = no_params,
		.params_size = sizeof(struct trace_params),
		.terminating = header->shape ? header->shape->terminating
					     : header->objects.work_per_pass > 0,
		.work_unit = header->unit,
		.latency = header->objects.marks ? header->latency ? header->latency : header->unit
						 : NULL,
		.create = trace_replay,
		.hold = hold,
		.drop = drop,
		.digest = digest,
	};
}

struct trace_file *trace_file_open(const char *path, GError **error)
{
	struct trace_file *file = g_new0(struct trace_file, 1);
	struct scan scan = { .file = file,
			     .starts = g_array_new(FALSE, FALSE, sizeof(struct scan_start)) };
	bool good;

	file->references = 1;
	file->path = g_strdup(path);
	file->descriptor = -1;
	trace_grammar_init(&file->grammar);
	good = trace_text_open(&scan.text, path, false, error);
	if (good) {
		scan.text.sum = g_checksum_new(G_CHECKSUM_SHA256);
		good = open_plain(&scan, error) && scan_all(&scan, error);
	}
	trace_text_close(&scan.text);
	g_array_unref(scan.starts);
	need_clear(&scan.put);
	need_clear(&scan.begun);
	if (!good) {
		trace_file_unref(file);
		return NULL;
	}
	if (!file->header.name)
		file->header.name = g_path_get_basename(path);
	file->shape = make_shape(&file->header);
	if (file->header.shape && !trace_tape_check(file, error)) {
		trace_file_unref(file);
		return NULL;
	}
	return file;
}

struct trace_file *trace_file_ref(struct trace_file *file)
{
	g_atomic_int_inc(&file->references);
	return file;
}

void trace_file_unref(struct trace_file *file)
{
	if (!g_atomic_int_dec_and_test(&file->references))
		return;
	if (file->descriptor >= 0)
		close(file->descriptor);
	for (uint32_t i = 0; i < file->tasks; i++)
		g_free(file->task[i].name);
	g_free(file->task);
	trace_header_clear(&file->header);
	g_free(file->path);
	g_free(file);
}
