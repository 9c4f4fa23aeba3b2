/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * interrupt.c - interrupts of a kernel's CPU: take one, run its handler, go on with something
 */
#include "models/kernel/cross_call.h"
#include "models/kernel/hrtick.h"
#include "models/kernel/kernel.h"
#include "models/kernel/quota.h"
#include "models/kernel/rcu.h"
#include "models/kernel/rq_lock.h"
#include "models/kernel/tick.h"
#include "models/measures.h"
#include "sim/engine/engine.h"
#include "sim/engine/time.h"

/* No two ticks take the same; some are followed by deferred work: timers, RCU and the like. */
static uint64_t tick_cost(const struct kernel_cpu *cpu)
{
	struct kernel *kernel = cpu->kernel;
	const struct kernel_costs *costs = &kernel->costs;
	uint64_t ns = costs->tick;

	if (cpu->current)
		ns += costs->tick_level * cpu->current->fair.entity.depth;
	if (costs->tick_spread)
		ns += random_between(&kernel->softirq, 0, costs->tick_spread);
	if (costs->softirq_share && random_below(&kernel->softirq, 1000000) < costs->softirq_share)
		ns += random_between(&kernel->softirq, 0, costs->softirq);
	return ns;
}

static uint64_t tick_wait(struct kernel_cpu *cpu)
{
	return rq_lock_take(cpu, cpu->kernel->engine->now, cpu->kernel->costs.rq_lock);
}

static uint64_t handler_cost(struct kernel_cpu *cpu, enum irq irq)
{
	const struct kernel_costs *costs = &cpu->kernel->costs;

	switch (irq) {
	case IRQ_TICK:
		return tick_cost(cpu) + tick_wait(cpu) +
		       (cpu->kernel->rcu ? rcu_tick_begin(cpu) : 0);
	case IRQ_CALL:
		return costs->call_handler + cross_call_begin(cpu);
	case IRQ_IO:
		return costs->io_handler;
	default:
		return costs->ipi_handler;
	}
}

/* Of a call, whether the EOI comes before the answer or after it, the caller can tell. */
static bool ends_late(const struct kernel_cpu *cpu, enum irq irq)
{
	return irq == IRQ_CALL && cpu->kernel->params->late_eoi;
}

/* A short idle time ends in a shallow sleep state, a long one in a deep one. */
static uint64_t idle_wake(const struct kernel_cpu *cpu)
{
	const struct kernel_costs *costs = &cpu->kernel->costs;
	uint64_t idle = cpu->kernel->engine->now - cpu->idle_since;

	if (costs->idle_deep_after && idle >= costs->idle_deep_after)
		return costs->idle_wake_deep;
	return costs->idle_wake;
}

void kernel_interrupt(struct kernel_cpu *cpu, enum irq irq)
{
	uint64_t ns = handler_cost(cpu, irq);
	enum work work = WORK_KERNEL;

	sim_assert(cpu->kernel->engine, !cpu->in_interrupt && !cpu->switching && !cpu->locking);
	TRAIL(cpu->kernel->measures, .kind = TRAIL_HANDLER, .who = cpu->cpu, .n = irq);
	cpu->in_interrupt = true;
	cpu->irq = irq;
	cpu->cpu->irqs_on = false;
	if (!cpu->current) {
		ns += cpu->idle.halts ? idle_wake(cpu) : 0;
		idle_interrupted(cpu);
	} else if (cpu->work == WORK_GUEST) {
		/* the handler is part of the exit: one segment, one account */
		ns += cpu->current->ops->interrupted(cpu->current);
		work = WORK_EXIT;
	} else {
		cpu->base = cpu->cpu->ops->stop(cpu->cpu);
		cpu->base_work = cpu->work;
		if (cpu->kernel->params->timed_work)
			cpu->base_clock = kernel_clock(cpu);
	}
	if (irq == IRQ_TICK)
		kernel_tick_charge(cpu);
	if (!ends_late(cpu, irq))
		cpu->cpu->ops->end_of_interrupt(cpu->cpu, irq);
	cpu->cpu->ops->execute(cpu->cpu, ns, work);
}

static void wake_sleepers(struct kernel_cpu *cpu, struct task **list)
{
	while (*list) {
		struct task *task = *list;

		*list = task->wait_next;
		task->wait_next = NULL;
		kernel_wake(task, cpu);
	}
}

/* Of work that ends by the clock, its time has gone on under the handler. */
static void pass_time(struct kernel_cpu *cpu)
{
	uint64_t passed = kernel_clock(cpu) - cpu->base_clock;

	if (cpu->base != TIME_NEVER)
		cpu->base -= passed < cpu->base ? passed : cpu->base;
}

/* What the running task does next after an interrupt; eevdf.md section 6. */
static void return_to_task(struct kernel_cpu *cpu)
{
	struct task *task = cpu->current;

	if (cpu->kernel->params->timed_work && work_is_own(cpu->base_work))
		pass_time(cpu);
	if (cpu->work == WORK_GUEST) {
		/* the task's own loop checks for a reschedule before it enters the guest again */
		task->ops->advance(task);
	} else if (cpu->base_work == WORK_HALT_POLL &&
		   (cpu->rq->resched || cpu->rq->nr_running > 1)) {
		/* the poll ends as soon as anybody else could run, preempting or not:
		 * kvm-and-guest.md 3.10, test 65 */
		task->ops->advance(task);
	} else if ((cpu->base_work == WORK_SPIN_MUTEX || cpu->base_work == WORK_SPIN_RWSEM) &&
		   (cpu->rq->resched & FAIR_RESCHED_NOW)) {
		/* an optimistic spinner gives way: kvm-and-guest.md 3.9 */
		task->ops->advance(task);
	} else if (cpu->base_work == WORK_LOCK_HALT) {
		/* HLT ends with the interrupt that it let in */
		task->ops->advance(task);
	} else if (kernel_wants_cpu(cpu, cpu->base_work)) {
		task->segment = cpu->base;
		task->segment_work = cpu->base_work;
		if (cpu->base_work == WORK_USER)
			kernel_give_way(cpu);
		else
			kernel_schedule(cpu);
	} else {
		cpu->cpu->irqs_on = true;
		cpu->cpu->ops->execute(cpu->cpu, cpu->base, cpu->base_work);
	}
}

/* Will the running task have to let go of the CPU when the handler is over? */
static bool brings_switch(const struct kernel_cpu *cpu)
{
	return cpu->current &&
	       kernel_wants_cpu(cpu, cpu->work == WORK_GUEST ? WORK_GUEST : cpu->base_work);
}

static void handle(struct kernel_cpu *cpu)
{
	switch (cpu->irq) {
	case IRQ_TICK:
		kernel_tick(cpu);
		if (cpu->kernel->rcu)
			rcu_tick_end(cpu);
		break;
	case IRQ_CALL:
		if (cpu->kernel->rcu)
			rcu_called(cpu);
		break;
	case IRQ_TIMER:
		wake_sleepers(cpu, &cpu->timer_expired);
		hrtick_interrupt(cpu);
		break;
	case IRQ_IO:
		wake_sleepers(cpu, &cpu->io_done);
		break;
	default:
		break;
	}
	if (ends_late(cpu, cpu->irq) && !cpu->calls_polled)
		cpu->cpu->ops->end_of_interrupt(cpu->cpu, cpu->irq);
	cpu->calls_polled = false;
}

/* The idle loop's end runs what others have called for, as a handler does: 3.4. */
static void take_calls(struct kernel_cpu *cpu)
{
	TRAIL(cpu->kernel->measures, .kind = TRAIL_HANDLER, .who = cpu->cpu, .n = IRQ_CALL);
	cpu->idle.polls = false;
	cpu->in_interrupt = cpu->calls_polled = true;
	cpu->irq = IRQ_CALL;
	cpu->cpu->irqs_on = false;
	cpu->cpu->ops->execute(cpu->cpu, cross_call_begin(cpu), WORK_KERNEL);
}

static void interrupt_done(struct kernel_cpu *cpu)
{
	uint64_t way = cpu->kernel->costs.reschedule;
	uint64_t ns = 0;

	if (!cpu->rescheduling) {
		if (cpu->irq == IRQ_CALL && cross_call_next(cpu, &ns)) {
			cpu->cpu->ops->execute(cpu->cpu, ns, WORK_KERNEL);
			return;
		}
		handle(cpu);
		cpu->rescheduling = way && brings_switch(cpu);
		if (cpu->rescheduling) {
			cpu->cpu->ops->execute(cpu->cpu, way, WORK_SWITCH);
			return;
		}
	}
	cpu->rescheduling = cpu->in_interrupt = false;
	if (cpu->current)
		return_to_task(cpu);
	else if (cpu->idle.polls && cross_call_queued(cpu))
		take_calls(cpu);
	else
		kernel_schedule(cpu);
}

void kernel_unhalted(struct kernel_cpu *cpu)
{
	if (cpu->current) {
		kernel_resume(cpu);
	} else {
		idle_interrupted(cpu);
		kernel_schedule(cpu);
	}
}

void kernel_speed_changed(struct kernel_cpu *cpu)
{
	if (cpu->work == WORK_GUEST && !cpu->in_interrupt && cpu->current)
		cpu->current->ops->speed_changed(cpu->current);
}

void kernel_cpu_done(struct kernel_cpu *cpu)
{
	if (cpu->in_interrupt) {
		interrupt_done(cpu);
	} else if (cpu->locking) {
		kernel_schedule_locked(cpu);
	} else if (!cpu->current) {
		if (cross_call_queued(cpu))
			take_calls(cpu);
		else if (idle_poll_over(cpu))
			kernel_schedule(cpu);
		else
			kernel_idle(cpu);
	} else {
		if (cpu->switching && cpu->current->ops->switched_in)
			cpu->current->ops->switched_in(cpu->current);
		cpu->switching = false;
		kernel_resume(cpu);
	}
}
