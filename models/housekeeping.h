/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * housekeeping.h - what else runs on the host: on every pCPU tasks that sleep and burn for random
 * times
 *
 * They keep equal ticks from locking all pCPUs into one phase (design, section 4), and they are the
 * bystanders of the report.
 */
#pragma once

#include <stdint.h>

struct housekeeping;
struct housekeeping_params;
struct kernel;

/* Started at random moments of the first sleep. The parameters are borrowed. */
struct housekeeping *housekeeping_new(struct kernel *host, const struct housekeeping_params *params,
				      uint64_t seed);
void housekeeping_free(struct housekeeping *housekeeping);

/* ns that the tasks have run since the beginning. */
uint64_t housekeeping_run(const struct housekeeping *housekeeping);
