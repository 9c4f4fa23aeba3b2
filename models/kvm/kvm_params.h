/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kvm_params.h - KVM's module parameters, a VM's virtual hardware, and what is paravirtual in it
 */
#pragma once

#include <stdint.h>

#include "sim/engine/param.h"

enum ple_mode { PLE_OFF, PLE_INTEL, PLE_TRIGGER, PLE_AMD };
enum apic_mode { APIC_SOFTWARE, APIC_APICV, APIC_APICV_IPIV, APIC_AVIC };
enum x2apic_mode { X2APIC_PHYSICAL, X2APIC_CLUSTER };
enum affinity { AFFINITY_PINNED, AFFINITY_FREE };
enum guest_spin_lock {
	GUEST_SPIN_LOCK_NATIVE,
	GUEST_SPIN_LOCK_PARAVIRT,
	GUEST_SPIN_LOCK_TEST_AND_SET,
	GUEST_SPIN_LOCK_AUTO
};
enum rule_choice { RULE_OF_ROW, RULE_OFF, RULE_ON };
enum vm_start { START_RANDOM, START_ROTATED, START_ORDERED, START_TOGETHER, START_SEQUENCE };
enum initial { INITIAL_FORK, INITIAL_RANDOM, INITIAL_IN_ORDER };

/* "host.kvm" */
struct kvm_params {
	uint64_t gap_detect, ple_gap; /* bool; cycles */
	uint64_t pause_filter_count, pause_filter_grow, pause_filter_shrink;
	uint64_t pause_filter_max; /* PAUSEs, as the count */
	uint64_t rules; /* 0: those of host.kernel, else index + 1 of a row of kvm_rules.c */
	uint64_t boost_woken, boost_kicked, boost_pending; /* enum rule_choice */
	uint64_t ple;					   /* enum ple_mode */
	uint64_t ple_window;				   /* cycles */
	uint64_t ple_grow;				   /* modifier, kvm-and-guest.md 1.2 */
	uint64_t ple_shrink;				   /* modifier */
	uint64_t ple_max;				   /* cycles */
	uint64_t exits_only;	 /* bool: a pause-loop exit looks for nobody to yield to */
	uint64_t halt_poll;	 /* ns; 0: off */
	uint64_t yield_decision; /* ns: of the measures only, models/yield_result.h */
	uint64_t halt_poll_grow, halt_poll_grow_start, halt_poll_shrink;
};

/* "vms": one entry a group of equal VMs */
struct vm_params {
	uint64_t pause_in_guest; /* bool: no pause-loop exits */
	uint64_t count;		 /* VMs of this kind */
	uint64_t vcpus;		 /* a VM */
	uint64_t affinity;	 /* enum affinity */
	uint64_t start;		 /* enum vm_start: when the vCPU threads first become runnable */
	uint64_t start_spread; /* ns: random: drawn from [0, spread]; others: between two starts */
	uint64_t initial;      /* enum initial: on which pCPU, unless pinned */
	uint64_t phase_from;   /* ns: the workload of each VM starts at a moment drawn from */
	uint64_t phase_spread; /* ns: [from, from + spread] */
	uint64_t weight;       /* cpu.weight of the VM's cgroup, 1..10000 */
	uint64_t apic;	       /* enum apic_mode */
	uint64_t x2apic;       /* enum x2apic_mode */
	uint64_t spin_lock;    /* enum guest_spin_lock */
};

/* "vms.paravirt": all booleans */
struct paravirt_params {
	uint64_t steal_time, tlb_flush, ipi, sched_yield, eoi, unhalt;
};

extern const struct param kvm_params_table[];
extern const struct param vm_params_table[];
extern const struct param paravirt_params_table[];
