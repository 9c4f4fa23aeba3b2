/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trail_text.c - records as lines for a reader: when, where, who, what, why
 *
 * A pause-loop exit and its scan are one line; equal scans of one vCPU in a row are one line with a
 * count; so are hints in vain (trail_fold.h). An entry is shown only after a switch.
 */
#include <glib.h>
#include <string.h>

#include "models/kvm/requests.h"
#include "models/trail_fold.h"
#include "models/trail_private.h"
#include "models/trail_record.h"
#include "models/trail_words.h"

struct writer {
	const struct trail_record *record;
	guint count;
	GPtrArray *lines;
	guint barrier; /* first line after the last one that is no scan */
};

static void free_line(gpointer data)
{
	struct trail_line *line = data;

	g_free(line->vcpu);
	g_free(line->what);
	g_free(line->why);
	g_free(line);
}

/* Takes `what` and `why`. */
static struct trail_line *put(struct writer *writer, const struct trail_record *record,
			      struct trail_name who, char *what, char *why)
{
	struct trail_line *line = g_new0(struct trail_line, 1);

	line->when = record->when;
	line->pcpu = record->pcpu;
	line->vcpu = who.vm < 0 ? g_strdup("") : trail_name_words(who);
	line->what = what;
	line->why = why;
	g_ptr_array_add(writer->lines, line);
	return line;
}

static bool same_name(struct trail_name one, struct trail_name other)
{
	return one.vm == other.vm && one.vcpu == other.vcpu;
}

/* The vCPU's next record, or its last one before this. NULL: none. */
static const struct trail_record *next_of(const struct writer *writer, guint at,
					  struct trail_name who)
{
	for (guint i = at + 1; i < writer->count; i++)
		if (same_name(writer->record[i].who, who))
			return &writer->record[i];
	return NULL;
}

static const struct trail_record *last_of(const struct writer *writer, guint at,
					  struct trail_name who)
{
	for (guint i = at; i-- > 0;) {
		const struct trail_record *record = &writer->record[i];

		if (same_name(record->who, who) ||
		    (record->kind == TRAIL_SWITCH && same_name(record->whom, who)))
			return record;
	}
	return NULL;
}

/* "v0.1 v0.2 run; v0.3 halted": reasons in the order in which they come up. */
static char *scan_words(const struct trail_record *first, guint count)
{
	GString *words = g_string_new(NULL);
	g_autofree bool *told = g_new0(bool, count);

	for (guint i = 0; i < count; i++) {
		const char *reason = trail_examined_words(&first[i]);
		guint alike = 0;

		if (told[i])
			continue;
		g_string_append(words, words->len ? "; " : "");
		for (guint k = i; k < count; k++) {
			if (strcmp(trail_examined_words(&first[k]), reason) != 0)
				continue;
			told[k] = true;
			if (++alike > 6)
				continue;

			g_autofree char *name = trail_name_words(first[k].whom);

			g_string_append_printf(words, "%s ", name);
		}
		if (alike > 6)
			g_string_append_printf(words, "and %u more ", alike - 6);
		g_string_append(words, reason);
	}
	return g_string_free(words, FALSE);
}

static bool repeats(const struct writer *writer, const struct trail_line *line,
		    struct trail_line **earlier)
{
	for (guint i = writer->lines->len - 1; i-- > writer->barrier;) {
		struct trail_line *other = g_ptr_array_index(writer->lines, i);

		if (strcmp(other->vcpu, line->vcpu) != 0)
			continue;
		*earlier = other;
		return strcmp(other->what, line->what) == 0 && strcmp(other->why, line->why) == 0;
	}
	return false;
}

/* The line, which says what the one before it says, becomes a count. */
static bool repeats_last(struct writer *writer, const struct trail_line *line)
{
	struct trail_line *last;

	if (writer->lines->len < 2)
		return false;
	last = g_ptr_array_index(writer->lines, writer->lines->len - 2);
	if (strcmp(last->vcpu, line->vcpu) != 0 || strcmp(last->what, line->what) != 0 ||
	    strcmp(last->why, line->why) != 0)
		return false;
	last->repeats++;
	g_ptr_array_set_size(writer->lines, (gint)writer->lines->len - 1);
	return true;
}

/* All that one scan has examined; returns how many records that are. */
static guint write_scan(struct writer *writer, guint at)
{
	const struct trail_record *first = &writer->record[at];
	struct trail_line *line, *earlier;
	guint count = 0;

	while (at + count < writer->count && first[count].kind == TRAIL_EXAMINED &&
	       same_name(first[count].who, first->who) && first[count].when == first->when &&
	       first[count].more == first->more) {
		bool taken = first[count++].n == EXAMINED_TAKEN;

		if (taken)
			break;
	}
	line = put(writer, first, first->who,
		   g_strdup(first->more ? "scan again, by the policy" : "pause-loop exit: scan"),
		   scan_words(first, count));
	if (first[count - 1].n == EXAMINED_TAKEN) {
		writer->barrier = writer->lines->len;
	} else if (repeats(writer, line, &earlier)) {
		earlier->repeats++;
		g_ptr_array_set_size(writer->lines, (gint)writer->lines->len - 1);
	}
	return count;
}

/* A line, if the record is worth one. */
static void write_record(struct writer *writer, guint at)
{
	const struct trail_record *record = &writer->record[at];
	const struct trail_record *other;
	struct trail_name who = record->who;
	struct trail_line *line, *earlier;
	char *why = NULL, *what;

	if (record->kind == TRAIL_EXIT && record->n == EXIT_PAUSE) {
		other = next_of(writer, at, who);
		if (other && other->kind == TRAIL_EXAMINED)
			return;
	} else if (record->kind == TRAIL_ENTRY) {
		other = last_of(writer, at, who);
		if (other && other->kind != TRAIL_SWITCH)
			return;
	} else if (record->kind == TRAIL_HINT ||
		   (record->kind == TRAIL_SWITCH && who.vm < 0 && record->whom.vm >= 0)) {
		who = record->whom;
	}
	what = trail_what_words(record, &why);
	line = put(writer, record, who, what, why);
	if ((record->kind == TRAIL_LOCK_PASS || record->kind == TRAIL_WAIT_LEAVES) &&
	    repeats_last(writer, line))
		return;
	/* a vCPU that is interrupted and goes on, tick after tick, has no story */
	if (record->kind == TRAIL_EXIT && record->n == EXIT_INTERRUPT) {
		if (repeats(writer, line, &earlier)) {
			earlier->repeats++;
			g_ptr_array_set_size(writer->lines, (gint)writer->lines->len - 1);
		}
		return;
	}
	writer->barrier = writer->lines->len;
}

static void write_fold(struct writer *writer, const struct trail_fold *fold)
{
	struct trail_record record = { .when = fold->when, .pcpu = fold->pcpu };
	g_autofree char *first = trail_ms_words(fold->lag_first);
	g_autofree char *last = trail_ms_words(fold->lag_last);

	put(writer, &record, fold->target, g_strdup_printf("%u more yields to it", fold->yields),
	    g_strdup_printf("%u hints dropped, not eligible: lag from %s to %s", fold->hints, first,
			    last));
	writer->barrier = writer->lines->len;
}

static void write_repeats(struct trail_line *line)
{
	char *why;

	if (!line->repeats)
		return;
	why = g_strdup_printf("%s%s(and %u more times)", line->why, *line->why ? " " : "",
			      line->repeats);
	g_free(line->why);
	line->why = why;
}

GPtrArray *trail_lines(const struct trail *trail)
{
	const struct machine_trail *listener = (const struct machine_trail *)trail;
	struct writer writer = {
		.record = (const struct trail_record *)(const void *)listener->records->data,
		.count = listener->records->len,
		.lines = g_ptr_array_new_with_free_func(free_line),
	};

	g_autofree bool *skip = g_new0(bool, writer.count);
	g_autoptr(GArray) folds = trail_fold(writer.record, writer.count, skip);
	guint told = 0;

	for (guint i = 0; i < writer.count;) {
		while (told < folds->len && g_array_index(folds, struct trail_fold, told).at <= i)
			write_fold(&writer, &g_array_index(folds, struct trail_fold, told++));
		if (skip[i])
			i++;
		else if (writer.record[i].kind == TRAIL_EXAMINED)
			i += write_scan(&writer, i);
		else
			write_record(&writer, i++);
	}
	while (told < folds->len)
		write_fold(&writer, &g_array_index(folds, struct trail_fold, told++));
	for (guint i = 0; i < writer.lines->len; i++)
		write_repeats(g_ptr_array_index(writer.lines, i));
	return writer.lines;
}
