/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy.h - what a scheduling policy is: a table of hooks, most of them NULL
 *
 * Hooks stand where the real patches act. A NULL hook means "not mine" and costs one predictable
 * branch. Policies are chained in the order given; of hooks that answer, the first answer that is
 * not "not mine" counts. A policy keeps its state in the blocks that the chain gives it, never in a
 * global. A new policy is one file and one line in policies.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fair_rq;
struct fair_task;
struct param;
struct policy;
struct policy_setup;
struct vcpu;

#define VCPUSIM_POLICY_ABI 1

enum verdict { VERDICT_NOT_MINE, VERDICT_ACCEPT, VERDICT_REJECT };

/* An interrupt that KVM's software local APIC has just delivered. */
struct ipi_delivery {
	struct vcpu *from, *to; /* `to` is the one that accepted it when accepted == 1, else NULL */
	uint32_t accepted;	/* vCPUs that took it */
	uint32_t vector;
	bool software_icr; /* by an ICR write that exited; false for a paravirtual send */
	bool shorthand;	   /* ... that names no target but "all but self" or the like */
};

struct policy_ops {
	const char *name, *summary, *source; /* source: mail, commit, paper */
	uint32_t abi;			     /* VCPUSIM_POLICY_ABI */
	const struct param *params; /* NULL: none; values in a struct of params_size bytes */
	size_t params_size;
	/* Zeroed state per vCPU and per pCPU: policy_vcpu(), policy_pcpu(). */
	size_t vcpu_size, pcpu_size;

	/* Before the machine starts: switch host features that are no hook (ple-off, oracles). */
	void (*setup)(struct policy *policy, struct policy_setup *setup);

	/*
	 * In the fair class's yield_to on the yielder's run queue, after the buddies were marked:
	 * before and after its own yield step.
	 */
	void (*yield_to_before)(struct policy *policy, struct fair_rq *rq,
				struct fair_task *yielder, struct fair_task *target, uint64_t now);
	void (*yield_to_after)(struct policy *policy, struct fair_rq *rq, struct fair_task *yielder,
			       struct fair_task *target, uint64_t now);

	/*
	 * In KVM's scan, instead of upstream's test of mode and pending interrupt (kvm-and-guest.md
	 * 2.2). Round counts from 0.
	 */
	enum verdict (*candidate)(struct policy *policy, const struct vcpu *spinner,
				  const struct vcpu *candidate, bool kernel_mode, uint32_t round);
	/* After a round that ended with `result` (yield_to's last value): scan once more? */
	bool (*another_round)(struct policy *policy, const struct vcpu *spinner, int result,
			      uint32_t round);
	/* Instead of the whole scan: whom to yield to. VERDICT_REJECT: nobody. */
	enum verdict (*yield_target)(struct policy *policy, const struct vcpu *spinner,
				     struct vcpu **target);

	void (*ipi_delivered)(struct policy *policy, const struct ipi_delivery *delivery);
	/* An EOI that KVM sees: an emulated write, or an EOI-induced exit. */
	void (*eoi)(struct policy *policy, struct vcpu *vcpu, uint32_t vector);
};

/* What setup() may change. */
struct policy_setup {
	bool ple_off;		    /* no pause-loop exits */
	bool buddy_always_honoured; /* a pick takes a buddy even if it is ineligible */
};

struct policy {
	const struct policy_ops *ops;
	const void *params; /* borrowed */
	void *vcpu_state;   /* [vCPUs of the host * vcpu_size], owned by the chain */
	void *pcpu_state;
};

/* What a policy may ask. Indices: within the VM; id: over all VMs of the host. */
uint32_t vcpu_index(const struct vcpu *vcpu);
uint32_t vcpu_id(const struct vcpu *vcpu);
uint32_t vcpu_siblings(const struct vcpu *vcpu); /* vCPUs of its VM, itself included */
struct vcpu *vcpu_sibling(const struct vcpu *vcpu, uint32_t index);
bool vcpu_ready(const struct vcpu *vcpu);
bool vcpu_preempted(const struct vcpu *vcpu);
bool vcpu_preempted_in_kernel(const struct vcpu *vcpu);
bool vcpu_pending_interrupt(const struct vcpu *vcpu); /* APICv's hint, kvm-and-guest.md 2.2 */
uint64_t vcpu_now(const struct vcpu *vcpu);	      /* ns, monotonic host clock */
/*
 * The truth, which no real policy has: does `spinner` wait for something that only `other` can do?
 * For yardsticks.
 */
bool vcpu_waits_for(const struct vcpu *spinner, const struct vcpu *other);
uint32_t fair_rq_pcpu(const struct fair_rq *rq);

void *policy_vcpu(const struct policy *policy, const struct vcpu *vcpu);
void *policy_pcpu(const struct policy *policy, uint32_t pcpu);
