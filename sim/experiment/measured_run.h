/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured_run.h - the prediction of one measured scenario, by the simulator's own host kernel
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/result.h"
#include "sim/engine/param.h"

struct machine_config;
struct measured_file;
struct measured_scenario;

/* What things take on the machine of a file, where that differs from the cost table's defaults. */
struct measured_cost {
	const char *param; /* of host.cost */
	uint64_t value;
	const char *source;
};

/* Ends with a NULL name. */
const struct measured_cost *measured_costs(const struct measured_file *file);
/* Fails with the name of a parameter that is none: "context_switch=3000". */
bool measured_config(const struct measured_file *file, const struct measured_scenario *scenario,
		     char **set, struct machine_config *config, GError **error);

/* Runs `phases` replications, each with a phase of tick and tasks of its own; result[phases]. */
bool measured_simulate(const struct machine_config *config, uint64_t seed, guint phases,
		       guint threads, struct result *result, GError **error);
