/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * program.c - carrying out ops
 *
 * A task may lose its CPU between two ops: the boundary stands for a return to user mode or a
 * cond_resched(). While it holds a lock of the kernel there is neither: all of that is one system call,
 * which only a preemptible kernel cuts. Each op is a small state machine in `stage`; it returns true when the op is over
 * and no time has to pass, false when advance() will be called again.
 */
#include "models/kernel/program.h"

#include "models/kernel/cross_call.h"
#include "models/kernel/kernel.h"
#include "models/kernel/objects.h"
#include "models/kernel/program_private.h"
#include "models/kernel/quota.h"
#include "models/kernel/rcu.h"
#include "models/measures.h"
#include "sim/engine/engine.h"

static inline struct program_task *program_task_of(struct task *task)
{
	return (struct program_task *)task;
}

bool program_work(struct program_task *task, struct kernel_cpu *cpu, uint64_t ns, enum work kind)
{
	ns += task->owed;
	task->owed = 0;
	if (!ns)
		return true;
	if (kernel_wants_cpu(cpu, kind)) {
		/* what this op has woken comes first */
		task->task.segment = ns;
		task->task.segment_work = kind;
		kernel_schedule(cpu);
	} else {
		kernel_work(cpu, ns, kind);
	}
	return false;
}

static bool op_segment(struct program_task *task, struct kernel_cpu *cpu, enum work kind)
{
	if (task->stage++ > 0)
		return true;
	return program_work(task, cpu, task->op.amount, kind);
}

static bool op_lock(struct program_task *task, struct kernel_cpu *cpu, struct spin_lock *lock)
{
	struct measures *measures = cpu->kernel->measures;
	bool owns;

	if (task->stage == 0)
		cpu->irqs_off += task->op.amount > 0;
	owns = task->stage == 0 ? spin_lock(cpu, lock) : spin_lock_goes_on(cpu, lock);
	if (owns) {
		uint64_t wait = task->stage ? cpu->kernel->engine->now - task->task.waits_since : 0;

		histogram_add(&measures->latency[LATENCY_LOCK_TAKE], wait);
		if (task->stage)
			histogram_add(&measures->latency[LATENCY_LOCK_WAIT], wait);
	}
	task->stage = 1;
	if (owns) {
		lock->irqs_off = task->op.amount > 0;
		count(measures, COUNTER_SPIN_LOCKS);
	}
	return owns;
}

/* Wakes the first waiter after the system call that this takes. */
static bool wake_first(struct program_task *task, struct kernel_cpu *cpu, struct task_fifo *fifo,
		       bool sync)
{
	struct task *waiter;

	if (task->stage == 1) {
		if (!fifo->head)
			return true;
		task->stage = 2;
		if (!program_work(task, cpu, cpu->kernel->costs.futex, WORK_KERNEL))
			return false;
	}
	waiter = fifo_pop(fifo);
	if (waiter && sync)
		kernel_wake_sync(waiter, cpu);
	else if (waiter)
		kernel_wake(waiter, cpu);
	return true;
}

/* sock_wait_for_wmem() sleeps until unix_write_space() finds a quarter or less in use, and is not an
 * exclusive wait: measured (a socket that holds 278 messages is writable when 69 are left). */
static bool wake_putters(struct program_task *task, struct kernel_cpu *cpu,
			 struct bounded_queue *queue)
{
	struct task *waiter;

	if (task->stage == 1) {
		if (!queue->putters.head || queue->items * queue->part > queue->capacity)
			return true;
		task->stage = 2;
		if (!program_work(task, cpu, cpu->kernel->costs.futex, WORK_KERNEL))
			return false;
	}
	while ((waiter = fifo_pop(&queue->putters)))
		kernel_wake_sync(waiter, cpu);
	return true;
}

/* Stages 1 and 2 of an op that has to sleep: the system call, then sleep unless `ready` by now.
 * Back in stage 0 when woken. */
static bool wait_in(struct program_task *task, struct kernel_cpu *cpu, struct task_fifo *fifo)
{
	if (task->stage == 0) {
		task->stage = 1;
		if (!program_work(task, cpu, cpu->kernel->costs.futex, WORK_KERNEL))
			return false;
	}
	task->stage = 0;
	fifo_push(fifo, &task->task);
	kernel_block(cpu);
	return false;
}

bool program_mutex_lock(struct program_task *task, struct kernel_cpu *cpu, uint32_t number)
{
	struct mutex *mutex = &cpu->kernel->objects->mutex[number];

	if (mutex->owner) {
		task->half_done = true;
		mutex->contended = true;
		return wait_in(task, cpu, &mutex->waiters);
	}
	mutex->owner = &task->task;
	task->task.held[LOCK_USER]++;
	mutex->contended = task->half_done;
	count(cpu->kernel->measures, COUNTER_USER_MUTEXES);
	task->owed += cpu->kernel->costs.mutex;
	return true;
}

bool program_mutex_unlock(struct program_task *task, struct kernel_cpu *cpu, uint32_t number)
{
	struct mutex *mutex = &cpu->kernel->objects->mutex[number];

	if (task->stage == 0) {
		sim_assert(cpu->kernel->engine, mutex->owner == &task->task);
		mutex->owner = NULL;
		task->task.held[LOCK_USER]--;
		task->owed += cpu->kernel->costs.mutex;
		task->stage = 1;
		if (mutex->three_states && !mutex->contended)
			return true;
	}
	return wake_first(task, cpu, &mutex->waiters, false);
}

static bool op_put(struct program_task *task, struct kernel_cpu *cpu, struct bounded_queue *queue)
{
	if (task->stage < 2 && !task->half_done) {
		if (queue->items + task->op.amount > queue->capacity)
			return wait_in(task, cpu, &queue->putters);
		queue->items += task->op.amount;
		task->owed += queue->part ? 0 : 2 * cpu->kernel->costs.mutex;
		task->stage = 1;
		task->half_done = true;
	}
	return wake_first(task, cpu, &queue->getters, queue->pipe);
}

static bool op_get(struct program_task *task, struct kernel_cpu *cpu, struct bounded_queue *queue)
{
	if (task->stage < 2 && !task->half_done) {
		if (!queue->items)
			return wait_in(task, cpu, &queue->getters);
		queue->items -= queue->items < task->op.amount ? queue->items : task->op.amount;
		task->owed += queue->part ? 0 : 2 * cpu->kernel->costs.mutex;
		task->stage = 1;
		task->half_done = true;
	}
	return queue->part ? wake_putters(task, cpu, queue)
			   : wake_first(task, cpu, &queue->putters, queue->pipe);
}

static bool op_call(struct program_task *task, struct kernel_cpu *cpu)
{
	const struct cross_call *call = cpu->call;

	bool async = task->op.kind == OP_CALL_ASYNC;
	enum { BEGIN, WAITS_FOR_SLOTS, SENT };

	if (task->stage == BEGIN) {
		task->stage = WAITS_FOR_SLOTS;
		if (!call_prepare(cpu))
			return false;
	}
	if (task->stage == WAITS_FOR_SLOTS) {
		task->stage = SENT;
		if (task->op.kind == OP_CALL_ALL || async)
			call_all(cpu, task->op.amount, async);
		else
			shootdown_begin(cpu, task->op.amount, task->op.kind == OP_UNMAP);
		task->half_done = !async && !cpumask_empty(&call->pending);
		return false;
	}
	if (!async && !call_wait(cpu))
		return false;
	call_end(cpu);
	if (task->half_done)
		histogram_add(&cpu->kernel->measures->latency[LATENCY_IPI_RESPONSE],
			      cpu->kernel->engine->now - call->since);
	return true;
}

static bool op_sleep(struct program_task *task, struct kernel_cpu *cpu)
{
	if (task->stage++ > 0)
		return true;
	task->due = cpu->kernel->engine->now + task->op.amount;
	kernel_sleep(cpu, task->op.amount);
	return false;
}

/* clock_nanosleep(TIMER_ABSTIME) as cyclictest calls it: what is over already is left out, and what is
 * due right now needs no sleep. */
static bool op_timer(struct program_task *task, struct kernel_cpu *cpu)
{
	uint64_t now = cpu->kernel->engine->now, period = task->op.amount;

	if (task->stage++ > 0)
		return true;
	task->due = (task->due ? task->due : now) + period;
	if (task->due < now)
		task->due += (now - task->due + period - 1) / period * period;
	if (task->due == now)
		return true;
	kernel_sleep(cpu, task->due - now);
	return false;
}

static bool op_mark_begin(const struct program_task *task, struct kernel_cpu *cpu)
{
	uint64_t now = cpu->kernel->engine->now;
	bool since_due = task->op.amount && task->due;

	mark_begin(cpu->kernel->objects, task->op.object, since_due ? task->due : now);
	return true;
}

static bool op_mark_end(const struct program_task *task, struct kernel_cpu *cpu)
{
	mark_end(cpu->kernel->objects, task->op.object, cpu->kernel->engine->now);
	return true;
}

static bool op_yield(struct program_task *task, struct kernel_cpu *cpu)
{
	if (task->stage == 0) {
		task->stage = 1;
		if (!program_work(task, cpu, cpu->kernel->costs.futex, WORK_KERNEL))
			return false;
	}
	if (task->stage == 2)
		return true;
	task->stage = 2;
	kernel_yield(cpu);
	return false;
}

static bool op_pass(struct kernel_cpu *cpu)
{
	struct kernel_objects *objects = cpu->kernel->objects;
	uint64_t now = cpu->kernel->engine->now;

	if (objects->pass_since) {
		histogram_add(&cpu->kernel->measures->latency[LATENCY_PASS],
			      now - objects->pass_since);
		objects->passes++;
	}
	objects->pass_since = now;
	return true;
}

static bool carry_out_other(struct program_task *task, struct kernel_cpu *cpu)
{
	struct kernel_objects *objects = cpu->kernel->objects;
	uint32_t object = task->op.object;

	switch (task->op.kind) {
	case OP_KERNEL_MUTEX_LOCK:
		return sleep_lock_take(task, cpu, &objects->kernel_mutex[object], false);
	case OP_KERNEL_MUTEX_UNLOCK:
		return sleep_lock_release(task, cpu, &objects->kernel_mutex[object]);
	case OP_READ_LOCK:
	case OP_WRITE_LOCK:
		return sleep_lock_take(task, cpu, &objects->rwsem[object],
				       task->op.kind == OP_READ_LOCK);
	case OP_RW_UNLOCK:
		return sleep_lock_release(task, cpu, &objects->rwsem[object]);
	case OP_DOWNGRADE:
		return sleep_lock_downgrade(task, cpu, &objects->rwsem[object]);
	case OP_FUTEX_WAIT:
		return program_futex_wait(task, cpu, object);
	case OP_FUTEX_WAKE:
		return program_futex_wake(task, cpu, object);
	case OP_BARRIER:
		return program_barrier(task, cpu, object);
	case OP_COND_WAIT:
		return program_cond_wait(task, cpu, object);
	case OP_COND_SIGNAL:
	case OP_COND_BROADCAST:
		return program_cond_wake(task, cpu, object);
	case OP_RCU_READ:
		return rcu_read(task, cpu);
	case OP_CALL_RCU:
		return rcu_call(task, cpu);
	case OP_SYNCHRONIZE_RCU:
		return task->op.amount ? rcu_synchronize_expedited(task, cpu)
				       : rcu_synchronize(task, cpu);
	case OP_TIMER:
		return op_timer(task, cpu);
	case OP_MARK_BEGIN:
		return op_mark_begin(task, cpu);
	case OP_MARK_END:
		return op_mark_end(task, cpu);
	case OP_IO:
		return program_io(task, cpu);
	case OP_TOUCH:
		return program_touch(task, cpu);
	case OP_SPAWN:
		return program_spawn(task, cpu);
	case OP_JOIN:
		return program_join(task, cpu);
	default:
		program_exit(task, cpu);
		return false;
	}
}

static bool carry_out(struct program_task *task, struct kernel_cpu *cpu)
{
	struct kernel_objects *objects = cpu->kernel->objects;
	uint32_t object = task->op.object;

	switch (task->op.kind) {
	case OP_RUN:
		return op_segment(task, cpu, WORK_USER);
	case OP_SPIN:
		return op_segment(task, cpu, WORK_SPIN_USER);
	case OP_KERNEL:
		return op_segment(task, cpu, WORK_KERNEL);
	case OP_LOCK:
		return op_lock(task, cpu, &objects->spin_lock[object]);
	case OP_UNLOCK:
		spin_unlock(cpu, &objects->spin_lock[object]);
		return true;
	case OP_MUTEX_LOCK:
		return program_mutex_lock(task, cpu, object);
	case OP_MUTEX_UNLOCK:
		return program_mutex_unlock(task, cpu, object);
	case OP_PUT:
		return op_put(task, cpu, &objects->queue[object]);
	case OP_GET:
		return op_get(task, cpu, &objects->queue[object]);
	case OP_SHOOTDOWN:
	case OP_UNMAP:
	case OP_CALL_ALL:
	case OP_CALL_ASYNC:
		return op_call(task, cpu);
	case OP_SLEEP:
		return op_sleep(task, cpu);
	case OP_YIELD:
		return op_yield(task, cpu);
	case OP_WORK:
		objects->work += task->op.amount;
		return true;
	case OP_PASS:
		return op_pass(cpu);
	default:
		return carry_out_other(task, cpu);
	}
}

/* Does the task go from op to op inside the kernel? */
static enum work between_ops(const struct task *task)
{
	const uint32_t *held = task->held;

	return held[LOCK_SPIN] || held[LOCK_MUTEX] || held[LOCK_RWSEM] ? WORK_KERNEL : WORK_USER;
}

static void let_go(struct kernel_cpu *cpu, enum work work)
{
	if (work == WORK_USER)
		kernel_give_way(cpu);
	else
		kernel_schedule(cpu);
}

static void program_advance(struct task *generic)
{
	struct program_task *task = program_task_of(generic);
	struct kernel_cpu *cpu = task_cpu(generic);

	for (;;) {
		if (!task->op_under_way) {
			enum work work = between_ops(generic);

			if (kernel_wants_cpu(cpu, work)) {
				let_go(cpu, work);
				return;
			}
			task->program->next(task->program, &task->op);
			task->op_under_way = true;
			task->stage = 0;
			task->half_done = false;
			task->part = 0;
		}
		if (!carry_out(task, cpu))
			return;
		task->op_under_way = false;
	}
}

static const struct task_ops program_task_ops = { .advance = program_advance };

void program_task_init(struct program_task *task, struct kernel *kernel, struct program *program,
		       uint32_t only_cpu, const void *mm, uint16_t owner)
{
	task->program = program;
	task_init(kernel, &task->task, &program_task_ops, NULL, only_cpu, mm, owner);
}
