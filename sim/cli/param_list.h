/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * param_list.h - parameter tables for readers and for programs
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "sim/engine/param.h"

#define PARAM_LIST_WIDTH 140 /* characters a line */
#define LEGAL_WIDTH 50	     /* characters of legal values in a column of their own */

/* Every section: of scenarios, of policies ("policy.NAME"), of workloads ("workload.SHAPE"). */
GArray *param_sections(void); /* of struct param_section; paths are owned by the array's elements */
void param_sections_free(GArray *all);

/* Below the path `wanted`, or of that name? NULL: always. */
bool param_matches(const struct param_section *section, const struct param *param,
		   const char *wanted);

/* All g_free(). */
char *param_list_table(const GArray *all, const char *wanted, bool colour);
char *param_list_man(const GArray *all);
/* New reference. */
json_t *param_list_json(const GArray *all, const char *wanted);
