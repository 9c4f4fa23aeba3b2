/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report_cells.h - what a row of a report says about one column
 */
#pragma once

#include <stddef.h>

struct report_column;

/* Text of a cell, g_free(); `arg` is a metric or nothing, as the row says. */
typedef char *report_cell(const struct report_column *column, size_t arg);

report_cell cell_gain, cell_interval, cell_ceiling, cell_verdict, cell_correlation;
report_cell cell_kind_rate; /* arg: kind of VM */
report_cell cell_of_best, cell_of_one, cell_efficiency;
report_cell cell_rate;		   /* mean over replications; arg: metric */
report_cell cell_spread;	   /* of the work over replications: standard deviation, % */
report_cell cell_percent;	   /* the same of a share */
report_cell cell_ratio;		   /* a plain mean with decimals */
report_cell cell_microseconds;	   /* mean over replications of a latency */
report_cell cell_microseconds_max; /* the worst of all replications */
report_cell cell_of_yields;	   /* a rate as % of yields done */
report_cell cell_of_tried;	   /* ... of yields tried */
