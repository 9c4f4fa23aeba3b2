/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * spinlock_kinds.h - what each kind of spin lock does, for spinlock.c alone
 */
#pragma once

#include <stdbool.h>

struct kernel_cpu;
struct spin_lock;
struct task;

struct spin_lock_ops {
	/* Free for somebody who has just come? */
	bool (*is_free)(const struct spin_lock *lock);
	/* The running task begins to wait, and goes on with it. True: it owns the lock. */
	bool (*wait)(struct kernel_cpu *cpu, struct spin_lock *lock);
	bool (*goes_on)(struct kernel_cpu *cpu, struct spin_lock *lock);
	void (*unlock)(struct kernel_cpu *cpu, struct spin_lock *lock);
};

extern const struct spin_lock_ops spin_lock_paravirt, spin_lock_test_and_set;

void spin_lock_own(struct spin_lock *lock, struct task *task);
/* One that is not in line spins. */
void spin_lock_contend(struct kernel_cpu *cpu, struct spin_lock *lock);
/* All that are not in line look at the lock with their next poll. */
void spin_lock_contenders_look(struct spin_lock *lock);
