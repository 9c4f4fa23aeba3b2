/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * histogram.c - where a value falls, and what lies below a share of the values
 *
 * Values below 64 have a bucket each. Above, a value's leading bit and the 6 bits after it name its
 * bucket, so an octave has 64 buckets of equal width; the buckets of the first octave are one wide
 * as well.
 */
#include "sim/measure/histogram.h"

#include <string.h>

#define PPM 1000000

void histogram_reset(struct histogram *histogram)
{
	memset(histogram, 0, sizeof(*histogram));
	histogram->min = UINT64_MAX;
}

/* How many low bits of a value its bucket forgets. */
static uint32_t forgotten_bits(uint64_t value)
{
	uint32_t leading =
		63 - (uint32_t)__builtin_clzll(value | (UINT64_C(1) << HISTOGRAM_SUB_BITS));

	return leading - HISTOGRAM_SUB_BITS;
}

void histogram_add(struct histogram *histogram, uint64_t value)
{
	uint32_t shift = forgotten_bits(value);

	histogram->bucket[(shift << HISTOGRAM_SUB_BITS) + (uint32_t)(value >> shift)]++;
	histogram->count++;
	histogram->sum += value;
	if (value < histogram->min)
		histogram->min = value;
	if (value > histogram->max)
		histogram->max = value;
}

uint64_t histogram_below(const struct histogram *histogram, uint64_t value)
{
	uint32_t shift = forgotten_bits(value);
	uint32_t index = (shift << HISTOGRAM_SUB_BITS) + (uint32_t)(value >> shift);
	uint64_t within = value & ((UINT64_C(1) << shift) - 1);
	uint64_t below = 0;

	if (value > histogram->max)
		return histogram->count;
	for (uint32_t i = 0; i < index; i++)
		below += histogram->bucket[i];
	return below + (uint64_t)(((unsigned __int128)histogram->bucket[index] * within) >> shift);
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
	into->count += from->count;
	into->sum += from->sum;
	if (from->min < into->min)
		into->min = from->min;
	if (from->max > into->max)
		into->max = from->max;
	for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		into->bucket[i] += from->bucket[i];
}

/*
 * The value at place `position` of `count` values that lie evenly spread in bucket `index`; the
 * first place is 0.
 */
static uint64_t spread_value(uint32_t index, uint64_t position, uint64_t count)
{
	uint32_t octave = index >> HISTOGRAM_SUB_BITS;
	uint32_t shift = octave > 1 ? octave - 1 : 0;
	uint64_t low = (uint64_t)(index - (shift << HISTOGRAM_SUB_BITS)) << shift;
	unsigned __int128 within = (unsigned __int128)(2 * position + 1) << shift;

	return low + (uint64_t)(within / (2 * count));
}

uint64_t histogram_quantile(const struct histogram *histogram, uint32_t ppm)
{
	unsigned __int128 share = (unsigned __int128)histogram->count * ppm;
	uint64_t rank = (uint64_t)((share + PPM - 1) / PPM);
	uint64_t below = 0, value;
	uint32_t index = 0;

	if (histogram->count == 0)
		return 0;
	if (rank <= 1)
		return histogram->min;
	if (rank >= histogram->count)
		return histogram->max;
	while (below + histogram->bucket[index] < rank)
		below += histogram->bucket[index++];
	value = spread_value(index, rank - below - 1, histogram->bucket[index]);
	if (value < histogram->min)
		return histogram->min;
	return value > histogram->max ? histogram->max : value;
}
