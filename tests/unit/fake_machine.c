/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fake_machine.c - a machine that only draws numbers
 */
#include "tests/unit/fake_machine.h"

#include <string.h>

#include "models/config.h"
#include "models/machine.h"
#include "models/policy/chain.h"
#include "models/result.h"
#include "sim/engine/random.h"

gint fake_machines, fake_machines_most;

const char *const account_names[ACCOUNT_KINDS] = { "a0",  "a1",	 "a2",	"a3", "a4",  "a5",
						   "a6",  "a7",	 "a8",	"a9", "a10", "a11",
						   "a12", "a13", "a14", "a15" };
const char *const counter_names[COUNTER_KINDS] = { "c0" };
const char *const yield_current_names[YIELD_CURRENT_KINDS] = { "u0", "u1", "u2", "u3", "u4" };
const char *const yield_next_names[YIELD_NEXT_KINDS] = { "n0", "n1", "n2", "n3", "n4" };
const char *const yield_self_names[YIELD_SELF_KINDS] = { "s0", "s1", "s2", "s3", "s4" };
const char *const latency_names[LATENCY_KINDS] = { "l0", "l1", "l2", "l3", "l4", "l5",
						   "l6", "l7", "l8", "l9", "l10" };

struct machine {
	const struct machine_config *config;
	struct random random;
	bool ran;
};

struct machine *machine_new(const struct machine_config *config)
{
	struct machine *machine = g_new0(struct machine, 1);
	gint now = g_atomic_int_add(&fake_machines, 1) + 1, most;

	do {
		most = g_atomic_int_get(&fake_machines_most);
	} while (now > most && !g_atomic_int_compare_and_exchange(&fake_machines_most, most, now));
	machine->config = config;
	random_init(&machine->random, config->seed, "fake", 0, "work");
	return machine;
}

void machine_free(struct machine *machine)
{
	g_atomic_int_add(&fake_machines, -1);
	g_free(machine);
}

void machine_run(struct machine *machine)
{
	/* Later jobs end sooner, so that results come out of order. */
	g_usleep(1000 + (gulong)(machine->config->seed % 2000));
	machine->ran = true;
}

char *machine_complaint(const struct machine *machine)
{
	(void)machine;
	return NULL;
}

void machine_result(const struct machine *machine, struct result *result)
{
	const struct machine_config *config = machine->config;
	struct random random = machine->random;
	uint32_t vms = 0, vm = 0;
	uint64_t factor = random_between(&random, 900, 1100);

	g_assert(machine->ran);
	for (uint32_t kind = 0; kind < config->vm_kinds; kind++)
		vms += (uint32_t)config->vms[kind].vm.count;
	if (config->policy_count && strcmp(config->policies[0].ops->name, "ple-off") == 0)
		factor = factor * 3 / 2;
	*result = (struct result){ .seed = config->seed,
				   .fingerprint = config->seed ^ factor,
				   .window = config->run.window,
				   .pcpus = topology_pcpus(&config->topology),
				   .vms = vms,
				   .vm = g_new0(struct vm_result, vms) };
	result->account[ACCOUNT_GUEST_USER] = result->pcpus * result->window;
	for (uint32_t kind = 0; kind < config->vm_kinds; kind++) {
		for (uint32_t i = 0; i < config->vms[kind].vm.count; i++)
			result->vm[vm++] = (struct vm_result){
				.name = config->vms[kind].name,
				.work = result->window / 1000 * factor / vms * (vms > 1 ? 9 : 10) /
					10,
			};
	}
}

void result_clear(struct result *result)
{
	g_free(result->vm);
	result->vm = NULL;
}
