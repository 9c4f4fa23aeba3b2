/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report.h - cells side by side, for readers: work, latencies, events, bystanders, accounts
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

struct cell;
struct gain;
struct reference;

/* One column. All borrowed; what is NULL is not known, and prints as "-". */
struct report_column {
	const char *setup; /* columns of one set-up stand together */
	const struct cell *cell;
	const struct cell *baseline;	   /* NULL: nothing is compared */
	const struct gain *gain;	   /* NULL: this is the baseline */
	const struct reference *reference; /* one VM alone */
	const struct cell *best_unpatched;
	bool withheld; /* its gain is not to be quoted */
};

/* The table; the columns' kinds of VM and units are those of the first. g_free(). */
char *report_table(const struct report_column *columns, guint count, bool colour);
guint report_width(const struct report_column *columns, guint count);
