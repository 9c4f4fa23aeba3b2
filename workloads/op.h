/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * op.h - what a guest task can do: the op set that programs are made of
 *
 * A program hands out one op at a time and is asked for the next when that one has ended (closed
 * loop: an op starts when its predecessor ends). The guest kernel (models/kernel/program.c) carries
 * ops out; it knows workloads by this file alone.
 */
#pragma once

#include <stdint.h>

enum op_kind {
	OP_RUN,	   /* amount: ns of CPU work in user mode */
	OP_SPIN,   /* amount: ns of a PAUSE loop in user mode, as before an adaptive lock sleeps */
	OP_KERNEL, /* amount: ns of CPU work in kernel mode, preemptible as the guest's model says */
	OP_LOCK,   /* object: kernel spin lock; amount 1: with interrupts off. Waits spinning with
		      preemption off */
	OP_UNLOCK,	 /* object: kernel spin lock held by this task */
	OP_MUTEX_LOCK,	 /* object: mutex of user space; a waiter leaves its CPU */
	OP_MUTEX_UNLOCK, /* object: mutex of user space held by this task */
	OP_PUT,		 /* object: bounded queue; amount: items; sleeps while they do not fit */
	OP_GET,	      /* object: bounded queue; amount: items wanted; sleeps while there are none */
	OP_SHOOTDOWN, /* amount: pages (0: all): flush the TLBs of every CPU that uses this address
			 space, and wait */
	OP_SLEEP,     /* amount: ns of wall time off the CPU */
	OP_YIELD,     /* sched_yield() */
	OP_KERNEL_MUTEX_LOCK, /* object: mutex of the kernel; a waiter spins while the owner runs */
	OP_KERNEL_MUTEX_UNLOCK, /* object: mutex of the kernel held by this task */
	OP_READ_LOCK,		/* object: rwsem of the kernel; many readers */
	OP_WRITE_LOCK,		/* object: rwsem; one writer, who waits as for a mutex */
	OP_RW_UNLOCK,		/* object: rwsem held by this task, either way */
	OP_DOWNGRADE,  /* object: rwsem held by this task as its writer: becomes a reader */
	OP_FUTEX_WAIT, /* object: futex; sleeps unless woken up for since this task's last wait */
	OP_FUTEX_WAKE, /* object: futex; amount: tasks to wake at most */
	OP_BARRIER,    /* object: barrier; waits until all its parties have come. amount: ns to spin
		       in user mode before it sleeps */
	OP_COND_WAIT,  /* object: mutex of user space held by this task: leaves it, sleeps until
			      a signal, takes it again */
	OP_COND_SIGNAL,	   /* object: that mutex, held or not: wakes the first that waits so */
	OP_COND_BROADCAST, /* object: that mutex: wakes all */
	OP_RCU_READ,	   /* amount: ns of kernel work in a read-side section of RCU */
	OP_CALL_RCU, /* object: kind of object; amount: how many to free after a grace period */
	OP_SYNCHRONIZE_RCU, /* amount 1: expedited; sleeps for a grace period */
	OP_TIMER, /* amount: ns of a period; sleeps until one period after the moment at which the
		     task's last sleep was to end, or as many as it takes to be ahead of now */
	OP_SPAWN, /* object: dormant task, or one that has ended; amount: ns of kernel work for it.
		     That task begins, where fork places it */
	OP_JOIN,  /* object: task; sleeps until it has ended (wait4) */
	OP_IO,	  /* amount: ns that the device takes; sleeps until its interrupt */
	OP_TOUCH, /* amount: pages of the guest that the host has not mapped yet: a VM exit each */
	OP_CALL_ALL, /* amount: ns of a function on every other CPU, in its interrupt; waits for all */
	OP_CALL_ASYNC, /* the same, without waiting; the next call waits for its slots */
	OP_UNMAP,      /* amount: pages; as OP_SHOOTDOWN, with page tables freed: lazy CPUs, too */
	OP_MARK_BEGIN, /* object: mark, a latency begins; amount 1: at the moment at which the
			  task's last sleep was to end. Takes no time */
	OP_MARK_END,   /* object: mark; its oldest open latency ends. Takes no time */
	OP_WORK,       /* amount: units of useful work done; takes no time */
	OP_PASS, /* a pass ends and the next begins (the first may be a part of one); takes no time */
	OP_EXIT, /* the task ends */
	OP_KINDS
};

struct op {
	enum op_kind kind;
	uint32_t object;
	uint64_t amount;
};

/* One task's behaviour. Owner: struct workload; embedded at the start of the generator's own
 * struct. */
struct program {
	/* After an OP_EXIT it is asked again only if the task is spawned again. */
	void (*next)(struct program *program, struct op *op);
};
