/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fair_load_model.h - load tracking computed a second way: eevdf.md 3, the continuous form
 *
 * Each task's shares of time queued, runnable and running decay by 2^(-t / half life) between two
 * operations. What a queue's averages should be follows from its members'.
 */
#pragma once

#include "tests/unit/fair_invariants.h"

struct load_model {
	double queued, runnable, running;
};

/* The task has just been started. */
void load_model_start(struct load_model *model, const struct fair_task *task);
/* `ns` pass; nothing has changed since the last call. */
void load_model_advance(struct load_model *model, const struct fair_task *task, uint64_t ns);
/* Tasks' averages against the model, I21; queues' against those of their members; what the groups
 * know against what was published. Clocks are up to date. Fails by Check. */
void check_load(const struct fair_world *world, const struct load_model *model);
