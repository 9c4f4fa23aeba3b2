/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * program_sync.c - ops on futexes, barriers and condition variables (kvm-and-guest.md 3.9)
 *
 * Each is a state machine in `stage`, as in program.c.
 */
#include "models/kernel/objects.h"
#include "models/kernel/program_private.h"
#include "models/measures.h"
#include "sim/engine/engine.h"

static uint64_t *seen(const struct futex *futex, const struct program_task *task)
{
	return &futex->seen[task->task.owner];
}

/* The system call, and its part under the hash bucket's lock. True: that part is done, and the lock is
 * still held. */
static bool in_bucket(struct program_task *task, struct kernel_cpu *cpu, struct futex *futex)
{
	enum { BEGIN, CALLED, WAITS, HOLDS };

	if (task->stage == BEGIN) {
		task->stage = CALLED;
		if (!program_work(task, cpu, cpu->kernel->costs.futex, WORK_KERNEL))
			return false;
	}
	if (task->stage == CALLED || task->stage == WAITS) {
		bool owns = task->stage == CALLED ? spin_lock(cpu, &futex->bucket)
						  : spin_lock_goes_on(cpu, &futex->bucket);

		if (owns && task->stage == WAITS)
			histogram_add(&cpu->kernel->measures->latency[LATENCY_LOCK_WAIT],
				      cpu->kernel->engine->now - task->task.waits_since);
		task->stage = WAITS;
		if (!owns)
			return false;
		task->stage = HOLDS;
		return program_work(task, cpu, cpu->kernel->costs.futex_bucket, WORK_KERNEL);
	}
	return true;
}

static void note(const struct kernel_cpu *cpu, enum trail_kind kind, int64_t n, int64_t object,
		 const struct task *whom)
{
	TRAIL(cpu->kernel->measures, .kind = kind, .who = cpu->cpu,
	      .whom = whom ? task_cpu(whom)->cpu : NULL, .n = n, .more = object,
	      .task = cpu->current->owner);
}

#define FUTEX_SLEEPS 4

bool program_futex_wait(struct program_task *task, struct kernel_cpu *cpu, uint32_t number)
{
	struct futex *futex = &cpu->kernel->objects->futex[number];

	if (task->stage == FUTEX_SLEEPS) {
		*seen(futex, task) = futex->value;
		note(cpu, TRAIL_WAIT_OVER, 0, TRAIL_OBJECT(OBJECT_FUTEX, number), NULL);
		return true;
	}
	if (!in_bucket(task, cpu, futex))
		return false;
	if (*seen(futex, task) != futex->value) {
		*seen(futex, task) = futex->value;
		spin_unlock(cpu, &futex->bucket);
		return true;
	}
	fifo_push(&futex->waiters, &task->task);
	spin_unlock(cpu, &futex->bucket);
	task->stage = FUTEX_SLEEPS;
	note(cpu, TRAIL_WAIT, WAIT_SLEEPS, TRAIL_OBJECT(OBJECT_FUTEX, number), NULL);
	kernel_block(cpu);
	return false;
}

bool program_futex_wake(struct program_task *task, struct kernel_cpu *cpu, uint32_t number)
{
	struct futex *futex = &cpu->kernel->objects->futex[number];
	struct task *waiter;

	if (!in_bucket(task, cpu, futex))
		return false;
	futex->value++;
	spin_unlock(cpu, &futex->bucket);
	for (uint64_t n = 0; n < task->op.amount; n++) {
		waiter = fifo_pop(&futex->waiters);
		if (!waiter)
			break;
		note(cpu, TRAIL_WAIT_LEAVES, 0, TRAIL_OBJECT(OBJECT_FUTEX, number), waiter);
		kernel_wake(waiter, cpu);
	}
	return true;
}

/* Who spins at the barrier in user mode, also off its CPU, sees that it is open. */
static void end_spin(struct task *task)
{
	struct kernel_cpu *cpu = task_cpu(task);
	uint64_t ns = cpu->kernel->costs.lock_handover;

	if (cpu->current == task && !cpu->switching)
		kernel_rework(cpu, ns, WORK_SPIN_USER);
	else
		task->segment = ns;
}

/* The last one wakes those who sleep, in one system call. */
static bool open_barrier(struct program_task *task, struct kernel_cpu *cpu, struct barrier *barrier)
{
	struct task *waiter;

	if (!task->half_done) {
		task->half_done = true;
		barrier->arrived = 0;
		barrier->passed++;
		while ((waiter = fifo_pop(&barrier->spinners)))
			end_spin(waiter);
		barrier->leaving = barrier->sleepers;
		barrier->sleepers = (struct task_fifo){ NULL, NULL };
		if (barrier->leaving.head &&
		    !program_work(task, cpu, cpu->kernel->costs.futex, WORK_KERNEL))
			return false;
	}
	while ((waiter = fifo_pop(&barrier->leaving)))
		kernel_wake(waiter, cpu);
	return true;
}

bool program_barrier(struct program_task *task, struct kernel_cpu *cpu, uint32_t number)
{
	struct barrier *barrier = &cpu->kernel->objects->barrier[number];
	int64_t object = TRAIL_OBJECT(OBJECT_BARRIER, number);
	enum { ARRIVES, SPINS, GOES_TO_SLEEP, SLEEPS, OPENS };

	if (task->stage == ARRIVES) {
		task->owed += cpu->kernel->costs.mutex;
		task->ticket = barrier->passed;
		if (++barrier->arrived == barrier->parties) {
			task->stage = OPENS;
			note(cpu, TRAIL_WAIT_LEAVES, barrier->spinners.head != NULL, object,
			     barrier->sleepers.head);
			return open_barrier(task, cpu, barrier);
		}
		task->stage = SPINS;
		note(cpu, TRAIL_WAIT, task->op.amount ? WAIT_SPINS : WAIT_SLEEPS, object, NULL);
		if (task->op.amount) {
			fifo_push(&barrier->spinners, &task->task);
			kernel_work(cpu, task->op.amount, WORK_SPIN_USER);
			return false;
		}
	}
	if (task->stage == OPENS)
		return open_barrier(task, cpu, barrier);
	if (task->ticket != barrier->passed) {
		note(cpu, TRAIL_WAIT_OVER, 0, object, NULL);
		return true;
	}
	if (task->stage == SPINS) {
		if (task->op.amount)
			fifo_remove(&barrier->spinners, &task->task);
		task->stage = GOES_TO_SLEEP;
		if (!program_work(task, cpu, cpu->kernel->costs.futex, WORK_KERNEL))
			return false;
	}
	task->stage = SLEEPS;
	note(cpu, TRAIL_WAIT_SLEEPS, SLEEP_ALWAYS, object, NULL);
	fifo_push(&barrier->sleepers, &task->task);
	kernel_block(cpu);
	return false;
}

/* In three parts: leaves the mutex, waits for a signal, takes the mutex. */
bool program_cond_wait(struct program_task *task, struct kernel_cpu *cpu, uint32_t number)
{
	struct mutex *mutex = &cpu->kernel->objects->mutex[number];
	enum { LEAVES, GOES_TO_SLEEP, SLEEPS, TAKES };

	if (task->part == LEAVES) {
		if (task->stage == 0) {
			task->signalled = false;
			fifo_push(&mutex->condition, &task->task);
		}
		if (!program_mutex_unlock(task, cpu, number))
			return false;
		task->part = GOES_TO_SLEEP;
		if (!program_work(task, cpu, cpu->kernel->costs.futex, WORK_KERNEL))
			return false;
	}
	if (task->part == GOES_TO_SLEEP) {
		task->part = SLEEPS;
		if (!task->signalled) {
			kernel_block(cpu);
			return false;
		}
	}
	if (task->part == SLEEPS) {
		task->part = TAKES;
		task->stage = 0;
		/* glibc takes it as a contended one: others may have been woken, too */
		task->half_done = true;
	}
	return program_mutex_lock(task, cpu, number);
}

bool program_cond_wake(struct program_task *task, struct kernel_cpu *cpu, uint32_t number)
{
	struct mutex *mutex = &cpu->kernel->objects->mutex[number];
	struct task *waiter;

	if (task->stage == 0) {
		if (!mutex->condition.head)
			return true;
		task->stage = 1;
		if (!program_work(task, cpu, cpu->kernel->costs.futex, WORK_KERNEL))
			return false;
	}
	while ((waiter = fifo_pop(&mutex->condition))) {
		((struct program_task *)waiter)->signalled = true;
		kernel_wake(waiter, cpu);
		if (task->op.kind == OP_COND_SIGNAL)
			break;
	}
	return true;
}
