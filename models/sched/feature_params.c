/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * feature_params.c - the switches of single features
 *
 * The reference point (enum fair_origin) is none of them: it decides nothing that a run shows.
 */
#include "models/sched/feature_params.h"

#include "models/sched/features.h"

static const char *const flag_words[] = { "kernel", "off", "on", NULL };
/* In the order of the enums, behind "kernel". */
static const char *const lag_limit_words[] = { "kernel", "own-slice", "longest-slice", NULL };
static const char *const protection_words[] = { "kernel", "limit", "deadline", NULL };
static const char *const reweight_words[] = { "kernel", "place", "scale", "stretch", "keep", NULL };
static const char *const yield_words[] = { "kernel", "forfeit", "forfeit-renew", "push", NULL };
static const char *const wakeup_words[] = { "kernel", "test", "shortens", "unprotect", NULL };
static const char *const hrtick_rule_words[] = { "kernel", "slice", "deadline", NULL };

#define CHOICE(field, text, list)                           \
	{ .name = #field,                                   \
	  .type = PARAM_CHOICE,                             \
	  .offset = offsetof(struct feature_params, field), \
	  .unit = "choice",                                 \
	  .fallback = "kernel",                             \
	  .words = list,                                    \
	  .meaning = text,                                  \
	  .source = "eevdf.md 0.1, 1" },
#define FLAG(field, text) CHOICE(field, text, flag_words)
#define RULE(field, text) CHOICE(field, text, field##_words)

const struct param feature_params_table[] = {
	{ .name = "base_slice",
	  .type = PARAM_UINT,
	  .offset = offsetof(struct feature_params, base_slice),
	  .unit = "ns",
	  .fallback = "0",
	  .max = UINT64_C(100000000),
	  .meaning = "request of a task on one CPU, 2 to 4 times that on more; 0: the version's",
	  .source = "eevdf.md 1.6" },
	FAIR_FEATURES(FLAG, RULE){ .name = NULL },
};

struct fair_features fair_features_with(const struct fair_features *row,
					const struct feature_params *params)
{
	struct fair_features features = *row;

	if (!params)
		return features;
	if (params->base_slice)
		features.base_slice = params->base_slice;
	/* who says what picks follow means it */
	if (params->pick_buddy)
		features.next_buddy_picks = false;
#define TAKE_FLAG(field, text) \
	if (params->field)     \
		features.field = params->field == 2;
#define TAKE_RULE(field, text) \
	if (params->field)     \
		features.field = params->field - 1;
	FAIR_FEATURES(TAKE_FLAG, TAKE_RULE)
	return features;
}
