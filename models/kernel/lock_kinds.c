/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lock_kinds.c - what a CPU's task holds, and whether anybody waits for it (kvm-and-guest.md 6.1)
 *
 * Asked at preemptions only, so a walk over all locks of the kernel will do; who holds nothing, which is
 * most of the time, costs none.
 */
#include "models/kernel/lock_kinds.h"

#include "models/kernel/kernel.h"
#include "models/kernel/objects.h"

uint32_t locks_held(const struct kernel_cpu *cpu)
{
	const struct task *task = cpu->current;
	uint32_t kinds = 0;

	for (uint32_t kind = 0; task && kind < LOCK_KINDS; kind++)
		kinds |= task->held[kind] ? LOCK_BIT(kind) : 0;
	return kinds;
}

static bool spin_awaited(const struct spin_lock *lock, const struct task *owner)
{
	return lock->owner == owner &&
	       (lock->pending || lock->waiters.head || lock->contenders.head);
}

static bool sleep_awaited(const struct sleep_lock *lock, const struct task *owner)
{
	return (lock->owner == owner || (lock->reads && lock->reads[owner->owner])) &&
	       (lock->spinners.head || lock->line.head);
}

static bool any_spin(const struct kernel_objects *objects, const struct task *owner)
{
	for (uint32_t i = 0; i < objects->spin_locks; i++)
		if (spin_awaited(&objects->spin_lock[i], owner))
			return true;
	for (uint32_t i = 0; i < objects->futexes; i++)
		if (spin_awaited(&objects->futex[i].bucket, owner))
			return true;
	return false;
}

static bool any_sleep(const struct sleep_lock *lock, uint32_t locks, const struct task *owner)
{
	for (uint32_t i = 0; i < locks; i++)
		if (sleep_awaited(&lock[i], owner))
			return true;
	return false;
}

static bool any_user(const struct kernel_objects *objects, const struct task *owner)
{
	for (uint32_t i = 0; i < objects->mutexes; i++)
		if (objects->mutex[i].owner == owner && objects->mutex[i].waiters.head)
			return true;
	return false;
}

uint32_t locks_awaited(const struct kernel_cpu *cpu)
{
	const struct kernel_objects *objects = cpu->kernel->objects;
	const struct task *task = cpu->current;
	uint32_t held = locks_held(cpu), kinds = 0;

	if (held & LOCK_BIT(LOCK_SPIN) && any_spin(objects, task))
		kinds |= LOCK_BIT(LOCK_SPIN);
	if (held & LOCK_BIT(LOCK_MUTEX) &&
	    any_sleep(objects->kernel_mutex, objects->kernel_mutexes, task))
		kinds |= LOCK_BIT(LOCK_MUTEX);
	if (held & LOCK_BIT(LOCK_RWSEM) && any_sleep(objects->rwsem, objects->rwsems, task))
		kinds |= LOCK_BIT(LOCK_RWSEM);
	if (held & LOCK_BIT(LOCK_USER) && any_user(objects, task))
		kinds |= LOCK_BIT(LOCK_USER);
	return kinds;
}
