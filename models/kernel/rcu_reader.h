/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rcu_reader.h - what RCU knows of a task
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct task;

/* Embedded in struct task. */
struct rcu_reader {
	bool inside;	   /* a read-side section */
	uint64_t since;	   /* ns: when it began */
	bool blocked;	   /* ... in which it lost its CPU: it is in the list of rcu.blocked */
	bool expedited;	   /* ... and an expedited grace period waits for it */
	uint64_t blocks;   /* the first grace period that waits for it */
	struct task *next; /* in that list */
	uint64_t ticket;   /* in synchronize_rcu(): the number of its callback on its CPU */
};
