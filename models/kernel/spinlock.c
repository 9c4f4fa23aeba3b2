/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * spinlock.c - native queued spin lock (kvm-and-guest.md 3.2)
 *
 * Strict FIFO: the one exception of the real lock, a single pending waiter, changes no order here
 * because a waiter is in line from the moment it asks. At an unlock the lock belongs to the head of
 * the line at once; the head notices when its CPU has run for the hand-over time, so a head that is
 * off its CPU keeps everybody waiting (tests 53, 54).
 */
#include "models/kernel/cross_call.h"
#include "models/kernel/kernel.h"
#include "models/kernel/objects.h"
#include "models/measures.h"
#include "sim/engine/engine.h"
#include "sim/engine/time.h"

uint64_t kernel_wait_since(const struct kernel_cpu *cpu)
{
	const struct task *task = cpu->current;

	return task && task->spins_on ? task->waits_since : cpu->call->since;
}

bool kernel_waits_for(const struct kernel_cpu *cpu, uint32_t other)
{
	const struct task *task = cpu->current;

	if (task && task->spins_on)
		return task->spins_on->owner && task->spins_on->owner->cpu == other;
	return cross_call_waits_for(cpu, other);
}

bool spin_lock(struct kernel_cpu *cpu, struct spin_lock *lock)
{
	struct task *task = cpu->current;

	cpu->no_preempt++;
	if (!lock->owner) {
		lock->owner = task;
		task->spins_held++;
		return true;
	}
	count(cpu->kernel->measures, COUNTER_LOCK_CONTENDED);
	task->spins_on = lock;
	task->waits_since = cpu->kernel->engine->now;
	fifo_push(&lock->waiters, task);
	kernel_work(cpu, TIME_NEVER, WORK_SPIN_LOCK);
	return false;
}

void spin_unlock(struct kernel_cpu *cpu, struct spin_lock *lock)
{
	struct task *next = fifo_pop(&lock->waiters);

	sim_assert(cpu->kernel->engine, lock->owner == cpu->current);
	cpu->current->spins_held--;
	cpu->no_preempt--;
	lock->owner = next;
	if (!next)
		return;
	next->spins_on = NULL;
	next->spins_held++;
	kernel_rework(task_cpu(next), cpu->kernel->costs.lock_handover, WORK_SPIN_LOCK);
}
