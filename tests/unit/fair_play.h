/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fair_play.h - a scheduler of three CPUs with tasks and groups, drawn from a seed
 *
 * The generator is its own, so that no other file changes what a seed means.
 */
#pragma once

#include "tests/unit/fair_invariants.h"
#include "tests/unit/fair_load_model.h"

#define CPUS 3
#define TASKS 20
#define GROUPS 7

struct play {
	struct fair fair;
	struct fair_world world;
	struct fair_task task[TASKS];
	struct fair_group *group[GROUPS];
	bool asleep[TASKS];
	/* I11: run time of the members of a queue, by seeing their totals grow */
	uint64_t seen[TASKS], seen_group[GROUPS][CPUS];
	uint64_t below[GROUPS][CPUS], on_cpu[CPUS], busy[CPUS];
	struct load_model load[TASKS];
	uint64_t now, state;
	int pulled;				  /* by the operation under way; -1: none */
	uint32_t honoured, dropped, nices, apart; /* how often conditional checks were reached */
};

uint64_t draw(struct play *play, uint64_t bound);
int draw_nice(struct play *play);
int64_t draw_shares(struct play *play, uint64_t bound);

/* Everybody is started. */
void play_open(struct play *play, const char *version, uint64_t seed);
/* Some time passes, from 1 ns to 30 ms. */
void play_advance(struct play *play);
/* I11: attributes what each total has grown to the queue that its entity is on. */
void play_attribute(struct play *play);
/* I11: after a tick the levels agree, with each other and with the clock. */
void play_check_run_time(struct play *play, uint32_t cpu);
/* Of everything that decides something later. */
uint64_t play_hash(const struct play *play);
