/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load.h - load tracking: how much a CPU, a task, a group has lately wanted to run; eevdf.md 3
 *
 * Averages with a half life of 33.6 ms of the CPU's task clock, as of the last operation on the CPU
 * (rq->clock; fair_clock() brings it forward). Loads count 1024 for a nice-0 task that is always
 * runnable, runnable 1024 a task, util 1024 for a CPU that is always busy. Without load tracking
 * (struct fair_config) the queries tell the value of the moment.
 */
#pragma once

#include <stdint.h>

struct fair_rq;
struct fair_task;

/* Of all fair tasks of the CPU, groups by their weight. Blocked tasks count, decaying, until they
 * wake elsewhere. */
uint64_t fair_rq_load(const struct fair_rq *rq);
uint64_t fair_rq_runnable(const struct fair_rq *rq);
uint64_t fair_rq_util(const struct fair_rq *rq);

/* Weight times the share of time queued; of a waiting task as of when it began to wait, which is
 * what the kernel looks at. */
uint64_t fair_task_load(const struct fair_task *task);
/* The part of fair_rq_load() that is the task's: its load scaled down the tree. */
uint64_t fair_task_h_load(const struct fair_task *task);
uint64_t fair_task_util(const struct fair_task *task);

/* Publishes what has decayed on this CPU to the groups. The kernel does so in every balancing pass
 * that looks at the CPU, newly-idle ones and those for idle CPUs included. */
void fair_update_blocked(struct fair_rq *rq, uint64_t now);

/* Its load decays no more: for good. The task is not queued. */
void fair_task_dead(struct fair_task *task);
