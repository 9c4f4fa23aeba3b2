/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import_rtapp.h - an rt-app file as it is being read; between import_rtapp.c and its events
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct import;
struct import_task;

#define RTAPP_US_MOST 3600000000 /* an hour */

struct rtapp {
	struct import *import;
	json_t *tasks;		  /* borrowed */
	const char *name, *phase; /* of the task at hand, and of its phase, or NULL */
	uint32_t index;		  /* of that task in the file, from 1 */
	struct import_task *task;
	uint64_t since_timer; /* ns of its own time since its last timer */
	GHashTable *numbers;  /* "mutex m" -> uint32_t, its number; owned */
};

void rtapp_init(struct rtapp *rtapp);
void rtapp_clear(struct rtapp *rtapp);
/* Adds the ops of one event to the task. */
bool rtapp_event(struct rtapp *rtapp, const char *key, const json_t *value, GError **error);
gboolean rtapp_fail(const struct rtapp *rtapp, GError **error, const char *format, ...)
	G_GNUC_PRINTF(3, 4);
