/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schedule.c - who has the CPU, and the switch to somebody else
 */
#include "models/kernel/balance.h"
#include "models/kernel/balance_rules.h"
#include "models/kernel/hint.h"
#include "models/kernel/hrtick.h"
#include "models/kernel/kernel.h"
#include "models/kernel/quota.h"
#include "models/kernel/rcu.h"
#include "models/kernel/rq_lock.h"
#include "models/kernel/runnable.h"
#include "models/kernel/tick.h"
#include "models/kernel/wait.h"
#include "models/measures.h"
#include "models/sched/load.h"
#include "sim/engine/engine.h"

void kernel_work(struct kernel_cpu *cpu, uint64_t ns, enum work work)
{
	cpu->work = work;
	cpu->cpu->irqs_on = !cpu->irqs_off;
	cpu->cpu->ops->execute(cpu->cpu, ns, work);
}

void kernel_halt(struct kernel_cpu *cpu)
{
	cpu->work = WORK_LOCK_HALT;
	cpu->cpu->irqs_on = !cpu->irqs_off;
	cpu->cpu->ops->halt(cpu->cpu);
}

uint64_t kernel_stop(struct kernel_cpu *cpu)
{
	return cpu->in_interrupt ? cpu->base : cpu->cpu->ops->stop(cpu->cpu);
}

void kernel_rework(struct kernel_cpu *cpu, uint64_t ns, enum work work)
{
	if (cpu->in_interrupt) {
		cpu->base = ns;
		cpu->base_work = cpu->work = work;
		return;
	}
	cpu->cpu->ops->stop(cpu->cpu);
	kernel_work(cpu, ns, work);
}

void kernel_resume(struct kernel_cpu *cpu)
{
	struct task *task = cpu->current;
	uint64_t left = task->segment;

	if (left && task->segment_work == WORK_USER && out_of_quota(cpu)) {
		kernel_give_way(cpu);
		return;
	}
	task->segment = 0;
	if (left)
		kernel_work(cpu, left, task->segment_work);
	else
		task->ops->advance(task);
}

bool kernel_wants_cpu(const struct kernel_cpu *cpu, enum work work)
{
	uint32_t flags = cpu->rq->resched;

	if (cpu->no_preempt)
		return false;
	if ((work == WORK_USER || work == WORK_SPIN_USER || work == WORK_GUEST) &&
	    out_of_quota(cpu))
		return true;
	if (!flags)
		return false;
	switch (work) {
	case WORK_USER:
	case WORK_SPIN_USER:
	case WORK_GUEST:
	case WORK_HALT_POLL:
		return true;
	default:
		/* kernel code: only the preemptible models, and never for a lazy request */
		return cpu->kernel->params->preemption >= PREEMPTION_FULL &&
		       (flags & FAIR_RESCHED_NOW);
	}
}

/*
 * Run lengths and waits as data/realsched/README.md defines them: a run goes on over an interruption
 * by a task that is not measured, when the same task continues next on that CPU.
 */
static void count_run(struct kernel_cpu *cpu)
{
	struct task *task = cpu->counted;

	if (task && cpu->counted_since >= cpu->kernel->measures->since)
		histogram_add(task->run_length, cpu->counted_until - cpu->counted_since);
	cpu->counted = NULL;
}

static void count_off(struct kernel_cpu *cpu, const struct task *task, bool runnable, uint64_t now)
{
	if (!task->run_length)
		return;
	cpu->counted_until = now;
	if (!runnable)
		count_run(cpu);
}

static void count_on(struct kernel_cpu *cpu, struct task *task, uint64_t now)
{
	struct histogram *wait = task->woken ? task->wake_latency : task->preempt_wait;

	task->switch_ins++;
	if (task->run_length && cpu->counted == task && !task->woken)
		return;
	if (wait && task->runnable_since >= cpu->kernel->measures->since)
		histogram_add(wait, now - task->runnable_since);
	if (!task->run_length)
		return;
	count_run(cpu);
	cpu->counted = task;
	cpu->counted_since = now;
}

static void account_off(struct kernel_cpu *cpu, struct task *task, uint64_t now)
{
	bool runnable = task->state == TASK_RUNNABLE;

	task->run_total += now - task->running_since;
	task->off_since = now;
	if (cpu->kernel->spinners)
		sleep_lock_cpu_off(cpu->kernel, cpu->index);
	cpu->busy += now - task->running_since;
	count_off(cpu, task, runnable, now);
	if (runnable)
		task->runnable_since = now;
	else
		task->blocks++;
	task->woken = false;
	if (task->ops->sched_out)
		task->ops->sched_out(task, cpu, runnable);
}

static void account_on(struct kernel_cpu *cpu, struct task *task, uint64_t now)
{
	uint64_t delay = now - task->runnable_since;

	count_on(cpu, task, now);
	task->wait_total += delay;
	task->running_since = now;
	if (task->run_delay)
		histogram_add(task->run_delay, delay);
	if (task->ops->sched_in)
		task->ops->sched_in(task, cpu);
}

void kernel_idle(struct kernel_cpu *cpu)
{
	if (cpu->kernel->rcu)
		rcu_idle(cpu);
	if (!idle_wants_poll(cpu) && !(cpu->kernel->rcu && rcu_needs_tick(cpu)))
		tick_stop(cpu);
	idle_enter(cpu);
}

/* Leaves idle or another task for `next`; interrupts stay off until the switch is done. */
static void switch_to(struct kernel_cpu *cpu, const struct task *prev, struct task *next,
		      uint64_t waits)
{
	const struct kernel_costs *costs = &cpu->kernel->costs;
	uint32_t levels = next->fair.entity.depth + (prev ? prev->fair.entity.depth : 0u);
	uint64_t ns = costs->context_switch + costs->switch_level * levels + waits;

	if (cpu->mm != next->mm && next->mm) {
		ns += cpu->mm ? costs->mm_switch : 0;
		cpu->mm = next->mm;
	} else if (cpu->tlb_stale) {
		ns += costs->flush_full;
		cpu->cpu->ops->lose(cpu->cpu, costs->flush_refill);
	}
	cpu->tlb_stale = false;
	cpu->switching = true;
	cpu->work = WORK_SWITCH;
	cpu->cpu->irqs_on = false;
	tick_start(cpu);
	cpu->cpu->ops->execute(cpu->cpu, ns, WORK_SWITCH);
}

/* Takes the CPU from the running task while it is given to another CPU: eevdf.md 5.2, the
 * stopper. */
static void push_away(struct kernel_cpu *cpu)
{
	struct task *prev = cpu->current;

	if (prev) {
		fair_switch(cpu->rq, &prev->fair, NULL, kernel_clock(cpu));
		account_off(cpu, prev, cpu->kernel->engine->now);
		cpu->current = NULL;
		balance_idle_begins(cpu);
	}
	balance_push(cpu);
}

/* Where the least recently run task is first: balance_rules.newest_first. */
static void note_run(struct kernel_cpu *cpu, struct task *next)
{
	const struct kernel *kernel = cpu->kernel;

	if (kernel->balance->movable && kernel->params->placement == PLACEMENT_KERNEL &&
	    !kernel->rules->newest_first)
		runnable_turn(next, false);
}

/* On its queue until the pick: it has not blocked, nor used up a quota. */
static bool stays_queued(const struct task *task)
{
	return task && task->state == TASK_RUNNABLE && !task->fair.throttled;
}

static uint64_t lock_for_switch(struct kernel_cpu *cpu)
{
	return rq_lock_take(cpu, cpu->kernel->engine->now, cpu->kernel->costs.rq_lock_switch);
}

static void schedule(struct kernel_cpu *cpu, bool locked)
{
	uint64_t now = cpu->kernel->engine->now;
	uint64_t clock = kernel_clock(cpu);
	struct fair_task *picked;
	struct task *prev, *next;

	if (cpu->kernel->rcu)
		rcu_switch(cpu);
	if (cpu->balance->push_to != UINT32_MAX)
		push_away(cpu);
	prev = cpu->current;
	hint_before_pick(cpu);
	picked = fair_pick(cpu->rq, clock);
	if (!picked)
		fair_update_blocked(cpu->rq, clock);
	if (!picked && balance_newly_idle(cpu))
		picked = fair_pick(cpu->rq, clock);
	next = picked ? task_of(picked) : NULL;
	hint_after_pick(cpu, next);
	fair_switch(cpu->rq, prev ? &prev->fair : NULL, picked, clock);
	if (next == prev) {
		hrtick_picked(cpu, true);
		if (prev)
			kernel_resume(cpu);
		else
			kernel_idle(cpu);
		return;
	}
	count(cpu->kernel->measures, cpu->kernel->switch_counter);
	aftermath_switched(cpu, prev, next);
	if (prev)
		account_off(cpu, prev, now);
	TRAIL(cpu->kernel->measures, .kind = TRAIL_SWITCH, .who = prev, .whom = next,
	      .n = cpu->index);
	cpu->current = next;
	hrtick_picked(cpu, false);
	if (next) {
		if (!prev) {
			idle_leave(cpu);
			balance_idle_ends(cpu);
		}
		note_run(cpu, next);
		account_on(cpu, next, now);
		switch_to(cpu, prev, next, locked ? 0 : lock_for_switch(cpu));
	} else {
		balance_idle_begins(cpu);
		kernel_idle(cpu);
	}
}

void kernel_schedule(struct kernel_cpu *cpu)
{
	bool locked = stays_queued(cpu->current);
	uint64_t ns = locked ? lock_for_switch(cpu) : 0;

	if (!ns) {
		schedule(cpu, locked);
		return;
	}
	cpu->locking = true;
	cpu->work = WORK_SWITCH;
	cpu->cpu->irqs_on = false;
	cpu->cpu->ops->execute(cpu->cpu, ns, WORK_SWITCH);
}

void kernel_schedule_locked(struct kernel_cpu *cpu)
{
	cpu->locking = false;
	schedule(cpu, true);
}
