/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * machine.c - the host and its VMs, put together
 */
#include "models/machine.h"

#include "models/config.h"
#include "models/events.h"
#include "models/hardware/pcpu.h"
#include "models/host_load.h"
#include "models/host_tasks.h"
#include "models/housekeeping.h"
#include "models/kernel/balance.h"
#include "models/kernel/kernel_config.h"
#include "models/kvm/kvm_rules.h"
#include "models/kvm/vm.h"
#include "models/machine_private.h"
#include "models/placement_plan.h"
#include "models/policy/chain.h"
#include "models/sched/features.h"
#include "models/sched/hooks.h"
#include "models/sched/versions.h"
#include "sim/engine/engine.h"
#include "sim/engine/random.h"
#include "sim/engine/time.h"

const char *const event_names[EVENT_KINDS + 1] = {
	[EVENT_PCPU_WORK] = "pcpu-work", [EVENT_PCPU_IRQ] = "pcpu-irq",
	[EVENT_TICK] = "tick",		 [EVENT_SLEEP] = "sleep",
	[EVENT_VCPU_WORK] = "vcpu-work", [EVENT_VCPU_IRQ] = "vcpu-irq",
	[EVENT_START] = "start",	 [EVENT_HRTICK] = "hrtick",
	[EVENT_QUOTA] = "quota",
};

static void before_yield_to(void *data, struct fair_rq *rq, struct fair_task *yielder,
			    struct fair_task *target, uint64_t now)
{
	chain_yield_to_before(data, rq, yielder, target, now);
}

static void after_yield_to(void *data, struct fair_rq *rq, struct fair_task *yielder,
			   struct fair_task *target, uint64_t now)
{
	chain_yield_to_after(data, rq, yielder, target, now);
}

static const struct fair_hooks yield_hooks = { before_yield_to, after_yield_to };

static const enum counter_kind move_counters[MOVE_KINDS] = {
	[MOVE_WAKEUP] = COUNTER_MOVED_WAKEUP,
	[MOVE_NEWLY_IDLE] = COUNTER_MOVED_NEWLY_IDLE,
	[MOVE_PERIODIC] = COUNTER_MOVED_PERIODIC,
	[MOVE_ACTIVE] = COUNTER_MOVED_ACTIVE,
};

static struct kernel_costs host_costs(const struct cost_params *cost)
{
	return (struct kernel_costs){
		.context_switch = cost->context_switch,
		.switch_level = cost->switch_level,
		.reschedule = cost->reschedule,
		.tick_level = cost->tick_level,
		.mm_switch = cost->ibpb,
		.tick = cost->tick,
		.ipi_handler = cost->ipi_handler,
		.idle_wake = cost->idle_wake,
		.idle_deep_after = cost->idle_deep_after,
		.idle_wake_deep = cost->idle_wake_deep,
		.futex = cost->futex,
		.mutex = cost->mutex,
		.rq_lock = cost->rq_lock,
		.rq_lock_switch = cost->rq_lock ? cost->rq_lock_switch : 0,
		.softirq_share = cost->softirq_share,
		.softirq = cost->softirq,
		.tick_spread = cost->tick_spread,
		.llc_scan = cost->llc_scan,
		.newidle_pass = cost->newidle_pass,
	};
}

static void init_host(struct machine *machine, uint32_t pcpus)
{
	const struct machine_config *config = machine->config;
	g_autofree struct cpu **cpu = g_new(struct cpu *, pcpus);
	uint64_t share[COST_SHARES];
	struct random random;

	machine->pcpu = g_new0(struct pcpu, pcpus);
	for (uint32_t i = 0; i < pcpus; i++) {
		uint32_t thread = i % (uint32_t)config->topology.threads;

		pcpu_init(&machine->pcpu[i], &machine->engine, &machine->measures.accounts, i,
			  config->cost.ipi_latency);
		pcpu_share_core(&machine->pcpu[i], &machine->pcpu[i - thread],
				(uint32_t)config->topology.threads,
				(uint32_t)config->cost.smt_speed);
		cpu[i] = &machine->pcpu[i].cpu;
	}
	if (cost_shares(&config->cost, pcpus, share))
		pcpu_share_thread(machine->pcpu, pcpus, share);
	random_init(&random, config->seed, "host", 0, "tick phase");
	struct kernel_config host = {
		.engine = &machine->engine,
		.params = &config->host,
		.features = &config->host_features,
		.costs = host_costs(&config->cost),
		.cpu = cpu,
		.cpus = pcpus,
		.topology = &config->topology,
		.base_slice_cpus = pcpus,
		.base_slice = config->load ? config->load->base_slice : 0,
		.seed = config->seed,
		.tick_phase = random_below(&random, NSEC_PER_SEC / config->host.hz),
		.measures = &machine->measures,
		.switch_counter = COUNTER_SWITCHES,
		.wake_counter = COUNTER_WAKEUPS,
		.move_counters = move_counters,
		.hooks = machine->policies.has_yield_to ? &yield_hooks : NULL,
		.hook_data = &machine->policies,
		.yield_decision = config->kvm.yield_decision,
		.number = UINT32_MAX,
	};
	kernel_init(&machine->host, &host);
}

static uint32_t count_vcpus(const struct machine_config *config, uint32_t *vms)
{
	uint32_t vcpus = 0;

	*vms = 0;
	for (uint32_t i = 0; i < config->vm_kinds; i++) {
		*vms += (uint32_t)config->vms[i].vm.count;
		vcpus += (uint32_t)(config->vms[i].vm.count * config->vms[i].vm.vcpus);
	}
	return vcpus;
}

static void init_vms(struct machine *machine)
{
	const struct machine_config *config = machine->config;
	uint32_t number = 0;
	uint32_t id = 0;

	machine->vm = g_new0(struct vm, machine->vms);
	for (uint32_t kind = 0; kind < config->vm_kinds; kind++) {
		const struct vm_config *vm = &config->vms[kind];

		for (uint32_t i = 0; i < vm->vm.count; i++, number++) {
			struct placement_plan plan;

			placement_plan_init(&plan, &machine->host, config, vm, number,
					    machine->vms);
			vm_init(&machine->vm[number], &machine->kvm, vm, number, id,
				&plan.placement);
			placement_plan_clear(&plan);
			id += (uint32_t)vm->vm.vcpus;
		}
	}
}

struct machine *machine_new(const struct machine_config *config)
{
	struct machine *machine = g_new0(struct machine, 1);
	uint32_t pcpus = topology_pcpus(&config->topology);
	uint32_t vcpus = count_vcpus(config, &machine->vms);
	struct policy_setup setup = { 0 };

	machine->config = config;
	engine_init(&machine->engine, 256, event_names);
	machine->engine.timers.shuffle = config->shuffle;
	machine->engine.label = g_strdup_printf("seed %" G_GUINT64_FORMAT, config->seed);
	accounts_init(&machine->measures.accounts, pcpus, ACCOUNT_KINDS, 0);
	policy_chain_init(&machine->policies, config->policies, config->policy_count, vcpus, pcpus,
			  &setup);
	init_host(machine, pcpus);
	for (uint32_t i = 0; i < pcpus; i++)
		machine->host.fair.rq[i].honour_buddy = setup.buddy_always_honoured;
	machine->kvm_rules = kvm_rules_make(&config->kvm, fair_version(config->host.kernel)->name);
	machine->kvm = (struct kvm){ .engine = &machine->engine,
				     .host = &machine->host,
				     .cost = &config->cost,
				     .params = &config->kvm,
				     .rules = &machine->kvm_rules,
				     .measures = &machine->measures,
				     .policies = &machine->policies,
				     .ple_off = setup.ple_off };
	init_vms(machine);
	if (config->load)
		machine->tasks = host_tasks_new(&machine->host, config->load, config->seed);
	machine->housekeeping =
		housekeeping_new(&machine->host, &config->housekeeping, config->seed);
	return machine;
}

void machine_free(struct machine *machine)
{
	if (!machine)
		return;
	for (uint32_t i = 0; i < machine->vms; i++)
		vm_clear(&machine->vm[i]);
	g_free(machine->vm);
	g_free(machine->run_before);
	g_free(machine->wait_before);
	g_free(machine->shared_before);
	host_tasks_free(machine->tasks);
	housekeeping_free(machine->housekeeping);
	kernel_clear(&machine->host);
	policy_chain_clear(&machine->policies);
	g_free(machine->pcpu);
	accounts_clear(&machine->measures.accounts);
	engine_clear(&machine->engine);
	g_free(machine);
}

static void settle(struct machine *machine)
{
	for (uint32_t i = 0; i < machine->vms; i++)
		for (uint32_t j = 0; j < machine->vm[i].vcpus; j++)
			vcpu_settle(&machine->vm[i].vcpu[j]);
	accounts_settle(&machine->measures.accounts, machine->engine.now);
}

void machine_run(struct machine *machine)
{
	const struct run_params *run = &machine->config->run;

	engine_run(&machine->engine, run->warmup);
	settle(machine);
	machine_reset_measures(machine);
	engine_run(&machine->engine, run->warmup + run->window);
	settle(machine);
	aftermath_conclude(&machine->host);
	sim_assert(&machine->engine,
		   accounts_check(&machine->measures.accounts, machine->engine.now));
}
