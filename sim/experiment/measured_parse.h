/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured_parse.h - the parts of reading a file of measurements
 */
#pragma once

#include "sim/experiment/measured.h"

/* A value in the document, and where it stands. Free the path with g_free(). */
struct place {
	const struct document *document;
	const json_t *value;
	char *path;
};

/* The member `key` of an object; NULL value if it is missing and not `needed`. False: faulty. */
bool place_member(const struct place *object, const char *key, json_type type, bool needed,
		  struct place *member, GError **error);
/* The i-th element of an array. */
bool place_element(const struct place *array, guint index, json_type type, struct place *element,
		   GError **error);
void place_clear(struct place *place);
gboolean place_fail(const struct place *place, GError **error, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

/* A number within [min, max]. */
bool place_number(const struct place *object, const char *key, double min, double max,
		  double *number, GError **error);
bool place_spread(const struct place *object, const char *key, struct measured_spread *spread,
		  GError **error);
/* May be null or missing. */
bool place_distribution(const struct place *object, const char *key,
			struct measured_distribution *distribution, GError **error);

/*
 * The row of models/sched whose rules a release follows, "6.18.15" anywhere in the text; or `kernel`,
 * if it is not NULL. *release, if asked for: g_free().
 */
bool place_kernel(const struct place *text, const char *kernel, char **release, uint64_t *row,
		  GError **error);
/* Member "preempt": "(none) voluntary full", an enum preemption_model. */
bool place_preemption(const struct place *environment, uint64_t *preemption, GError **error);
bool measured_read_environment(const struct place *root, const char *kernel,
			       struct measured_environment *environment, GError **error);
/* The tasks, their cgroups and CPUs, from `tasks` and `cgroups_cpu_shares`. */
bool measured_read_load(const struct place *scenario, struct measured_scenario *into,
			GError **error);
