/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_model.c - what a simulated switch, IPI and pause-loop cycle cost, and how fast four regimes
 * run
 *
 * CPU time of this thread, best of several runs; one JSON object a line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <glib.h>

#include "models/config.h"
#include "models/machine.h"
#include "models/result.h"
#include "sim/engine/time.h"
#include "sim/experiment/config.h"
#include "sim/experiment/scenario.h"

#define REPEATS 5

static double cpu_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

struct bench_case {
	const char *name, *file, *setup;
	const char *set[8]; /* --set options, NULL-terminated */
	double target;
	int counter; /* of the events that the CPU time is divided by; -1: simulated time a second
			of it */
};

static const struct bench_case cases[] = {
	{ "host context switch", "bench-switch", NULL, { NULL }, 0, COUNTER_SWITCHES },
	{ "IPI between vCPUs, software APIC", "bench-ipi", NULL, { NULL }, 0, COUNTER_IPIS },
	{ "IPI between vCPUs, posted",
	  "bench-ipi",
	  NULL,
	  { "vms.apic=apicv", NULL },
	  0,
	  COUNTER_IPIS },
	{ "pause-loop exit, yield, switch", "bench-ple", NULL, { NULL }, 600, COUNTER_YIELD_OK },
	{ "solo: dedup, 1 VM, default", "dedup-1vm", "default-pinned", { NULL }, 0, -1 },
	{ "solo: compute, 1 VM, default", "compute-1vm", "default-pinned", { NULL }, 20, -1 },
	{ "control: compute, 2 VMs, lab", "compute-2vm", "lab-pinned", { NULL }, 20, -1 },
	{ "dedup, 2 VMs, default", "dedup-2vm", "default-pinned", { NULL }, 5, -1 },
	{ "dedup, 2 VMs, lab", "dedup-2vm", "lab-pinned", { NULL }, 1, -1 },
};

static char *scenario_file(const char *name)
{
	const char *srcdir = getenv("srcdir");
	g_autofree char *base = g_strconcat(name, ".json", NULL);
	const char *folder = g_str_has_prefix(name, "bench-") ? "tests/bench" : "scenarios";

	return g_build_filename(srcdir ? srcdir : ".", folder, base, NULL);
}

static bool resolve(const struct bench_case *bench, struct machine_config *config)
{
	g_autofree char *file = scenario_file(bench->file);
	const struct scenario_choice choice = { .setup = bench->setup, .set = bench->set };
	struct scenario scenario;
	GError *error = NULL;
	bool good;

	good = scenario_read(&scenario, file, &error) &&
	       scenario_resolve(&scenario, &choice, config, &error);
	if (!good)
		fprintf(stderr, "bench_model: %s\n", error->message);
	g_clear_error(&error);
	return good;
}

static double measure(const struct bench_case *bench, const struct machine_config *config)
{
	struct machine *machine = machine_new(config);
	double start = cpu_seconds(), seconds;
	struct result result;
	double value;

	machine_run(machine);
	seconds = cpu_seconds() - start;
	machine_result(machine, &result);
	if (bench->counter < 0)
		value = (double)(config->run.warmup + config->run.window) * 1e-9 / seconds;
	else
		/* counters leave the warm-up out, so these scenarios have none */
		value = seconds * 1e9 / (double)result.counter[bench->counter];
	result_clear(&result);
	machine_free(machine);
	return value;
}

static int run(const struct bench_case *bench)
{
	struct machine_config config = { 0 };
	double best = 0;

	if (!resolve(bench, &config))
		return 1;
	config.seed = 1;
	for (int i = 0; i < REPEATS; i++) {
		double value = measure(bench, &config);
		bool better = bench->counter < 0 ? value > best : value < best;

		if (i == 0 || better)
			best = value;
	}
	printf("{\"name\": \"%s\", \"value\": %.4g, \"unit\": \"%s\"", bench->name, best,
	       bench->counter < 0 ? "x real time" : "ns");
	if (bench->target > 0)
		printf(", \"target\": %g", bench->target);
	printf("%s}\n", bench->counter < 0 ? "" : ", \"better\": \"less\"");
	fflush(stdout);
	config_clear(&config);
	return 0;
}

int main(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		if (run(&cases[i]))
			return EXIT_FAILURE;
	return EXIT_SUCCESS;
}
