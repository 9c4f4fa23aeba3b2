/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fair_bed.h - one to a few CPUs with fair tasks, driven by hand or by ticks
 */
#pragma once

#include <stdint.h>

#include "models/sched/fair.h"

#define BED_TASKS 20
#define BED_STINTS 16384

/* Milliseconds as ns; for constants. */
#define MS(ms) ((int64_t)((ms)*1e6 + ((ms) < 0 ? -0.5 : 0.5)))

struct stint {
	int task; /* index; -1: idle */
	uint64_t ns;
};

struct bed {
	struct fair fair;
	struct fair_rq *rq; /* CPU 0 */
	uint64_t now;
	uint64_t stolen; /* of every tick, off the task clock (E13) */
	uint64_t clock;	 /* task clock of all CPUs */
	struct fair_task task[BED_TASKS];
	struct stint stint[BED_STINTS]; /* of CPU 0, by bed_ticks(); the last one is under way */
	uint32_t stints;
};

/* 2.8 ms slices, 1000 Hz and CPU 0 only unless changed in `config` before bed_open(). */
struct bed_config {
	const char *version;
	uint32_t hz, cpus;
	uint64_t slice;
	struct cfs_tunables cfs; /* 0: as on 8 CPUs */
	bool lazy;
	bool track_load;
	const struct fair_hooks *hooks;
	void *hook_data;
	const struct fair_bandwidth_ops *bandwidth;
	void *bandwidth_data;
	void (*tune)(struct fair_features *features);
};

void bed_open(struct bed *bed, struct bed_config config);
void bed_close(struct bed *bed);

struct fair_entity *bed_entity(struct bed *bed, int task);
/* Starts a task: fair_start(). */
void bed_start(struct bed *bed, int task, struct fair_group *group, int nice);
void bed_start_on(struct bed *bed, uint32_t cpu, int task, struct fair_group *group, int nice);
/* Sets v and d, and the protection of a running one to d. */
void bed_set(struct bed *bed, int task, int64_t vruntime, int64_t deadline);
/* Lets the task clock run. */
void bed_run(struct bed *bed, uint64_t ns);
/* Picks and switches on CPU 0; the task's index, or -1. */
int bed_pick(struct bed *bed);
int bed_pick_on(struct bed *bed, uint32_t cpu);
int bed_current(const struct bed *bed);
void bed_block(struct bed *bed, int task);
int bed_wake(struct bed *bed, int task);
int bed_yield_to(struct bed *bed, int target);

/* Ticks on CPU 0 for that long; a request takes effect at the tick that finds it. */
void bed_ticks(struct bed *bed, uint64_t ns);
/* Run time of a task so far, ns. */
uint64_t bed_exec(struct bed *bed, int task);
/* Complete stints of the task in the log that are `ns` long, and all of them, without the first. */
uint32_t bed_stints(const struct bed *bed, int task, uint64_t ns);
uint32_t bed_all_stints(const struct bed *bed, int task);
