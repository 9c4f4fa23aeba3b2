/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * spinlock_tas.c - the test-and-set lock of a guest without PV_UNHALT (kvm-and-guest.md 3.1)
 *
 * No queue: at an unlock every waiter that runs sees the lock free at its next poll, and the first to
 * look takes it. One that is off its CPU keeps nobody waiting (test 54).
 */
#include "models/kernel/kernel.h"
#include "models/kernel/objects.h"
#include "models/kernel/spinlock_kinds.h"

static bool tas_is_free(const struct spin_lock *lock)
{
	return !lock->owner;
}

static bool tas_wait(struct kernel_cpu *cpu, struct spin_lock *lock)
{
	spin_lock_contend(cpu, lock);
	return false;
}

static bool tas_goes_on(struct kernel_cpu *cpu, struct spin_lock *lock)
{
	fifo_remove(&lock->contenders, cpu->current);
	if (lock->owner)
		return tas_wait(cpu, lock);
	spin_lock_own(lock, cpu->current);
	return true;
}

static void tas_unlock(struct kernel_cpu *cpu, struct spin_lock *lock)
{
	(void)cpu;
	lock->owner = NULL;
	spin_lock_contenders_look(lock);
}

const struct spin_lock_ops spin_lock_test_and_set = {
	.is_free = tas_is_free,
	.wait = tas_wait,
	.goes_on = tas_goes_on,
	.unlock = tas_unlock,
};
