/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tape.h - all that a reactive shape draws: what a trace of it holds
 *
 * What its tasks do depends on the run, what they do it with does not: numbers (the input), and for
 * each task chains of ops of which it takes as much as its item costs. A tape hands out such a
 * chain.
 */
#pragma once

#include <stdint.h>

struct program;

struct tapes {
	uint32_t count;
	struct program **tape; /* [count]; each goes on for ever, or ends in OP_EXIT */
	/* [count], ppm: how much of a tape's own time a run may need, of the time that it takes;
	 * 0: nothing, the tape is empty. NULL: not known. */
	uint64_t *need;
	uint64_t *number; /* [numbers] */
	uint32_t numbers;
	void *owner;
	void (*free)(struct tapes *tapes); /* of what the shape made */
};
