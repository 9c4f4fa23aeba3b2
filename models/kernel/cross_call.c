/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cross_call.c - smp_call_function_many with waiting, and TLB shootdown (kvm-and-guest.md 3.4
 * to 3.6)
 */
#include "models/kernel/cross_call.h"

#include "models/kernel/kernel.h"
#include "models/measures.h"
#include "sim/engine/engine.h"
#include "sim/engine/time.h"

/* Is a flush of so many pages (0: all) one of the whole TLB? */
static bool is_whole(uint64_t pages)
{
	return pages == 0 || pages > FLUSH_PAGES_MAX;
}

/* Does the call empty the whole TLB? */
static bool empties(const struct cross_call *call)
{
	return !call->function && is_whole(call->pages);
}

static uint64_t flush_cost(const struct kernel_cpu *cpu, uint64_t pages)
{
	const struct kernel_costs *costs = &cpu->kernel->costs;

	return is_whole(pages) ? costs->flush_full : pages * costs->flush_page;
}

/* What an empty TLB costs whoever runs next; the flush itself is over and answered. */
static void refill(struct kernel_cpu *cpu)
{
	cpu->cpu->ops->lose(cpu->cpu, cpu->kernel->costs.flush_refill);
}

/* It has an address space loaded that it does not use: 3.5. */
static bool is_lazy(const struct kernel_cpu *cpu)
{
	return !cpu->current || !cpu->current->mm;
}

/* CPUs that run this address space; a lazy one only notes the flush, unless page tables are freed: the
 * processor might walk them by itself. */
static void find_targets(struct kernel_cpu *cpu, struct cpumask *targets)
{
	struct kernel *kernel = cpu->kernel;

	cpumask_clear(targets, kernel->cpus);
	for (uint32_t i = 0; i < kernel->cpus; i++) {
		struct kernel_cpu *other = &kernel->cpu[i];

		if (other == cpu || other->mm != cpu->mm)
			continue;
		if (is_lazy(other) && !cpu->call->tables) {
			other->tlb_stale = true;
		} else if (other->cpu->ops->defer_flush(other->cpu)) {
			count(kernel->measures, COUNTER_FLUSH_DEFERRED);
		} else {
			cpumask_add(targets, i);
		}
	}
}

/* Those whose list is empty: the others' lists have been told of (3.4). */
static void find_untold(const struct kernel_cpu *cpu, struct cpumask *untold)
{
	const struct cross_call *call = cpu->call;
	uint32_t i;

	cpumask_copy(untold, &call->pending);
	cpumask_each(&call->pending, i)
		if (!cpumask_empty(&cpu->kernel->cpu[i].call->inbox))
			cpumask_remove(untold, i);
}

/* 3.4: a single one that polls when idle is told by its flag, and looks at its list. NULL: none. */
static struct kernel_cpu *polling_target(const struct kernel_cpu *cpu, const struct cpumask *untold)
{
	struct kernel_cpu *only;

	if (cpumask_count(untold) != 1)
		return NULL;
	only = &cpu->kernel->cpu[cpumask_next(untold, 0)];
	return !only->current && only->idle.polls ? only : NULL;
}

/* For a reader: who is called, and who need not be. */
static void note_call(const struct kernel_cpu *cpu, uint64_t pages)
{
	struct kernel *kernel = cpu->kernel;
	enum trail_target told = TARGET_INTERRUPT;
	struct cpumask untold;

	find_untold(cpu, &untold);
	if (polling_target(cpu, &untold))
		told = TARGET_POLLS;
	TRAIL(kernel->measures, .kind = TRAIL_CALL, .who = cpu->cpu, .n = (int64_t)pages);
	for (uint32_t i = 0; i < kernel->cpus; i++) {
		const struct kernel_cpu *other = &kernel->cpu[i];
		enum trail_target target = TARGET_DEFERRED;

		if (other == cpu || other->mm != cpu->mm)
			continue;
		if (is_lazy(other) && !cpu->call->tables)
			target = TARGET_LAZY;
		else if (cpumask_has(&cpu->call->pending, i))
			target = cpumask_has(&untold, i) ? told : TARGET_UNDER_WAY;
		TRAIL(kernel->measures, .kind = TRAIL_CALL_TARGET, .who = cpu->cpu,
		      .whom = other->cpu, .n = target);
	}
}

bool call_prepare(struct kernel_cpu *cpu)
{
	cpu->no_preempt++;
	cpu->call->since = cpu->kernel->engine->now;
	return call_wait(cpu);
}

/* Fills the targets' slots and interrupts them; `ns` of work come on top. */
static void send(struct kernel_cpu *cpu, uint64_t ns)
{
	struct kernel *kernel = cpu->kernel;
	struct cross_call *call = cpu->call;
	struct kernel_cpu *polling;
	struct cpumask untold;
	uint32_t i;

	call->since = kernel->engine->now;
	find_untold(cpu, &untold);
	cpumask_each(&call->pending, i) {
		cpumask_add(&kernel->cpu[i].call->inbox, cpu->index);
		ns += kernel->costs.call_send;
	}
	polling = polling_target(cpu, &untold);
	if (polling)
		idle_hit(polling);
	else if (!cpumask_empty(&untold))
		cpu->cpu->ops->call(cpu->cpu, &untold);
	kernel_work(cpu, ns, WORK_KERNEL);
}

void call_all(struct kernel_cpu *cpu, uint64_t function, bool async)
{
	struct kernel *kernel = cpu->kernel;
	struct cross_call *call = cpu->call;

	call->function = function;
	call->async = async;
	call->tables = false;
	cpumask_clear(&call->pending, kernel->cpus);
	for (uint32_t i = 0; i < kernel->cpus; i++)
		if (i != cpu->index)
			cpumask_add(&call->pending, i);
	count(kernel->measures, COUNTER_CALLS);
	send(cpu, 0);
}

void shootdown_begin(struct kernel_cpu *cpu, uint64_t pages, bool tables)
{
	struct cross_call *call = cpu->call;

	call->function = 0;
	call->async = false;
	call->pages = pages;
	call->tables = tables;
	find_targets(cpu, &call->pending);
	if (!cpumask_empty(&call->pending)) {
		count(cpu->kernel->measures, COUNTER_SHOOTDOWNS);
		if (cpu->kernel->measures->trail)
			note_call(cpu, pages);
	}
	send(cpu, flush_cost(cpu, pages));
}

bool call_wait(struct kernel_cpu *cpu)
{
	if (cpumask_empty(&cpu->call->pending))
		return true;
	kernel_work(cpu, TIME_NEVER, WORK_SPIN_CALL);
	return false;
}

void call_end(struct kernel_cpu *cpu)
{
	const struct cross_call *call = cpu->call;

	cpu->no_preempt--;
	if (call->function)
		return;
	TRAIL(cpu->kernel->measures, .kind = TRAIL_CALL_OVER, .who = cpu->cpu);
	if (is_whole(call->pages))
		refill(cpu);
}

/* Begins the next function of the list, those first whose callers wait; false: it is over. *ns: what it
 * takes; one whole flush brings the TLB up to date for all. */
static bool serve_next(struct kernel_cpu *cpu, uint64_t *ns)
{
	struct kernel *kernel = cpu->kernel;
	struct cross_call *call = cpu->call;
	const struct cross_call *from;
	uint32_t i;

	call->serves = cpumask_next(&call->running, 0);
	if (call->serves == UINT32_MAX)
		return false;
	cpumask_each(&call->running, i) {
		if (!kernel->cpu[i].call->async) {
			call->serves = i;
			break;
		}
	}
	from = kernel->cpu[call->serves].call;
	*ns = from->function;
	if (!from->function && !call->flushed)
		*ns = flush_cost(cpu, call->empties ? 0 : from->pages);
	call->flushed |= !from->function && call->empties;
	return true;
}

uint64_t cross_call_begin(struct kernel_cpu *cpu)
{
	struct kernel *kernel = cpu->kernel;
	struct cross_call *call = cpu->call;
	uint64_t ns = 0;
	uint32_t i;

	cpumask_copy(&call->running, &call->inbox);
	cpumask_clear(&call->inbox, kernel->cpus);
	call->empties = call->flushed = false;
	cpumask_each(&call->running, i)
		call->empties |= empties(kernel->cpu[i].call);
	serve_next(cpu, &ns);
	return ns;
}

/* The slot is free as soon as its function has run: 3.4. */
static void answer(struct kernel_cpu *cpu, struct kernel_cpu *caller)
{
	struct kernel *kernel = cpu->kernel;

	cpumask_remove(&cpu->call->running, caller->index);
	/* a lazy one lets go of the address space: the next flushes do not concern it */
	if (caller->call->tables && is_lazy(cpu) && cpu->mm == caller->mm) {
		cpu->mm = NULL;
		cpu->tlb_stale = false;
	}
	cpumask_remove(&caller->call->pending, cpu->index);
	TRAIL(kernel->measures, .kind = TRAIL_ANSWER, .who = cpu->cpu, .whom = caller->cpu,
	      .n = cpumask_count(&caller->call->pending));
	if (caller->work == WORK_SPIN_CALL && cpumask_empty(&caller->call->pending))
		kernel_rework(caller, kernel->costs.lock_handover, WORK_SPIN_CALL);
}

bool cross_call_next(struct kernel_cpu *cpu, uint64_t *ns)
{
	struct cross_call *call = cpu->call;

	if (cpumask_empty(&call->running))
		return false;
	answer(cpu, &cpu->kernel->cpu[call->serves]);
	if (serve_next(cpu, ns))
		return true;
	if (call->empties)
		refill(cpu);
	return false;
}

bool cross_call_queued(const struct kernel_cpu *cpu)
{
	return cpu->call && !cpumask_empty(&cpu->call->inbox);
}

bool cross_call_waits_for(const struct kernel_cpu *cpu, uint32_t other)
{
	const struct cross_call *call = cpu->call;

	/* one that does not wait is under way in the background */
	return call && cpumask_has(&call->pending, other) &&
	       (!call->async || cpu->work == WORK_SPIN_CALL);
}
