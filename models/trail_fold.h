/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trail_fold.h - which records of a trail are told as a sum
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/trail_record.h"

/* Yields to one vCPU that were in vain, after the first of them. */
struct trail_fold {
	struct trail_name target;
	guint at;      /* to be told before this record */
	uint64_t when; /* ns, of the last hint */
	uint32_t pcpu; /* the target's */
	guint yields, hints;
	int64_t lag_first, lag_last; /* virtual ns, at the level that dropped the hint */
};

/* Marks the records in skip[count] that are not to be told. Returns struct trail_fold, by `at`. */
GArray *trail_fold(const struct trail_record *record, guint count, bool *skip);
