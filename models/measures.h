/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measures.h - the counters and latency histograms that all parts of one machine write to
 *
 * Owner: struct machine; reset at the end of warm-up.
 */
#pragma once

#include "models/result.h"
#include "models/trail.h"
#include "models/yield_result.h"
#include "sim/measure/account.h"
#include "sim/measure/histogram.h"

struct measures {
	uint64_t since;	     /* ns: the last reset; what began before is not measured */
	struct trail *trail; /* NULL: nobody listens; borrowed */
	uint64_t counter[COUNTER_KINDS];
	struct histogram latency[LATENCY_KINDS];
	struct yield_result yields;
	struct accounts accounts; /* owners: pCPUs; kinds: enum account_kind */
};

static inline void count(struct measures *measures, enum counter_kind counter)
{
	measures->counter[counter]++;
}
