/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * invariants.h - what must hold between any two moments of a simulation, recomputed from scratch
 *
 * Each function gives NULL, or the text of the condition that does not hold. None changes what the
 * simulation does.
 */
#pragma once

#include <stdbool.h>

struct kernel;
struct kernel_cpu;
struct machine;
struct vm;

#define MUST_TEXT2(line) #line
#define MUST_TEXT(line) MUST_TEXT2(line)
/* For functions that return what is broken. */
#define must(condition)                                                          \
	do {                                                                     \
		if (!(condition))                                                \
			return __FILE__ ":" MUST_TEXT(__LINE__) ": " #condition; \
	} while (0)
/* Passes on what a part of the check has found. */
#define must_pass(check)                       \
	do {                                   \
		const char *broken_ = (check); \
		if (broken_)                   \
			return broken_;        \
	} while (0)

/* All of them. Closes the open intervals of the accounts. */
const char *machine_broken(struct machine *machine);

/* Run queues, lists, interrupts, ticks, missed reschedules. `coming`: is an interrupt on its way to
 * the CPU, or pending there? */
const char *kernel_broken(const struct kernel *kernel,
			  bool (*coming)(const struct kernel_cpu *cpu));
/* Locks, mutexes, queues, cross calls and the tasks that use them. */
const char *objects_broken(const struct vm *vm);
/* Of these, the spin locks and who waits for them. */
const char *spin_locks_broken(const struct vm *vm);
/* ... mutexes of the kernel, rwsems, futexes, barriers. The tasks are random programs. */
const char *sleep_locks_broken(const struct vm *vm);
/* RCU. */
const char *rcu_broken(const struct vm *vm);
/* vCPUs and their threads. */
const char *vm_broken(const struct vm *vm);

/* The work done, of a machine whose workloads are random programs, since its beginning. */
const char *work_broken(const struct machine *machine);

bool pcpu_interrupt_coming(const struct kernel_cpu *cpu);
bool vcpu_interrupt_coming(const struct kernel_cpu *cpu);
