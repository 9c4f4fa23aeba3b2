/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * events.h - the kinds of timer, as they stand in the fingerprint and the event trail
 */
#pragma once

enum event_kind {
	EVENT_PCPU_WORK, /* a pCPU's segment is over */
	EVENT_PCPU_IRQ,	 /* interrupts from other pCPUs arrive */
	EVENT_TICK,	 /* a kernel's periodic timer */
	EVENT_SLEEP,	 /* a timed sleep is over */
	EVENT_VCPU_WORK, /* a vCPU's segment is over, or its pause-loop window */
	EVENT_VCPU_IRQ,	 /* interrupts from other vCPUs arrive */
	EVENT_START,	 /* a task becomes runnable for the first time */
	EVENT_HRTICK,	 /* the end of a slice */
	EVENT_QUOTA,	 /* a CPU limit's period ends, or time given back is handed out */
	EVENT_KINDS
};

extern const char *const event_names[EVENT_KINDS + 1];
