/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trail.h - what happened, step by step, for a reader who looks at one shootdown or one lock
 *
 * The parts of the machine say what they do; without a listener that is one predictable branch.
 * Listening changes nothing: same events, same fingerprint. The listener is machine_trail.h.
 */
#pragma once

#include <stdint.h>

enum trail_kind {
	TRAIL_CALL,	   /* who flushes; n: pages, 0 all */
	TRAIL_CALL_TARGET, /* ... with whom; n: enum trail_target */
	TRAIL_CALL_OVER,   /* all have answered */
	TRAIL_HANDLER,	   /* who's guest takes an interrupt; n: enum irq */
	TRAIL_ANSWER,	   /* who answers whom; n: targets that still have not */
	TRAIL_LOCK_WAIT, /* who asks for a spin lock that whom has; n: waiters before, more: lock */
	TRAIL_LOCK_PASS, /* who lets go of it, whom is next; n: and is kicked; more: lock */
	TRAIL_LOCK_OVER, /* who has it and goes on; more: lock */
	TRAIL_WAIT, /* who's guest task comes to wait for what whom has; n: enum trail_wait, more: for */
	TRAIL_WAIT_SLEEPS, /* ... goes to sleep; n: enum trail_sleep, more: as above */
	TRAIL_WAIT_LEAVES, /* who lets go of it; whom: first to be woken, n: who spins sees it */
	TRAIL_WAIT_OVER,   /* who's task goes on; more: as above */
	TRAIL_HALT,	 /* who's HLT has been handled; n: ns of polling, 0: blocks, -1: goes on */
	TRAIL_HALT_OVER, /* who has an event and runs; n: ns since, more: ns of the next poll */
	TRAIL_EXIT,	 /* who leaves guest mode; n: enum exit_reason */
	TRAIL_ENTRY,	 /* who enters it */
	TRAIL_IPI,	 /* whom accepts an interrupt from who; n: enum irq, pending already */
	TRAIL_EXAMINED,	 /* whom is examined by who's scan; n: enum trail_examined */
	TRAIL_YIELD_TO,	 /* who yields to whom; n: the result */
	TRAIL_HINT,	 /* the hint for whom meets a pick; struct trail_event's hint */
	TRAIL_SWITCH,	 /* a CPU goes from task who to task whom; n: the CPU */
};

enum trail_target {
	TARGET_INTERRUPT,
	TARGET_UNDER_WAY,
	TARGET_POLLS,
	TARGET_LAZY,
	TARGET_DEFERRED
};

/* What TRAIL_WAIT is for: `more` is one of these above bit 32, and its number below. */
enum trail_object { OBJECT_SPIN_LOCK, OBJECT_MUTEX, OBJECT_RWSEM, OBJECT_FUTEX, OBJECT_BARRIER };

#define TRAIL_OBJECT(object, number) ((int64_t)(object) << 32 | (int64_t)(number))

enum trail_wait { WAIT_SPINS, WAIT_READS, WAIT_SLEEPS };

/* Why a waiter sleeps instead of spinning. */
enum trail_sleep {
	SLEEP_ALWAYS,		/* it never spins, or has spun its time */
	SLEEP_WANTED,		/* its CPU is wanted */
	SLEEP_OWNER_OFF,	/* the owner sleeps, or another task has its CPU */
	SLEEP_OWNER_PREEMPTED,	/* vcpu_is_preempted() of the owner's CPU */
	SLEEP_BEFORE_PREEMPTED, /* ... of that of the spinner before it */
	SLEEP_READERS,		/* readers have had it for too long */
};

enum trail_examined {
	EXAMINED_NOT_READY,
	EXAMINED_NOTHING_PENDING, /* woken, but nothing to run for */
	EXAMINED_NO_CANDIDATE,	  /* the test of mode and interrupt, or a policy's */
	EXAMINED_NOT_ITS_TURN,	  /* a waiting spinner, every second time */
	EXAMINED_TAKEN,
};

struct fair_hint_step;

/* `who` and `whom`: a guest's struct cpu, or a thread's struct task; NULL: nobody. */
struct trail_event {
	enum trail_kind kind;
	const void *who, *whom;
	int64_t n, more;
	uint32_t task; /* of a wait: the guest's task */
	const struct fair_hint_step *hint;
};

struct trail {
	void (*note)(struct trail *trail, const struct trail_event *event);
};

#define TRAIL(measures, ...)                                                        \
	do {                                                                        \
		struct trail *trail_ = (measures)->trail;                           \
                                                                                    \
		if (__builtin_expect(trail_ != 0, 0))                               \
			trail_->note(trail_, &(struct trail_event){ __VA_ARGS__ }); \
	} while (0)
