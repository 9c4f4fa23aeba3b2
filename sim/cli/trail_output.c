/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trail_output.c - a timeline
 */
#include "sim/cli/trail_output.h"

#include "sim/cli/number.h"
#include "sim/cli/result_json.h"
#include "sim/cli/table.h"
#include "sim/engine/time.h"
#include "sim/experiment/trail_run.h"

#define WIDEST 140 /* characters of a line */

static const struct trail_line *line_at(const struct trail_story *story, guint index)
{
	return g_ptr_array_index(story->lines, index);
}

static char *microseconds(uint64_t ns)
{
	return g_strdup_printf("%" G_GUINT64_FORMAT ".%03u", ns / NSEC_PER_USEC,
			       (guint)(ns % NSEC_PER_USEC));
}

static void add_line(struct table *table, const struct trail_line *line, uint64_t start)
{
	table_cell_take(table, microseconds(line->when - start));
	table_cell_take(table, line->pcpu == UINT32_MAX ? g_strdup("")
							: g_strdup_printf("%u", line->pcpu));
	table_cell(table, line->vcpu);
	table_cell(table, line->what);
	table_cell(table, line->why);
}

static void add_headings(struct table *table)
{
	static const char *const headings[] = { "us", "pCPU", "vCPU", "what", "why" };

	for (guint i = 0; i < G_N_ELEMENTS(headings); i++)
		table_cell(table, headings[i]);
	table_mark_heading(table);
}

void trail_text(const struct trail_story *story, const char *setup, bool colour, GString *text)
{
	struct table *table = table_new("rrlll");
	uint64_t start = line_at(story, 0)->when;
	uint64_t took = line_at(story, story->lines->len - 1)->when - start;
	g_autofree char *duration = microseconds(took), *printed = NULL;

	add_headings(table);
	for (guint i = 0; i < story->lines->len; i++)
		add_line(table, line_at(story, i), start);
	table_fold(table, WIDEST);
	printed = table_print(table, colour);
	table_free(table);
	g_string_append_printf(
		text,
		"\nTrail%s%s, replication 0: %s %" G_GUINT64_FORMAT
		"%s, %s us, from %" G_GUINT64_FORMAT
		" ns on.\nv0.1 is vCPU 1 of VM 0. Virtual times (v, V, deadline) and lag are ms: "
		"a lag below 0 is not eligible.\n\n%s",
		setup ? " of " : "", setup ? setup : "", trail_subject_names[story->choice.subject],
		story->choice.number, story->slowest ? ", the slowest" : "", duration, start,
		printed);
}

json_t *trail_json(const struct trail_story *story)
{
	json_t *lines = json_array();

	for (guint i = 0; i < story->lines->len; i++) {
		const struct trail_line *line = line_at(story, i);

		json_array_append_new(
			lines,
			json_pack("{s:I, s:o, s:s, s:s, s:s}", "ns", (json_int_t)line->when, "pcpu",
				  line->pcpu == UINT32_MAX ? json_null() : json_integer(line->pcpu),
				  "vcpu", line->vcpu, "what", line->what, "why", line->why));
	}
	return json_pack("{s:s, s:I, s:b, s:o, s:o}", "of",
			 trail_subject_names[story->choice.subject], "number",
			 (json_int_t)story->choice.number, "slowest", story->slowest != 0, "seed",
			 json_of_seed(story->seed), "lines", lines);
}
