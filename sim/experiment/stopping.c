/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stopping.c - how many pairs of replications are enough
 */
#include "sim/experiment/stopping.h"

#define CONFIDENCE_FIXED 0.95
#define CONFIDENCE_SEQUENTIAL 0.96

double stopping_confidence(const struct stopping *stopping)
{
	return stopping->half_width > 0 ? CONFIDENCE_SEQUENTIAL : CONFIDENCE_FIXED;
}

size_t stopping_next(const struct stopping *stopping, size_t n, double widest)
{
	if (n < stopping->first)
		return stopping->first;
	if (stopping->half_width <= 0 || widest <= stopping->half_width || n >= stopping->cap)
		return n;
	return n + STOPPING_BATCH < stopping->cap ? n + STOPPING_BATCH : stopping->cap;
}
