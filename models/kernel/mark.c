/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mark.c - latencies of a workload
 */
#include "models/kernel/mark.h"

#include <glib.h>

#include "models/kernel/objects.h"
#include "sim/measure/histogram.h"

#define ROOM_FIRST 4

static void blame(struct kernel_objects *objects, enum mark_fault fault, uint32_t number)
{
	if (objects->mark_fault != MARK_SOUND)
		return;
	objects->mark_fault = fault;
	objects->mark_blamed = number;
}

/* Doubles the ring; what was before its first place goes behind its last. */
static void grow(struct mark *mark)
{
	uint32_t room = mark->room ? 2 * mark->room : ROOM_FIRST;

	mark->since = g_renew(uint64_t, mark->since, room);
	for (uint32_t i = 0; i < mark->first; i++)
		mark->since[mark->room + i] = mark->since[i];
	mark->room = room;
}

void mark_begin(struct kernel_objects *objects, uint32_t number, uint64_t since)
{
	struct mark *mark = &objects->mark[number];

	if (mark->open == MARK_OPEN_MOST) {
		blame(objects, MARK_NOT_ENDED, number);
		return;
	}
	if (mark->open == mark->room)
		grow(mark);
	mark->since[(mark->first + mark->open++) % mark->room] = since;
}

void mark_end(struct kernel_objects *objects, uint32_t number, uint64_t now)
{
	struct mark *mark = &objects->mark[number];

	if (!mark->open) {
		blame(objects, MARK_NOT_BEGUN, number);
		return;
	}
	histogram_add(objects->latency, now - mark->since[mark->first]);
	mark->first = (mark->first + 1) % mark->room;
	mark->open--;
}

uint64_t marks_open(const struct kernel_objects *objects)
{
	uint64_t open = 0;

	for (uint32_t i = 0; i < objects->marks; i++)
		open += objects->mark[i].open;
	return open;
}

void marks_clear(struct kernel_objects *objects)
{
	for (uint32_t i = 0; i < objects->marks; i++)
		g_free(objects->mark[i].since);
	g_free(objects->mark);
	g_free(objects->latency);
}
