/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * placement_affine.c - wake_affine: does the wakee come to its waker's CPU?
 *
 * eevdf.md 4 for 4.20 and later, cfs.md 4 for what was before.
 */
#include "models/kernel/balance_rules.h"
#include "models/kernel/cpu_load.h"
#include "models/kernel/placement.h"

static bool share_llc(const struct kernel *kernel, uint32_t a, uint32_t b)
{
	return a / kernel->llc_size == b / kernel->llc_size;
}

/* WA_IDLE. UINT32_MAX: it does not decide. */
static uint32_t by_idleness(const struct task *task, const struct kernel_cpu *here, bool sync)
{
	const struct kernel *kernel = task->kernel;
	const struct balance_rules *rules = kernel->rules;
	const struct kernel_cpu *prev = &kernel->cpu[task->cpu];
	uint32_t here_tasks = rules->sync_ignores_delayed ? here->tasks : here->rq->nr_running;

	if (cpu_is_free(here) && share_llc(kernel, here->index, prev->index))
		return cpu_is_free(prev) ? prev->index : here->index;
	if (sync && here_tasks == 1)
		return here->index;
	if (rules->affine_prev_idle && cpu_is_free(prev))
		return prev->index;
	return UINT32_MAX;
}

static int64_t load_of(const struct kernel_cpu *cpu)
{
	return (int64_t)(cpu->kernel->rules->affine_runnable ? cpu_runnable_load(cpu)
							     : cpu_load(cpu));
}

/* Signed: what the task left behind may have decayed below what it adds. */
bool placement_weighs(const struct affine_loads *loads)
{
	int64_t here = loads->here;
	int64_t prev = loads->prev - loads->task;

	if (loads->waker > here)
		return true;
	here += loads->task - loads->waker;
	return here * 100 < prev * (100 + (loads->pct - 100) / 2) + (loads->sync ? 1 : 0);
}

static bool comes_by_weight(const struct task *task, const struct kernel_cpu *here, bool sync,
			    uint32_t pct)
{
	struct affine_loads loads = {
		.here = load_of(here),
		.prev = load_of(&task->kernel->cpu[task->cpu]),
		.task = (int64_t)fair_task_h_load(&task->fair),
		.waker = sync && here->current ? (int64_t)fair_task_h_load(&here->current->fair)
					       : 0,
		.pct = pct,
		.sync = sync,
	};

	return placement_weighs(&loads);
}

/* By how much the load of a CPU grows at the root if `delta` joins the task's group there; cfs.md
 * 4, "eff". */
static int64_t effective(const struct task *task, uint32_t cpu, int64_t delta)
{
	for (const struct fair_group *group = task->fair.group; group; group = group->parent) {
		const struct fair_group_cpu *local = &group->cpu[cpu];
		int64_t shares = group->shares >> 10;
		int64_t total = group->total_load + group->outside_load + delta;
		int64_t own = (local->queue.weight >> 10) + delta;
		int64_t weight = total > 0 && own < total ? own * shares / total : shares;

		if (weight < 2)
			weight = 2;
		delta = weight - (local->entity.queued ? local->entity.weight >> 10 : 0);
	}
	return delta;
}

/* 3.6 to 4.10. */
static bool comes_by_effect(const struct task *task, const struct kernel_cpu *here, bool sync,
			    uint32_t pct)
{
	const struct kernel_cpu *prev = &task->kernel->cpu[task->cpu];
	int64_t weight = task->fair.entity.weight >> 10;
	int64_t waker = sync && here->current ? here->current->fair.entity.weight >> 10 : 0;
	int64_t here_load = (int64_t)cpu_runnable_load(here);
	int64_t prev_load = (int64_t)cpu_runnable_load(prev);

	if (waker) {
		here_load += effective(here->current, here->index, -waker);
		prev_load += effective(here->current, prev->index, -waker);
	}
	if (task->kernel->rules->wide != WIDE_BOTH &&
	    (here_load == 0 ||
	     (here_load <= prev_load && (here_load + prev_load) * here->tasks <= here_load)))
		return true;
	return 100 * (here_load + effective(task, here->index, weight)) <=
	       (int64_t)(100 + (pct - 100) / 2) * (prev_load + effective(task, prev->index, 0));
}

uint32_t placement_affine(const struct task *task, const struct kernel_cpu *here, bool sync,
			  uint32_t domain_pct)
{
	uint32_t cpu;

	if (task->kernel->rules->affine_effective)
		return comes_by_effect(task, here, sync, domain_pct) ? here->index : task->cpu;
	cpu = by_idleness(task, here, sync);
	if (cpu != UINT32_MAX)
		return cpu;
	return comes_by_weight(task, here, sync, domain_pct) ? here->index : task->cpu;
}
