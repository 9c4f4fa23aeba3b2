/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import_rtapp.c - rt-app workload files: tasks with phases of events
 *
 * rt-app (github.com/scheduler-tools/rt-app, doc/tutorial.txt) reads JSON with comments and commas
 * too many. A task loops over its phases, a phase over its events; the key of an event says what it
 * is, digits behind it only keep keys apart. Times are in us. Loops are written out; a loop of -1
 * is the part of the trace that repeats.
 */
#include <jansson.h>
#include <string.h>

#include "sim/engine/fail.h"
#include "workloads/import.h"
#include "workloads/import_rtapp.h"

#define FILE_MOST (64 << 20)
#define OPS_MOST (50 << 20)
#define LOOPS_MOST 1000000000

/* Comments and commas before a closing bracket become blanks, so that places stay. */
static void to_json(char *text)
{
	char *comma = NULL;

	for (char *c = text; *c; c++) {
		if (*c == '"') {
			for (c++; *c && *c != '"'; c++)
				c += *c == '\\' && c[1];
			if (!*c)
				return;
			comma = NULL;
		} else if (c[0] == '/' && c[1] == '*') {
			char *end = strstr(c + 2, "*/");

			for (end = end ? end + 2 : c + strlen(c); c < end; c++)
				*c = *c == '\n' ? '\n' : ' ';
			c--;
		} else if (c[0] == '/' && c[1] == '/') {
			while (*c && *c != '\n')
				*c++ = ' ';
			c--;
		} else if (*c == ',') {
			comma = c;
		} else if ((*c == '}' || *c == ']') && comma) {
			*comma = ' ';
			comma = NULL;
		} else if (!g_ascii_isspace(*c)) {
			comma = NULL;
		}
	}
}

/* Written for a task, or for a phase of it. */
static const char *const task_words[] = { "loop", "delay",  "instance", "phases", "priority",
					  "nice", "policy", "cpus",	"numa",	  NULL };

static bool is_setting(const char *key)
{
	static const char *const more[] = { "taskgroup",     "dl-runtime", "dl-period",
					    "dl-deadline",   "util_min",   "util_max",
					    "nodes_membind", NULL };

	return g_strv_contains(task_words, key) || g_strv_contains(more, key);
}

/* A whole number in [low, most] of a key, if it is there. */
static bool read_number(struct rtapp *rtapp, const json_t *object, const char *key, json_int_t low,
			json_int_t most, json_int_t *number, GError **error)
{
	const json_t *value = json_object_get(object, key);

	if (!value)
		return true;
	*number = json_integer_value(value);
	return (json_is_integer(value) && *number >= low && *number <= most) ||
	       rtapp_fail(rtapp, error, "%s: found what is no number in %lld..%lld", key,
			  (long long)low, (long long)most);
}

gboolean rtapp_fail(const struct rtapp *rtapp, GError **error, const char *format, ...)
{
	g_autofree char *message = NULL;
	va_list args;

	va_start(args, format);
	message = g_strdup_vprintf(format, args);
	va_end(args);
	return fail(error, ERROR_INPUT, "%s: tasks.%s%s%s: %s", rtapp->import->path, rtapp->name,
		    rtapp->phase ? ".phases." : "", rtapp->phase ? rtapp->phase : "", message);
}

/* One round over the events of a phase, which is a unit of work. */
static bool add_events(struct rtapp *rtapp, json_t *phase, GError **error)
{
	const char *key;
	json_t *value;

	json_object_foreach(phase, key, value)
	{
		if (!is_setting(key) && !rtapp_event(rtapp, key, value, error))
			return false;
	}
	import_op(rtapp->import, rtapp->task, OP_WORK, 0, 1);
	return rtapp->import->ops <= OPS_MOST ||
	       rtapp_fail(rtapp, error, "found loops of more than %d ops in all", OPS_MOST);
}

/* Settings are counted once a task, not once a round. */
static void note_settings(struct rtapp *rtapp, json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		if (is_setting(key) && strcmp(key, "loop") != 0 && strcmp(key, "delay") != 0 &&
		    strcmp(key, "instance") != 0 && strcmp(key, "phases") != 0)
			import_note(rtapp->import, IMPORT_NOT, "setting %s", key);
	}
}

/* *endless: what follows is never reached. */
static bool add_phase(struct rtapp *rtapp, json_t *phase, json_int_t fallback, bool *endless,
		      GError **error)
{
	json_int_t loop = fallback;

	if (!json_is_object(phase))
		return rtapp_fail(rtapp, error, "found no object");
	note_settings(rtapp, phase);
	if (!read_number(rtapp, phase, "loop", -1, LOOPS_MOST, &loop, error))
		return false;
	if (loop < 0) {
		*endless = true;
		rtapp_forks_round(rtapp);
		if (rtapp_mentions(phase, "fork", NULL) && !add_events(rtapp, phase, error))
			return false;
		rtapp_forks_repeat(rtapp);
		rtapp->task->again = rtapp->task->ops->len;
		return add_events(rtapp, phase, error);
	}
	for (json_int_t i = 0; i < loop; i++) {
		if (!add_events(rtapp, phase, error))
			return false;
	}
	return true;
}

static bool add_phases(struct rtapp *rtapp, json_t *phases, bool *endless, GError **error)
{
	json_t *phase;

	if (!json_is_object(phases))
		return rtapp_fail(rtapp, error, "phases: found no object");
	json_object_foreach(phases, rtapp->phase, phase)
	{
		if (*endless)
			import_note(rtapp->import, IMPORT_NOT, "phase after an endless one");
		else if (!add_phase(rtapp, phase, 1, endless, error))
			return false;
	}
	rtapp->phase = NULL;
	return true;
}

/* The task's own loop around its phases; endless if it says nothing. */
static bool add_body(struct rtapp *rtapp, json_t *object, GError **error)
{
	json_t *phases = json_object_get(object, "phases");
	json_int_t loop = -1;
	bool endless = false;

	if (!phases)
		return add_phase(rtapp, object, -1, &endless, error);
	note_settings(rtapp, object);
	if (!read_number(rtapp, object, "loop", -1, LOOPS_MOST, &loop, error))
		return false;
	if (loop < 0) {
		rtapp_forks_round(rtapp);
		if (rtapp_mentions(object, "fork", NULL) &&
		    !add_phases(rtapp, phases, &endless, error))
			return false;
		if (endless)
			return true;
		rtapp_forks_repeat(rtapp);
		rtapp->task->again = rtapp->task->ops->len;
	}
	for (json_int_t i = 0; i < (loop < 0 ? 1 : loop) && !endless; i++) {
		if (!add_phases(rtapp, phases, &endless, error))
			return false;
	}
	return true;
}

bool rtapp_thread(struct rtapp *rtapp, const char *name, json_t *object, GError **error)
{
	struct rtapp_forks forks;
	json_int_t delay = 0;
	bool good;

	rtapp->name = name;
	if (!json_is_object(object))
		return rtapp_fail(rtapp, error, "found no object");
	if (!read_number(rtapp, object, "delay", 0, RTAPP_US_MOST, &delay, error))
		return false;
	rtapp->task = import_task_add(rtapp->import, name);
	rtapp->since_timer = 0;
	rtapp->timer_alone = rtapp_timer_alone(object);
	if (delay || rtapp->timer_alone) /* its timer counts from here */
		import_op(rtapp->import, rtapp->task, OP_SLEEP, 0, MAX(delay * 1000, 1));
	rtapp_forks_begin(rtapp, &forks);
	good = add_body(rtapp, object, error);
	if (good && rtapp->task->again == IMPORT_NEVER)
		rtapp_forks_join(rtapp);
	rtapp_forks_end(rtapp);
	return good;
}

static bool add_task(struct rtapp *rtapp, const char *name, json_t *object, GError **error)
{
	json_int_t instances = 1;

	rtapp->name = name;
	if (json_is_object(object) &&
	    !read_number(rtapp, object, "instance", 0, 4096, &instances, error))
		return false;
	for (json_int_t i = 0; i < instances; i++) {
		if (!rtapp_thread(rtapp, name, object, error))
			return false;
	}
	return true;
}

static bool add_all(struct rtapp *rtapp, json_t *root, GError **error)
{
	json_t *tasks = json_object_get(root, "tasks"), *global = json_object_get(root, "global"),
	       *task, *value;
	const char *key;

	if (!json_is_object(tasks) || !json_object_size(tasks))
		return fail(error, ERROR_INPUT, "%s: tasks: found none; legal: an object of tasks",
			    rtapp->import->path);
	json_object_foreach(root, key, value)
	{
		if (strcmp(key, "tasks") != 0 && strcmp(key, "global") != 0 &&
		    strcmp(key, "resources") != 0)
			import_note(rtapp->import, IMPORT_NOT, "section %s", key);
	}
	json_object_foreach(global, key, value)
		import_note(rtapp->import, IMPORT_NOT, "global setting %s", key);
	rtapp->tasks = tasks;
	json_object_foreach(tasks, key, task)
	{
		rtapp->index++;
		if (!add_task(rtapp, key, task, error))
			return false;
	}
	return true;
}

struct import *import_rtapp(const char *path, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) problem = NULL;
	struct rtapp rtapp = { 0 };
	json_error_t place;
	gsize length;
	json_t *root;
	bool good;

	if (g_file_test(path, G_FILE_TEST_EXISTS) && !g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
		fail(error, ERROR_INPUT, "%s: found no file that ends; legal: a regular file",
		     path);
		return NULL;
	}
	if (!g_file_get_contents(path, &text, &length, &problem) || length > FILE_MOST) {
		fail(error, ERROR_INPUT, "%s", problem ? problem->message : "found a huge file");
		return NULL;
	}
	if (strlen(text) == length)
		to_json(text);
	root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &place);
	if (!root) {
		fail(error, ERROR_INPUT, "%s:%d:%d: found no JSON (%s); legal: one JSON object",
		     path, place.line, MAX(place.column, 1), place.text);
		return NULL;
	}
	rtapp.import = import_new(path);
	rtapp.import->unit = "round";
	rtapp_init(&rtapp);
	good = add_all(&rtapp, root, error);
	rtapp_clear(&rtapp);
	json_decref(root);
	if (good)
		return rtapp.import;
	import_free(rtapp.import);
	return NULL;
}
