/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config.c - the declared parameters that belong to the machine as a whole
 */
#include "models/config.h"

#define ONE_SECOND UINT64_C(1000000000)

static const char *const layout_words[] = { "flat", "per-vm", "per-vcpu", NULL };

const struct param cgroup_params_table[] = {
	{ .name = "layout",
	  .type = PARAM_CHOICE,
	  .offset = offsetof(struct cgroup_params, layout),
	  .unit = "choice",
	  .words = layout_words,
	  .meaning = "all threads in the root, one cgroup a VM, or one a vCPU below the VM's",
	  .source = "eevdf.md 2.4" },
	{ .name = NULL },
};

static const char *const cpu_max_words[] = { "vm", "vcpu", NULL };

#define CPU_MAX(field, ...)                                                                   \
	{                                                                                     \
		.name = #field, .offset = offsetof(struct cpu_max_params, field), __VA_ARGS__ \
	}

const struct param cpu_max_params_table[] = {
	CPU_MAX(level, .type = PARAM_CHOICE, .unit = "choice", .words = cpu_max_words,
		.fallback = "vm", .meaning = "whose cgroup is limited: the VM's, or each vCPU's",
		.source = "eevdf.md 7.1: libvirt limits either"),
	CPU_MAX(quota, .type = PARAM_UINT, .unit = "ns", .fallback = "0", .min = 0,
		.max = 1000 * ONE_SECOND, .meaning = "CPU time of the cgroup a period; 0: no limit",
		.source = "eevdf.md 7.1: cpu.max"),
	CPU_MAX(period, .type = PARAM_UINT, .unit = "ns", .fallback = "100000000", .min = 1000000,
		.max = ONE_SECOND, .low = 10000000, .high = 100000000,
		.meaning = "after which the quota is given anew",
		.source = "eevdf.md 7.1: cpu.max"),
	CPU_MAX(burst, .type = PARAM_UINT, .unit = "ns", .fallback = "0", .min = 0,
		.max = 1000 * ONE_SECOND,
		.meaning = "how far unused time of earlier periods may exceed the quota",
		.source = "eevdf.md 7.1: cpu.max.burst"),
	{ .name = NULL },
};

#define KEEPING(field, ...)                                                                        \
	{                                                                                          \
		.name = #field, .offset = offsetof(struct housekeeping_params, field), __VA_ARGS__ \
	}
#define NS_RANGE                                                       \
	.type = PARAM_UINT, .unit = "ns", .min = 1, .max = ONE_SECOND, \
	.source = "data/realkvm/README.md, noise"

const struct param housekeeping_params_table[] = {
	KEEPING(per_pcpu, .type = PARAM_UINT, .unit = "tasks", .min = 0, .max = 16,
		.meaning =
			"host tasks pinned to each pCPU, nice 0, in the root cgroup; 0 locks equal ticks together",
		.source = "the scenario"),
	KEEPING(sleep_min, NS_RANGE, .fallback = "5000000", .meaning = "shortest sleep"),
	KEEPING(sleep_max, NS_RANGE, .fallback = "15000000",
		.meaning = "longest sleep, uniform between"),
	KEEPING(burn_min, NS_RANGE, .fallback = "50000", .meaning = "shortest run"),
	KEEPING(burn_max, NS_RANGE, .fallback = "350000",
		.meaning = "longest run, uniform between"),
	KEEPING(pattern, .type = PARAM_UINT, .unit = "seed", .fallback = "0", .max = ONE_SECOND,
		.meaning =
			"0: drawn anew in each replication; else the sequences of data/realkvm with this seed",
		.source = "data/realkvm/README.md, noise"),
	{ .name = NULL },
};

#define RUN(field, ...)                                                                   \
	{                                                                                 \
		.name = #field, .offset = offsetof(struct run_params, field), __VA_ARGS__ \
	}

const struct param run_params_table[] = {
	RUN(warmup, .type = PARAM_UINT, .unit = "ns", .min = 0, .max = 3600 * ONE_SECOND,
	    .meaning = "simulated time before anything is counted", .source = "the scenario"),
	RUN(window, .type = PARAM_UINT, .unit = "ns", .min = 1000000, .max = 3600 * ONE_SECOND,
	    .meaning = "simulated time that is measured", .source = "the scenario"),
	{ .name = NULL },
};
