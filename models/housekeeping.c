/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * housekeeping.c - the host's own small tasks (data/realkvm/README.md, "noise")
 */
#include "models/housekeeping.h"

#include <glib.h>

#include "models/config.h"
#include "models/kernel/kernel.h"
#include "models/kernel/program.h"
#include "models/measures.h"
#include "sim/engine/engine.h"
#include "sim/engine/random.h"

struct housekeeper {
	struct program program; /* first */
	struct program_task task;
	const struct housekeeping_params *params;
	struct random random;
	uint64_t lcg; /* state of a given pattern */
	bool burn;    /* next: burn or sleep */
};

struct housekeeping {
	uint32_t count;
	struct housekeeper *keeper; /* [count] */
};

/*
 * The processes of data/realkvm: an LCG a pCPU, whose first draw is a sleep. Exactly these sequences
 * preempt the guests there, in every run with that seed.
 */
#define LCG_FACTOR UINT64_C(6364136223846793005)
#define LCG_STEP UINT64_C(1442695040888963407)
#define LCG_SHIFT 33
#define LCG_SEED_CPU 7919
#define LCG_SEED_PATTERN 777

static uint64_t keeper_draw(struct housekeeper *keeper, uint64_t low, uint64_t high)
{
	if (!keeper->params->pattern)
		return random_between(&keeper->random, low, high);
	keeper->lcg = keeper->lcg * LCG_FACTOR + LCG_STEP;
	return high > low ? low + (keeper->lcg >> LCG_SHIFT) % (high - low) : low;
}

static void keeper_next(struct program *program, struct op *op)
{
	struct housekeeper *keeper = (struct housekeeper *)program;
	const struct housekeeping_params *params = keeper->params;

	if (keeper->burn)
		*op = (struct op){ .kind = OP_RUN,
				   .amount = keeper_draw(keeper, params->burn_min,
							 params->burn_max) };
	else
		*op = (struct op){ .kind = OP_SLEEP,
				   .amount = keeper_draw(keeper, params->sleep_min,
							 params->sleep_max) };
	keeper->burn = !keeper->burn;
}

struct housekeeping *housekeeping_new(struct kernel *host, const struct housekeeping_params *params,
				      uint64_t seed)
{
	struct housekeeping *housekeeping = g_new0(struct housekeeping, 1);

	housekeeping->count = (uint32_t)params->per_pcpu * host->cpus;
	housekeeping->keeper = g_new0(struct housekeeper, housekeeping->count);
	for (uint32_t i = 0; i < housekeeping->count; i++) {
		struct housekeeper *keeper = &housekeeping->keeper[i];
		uint32_t cpu = i % host->cpus;

		keeper->program.next = keeper_next;
		keeper->params = params;
		keeper->lcg = LCG_SEED_CPU * (uint64_t)cpu + LCG_SEED_PATTERN * params->pattern;
		random_init(&keeper->random, seed, "housekeeping", i, "sleep and burn");
		program_task_init(&keeper->task, host, &keeper->program, cpu, NULL, (uint16_t)i);
		keeper->task.task.run_delay = &host->measures->latency[LATENCY_BYSTANDER];
		task_start(&keeper->task.task, cpu);
	}
	return housekeeping;
}

void housekeeping_free(struct housekeeping *housekeeping)
{
	if (!housekeeping)
		return;
	g_free(housekeeping->keeper);
	g_free(housekeeping);
}

uint64_t housekeeping_run(const struct housekeeping *housekeeping)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < housekeeping->count; i++) {
		const struct task *task = &housekeeping->keeper[i].task.task;

		total += task->run_total;
		if (task_running(task))
			total += kernel_now(task->kernel) - task->running_since;
	}
	return total;
}
