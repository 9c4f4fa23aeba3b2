/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * burst_params.h - what a workload's CPU work consists of, as parameters: rows for the table of any
 * shape that makes its work with burst.h
 *
 * The defaults are work in user mode and nothing else; a profile says what its program really does.
 */
#pragma once

#include <stdint.h>

#include "sim/engine/param.h"
#include "workloads/burst.h"

struct burst_params {
	uint64_t kernel_share, entry_interval;
	uint64_t flush_rate, flush_full, flush_one, flush_pages_min, flush_pages_max;
	uint64_t mmap_rate, mmap_hold, mmap_flush, mmap_read_rate, mmap_read_hold, mmap_read_flush;
	uint64_t spin_rate, spin_hold, spin_locks, spin_irqs_off;
};

/* The rwsems that a burst uses, the first ones: the mmap_lock. */
#define BURST_RWSEMS 1

static inline void burst_profile_from(struct burst_profile *profile,
				      const struct burst_params *params)
{
	*profile = (struct burst_profile){
		.kernel_share = params->kernel_share,
		.rate = { [BURST_SPIN] = params->spin_rate,
			  [BURST_READ] = params->mmap_read_rate,
			  [BURST_WRITE] = params->mmap_rate,
			  [BURST_FLUSH] = params->flush_rate },
		.interval_max = params->entry_interval,
		.spin_hold = params->spin_hold,
		.spin_locks = params->spin_locks,
		.spin_irqs_off = params->spin_irqs_off,
		.read_hold = params->mmap_read_hold,
		.write_hold = params->mmap_hold,
		.write_flush = params->mmap_flush,
		.read_flush = params->mmap_read_flush,
		.flush_full = params->flush_full,
		.flush_one = params->flush_one,
		.flush_pages_min = params->flush_pages_min,
		.flush_pages_max = params->flush_pages_max,
	};
	burst_profile_set(profile);
}

#define BURST_NONE "none, unless the profile says so"

/* clang-format off */
#define BURST_ROW(owner, field, text, default_, least, most, says, from)                           \
	{ .name = #field, .type = PARAM_UINT, .offset = offsetof(owner, burst.field),              \
	  .unit = text, .fallback = default_, .min = least, .max = most, .meaning = says,          \
	  .source = from }

/* `owner` is the struct of the shape's parameters; it has a struct burst_params burst. */
#define BURST_ROWS(owner)                                                                          \
	BURST_ROW(owner, kernel_share, "ppm", "0", 0, 990000,                                      \
		  "kernel part of the CPU work: faults, system calls, holds", BURST_NONE),         \
	BURST_ROW(owner, entry_interval, "ns", "200000", 1000, 1000000000,                         \
		  "longest mean interval of user, then kernel work; the rates below shorten it",   \
		  "assumed, to mix user and kernel"),                                              \
	BURST_ROW(owner, flush_rate, "1/CPU-s", "0", 0, 1000000,                                   \
		  "TLB flush requests; whether one needs IPIs, the model decides", BURST_NONE),    \
	BURST_ROW(owner, flush_full, "ppm", "500000", 0, 1000000,                                  \
		  "flush requests for everything", "assumed; counts only with flush_rate"),        \
	BURST_ROW(owner, flush_one, "ppm", "250000", 0, 1000000,                                   \
		  "flush requests for one page", "assumed; counts only with flush_rate"),          \
	BURST_ROW(owner, flush_pages_min, "pages", "8", 2, 512,                                    \
		  "fewest pages of the other flush requests", "as dedup's: 8-33 pages [m]"),       \
	BURST_ROW(owner, flush_pages_max, "pages", "33", 2, 512,                                   \
		  "most pages of the other flush requests", "as dedup's: 8-33 pages [m]"),         \
	BURST_ROW(owner, mmap_rate, "1/CPU-s", "0", 0, 1000000,                                    \
		  "write acquisitions of mmap_lock (brk, mprotect, munmap)", BURST_NONE),          \
	BURST_ROW(owner, mmap_hold, "ns", "1000", 2, 1000000000,                                   \
		  "mean hold of mmap_lock by a writer, uniform in [1/2, 3/2] of it",               \
		  "estimated: brk or mprotect of one area, without its flush"),                    \
	BURST_ROW(owner, mmap_flush, "ppm", "0", 0, 1000000,                                       \
		  "writers that make their interval's flush before they let go, as readers",       \
		  BURST_NONE),                                                                     \
	BURST_ROW(owner, mmap_read_rate, "1/CPU-s", "0", 0, 1000000,                               \
		  "read acquisitions of mmap_lock: faults that per-VMA locks do not serve",        \
		  BURST_NONE),                                                                     \
	BURST_ROW(owner, mmap_read_hold, "ns", "1000", 2, 1000000000,                              \
		  "mean hold of mmap_lock by a reader, uniform in [1/2, 3/2] of it",               \
		  "estimated, as for dedup"),                                                      \
	BURST_ROW(owner, spin_rate, "1/CPU-s", "0", 0, 1000000,                                    \
		  "acquisitions of the hot kernel spin locks", BURST_NONE),                        \
	BURST_ROW(owner, spin_hold, "ns", "1000", 2, 1000000000,                                   \
		  "mean hold of a hot spin lock, uniform in [1/2, 3/2] of it",                     \
		  "workloads.md 5: most holds below 2^12 cycles, means 1.7-2.3 us [q]"),           \
	BURST_ROW(owner, spin_locks, "locks", "1", 1, 65536,                                       \
		  "number of hot spin locks", "assumed; counts only with spin_rate")
/* clang-format on */
