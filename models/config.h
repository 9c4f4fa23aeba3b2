/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config.h - everything that decides a simulation, resolved and checked
 *
 * Filled by sim/experiment from a scenario through the tables listed in config_sections; read by
 * models/machine.c.
 */
#pragma once

#include <stdint.h>

#include "models/hardware/cost.h"
#include "models/hardware/topology.h"
#include "models/kernel/kernel_params.h"
#include "models/kvm/kvm_params.h"
#include "models/sched/feature_params.h"

struct host_load;
struct policy_choice;
struct workload_shape;

enum cgroup_layout { CGROUPS_FLAT, CGROUPS_PER_VM, CGROUPS_PER_VCPU };

/* "host.cgroups" */
struct cgroup_params {
	uint64_t layout; /* enum cgroup_layout, eevdf.md 2.4 */
};

enum cpu_max_level { CPU_MAX_VM, CPU_MAX_VCPU };

/* "vms.cpu_max": CPU limits of cgroups, eevdf.md 7.1 */
struct cpu_max_params {
	uint64_t level;		/* enum cpu_max_level */
	uint64_t quota;		/* ns a period; 0: no limit */
	uint64_t period, burst; /* ns */
};

/* "host.housekeeping": what else runs on every pCPU; they are the bystanders of the report */
struct housekeeping_params {
	uint64_t per_pcpu; /* tasks, pinned, nice 0, in the root cgroup */
	uint64_t sleep_min, sleep_max, burn_min, burn_max; /* ns, uniform */
	uint64_t pattern;				   /* 0: drawn anew in each replication */
};

/* "run" */
struct run_params {
	uint64_t warmup, window; /* ns */
};

struct vm_config {
	char *name; /* owned */
	struct vm_params vm;
	struct paravirt_params paravirt;
	struct cpu_max_params cpu_max;
	struct kernel_params guest;
	struct feature_params guest_features;
	const struct workload_shape *workload;
	char *profile;	       /* name of the profile, owned */
	void *workload_params; /* struct of workload->params_size bytes, owned (g_free) */
};

struct machine_config {
	struct topology_params topology;
	struct cost_params cost;
	struct kernel_params host;
	struct feature_params host_features;
	struct cgroup_params cgroups;
	struct housekeeping_params housekeeping;
	struct kvm_params kvm;
	struct run_params run;
	struct vm_config *vms; /* [vm_kinds], owned */
	uint32_t vm_kinds;
	struct policy_choice *policies; /* [policy_count], owned, in the order of the chain */
	uint32_t policy_count;
	const struct host_load *load; /* tasks of the host itself; NULL: none; borrowed */
	uint64_t seed;
	uint64_t shuffle; /* test mode: order of simultaneous events; 0 off */
};

extern const struct param cgroup_params_table[];
extern const struct param cpu_max_params_table[];
extern const struct param housekeeping_params_table[];
extern const struct param run_params_table[];
