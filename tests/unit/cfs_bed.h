/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cfs_bed.h - scenes of cfs.md section 8 on a fair_bed: tasks with given v, ticks, kicks
 *
 * As there: 8 CPUs' tunables (L 24, G 3, Wg 4 ms), one queue, min_vruntime the smallest v.
 */
#pragma once

#include <check.h>

#include "models/sched/cfs.h"
#include "tests/check_main.h"
#include "tests/unit/fair_bed.h"

/* A stint begins so long after the tick that ended the one before, 1.11. */
#define CFS_EPS UINT64_C(2000)

struct cfs_scene {
	const char *version; /* NULL: 5.3 */
	uint32_t hz, cpus;   /* 0: 1000, 1 */
};

/* CPU 0 runs task 0, tasks 1 to count - 1 wait, with these v in ms. */
void cfs_open(struct bed *bed, struct cfs_scene scene, int count, const double *ms);
/* The same on CPU `cpu` of an open bed; tasks from `first` on. */
void cfs_add(struct bed *bed, uint32_t cpu, int first, int count, const double *ms);
/* Takes the CPU from whoever has it. */
void cfs_run(struct bed *bed, int task);
/* v of a task, in ns. */
int64_t cfs_v(struct bed *bed, int task);
void cfs_set_v(struct bed *bed, int task, double ms);
/* min_vruntime of CPU 0's root becomes the smallest v on it. */
void cfs_settle(struct bed *bed);
/* Puts the running task to sleep at that v and gives the CPU to another. */
void cfs_sleep(struct bed *bed, int task, double ms, int other);

/* Ticks of CPU 0 for that long; stints count from tick to tick, in bed->stint. */
void cfs_ticks(struct bed *bed, uint64_t ns, uint64_t eps);
/* One tick at the present moment; the index of who has the CPU then. */
int cfs_tick_now(struct bed *bed, uint64_t eps);
/* Yields for the running task of CPU 0 and picks. */
int cfs_yield_now(struct bed *bed);
/* A directed yield from the running task of CPU 1 to one of CPU 0, and the pick there. */
int cfs_kick(struct bed *bed, int target);
