/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * random_machine.c - draws a machine
 */
#include "tests/unit/random_machine.h"

#include <glib.h>
#include <stdlib.h>

#include "models/policy/chain.h"
#include "sim/engine/random.h"
#include "tests/unit/random_program.h"
#include "workloads/workload.h"

#define PCPUS_MAX 8
#define VCPUS_MAX 24
#define QUANTUM 500 /* ns */

static uint64_t choice_words(const struct param *param)
{
	uint64_t words = 0;

	while (param->words[words])
		words++;
	return words;
}

/* The default, or anything plausible, or the least that is legal. */
static uint64_t draw(const struct param *param, struct random *random)
{
	uint64_t roll = random_below(random, 8);

	if (param->type == PARAM_BOOL)
		return random_below(random, 2);
	if (param->type == PARAM_CHOICE)
		return random_below(random, choice_words(param));
	if (param->fallback && (roll < 4 || !param->high))
		return strtoull(param->fallback, NULL, 10);
	if (roll < 7 && param->high)
		return random_between(random, param->low, param->high);
	return param->min;
}

static void draw_table(const struct param *params, void *section, struct random *random)
{
	for (const struct param *param = params; param->name; param++)
		*(uint64_t *)(void *)((char *)section + param->offset) = draw(param, random);
}

static uint64_t one_of(struct random *random, const uint64_t *values, size_t count)
{
	return values[random_below(random, count)];
}

#define ONE_OF(random, ...)                                 \
	one_of((random), (const uint64_t[]){ __VA_ARGS__ }, \
	       sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t))

static void draw_topology(struct topology_params *topology, struct random *random)
{
	uint64_t pcpus;

	do {
		topology->packages = random_between(random, 1, 2);
		topology->llcs = random_between(random, 1, 2);
		topology->cores = random_between(random, 1, 4);
		topology->threads = random_between(random, 1, 2);
		pcpus = topology_pcpus(topology);
	} while (pcpus > PCPUS_MAX);
}

/* Multiples of the quantum, and 1 GHz, so that many events fall on one moment. */
static void round_costs(struct cost_params *cost)
{
	for (const struct param *param = cost_params_table; param->name; param++) {
		uint64_t *value = (uint64_t *)(void *)((char *)cost + param->offset);

		*value = (*value + QUANTUM / 2) / QUANTUM * QUANTUM;
	}
	cost->refill_build = MAX(cost->refill_build, 1);
	cost->tsc_khz = 1000000;
}

static void draw_costs(struct cost_params *cost, uint64_t quantum, struct random *random)
{
	uint64_t nothing = random_below(random, 8);

	draw_table(cost_params_table, cost, random);
	cost->tsc_khz = MAX(cost->tsc_khz, 1000000);
	if (quantum > 1) {
		round_costs(cost);
		cost->share_0 = 0;
	} else {
		cost->share_0 = ONE_OF(random, 0, 0, 615, 1000);
		cost->share_1 = ONE_OF(random, 385, 7);
		cost->share_2 = cost->share_3 = ONE_OF(random, 0, 390);
	}
	if (nothing == 0) {
		/* every path takes no time at all */
		*cost = (struct cost_params){ .tsc_khz = cost->tsc_khz, .refill_build = 1 };
	}
	cost->smt_speed = ONE_OF(random, 1000, 1000, 650, 333, 100);
}

static void draw_kvm(struct kvm_params *kvm, struct random *random)
{
	draw_table(kvm_params_table, kvm, random);
	kvm->ple_window = ONE_OF(random, 1, 4096, 4096, 4096, 20000, 65536);
	kvm->ple_grow = ONE_OF(random, 0, 1, 2, 2, 2, 10000);
	kvm->ple_shrink = ONE_OF(random, 0, 0, 1, 2, 100000);
	kvm->ple_max = ONE_OF(random, 65536, 10000000, UINT32_MAX);
	if (kvm->ple_window < 4096 && kvm->ple_grow < 2)
		kvm->ple_grow = 2; /* else most events are pause-loop exits */
	kvm->halt_poll = ONE_OF(random, 0, 50000, 200000, 200000);
	kvm->halt_poll_grow = ONE_OF(random, 0, 1, 2, 2, 10);
	kvm->halt_poll_shrink = ONE_OF(random, 0, 1, 2, 2);
}

static void draw_housekeeping(struct housekeeping_params *housekeeping, struct random *random)
{
	*housekeeping = (struct housekeeping_params){
		.per_pcpu = ONE_OF(random, 0, 0, 1, 1, 2, 4),
		.sleep_min = random_between(random, 1, 200000),
		.burn_min = random_between(random, 1, 50000),
	};
	housekeeping->sleep_max = housekeeping->sleep_min + random_between(random, 0, 4000000);
	housekeeping->burn_max = housekeeping->burn_min + random_between(random, 0, 300000);
}

/* Drawn from a stream of its own: what a seed means otherwise stays. */
static void draw_quota(struct cpu_max_params *max, uint64_t seed, uint32_t kind)
{
	struct random random;

	random_init(&random, seed, "random machine", kind, "quota");
	*max = (struct cpu_max_params){
		.level = ONE_OF(&random, CPU_MAX_VM, CPU_MAX_VCPU),
		.quota = ONE_OF(&random, 0, 0, 1000000, 3000000, 7000000, 30000000),
		.period = ONE_OF(&random, 1000000, 5000000, 10000000),
		.burst = ONE_OF(&random, 0, 0, 1000000),
	};
}

static void draw_guest(struct vm_config *vm, uint64_t vcpus, uint64_t quantum,
		       struct random *random)
{
	struct random_program_params *program = g_new0(struct random_program_params, 1);

	draw_table(vm_params_table, &vm->vm, random);
	draw_table(paravirt_params_table, &vm->paravirt, random);
	draw_table(kernel_params_table, &vm->guest, random);
	if (vm->vm.spin_lock == GUEST_SPIN_LOCK_PARAVIRT)
		vm->paravirt.unhalt = 1; /* the check of scenarios asks for it */
	vm->guest.hz = ONE_OF(random, 100, 250, 300, 1000);
	vm->guest.haltpoll &= vm->guest.idle == IDLE_HALT;
	vm->guest.haltpoll_ns = ONE_OF(random, 0, 20000, 200000);
	vm->guest.haltpoll_grow_start = ONE_OF(random, 0, 10000, 50000);
	vm->guest.haltpoll_grow = random_below(random, 4);
	vm->guest.haltpoll_shrink = random_below(random, 4);
	vm->vm.vcpus = vcpus;
	vm->vm.start_spread = ONE_OF(random, 0, 100000, 2000000);
	vm->vm.phase_spread = ONE_OF(random, 0, 0, 3000000);
	vm->vm.weight = ONE_OF(random, 1, 50, 100, 100, 100, 10000);
	*program = (struct random_program_params){
		.tasks = random_between(random, 1, 3 * vcpus),
		.spin_locks = random_below(random, 4),
		.mutexes = random_below(random, 3),
		.queues = random_below(random, 4),
		.kernel_mutexes = random_below(random, 3),
		.rwsems = random_below(random, 3),
		.futexes = ONE_OF(random, 0, 1, 2),
		.marks = ONE_OF(random, 0, 1, 2),
		.rcu_objects = ONE_OF(random, 0, 1, 3),
		.barriers = ONE_OF(random, 0, 0, 1),
		.longest = ONE_OF(random, 20000, 200000, 2000000),
		.mortal = ONE_OF(random, 0, 0, 100, 1000),
		.quantum = quantum,
	};
	program->children = random_below(random, program->tasks / 2 + 1);
	vm->name = g_strdup("random");
	vm->profile = g_strdup("random");
	vm->workload = &shape_random_program;
	vm->workload_params = program;
}

static void draw_vms(struct machine_config *config, uint64_t quantum, struct random *random)
{
	uint64_t left = VCPUS_MAX;

	config->vm_kinds = (uint32_t)random_between(random, 1, 3);
	config->vms = g_new0(struct vm_config, config->vm_kinds);
	for (uint32_t i = 0; i < config->vm_kinds; i++) {
		struct vm_config *vm = &config->vms[i];
		uint64_t room = left / (config->vm_kinds - i);
		uint64_t vcpus = random_between(random, 1, MIN(room, 10));
		uint64_t count = random_between(random, 1, MIN(room / vcpus, 3));

		draw_guest(vm, vcpus, quantum, random);
		vm->vm.count = count;
		left -= vcpus * count;
	}
}

static void draw_policies(struct machine_config *config, struct random *random)
{
	uint32_t known = 0;

	while (policies[known])
		known++;
	config->policy_count = (uint32_t)ONE_OF(random, 0, 0, 1, 1, 2);
	config->policies = g_new0(struct policy_choice, config->policy_count);
	for (uint32_t i = 0; i < config->policy_count; i++) {
		struct policy_choice *choice = &config->policies[i];

		choice->ops = policies[random_below(random, known)];
		choice->params = g_malloc0(choice->ops->params_size);
		if (choice->ops->params)
			draw_table(choice->ops->params, choice->params, random);
	}
}

void random_machine_config(struct machine_config *config, uint64_t seed)
{
	struct random random;
	uint64_t quantum;

	random_init(&random, seed, "random machine", 0, "configuration");
	quantum = ONE_OF(&random, 1, 1, QUANTUM);
	*config = (struct machine_config){ .seed = seed };
	draw_topology(&config->topology, &random);
	draw_costs(&config->cost, quantum, &random);
	draw_table(kernel_params_table, &config->host, &random);
	config->host.hz = ONE_OF(&random, 100, 250, 300, 1000);
	config->host.haltpoll = 0;
	config->host.idle = IDLE_HALT;
	draw_table(cgroup_params_table, &config->cgroups, &random);
	draw_housekeeping(&config->housekeeping, &random);
	draw_kvm(&config->kvm, &random);
	draw_vms(config, quantum, &random);
	for (uint32_t i = 0; i < config->vm_kinds; i++)
		if (config->cgroups.layout != CGROUPS_FLAT)
			draw_quota(&config->vms[i].cpu_max, seed, i);
	draw_policies(config, &random);
	config->run.window = 10000000 + random_below(&random, 40000000);
	if (random_below(&random, 4) == 0)
		config->shuffle = seed * 2 + 1;
}

void random_machine_config_clear(struct machine_config *config)
{
	for (uint32_t i = 0; i < config->vm_kinds; i++) {
		g_free(config->vms[i].name);
		g_free(config->vms[i].profile);
		g_free(config->vms[i].workload_params);
	}
	g_free(config->vms);
	for (uint32_t i = 0; i < config->policy_count; i++)
		g_free(config->policies[i].params);
	g_free(config->policies);
}
