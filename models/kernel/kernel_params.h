/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel_params.h - how a kernel is configured: the host's, and each guest's
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/sched/cfs_rules.h"
#include "sim/engine/param.h"

enum preemption { PREEMPTION_NONE, PREEMPTION_VOLUNTARY, PREEMPTION_FULL, PREEMPTION_LAZY };
enum placement { PLACEMENT_KERNEL, PLACEMENT_SIMPLE };
enum idle_loop { IDLE_HALT, IDLE_POLL };
enum tick_alignment { TICK_ALIGNED, TICK_SKEWED, TICK_SKEW_TICK };

struct kernel_params {
	uint64_t kernel;		/* index into fair_versions (models/sched) */
	uint64_t hz;			/* ticks a second */
	uint64_t tick;			/* enum tick_alignment */
	uint64_t preemption;		/* enum preemption */
	uint64_t placement;		/* enum placement */
	uint64_t wake_affine, sis_util; /* bool */
	uint64_t late_eoi;		/* bool */
	uint64_t idle;			/* enum idle_loop */
	uint64_t timed_work;		/* bool: work ends by the task clock */
	uint64_t haltpoll;		/* bool: idle CPUs poll before they halt; idle.c */
	uint64_t haltpoll_ns, haltpoll_grow, haltpoll_shrink, haltpoll_grow_start;
	uint64_t haltpoll_allow_shrink; /* bool */
	struct cfs_tunables cfs;	/* of kernels with CFS; 0: the default */
};

extern const struct param kernel_params_table[];
extern const char *const kernel_preemption_words[];

/* Can a kernel of that version be told to preempt like that? */
bool kernel_has_preemption(uint64_t version, enum preemption preemption);
