/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel_config.h - what a kernel is made of
 */
#pragma once

#include "models/kernel/kernel.h"

struct topology_params;

/* Read by kernel_init(), and not kept but for what the pointers lead to. */
struct kernel_config {
	struct engine *engine;
	const struct kernel_params *params;
	const struct feature_params *features; /* NULL: the version's */
	struct kernel_costs costs;
	struct cpu *const *cpu; /* [cpus] */
	uint32_t cpus;
	const struct topology_params *topology; /* of so many CPUs; only for kernel_init() */
	uint32_t base_slice_cpus;		/* CPUs that scale the base slice (eevdf.md 1.6) */
	uint64_t base_slice;			/* ns; 0: by base_slice_cpus */
	uint64_t tick_phase;			/* ns: first tick of CPU 0 */
	uint64_t seed;				/* of what the kernel draws */
	struct measures *measures;
	enum counter_kind switch_counter;	/* which one counts this kernel's switches */
	enum counter_kind wake_counter;		/* ... and its wake-ups */
	const enum counter_kind *move_counters; /* [MOVE_KINDS]; static */
	enum spin_lock_kind spin_locks;
	const struct fair_hooks *hooks; /* NULL: none */
	void *hook_data;
	uint64_t yield_decision; /* ns */
	uint32_t number;	 /* of the VM; UINT32_MAX: the host's kernel */
};
