/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * versions.h - the kernel versions whose fair scheduler is known
 */
#pragma once

#include <stdint.h>

struct cfs_tunables;
struct fair_features;

/* Names, NULL-terminated, and the rows that belong to them, in the same order. */
extern const char *const fair_version_names[];
const struct fair_features *fair_version(uint64_t index);

/* NULL if no such version is known. */
const struct fair_features *fair_features_find(const char *name);

/* By which tunables grow with the CPUs, the default logarithmic scaling (eevdf.md 1.6, E3). */
uint64_t fair_cpu_factor(uint32_t cpus);
/* Base slice, ns, on so many CPUs with that scaling. */
uint64_t fair_base_slice(const struct fair_features *features, uint32_t cpus);
/* CFS's tunables on so many CPUs (cfs.md 1.1, E1). What is not 0 in `written` replaces the default,
 * as a write to the kernel's own files does. */
struct cfs_tunables fair_cfs_tunables(const struct fair_features *features, uint32_t cpus,
				      const struct cfs_tunables *written);
