/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * op_driver.h - a tiny interpreter of ops for tests: every task has a CPU, time does not exist
 *
 * A task is chosen at random, or in turn, and gets one op asked for or carried out. Between the end
 * of an op and the question for the next one any other task may act, so that programs are tried
 * in orders that no scheduler would make. Broken rules fail the running Check test.
 */
#pragma once

#include <check.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/engine/random.h"
#include "workloads/op.h"

struct workload;
struct workload_shape;

/* Check's own macros write a file each time, which would be most of a test's time. */
#define require(condition)                              \
	do {                                            \
		if (!(condition))                       \
			ck_abort_msg("%s", #condition); \
	} while (0)

struct driver {
	struct workload *workload;	    /* borrowed */
	struct op *op;			    /* [tasks] */
	bool *under_way;		    /* [tasks]: op is not over */
	bool *over, *ended;		    /* [tasks]: does not run; nobody has joined it */
	uint32_t *spins, *mutexes, *rwsems; /* [tasks], held */
	int64_t *spin_owner, *mutex_owner;  /* -1: free */
	int64_t *rwsem_owner;		    /* the same; below: -1 - readers */
	uint64_t *items;		    /* [queues] */
	uint64_t *arrived, *opened;	    /* [barriers]: waiting; how often it has opened */
	uint64_t *latencies;		    /* [marks]: begun and not ended */
	uint64_t *ticket;     /* [tasks]: 1 + opened of the barrier it waits at, or 0 */
	uint64_t fingerprint; /* over (task, op) in order */
	struct random random;
	bool in_turn;
	uint32_t turn;
	/* since driver_reset() */
	uint64_t count[OP_KINDS];
	uint64_t amount[OP_KINDS];
	uint64_t pages_full, pages_one, pages_few;
	/* Called for every op that a task hands out. */
	void (*observe)(struct driver *driver, uint32_t task, const struct op *op);
	void *user;
};

void driver_init(struct driver *driver, struct workload *workload, uint64_t seed);
void driver_clear(struct driver *driver);
void driver_reset(struct driver *driver);

/* Runs until an OP_PASS is over; false if no task can go on, or after `limit` ops. */
bool driver_pass(struct driver *driver, uint64_t limit);
void driver_ops(struct driver *driver, uint64_t ops);

/* A shape by name, its defaults in a block of their own (g_free), and one value of such a block. */
const struct workload_shape *shape_find(const char *name);
uint64_t *shape_defaults(const struct workload_shape *shape);
void shape_set(const struct workload_shape *shape, void *values, const char *name, uint64_t value);
void assert_near(uint64_t value, uint64_t wanted, uint64_t percent);
