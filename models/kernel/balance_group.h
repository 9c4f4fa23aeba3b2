/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * balance_group.h - the groups of a domain summed up and classified: eevdf.md 5.2
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct cpumask;
struct domain;
struct kernel;

/* In order: who is higher has more to give away. */
enum group_type {
	GROUP_HAS_SPARE,
	GROUP_FULLY_BUSY,
	GROUP_SMT_BALANCE, /* threads of one core share it while another core idles */
	GROUP_IMBALANCED,  /* a level below failed because of affinity */
	GROUP_OVERLOADED,
};

/* Sums over the CPUs of a group. */
struct group_stats {
	uint32_t first;		 /* CPU */
	uint32_t tasks;		 /* queued, delayed ones included */
	uint32_t runnable_tasks; /* without these */
	uint32_t idle_cpus;
	uint64_t load, util, runnable;
	uint64_t capacity; /* 1024 a CPU */
	uint64_t avg_load; /* load * 1024 / capacity */
	enum group_type type;
	bool two_tasks; /* some CPU has two */
};

/* What of a CPU's load counts: what it is now, or the less or the more of that and its average. */
enum load_view { LOAD_NOW, LOAD_AS_SOURCE, LOAD_AS_DESTINATION };

/* `cpus` NULL: all count. */
struct group_stats group_look(const struct kernel *kernel, const struct domain *domain,
			      uint32_t first, const struct cpumask *cpus, enum load_view view);
/* Sets the type by task counts, utilisation and runnable time. */
void group_classify(struct group_stats *stats, const struct domain *domain);
