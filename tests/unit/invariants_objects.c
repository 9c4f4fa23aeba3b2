/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * invariants_objects.c - what the tasks of a guest share, and who waits for what
 */
#include "models/config.h"
#include "models/kernel/cross_call.h"
#include "models/kernel/objects.h"
#include "models/kernel/program.h"
#include "models/kernel/rcu.h"
#include "models/kvm/vm.h"
#include "sim/engine/engine.h"
#include "sim/engine/time.h"
#include "tests/unit/invariants.h"
#include "workloads/workload.h"

static bool does(const struct program_task *task, enum op_kind kind, uint32_t object)
{
	return task->op_under_way && task->op.kind == kind && task->op.object == object;
}

static bool calls(const struct program_task *task)
{
	return task->op_under_way &&
	       (task->op.kind == OP_SHOOTDOWN || task->op.kind == OP_UNMAP ||
		task->op.kind == OP_CALL_ALL || task->op.kind == OP_CALL_ASYNC);
}

/* Is somebody awake who carries out such an op: beyond its first half only, or at any point? */
static bool somebody(const struct vm *vm, enum op_kind kind, uint32_t object, bool second_half)
{
	for (uint32_t i = 0; i < vm->workload->tasks; i++) {
		const struct program_task *task = &vm->tasks[i];

		if (task->task.state == TASK_RUNNABLE && does(task, kind, object) &&
		    (!second_half || task->half_done || task->stage > 0))
			return true;
	}
	return false;
}

/* Sleepers in line for an op on that object. */
static const char *sleepers_broken(const struct task_fifo *fifo, enum op_kind kind, uint32_t object)
{
	const struct task *last = NULL;

	for (const struct task *task = fifo->head; task; last = task, task = task->wait_next) {
		const struct program_task *waiter = (const struct program_task *)task;

		must(task->state == TASK_SLEEPING);
		must(does(waiter, kind, object) ||
		     (kind == OP_MUTEX_LOCK && does(waiter, OP_COND_WAIT, object)));
	}
	must(fifo->tail == last);
	return NULL;
}

static const char *mutex_broken(const struct vm *vm, uint32_t number)
{
	const struct mutex *mutex = &vm->guest.objects->mutex[number];

	must_pass(sleepers_broken(&mutex->waiters, OP_MUTEX_LOCK, number));
	must(!mutex->owner || mutex->owner->state != TASK_DEAD);
	must(mutex->owner || !mutex->waiters.head || somebody(vm, OP_MUTEX_LOCK, number, false) ||
	     somebody(vm, OP_MUTEX_UNLOCK, number, true) ||
	     somebody(vm, OP_COND_WAIT, number, false));
	for (const struct task *task = mutex->condition.head; task; task = task->wait_next) {
		const struct program_task *waiter = (const struct program_task *)task;

		must(does(waiter, OP_COND_WAIT, number) && !waiter->signalled);
	}
	return NULL;
}

static const char *bounded_queue_broken(const struct vm *vm, uint32_t number)
{
	const struct bounded_queue *queue = &vm->guest.objects->queue[number];
	const struct program_task *putter = (const struct program_task *)queue->putters.head;

	must(queue->items <= queue->capacity);
	must_pass(sleepers_broken(&queue->getters, OP_GET, number));
	must_pass(sleepers_broken(&queue->putters, OP_PUT, number));
	must(!queue->items || !queue->getters.head || somebody(vm, OP_GET, number, false) ||
	     somebody(vm, OP_PUT, number, true));
	must(!putter || queue->items + putter->op.amount > queue->capacity ||
	     (queue->part && queue->items * queue->part > queue->capacity) ||
	     somebody(vm, OP_PUT, number, false) || somebody(vm, OP_GET, number, true));
	return NULL;
}

static bool call_interrupt_coming(const struct vm *vm, const struct vcpu *target)
{
	if (target->cpu.pending & 1u << IRQ_CALL)
		return true;
	for (uint32_t i = 0; i < vm->vcpus; i++)
		if (vm->vcpu[i].requests.call_any &&
		    cpumask_has(&vm->vcpu[i].requests.call, target->index))
			return true;
	return false;
}

/* NULL: none, or a thread of the kernel. */
static const struct program_task *program_of(const struct kernel_cpu *cpu)
{
	const struct task *task = cpu->current;

	return task && task->mm ? (const struct program_task *)task : NULL;
}

static const char *call_broken(const struct vm *vm, const struct kernel_cpu *cpu)
{
	const struct cross_call *call = cpu->call;
	const struct program_task *task = program_of(cpu);
	bool handles = cpu->in_interrupt && cpu->irq == IRQ_CALL;

	for (uint32_t i = 0; i < vm->vcpus; i++) {
		const struct cross_call *other = vm->guest.cpu[i].call;
		bool waits = cpumask_has(&other->pending, cpu->index);
		bool in_list = cpumask_has(&call->inbox, i),
		     served = cpumask_has(&call->running, i);

		must(waits == (in_list || served));
		must(!(in_list && served));
	}
	must(cpumask_empty(&call->running) || handles);
	must(cpumask_empty(&call->inbox) || (!cpu->current && cpu->idle.polls) ||
	     call_interrupt_coming(vm, &vm->vcpu[cpu->index]));
	if (!cpumask_empty(&call->pending)) {
		must(call->async || (task && calls(task)));
		must(!cpumask_has(&call->pending, cpu->index));
	}
	return NULL;
}

/* Preemption is off for a reason, and who spins without end waits for an answer. */
static const char *spinning_broken(const struct vm *vm, const struct kernel_cpu *cpu)
{
	const struct program_task *task = program_of(cpu);
	uint64_t left = cpu->in_interrupt ? cpu->base : vm->vcpu[cpu->index].left;
	uint32_t reasons = 0;

	if (task) {
		reasons = task->task.held[LOCK_SPIN] + (task->task.spins_on != NULL);
		reasons += calls(task) && task->stage > 0;
		reasons += task->task.sleep_wait.spins;
		reasons += task->task.rcu.inside && !cpu->kernel->rcu->preemptible;
	}
	must(cpu->no_preempt == reasons);
	if (task && !cpu->switching && !task->task.spins_on && left == TIME_NEVER)
		must(cpu->work == WORK_SPIN_CALL && !cpumask_empty(&cpu->call->pending));
	return NULL;
}

/* A kernel that does not preempt kernel code takes no CPU away within a system call. */
static const char *op_broken(const struct vm *vm, const struct program_task *task)
{
	bool waits = task->task.state == TASK_RUNNABLE && !task_running(&task->task);

	if (vm->config->guest.preemption >= PREEMPTION_FULL || !waits || !task->op_under_way)
		return NULL;
	switch (task->op.kind) {
	case OP_RUN:
	case OP_SLEEP:
	case OP_TIMER:
	case OP_YIELD:
	case OP_JOIN:
	case OP_IO:
	case OP_TOUCH:
		break;
	case OP_KERNEL_MUTEX_LOCK:
	case OP_READ_LOCK:
	case OP_WRITE_LOCK:
	case OP_FUTEX_WAIT:
	case OP_BARRIER:
		/* it has slept or given way, or spins in user mode */
		must(task->stage != 2);
		break;
	case OP_SYNCHRONIZE_RCU:
		must(task->stage > 0);
		break;
	case OP_COND_WAIT:
		must(task->part >= 2);
		break;
	default:
		must(task->stage == 0);
		break;
	}
	return NULL;
}

static bool is_in(const struct task *list, const struct task *task)
{
	while (list && list != task)
		list = list->wait_next;
	return list;
}

static const char *task_broken(const struct vm *vm, const struct program_task *task)
{
	const struct kernel *guest = &vm->guest;
	uint32_t held = 0, waits = 0;
	bool sleeps = task->op_under_way && (task->op.kind == OP_SLEEP ||
					     task->op.kind == OP_TIMER || task->op.kind == OP_IO);

	for (uint32_t i = 0; i < guest->objects->spin_locks; i++) {
		const struct spin_lock *lock = &guest->objects->spin_lock[i];

		held += lock->owner == &task->task;
		waits += lock->pending == &task->task;
		for (const struct task *in = lock->waiters.head; in; in = in->wait_next)
			waits += in == &task->task;
		for (const struct task *in = lock->contenders.head; in; in = in->wait_next)
			waits += in == &task->task;
	}
	for (uint32_t i = 0; i < guest->objects->futexes; i++) {
		const struct spin_lock *bucket = &guest->objects->futex[i].bucket;

		held += bucket->owner == &task->task;
		waits += task->task.spins_on == bucket;
	}
	must(task->task.held[LOCK_SPIN] == held);
	must(waits == (task->task.spins_on != NULL));
	if (task->task.state == TASK_SLEEPING && sleeps) {
		bool expired = false;

		for (uint32_t i = 0; i < guest->cpus; i++)
			expired |= is_in(guest->cpu[i].timer_expired, &task->task) ||
				   is_in(guest->cpu[i].io_done, &task->task);
		must(expired != timer_is_armed(&guest->engine->timers, &task->task.sleep));
	}
	return NULL;
}

const char *objects_broken(const struct vm *vm)
{
	uint32_t runnable = 0, listed = 0;

	must_pass(spin_locks_broken(vm));
	must_pass(sleep_locks_broken(vm));
	must_pass(rcu_broken(vm));
	for (uint32_t i = 0; i < vm->workload->mutexes; i++)
		must_pass(mutex_broken(vm, i));
	for (uint32_t i = 0; i < vm->workload->queues; i++)
		must_pass(bounded_queue_broken(vm, i));
	for (uint32_t i = 0; i < vm->vcpus; i++) {
		must_pass(call_broken(vm, &vm->guest.cpu[i]));
		must_pass(spinning_broken(vm, &vm->guest.cpu[i]));
		for (const struct task *in = vm->guest.cpu[i].first; in; in = in->next)
			listed += in->mm != NULL;
	}
	for (uint32_t i = 0; i < vm->workload->tasks; i++) {
		must_pass(task_broken(vm, &vm->tasks[i]));
		must_pass(op_broken(vm, &vm->tasks[i]));
		runnable += vm->tasks[i].task.state == TASK_RUNNABLE;
	}
	must(runnable == listed);
	return NULL;
}
