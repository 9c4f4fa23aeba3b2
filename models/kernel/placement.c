/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * placement.c - choice of a CPU at a wake-up: eevdf.md 4, cfs.md 4
 *
 * The waker's CPU or the previous one (placement_affine.c), and from there an idle one
 * (placement_idle.c). A task that is still queued is woken where it is (block.c).
 */
#include "models/kernel/placement.h"

#include "models/kernel/balance.h"
#include "models/kernel/balance_rules.h"
#include "models/kernel/cpu_load.h"
#include "sim/engine/engine.h"
#include "sim/engine/time.h"

static struct waker *waker_of(const struct kernel_cpu *here)
{
	return here->current ? &here->current->waker : &here->balance->idle_waker;
}

/* eevdf.md 4, record_wakee */
static void record(struct waker *waker, const struct task *wakee, uint64_t now)
{
	if (now > waker->halved + NSEC_PER_SEC) {
		waker->flips /= 2;
		waker->halved = now;
	}
	if (waker->last != wakee) {
		waker->last = wakee;
		waker->flips++;
	}
}

bool placement_wide(const struct kernel_cpu *here, const struct task *task)
{
	uint64_t factor = here->kernel->llc_size;
	uint64_t waker = waker_of(here)->flips;
	uint64_t wakee = task->waker.flips;
	uint64_t most = waker > wakee ? waker : wakee;
	uint64_t least = waker > wakee ? wakee : waker;

	switch (here->kernel->rules->wide) {
	case WIDE_WAKEE:
		return wakee > factor && waker > factor * wakee;
	case WIDE_BOTH:
		return least >= factor && most >= least * factor;
	default:
		return false;
	}
}

/* The lowest domain of `here` that has `cpu`, too; NULL: none. */
static const struct domain *common_domain(const struct kernel_cpu *here, uint32_t cpu)
{
	const struct domains *domains = &here->balance->domains;

	for (uint32_t i = 0; i < domains->levels; i++)
		if (domain_has(&domains->domain[i], cpu))
			return &domains->domain[i];
	return NULL;
}

/* The previous CPU, else the first idle one after it: no version does so little. */
static uint32_t simple(const struct task *task)
{
	const struct kernel *kernel = task->kernel;
	uint32_t base = task->cpu - task->cpu % kernel->llc_size;

	for (uint32_t i = 0; i < kernel->llc_size; i++) {
		uint32_t cpu = base + (task->cpu - base + i) % kernel->llc_size;

		if (cpu_is_free(&kernel->cpu[cpu]))
			return cpu;
	}
	return task->cpu;
}

uint32_t placement_wake(struct task *task, struct kernel_cpu *by, bool sync)
{
	const struct kernel *kernel = task->kernel;
	const struct kernel_cpu *here = by ? by : task_cpu(task);
	const struct domain *domain;
	uint32_t target = task->cpu;

	if (task->only_cpu != UINT32_MAX)
		return task->only_cpu;
	if (kernel->params->placement == PLACEMENT_SIMPLE)
		return simple(task);
	record(waker_of(here), task, kernel->engine->now);
	if (kernel->params->wake_affine && here->index != task->cpu &&
	    !placement_wide(here, task)) {
		domain = common_domain(here, task->cpu);
		if (domain)
			target = placement_affine(task, here, sync, domain->imbalance_pct);
	}
	return placement_idle(task, here, target);
}
