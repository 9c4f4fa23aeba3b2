/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * eevdf_replay.h - the state of a golden script that is being replayed
 *
 * Grammar, operations, output: golden/eevdf/README.md ([1]), golden/eevdf-smp/README.md ([2]).
 */
#pragma once

#include <glib.h>

#include "models/sched/fair.h"

#define REPLAY_REFUSED (-22)

struct replay_task {
	struct fair_task task;
	int64_t id;
	bool asleep, exited;
};

/* Something that is printed when its text changes: an entity or a queue. */
struct replay_shown {
	const struct fair_entity *entity; /* or NULL */
	const struct fair_queue *queue;	  /* or NULL */
	char *name;			  /* owned */
	GString *last;			  /* text printed last, owned */
};

struct replay {
	struct fair_config config;
	struct fair_features features;
	struct fair fair;
	bool started;  /* the first operation has set up `fair` */
	bool prefixed; /* "opt cpus" was given: prefixes, [2] 2 */
	uint64_t now;
	int64_t count;	     /* operations so far */
	GHashTable *tasks;   /* id -> struct replay_task, owned */
	GHashTable *groups;  /* path -> struct fair_group; the root is NULL and not in it */
	GPtrArray *entities; /* struct replay_shown in order of creation, owned */
	GPtrArray *queues;
	GString *text;	 /* scratch */
	int32_t cpu;	 /* of "cpu=K"; -1: not given */
	char *complaint; /* what is wrong with the line: found, expected; NULL: nothing; owned */
	bool malformed;	 /* some line so far is outside the grammar */
};

void replay_init(struct replay *replay, const struct fair_features *features);
void replay_clear(struct replay *replay);
/* After the last setting. */
void replay_start(struct replay *replay);
void replay_show_entity(struct replay *replay, const struct fair_entity *entity, const char *name);
void replay_show_queue(struct replay *replay, const struct fair_queue *queue, const char *name);

/* False: complaint is set. */
bool replay_setting(struct replay *replay, char *const *word, int words);
/* One operation: its words without the time. Gives the "ret" of the output. */
int replay_operation(struct replay *replay, char *const *word, int words);
/* What follows "N TIME OP ARGS : " */
void replay_print(struct replay *replay, int ret, GString *out);

/* A plain decimal number. */
bool replay_number(const char *word, int64_t *value);

/* The line is outside the grammar; the first reason counts. False. */
bool replay_complain(struct replay *replay, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* `found "WORD", expected` and what follows. False. */
bool replay_expect(struct replay *replay, const char *word, const char *expected);
/* `unknown KIND "WORD"; legal: ...`. False. */
bool replay_unknown(struct replay *replay, const char *kind, const char *word,
		    const char *const *names, size_t count);
