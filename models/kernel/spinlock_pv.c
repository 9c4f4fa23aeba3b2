/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * spinlock_pv.c - the queued spin lock of a guest with PV_UNHALT (kvm-and-guest.md 3.3)
 *
 * A queued lock whose waiters halt after a while. Somebody who comes while the head of the line does
 * not spin may take a free lock before it. A head that halts leaves its name in a hash table and SLOW
 * in the lock byte: the unlock then kicks it. As with the native lock, a head that spins owns the lock
 * from the unlock on and sees it after the hand-over time.
 */
#include "models/kernel/kernel.h"
#include "models/kernel/objects.h"
#include "models/kernel/spinlock_kinds.h"
#include "models/kernel/wait.h"
#include "models/measures.h"
#include "sim/engine/engine.h"

/* `later` of the spin follow on this segment. */
static bool spin(struct kernel_cpu *cpu, uint64_t ns, uint64_t later)
{
	cpu->current->spin.later = later;
	kernel_work(cpu, ns, WORK_SPIN_PV);
	return false;
}

/* The state of `task` is no longer RUNNING: who stands behind it sees that at its next check. */
static void behind_checks(const struct task *task)
{
	struct task *behind = task->wait_next;
	struct kernel_cpu *cpu;
	uint64_t left, next;

	if (!behind || behind->spin.place != PV_QUEUED || behind->spin.state != PV_RUNNING)
		return;
	cpu = task_cpu(behind);
	left = kernel_stop(cpu) + behind->spin.later;
	next = left % cpu->kernel->costs.spin_check;
	behind->spin.later = left - next;
	kernel_rework(cpu, next, WORK_SPIN_PV);
}

/* pv_wait: the condition still holds, so HLT; interrupts are on unless the caller had them off. */
static bool halt(struct kernel_cpu *cpu, enum pv_state state)
{
	struct task *task = cpu->current;

	task->spin.state = state;
	behind_checks(task);
	count(cpu->kernel->measures, COUNTER_LOCK_HALTS);
	kernel_halt(cpu);
	return false;
}

/* Whoever has just got the lock makes the next one the head. One that halts goes on halting: to wake
 * it at the unlock saves a wake-up and a sleep. */
static void pass_head(struct spin_lock *lock)
{
	struct task *next = lock->waiters.head;
	struct kernel_cpu *cpu;

	if (!next) {
		/* without a line, who contends must form one */
		spin_lock_contenders_look(lock);
		return;
	}
	if (next->spin.place != PV_QUEUED)
		return; /* came when the line was empty already */
	if (next->spin.state == PV_HALTED) {
		next->spin.place = PV_HEAD;
		next->spin.state = PV_HASHED;
		next->spin.hashed = true;
		lock->hashed = next;
		return;
	}
	next->spin.place = PV_PASSED;
	cpu = task_cpu(next);
	kernel_rework(cpu, cpu->kernel->costs.lock_handover, WORK_SPIN_PV);
}

static struct task *head_owns(struct spin_lock *lock)
{
	struct task *head = fifo_pop(&lock->waiters);

	lock->head_spins = false;
	spin_lock_own(lock, head);
	if (lock->waiters.head)
		lock->waiters.head->spin.ahead = NULL;
	return head;
}

static bool head_spins(struct kernel_cpu *cpu, struct spin_lock *lock)
{
	struct task *task = cpu->current;

	task->spin.place = PV_HEAD;
	task->spin.state = PV_RUNNING;
	if (!lock->owner) {
		head_owns(lock);
		pass_head(lock);
		return true;
	}
	lock->head_spins = true;
	spin_lock_contenders_look(lock);
	return spin(cpu, spin_threshold(cpu->kernel), 0);
}

static bool head_gives_up(struct kernel_cpu *cpu, struct spin_lock *lock)
{
	struct task *task = cpu->current;

	lock->head_spins = false;
	if (!task->spin.hashed) {
		task->spin.hashed = true;
		lock->hashed = task;
	}
	if (lock->hashed == task)
		return halt(cpu, PV_HASHED);
	/* kicked once, and then somebody stole the lock: the byte does not say SLOW, so there is
	 * no HLT */
	return head_spins(cpu, lock);
}

static bool queued_spins(struct kernel_cpu *cpu)
{
	struct task *task = cpu->current;
	const struct task *ahead = task->spin.ahead;

	task->spin.state = PV_RUNNING;
	/* the first of the 32768 polls is one of those that check */
	if (ahead && ahead->spin.state != PV_RUNNING)
		return halt(cpu, PV_HALTED);
	return spin(cpu, spin_threshold(cpu->kernel), 0);
}

static bool queued_goes_on(struct kernel_cpu *cpu)
{
	struct task *task = cpu->current;
	const struct task *ahead = task->spin.ahead;

	if (task->spin.state == PV_HALTED)
		return queued_spins(cpu); /* an interrupt has ended the halt */
	if (task->spin.later && !(ahead && ahead->spin.state != PV_RUNNING))
		return spin(cpu, task->spin.later, 0);
	return halt(cpu, PV_HALTED);
}

static bool enqueue(struct kernel_cpu *cpu, struct spin_lock *lock)
{
	struct task *task = cpu->current;

	task->spin = (struct spin_wait){ .place = PV_QUEUED, .ahead = lock->waiters.tail };
	fifo_push(&lock->waiters, task);
	return task->spin.ahead ? queued_spins(cpu) : head_spins(cpu, lock);
}

/* The unfair phase before the queue. */
static bool pv_wait(struct kernel_cpu *cpu, struct spin_lock *lock)
{
	struct task *task = cpu->current;

	if (!lock->owner && !lock->head_spins) {
		if (lock->waiters.head)
			count(cpu->kernel->measures, COUNTER_LOCK_STOLEN);
		spin_lock_own(lock, task);
		return true;
	}
	if (!lock->waiters.head || lock->head_spins)
		return enqueue(cpu, lock);
	task->spin.place = PV_STEALING;
	spin_lock_contend(cpu, lock);
	return false;
}

static bool pv_goes_on(struct kernel_cpu *cpu, struct spin_lock *lock)
{
	struct task *task = cpu->current;

	if (lock->owner == task) {
		pass_head(lock);
		return true;
	}
	switch (task->spin.place) {
	case PV_STEALING:
		fifo_remove(&lock->contenders, task);
		return pv_wait(cpu, lock);
	case PV_QUEUED:
		return queued_goes_on(cpu);
	case PV_PASSED:
		return head_spins(cpu, lock);
	case PV_HEAD:
		break;
	}
	if (task->spin.state == PV_RUNNING)
		return head_gives_up(cpu, lock);
	return head_spins(cpu, lock);
}

static bool pv_is_free(const struct spin_lock *lock)
{
	return !lock->owner && !lock->waiters.head;
}

static void pv_unlock(struct kernel_cpu *cpu, struct spin_lock *lock)
{
	const struct task *kicked = lock->hashed;

	lock->hashed = NULL;
	lock->owner = NULL;
	if (lock->head_spins) {
		struct task *next = head_owns(lock);

		kernel_rework(task_cpu(next), cpu->kernel->costs.lock_handover, WORK_SPIN_PV);
	} else {
		spin_lock_contenders_look(lock);
	}
	if (kicked) {
		count(cpu->kernel->measures, COUNTER_LOCK_KICKS);
		cpu->cpu->ops->unhalt(cpu->cpu, task_cpu(kicked)->cpu);
	}
}

const struct spin_lock_ops spin_lock_paravirt = {
	.is_free = pv_is_free,
	.wait = pv_wait,
	.goes_on = pv_goes_on,
	.unlock = pv_unlock,
};
