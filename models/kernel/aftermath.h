/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * aftermath.h - what followed a directed yield on the target's CPU and on the caller's
 *
 * Looks on and changes nothing. Results: models/yield_result.h. A VM is an address space here:
 * struct task's `mm`.
 */
#pragma once

#include <stdint.h>

struct kernel;
struct kernel_cpu;
struct task;

/* A yield that was done, not yet followed by a switch. */
struct aftermath_case {
	uint64_t when; /* ns */
	const struct task *target, *yielder;
	const void *mm;	  /* the yielder's */
	uint32_t current; /* enum yield_current */
};

/* Oldest first. Grows to the most that were ever open, then stays. */
struct aftermath_list {
	struct aftermath_case *open; /* [room], owned */
	uint32_t room, count;
};

/* One a CPU. */
struct aftermath {
	struct aftermath_list there, here; /* yields to a task of this CPU; by one */
};

/* The CPU's current task has yielded to `target`, with success. */
void aftermath_yielded(struct kernel_cpu *cpu, const struct task *target);
/* The CPU goes from `prev` to another task; NULL: idle. */
void aftermath_switched(struct kernel_cpu *cpu, const struct task *prev, const struct task *next);
/* Measuring begins: what is open counts for nothing. It ends: nothing has followed what is open. */
void aftermath_forget(struct kernel *kernel);
void aftermath_conclude(struct kernel *kernel);
void aftermath_clear(struct aftermath *aftermath);
