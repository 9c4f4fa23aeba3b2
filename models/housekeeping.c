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
	bool burn; /* next: burn or sleep */
};

struct housekeeping {
	uint32_t count;
	struct housekeeper *keeper; /* [count] */
};

static void keeper_next(struct program *program, struct op *op)
{
	struct housekeeper *keeper = (struct housekeeper *)program;
	const struct housekeeping_params *params = keeper->params;

	if (keeper->burn)
		*op = (struct op){ .kind = OP_RUN,
				   .amount = random_between(&keeper->random, params->burn_min,
							    params->burn_max) };
	else
		*op = (struct op){ .kind = OP_SLEEP,
				   .amount = random_between(&keeper->random, params->sleep_min,
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
