/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel.c - creation of a kernel
 */
#include "models/kernel/kernel.h"

#include <glib.h>

#include "models/hardware/topology.h"
#include "models/kernel/balance.h"
#include "models/kernel/balance_rules.h"
#include "models/kernel/cross_call.h"
#include "models/kernel/hrtick.h"
#include "models/kernel/kernel_config.h"
#include "models/kernel/objects.h"
#include "models/kernel/quota.h"
#include "models/kernel/rcu.h"
#include "models/kernel/tick.h"
#include "models/sched/feature_params.h"
#include "models/sched/versions.h"
#include "sim/engine/engine.h"
#include "sim/engine/time.h"

static void init_cpu(struct kernel *kernel, uint32_t index, struct cpu *cpu)
{
	struct kernel_cpu *client = &kernel->cpu[index];

	client->kernel = kernel;
	client->cpu = cpu;
	client->index = index;
	client->rq = &kernel->fair.rq[index];
	client->call = g_new0(struct cross_call, 1);
	cpumask_clear(&client->call->pending, kernel->cpus);
	cpumask_clear(&client->call->inbox, kernel->cpus);
	cpumask_clear(&client->call->running, kernel->cpus);
	cpu->client = client;
	cpu->irqs_on = true; /* idle */
	client->idle.halts = true;
	tick_init(client);
	hrtick_init(client);
}

void kernel_init(struct kernel *kernel, const struct kernel_config *config)
{
	const struct kernel_params *params = config->params;
	const struct fair_features features =
		fair_features_with(fair_version(params->kernel), config->features);
	struct fair_config fair = {
		.features = &features,
		.cpus = config->cpus,
		.tick = (NSEC_PER_SEC + params->hz / 2) / params->hz,
		.base_slice = config->base_slice
				      ? config->base_slice
				      : fair_base_slice(&features, config->base_slice_cpus),
		.cfs = fair_cfs_tunables(&features, config->base_slice_cpus, &params->cfs),
		.norm_slice = features.base_slice,
		.migration_cost = MIGRATION_COST_NS,
		.lazy = params->preemption == PREEMPTION_LAZY,
		.track_load = true,
		.hooks = config->hooks,
		.hook_data = config->hook_data,
		.bandwidth = &quota_ops,
		.bandwidth_data = kernel,
	};

	*kernel = (struct kernel){
		.engine = config->engine,
		.params = params,
		.costs = config->costs,
		.cpus = config->cpus,
		.llc_size = topology_llc_size(config->topology),
		.threads = (uint32_t)config->topology->threads,
		.rules = balance_rules_find(features.name),
		.tick_period = fair.tick,
		.tick_phase = config->tick_phase,
		.yield_decision = config->yield_decision,
		.measures = config->measures,
		.switch_counter = config->switch_counter,
		.wake_counter = config->wake_counter,
		.move_counters = config->move_counters,
		.spin_locks = config->spin_locks,
	};
	random_init(&kernel->softirq, config->seed, "kernel", 0, "softirq");
	fair_init(&kernel->fair, &fair);
	kernel->cpu = g_new0(struct kernel_cpu, config->cpus);
	for (uint32_t i = 0; i < config->cpus; i++)
		init_cpu(kernel, i, config->cpu[i]);
	balance_init(kernel, config);
}

void kernel_clear(struct kernel *kernel)
{
	balance_clear(kernel);
	quota_clear(kernel);
	rcu_clear(kernel);
	for (uint32_t i = 0; i < kernel->cpus; i++) {
		g_free(kernel->cpu[i].call);
		aftermath_clear(&kernel->cpu[i].aftermath);
	}
	g_free(kernel->cpu);
	fair_clear(&kernel->fair);
	kernel_objects_free(kernel->objects);
}
