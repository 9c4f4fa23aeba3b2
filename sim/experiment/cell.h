/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cell.h - one configuration and its replications
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/config.h"
#include "models/result.h"
#include "sim/experiment/replicate.h"

struct summary;

struct cell {
	char *label;		      /* canonical text of the policy, owned */
	struct machine_config config; /* owned; results borrow from it */
	struct result *results;	      /* [count], owned */
	double *rows;		      /* [count * METRIC_COUNT], owned */
	guint count;
};

/* Takes the configuration: `config` is zeroed. */
void cell_init(struct cell *cell, struct machine_config *config);
void cell_clear(struct cell *cell);

/* How replications are run. */
struct execution {
	uint64_t seed;
	guint threads;
	replicate_progress *progress; /* may be NULL */
	void *data;
};

/* Brings every cell to `count` replications; the i-th of each has the same seed. */
bool cells_extend(struct cell *const *cells, guint cell_count, guint count,
		  const struct execution *execution, GError **error);

/* Over the replications where the metric has a meaning; n says how many. */
void cell_summary(const struct cell *cell, size_t metric, struct summary *summary);
/* Mean over replications; NAN if it has a meaning in none. */
double cell_mean(const struct cell *cell, size_t metric);
double cell_max(const struct cell *cell, size_t metric);
/* Work of a kind of VM in each replication, [count]. Free with g_free(). */
double *cell_kind_work(const struct cell *cell, unsigned kind);
/* The kernel as it is, perhaps with other module parameters. */
bool cell_unpatched(const struct cell *cell);
