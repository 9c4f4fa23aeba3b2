/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * histogram.h - log-linear histogram of durations
 *
 * 64 sub-buckets per power of two: values are known to 1/64 (1.6 %), exactly below 128. Fixed size,
 * no allocation; count, sum, min and max are exact.
 */
#pragma once

#include <stdint.h>

#define HISTOGRAM_SUB_BITS 6
#define HISTOGRAM_BUCKETS ((65 - HISTOGRAM_SUB_BITS) << HISTOGRAM_SUB_BITS)

struct histogram {
	uint64_t count, sum, min, max;
	uint32_t bucket[HISTOGRAM_BUCKETS];
};

void histogram_reset(struct histogram *histogram);
void histogram_add(struct histogram *histogram, uint64_t value);
/* Adds `from` to `into`. */
void histogram_merge(struct histogram *into, const struct histogram *from);
/* How many values are below `value`; inside a bucket in proportion. */
uint64_t histogram_below(const struct histogram *histogram, uint64_t value);
/*
 * Smallest bucket bound below which at least `ppm` parts per million lie (interpolated by integers
 * inside the bucket); 0 when empty.
 */
uint64_t histogram_quantile(const struct histogram *histogram, uint32_t ppm);
