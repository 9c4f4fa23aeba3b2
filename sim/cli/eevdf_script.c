/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * eevdf_script.c - the lines of a golden script; [1] 1
 */
#include "sim/cli/eevdf_script.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/eevdf_replay.h"
#include "sim/engine/fail.h"

/* Words of a line without its comment; they point into `line`. */
static GPtrArray *split(char *line)
{
	GPtrArray *words = g_ptr_array_new();
	char *save = NULL, *word;

	line[strcspn(line, "#")] = '\0';
	for (word = strtok_r(line, " \t\r\n", &save); word; word = strtok_r(NULL, " \t\r\n", &save))
		g_ptr_array_add(words, word);
	return words;
}

static void append_words(const GPtrArray *words, GString *out)
{
	for (guint i = 0; i < words->len; i++)
		g_string_append_printf(out, " %s", (const char *)words->pdata[i]);
}

static int operation(struct replay *replay, GPtrArray *words)
{
	int64_t time;

	if (!replay_number(words->pdata[0], &time) || time < 0) {
		replay_expect(replay, words->pdata[0], "the time, a plain decimal number of ns");
		return REPLAY_REFUSED;
	}
	if ((uint64_t)time < replay->now) {
		replay_complain(replay, "found the time %" PRId64 ", expected %" PRIu64 " or more",
				time, replay->now);
		return REPLAY_REFUSED;
	}
	replay->now = (uint64_t)time;
	return replay_operation(replay, (char *const *)words->pdata + 1, (int)words->len - 1);
}

static bool is_setting(const char *word)
{
	return !strcmp(word, "opt") || !strcmp(word, "feat");
}

struct where {
	const char *path;
	uint64_t line;
};

static bool run_line(struct replay *replay, char *line, struct where where, GString *out,
		     GString *complaints, GError **error)
{
	g_autoptr(GPtrArray) words = split(line);
	int ret;

	g_clear_pointer(&replay->complaint, g_free);
	if (!words->len)
		return true;
	if (is_setting(words->pdata[0]))
		return replay_setting(replay, (char *const *)words->pdata, (int)words->len) ||
		       fail(error, ERROR_INPUT, "%s:%" PRIu64 ": %s", where.path, where.line,
			    replay->complaint);
	if (!replay->started)
		replay_start(replay);
	g_string_append_printf(out, "%" PRId64, ++replay->count);
	append_words(words, out);
	ret = operation(replay, words);
	g_string_append(out, " : ");
	replay_print(replay, ret, out);
	if (replay->complaint)
		g_string_append_printf(complaints, "%s:%" PRIu64 ": %s\n", where.path, where.line,
				       replay->complaint);
	return true;
}

bool eevdf_script_run(const char *path, const struct fair_features *features, GString *out,
		      GString *complaints, GError **error)
{
	struct where where = { path, 0 };
	struct replay replay;
	char *line = NULL;
	size_t size = 0;
	bool good = true;
	FILE *in = fopen(path, "r");

	if (!in)
		return fail(error, ERROR_INPUT, "%s: %s", path, g_strerror(errno));
	replay_init(&replay, features);
	while (good && getline(&line, &size, in) >= 0) {
		where.line++;
		good = run_line(&replay, line, where, out, complaints, error);
	}
	if (good && ferror(in))
		good = fail(error, ERROR_INPUT, "%s: %s", path, g_strerror(errno));
	if (good && replay.malformed)
		good = fail(error, ERROR_INPUT, "%s: malformed lines, which changed nothing", path);
	free(line);
	fclose(in);
	replay_clear(&replay);
	return good;
}
