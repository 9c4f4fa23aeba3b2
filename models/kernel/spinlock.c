/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * spinlock.c - what spin locks have in common, and the native queued one (kvm-and-guest.md 3.2)
 *
 * The native lock is strictly FIFO: the first waiter has the pending bit, the others a place in the
 * queue. At an unlock the lock belongs to the next one at once; that notices when its CPU has run for
 * the hand-over time, so a next one that is off its CPU keeps everybody waiting (tests 53, 54). What
 * this leaves out: somebody who comes during a hand-over to the pending waiter really polls up to 512
 * times before it queues, so two of these may change places if the taker loses its CPU just then.
 */
#include "models/kernel/spinlock.h"

#include "models/kernel/cross_call.h"
#include "models/kernel/kernel.h"
#include "models/kernel/objects.h"
#include "models/kernel/spinlock_kinds.h"
#include "models/kernel/wait.h"
#include "models/measures.h"
#include "sim/engine/engine.h"
#include "sim/engine/time.h"

uint64_t kernel_wait_since(const struct kernel_cpu *cpu)
{
	if (!cpu->current)
		return cpu->idle.since;
	return cpu->work == WORK_SPIN_CALL ? cpu->call->since : cpu->current->waits_since;
}

bool kernel_waits_for(const struct kernel_cpu *cpu, uint32_t other)
{
	const struct task *task = cpu->current;

	if (task && task->spins_on)
		return spin_lock_waits_for(task, other);
	if (task && task->sleep_wait.spins)
		return task->sleep_wait.lock->owner && task->sleep_wait.lock->owner->cpu == other;
	return cross_call_waits_for(cpu, other);
}

bool spin_lock_waits_for(const struct task *task, uint32_t other)
{
	const struct spin_lock *lock = task->spins_on;

	if (lock->owner)
		return lock->owner->cpu == other;
	/* free, but for the head of the line, which does not run */
	return lock->waiters.head && lock->waiters.head != task && lock->waiters.head->cpu == other;
}

bool spin_lock_is_next(const struct task *task)
{
	const struct spin_lock *lock = task->spins_on;

	return lock->pending == task || (!lock->pending && lock->waiters.head == task);
}

void spin_lock_own(struct spin_lock *lock, struct task *task)
{
	lock->owner = task;
	task->spins_on = NULL;
	task->held[LOCK_SPIN]++;
}

uint64_t spin_threshold(const struct kernel *kernel)
{
	return kernel->costs.spin_check * (SPIN_THRESHOLD_POLLS / SPIN_CHECK_POLLS);
}

void spin_look(struct task *task, enum work work)
{
	struct kernel_cpu *cpu = task_cpu(task);
	const struct kernel_costs *costs = &cpu->kernel->costs;

	if (task->spin.looks)
		return;
	task->spin.looks = true;
	kernel_rework(cpu, kernel_stop(cpu) % costs->spin_poll + costs->lock_handover, work);
}

static enum work spin_work(const struct kernel *kernel)
{
	return kernel->spin_locks == SPIN_LOCK_PARAVIRT ? WORK_SPIN_PV : WORK_SPIN_TAS;
}

void spin_lock_contend(struct kernel_cpu *cpu, struct spin_lock *lock)
{
	cpu->current->spin.looks = false;
	fifo_push(&lock->contenders, cpu->current);
	/* nothing happens at the end of that but another round */
	kernel_work(cpu, spin_threshold(cpu->kernel), spin_work(cpu->kernel));
}

void spin_lock_contenders_look(struct spin_lock *lock)
{
	for (struct task *task = lock->contenders.head; task; task = task->wait_next)
		spin_look(task, spin_work(task->kernel));
}

static bool native_is_free(const struct spin_lock *lock)
{
	return !lock->owner;
}

static bool native_wait(struct kernel_cpu *cpu, struct spin_lock *lock)
{
	if (!lock->pending && !lock->waiters.head)
		lock->pending = cpu->current;
	else
		fifo_push(&lock->waiters, cpu->current);
	kernel_work(cpu, TIME_NEVER, WORK_SPIN_LOCK);
	return false;
}

static bool native_goes_on(struct kernel_cpu *cpu, struct spin_lock *lock)
{
	return lock->owner == cpu->current;
}

static void native_unlock(struct kernel_cpu *cpu, struct spin_lock *lock)
{
	struct task *next = lock->pending ? lock->pending : fifo_pop(&lock->waiters);

	lock->pending = NULL;
	lock->owner = NULL;
	if (!next)
		return;
	spin_lock_own(lock, next);
	kernel_rework(task_cpu(next), cpu->kernel->costs.lock_handover, WORK_SPIN_LOCK);
}

static const struct spin_lock_ops spin_lock_native = {
	.is_free = native_is_free,
	.wait = native_wait,
	.goes_on = native_goes_on,
	.unlock = native_unlock,
};

static const struct spin_lock_ops *const kinds[] = {
	[SPIN_LOCK_NATIVE] = &spin_lock_native,
	[SPIN_LOCK_PARAVIRT] = &spin_lock_paravirt,
	[SPIN_LOCK_TEST_AND_SET] = &spin_lock_test_and_set,
};

/* For a reader: which one it is. */
static int64_t name_of(const struct kernel *kernel, const struct spin_lock *lock)
{
	const struct kernel_objects *objects = kernel->objects;

	for (uint32_t i = 0; i < objects->futexes; i++)
		if (lock == &objects->futex[i].bucket)
			return TRAIL_OBJECT(OBJECT_FUTEX, i);
	return TRAIL_OBJECT(OBJECT_SPIN_LOCK, lock - objects->spin_lock);
}

/* For a reader: who waits for whom, which lock, how many are before it. */
static void note_wait(const struct kernel_cpu *cpu, const struct spin_lock *lock)
{
	const struct task *owner = lock->owner;
	int64_t before = lock->pending != NULL;

	for (const struct task *task = lock->waiters.head; task; task = task->wait_next)
		before++;
	TRAIL(cpu->kernel->measures, .kind = TRAIL_LOCK_WAIT, .who = cpu->cpu,
	      .whom = owner ? task_cpu(owner)->cpu : NULL, .n = before,
	      .more = name_of(cpu->kernel, lock));
}

static void note_over(const struct kernel_cpu *cpu, const struct spin_lock *lock)
{
	TRAIL(cpu->kernel->measures, .kind = TRAIL_LOCK_OVER, .who = cpu->cpu,
	      .more = name_of(cpu->kernel, lock));
}

/* Who is next, if that is certain: it owns the lock, or it halts and is kicked. */
static void note_pass(const struct kernel_cpu *cpu, const struct spin_lock *lock,
		      const struct task *kicked)
{
	const struct task *next = kicked ? kicked : lock->owner;

	TRAIL(cpu->kernel->measures, .kind = TRAIL_LOCK_PASS, .who = cpu->cpu,
	      .whom = next ? task_cpu(next)->cpu : NULL, .n = kicked != NULL,
	      .more = name_of(cpu->kernel, lock));
}

bool spin_lock(struct kernel_cpu *cpu, struct spin_lock *lock)
{
	const struct spin_lock_ops *ops = kinds[cpu->kernel->spin_locks];
	struct task *task = cpu->current;

	cpu->no_preempt++;
	if (ops->is_free(lock)) {
		spin_lock_own(lock, task);
		return true;
	}
	count(cpu->kernel->measures, COUNTER_LOCK_CONTENDED);
	task->spins_on = lock;
	task->waits_since = cpu->kernel->engine->now;
	if (cpu->kernel->measures->trail)
		note_wait(cpu, lock);
	if (!ops->wait(cpu, lock))
		return false;
	note_over(cpu, lock);
	return true;
}

bool spin_lock_goes_on(struct kernel_cpu *cpu, struct spin_lock *lock)
{
	if (!kinds[cpu->kernel->spin_locks]->goes_on(cpu, lock))
		return false;
	note_over(cpu, lock);
	return true;
}

void spin_unlock(struct kernel_cpu *cpu, struct spin_lock *lock)
{
	sim_assert(cpu->kernel->engine, lock->owner == cpu->current);
	cpu->current->held[LOCK_SPIN]--;
	cpu->no_preempt--;
	cpu->irqs_off -= lock->irqs_off;
	lock->irqs_off = false;
	const struct task *kicked = lock->hashed;

	kinds[cpu->kernel->spin_locks]->unlock(cpu, lock);
	note_pass(cpu, lock, kicked);
}
