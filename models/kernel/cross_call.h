/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cross_call.h - calls to other CPUs, waiting for the answers or not, and the TLB shootdown made of them
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/kernel/cpumask.h"

struct kernel_cpu;

/* One a CPU, for the call that it waits for and for those that others sent it. Owner: the kernel. */
struct cross_call {
	struct cpumask pending; /* targets that have not answered */
	uint64_t since;		/* ns: when it was sent, or began to wait for its slots */
	uint64_t function;	/* ns of a function on each target; 0: it is a flush */
	bool async;		/* the caller does not wait */
	uint64_t pages;		/* to flush; 0: all */
	bool tables;		/* page tables are freed, so no CPU may keep them loaded */
	struct cpumask inbox;	/* callers in this CPU's list */
	struct cpumask running; /* of these, the ones that the handler under way has yet to answer */
	uint32_t serves;	/* ... and whose function runs */
	bool empties, flushed;	/* one of them is a flush of all; that has been done */
};

/* TLB range flushes of more pages than this flush all (kvm-and-guest.md 3.5, [V]). */
#define FLUSH_PAGES_MAX 33

/*
 * The running task wants to call others; preemption is off until call_end(). False: an earlier call
 * that did not wait has left slots busy, so it spins; advance() is called when they are free (3.4).
 */
bool call_prepare(struct kernel_cpu *cpu);
/* Then, a call of every other CPU, or a flush: sends, flushes locally. advance() is called when that is
 * done. */
void call_all(struct kernel_cpu *cpu, uint64_t function, bool async);
void shootdown_begin(struct kernel_cpu *cpu, uint64_t pages, bool tables);
/* Waits for the answers: true if all are there, else spins and calls advance() again. */
bool call_wait(struct kernel_cpu *cpu);
void call_end(struct kernel_cpu *cpu);

/* The receiver's handler: ns of the first function in its list; */
uint64_t cross_call_begin(struct kernel_cpu *cpu);
/* that function is over, its caller is let go; true: the next one begins, which takes *ns. */
bool cross_call_next(struct kernel_cpu *cpu, uint64_t *ns);

/* Is anything in its list? An idle CPU that polls looks for itself. */
bool cross_call_queued(const struct kernel_cpu *cpu);

/* Does `cpu` wait for an answer of CPU `other`? */
bool cross_call_waits_for(const struct kernel_cpu *cpu, uint32_t other);
