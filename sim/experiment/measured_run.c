/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured_run.c - a measured scenario as a machine of the simulator
 */
#include "sim/experiment/measured_run.h"

#include <math.h>
#include <string.h>

#include "models/config.h"
#include "sim/engine/fail.h"
#include "sim/experiment/measured.h"
#include "sim/experiment/param_value.h"
#include "sim/experiment/replicate.h"

/* QEMU's TCG, -icount shift=1: an instruction takes 2 ns, whatever it does. */
static const struct measured_cost emulated_costs[] = {
	{ "context_switch", 5000, "data/realsched/README.md, point 6: about 5 us" },
	{ "tick", 8000, "noise_1hog, gaps: three of four ticks take 8 to 16 us" },
	{ "tick_spread", 8000, "likewise" },
	{ "softirq_share", 100000, "noise_1hog, gaps: one of ten ticks takes above 32 us" },
	{ "softirq", 120000, "noise_1hog, gaps: the longest 136 us" },
	{ "futex", 5000, "ppf_0us_0hog: 15.5 us a turn are a switch, a wait and a wake-up" },
	{ "mutex", 100, "no system call: some tens of instructions" },
	{ "ipi_handler", 5000, "point 6: five times a machine's" },
	{ "ipi_latency", 5000, "point 6: five times a machine's" },
	{ NULL, 0, NULL },
};

/* The machine is a KVM guest itself: its ticks cost exits. */
static const struct measured_cost machine_costs[] = {
	{ "context_switch", 1000, "data/realsched/README.md, point 6: 1 us" },
	{ "tick", 16000, "noise_1hog, gaps: a tick's lie at 16 to 32 us" },
	{ "tick_spread", 16000, "likewise" },
	{ "softirq_share", 250000, "noise_1hog, gaps: one of four ticks takes above 32 us" },
	{ "softirq", 60000, "noise_1hog, gaps: most of these are below 64 us" },
	{ "idle_wake", 20000, "README.md, point 3: hand-over about 25 us between CPUs" },
	{ NULL, 0, NULL },
};

const struct measured_cost *measured_costs(const struct measured_file *file)
{
	return file->environment.emulated ? emulated_costs : machine_costs;
}

static void put_costs(const struct measured_cost *costs, struct cost_params *into)
{
	params_put_fallbacks(cost_params_table, into);
	for (; costs->param; costs++)
		param_put(param_find(cost_params_table, costs->param), into, costs->value);
}

static bool set_cost(const char *text, struct cost_params *into, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(text, "=", 2);
	const struct param *param = parts[0] ? param_find(cost_params_table, parts[0]) : NULL;
	uint64_t value;

	if (!param || !parts[1])
		return fail(error, ERROR_INPUT,
			    "--cost: found \"%s\"; legal: NAME=VALUE with a parameter of host.cost "
			    "(vcpusim params host.cost)",
			    text);
	if (!param_parse(param, parts[1], &value, error)) {
		g_prefix_error(error, "--cost: %s: ", parts[0]);
		return false;
	}
	param_put(param, into, value);
	return true;
}

/*
 * The tasks that were not of the test (README.md, point 2: even rare ones in the root change what
 * happens in the groups): one on each CPU, as often and as long as the file says, at random.
 */
static void put_foreign(const struct measured_scenario *scenario, struct housekeeping_params *into)
{
	double period = 1e9 / fmax(scenario->foreign_switches, 0.01);
	double run = period * scenario->foreign_share;

	if (scenario->foreign_switches <= 0)
		return;
	into->per_pcpu = 1;
	into->sleep_min = (uint64_t)(period / 2);
	into->sleep_max = (uint64_t)(period * 3 / 2);
	into->burn_min = 1 + (uint64_t)(run / 2);
	into->burn_max = 1 + (uint64_t)(run * 3 / 2);
}

bool measured_config(const struct measured_file *file, const struct measured_scenario *scenario,
		     char **set, struct machine_config *config, GError **error)
{
	const struct measured_environment *environment = &file->environment;

	memset(config, 0, sizeof(*config));
	put_costs(measured_costs(file), &config->cost);
	params_put_fallbacks(housekeeping_params_table, &config->housekeeping);
	params_put_fallbacks(kvm_params_table, &config->kvm);
	config->topology = (struct topology_params){
		.packages = 1, .llcs = 1, .cores = scenario->cpus, .threads = 1
	};
	config->host = (struct kernel_params){ .kernel = environment->kernel,
					       .hz = environment->hz,
					       .tick = TICK_ALIGNED,
					       .preemption = environment->preemption };
	config->run = (struct run_params){ .warmup = scenario->warmup, .window = scenario->window };
	config->load = &scenario->load;
	put_foreign(scenario, &config->housekeeping);
	for (guint i = 0; set && set[i]; i++)
		if (!set_cost(set[i], &config->cost, error))
			return false;
	return true;
}

bool measured_simulate(const struct machine_config *config, uint64_t seed, guint phases,
		       guint threads, struct result *result, GError **error)
{
	g_autofree struct replication *jobs = g_new0(struct replication, phases);

	for (guint i = 0; i < phases; i++)
		jobs[i] = (struct replication){ .config = config,
						.seed = replication_seed(seed, i),
						.result = &result[i] };
	return replicate(jobs, phases, threads, NULL, NULL, error);
}
