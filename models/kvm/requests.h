/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * requests.h - what makes a guest exit, and the instructions of a guest that do
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/kernel/cpu.h"
#include "models/kernel/cpumask.h"

enum exit_reason {
	EXIT_INTERRUPT, /* a host interrupt; the handler is the host kernel's */
	EXIT_PAUSE,	/* pause-loop exit */
	EXIT_HLT,
	EXIT_EOI,	   /* emulated EOI write */
	EXIT_ICR,	   /* emulated ICR write, to one target or one cluster */
	EXIT_SEND_IPI,	   /* hypercall: interrupt to a set of vCPUs */
	EXIT_SCHED_YIELD,  /* hypercall: directed yield to a named vCPU */
	EXIT_KICK_CPU,	   /* hypercall: ends a vCPU's HLT, and yields to it */
	EXIT_TIMER_WRITE,  /* TSC deadline */
	EXIT_TIMER_EXPIRY, /* a guest timer fired in guest mode */
	EXIT_DOORBELL,	   /* write to a virtio device's notification register */
	EXIT_FAULT,	   /* EPT violation, nested page fault: the page is not mapped yet */
	EXIT_IRQ_WINDOW,   /* the guest has interrupts on again */
};

/* Instructions of the guest that exit, carried out before its next work, in this order. */
struct vcpu_requests {
	bool eoi, timer_write, doorbell, fault;
	enum irq eoi_irq;
	struct cpumask call, kick; /* targets of IRQ_CALL and IRQ_RESCHEDULE */
	bool call_any, kick_any;
	struct cpumask called; /* all targets of that call */
	bool yield;	       /* after a multi-target call: PV sched yield */
	uint32_t yield_to;
	struct cpumask unhalt; /* lock waiters to kick */
	bool unhalt_any;
};
