/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cross_call.h - synchronous calls to other CPUs, and the TLB shootdown made of them
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/kernel/cpumask.h"

struct kernel_cpu;

/* One a CPU, for the call that it waits for and for those that others sent it. Owner: the kernel. */
struct cross_call {
	struct cpumask pending; /* targets that have not answered */
	uint64_t since;		/* ns: when it was sent */
	uint64_t pages;		/* to flush; 0: all */
	bool tables;		/* page tables are freed, so no CPU may keep them loaded */
	struct cpumask inbox;	/* callers in this CPU's list */
	struct cpumask running; /* of these, the ones that the handler under way answers */
};

/* TLB range flushes of more pages than this flush all (kvm-and-guest.md 3.5, [V]). */
#define FLUSH_PAGES_MAX 33

/* The first part of a flush by the running task, with preemption off until shootdown_end(): sends,
 * flushes locally. advance() is called when that is done. */
void shootdown_begin(struct kernel_cpu *cpu, uint64_t pages, bool tables);
/* Waits for the answers: true if all are there, else spins and calls advance() again. */
bool shootdown_wait(struct kernel_cpu *cpu);
void shootdown_end(struct kernel_cpu *cpu);

/* The receiver's handler: its cost beyond the fixed part, ns; and its effect. */
uint64_t cross_call_begin(struct kernel_cpu *cpu);
void cross_call_end(struct kernel_cpu *cpu);

/* Does `cpu` wait for an answer of CPU `other`? */
bool cross_call_waits_for(const struct kernel_cpu *cpu, uint32_t other);
