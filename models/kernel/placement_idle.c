/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * placement_idle.c - an idle CPU near the target: eevdf.md 4, idle_sibling, steps 1 to 8
 */
#include "models/kernel/balance.h"
#include "models/kernel/balance_rules.h"
#include "models/kernel/cpu_load.h"
#include "models/kernel/placement.h"

static bool share_llc(const struct kernel *kernel, uint32_t a, uint32_t b)
{
	return a / kernel->llc_size == b / kernel->llc_size;
}

static bool is_open(const struct kernel *kernel, uint32_t cpu)
{
	return cpu_is_open(&kernel->cpu[cpu]);
}

/* Step 3: a kernel thread of one CPU hands work back to the CPU's user. */
static bool is_cpu_thread(const struct kernel_cpu *here, const struct task *task)
{
	const struct task *waker = here->current;

	return waker && waker->only_cpu != UINT32_MAX && !waker->mm && !here->in_interrupt &&
	       here->index == task->cpu && here->rq->nr_running <= 1;
}

/* Step 4. Its previous CPU takes the place of the one before. */
static uint32_t recent(struct task *task, uint32_t target)
{
	const struct kernel *kernel = task->kernel;
	uint32_t cpu = task->recent_cpu;

	task->recent_cpu = task->cpu;
	if (cpu != UINT32_MAX && cpu != task->cpu && cpu != target &&
	    share_llc(kernel, cpu, target) && is_open(kernel, cpu))
		return cpu;
	return UINT32_MAX;
}

/* cfs.md 4, up to 4.4: from the LLC down the first group that is idle as a whole. */
static uint32_t idle_group(const struct kernel *kernel, uint32_t target)
{
	const struct domains *domains = &kernel->cpu[target].balance->domains;

	for (uint32_t level = domains->levels; level-- > 0;) {
		const struct domain *domain = &domains->domain[level];
		uint32_t own = domain_group_of(domain, target) - domain->first;

		if (!domain_shares_llc(domain))
			continue;
		for (uint32_t offset = 0; offset < domain->span; offset += domain->group) {
			uint32_t first = domain->first + (own + offset) % domain->span;
			uint32_t idle = 0;

			while (idle < domain->group && cpu_is_free(&kernel->cpu[first + idle]))
				idle++;
			if (idle == domain->group)
				return first;
		}
	}
	return target;
}

uint32_t placement_idle(struct task *task, const struct kernel_cpu *here, uint32_t target)
{
	const struct kernel *kernel = task->kernel;
	const struct balance_rules *rules = kernel->rules;
	uint32_t found;

	if (is_open(kernel, target))
		return target;
	if (task->cpu != target && share_llc(kernel, task->cpu, target) &&
	    is_open(kernel, task->cpu))
		return task->cpu;
	if (rules->scan == SCAN_GROUPS)
		return idle_group(kernel, target);
	if (rules->kthread_rule && is_cpu_thread(here, task))
		return task->cpu;
	if (rules->recent_cpu) {
		found = recent(task, target);
		if (found != UINT32_MAX)
			return found;
	}
	found = placement_scan(task, here, target);
	return found == UINT32_MAX ? target : found;
}
