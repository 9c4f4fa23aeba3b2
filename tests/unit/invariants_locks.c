/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * invariants_locks.c - spin locks of every kind: who owns them, who waits, and what wakes the waiters
 */
#include "models/config.h"
#include "models/kernel/objects.h"
#include "models/kernel/program.h"
#include "models/kvm/vm.h"
#include "sim/engine/time.h"
#include "tests/unit/invariants.h"
#include "workloads/workload.h"

/* ns that are left of what the task's CPU does outside interrupts. */
static uint64_t left_of(const struct vm *vm, const struct task *task)
{
	const struct kernel_cpu *cpu = task_cpu(task);

	return cpu->in_interrupt ? cpu->base : vm->vcpu[cpu->index].left;
}

static bool halts(const struct task *task)
{
	return task_cpu(task)->work == WORK_LOCK_HALT;
}

/* It will look at the lock again without anybody's help. */
static bool looks_soon(const struct vm *vm, const struct task *task)
{
	const struct vcpu *vcpu = &vm->vcpu[task->cpu];

	if (!halts(task))
		return left_of(vm, task) != TIME_NEVER;
	if (vcpu->cpu.client->in_interrupt || vcpu->pv_unhalted || vcpu->unhalted)
		return true;
	if (vcpu->cpu.pending && vcpu->cpu.irqs_on)
		return true;
	for (uint32_t i = 0; i < vm->vcpus; i++)
		if (vm->vcpu[i].requests.unhalt_any &&
		    cpumask_has(&vm->vcpu[i].requests.unhalt, task->cpu))
			return true;
	return false;
}

static const char *waiter_broken(const struct vm *vm, const struct spin_lock *lock,
				 const struct task *task)
{
	enum work work = task_cpu(task)->work;

	must(task != lock->owner);
	must(task->spins_on == lock);
	must(task_running(task));
	switch (vm->guest.spin_locks) {
	case SPIN_LOCK_NATIVE:
		must(work == WORK_SPIN_LOCK && left_of(vm, task) == TIME_NEVER);
		break;
	case SPIN_LOCK_TEST_AND_SET:
		must(work == WORK_SPIN_TAS && left_of(vm, task) != TIME_NEVER);
		break;
	case SPIN_LOCK_PARAVIRT:
		must(work == WORK_SPIN_PV ? left_of(vm, task) != TIME_NEVER
					  : work == WORK_LOCK_HALT);
		break;
	}
	return NULL;
}

/* Everybody in line; of a native lock in the order in which they asked. */
static const char *line_broken(const struct vm *vm, const struct spin_lock *lock)
{
	bool fifo = vm->guest.spin_locks == SPIN_LOCK_NATIVE;
	const struct task *last = NULL;
	uint64_t since = lock->pending ? lock->pending->waits_since : 0;

	must(!lock->pending || fifo);
	if (lock->pending)
		must_pass(waiter_broken(vm, lock, lock->pending));
	for (const struct task *task = lock->waiters.head; task; task = task->wait_next) {
		must_pass(waiter_broken(vm, lock, task));
		must(!fifo || since <= task->waits_since);
		since = task->waits_since;
		last = task;
	}
	must(lock->waiters.tail == last);
	return NULL;
}

/* A free lock does not escape those who are not in line. */
static const char *contenders_broken(const struct vm *vm, const struct spin_lock *lock)
{
	bool paravirt = vm->guest.spin_locks == SPIN_LOCK_PARAVIRT;
	bool wanted = !lock->owner || (paravirt && (lock->head_spins || !lock->waiters.head));
	const struct task *last = NULL;

	for (const struct task *task = lock->contenders.head; task; task = task->wait_next) {
		must_pass(waiter_broken(vm, lock, task));
		must(!paravirt || task->spin.place == PV_STEALING);
		must(!wanted || task->spin.looks);
		must(looks_soon(vm, task));
		last = task;
	}
	must(lock->contenders.tail == last);
	return NULL;
}

/* The head of a paravirtual lock's line spins, halts with its name in the hash table, or comes to. */
static const char *pv_head_broken(const struct vm *vm, const struct spin_lock *lock)
{
	const struct task *head = lock->waiters.head;
	const struct program_task *owner = (const struct program_task *)lock->owner;

	must(!lock->hashed || (lock->hashed == head && lock->owner));
	must(!lock->head_spins || (head && lock->owner));
	if (!head)
		return NULL;
	if (head->spin.place == PV_QUEUED) {
		/* the owner has not passed the head on: it has not seen yet that it owns the lock */
		must(owner && owner->op_under_way);
		must(owner->op.kind == OP_LOCK || owner->op.kind == OP_FUTEX_WAIT ||
		     owner->op.kind == OP_FUTEX_WAKE);
		return NULL;
	}
	must(!head->spin.ahead);
	must(head->spin.place == PV_PASSED || head->spin.place == PV_HEAD);
	must(lock->head_spins == (head->spin.place == PV_HEAD && head->spin.state == PV_RUNNING));
	must(lock->hashed == head || looks_soon(vm, head));
	return NULL;
}

static const char *pv_line_broken(const struct vm *vm, const struct spin_lock *lock)
{
	const struct task *ahead = NULL;

	must_pass(pv_head_broken(vm, lock));
	for (const struct task *task = lock->waiters.head; task; task = task->wait_next) {
		if (ahead) {
			must(task->spin.place == PV_QUEUED);
			must(task->spin.ahead == ahead);
		}
		must(!halts(task) || task->spin.state != PV_RUNNING);
		if (task->spin.place == PV_QUEUED)
			must(task->spin.state != PV_HASHED);
		if (task->spin.state == PV_RUNNING)
			must(looks_soon(vm, task));
		ahead = task;
	}
	return NULL;
}

static const char *spin_lock_broken(const struct vm *vm, const struct spin_lock *lock)
{
	bool paravirt = vm->guest.spin_locks == SPIN_LOCK_PARAVIRT;

	if (lock->owner) {
		must(lock->owner->held[LOCK_SPIN] > 0 && lock->owner->spins_on != lock);
		must(task_running(lock->owner));
	}
	must(paravirt || lock->owner || (!lock->waiters.head && !lock->pending));
	must(vm->guest.spin_locks != SPIN_LOCK_TEST_AND_SET || !lock->waiters.head);
	must(vm->guest.spin_locks != SPIN_LOCK_NATIVE || !lock->contenders.head);
	must_pass(line_broken(vm, lock));
	must_pass(contenders_broken(vm, lock));
	if (paravirt)
		must_pass(pv_line_broken(vm, lock));
	return NULL;
}

const char *spin_locks_broken(const struct vm *vm)
{
	for (uint32_t i = 0; i < vm->workload->spin_locks; i++)
		must_pass(spin_lock_broken(vm, &vm->guest.objects->spin_lock[i]));
	for (uint32_t i = 0; i < vm->workload->futexes; i++)
		must_pass(spin_lock_broken(vm, &vm->guest.objects->futex[i].bucket));
	for (uint32_t i = 0; i < vm->vcpus; i++) {
		const struct kernel_cpu *cpu = &vm->guest.cpu[i];

		must(cpu->irqs_off <= cpu->no_preempt);
		must(vm->guest.spin_locks == SPIN_LOCK_PARAVIRT || !vm->vcpu[i].pv_unhalted);
		if (cpu->work == WORK_LOCK_HALT && !cpu->in_interrupt && cpu->current)
			must(cpu->current->spins_on);
	}
	return NULL;
}
