/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * host_bed.h - a kernel on bare pCPUs, with tasks that a test moves by hand
 *
 * Nothing costs time. A hog runs for ever; a sleeper is asleep on a CPU from the beginning and runs
 * for ever once woken. Change `params` and `topology` between bed_new() and bed_start().
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/hardware/pcpu.h"
#include "models/hardware/topology.h"
#include "models/kernel/balance.h"
#include "models/kernel/kernel.h"
#include "models/measures.h"
#include "sim/engine/engine.h"

#define US UINT64_C(1000)
#define MS UINT64_C(1000000)
#define SECOND UINT64_C(1000000000)
#define BED_TASKS 80
#define ANYWHERE UINT32_MAX

struct bed_task {
	struct task task; /* first */
	struct bed *bed;
	bool over, block; /* what it does as soon as it looks */
};

struct bed {
	struct topology_params topology;
	struct kernel_params params;
	uint64_t newidle_pass; /* ns */
	struct engine engine;
	struct measures measures;
	struct pcpu *pcpu;
	struct kernel kernel;
	struct bed_task task[BED_TASKS];
	uint32_t tasks;
};

/* Packages, LLCs a package, cores an LLC, threads a core; version 6.19, 1000 Hz. */
struct bed *bed_new(uint32_t packages, uint32_t llcs, uint32_t cores, uint32_t threads);
void bed_version(struct bed *bed, const char *version);
void bed_start(struct bed *bed);
void bed_free(struct bed *bed);

/* Runs on `cpu` from now on; `only` that CPU or ANYWHERE; `group` NULL: the root. */
struct task *bed_hog(struct bed *bed, uint32_t cpu, uint32_t only, struct fair_group *group);
struct task *bed_sleeper(struct bed *bed, uint32_t cpu);
void bed_hogs(struct bed *bed, uint32_t first, uint32_t end); /* one pinned to each CPU */
/* The running task ends now, or blocks. */
void bed_stop(struct task *task);
void bed_block(struct task *task);
void bed_run(struct bed *bed, uint64_t ns);
/* Tasks that are runnable on the CPU. */
uint32_t bed_count(const struct bed *bed, uint32_t cpu);
struct domain *bed_domain(struct bed *bed, uint32_t cpu, uint32_t level);
/* From now on nobody balances by himself but newly-idle CPUs. */
void bed_hold(struct bed *bed);
