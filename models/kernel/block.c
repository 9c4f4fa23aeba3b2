/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * block.c - tasks that stop being runnable, and become so again
 */
#include "models/events.h"
#include "models/kernel/balance.h"
#include "models/kernel/hrtick.h"
#include "models/kernel/kernel.h"
#include "models/kernel/placement.h"
#include "models/kernel/rq_lock.h"
#include "models/kernel/runnable.h"
#include "models/measures.h"
#include "models/sched/load.h"
#include "models/sched/query.h"
#include "sim/engine/engine.h"
#include "sim/engine/time.h"

uint64_t kernel_now(const struct kernel *kernel)
{
	return kernel->engine->now;
}

uint64_t kernel_clock(const struct kernel_cpu *cpu)
{
	return cpu->cpu->ops->task_clock(cpu->cpu, cpu->kernel->engine->now);
}

void kernel_notify(struct kernel_cpu *cpu, struct kernel_cpu *by, uint32_t before)
{
	bool polls = cpu->current && cpu->work == WORK_HALT_POLL;

	hrtick_enqueued(cpu);
	if (cpu == by)
		return;
	/* a lazy request sends nothing, an urgent one once: eevdf.md 6, I18 */
	if (!polls && !(cpu->rq->resched & ~before & FAIR_RESCHED_NOW))
		return;
	if (!cpu->current && cpu->idle.polls)
		idle_hit(cpu);
	else if (by)
		by->cpu->ops->kick(by->cpu, cpu->cpu);
	else
		cpu->cpu->ops->raise(cpu->cpu, IRQ_RESCHEDULE);
}

static void leave(struct kernel_cpu *cpu, enum task_state state, uint32_t flags)
{
	struct task *task = cpu->current;

	task->state = state;
	runnable_remove(task);
	fair_dequeue(cpu->rq, &task->fair, flags, kernel_clock(cpu));
	if (state == TASK_DEAD)
		fair_task_dead(&task->fair);
	kernel_schedule(cpu);
}

void kernel_block(struct kernel_cpu *cpu)
{
	leave(cpu, TASK_SLEEPING, FAIR_SLEEP);
}

static void sleep_over(struct timer *timer, uint64_t now)
{
	struct task *task = (struct task *)((char *)timer - offsetof(struct task, sleep));
	struct kernel_cpu *cpu = task_cpu(task);
	struct task **list = task->awaits_io ? &cpu->io_done : &cpu->timer_expired;

	(void)now;
	task->wait_next = *list;
	*list = task;
	cpu->cpu->ops->raise(cpu->cpu, task->awaits_io ? IRQ_IO : IRQ_TIMER);
}

static void arm_sleep(struct kernel_cpu *cpu, uint64_t ns, bool io)
{
	struct task *task = cpu->current;

	/* most tasks never sleep, and an unused timer makes every walk of the pending set longer */
	if (!task->sleep.fire)
		timer_init(&cpu->kernel->engine->timers, &task->sleep, sleep_over, EVENT_SLEEP,
			   task->owner);
	task->awaits_io = io;
	engine_arm(cpu->kernel->engine, &task->sleep, cpu->kernel->engine->now + ns);
}

void kernel_sleep(struct kernel_cpu *cpu, uint64_t ns)
{
	arm_sleep(cpu, ns, false);
	cpu->cpu->ops->timer_armed(cpu->cpu);
	kernel_block(cpu);
}

/* A queue of the device for each CPU: the interrupt comes to the one that submitted. */
void kernel_io(struct kernel_cpu *cpu, uint64_t ns)
{
	arm_sleep(cpu, ns, true);
	cpu->cpu->ops->doorbell(cpu->cpu);
	kernel_block(cpu);
}

/* Its timer has expired, and the interrupt is on its way. */
static void forget_expired(struct task *task)
{
	struct task **link = &task_cpu(task)->timer_expired;

	while (*link && *link != task)
		link = &(*link)->wait_next;
	if (*link)
		*link = task->wait_next;
	task->wait_next = NULL;
}

bool kernel_wake_early(struct task *task, struct kernel_cpu *by)
{
	struct timers *timers = &task->kernel->engine->timers;

	if (task->state != TASK_SLEEPING)
		return false;
	if (timer_is_armed(timers, &task->sleep))
		engine_cancel(task->kernel->engine, &task->sleep);
	else
		forget_expired(task);
	return kernel_wake(task, by);
}

void kernel_yield(struct kernel_cpu *cpu)
{
	fair_yield(cpu->rq, kernel_clock(cpu));
	kernel_schedule(cpu);
}

void kernel_exit(struct kernel_cpu *cpu)
{
	leave(cpu, TASK_DEAD, FAIR_SLEEP | FAIR_SPECIAL);
}

static bool wake(struct task *task, struct kernel_cpu *by, bool sync)
{
	struct kernel_cpu *cpu;
	uint32_t requests;

	if (task->state != TASK_SLEEPING)
		return false;
	task->state = TASK_RUNNABLE;
	task->runnable_since = task->kernel->engine->now;
	task->woken = true;
	task->wakeups++;
	count(task->kernel->measures, task->kernel->wake_counter);
	/* a delayed task never left its queue and wakes there: eevdf.md 1.14, step 1 */
	if (!fair_task_delayed(&task->fair)) {
		/* its load has decayed on its old CPU until now */
		fair_clock(task_cpu(task)->rq, kernel_clock(task_cpu(task)));
		uint32_t target = placement_wake(task, by, sync);

		if (target != task->cpu)
			count(task->kernel->measures, task->kernel->move_counters[MOVE_WAKEUP]);
		task_set_cpu(task, target);
	}
	cpu = task_cpu(task);
	if (by && by != cpu)
		rq_lock_hold(cpu);
	requests = cpu->rq->resched;
	runnable_add(task);
	fair_wake(cpu->rq, &task->fair,
		  (by && !by->in_interrupt ? FAIR_IN_TASK : 0) | (sync ? FAIR_SYNC : 0),
		  kernel_clock(cpu));
	kernel_notify(cpu, by, requests);
	return true;
}

bool kernel_wake(struct task *task, struct kernel_cpu *by)
{
	return wake(task, by, false);
}

bool kernel_wake_sync(struct task *task, struct kernel_cpu *by)
{
	return wake(task, by, true);
}

/* As sched_fork() leaves it: no history, no load but the first. */
static void forget_past(struct task *task)
{
	fair_task_init(&task->kernel->fair, &task->fair, task->fair.group);
	task->waker = (struct waker){ 0 };
	task->recent_cpu = UINT32_MAX;
	task->off_since = 0;
	task->woken = false;
}

void task_init(struct kernel *kernel, struct task *task, const struct task_ops *ops,
	       struct fair_group *group, uint32_t only_cpu, const void *mm, uint16_t owner)
{
	task->ops = ops;
	task->kernel = kernel;
	task->cpu = only_cpu == UINT32_MAX ? 0 : only_cpu;
	task->only_cpu = only_cpu;
	task->mm = mm;
	task->state = TASK_NEW;
	task->fair.group = group;
	forget_past(task);
	task->owner = owner;
	kernel->balance->movable += only_cpu == UINT32_MAX;
}

static void start(struct task *task, uint32_t cpu, struct kernel_cpu *by)
{
	struct kernel_cpu *target = &task->kernel->cpu[cpu];
	uint32_t requests = target->rq->resched;

	task->state = TASK_RUNNABLE;
	task->cpu = cpu;
	task->runnable_since = task->kernel->engine->now;
	runnable_add(task);
	fair_start(target->rq, &task->fair, kernel_clock(target));
	kernel_notify(target, by, requests);
}

void task_start(struct task *task, uint32_t cpu)
{
	start(task, cpu, NULL);
}

void kernel_fork(struct kernel_cpu *cpu, struct task *child)
{
	sim_assert(cpu->kernel->engine, child->state == TASK_NEW || child->state == TASK_DEAD);
	if (child->state == TASK_DEAD)
		forget_past(child);
	count(cpu->kernel->measures, COUNTER_FORKS);
	start(child, placement_fork(child, cpu->index), cpu);
}
