/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * placement.h - on which CPU a task wakes up, or begins
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel_cpu;
struct task;
struct waker;

/* `by` is the waker's CPU, NULL for a timer. `sync`: the waker says that it is about to sleep. */
uint32_t placement_wake(struct task *task, struct kernel_cpu *by, bool sync);
/* A new task whose parent runs on CPU `parent`, in this simulation or only in thought. */
uint32_t placement_fork(const struct task *task, uint32_t parent);

/* --- the steps of the first, for placement*.c and tests (eevdf.md 4) --- */
/* Do waker and wakee have so many partners that the wakee had better stay away? */
bool placement_wide(const struct kernel_cpu *here, const struct task *task);
/* The waker's CPU or the previous one, both below `domain_pct`. */
uint32_t placement_affine(const struct task *task, const struct kernel_cpu *here, bool sync,
			  uint32_t domain_pct);
/* WA_WEIGHT: loads of the waker's CPU, of the previous one, of the wakee; with sync the waker's own,
 * which does not count. True: to the waker's CPU. */
struct affine_loads {
	int64_t here, prev, task, waker;
	uint32_t pct;
	bool sync;
};
bool placement_weighs(const struct affine_loads *loads);
/* An idle CPU near `target`, else the target. */
uint32_t placement_idle(struct task *task, const struct kernel_cpu *here, uint32_t target);
/* An idle CPU of the target's LLC; UINT32_MAX: none found. */
uint32_t placement_scan(const struct task *task, const struct kernel_cpu *here, uint32_t target);
/* CPUs that it looks at in the LLC that begins at `first`. */
uint32_t placement_budget(const struct kernel_cpu *here, uint32_t first);
/* Utilisation of an LLC, 1024 a CPU, to the number of CPUs that a scan looks at. */
uint32_t placement_idle_scan(uint32_t cpus, uint64_t util);
