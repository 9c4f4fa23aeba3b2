/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cpu.h - a CPU as the kernel on it sees it
 *
 * The hardware CPU and the virtual one implement this; nothing in models/kernel asks which it has
 * (design, section 2). A CPU executes one piece of work at a time. It calls kernel_cpu_done() when
 * that has made all its progress, and kernel_interrupt() when an interrupt arrives with interrupts
 * on, and kernel_unhalted() when HLT returns without one. The kernel treats execute() and halt() as the last thing it does in a turn: a pending interrupt
 * is taken inside them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct cpumask;
struct kernel_cpu;

enum irq { IRQ_RESCHEDULE, IRQ_CALL, IRQ_TIMER, IRQ_TICK, IRQ_IO, IRQ_KINDS };

/* What the work is, for the accounts and for the CPU's own rules. */
enum work {
	WORK_USER,
	WORK_KERNEL,
	WORK_SWITCH,
	WORK_SPIN_LOCK,	 /* a PAUSE loop in kernel mode, for a native spin lock */
	WORK_SPIN_CALL,	 /* likewise, for the end of a cross call */
	WORK_SPIN_PV,	 /* likewise, for a paravirtual spin lock: from here on polls are counted */
	WORK_SPIN_TAS,	 /* ... a test-and-set one */
	WORK_SPIN_MUTEX, /* ... the owner of a mutex of the kernel */
	WORK_SPIN_RWSEM, /* ... of a rwsem */
	WORK_IDLE_POLL,	 /* ... for a task, while the CPU is idle */
	WORK_SPIN_USER,	 /* ... in user mode */
	WORK_EXIT,	 /* the path from a guest and back into it */
	WORK_HALT_POLL,
	WORK_LOCK_HALT, /* halted in a wait for a lock */
	WORK_GUEST,	/* a guest runs; it accounts for itself */
};

/* What a program does itself, other than to wait? */
static inline bool work_is_own(enum work work)
{
	return work == WORK_USER || work == WORK_KERNEL;
}

/* A PAUSE loop in kernel mode? */
static inline bool work_pauses(enum work work)
{
	return work >= WORK_SPIN_LOCK && work <= WORK_IDLE_POLL;
}

/* One whose polls are counted: it ends after so many ns by itself. */
static inline bool work_polls(enum work work)
{
	return work >= WORK_SPIN_PV && work <= WORK_IDLE_POLL;
}

struct cpu {
	const struct cpu_ops *ops;
	struct kernel_cpu *client; /* the kernel's side of this CPU */
	uint32_t index;
	bool irqs_on;	  /* written by the kernel, before execute() or halt() */
	uint32_t pending; /* bit per enum irq: raised, not yet taken */
	uint32_t speed;	  /* per mille: less while another thread of its core works */
};

#define SPEED_FULL 1000

/* What `ns` at full speed take at that speed, of which `carry` parts of 1/1000 ns are done. */
static inline uint64_t speed_time(uint64_t ns, uint32_t speed, uint32_t carry)
{
	if (speed == SPEED_FULL || ns == 0)
		return ns;
	return (uint64_t)(((unsigned __int128)ns * SPEED_FULL - carry + speed - 1) / speed);
}

struct cpu_ops {
	/* ns by which running tasks are charged; may leave out stolen time. */
	uint64_t (*task_clock)(struct cpu *cpu, uint64_t now);
	/* Makes `ns` of progress (TIME_NEVER: until stopped). Replaces what was being executed. */
	void (*execute)(struct cpu *cpu, uint64_t ns, enum work work);
	/* Stops, and says how much progress was left. */
	uint64_t (*stop)(struct cpu *cpu);
	void (*halt)(struct cpu *cpu);

	/* An interrupt from a timer of this CPU; IRQ_IO: from a device. */
	void (*raise)(struct cpu *cpu, enum irq irq);
	/* What `from` asks for below takes its own time before the next work that it executes. */
	void (*kick)(struct cpu *from, struct cpu *to);		       /* IRQ_RESCHEDULE */
	void (*call)(struct cpu *from, const struct cpumask *targets); /* IRQ_CALL */
	void (*unhalt)(struct cpu *from,
		       struct cpu *to); /* ends the other's HLT, or its next one */
	void (*end_of_interrupt)(struct cpu *cpu, enum irq irq);
	void (*timer_armed)(struct cpu *cpu);
	/* A device is told that it has work. A page is touched that nothing stands behind yet. */
	void (*doorbell)(struct cpu *cpu);
	void (*fault)(struct cpu *cpu);

	/* No progress for another `ns` of running time: caches or TLBs are cold. */
	void (*lose)(struct cpu *cpu, uint64_t ns);
	/* Paravirtual knowledge about another CPU of this kernel (kvm-and-guest.md 3.6, 3.8). */
	bool (*is_preempted)(const struct cpu *cpu);
	/* Leaves a TLB flush to the CPU's next start; false if it must be interrupted. */
	bool (*defer_flush)(struct cpu *cpu);
};
