/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured_kvm.h - what real KVM did with overcommitted VMs, as read from a file like data/realkvm/
 *
 * Its README explains the fields. Each run is one window of one boot: one draw of a chaotic system.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/experiment/document.h"

/* What is compared. A value that a run does not have is NAN. */
enum kvm_value {
	KVM_WORK,	    /* of all VMs, relative to one VM alone, pinned, with yields */
	KVM_GANG,	    /* share of time in which every pCPU ran the same VM */
	KVM_ATTEMPTS,	    /* calls of yield_to a second */
	KVM_SUCCESSES,	    /* ... that returned 1 */
	KVM_HONOURED_OTHER, /* target next on another pCPU than the yielder's, with a vCPU there */
	KVM_HONOURED_SAME,  /* ... on the yielder's own */
	KVM_HONOURED_TASK,  /* ... with a host task there */
	KVM_CONTINUES,	    /* the yielder went on */
	KVM_TO_OTHER_VM,    /* its pCPU went to another VM */
	KVM_CALL_P50,	    /* us, of cross calls: first send to last acknowledgement */
	KVM_CALL_P99,
	KVM_LOCK_P50, /* us, of locks and flags, free ones, too: asked for to held */
	KVM_LOCK_P99,
	KVM_WAKE_P50, /* us, of consumers that slept: posted to running */
	KVM_WAKE_P99,
	KVM_VALUES
};

/* Programs, as the file's "type" says. */
enum kvm_program { PROGRAM_LOCK, PROGRAM_SHOOT, PROGRAM_PING, PROGRAM_HALT, PROGRAM_CTL };

enum kvm_trigger { TRIGGER_NONE, TRIGGER_HYPERCALL, TRIGGER_PAUSE, TRIGGER_EXIT_ONLY };

struct measured_kvm_run {
	const char *name, *boot; /* borrowed from the document */
	guint index;		 /* in "runs" */
	enum kvm_program program;
	uint64_t vms, vcpus, layout, phase, noise;
	uint64_t a, b, trigger_ns; /* ns; b of PROGRAM_SHOOT: 1 if all vCPUs start calls */
	enum kvm_trigger trigger;
	bool pinned;
	bool skewed;	       /* the boot's ticks: skew_tick=1 */
	const char *features;  /* the boot's, as the kernel lists them; borrowed; NULL: not known */
	bool probed;	       /* with the probes of eligibility, which delay a yield */
	double window;	       /* ms */
	double decision_limit; /* us: what counts as following a yield */
	uint64_t preemption;   /* enum preemption_model */
	double rate;	       /* units of work of all VMs a second */
	double value[KVM_VALUES];
	int alone; /* index in the runs here of the run that KVM_WORK is relative to; -1: none */
};

struct measured_kvm {
	struct document document; /* moved from the reader */
	const char *kernel;	  /* row of models/sched; borrowed */
	GArray *runs;		  /* of struct measured_kvm_run, without those left out */
	guint left_out;		  /* type env: costs, which the machines have; _hp0: its caveat 1 */
};

/* Is the document of this form at all? */
bool measured_kvm_is(const struct document *document);
/* Takes the document, which is empty then. `kernel`: the row to take, NULL: by the file's release. */
bool measured_kvm_read(struct measured_kvm *file, struct document *document, const char *kernel,
		       GError **error);
void measured_kvm_clear(struct measured_kvm *file);

/* Latencies are told apart down to the turns of the emulator. */
double measured_kvm_latency(const struct measured_kvm_run *run, double us);
/* The scenario of a run, as text; g_free(). */
char *measured_kvm_scenario(const struct measured_kvm *file, const struct measured_kvm_run *run);
/* "lockB, 2 VMs x 2, pinned, flat, PAUSE each 20 us". g_free(). */
char *measured_kvm_title(const struct measured_kvm_run *run);
