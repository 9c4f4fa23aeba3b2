/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kvm_params.c - the declared parameters of KVM and of a VM
 */
#include "models/kvm/kvm_params.h"

#include "models/kvm/kvm_rules.h"

static const char *const ple_words[] = { "off", "intel", "trigger", "amd", NULL };
static const char *const rule_words[] = { "rules", "off", "on", NULL };
static const char *const affinity_words[] = { "pinned", "free", NULL };
static const char *const start_words[] = { "random",   "rotated",  "ordered",
					   "together", "sequence", NULL };
static const char *const initial_words[] = { "fork", "random", "in-order", NULL };
static const char *const apic_words[] = { "software", "apicv", "apicv-ipiv", "avic", NULL };
static const char *const x2apic_words[] = { "physical", "cluster", NULL };

static const char *const spin_lock_words[] = { "native", "paravirt", "test-and-set", "auto", NULL };

#define KVM(field, ...)                                                                   \
	{                                                                                 \
		.name = #field, .offset = offsetof(struct kvm_params, field), __VA_ARGS__ \
	}
#define VM(field, ...)                                                                   \
	{                                                                                \
		.name = #field, .offset = offsetof(struct vm_params, field), __VA_ARGS__ \
	}
#define PV(field, text, item)                                                       \
	{                                                                           \
		.name = #field, .offset = offsetof(struct paravirt_params, field),  \
		.type = PARAM_BOOL, .unit = "bool", .meaning = text, .source = item \
	}
#define ONE_SECOND UINT64_C(1000000000)

const struct param kvm_params_table[] = {
	KVM(rules, .type = PARAM_CHOICE, .unit = "choice", .words = kvm_rules_words,
	    .fallback = "kernel",
	    .meaning =
		    "whose rules of directed yield KVM follows: those of host.kernel, or of that kernel on",
	    .source = "kvm-and-guest.md 2.6; cfs.md 7.1"),
	KVM(boost_woken, .type = PARAM_CHOICE, .unit = "choice", .words = rule_words,
	    .fallback = "rules",
	    .meaning =
		    "a vCPU that was woken and waits for a pCPU is a candidate, in whatever mode it halted: as the rules say, or not so",
	    .source = "commit d73eb57b80b9 (5.3): kvm-and-guest.md 2.6, 2.7"),
	KVM(boost_kicked, .type = PARAM_CHOICE, .unit = "choice", .words = rule_words,
	    .fallback = "rules",
	    .meaning = "who kicks a halted waiter of a paravirtual lock yields to it",
	    .source = "commit 266e85a5ec91 (5.3): kvm-and-guest.md 2.4, 2.6"),
	KVM(boost_pending, .type = PARAM_CHOICE, .unit = "choice", .words = rule_words,
	    .fallback = "rules",
	    .meaning =
		    "a vCPU preempted in user mode is a candidate if an interrupt is seen to be pending (APICv)",
	    .source = "message 1618542490-14756-1 (5.13): kvm-and-guest.md 2.2, 2.6"),
	KVM(ple, .type = PARAM_CHOICE, .unit = "choice", .words = ple_words,
	    .meaning =
		    "pause-loop exits: off, Intel's TSC window, the trigger of the realkvm guests, or AMD's PAUSE count",
	    .source = "kvm-and-guest.md 1; data/realkvm/README.md, caveat 6"),
	KVM(ple_window, .type = PARAM_UINT, .unit = "cycles", .fallback = "4096", .min = 1,
	    .max = UINT32_MAX, .low = 4096, .high = 65536,
	    .meaning = "base window of a pause loop; trigger: own CPU time between two yields",
	    .source = "kvm-and-guest.md 1.1, [V]"),
	KVM(ple_grow, .type = PARAM_UINT, .unit = "modifier", .fallback = "2", .min = 0,
	    .max = UINT32_MAX,
	    .meaning = "factor below the base window, addend from there on; 0: stay at the base",
	    .source = "kvm-and-guest.md 1.2, [V]"),
	KVM(ple_shrink, .type = PARAM_UINT, .unit = "modifier", .fallback = "0", .min = 0,
	    .max = UINT32_MAX,
	    .meaning = "divisor or subtrahend at a switch-in; 0: back to the base",
	    .source = "kvm-and-guest.md 1.2, [V]"),
	KVM(ple_max, .type = PARAM_UINT, .unit = "cycles", .fallback = "4294967295", .min = 1,
	    .max = UINT32_MAX, .meaning = "ceiling of the window",
	    .source = "kvm-and-guest.md 1.1, [V]"),
	KVM(exits_only, .type = PARAM_BOOL, .unit = "bool", .fallback = "false",
	    .meaning = "a pause-loop exit looks for nobody to yield to: it only costs",
	    .source = "data/realkvm/README.md, hmode 3: what the exits alone do"),
	KVM(gap_detect, .type = PARAM_BOOL, .unit = "bool", .fallback = "false",
	    .meaning = "PAUSEs further apart than ple_gap are no loop; false: every spin is one",
	    .source = "kvm-and-guest.md 1.4: PAUSE alone may take longer on recent CPUs"),
	KVM(ple_gap, .type = PARAM_UINT, .unit = "cycles", .fallback = "128", .min = 1,
	    .max = UINT32_MAX,
	    .meaning = "longest distance of two PAUSEs of one loop, both vendors",
	    .source = "kvm-and-guest.md 1.1, [V]"),
	KVM(pause_filter_count, .type = PARAM_UINT, .unit = "PAUSEs", .fallback = "3000", .min = 1,
	    .max = 65535, .meaning = "amd: base window; one PAUSE takes host.cost.spin_poll",
	    .source = "kvm-and-guest.md 1.1, [V]"),
	KVM(pause_filter_grow, .type = PARAM_UINT, .unit = "modifier", .fallback = "2", .min = 0,
	    .max = UINT32_MAX, .meaning = "amd: as ple_grow",
	    .source = "kvm-and-guest.md 1.1, [V]"),
	KVM(pause_filter_shrink, .type = PARAM_UINT, .unit = "modifier", .fallback = "0", .min = 0,
	    .max = UINT32_MAX, .meaning = "amd: as ple_shrink",
	    .source = "kvm-and-guest.md 1.1, [V]"),
	KVM(pause_filter_max, .type = PARAM_UINT, .unit = "PAUSEs", .fallback = "65535", .min = 1,
	    .max = 65535, .meaning = "amd: ceiling of the window",
	    .source = "kvm-and-guest.md 1.1, [V]"),
	KVM(halt_poll, .type = PARAM_UINT, .unit = "ns", .fallback = "200000", .min = 0,
	    .max = ONE_SECOND, .low = 0, .high = 200000, .meaning = "longest halt poll; 0: never",
	    .source = "kvm-and-guest.md 3.10, [R]"),
	KVM(halt_poll_grow, .type = PARAM_UINT, .unit = "factor", .fallback = "2", .min = 0,
	    .max = 1000, .meaning = "growth of the halt poll; 0: none",
	    .source = "kvm-and-guest.md 3.10, [V]"),
	KVM(halt_poll_grow_start, .type = PARAM_UINT, .unit = "ns", .fallback = "10000", .min = 0,
	    .max = ONE_SECOND, .meaning = "first halt poll",
	    .source = "kvm-and-guest.md 3.10, [V]"),
	KVM(halt_poll_shrink, .type = PARAM_UINT, .unit = "factor", .fallback = "2", .min = 0,
	    .max = 1000, .meaning = "divisor after a long halt; 0: no more polling",
	    .source = "kvm-and-guest.md 3.10, [V]"),
	KVM(yield_decision, .type = PARAM_UINT, .unit = "ns", .fallback = "50000", .min = 1,
	    .max = ONE_SECOND, .low = 30000, .high = 100000,
	    .meaning =
		    "measures only: a switch this long after a directed yield counts as its effect",
	    .source = "data/realkvm/README.md, result fields"),
	{ .name = NULL },
};

const struct param vm_params_table[] = {
	VM(count, .type = PARAM_UINT, .unit = "VMs", .min = 1, .max = 1024,
	   .meaning = "equal VMs of this kind", .source = "the scenario"),
	VM(vcpus, .type = PARAM_UINT, .unit = "vCPUs", .min = 1, .max = 1024,
	   .meaning = "vCPUs a VM", .source = "the scenario"),
	VM(affinity, .type = PARAM_CHOICE, .unit = "choice", .words = affinity_words,
	   .meaning = "vCPU i only on pCPU i modulo their number, or anywhere",
	   .source = "the scenario"),
	VM(start, .type = PARAM_CHOICE, .unit = "choice", .words = start_words,
	   .meaning =
		   "when vCPU threads first become runnable: each at a random moment, VM by VM with the "
		   "order rotated by the pCPU, VM by VM, all at once, or as QEMUs create them: VM by VM in an "
		   "order that is drawn",
	   .source = "data/realkvm/README.md, phase"),
	VM(start_spread, .type = PARAM_UINT, .unit = "ns", .min = 0, .max = ONE_SECOND,
	   .meaning =
		   "random: drawn from [0, spread]; rotated, ordered, sequence: step between two starts",
	   .source = "the scenario"),
	VM(initial, .type = PARAM_CHOICE, .unit = "choice", .words = initial_words,
	   .fallback = "fork",
	   .meaning =
		   "pCPU of a free vCPU thread at its start: as fork places it from QEMU's main thread, which is "
		   "somewhere; any; or vCPU i on pCPU i modulo their number",
	   .source = "eevdf.md 4, slow path; data/realkvm/README.md finding 4: it decides"),
	VM(phase_spread, .type = PARAM_UINT, .unit = "ns", .min = 0, .max = 60 * ONE_SECOND,
	   .meaning =
		   "the workload of each VM starts at a moment drawn from [phase_from, phase_from + spread]",
	   .source = "design, section 4: passes with random phase"),
	VM(phase_from, .type = PARAM_UINT, .unit = "ns", .min = 0, .max = 60 * ONE_SECOND,
	   .fallback = "0",
	   .meaning = "workloads start no sooner: when all vCPU threads have been created, say",
	   .source = "the scenario"),
	VM(pause_in_guest, .type = PARAM_BOOL, .unit = "bool", .fallback = "false",
	   .meaning = "no pause-loop exits for this VM (KVM_CAP_X86_DISABLE_EXITS)",
	   .source = "kvm-and-guest.md 1.1, [V]"),
	VM(weight, .type = PARAM_UINT, .unit = "cpu.weight", .fallback = "100", .min = 1,
	   .max = 10000, .meaning = "of the VM's cgroup", .source = "eevdf.md 2.2"),
	VM(apic, .type = PARAM_CHOICE, .unit = "choice", .words = apic_words,
	   .meaning =
		   "local APIC in software, posted interrupts, these with virtual ICR writes, or AMD's",
	   .source = "kvm-and-guest.md 4.1"),
	VM(x2apic, .type = PARAM_CHOICE, .unit = "choice", .words = x2apic_words,
	   .meaning = "one ICR write a target, or one for a cluster of 16",
	   .source = "kvm-and-guest.md 3.7"),
	VM(spin_lock, .type = PARAM_CHOICE, .unit = "choice", .words = spin_lock_words,
	   .fallback = "auto",
	   .meaning =
		   "the guest kernel's spin locks; auto, what Linux takes: native with one vCPU, else "
		   "paravirt with paravirt.unhalt, else test-and-set; native with more: booted with nopvspin",
	   .source = "kvm-and-guest.md 3.1, [V]"),
	{ .name = NULL },
};

const struct param paravirt_params_table[] = {
	PV(steal_time, "the guest sees stolen time and which vCPUs are preempted",
	   "kvm-and-guest.md 3.8"),
	PV(tlb_flush, "flushes of preempted vCPUs wait for their next entry",
	   "kvm-and-guest.md 3.6"),
	PV(ipi, "one hypercall sends to up to 128 vCPUs", "kvm-and-guest.md 3.7"),
	PV(sched_yield, "after a multi-target call, one yield to the first preempted target",
	   "kvm-and-guest.md 3.7"),
	PV(eoi, "no exit for an EOI", "kvm-and-guest.md 4.1"),
	PV(unhalt, "waiters of the paravirtual spin lock halt after a while and are kicked",
	   "kvm-and-guest.md 3.3"),
	{ .name = NULL },
};
