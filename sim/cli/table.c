/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table.c - text in aligned columns
 */
#include "sim/cli/table.h"

#include <string.h>

#define GAP 2	      /* blanks between columns */
#define LEAST_FOLD 30 /* characters of a folded column */
#define BOLD "\033[1m"
#define PLAIN "\033[0m"

struct span {
	guint first, last;
	char *text;
};

struct row {
	char *section;	  /* a line of text instead of cells, or NULL */
	GArray *spans;	  /* of struct span, instead of cells, or NULL */
	GPtrArray *cells; /* of char * */
	bool heading;
};

struct table {
	char *align;
	guint columns, fold; /* fold: longest line, 0: any */
	GPtrArray *rows;     /* of struct row * */
};

static void row_free(gpointer data)
{
	struct row *row = data;

	for (guint i = 0; row->spans && i < row->spans->len; i++)
		g_free(g_array_index(row->spans, struct span, i).text);
	g_clear_pointer(&row->spans, g_array_unref);
	g_ptr_array_unref(row->cells);
	g_free(row->section);
	g_free(row);
}

struct table *table_new(const char *align)
{
	struct table *table = g_new0(struct table, 1);

	table->align = g_strdup(align);
	table->columns = (guint)strlen(align);
	table->rows = g_ptr_array_new_with_free_func(row_free);
	return table;
}

void table_free(struct table *table)
{
	if (!table)
		return;
	g_ptr_array_unref(table->rows);
	g_free(table->align);
	g_free(table);
}

static struct row *last_row(const struct table *table)
{
	return table->rows->len ? g_ptr_array_index(table->rows, table->rows->len - 1) : NULL;
}

static struct row *add_row(struct table *table)
{
	struct row *row = g_new0(struct row, 1);

	table_end_row(table);
	row->cells = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(table->rows, row);
	return row;
}

static bool row_open(const struct table *table, const struct row *row)
{
	return row && !row->section && !row->spans && row->cells->len < table->columns;
}

void table_cell_take(struct table *table, char *text)
{
	struct row *row = last_row(table);

	if (!row_open(table, row))
		row = add_row(table);
	g_ptr_array_add(row->cells, text);
}

void table_cell(struct table *table, const char *text)
{
	table_cell_take(table, g_strdup(text));
}

void table_end_row(struct table *table)
{
	struct row *row = last_row(table);

	while (row_open(table, row))
		g_ptr_array_add(row->cells, g_strdup(""));
}

void table_section(struct table *table, const char *text)
{
	add_row(table)->section = g_strdup(text);
}

void table_span(struct table *table, guint first, guint last, const char *text)
{
	struct row *row = last_row(table);
	struct span span = { .first = first, .last = last, .text = g_strdup(text) };

	if (!row || !row->spans) {
		row = add_row(table);
		row->spans = g_array_new(FALSE, FALSE, sizeof(struct span));
	}
	g_array_append_val(row->spans, span);
}

void table_mark_heading(struct table *table)
{
	struct row *row = last_row(table);

	if (row)
		row->heading = true;
}

static guint text_width(const char *text)
{
	return (guint)g_utf8_strlen(text, -1);
}

static guint span_width(const guint *width, const struct span *span)
{
	guint sum = (span->last - span->first) * GAP;

	for (guint i = span->first; i <= span->last; i++)
		sum += width[i];
	return sum;
}

/* Widens the last column of a span that its text does not fit. */
static void fit_spans(const struct row *row, guint *width)
{
	for (guint i = 0; row->spans && i < row->spans->len; i++) {
		const struct span *span = &g_array_index(row->spans, struct span, i);
		guint have = span_width(width, span), want = text_width(span->text) + 4;

		if (want > have)
			width[span->last] += want - have;
	}
}

/* Free with g_free(). */
static guint *column_widths(const struct table *table)
{
	guint *width = g_new0(guint, table->columns);

	for (guint r = 0; r < table->rows->len; r++) {
		const struct row *row = g_ptr_array_index(table->rows, r);

		for (guint i = 0; i < row->cells->len; i++)
			width[i] = MAX(width[i], text_width(g_ptr_array_index(row->cells, i)));
	}
	for (guint r = 0; r < table->rows->len; r++)
		fit_spans(g_ptr_array_index(table->rows, r), width);
	return width;
}

static guint total_width(const struct table *table, const guint *width)
{
	struct span all = { .first = 0, .last = table->columns - 1 };

	return span_width(width, &all);
}

guint table_width(const struct table *table)
{
	g_autofree guint *width = column_widths(table);

	return total_width(table, width);
}

void table_fold(struct table *table, guint limit)
{
	table->fold = limit;
}

static void append_blanks(GString *text, guint count)
{
	g_string_append_printf(text, "%*s", (int)count, "");
}

/* The last column's text over several lines, each but the first indented by `indent`. */
static void print_folded(const char *cell, guint indent, guint room, GString *text)
{
	g_auto(GStrv) words = g_strsplit(cell, " ", -1);
	guint used = 0;

	for (guint i = 0; words[i]; i++) {
		guint length = text_width(words[i]);

		if (i && used + 1 + length > room) {
			g_string_append_c(text, '\n');
			append_blanks(text, indent);
			used = 0;
		} else if (i) {
			g_string_append_c(text, ' ');
			used++;
		}
		g_string_append(text, words[i]);
		used += length;
	}
}

static void print_cells(const struct table *table, const struct row *row, const guint *width,
			GString *text)
{
	for (guint i = 0; i < row->cells->len; i++) {
		const char *cell = g_ptr_array_index(row->cells, i);
		guint blanks = width[i] - text_width(cell);

		if (i)
			append_blanks(text, GAP);
		if (table->fold && i == table->columns - 1) {
			guint indent = total_width(table, width) - width[i];

			print_folded(cell, indent, MAX(table->fold, indent + LEAST_FOLD) - indent,
				     text);
			continue;
		}
		if (table->align[i] == 'r')
			append_blanks(text, blanks);
		g_string_append(text, cell);
		if (table->align[i] != 'r')
			append_blanks(text, blanks);
	}
}

/* "---- name ----" over each span. */
static void print_spans(const struct row *row, const guint *width, GString *text)
{
	guint column = 0;

	for (guint i = 0; i < row->spans->len; i++) {
		const struct span *span = &g_array_index(row->spans, struct span, i);
		guint total = span_width(width, span), dashes = total - text_width(span->text) - 2;

		for (; column < span->first; column++)
			append_blanks(text, width[column] + GAP);
		for (guint d = 0; d < dashes / 2; d++)
			g_string_append_c(text, '-');
		g_string_append_printf(text, " %s ", span->text);
		for (guint d = dashes / 2; d < dashes; d++)
			g_string_append_c(text, '-');
		append_blanks(text, GAP);
		column = span->last + 1;
	}
}

char *table_print(const struct table *table, bool colour)
{
	g_autofree guint *width = column_widths(table);
	GString *text = g_string_new(NULL);

	for (guint r = 0; r < table->rows->len; r++) {
		const struct row *row = g_ptr_array_index(table->rows, r);
		bool bold = colour && (row->section || row->spans || row->heading);
		gsize begin;

		if (row->section && r)
			g_string_append_c(text, '\n');
		g_string_append(text, bold ? BOLD : "");
		begin = text->len;
		if (row->section)
			g_string_append(text, row->section);
		else if (row->spans)
			print_spans(row, width, text);
		else
			print_cells(table, row, width, text);
		while (text->len > begin && text->str[text->len - 1] == ' ')
			g_string_truncate(text, text->len - 1);
		g_string_append_printf(text, "%s\n", bold ? PLAIN : "");
	}
	return g_string_free(text, FALSE);
}
