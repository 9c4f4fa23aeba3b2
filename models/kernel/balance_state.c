/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * balance_state.c - what placement and balancing remember of a kernel and of each CPU
 */
#include <glib.h>

#include "models/kernel/balance.h"
#include "models/kernel/balance_rules.h"
#include "models/kernel/cpu_load.h"
#include "models/kernel/kernel_config.h"
#include "models/kernel/placement.h"
#include "sim/engine/engine.h"
#include "sim/engine/time.h"

/* Jiffies of time 0, so that what happened before has a number, too. */
#define JIFFIES_AT_START (UINT64_C(1) << 20)

uint64_t balance_jiffies(const struct kernel *kernel)
{
	uint64_t period = kernel->tick_period;

	return JIFFIES_AT_START +
	       (kernel->engine->now + period - kernel->tick_phase % period) / period;
}

/* Booted long ago and idle since: passes have begun anywhere, and who was busy last is unknown. */
static void init_cpu(struct kernel *kernel, const struct kernel_config *config, uint32_t index,
		     struct random *random)
{
	struct cpu_balance *cpu = g_new0(struct cpu_balance, 1);
	uint64_t now = balance_jiffies(kernel);

	domains_init(&cpu->domains, config->topology, kernel->rules, index);
	for (uint32_t i = 0; i < cpu->domains.levels; i++) {
		struct domain *domain = &cpu->domains.domain[i];

		domain->last = now - random_below(random, domain->interval + 1);
		domain->cost_decayed = now;
	}
	cpu->idle_since = -(int64_t)random_between(random, 1, NSEC_PER_SEC);
	cpu->avg_idle = 2 * MIGRATION_COST_NS;
	cpu->max_cost = MIGRATION_COST_NS;
	cpu->next = now;
	cpu->push_to = UINT32_MAX;
	kernel->cpu[index].balance = cpu;
}

void balance_init(struct kernel *kernel, const struct kernel_config *config)
{
	struct balance *balance = g_new0(struct balance, 1);
	const char *whose = config->number == UINT32_MAX ? "host" : "vm";
	uint32_t number = config->number == UINT32_MAX ? 0 : config->number;
	uint32_t llcs = kernel->cpus / kernel->llc_size;
	struct random random;

	kernel->balance = balance;
	balance->idle_cpus = kernel->cpus;
	balance->llc = g_new0(struct llc, llcs);
	for (uint32_t i = 0; i < llcs; i++)
		balance->llc[i] = (struct llc){ placement_idle_scan(kernel->llc_size, 0), true };
	random_init(&balance->dice, config->seed, whose, number, "newly-idle dice");
	random_init(&random, config->seed, whose, number, "before the beginning");
	for (uint32_t i = 0; i < kernel->cpus; i++)
		init_cpu(kernel, config, i, &random);
}

void balance_clear(struct kernel *kernel)
{
	for (uint32_t i = 0; i < kernel->cpus; i++)
		g_free(kernel->cpu[i].balance);
	g_free(kernel->balance->llc);
	g_free(kernel->balance);
}

void balance_idle_begins(struct kernel_cpu *cpu)
{
	struct kernel *kernel = cpu->kernel;
	uint32_t core = cpu->index - cpu->index % kernel->threads;

	kernel->balance->idle_cpus++;
	if (kernel->threads == 1)
		return;
	for (uint32_t i = core; i < core + kernel->threads; i++)
		if (!cpu_is_idle(&kernel->cpu[i]))
			return;
	kernel->balance->llc[cpu->index / kernel->llc_size].idle_cores = true;
}

void balance_idle_ends(struct kernel_cpu *cpu)
{
	struct cpu_balance *balance = cpu->balance;
	uint64_t now = cpu->kernel->engine->now;
	int64_t change;

	cpu->kernel->balance->idle_cpus--;
	if (!balance->idle_counts)
		return;
	balance->idle_counts = false;
	/* an average over 8, of at most twice what balancing may cost: eevdf.md 5.1 */
	change = (int64_t)now - balance->idle_since - (int64_t)balance->avg_idle;
	balance->avg_idle = (uint64_t)((int64_t)balance->avg_idle + change / 8);
	if (balance->avg_idle > 2 * balance->max_cost)
		balance->avg_idle = 2 * balance->max_cost;
	balance->idle_estimate = balance->avg_idle / 2;
	balance->idle_estimated = now;
}
