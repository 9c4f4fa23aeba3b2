/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kvm_rules.h - what differs between kernel versions in KVM's directed yield, as data
 *
 * The scheduler's share, and the index bug of 6.12 to 6.18.0, are features of the fair class
 * (models/sched/versions.c).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum kvm_candidate {
	CANDIDATE_NOT_BLOCKED, /* and not in guest mode */
	CANDIDATE_PREEMPTED,
	CANDIDATE_READY, /* preempted, or woken */
};

struct kvm_params;

struct kvm_rules {
	uint32_t major, minor; /* the first kernel that has them */
	enum kvm_candidate candidate;
	bool toggle;		/* waiting spinners are taken every second time */
	uint32_t tries;		/* 0: no limit */
	bool alone_is_success;	/* -ESRCH arrives as true: stop, and remember the target */
	bool mode_filter;	/* a spinner in kernel mode wants targets in kernel mode */
	bool mode_of_preempted; /* ... but asks only those that were preempted */
	bool pending_passes;	/* ... and takes one with an interrupt in sight */
	bool kick_yields;	/* the hypercall that kicks a halted vCPU yields to it, too */
	bool pv_needs_rival;  /* the hypercall's yield returns if the caller's queue has one task */
	bool tells_preempted; /* the guest is told of preemptions only, not of every switch-out */
};

/* Names for a parameter: "kernel", then the rows' kernels; NULL-terminated. */
extern const char *const kvm_rules_words[];
/* `choice`: index of a word; 0: the row of the kernel of that name ("6.18-stable"). */
const struct kvm_rules *kvm_rules_find(uint64_t choice, const char *kernel);
/* That row, and what single features of `params` replace in it. */
struct kvm_rules kvm_rules_make(const struct kvm_params *params, const char *kernel);
