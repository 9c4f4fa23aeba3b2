/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * host_tasks.h - the tasks of a host load: created, started, measured
 */
#pragma once

#include <stdint.h>

struct class_result;
struct host_load;
struct host_tasks;
struct kernel;

/* The load is borrowed. All tasks start at once, in order; sleepers first sleep up to 8 ms. */
struct host_tasks *host_tasks_new(struct kernel *host, const struct host_load *load, uint64_t seed);
void host_tasks_free(struct host_tasks *tasks);

/* The end of warm-up. */
void host_tasks_reset(struct host_tasks *tasks);
/* One a class, since the reset. Free with g_free(). */
struct class_result *host_tasks_result(const struct host_tasks *tasks, uint32_t *classes);
