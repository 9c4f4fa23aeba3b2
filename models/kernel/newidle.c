/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * newidle.c - a CPU that is about to go idle looks for work, if that seems to pay: eevdf.md 5.1
 *
 * The kernel measures what a pass costs; here that is a parameter, which opens and closes the gates
 * but takes no simulated time.
 */
#include "models/kernel/balance.h"
#include "models/kernel/balance_pass.h"
#include "models/kernel/balance_rules.h"
#include "models/kernel/cpu_load.h"
#include "sim/engine/engine.h"

/* avg_idle below which older kernels do not try, cfs.md 5.1 */
#define GATE_NS UINT64_C(500000)
/* Ceiling of a cost that grows by failures: eevdf.md 5.1, 6.18.2 */
#define GROWN_COST_NS (MIGRATION_COST_NS + 200)
#define DICE 1024
/* NI_RATE: 2^22 ns without a new ratio are worth one success. */
#define RATE_SHIFT 22

bool balance_cost_decays(struct domain *domain, uint64_t jiffies, uint32_t hz)
{
	if (jiffies <= domain->cost_decayed + hz)
		return false;
	domain->newidle_cost = domain->newidle_cost * 253 / 256;
	domain->cost_decayed = jiffies;
	return true;
}

/* A pass cost so much, or, if it failed, seems to have. */
static void note_cost(struct kernel *kernel, struct domain *domain, uint64_t cost, bool pulled)
{
	if (kernel->rules->cost_grows && !pulled) {
		uint64_t grown = domain->newidle_cost * 3 / 2;

		if (grown > GROWN_COST_NS)
			grown = GROWN_COST_NS;
		if (cost < grown)
			cost = grown;
	}
	if (cost > domain->newidle_cost) {
		domain->newidle_cost = cost;
		domain->cost_decayed = balance_jiffies(kernel);
	}
}

static void note_call(struct kernel *kernel, struct domain *domain, uint32_t successes)
{
	uint64_t now = kernel->engine->now;
	uint64_t ratio;

	domain->newidle_calls++;
	domain->newidle_successes += successes;
	if (domain->newidle_calls < DICE)
		return;
	ratio = domain->newidle_successes;
	if (kernel->rules->rate)
		ratio += (now - domain->newidle_counted) >> RATE_SHIFT;
	domain->newidle_ratio = ratio < DICE ? (uint32_t)ratio : DICE;
	domain->newidle_counted = now;
	domain->newidle_calls /= 2;
	domain->newidle_successes /= 2;
}

/* False: not this time. *weight: how much a success counts, because most tries are left out. */
static bool throw_dice(struct kernel *kernel, struct domain *domain, uint32_t *weight)
{
	uint32_t chance = 1 + domain->newidle_ratio;

	*weight = 1;
	if (!kernel->rules->dice || (kernel->rules->rate && domain->newidle_ratio >= DICE))
		return true;
	if (random_below(&kernel->balance->dice, DICE) > chance) {
		note_call(kernel, domain, 0);
		return false;
	}
	*weight = (DICE + chance / 2) / chance;
	return true;
}

static bool is_open(const struct kernel_cpu *cpu)
{
	const struct cpu_balance *balance = cpu->balance;

	switch (cpu->kernel->rules->gate) {
	case GATE_HALF_MS:
		return balance->avg_idle >= GATE_NS;
	case GATE_HALF_MS_FLAG:
		return balance->avg_idle >= GATE_NS && cpu->kernel->balance->overloaded;
	default:
		return balance->avg_idle >= balance->domains.domain[0].newidle_cost &&
		       cpu->kernel->balance->overloaded;
	}
}

static bool try_level(struct kernel_cpu *cpu, uint32_t level)
{
	struct kernel *kernel = cpu->kernel;
	struct domains *domains = &cpu->balance->domains;
	struct pass pass = {
		.kernel = kernel,
		.to = cpu,
		.by = cpu,
		.domain = &domains->domain[level],
		.above = level + 1 < domains->levels ? &domains->domain[level + 1] : NULL,
		.idle = BALANCE_NEWLY_IDLE,
	};
	bool ours = true;

	return balance_pass(&pass, &ours);
}

static bool search(struct kernel_cpu *cpu)
{
	struct kernel *kernel = cpu->kernel;
	struct cpu_balance *balance = cpu->balance;
	uint64_t pass = kernel->costs.newidle_pass;
	uint64_t cost = 0;
	bool pulled = false;

	for (uint32_t i = 0; i < balance->domains.levels && !pulled; i++) {
		struct domain *domain = &balance->domains.domain[i];
		uint32_t weight;

		if (balance->avg_idle < cost + domain->newidle_cost)
			break;
		if (!throw_dice(kernel, domain, &weight))
			continue;
		pulled = try_level(cpu, i);
		cost += pass;
		note_cost(kernel, domain, pass, pulled);
		if (kernel->rules->dice)
			note_call(kernel, domain, pulled ? weight : 0);
	}
	if (cost > balance->max_cost)
		balance->max_cost = cost;
	return pulled;
}

/* An idle CPU is due sooner than it was while busy. */
static void hasten(struct kernel_cpu *cpu)
{
	struct cpu_balance *balance = cpu->balance;

	for (uint32_t i = 0; i < balance->domains.levels; i++) {
		const struct domain *domain = &balance->domains.domain[i];
		uint64_t next = domain->last + balance_interval(cpu->kernel, domain, false);

		if (balance->next > next)
			balance->next = next;
	}
}

bool balance_newly_idle(struct kernel_cpu *cpu)
{
	struct kernel *kernel = cpu->kernel;
	struct cpu_balance *balance = cpu->balance;
	bool pulled;

	if (kernel->cpus == 1 || !kernel->balance->movable)
		return false;
	if (kernel->params->placement == PLACEMENT_SIMPLE)
		return balance_simple(cpu);
	if (!cpu->current)
		return false; /* idle before, and still */
	balance->idle_since = (int64_t)kernel->engine->now;
	pulled = is_open(cpu) && search(cpu);
	balance->idle_counts = !pulled;
	hasten(cpu);
	return pulled;
}
