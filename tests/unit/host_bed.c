/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * host_bed.c - builds it
 */
#include "tests/unit/host_bed.h"

#include <check.h>
#include <glib.h>
#include <string.h>

#include "models/events.h"
#include "models/hardware/cost.h"
#include "models/kernel/kernel_config.h"
#include "models/sched/versions.h"

static const enum counter_kind move_counters[MOVE_KINDS] = {
	COUNTER_MOVED_WAKEUP, COUNTER_MOVED_NEWLY_IDLE, COUNTER_MOVED_PERIODIC, COUNTER_MOVED_ACTIVE
};

static void advance(struct task *task)
{
	struct bed_task *mine = (struct bed_task *)task;

	if (mine->over) {
		kernel_exit(task_cpu(task));
	} else if (mine->block) {
		mine->block = false;
		kernel_block(task_cpu(task));
	} else {
		kernel_work(task_cpu(task), 3600 * SECOND, WORK_USER);
	}
}

static const struct task_ops ops = { .advance = advance };

struct bed *bed_new(uint32_t packages, uint32_t llcs, uint32_t cores, uint32_t threads)
{
	struct bed *bed = g_new0(struct bed, 1);

	bed->topology = (struct topology_params){ packages, llcs, cores, threads };
	bed->params = (struct kernel_params){ .hz = 1000, .preemption = PREEMPTION_FULL };
	bed->params.wake_affine = bed->params.sis_util = true;
	bed_version(bed, "6.19");
	return bed;
}

void bed_version(struct bed *bed, const char *version)
{
	for (uint64_t i = 0; fair_version_names[i]; i++) {
		if (strcmp(fair_version_names[i], version) != 0)
			continue;
		bed->params.kernel = i;
		return;
	}
	ck_abort_msg("no scheduler %s", version);
}

void bed_start(struct bed *bed)
{
	uint32_t cpus = topology_pcpus(&bed->topology);
	g_autofree struct cpu **cpu = g_new(struct cpu *, cpus);

	engine_init(&bed->engine, 256, event_names);
	accounts_init(&bed->measures.accounts, cpus, ACCOUNT_KINDS, 0);
	bed->pcpu = g_new0(struct pcpu, cpus);
	for (uint32_t i = 0; i < cpus; i++) {
		pcpu_init(&bed->pcpu[i], &bed->engine, &bed->measures.accounts, i, 0);
		cpu[i] = &bed->pcpu[i].cpu;
	}
	struct kernel_config config = {
		.engine = &bed->engine,
		.params = &bed->params,
		.costs = { .newidle_pass = bed->newidle_pass },
		.cpu = cpu,
		.cpus = cpus,
		.topology = &bed->topology,
		.base_slice_cpus = cpus,
		.measures = &bed->measures,
		.switch_counter = COUNTER_SWITCHES,
		.wake_counter = COUNTER_WAKEUPS,
		.move_counters = move_counters,
		.seed = 1,
		.number = UINT32_MAX,
	};
	kernel_init(&bed->kernel, &config);
}

void bed_free(struct bed *bed)
{
	kernel_clear(&bed->kernel);
	g_free(bed->pcpu);
	accounts_clear(&bed->measures.accounts);
	engine_clear(&bed->engine);
	g_free(bed);
}

static struct task *add(struct bed *bed, uint32_t only, struct fair_group *group)
{
	struct bed_task *task = &bed->task[bed->tasks++];

	ck_assert_uint_le(bed->tasks, BED_TASKS);
	task->bed = bed;
	task_init(&bed->kernel, &task->task, &ops, group, only, NULL, (uint16_t)bed->tasks);
	return &task->task;
}

struct task *bed_hog(struct bed *bed, uint32_t cpu, uint32_t only, struct fair_group *group)
{
	struct task *task = add(bed, only, group);

	task_start(task, cpu);
	return task;
}

struct task *bed_sleeper(struct bed *bed, uint32_t cpu)
{
	struct task *task = add(bed, ANYWHERE, NULL);

	task->state = TASK_SLEEPING;
	task->cpu = cpu;
	task->fair.rq = &bed->kernel.fair.rq[cpu];
	return task;
}

void bed_hogs(struct bed *bed, uint32_t first, uint32_t end)
{
	for (uint32_t cpu = first; cpu < end; cpu++)
		bed_hog(bed, cpu, cpu, NULL);
}

void bed_stop(struct task *task)
{
	((struct bed_task *)task)->over = true;
	ck_assert(task_running(task));
	kernel_rework(task_cpu(task), 0, WORK_USER);
}

void bed_block(struct task *task)
{
	((struct bed_task *)task)->block = true;
	ck_assert(task_running(task));
	kernel_rework(task_cpu(task), 0, WORK_USER);
}

void bed_run(struct bed *bed, uint64_t ns)
{
	engine_run(&bed->engine, bed->engine.now + ns);
}

uint32_t bed_count(const struct bed *bed, uint32_t cpu)
{
	return bed->kernel.cpu[cpu].tasks;
}

struct domain *bed_domain(struct bed *bed, uint32_t cpu, uint32_t level)
{
	return &bed->kernel.cpu[cpu].balance->domains.domain[level];
}

void bed_hold(struct bed *bed)
{
	for (uint32_t i = 0; i < bed->kernel.cpus; i++)
		bed->kernel.cpu[i].balance->next = UINT64_MAX;
	bed->kernel.balance->nohz_next = UINT64_MAX;
}
