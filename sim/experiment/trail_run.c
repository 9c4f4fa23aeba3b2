/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trail_run.c - one replication with a listener
 */
#include "sim/experiment/trail_run.h"

#include <string.h>

#include "models/config.h"
#include "models/machine.h"
#include "sim/engine/fail.h"
#include "sim/engine/param.h"
#include "sim/experiment/param_value.h"
#include "sim/experiment/replicate.h"
#include "sim/experiment/words.h"

const char *const trail_subject_names[] = {
	[TRAIL_SHOOTDOWN] = "shootdown",
	[TRAIL_LOCK] = "lock",
	[TRAIL_HLT] = "halt",
	[TRAIL_SLEEPING_WAIT] = "wait",
	NULL,
};

static bool parse_number(const char *text, uint64_t *number, GError **error)
{
	const struct param param = {
		.name = "--trail", .type = PARAM_UINT, .unit = "", .min = 1, .max = G_MAXINT64
	};

	if (!text || strcmp(text, "slowest") == 0)
		return true;
	if (param_parse(&param, text, number, NULL))
		return true;

	g_autofree char *shown = words_shown(text, -1);

	return fail(error, ERROR_INPUT,
		    "--trail: found \"%s\" behind the colon; legal: slowest, or a number from 1 on",
		    shown);
}

bool trail_choice_parse(const char *text, struct trail_choice *choice, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(text, ":", 2);
	const char *name = parts[0] ? parts[0] : "";
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	*choice = (struct trail_choice){ .number = 0 };
	for (guint i = 0; trail_subject_names[i]; i++) {
		g_ptr_array_add(names, (gpointer)trail_subject_names[i]);
		if (strcmp(name, trail_subject_names[i]) != 0)
			continue;
		choice->subject = (enum trail_subject)i;
		return parse_number(parts[1], &choice->number, error);
	}

	const char *nearest = words_nearest(name, names);
	g_autofree char *shown = words_shown(name, -1);

	return fail(error, ERROR_INPUT,
		    "--trail: found \"%s\"; legal: shootdown, lock, halt, wait%s%s%s", shown,
		    nearest ? " (did you mean \"" : "", nearest ? nearest : "",
		    nearest ? "\"?)" : "");
}

/* Runs with a listener; what it heard is in the story. */
static bool listen(const struct machine_config *config, uint64_t number, struct trail_story *story,
		   GError **error)
{
	struct machine *machine = machine_new(config);
	struct trail *trail = trail_new(machine, story->choice.subject, number);
	bool found;

	machine_run(machine);
	found = number ? trail_complete(trail) : trail_slowest(trail) > 0;
	if (!found)
		fail(error, ERROR_INPUT,
		     "--trail %s: found %" G_GUINT64_FORMAT
		     " in the window of replication 0 that began; legal: one that is over before it ends",
		     trail_subject_names[story->choice.subject], trail_begun(trail));
	else if (number)
		story->lines = trail_lines(trail);
	else
		story->choice.number = story->slowest = trail_slowest(trail);
	trail_free(trail);
	machine_free(machine);
	return found;
}

bool trail_story_make(const struct machine_config *config, uint64_t base_seed, uint64_t replication,
		      struct trail_choice choice, struct trail_story *story, GError **error)
{
	struct machine_config seeded = *config;

	seeded.seed = replication_seed(base_seed, replication);
	*story = (struct trail_story){ .choice = choice, .seed = seeded.seed };
	if (!choice.number && !listen(&seeded, 0, story, error))
		return false;
	return listen(&seeded, story->choice.number, story, error);
}

void trail_story_clear(struct trail_story *story)
{
	g_clear_pointer(&story->lines, g_ptr_array_unref);
}
