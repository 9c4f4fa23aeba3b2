/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table.h - text in aligned columns
 *
 * Cells are given row by row and copied. Columns are as wide as their widest cell; headings that
 * span columns may widen them.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

struct table;

/* `align`: one letter a column, 'l' or 'r'. */
struct table *table_new(const char *align);
void table_free(struct table *table);

/* The next cell of the current row; a row is full after the last column. */
void table_cell(struct table *table, const char *text);
/* The same, and frees `text`. */
void table_cell_take(struct table *table, char *text);
/* Fills the current row with empty cells, if it was begun. */
void table_end_row(struct table *table);

/* A line of its own, in bold: the name of the rows below. */
void table_section(struct table *table, const char *text);
/* A ruled heading over the columns [first, last]; several in a row share a line. */
void table_span(struct table *table, guint first, guint last, const char *text);
/* The current row is a heading: bold. */
void table_mark_heading(struct table *table);

/* Folds the last column at blanks so that lines stay within `limit` characters, if that can be. */
void table_fold(struct table *table, guint limit);

guint table_width(const struct table *table);
/* Free with g_free(). */
char *table_print(const struct table *table, bool colour);
