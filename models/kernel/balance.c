/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * balance.c - periodic balancing, of the CPU itself and for idle ones: eevdf.md 5.1
 *
 * A pass takes no time and acts at the instant of its tick. The interrupt by which a busy CPU has an
 * idle one balance is left out unless something comes of it: then the usual reschedule interrupt is
 * sent.
 */
#include "models/kernel/balance.h"

#include "models/kernel/balance_pass.h"
#include "models/kernel/balance_rules.h"
#include "models/kernel/cpu_load.h"
#include "sim/engine/engine.h"

/* Nobody waits for longer than so many seconds for a next pass. */
#define NEXT_PASS_SECONDS 60

static uint64_t to_jiffies(uint64_t ms, uint64_t hz)
{
	return (ms * hz + 999) / 1000;
}

uint64_t balance_interval(const struct kernel *kernel, const struct domain *domain, bool busy)
{
	uint64_t hz = kernel->params->hz;
	uint64_t most = hz * kernel->cpus / 10;
	uint64_t jiffies;

	jiffies = to_jiffies(domain->interval * (busy ? kernel->rules->busy_factor : 1), hz);
	/* so that levels do not stay in step: eevdf.md 5.1 */
	if (busy && kernel->rules->busy_less_a_jiffy)
		jiffies--;
	if (jiffies > most)
		jiffies = most;
	return jiffies ? jiffies : 1;
}

/* All levels of a CPU that are due; `by` executes it. */
static void rebalance(struct kernel_cpu *cpu, struct kernel_cpu *by, uint64_t jiffies)
{
	struct kernel *kernel = cpu->kernel;
	struct domains *domains = &cpu->balance->domains;
	uint64_t next = jiffies + NEXT_PASS_SECONDS * kernel->params->hz;
	uint64_t cost = 0;
	bool decayed = false, ours = true;

	fair_update_blocked(cpu->rq, kernel_clock(cpu));
	for (uint32_t i = 0; i < domains->levels; i++) {
		struct domain *domain = &domains->domain[i];
		bool idle = cpu_is_idle(cpu);
		bool decays = balance_cost_decays(domain, jiffies, (uint32_t)kernel->params->hz);

		decayed |= decays;
		cost += domain->newidle_cost;
		if (!ours) {
			if (decays)
				continue;
			break;
		}
		if (jiffies >= domain->last + balance_interval(kernel, domain, !idle)) {
			struct pass pass = {
				.kernel = kernel,
				.to = cpu,
				.by = by,
				.domain = domain,
				.above = i + 1 < domains->levels ? domain + 1 : NULL,
				.idle = idle ? BALANCE_IDLE : BALANCE_BUSY,
			};

			balance_pass(&pass, &ours);
			domain->last = jiffies;
		}
		if (next > domain->last + balance_interval(kernel, domain, !cpu_is_idle(cpu)))
			next = domain->last + balance_interval(kernel, domain, !cpu_is_idle(cpu));
	}
	if (decayed)
		cpu->balance->max_cost = cost > MIGRATION_COST_NS ? cost : MIGRATION_COST_NS;
	cpu->balance->next = next;
}

/* Is it worth waking an idle CPU? */
static bool is_idle_help_wanted(const struct kernel_cpu *cpu)
{
	const struct kernel *kernel = cpu->kernel;
	uint32_t first = cpu->index - cpu->index % kernel->llc_size;
	uint32_t busy = 0;

	if (cpu->rq->nr_running >= 2)
		return true;
	for (uint32_t i = first; i < first + kernel->llc_size; i++)
		busy += !cpu_is_idle(&kernel->cpu[i]);
	return busy > 1;
}

/* The first idle CPU balances for all of them, itself last. */
static void balance_idle_cpus(struct kernel_cpu *by, uint64_t jiffies)
{
	struct kernel *kernel = by->kernel;
	uint64_t next = jiffies + NEXT_PASS_SECONDS * kernel->params->hz;
	uint32_t first = 0;

	while (first < kernel->cpus && !cpu_is_idle(&kernel->cpu[first]))
		first++;
	for (uint32_t i = 1; i <= kernel->cpus; i++) {
		struct kernel_cpu *cpu = &kernel->cpu[(first + i) % kernel->cpus];

		if (!cpu_is_idle(cpu))
			continue;
		if (jiffies >= cpu->balance->next)
			rebalance(cpu, by, jiffies);
		if (next > cpu->balance->next)
			next = cpu->balance->next;
	}
	kernel->balance->nohz_next = next;
}

/* A tickless CPU was idle meanwhile. The kernel rounds up what grows. */
void balance_note_load(struct cpu_balance *balance, uint64_t load, uint64_t jiffies)
{
	uint64_t missed = jiffies > balance->past_tick ? jiffies - balance->past_tick - 1 : 0;

	for (uint32_t i = 0; i < 2; i++) {
		uint64_t part = UINT64_C(2) << i;
		uint64_t past = balance->past_load[i];

		for (uint64_t tick = 0; tick < missed && past > 0; tick++)
			past = past * (part - 1) / part;
		balance->past_load[i] =
			(past * (part - 1) + load + (load > past ? part - 1 : 0)) / part;
	}
	balance->past_tick = jiffies;
}

void balance_tick(struct kernel_cpu *cpu)
{
	struct kernel *kernel = cpu->kernel;
	uint64_t jiffies;

	if (!kernel->balance->movable || kernel->params->placement == PLACEMENT_SIMPLE)
		return;
	jiffies = balance_jiffies(kernel);
	if (kernel->rules->load_bias)
		balance_note_load(cpu->balance, cpu_balance_load(cpu), jiffies);
	if (jiffies >= cpu->balance->next)
		rebalance(cpu, cpu, jiffies);
	if (kernel->balance->idle_cpus && jiffies >= kernel->balance->nohz_next &&
	    is_idle_help_wanted(cpu))
		balance_idle_cpus(cpu, jiffies);
}
