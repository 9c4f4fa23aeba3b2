/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * balance_pass.h - one pass: a CPU looks for something to take over, at one level
 *
 * Only files of models/kernel and tests include this.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/kernel/balance.h"
#include "models/kernel/balance_group.h"
#include "models/kernel/cpumask.h"

struct domain;
struct kernel;
struct kernel_cpu;
struct task;

enum balance_idle { BALANCE_BUSY, BALANCE_IDLE, BALANCE_NEWLY_IDLE };
enum migration { MIGRATE_LOAD, MIGRATE_UTIL, MIGRATE_TASK };

struct pass {
	struct kernel *kernel;
	struct kernel_cpu *to, *from;
	struct kernel_cpu *by; /* executes the pass: `to`, or a CPU that does it for an idle one */
	struct domain *domain;
	struct domain *above; /* NULL: the domain is the top */
	enum balance_idle idle;
	struct cpumask cpus; /* of the domain, without those that turned out to be no source */
	struct group_stats local, busiest;
	uint64_t load, capacity; /* of all groups */
	enum migration kind;	 /* what `imbalance` counts */
	int64_t imbalance;
	bool all_pinned, some_pinned;
};

/* True: something was moved. *ours becomes false if another CPU balances at this level. */
bool balance_pass(struct pass *pass, bool *ours);

/* Sums up the groups and picks the busiest, with `kind` and `imbalance`. False: balanced. */
bool pass_busiest_group(struct pass *pass);
/* The last two steps of it, for the rules since 5.5 (eevdf.md 5.2) and before (cfs.md 5.2). */
bool pass_imbalance_types(struct pass *pass);
bool pass_imbalance_load(struct pass *pass);
struct kernel_cpu *pass_busiest_queue(const struct pass *pass);
/* May this task be moved? Notes what affinity forbids. */
bool pass_may_move(struct pass *pass, const struct task *task);
/* Moves tasks until the imbalance is used up; their number. */
uint32_t pass_move(struct pass *pass);

/* Moves one waiting task; `by` executes it. */
void balance_move(struct task *task, struct kernel_cpu *to, struct kernel_cpu *by, enum move why);
