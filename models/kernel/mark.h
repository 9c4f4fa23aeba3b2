/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mark.h - latencies of a workload: from a moment that one op marks to one that another marks
 *
 * Numbered by the workload. Any task may end what another has begun: the request of a client that a
 * worker serves. The oldest open one ends first, as items leave a queue.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel_objects;

#define MARK_OPEN_MOST (UINT32_C(1) << 21)

/* A ring of the moments at which those that have not ended began. It doubles when it is full, so a
 * run allocates as often as its backlog doubles. */
struct mark {
	uint64_t *since; /* [room], ns */
	uint32_t first, open, room;
};

/* What is wrong with the ops; the first of it is kept. */
enum mark_fault {
	MARK_SOUND,
	MARK_NOT_BEGUN, /* an end of one that nobody has begun */
	MARK_NOT_ENDED, /* more than MARK_OPEN_MOST are open */
};

void marks_clear(struct kernel_objects *objects);
void mark_begin(struct kernel_objects *objects, uint32_t number, uint64_t since);
void mark_end(struct kernel_objects *objects, uint32_t number, uint64_t now);
/* Of all marks. */
uint64_t marks_open(const struct kernel_objects *objects);
