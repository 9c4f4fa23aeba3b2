/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * eevdf_replay.c - set-up and settings of a replay; [1] 1, [2] 1
 */
#include "sim/cli/eevdf_replay.h"

#include <string.h>

#include "sim/experiment/words.h"

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
	g_free(replay->complaint);
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

bool replay_complain(struct replay *replay, const char *format, ...)
{
	va_list args;

	replay->malformed = true;
	if (replay->complaint)
		return false;
	va_start(args, format);
	replay->complaint = g_strdup_vprintf(format, args);
	va_end(args);
	return false;
}

bool replay_expect(struct replay *replay, const char *word, const char *expected)
{
	g_autofree char *shown = words_shown(word, -1);

	return replay_complain(replay, "found \"%s\", expected %s", shown, expected);
}

bool replay_unknown(struct replay *replay, const char *kind, const char *word,
		    const char *const *names, size_t count)
{
	g_autoptr(GPtrArray) legal = g_ptr_array_new();
	g_autofree char *shown = words_shown(word, -1);
	g_autofree char *tail = NULL;

	for (size_t i = 0; i < count; i++)
		g_ptr_array_add(legal, (void *)names[i]);
	tail = words_legal(word, legal);
	return replay_complain(replay, "unknown %s \"%s\"%s", kind, shown, tail);
}

static bool set_preempt(struct replay *replay, const char *word)
{
	replay->config.lazy = !strcmp(word, "lazy");
	return replay->config.lazy || !strcmp(word, "full") ||
	       replay_expect(replay, word, "full or lazy");
}

static bool set_option(struct replay *replay, const char *name, const char *word)
{
	static const char *const names[] = { "preempt",	   "hz",       "base_slice",
					     "norm_slice", "mig_cost", "cpus" };
	struct fair_config *config = &replay->config;
	int64_t value = 0;
	bool number = replay_number(word, &value);

	if (!strcmp(name, "preempt"))
		return set_preempt(replay, word);
	if (!strcmp(name, "hz")) {
		if (value < 1)
			return replay_expect(replay, word, "1 or more ticks a second");
		config->tick = (UINT64_C(1000000000) + (uint64_t)value / 2) / (uint64_t)value;
	} else if (!strcmp(name, "cpus")) {
		if (value < 1 || value > MAX_CPUS)
			return replay_expect(replay, word, "1 .. 8 CPUs");
		config->cpus = (uint32_t)value;
		replay->prefixed = true;
	} else if (!strcmp(name, "base_slice")) {
		config->base_slice = (uint64_t)value;
	} else if (!strcmp(name, "norm_slice")) {
		config->norm_slice = (uint64_t)value;
	} else if (!strcmp(name, "mig_cost")) {
		config->migration_cost = (uint64_t)value;
	} else {
		return replay_unknown(replay, "option", name, names, G_N_ELEMENTS(names));
	}
	if (!number || value < 0)
		return replay_expect(replay, word, "a plain decimal number of ns");
	return true;
}

static bool set_feature(struct replay *replay, const char *name, const char *word)
{
	static const char *const names[] = {
		"PLACE_LAG",	     "PLACE_DEADLINE_INITIAL", "PLACE_REL_DEADLINE",
		"RUN_TO_PARITY",     "PREEMPT_SHORT",	       "NEXT_BUDDY",
		"PICK_BUDDY",	     "DELAY_DEQUEUE",	       "DELAY_ZERO",
		"WAKEUP_PREEMPTION",
	};
	struct fair_features *features = &replay->features;
	bool *const values[] = {
		&features->place_lag,	       &features->place_deadline_initial,
		&features->place_rel_deadline, &features->run_to_parity,
		&features->preempt_short,      &features->next_buddy,
		&features->pick_buddy,	       &features->delay_dequeue,
		&features->delay_zero,	       &features->wakeup_preemption,
	};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(name, names[i]) != 0)
			continue;
		if (strcmp(word, "0") != 0 && strcmp(word, "1") != 0)
			return replay_expect(replay, word, "0 or 1");
		*values[i] = word[0] == '1';
		return true;
	}
	return replay_unknown(replay, "feature", name, names, G_N_ELEMENTS(names));
}

bool replay_setting(struct replay *replay, char *const *word, int words)
{
	bool option = !strcmp(word[0], "opt");

	if (replay->started)
		return replay_complain(
			replay, "found a setting, expected an operation: settings come first");
	if (words != 3)
		return replay_complain(replay, "found %d words, expected: %s", words,
				       option ? "opt NAME VALUE" : "feat NAME 0|1");
	if (option)
		return set_option(replay, word[1], word[2]);
	return set_feature(replay, word[1], word[2]);
}
