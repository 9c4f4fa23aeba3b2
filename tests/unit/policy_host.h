/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy_host.h - two CPUs of the real fair class with one policy on their directed yields
 */
#pragma once

#include <stdint.h>

#include "models/policy/chain.h"
#include "models/policy/semantics_v2.h"
#include "models/sched/fair.h"
#include "models/sched/hooks.h"

#define US UINT64_C(1000)
#define MS UINT64_C(1000000)
#define GRAN UINT64_C(2800000) /* the base slice */
#define TASKS 16
#define CPUS 2

struct host {
	struct fair fair;
	struct fair_hooks hooks;
	struct policy_chain chain;
	struct semantics_v2_params params;
	struct fair_task task[TASKS];
	uint64_t now;

	/* What the hook did to the yielder itself, in the last yield_to and in all. */
	int64_t pushed;
	uint32_t pushes;
	uint64_t last_push[CPUS]; /* time of the last push that was not 0; 0: none */
};

/* A policy of the registry, all switches of semantics-v2 on; no task yet. */
void host_init(struct host *host, const char *policy);
void host_clear(struct host *host);

/* Starts task i on a CPU; slice 0: the default. */
struct fair_task *host_add(struct host *host, uint32_t i, uint32_t cpu, struct fair_group *group,
			   int64_t slice);
/* Starts tasks 0 .. count - 1 on CPU 0. */
void host_add_many(struct host *host, uint32_t count);
/* Makes task i the running one of its CPU. */
void host_run(struct host *host, uint32_t i);
/* Puts an entity at `vruntime`, with a fresh deadline. */
void host_place(struct fair_entity *entity, int64_t vruntime);
/* The hook alone, without the yield around it; returns how far it pushed the yielder's task. */
int64_t host_deboost(struct host *host, uint32_t yielder, uint32_t target);
/* The policy's state of a CPU. */
struct debooster_context *host_context(struct host *host, uint32_t cpu);
