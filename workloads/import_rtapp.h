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

/* What a thread has forked. */
struct rtapp_forks {
	GArray *child;	      /* of uint32_t, numbers of tasks; owned */
	uint32_t round, next; /* in it: the first of the round, the next that repeats */
	bool repeats;
};

struct rtapp {
	struct import *import;
	json_t *tasks;		  /* borrowed */
	const char *name, *phase; /* of the task at hand, and of its phase, or NULL */
	uint32_t index;		  /* of that task in the file, from 1 */
	struct import_task *task;
	uint64_t since_timer;	   /* ns of its own time since its last timer */
	bool timer_alone;	   /* its only sleeps are those of one timer */
	struct rtapp_forks *forks; /* of that task; borrowed */
	uint32_t depth;		   /* forks around it */
	GHashTable *numbers;	   /* "mutex m" -> uint32_t, its number; owned */
};

void rtapp_init(struct rtapp *rtapp);
void rtapp_clear(struct rtapp *rtapp);
/* Adds the ops of one event to the task. */
bool rtapp_event(struct rtapp *rtapp, const char *key, const json_t *value, GError **error);
/* Whether a task or one of its phases has such an event; a name that is asked for, too. */
bool rtapp_mentions(json_t *object, const char *event, const char *name);
/* Whether the only sleeps of a task are those of one timer. */
bool rtapp_timer_alone(json_t *object);
/* import_rtapp.c: one thread of a task of the file. */
bool rtapp_thread(struct rtapp *rtapp, const char *name, json_t *object, GError **error);
/* import_rtapp_fork.c, in this order: */
void rtapp_forks_begin(struct rtapp *rtapp, struct rtapp_forks *forks);
bool rtapp_fork(struct rtapp *rtapp, const char *name, GError **error);
void rtapp_forks_round(struct rtapp *rtapp);  /* the first round of an endless loop begins */
void rtapp_forks_repeat(struct rtapp *rtapp); /* ... and what repeats */
void rtapp_forks_join(struct rtapp *rtapp);   /* its end, if it was forked itself */
void rtapp_forks_end(struct rtapp *rtapp);
gboolean rtapp_fail(const struct rtapp *rtapp, GError **error, const char *format, ...)
	G_GNUC_PRINTF(3, 4);
