/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * invariants_sleep.c - mutexes of the kernel, rwsems, futexes and barriers
 */
#include "models/kernel/objects.h"
#include "models/kernel/program.h"
#include "models/kvm/vm.h"
#include "tests/unit/invariants.h"
#include "tests/unit/random_program.h"
#include "workloads/workload.h"

static bool does(const struct program_task *task, enum op_kind kind, uint32_t object)
{
	return task->op_under_way && task->op.kind == kind && task->op.object == object;
}

/* Somebody who lets go of it has still to wake the line. */
static bool waker_comes(const struct vm *vm, enum op_kind kind, uint32_t object)
{
	for (uint32_t i = 0; i < vm->workload->tasks; i++)
		if (vm->tasks[i].task.state == TASK_RUNNABLE && does(&vm->tasks[i], kind, object))
			return true;
	return false;
}

static const char *line_broken(const struct vm *vm, const struct sleep_lock *lock,
			       enum op_kind unlock, uint32_t number)
{
	const struct task *head = lock->line.head, *last = NULL;

	for (const struct task *task = head; task; last = task, task = task->wait_next) {
		must(task->sleep_wait.lock == lock);
		must(!task->sleep_wait.spins || task == head);
		must(task->state == TASK_SLEEPING || task == head);
		must(!task->sleep_wait.granted);
	}
	must(lock->line.tail == last);
	if (!head || head->state == TASK_RUNNABLE)
		return NULL;
	/* who sleeps first in line is woken by an owner's unlock, which may be under way */
	if (lock->owner == head || (!lock->owner && !lock->readers))
		must(waker_comes(vm, unlock, number));
	return NULL;
}

static const char *spinners_broken(const struct sleep_lock *lock)
{
	enum work work = lock->is_mutex ? WORK_SPIN_MUTEX : WORK_SPIN_RWSEM;
	const struct task *head = lock->spinners.head, *last = NULL;
	bool is_free = !lock->owner && !lock->readers && !lock->handoff;

	for (const struct task *task = head; task; last = task, task = task->wait_next) {
		must(task->sleep_wait.lock == lock && task->sleep_wait.spins);
		must(!task->sleep_wait.reads);
		must(task_running(task) && task_cpu(task)->work == work);
	}
	must(lock->spinners.tail == last);
	must(!head || !is_free || head->spin.looks);
	return NULL;
}

/* What the programs believe to hold is held, and nobody else has it. */
static const char *owners_broken(const struct vm *vm, const struct sleep_lock *lock,
				 uint32_t number)
{
	uint32_t readers = 0, known = 0;

	must(!lock->owner || !lock->readers);
	must(!lock->is_mutex || !lock->readers);
	for (uint32_t i = 0; i < vm->workload->tasks; i++) {
		const struct random_program_held held =
			random_program_held(vm->workload->program[i]);
		uint32_t written = lock->is_mutex ? held.kernel_mutexes : held.written;

		if (written >> number & 1)
			must(lock->owner == &vm->tasks[i].task);
		readers += !lock->is_mutex && held.read >> number & 1;
		if (!lock->is_mutex && held.read >> number & 1)
			must(lock->reads[i] > 0);
		known += lock->is_mutex ? 0 : lock->reads[i];
	}
	must(readers <= known && known <= lock->readers);
	return NULL;
}

static const char *sleep_lock_broken(const struct vm *vm, const struct sleep_lock *lock,
				     uint32_t number)
{
	enum op_kind unlock = lock->is_mutex ? OP_KERNEL_MUTEX_UNLOCK : OP_RW_UNLOCK;

	must_pass(owners_broken(vm, lock, number));
	must_pass(line_broken(vm, lock, unlock, number));
	return spinners_broken(lock);
}

static const char *futex_broken(const struct vm *vm, uint32_t number)
{
	const struct futex *futex = &vm->guest.objects->futex[number];

	for (const struct task *task = futex->waiters.head; task; task = task->wait_next) {
		must(task->state == TASK_SLEEPING);
		must(does((const struct program_task *)task, OP_FUTEX_WAIT, number));
	}
	return NULL;
}

static const char *barrier_broken(const struct vm *vm, uint32_t number)
{
	const struct barrier *barrier = &vm->guest.objects->barrier[number];
	uint32_t waiting = 0, asleep = 0;

	must(barrier->arrived < barrier->parties);
	for (uint32_t i = 0; i < vm->workload->tasks; i++) {
		const struct program_task *task = &vm->tasks[i];

		if (does(task, OP_BARRIER, number) && task->stage > 0)
			waiting += task->ticket == barrier->passed;
	}
	must(waiting == barrier->arrived);
	for (const struct task *task = barrier->sleepers.head; task; task = task->wait_next) {
		must(task->state == TASK_SLEEPING);
		asleep++;
	}
	for (const struct task *task = barrier->spinners.head; task; task = task->wait_next) {
		must(task->state == TASK_RUNNABLE);
		asleep++;
	}
	must(asleep <= waiting);
	must(!barrier->leaving.head || waker_comes(vm, OP_BARRIER, number));
	return NULL;
}

const char *sleep_locks_broken(const struct vm *vm)
{
	uint32_t spin = 0, listed = 0;

	for (uint32_t i = 0; i < vm->workload->kernel_mutexes; i++)
		must_pass(sleep_lock_broken(vm, &vm->guest.objects->kernel_mutex[i], i));
	for (uint32_t i = 0; i < vm->workload->rwsems; i++)
		must_pass(sleep_lock_broken(vm, &vm->guest.objects->rwsem[i], i));
	for (uint32_t i = 0; i < vm->workload->futexes; i++)
		must_pass(futex_broken(vm, i));
	for (uint32_t i = 0; i < vm->workload->barriers; i++)
		must_pass(barrier_broken(vm, i));
	for (uint32_t i = 0; i < vm->workload->tasks; i++)
		spin += vm->tasks[i].task.sleep_wait.spins;
	for (const struct task *task = vm->guest.spinners; task;
	     task = task->sleep_wait.next_spinner)
		listed++;
	must(spin == listed);
	return NULL;
}
