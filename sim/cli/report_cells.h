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
report_cell cell_of_best, cell_of_one, cell_efficiency;
/* Of the work over replications: standard deviation, %. */
report_cell cell_spread;
/* Of a kind of VM; arg: which. */
report_cell cell_kind_rate;
/* What its marks measure; arg: kind of VM * LATENCY_FIELDS + field. */
report_cell cell_kind_latency;
/* Means over replications; arg: a metric. */
report_cell cell_rate, cell_percent, cell_ratio, cell_microseconds, cell_seconds;
/* The worst of all replications. */
report_cell cell_microseconds_max;
/* A rate as % of yields done, of yields tried. */
report_cell cell_of_yields, cell_of_tried;
