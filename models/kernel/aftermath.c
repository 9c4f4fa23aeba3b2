/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * aftermath.c - the first switch after a directed yield, as the traces of data/realkvm are reduced
 */
#include "models/kernel/aftermath.h"

#include <glib.h>

#include "models/kernel/kernel.h"
#include "models/measures.h"
#include "sim/engine/engine.h"

static enum yield_current current_kind(const struct kernel_cpu *there, const struct task *yielder)
{
	const struct task *current = there->current;

	if (!current)
		return CURRENT_IDLE;
	if (current == yielder)
		return CURRENT_YIELDER;
	if (!current->mm)
		return CURRENT_OTHER_TASK;
	return current->mm == yielder->mm ? CURRENT_SAME_VM : CURRENT_OTHER_VM;
}

static enum yield_next next_kind(const struct aftermath_case *open, const struct task *next)
{
	if (next == open->target)
		return NEXT_TARGET;
	if (!next || !next->mm)
		return NEXT_OTHER;
	return next->mm == open->mm ? NEXT_SAME_VM : NEXT_OTHER_VM;
}

static enum yield_self self_kind(const struct aftermath_case *open, const struct task *prev,
				 const struct task *next)
{
	static const uint8_t to[YIELD_NEXT_KINDS] = {
		[NEXT_TARGET] = SELF_TO_TARGET,
		[NEXT_OTHER_VM] = SELF_TO_OTHER_VM,
		[NEXT_SAME_VM] = SELF_TO_SAME_VM,
		[NEXT_OTHER] = SELF_TO_OTHER,
	};

	return prev == open->yielder ? (enum yield_self)to[next_kind(open, next)] : SELF_CONTINUES;
}

static void there_over(struct kernel *kernel, const struct aftermath_case *open,
		       enum yield_next next)
{
	kernel->measures->yields.next[open->current][next]++;
}

static void here_over(struct kernel *kernel, enum yield_self self)
{
	kernel->measures->yields.self[self]++;
}

/* How many of the oldest were made too long before `now` for what happens now to be their doing. */
static uint32_t too_old(const struct kernel *kernel, const struct aftermath_list *list)
{
	uint64_t now = kernel->engine->now;
	uint32_t old = 0;

	while (old < list->count && now - list->open[old].when > kernel->yield_decision)
		old++;
	return old;
}

static void drop_first(struct aftermath_list *list, uint32_t count)
{
	list->count -= count;
	for (uint32_t i = 0; i < list->count; i++)
		list->open[i] = list->open[i + count];
}

static void push(struct aftermath_list *list, const struct aftermath_case *open)
{
	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 16;
		list->open = g_renew(struct aftermath_case, list->open, list->room);
	}
	list->open[list->count++] = *open;
}

void aftermath_yielded(struct kernel_cpu *cpu, const struct task *target)
{
	struct kernel *kernel = cpu->kernel;
	struct aftermath_list *there = &task_cpu(target)->aftermath.there;
	struct aftermath_list *here = &cpu->aftermath.here;
	struct aftermath_case open = { .when = kernel->engine->now,
				       .target = target,
				       .yielder = cpu->current,
				       .mm = cpu->current->mm,
				       .current = current_kind(task_cpu(target), cpu->current) };
	uint32_t old = too_old(kernel, there);

	for (uint32_t i = 0; i < old; i++)
		there_over(kernel, &there->open[i], NEXT_KEPT_CURRENT);
	drop_first(there, old);
	push(there, &open);
	old = too_old(kernel, here);
	for (uint32_t i = 0; i < old; i++)
		here_over(kernel, SELF_CONTINUES);
	drop_first(here, old);
	push(here, &open);
}

void aftermath_switched(struct kernel_cpu *cpu, const struct task *prev, const struct task *next)
{
	struct kernel *kernel = cpu->kernel;
	struct aftermath_list *there = &cpu->aftermath.there;
	struct aftermath_list *here = &cpu->aftermath.here;
	uint32_t old;

	if (there->count) {
		old = too_old(kernel, there);
		for (uint32_t i = 0; i < there->count; i++)
			there_over(kernel, &there->open[i],
				   i < old ? NEXT_KEPT_CURRENT : next_kind(&there->open[i], next));
		there->count = 0;
	}
	if (here->count) {
		old = too_old(kernel, here);
		for (uint32_t i = 0; i < here->count; i++)
			here_over(kernel,
				  i < old ? SELF_CONTINUES : self_kind(&here->open[i], prev, next));
		here->count = 0;
	}
}

void aftermath_forget(struct kernel *kernel)
{
	for (uint32_t i = 0; i < kernel->cpus; i++) {
		kernel->cpu[i].aftermath.there.count = 0;
		kernel->cpu[i].aftermath.here.count = 0;
	}
}

void aftermath_conclude(struct kernel *kernel)
{
	for (uint32_t i = 0; i < kernel->cpus; i++) {
		const struct aftermath *aftermath = &kernel->cpu[i].aftermath;

		for (uint32_t k = 0; k < aftermath->there.count; k++)
			there_over(kernel, &aftermath->there.open[k], NEXT_KEPT_CURRENT);
		for (uint32_t k = 0; k < aftermath->here.count; k++)
			here_over(kernel, SELF_CONTINUES);
	}
	aftermath_forget(kernel);
}

void aftermath_clear(struct aftermath *aftermath)
{
	g_free(aftermath->there.open);
	g_free(aftermath->here.open);
}
