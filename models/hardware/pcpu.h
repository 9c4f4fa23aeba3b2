/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pcpu.h - a physical CPU: it always makes progress
 */
#pragma once

#include "models/kernel/cpu.h"
#include "sim/engine/timer.h"

struct accounts;
struct cost_params;
struct engine;

/* Owner: struct machine. */
struct pcpu {
	struct cpu cpu; /* first: a pCPU is a CPU */
	struct engine *engine;
	struct accounts *accounts; /* owner number: cpu.index */
	uint64_t ipi_latency;	   /* ns */
	uint64_t ends;		   /* when the work is done; TIME_NEVER: open end */
	struct timer work;
	bool work_set; /* `work` is pending; stopping leaves it for the next execute() to move */
	struct timer inbox; /* arrival of the interrupts in `arriving`, sent by other pCPUs */
	uint32_t arriving;

	/* threads of a core share its units: each is slower while another works */
	struct pcpu *core; /* its first thread */
	uint32_t threads;
	uint32_t shared_speed; /* per mille */
	bool busy;	       /* not halted */
	bool timed;	       /* the work under way ends by the clock */

	/* pCPUs of an emulator take turns on one thread, those that are busy: data/realkvm */
	struct pcpu *sharers, *next_sharer; /* the first, and the next; NULL: on hardware */
	uint64_t share, of_shares; /* of the thread's instructions, and what all busy ones have */
	bool paced;		   /* the work under way is one of these */
};

void pcpu_init(struct pcpu *pcpu, struct engine *engine, struct accounts *accounts, uint32_t index,
	       uint64_t ipi_latency);
/* `core` is the first of the core's threads, which are neighbours. Before the first work. */
void pcpu_share_core(struct pcpu *pcpu, struct pcpu *core, uint32_t threads, uint32_t speed);
/* All pCPUs are an emulator's. share: one for each, none 0. Before the first work. */
void pcpu_share_thread(struct pcpu *pcpu, uint32_t pcpus, const uint64_t *share);
