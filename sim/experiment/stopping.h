/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stopping.h - how many pairs of replications are enough
 *
 * A first stage of fixed size, then batches until the interval of every comparison is narrow
 * enough, or a cap. Looking again and again makes it likelier to stop where the spread happens to
 * look small: intervals that claim 95 % then cover as little as 94.3 % (normal pairs, first stage
 * 20, batches of 10, cap 200). So a sequential comparison computes and reports its intervals at 96
 * %, which cover at least 95.3 % for every width asked (tests/unit/test_stopping.c).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STOPPING_FIRST 20
#define STOPPING_BATCH 10
#define STOPPING_CAP 200

struct stopping {
	size_t first, cap;
	double half_width; /* wanted, of a gain: 0.005; 0: the first stage is all */
};

/* Confidence level of intervals that claim 95 %. */
double stopping_confidence(const struct stopping *stopping);
/* Pairs after the next batch; n if that is enough. `widest`: the widest half width so far. */
size_t stopping_next(const struct stopping *stopping, size_t n, double widest);
