/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * versions.h - the kernel versions whose fair scheduler is known
 */
#pragma once

#include <stdint.h>

struct fair_features;

/* Names, NULL-terminated, and the rows that belong to them, in the same order. */
extern const char *const fair_version_names[];
const struct fair_features *fair_version(uint64_t index);

/* NULL if no such version is known. */
const struct fair_features *fair_features_find(const char *name);

/* Base slice, ns, on so many CPUs with the default logarithmic scaling (eevdf.md 1.6, E3). */
uint64_t fair_base_slice(const struct fair_features *features, uint32_t cpus);
