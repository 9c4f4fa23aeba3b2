/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_generate.h - what the tasks of a shape would do, written as a trace
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct workload_shape;

struct trace_generation {
	const struct workload_shape *shape;
	const void *params;
	const char *name, *summary; /* of the profile */
	char *source;		    /* how it was made */
	uint32_t vcpus, vm;
	uint64_t seed;	 /* of the run */
	uint64_t time;	 /* each task's list holds at least so many ns of its own time; or 0 and */
	uint64_t passes; /* the lists end where so many passes of the workload have ended */
	bool repeats;
};

bool trace_generate(const struct trace_generation *generation, const char *path, GError **error);
