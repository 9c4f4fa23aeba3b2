/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_tape.c - traces of shapes whose tasks' ops depend on the run
 *
 * The header says which shape with which parameters, and the numbers that it has drawn; the
 * sections are its tapes (tape.h).
 */
#include "workloads/tape.h"

#include <string.h>

#include "sim/engine/fail.h"
#include "sim/engine/param.h"
#include "workloads/trace_file.h"

#define NUMBERS_MOST (1U << 24)
#define NUMBERS_A_LINE 80

static uint64_t *value_of(void *params, const struct param *param)
{
	return (uint64_t *)(void *)((char *)params + param->offset);
}

static bool set_shape(struct trace_header *header, const char *text, const char *end,
		      GError **error)
{
	g_autofree char *shown = trace_shown(text, end);

	for (uint32_t i = 0; workload_shapes[i]; i++) {
		const struct workload_shape *shape = workload_shapes[i];

		if (strlen(shape->name) != (size_t)(end - text) ||
		    memcmp(shape->name, text, (size_t)(end - text)) != 0 || !shape->replay)
			continue;
		if (header->shape)
			return fail(error, ERROR_INPUT, "found it twice; legal: once");
		header->shape = shape;
		header->params = g_malloc0(shape->params_size);
		header->number = g_array_new(FALSE, FALSE, sizeof(uint64_t));
		for (const struct param *param = shape->params; param->name; param++)
			*value_of(header->params, param) = param->min;
		return true;
	}
	return fail(error, ERROR_INPUT, "found %s; legal: shape NAME, of a shape that has tapes",
		    shown);
}

static bool set_param(struct trace_header *header, const char *text, const char *end,
		      GError **error)
{
	const char *blank = memchr(text, ' ', (size_t)(end - text));
	size_t length = (size_t)((blank ? blank : end) - text);

	for (const struct param *param = header->shape->params; param->name; param++) {
		uint64_t low = param->type == PARAM_UINT ? param->min : 0;
		uint64_t high = param->type == PARAM_UINT ? param->max : 1;
		const char *number = blank ? blank + 1 : end;
		uint64_t value;

		if (strlen(param->name) != length || memcmp(param->name, text, length) != 0)
			continue;
		if (trace_number(&number, end, &value) && number == end && value >= low &&
		    value <= high) {
			*value_of(header->params, param) = value;
			return true;
		}
		return fail(error, ERROR_INPUT,
			    "%s: found no legal value; legal: %" G_GUINT64_FORMAT
			    "..%" G_GUINT64_FORMAT,
			    param->name, low, high);
	}

	g_autofree char *shown = trace_shown(text, text + length);

	return fail(error, ERROR_INPUT, "found an unknown parameter %s of shape %s", shown,
		    header->shape->name);
}

static bool add_numbers(struct trace_header *header, const char *text, const char *end,
			GError **error)
{
	while (text < end) {
		uint64_t number;

		if (!trace_number(&text, end, &number) || header->number->len == NUMBERS_MOST) {
			g_autofree char *shown = trace_shown(text, end);

			return fail(error, ERROR_INPUT, "found %s; legal: numbers", shown);
		}
		g_array_append_val(header->number, number);
		text += text < end;
	}
	return true;
}

bool trace_tape_line(struct trace_header *header, const char *line, const char *end,
		     const char **at, bool *known, GError **error)
{
	static const char *const words[] = { "shape", "param", "numbers" };
	const char *text = memchr(line, ' ', (size_t)(end - line));
	size_t word = 0;

	*known = false;
	if (!text)
		return true;
	while (word < G_N_ELEMENTS(words) &&
	       (strlen(words[word]) != (size_t)(text - line) ||
		memcmp(words[word], line, (size_t)(text - line)) != 0))
		word++;
	if (word == G_N_ELEMENTS(words))
		return true;
	*known = true;
	*at = ++text;
	if (word == 0)
		return set_shape(header, text, end, error);
	if (!header->shape)
		return fail(error, ERROR_INPUT, "found it before the shape; legal: after it");
	return word == 1 ? set_param(header, text, end, error)
			 : add_numbers(header, text, end, error);
}

void trace_tape_print(const struct trace_header *header, GString *text)
{
	if (!header->shape)
		return;
	g_string_append_printf(text, "shape %s\n", header->shape->name);
	for (const struct param *param = header->shape->params; param->name; param++)
		g_string_append_printf(text, "param %s %" G_GUINT64_FORMAT "\n", param->name,
				       *value_of(header->params, param));
	for (guint i = 0; i < header->number->len; i++)
		g_string_append_printf(
			text, "%s%" G_GUINT64_FORMAT "%s", i % NUMBERS_A_LINE ? " " : "numbers ",
			g_array_index(header->number, uint64_t, i),
			(i + 1) % NUMBERS_A_LINE && i + 1 < header->number->len ? "" : "\n");
}

static struct tapes tapes_of(const struct trace_file *file, struct workload *beneath)
{
	return (struct tapes){
		.count = file->tasks,
		.tape = beneath ? beneath->program : NULL,
		.number = (uint64_t *)(void *)file->header.number->data,
		.numbers = file->header.number->len,
	};
}

bool trace_tape_check(struct trace_file *file, GError **error)
{
	const struct trace_header *header = &file->header;
	struct tapes tapes = tapes_of(file, NULL);
	struct trace_params params = { .file = file };
	struct workload *workload;
	bool good;

	if (!header->vcpus || header->vcpus > UINT16_MAX)
		return fail(error, ERROR_INPUT, "%s: vcpus: missing; legal: vcpus NUMBER",
			    file->path);
	if (!header->shape->tapes_check(header->params, (uint32_t)header->vcpus, &tapes, error)) {
		g_prefix_error(error, "%s: ", file->path);
		return false;
	}
	workload = trace_replay(&params, 1, 0, 0);
	good = header->objects.spin_locks == workload->spin_locks &&
	       header->objects.mutexes == workload->mutexes &&
	       header->objects.rwsems == workload->rwsems &&
	       header->objects.work_per_pass == workload->work_per_pass;
	workload->free(workload);
	g_atomic_int_set(&file->broken, TRACE_SOUND);
	return good ||
	       fail(error, ERROR_INPUT, "%s: found other locks or work-per-pass than the shape has",
		    file->path);
}

struct workload *trace_tape_replay(const struct trace_file *file, struct workload *beneath)
{
	struct tapes tapes = tapes_of(file, beneath);
	struct workload *workload = file->header.shape->replay(
		file->header.params, (uint32_t)file->header.vcpus, &tapes);

	workload->beneath = beneath;
	/* cppcheck-suppress returnDanglingLifetime ; the tapes are read, not kept */
	return workload;
}
