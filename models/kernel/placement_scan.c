/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * placement_scan.c - how far an LLC is searched for an idle CPU: eevdf.md 4, cfs.md 4
 */
#include "models/kernel/balance.h"
#include "models/kernel/balance_rules.h"
#include "models/kernel/cpu_load.h"
#include "models/kernel/placement.h"
#include "sim/engine/engine.h"

/* Percent of imbalance at the LLC, as SIS_UTIL uses it. */
#define PCT_LLC 117
/* SCAN_PROP looks at no fewer CPUs than this allows, cfs.md 4. */
#define SCAN_LEAST 4

uint32_t placement_idle_scan(uint32_t cpus, uint64_t util)
{
	uint64_t x = util / cpus;
	uint64_t y = x * x * PCT_LLC * PCT_LLC / (UINT64_C(10000) * CPU_CAPACITY);

	return y < CPU_CAPACITY ? (uint32_t)(cpus * (CPU_CAPACITY - y) / CPU_CAPACITY) : 0;
}

struct walk {
	const struct kernel *kernel;
	uint32_t first, size; /* the LLC */
	uint32_t start;	      /* relative to first */
	uint32_t threads;     /* of a core */
};

static uint32_t walk_cpu(const struct walk *walk, uint32_t step)
{
	return walk->first + (walk->start + step) % walk->size;
}

/* Any idle thread of that CPU's core but itself. */
static uint32_t idle_thread(const struct walk *walk, uint32_t cpu)
{
	uint32_t core = cpu - cpu % walk->threads;

	for (uint32_t i = core; i < core + walk->threads; i++)
		if (i != cpu && cpu_is_open(&walk->kernel->cpu[i]))
			return i;
	return UINT32_MAX;
}

static bool core_is_idle(const struct walk *walk, uint32_t cpu)
{
	uint32_t core = cpu - cpu % walk->threads;

	for (uint32_t i = core; i < core + walk->threads; i++)
		if (!cpu_is_free(&walk->kernel->cpu[i]))
			return false;
	return true;
}

/* The first wholly idle core; `fallback` gets the first idle CPU on the way. */
static uint32_t idle_core(const struct walk *walk, uint32_t *fallback)
{
	for (uint32_t step = 0; step < walk->size; step++) {
		uint32_t cpu = walk_cpu(walk, step);

		if (core_is_idle(walk, cpu))
			return cpu;
		if (*fallback == UINT32_MAX && cpu_is_open(&walk->kernel->cpu[cpu]))
			*fallback = cpu;
	}
	return UINT32_MAX;
}

/* ns that the CPU is usually idle for, as the budget of a scan by idle time counts it. */
static uint64_t usual_idle(const struct kernel_cpu *here)
{
	const struct kernel *kernel = here->kernel;
	const struct cpu_balance *balance = here->balance;
	uint64_t ticks;

	if (kernel->rules->scan != SCAN_PROP_AGED)
		return balance->avg_idle / 512;
	/* halved each tick since the last wake-up here: cfs.md 4, 5.17 */
	ticks = (kernel->engine->now - balance->idle_estimated) / kernel->tick_period;
	return ticks < 64 ? balance->idle_estimate >> ticks : 0;
}

uint32_t placement_budget(const struct kernel_cpu *here, uint32_t first)
{
	const struct kernel *kernel = here->kernel;
	uint32_t size = kernel->llc_size;
	uint64_t cost = kernel->costs.llc_scan + 1;
	uint64_t pays;

	switch (kernel->rules->scan) {
	case SCAN_UTIL:
		return kernel->params->sis_util ? kernel->balance->llc[first / size].idle_scan
						: size;
	case SCAN_ALL:
		return usual_idle(here) < cost ? 0 : size;
	default:
		/* the last one of the budget is not looked at any more: cfs.md 8.7 E25 */
		pays = usual_idle(here) * size;
		return (uint32_t)(pays > SCAN_LEAST * cost ? pays / cost : SCAN_LEAST) - 1;
	}
}

static uint32_t idle_cpu(const struct walk *walk, uint32_t looks)
{
	for (uint32_t step = 0; step < walk->size && step < looks; step++)
		if (cpu_is_open(&walk->kernel->cpu[walk_cpu(walk, step)]))
			return walk_cpu(walk, step);
	return UINT32_MAX;
}

uint32_t placement_scan(const struct task *task, const struct kernel_cpu *here, uint32_t target)
{
	const struct kernel *kernel = task->kernel;
	const struct balance_rules *rules = kernel->rules;
	struct llc *llc = &kernel->balance->llc[target / kernel->llc_size];
	struct walk walk = { kernel, target - target % kernel->llc_size, kernel->llc_size,
			     target % kernel->llc_size + rules->scan_after, kernel->threads };
	bool smt = walk.threads > 1 && rules->core_scan;
	uint32_t fallback = UINT32_MAX;
	uint32_t found;

	if (walk.size == 1)
		return UINT32_MAX;
	if (smt && llc->idle_cores) {
		found = idle_core(&walk, &fallback);
		if (found != UINT32_MAX)
			return found;
		llc->idle_cores = false;
		if (rules->merged_scan)
			return fallback;
	} else if (smt && rules->sibling_prev &&
		   task->cpu / kernel->llc_size == target / kernel->llc_size) {
		found = idle_thread(&walk, task->cpu);
		if (found != UINT32_MAX)
			return found;
	}
	found = idle_cpu(&walk, placement_budget(here, walk.first));
	if (found == UINT32_MAX && smt && !rules->sibling_prev)
		found = idle_thread(&walk, target);
	return found;
}
