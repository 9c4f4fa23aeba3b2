/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured_kvm_compare.h - measured runs of real KVM beside replications of their simulation
 *
 * One measured run is one draw of a chaotic system. So a value passes when it lies within the central
 * 95 % of the replications, or when their median keeps the bound all the same: some hardly scatter.
 * Since wide replications would let everything pass, the medians must keep the bound for nine runs
 * of ten.
 */
#pragma once

#include "sim/experiment/measured_kvm.h"

#define KVM_MEDIANS_THAT_MUST_KEEP 0.9

struct kvm_value_kind {
	const char *name, *unit;
	bool factor;  /* the bound is a ratio, else a difference */
	double bound; /* issue 5; KVM_WORK: with yields */
};

extern const struct kvm_value_kind kvm_value_kinds[KVM_VALUES];

struct kvm_check {
	double measured, median, low, high, bound; /* low, high: central 95 % */
	bool judged;				   /* measured and simulated both have it */
	bool inside, median_keeps;
};

/* Of one run: [KVM_VALUES]. */
struct kvm_checks {
	struct kvm_check value[KVM_VALUES];
};

/* How one kind of value fared over all runs. */
struct kvm_tally {
	guint judged, inside, medians, missed;
	bool passed;
};

struct kvm_simulation {
	uint64_t seed;
	guint replications, threads;
	char **set;	     /* "host.cost.tick=1000", NULL-terminated, or NULL; borrowed */
	const char *policy;  /* of a patched kernel, as in a scenario; NULL: none */
	const char *pattern; /* names of runs, as in a shell; NULL: all */
};

/*
 * Simulates the runs that the pattern names (and those they are relative to); GArray of struct
 * kvm_checks, one a run of the file; those not named have nothing judged.
 */
GArray *measured_kvm_compare(const struct measured_kvm *file,
			     const struct kvm_simulation *simulation, GError **error);
struct kvm_tally measured_kvm_tally(const GArray *checks, enum kvm_value value);
