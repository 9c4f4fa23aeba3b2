/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured_load.c - a scenario's tasks, cgroups and CPUs
 *
 * A task's text is "type:key=value,key=value...", as data/realsched/src/wl.c takes it.
 */
#include <math.h>
#include <string.h>

#include "sim/engine/fail.h"
#include "sim/experiment/json_where.h"
#include "sim/experiment/measured_parse.h"
#include "sim/experiment/words.h"

#define MOST_TASKS 256	/* wl.c: a scenario's */
#define MOST_CLASSES 32 /* likewise */
#define MOST_OBJECTS 64 /* likewise */
#define LONGEST_US 1e9	/* of any duration */
#define DEFAULT_SHARES 1024
#define DEFAULT_MASK 2 /* wl.c: CPU 1 */

/* What wl.c calls them, in the order of enum host_program. */
static const char *const type_names[HOST_PROGRAMS] = {
	"hog", "sleep", "yield", "mutex", "ppf", "ppp", "prod", "cons",
};

/* One task's text, taken apart. Durations in us. */
struct spec {
	enum host_program program;
	char *name, *cgroup;
	double tasks, nice, slice, object, side, run, sleep, work, inside, outside, gap;
	uint64_t mask;
};

struct spec_key {
	const char *name;
	size_t offset; /* of a double in struct spec */
	double min, max;
};

static const struct spec_key spec_keys[] = {
	{ "n", offsetof(struct spec, tasks), 1, MOST_TASKS },
	{ "nice", offsetof(struct spec, nice), -20, 19 },
	{ "slice_us", offsetof(struct spec, slice), 0, 1e6 },
	{ "obj", offsetof(struct spec, object), 0, MOST_OBJECTS - 1 },
	{ "side", offsetof(struct spec, side), 0, 1 },
	{ "run_us", offsetof(struct spec, run), 0, LONGEST_US },
	{ "sleep_us", offsetof(struct spec, sleep), 0, LONGEST_US },
	{ "work_us", offsetof(struct spec, work), 0, LONGEST_US },
	{ "cs_us", offsetof(struct spec, inside), 0, LONGEST_US },
	{ "out_us", offsetof(struct spec, outside), 0, LONGEST_US },
	{ "gap", offsetof(struct spec, gap), 0, 1 },
};

static gboolean fail_word(const struct place *place, const char *what, const char *word,
			  const char *const *names, guint count, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	g_autofree char *shown = words_shown(word, -1);

	for (guint i = 0; i < count; i++)
		g_ptr_array_add(known, (gpointer)names[i]);

	g_autofree char *legal = words_legal(word, known);

	return document_fail(place->document, place->path, DOCUMENT_VALUE, error,
			     "found %s \"%s\"%s", what, shown, legal);
}

static gboolean fail_value(const struct place *place, const char *key, const char *value,
			   GError **error, const char *legal)
{
	g_autofree char *shown = words_shown(value, -1);

	return document_fail(place->document, place->path, DOCUMENT_VALUE, error,
			     "%s: found \"%s\"; legal: %s", key, shown, legal);
}

static bool read_mask(const struct place *place, const char *value, uint64_t *mask, GError **error)
{
	char *end;

	*mask = g_ascii_strtoull(value, &end, 16);
	if (g_ascii_isxdigit(*value) && end != value && !*end && *mask && strlen(value) <= 18)
		return true;
	return fail_value(place, "mask", value, error,
			  "a mask of CPUs, 1 to 64 bits in hexadecimal");
}

static bool read_number(const struct place *place, const struct spec_key *key, const char *value,
			struct spec *spec, GError **error)
{
	double *number = (void *)((char *)spec + key->offset);
	char *end;

	*number = g_ascii_strtod(value, &end);
	if (end != value && !*end && *number >= key->min && *number <= key->max)
		return true;

	g_autofree char *legal = g_strdup_printf("a number in %.10g..%.10g", key->min, key->max);

	return fail_value(place, key->name, value, error, legal);
}

static bool read_pair(const struct place *place, const char *key, const char *value,
		      struct spec *spec, GError **error)
{
	const char *names[G_N_ELEMENTS(spec_keys) + 3] = { "name", "cg", "mask" };

	if (strcmp(key, "name") == 0) {
		g_free(spec->name);
		spec->name = g_strdup(value);
		return true;
	}
	if (strcmp(key, "cg") == 0) {
		g_free(spec->cgroup);
		spec->cgroup = g_strdup(value);
		return true;
	}
	if (strcmp(key, "mask") == 0)
		return read_mask(place, value, &spec->mask, error);
	for (guint i = 0; i < G_N_ELEMENTS(spec_keys); i++) {
		if (strcmp(key, spec_keys[i].name) == 0)
			return read_number(place, &spec_keys[i], value, spec, error);
		names[3 + i] = spec_keys[i].name;
	}
	return fail_word(place, "an unknown key", key, names, G_N_ELEMENTS(names), error);
}

static bool read_spec(const struct place *place, struct spec *spec, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(json_string_value(place->value), ":", 2);
	g_auto(GStrv) pairs = g_strsplit(parts[0] && parts[1] ? parts[1] : "", ",", -1);
	guint type = 0;

	*spec = (struct spec){ .tasks = 1, .mask = DEFAULT_MASK };
	while (type < HOST_PROGRAMS && g_strcmp0(parts[0], type_names[type]) != 0)
		type++;
	if (type == HOST_PROGRAMS)
		return fail_word(place, "an unknown type of task", parts[0] ? parts[0] : "",
				 type_names, HOST_PROGRAMS, error);
	spec->program = (enum host_program)type;
	for (guint i = 0; pairs[i]; i++) {
		g_auto(GStrv) pair = g_strsplit(pairs[i], "=", 2);

		if (!pair[0] || !pair[1])
			return fail_value(place, "task", pairs[i], error, "key=value");
		if (!read_pair(place, pair[0], pair[1], spec, error))
			return false;
	}
	if (!spec->name)
		spec->name = g_strdup(type_names[type]);
	return true;
}

static void spec_clear(struct spec *spec)
{
	g_free(spec->name);
	g_free(spec->cgroup);
}

static uint64_t ns(double us)
{
	return (uint64_t)llround(us * 1000);
}

/* Index of a cgroup, made with its parents if it is new: a path that no file mentions has 1024. */
static uint32_t find_group(GPtrArray *paths, GArray *groups, const char *path, int64_t shares)
{
	struct host_group group = { .parent = UINT32_MAX, .shares = shares };
	char *slash = strrchr(path, '/');

	for (guint i = 0; i < paths->len; i++)
		if (strcmp(paths->pdata[i], path) == 0)
			return i;
	if (slash) {
		g_autofree char *parent = g_strndup(path, (gsize)(slash - path));

		if (*parent)
			group.parent = find_group(paths, groups, parent, DEFAULT_SHARES);
	}
	g_ptr_array_add(paths, g_strdup(path));
	g_array_append_val(groups, group);
	return groups->len - 1;
}

static bool read_groups(const struct place *scenario, GPtrArray *paths, GArray *groups,
			GError **error)
{
	struct place shares;
	const char *path;
	json_t *value;
	bool done = true;

	if (!place_member(scenario, "cgroups_cpu_shares", JSON_OBJECT, false, &shares, error))
		return false;
	if (!shares.value)
		return true;
	json_object_foreach((json_t *)shares.value, path, value)
	{
		double number;
		uint32_t index;

		done = done && place_number(&shares, path, 2, 262144, &number, error);
		if (!done)
			break;
		index = find_group(paths, groups, path, DEFAULT_SHARES);
		g_array_index(groups, struct host_group, index).shares = (int64_t)number;
	}
	place_clear(&shares);
	return done;
}

/* Which CPU of those that any task may use. */
static bool resolve_mask(const struct place *place, uint64_t mask, uint64_t all, uint32_t *only,
			 GError **error)
{
	*only = UINT32_MAX;
	if (mask == all && __builtin_popcountll(all) > 1)
		return true;
	if (__builtin_popcountll(mask) == 1) {
		*only = (uint32_t)__builtin_popcountll(all & (mask - 1));
		return true;
	}
	return document_fail(place->document, place->path, DOCUMENT_VALUE, error,
			     "mask: found some of the CPUs that the scenario's tasks use; legal: "
			     "one of them, or all");
}

static bool add_class(const struct place *place, const struct spec *spec, uint64_t all,
		      GPtrArray *paths, GArray *groups, struct host_class *class, GError **error)
{
	bool rooted = !spec->cgroup || strcmp(spec->cgroup, "-") == 0 || !*spec->cgroup;
	bool mutex = spec->program == HOST_MUTEX, sleeper = spec->program == HOST_SLEEPER;

	*class = (struct host_class){
		.program = spec->program,
		.tasks = (uint32_t)spec->tasks,
		.nice = (int)spec->nice,
		.slice = (int64_t)ns(spec->slice),
		.group = rooted ? UINT32_MAX
				: find_group(paths, groups, spec->cgroup, DEFAULT_SHARES),
		.object = (uint32_t)spec->object,
		.side = (uint32_t)spec->side,
		.work = ns(mutex     ? spec->inside
			   : sleeper ? spec->run
				     : spec->work),
		.away = ns(mutex ? spec->outside : spec->sleep),
	};
	return resolve_mask(place, spec->mask, all, &class->only_cpu, error);
}

static bool read_specs(const struct place *tasks, struct spec *specs, guint *count, GError **error)
{
	gsize size = json_array_size(tasks->value);
	double total = 0;

	if (size < 1 || size > MOST_CLASSES)
		return place_fail(tasks, error, "1 to %d tasks", MOST_CLASSES);
	for (*count = 0; *count < size;) {
		struct place place;
		bool done;

		if (!place_element(tasks, *count, JSON_STRING, &place, error))
			return false;
		done = read_spec(&place, &specs[*count], error);
		(*count)++;
		for (guint i = 0; done && i + 1 < *count; i++)
			if (g_strcmp0(specs[i].name, specs[*count - 1].name) == 0)
				done = fail_value(&place, "name", specs[i].name, error,
						  "a name of its own for each task");
		place_clear(&place);
		if (!done)
			return false;
		total += specs[*count - 1].tasks;
	}
	if (total > MOST_TASKS)
		return place_fail(tasks, error, "at most %d tasks in all", MOST_TASKS);
	return true;
}

static bool finish(const struct place *tasks, const struct spec *specs, guint count,
		   GPtrArray *paths, GArray *groups, struct measured_scenario *into, GError **error)
{
	struct host_class *class = g_new0(struct host_class, count);
	uint64_t all = 0;

	into->load.class = class;
	into->load.classes = count;
	into->load.objects = 1;
	into->class = g_new0(struct measured_class, count);
	for (guint i = 0; i < count; i++)
		all |= specs[i].mask;
	into->cpus = (uint32_t)__builtin_popcountll(all);
	for (guint i = 0; i < count; i++) {
		struct place place;
		bool done;

		if (!place_element(tasks, i, JSON_STRING, &place, error))
			return false;
		done = add_class(&place, &specs[i], all, paths, groups, &class[i], error);
		place_clear(&place);
		if (!done)
			return false;
		into->load.objects = MAX(into->load.objects, class[i].object + 1);
		into->class[i].name = g_strdup(specs[i].name);
		into->class[i].type = type_names[class[i].program];
		into->class[i].tasks = class[i].tasks;
	}
	into->load.groups = groups->len;
	into->load.group = g_memdup2(groups->data, groups->len * sizeof(struct host_group));
	return true;
}

bool measured_read_load(const struct place *scenario, struct measured_scenario *into,
			GError **error)
{
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GArray) groups = g_array_new(FALSE, FALSE, sizeof(struct host_group));
	struct spec specs[MOST_CLASSES] = { 0 };
	struct place tasks;
	guint count = 0;
	bool done;

	if (!place_member(scenario, "tasks", JSON_ARRAY, true, &tasks, error))
		return false;
	done = read_specs(&tasks, specs, &count, error) &&
	       read_groups(scenario, paths, groups, error) &&
	       finish(&tasks, specs, count, paths, groups, into, error);
	for (guint i = 0; i < count; i++)
		spec_clear(&specs[i]);
	place_clear(&tasks);
	return done;
}
