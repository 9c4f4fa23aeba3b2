/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * host_load.h - tasks of the host itself that run small programs, as data
 *
 * The programs are those of data/realsched/src/wl.c, so that a machine can be set up as the measured
 * ones were. Times in ns. Owner: whoever made it; the machine borrows it.
 */
#pragma once

#include <stdint.h>

enum host_program {
	HOST_HOG,	 /* runs */
	HOST_SLEEPER,	 /* runs `work`, sleeps `away` */
	HOST_YIELDER,	 /* runs `work`, yields */
	HOST_MUTEX,	 /* holds mutex `object` for `work`, then runs `away` without it */
	HOST_FUTEX_PAIR, /* two tasks (`side` 0 and 1) in strict alternation, `work` a turn */
	HOST_PIPE_PAIR,	 /* the same by two pipes */
	HOST_PRODUCER,	 /* runs `work`, writes to pipe `object`; never sleeps */
	HOST_CONSUMER,	 /* reads from pipe `object`, runs `work` */
	HOST_PROGRAMS
};

/* A cgroup below another one of the list, or below the root. */
struct host_group {
	uint32_t parent; /* index of an earlier one; UINT32_MAX: the root */
	int64_t shares;	 /* 1024 is the default */
};

/* Equal tasks. */
struct host_class {
	enum host_program program;
	uint32_t tasks;
	int nice;
	int64_t slice;	   /* 0: the default */
	uint32_t only_cpu; /* UINT32_MAX: free */
	uint32_t group;	   /* UINT32_MAX: the root */
	uint32_t object, side;
	uint64_t work, away;
};

struct host_load {
	const struct host_group *group; /* [groups], parents before children */
	const struct host_class *class; /* [classes], in the order in which their tasks start */
	uint32_t groups, classes;
	uint32_t objects;    /* all `object` are below */
	uint64_t base_slice; /* 0: the kernel's own for so many CPUs */
};
