/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cpumask.h - a set of the CPUs of one kernel
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define CPUMASK_CPUS 4096 /* the most CPUs that a host, or a guest, may have */
#define CPUMASK_WORDS (CPUMASK_CPUS / 64)

/*
 * Only the first `words` words are ever looked at: (CPUs + 63) / 64. Almost always that is one, so it
 * comes before the loops: for these the compiler calls memset() and memcpy().
 */
struct cpumask {
	uint32_t words;
	uint64_t word[CPUMASK_WORDS];
};

static inline void cpumask_clear(struct cpumask *mask, uint32_t cpus)
{
	mask->words = (cpus + 63) / 64;
	mask->word[0] = 0;
	for (uint32_t i = 1; i < mask->words; i++)
		mask->word[i] = 0;
}

static inline void cpumask_copy(struct cpumask *mask, const struct cpumask *from)
{
	mask->words = from->words;
	mask->word[0] = from->word[0];
	for (uint32_t i = 1; i < mask->words; i++)
		mask->word[i] = from->word[i];
}

static inline void cpumask_add(struct cpumask *mask, uint32_t cpu)
{
	mask->word[cpu / 64] |= UINT64_C(1) << cpu % 64;
}

static inline void cpumask_remove(struct cpumask *mask, uint32_t cpu)
{
	mask->word[cpu / 64] &= ~(UINT64_C(1) << cpu % 64);
}

static inline bool cpumask_has(const struct cpumask *mask, uint32_t cpu)
{
	return mask->word[cpu / 64] >> cpu % 64 & 1;
}

static inline bool cpumask_empty(const struct cpumask *mask)
{
	uint64_t any = 0;

	for (uint32_t i = 0; i < mask->words; i++)
		any |= mask->word[i];
	return any == 0;
}

static inline uint32_t cpumask_count(const struct cpumask *mask)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < mask->words; i++)
		count += (uint32_t)__builtin_popcountll(mask->word[i]);
	return count;
}

/* The first member at or after `from`; UINT32_MAX when there is none. */
static inline uint32_t cpumask_next(const struct cpumask *mask, uint32_t from)
{
	for (uint32_t i = from / 64; i < mask->words; i++) {
		uint64_t word = mask->word[i];

		if (i == from / 64)
			word &= ~UINT64_C(0) << from % 64;
		if (word)
			return i * 64 + (uint32_t)__builtin_ctzll(word);
	}
	return UINT32_MAX;
}

/*
 * `cpu`, a uint32_t of the caller, is every member in turn. A word is read when it is reached, so the
 * body may change the mask; it must not break, which ends a word only.
 */
#define cpumask_each(mask, cpu)                                                             \
	for (uint32_t cpu##_word = 0; cpu##_word < (mask)->words; cpu##_word++)             \
		for (uint64_t cpu##_left = (mask)->word[cpu##_word];                        \
		     cpu##_left &&                                                          \
		     (cpu = cpu##_word * 64 + (uint32_t)__builtin_ctzll(cpu##_left), true); \
		     cpu##_left &= cpu##_left - 1)
