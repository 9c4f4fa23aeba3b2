/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * spinlock.h - kernel spin locks: native, paravirtual, test-and-set (kvm-and-guest.md 3.1 to 3.3)
 *
 * All locks of one kernel are of one kind. Waiters have preemption off, so they never leave their
 * CPU: a waiter that does not run has lost its CPU below.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/kernel/cpu.h"

struct kernel;
struct kernel_cpu;
struct task;

struct task_fifo {
	struct task *head, *tail;
};

/* Owner: struct kernel_objects. */
struct spin_lock {
	struct task *owner;	  /* of a queued lock also the next one that has not seen it yet */
	struct task *pending;	  /* native: the first waiter, who needs no queue node */
	struct task_fifo waiters; /* in line */
	struct task_fifo contenders; /* not in line; whoever looks first takes it */
	bool head_spins;	     /* paravirtual: the head holds the pending bit; no stealing */
	struct task *hashed; /* paravirtual: the byte says SLOW; the unlock kicks this one */
	bool irqs_off;	     /* the owner's interrupts are off because of it */
};

/* The running task takes the lock (true), or waits, spinning, from now on: when its advance() is
 * called, spin_lock_goes_on() says whether it has got it. */
bool spin_lock(struct kernel_cpu *cpu, struct spin_lock *lock);
bool spin_lock_goes_on(struct kernel_cpu *cpu, struct spin_lock *lock);
void spin_unlock(struct kernel_cpu *cpu, struct spin_lock *lock);
/* Does the waiting task need CPU `other` to go on? */
bool spin_lock_waits_for(const struct task *task, uint32_t other);
/* ns of a spin after which it halts, or counts its polls anew. */
uint64_t spin_threshold(const struct kernel *kernel);
/* A task that spins so, counting its polls, looks with its next one at what it waits for. */
void spin_look(struct task *task, enum work work);
/* Is it the next one in line? */
bool spin_lock_is_next(const struct task *task);
