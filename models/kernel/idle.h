/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * idle.h - an idle CPU halts, polls for work before it does (kvm-and-guest.md 3.10: haltpoll), or polls
 * for ever (idle=poll)
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel_cpu;
struct kernel_params;

/* Embedded in struct kernel_cpu. */
struct idle {
	uint64_t limit; /* ns: of the next poll; 0: it halts at once */
	uint64_t left;	/* ns: of the poll under way */
	uint64_t since; /* ns: when it began to poll, or halted */
	bool polls;	/* also while an interrupt is handled */
	bool halts;
	bool in_vain; /* the last poll was: it halts next */
	bool hit;     /* there is work, and the next poll sees it */
};

/* Will it poll? */
bool idle_wants_poll(const struct kernel_cpu *cpu);
void idle_enter(struct kernel_cpu *cpu);
/* An interrupt, or the end of HLT. */
void idle_interrupted(struct kernel_cpu *cpu);
/* There is a task for the polling CPU: no interrupt is needed. */
void idle_hit(struct kernel_cpu *cpu);
/* The poll under way is over: true if there is a task. */
bool idle_poll_over(struct kernel_cpu *cpu);
/* A task gets the CPU. */
void idle_leave(struct kernel_cpu *cpu);

/* The limit after a halt of `halted` ns. */
uint64_t idle_next_limit(const struct kernel_params *params, uint64_t limit, uint64_t halted);
