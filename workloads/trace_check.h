/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_check.h - the rules that each task of a trace keeps, checked op by op as they are read
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "workloads/trace_op.h"

struct trace_header;

#define TRACE_HELD_MOST 64

/* One task's state. Zeroed at the begin of its section. */
struct trace_check {
	const struct trace_header *header;
	uint32_t held, spins;
	struct trace_held {
		enum trace_object object;
		uint32_t number;
		bool reads;    /* a rwsem's reader */
		uint64_t line; /* where it was taken */
	} lock[TRACE_HELD_MOST];
	uint64_t time, time_before; /* ns of run, kernel and sleep; before the repeated part */
	bool over;		    /* it has exited */
};

bool trace_check_op(struct trace_check *check, const struct op *op, uint64_t line, GError **error);
/* At the end of the section. */
bool trace_check_end(const struct trace_check *check, GError **error);
