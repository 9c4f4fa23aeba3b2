/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured_environment.c - on what a file's figures were measured; nothing here is guessed
 */
#include <string.h>

#include "models/kernel/kernel_params.h"
#include "models/sched/versions.h"
#include "sim/experiment/measured_parse.h"
#include "sim/experiment/words.h"

/*
 * Which row of models/sched/versions.c a release follows: of its series, the last line whose patch
 * level it has reached (eevdf.md 0.1 says where within a series the rules changed).
 */
static const struct release_rule {
	unsigned major, minor, patch;
	const char *row;
} release_rules[] = {
	{ 6, 6, 0, "6.6" },	{ 6, 12, 0, "6.12" },	     { 6, 12, 60, "6.12-stable" },
	{ 6, 18, 0, "6.18.0" }, { 6, 18, 2, "6.18-stable" }, { 6, 19, 0, "6.19" },
	{ 6, 19, 9, "6.19.9" }, { 7, 1, 0, "7.1" },	     { 7, 2, 0, "7.2" },
};

static bool find_row(const char *name, uint64_t *kernel)
{
	for (uint64_t i = 0; fair_version_names[i]; i++)
		if (strcmp(fair_version_names[i], name) == 0) {
			*kernel = i;
			return true;
		}
	return false;
}

static bool kernel_of_release(const char *release, uint64_t *kernel)
{
	g_auto(GStrv) parts = g_strsplit(release, ".", 3);
	guint64 major = g_ascii_strtoull(parts[0], NULL, 10);
	guint64 minor = g_ascii_strtoull(parts[1], NULL, 10);
	guint64 patch = parts[2] ? g_ascii_strtoull(parts[2], NULL, 10) : 0;
	const char *row = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(release_rules); i++) {
		const struct release_rule *rule = &release_rules[i];

		if (rule->major == major && rule->minor == minor && rule->patch <= patch)
			row = rule->row;
	}
	return row && (find_row(row, kernel) ||
		       (strcmp(row, "6.12-stable") == 0 && find_row("6.12.117", kernel)));
}

bool place_kernel(const struct place *text, const char *kernel, char **release, uint64_t *row,
		  GError **error)
{
	g_autofree char *known = g_strjoinv(", ", (char **)fair_version_names);
	g_autoptr(GRegex)
		regex = g_regex_new("\\b[0-9]{1,3}\\.[0-9]{1,3}(\\.[0-9]{1,4})?", 0, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	g_autofree char *found = NULL;

	if (g_regex_match(regex, json_string_value(text->value), 0, &match))
		found = g_match_info_fetch(match, 0);
	if (kernel ? !find_row(kernel, row) : !found || !kernel_of_release(found, row)) {
		if (kernel)
			return document_fail(text->document, "", DOCUMENT_VALUE, error,
					     "--kernel: found \"%s\"; legal: %s", kernel, known);
		return place_fail(text, error,
				  "a release whose scheduler is known, or --kernel with one of %s",
				  known);
	}
	if (release)
		*release = g_steal_pointer(&found);
	return true;
}

static bool read_kernel(const struct place *environment, const char *kernel,
			struct measured_environment *into, GError **error)
{
	struct place uname;
	bool done;

	if (!place_member(environment, "uname", JSON_STRING, true, &uname, error))
		return false;
	into->uname = json_string_value(uname.value);
	done = place_kernel(&uname, kernel, &into->release, &into->kernel, error);
	place_clear(&uname);
	return done;
}

/* "(none) voluntary full": the word in brackets; "none (dynamic)": the one that is a model. */
bool place_preemption(const struct place *environment, uint64_t *preemption, GError **error)
{
	static const char *const words[] = { "none", "voluntary", "full", "lazy", NULL };
	struct place place;
	bool found = false;

	if (!place_member(environment, "preempt", JSON_STRING, true, &place, error))
		return false;

	g_auto(GStrv) parts = g_strsplit(json_string_value(place.value), " ", -1);

	for (guint bracket = 2; !found && bracket-- > 0;)
		for (guint i = 0; parts[i] && !found; i++)
			for (guint w = 0; words[w] && !found; w++) {
				g_autofree char *wanted = g_strconcat(bracket ? "(" : "", words[w],
								      bracket ? ")" : "", NULL);

				found = strcmp(parts[i], wanted) == 0;
				*preemption = w;
			}
	if (!found)
		place_fail(&place, error,
			   "none, voluntary, full or lazy, the one in force in brackets");
	place_clear(&place);
	return found;
}

static bool read_cpus(const struct place *environment, uint32_t *cpus, GError **error)
{
	double number;

	*cpus = 0;
	if (!json_object_get(environment->value, "nproc"))
		return true;
	if (!place_number(environment, "nproc", 1, 64, &number, error))
		return false;
	*cpus = (uint32_t)number;
	return true;
}

bool measured_read_environment(const struct place *root, const char *kernel,
			       struct measured_environment *into, GError **error)
{
	struct place environment;
	double hz, slice;
	bool done;

	if (!place_member(root, "environment", JSON_OBJECT, true, &environment, error))
		return false;
	done = read_kernel(&environment, kernel, into, error) &&
	       place_number(&environment, "HZ", 100, 1000, &hz, error) &&
	       place_number(&environment, "base_slice_ns", 100000, 100000000, &slice, error) &&
	       place_preemption(&environment, &into->preemption, error) &&
	       read_cpus(&environment, &into->cpus, error);
	if (done) {
		into->hz = (uint64_t)hz;
		into->base_slice = (uint64_t)slice;
		into->emulated = json_object_get(environment.value, "qemu") != NULL;
	}
	place_clear(&environment);
	return done;
}
