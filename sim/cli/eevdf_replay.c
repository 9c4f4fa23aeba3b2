/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * eevdf_replay.c - set-up and settings of a replay; [1] 1, [2] 1
 */
#include "sim/cli/eevdf_replay.h"

#include <string.h>

#define MAX_CPUS 8

static void shown_free(void *data)
{
	struct replay_shown *shown = data;

	g_free(shown->name);
	g_string_free(shown->last, TRUE);
	g_free(shown);
}

void replay_init(struct replay *replay, const struct fair_features *features)
{
	*replay = (struct replay){
		.features = *features,
		.config = {
			.cpus = 1,
			.tick = 1000000,
			.base_slice = 700000,
			.norm_slice = 700000,
			.migration_cost = 500000,
		},
		.tasks = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free),
		.groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
		.entities = g_ptr_array_new_with_free_func(shown_free),
		.queues = g_ptr_array_new_with_free_func(shown_free),
		.text = g_string_new(NULL),
	};
	replay->config.features = &replay->features;
}

void replay_clear(struct replay *replay)
{
	if (replay->started)
		fair_clear(&replay->fair);
	g_hash_table_unref(replay->tasks);
	g_hash_table_unref(replay->groups);
	g_ptr_array_unref(replay->entities);
	g_ptr_array_unref(replay->queues);
	g_string_free(replay->text, TRUE);
}

static struct replay_shown *shown_new(const char *name)
{
	struct replay_shown *shown = g_new0(struct replay_shown, 1);

	shown->name = g_strdup(name);
	shown->last = g_string_new(NULL);
	return shown;
}

void replay_show_entity(struct replay *replay, const struct fair_entity *entity, const char *name)
{
	struct replay_shown *shown = shown_new(name);

	shown->entity = entity;
	g_ptr_array_add(replay->entities, shown);
}

void replay_show_queue(struct replay *replay, const struct fair_queue *queue, const char *name)
{
	struct replay_shown *shown = shown_new(name);

	shown->queue = queue;
	g_ptr_array_add(replay->queues, shown);
}

void replay_start(struct replay *replay)
{
	fair_init(&replay->fair, &replay->config);
	for (uint32_t cpu = 0; cpu < replay->config.cpus; cpu++)
		replay_show_queue(replay, &replay->fair.rq[cpu].root, "/");
	replay->started = true;
}

bool replay_number(const char *word, int64_t *value)
{
	const char *digits = word[0] == '-' ? word + 1 : word;
	size_t length = strlen(digits);

	if (!length || strspn(digits, "0123456789") != length)
		return false;
	return g_ascii_string_to_signed(word, 10, INT64_MIN, INT64_MAX, value, NULL);
}

static bool complain(struct replay *replay, const char *complaint)
{
	replay->complaint = complaint;
	return false;
}

static bool set_option(struct replay *replay, const char *name, const char *word)
{
	struct fair_config *config = &replay->config;
	int64_t value;

	if (!strcmp(name, "preempt")) {
		config->lazy = !strcmp(word, "lazy");
		return config->lazy || !strcmp(word, "full") ||
		       complain(replay, "preempt is full or lazy");
	}
	if (!replay_number(word, &value) || value < 0)
		return complain(replay, "the value is not a plain decimal number");
	if (!strcmp(name, "hz")) {
		if (!value)
			return complain(replay, "hz is at least 1");
		config->tick = (UINT64_C(1000000000) + (uint64_t)value / 2) / (uint64_t)value;
	} else if (!strcmp(name, "base_slice")) {
		config->base_slice = (uint64_t)value;
	} else if (!strcmp(name, "norm_slice")) {
		config->norm_slice = (uint64_t)value;
	} else if (!strcmp(name, "mig_cost")) {
		config->migration_cost = (uint64_t)value;
	} else if (!strcmp(name, "cpus")) {
		if (value < 1 || value > MAX_CPUS)
			return complain(replay, "cpus is 1 .. 8");
		config->cpus = (uint32_t)value;
		replay->prefixed = true;
	} else {
		return complain(replay, "unknown option");
	}
	return true;
}

static bool set_feature(struct replay *replay, const char *name, const char *word)
{
	struct fair_features *features = &replay->features;
	const struct {
		const char *name;
		bool *value;
	} table[] = {
		{ "PLACE_LAG", &features->place_lag },
		{ "PLACE_DEADLINE_INITIAL", &features->place_deadline_initial },
		{ "PLACE_REL_DEADLINE", &features->place_rel_deadline },
		{ "RUN_TO_PARITY", &features->run_to_parity },
		{ "PREEMPT_SHORT", &features->preempt_short },
		{ "NEXT_BUDDY", &features->next_buddy },
		{ "PICK_BUDDY", &features->pick_buddy },
		{ "DELAY_DEQUEUE", &features->delay_dequeue },
		{ "DELAY_ZERO", &features->delay_zero },
		{ "WAKEUP_PREEMPTION", &features->wakeup_preemption },
	};

	if (strcmp(word, "0") != 0 && strcmp(word, "1") != 0)
		return complain(replay, "a feature is 0 or 1");
	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		if (strcmp(name, table[i].name) != 0)
			continue;
		*table[i].value = word[0] == '1';
		return true;
	}
	return complain(replay, "unknown feature");
}

bool replay_setting(struct replay *replay, char *const *word, int words)
{
	if (replay->started)
		return complain(replay, "a setting after the first operation");
	if (words != 3)
		return complain(replay, "a setting is three words");
	if (!strcmp(word[0], "opt"))
		return set_option(replay, word[1], word[2]);
	return set_feature(replay, word[1], word[2]);
}
