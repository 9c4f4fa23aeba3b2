/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario.c - the frame of a scenario file: format, title, set-ups, headline
 */
#include "sim/experiment/scenario.h"

#include <string.h>

#include "models/config.h"
#include "sim/engine/fail.h"
#include "sim/experiment/config.h"
#include "sim/experiment/draft.h"
#include "sim/experiment/json_where.h"
#include "sim/experiment/machine_preset.h"
#include "sim/experiment/words.h"

static const char *const scenario_keys[] = {
	"format", "title",  "notes",  "machine",  "host", "vms",
	"run",	  "policy", "setups", "headline", NULL,
};
static const char *const setup_keys[] = { "host", "vms", "run", "policy", "notes", NULL };

/* A string, if the key is there; *text stays NULL if not. */
static bool read_string(const struct document *document, const char *key, const char **text,
			GError **error)
{
	const json_t *value = json_object_get(document->root, key);

	*text = NULL;
	if (!value)
		return true;
	if (!document_check_type(document, value, key, JSON_STRING, error))
		return false;
	*text = json_string_value(value);
	return true;
}

/* Free text for readers: a string or an array of strings. */
static bool check_notes(const struct document *document, const json_t *object, const char *parent,
			GError **error)
{
	const json_t *notes = json_object_get(object, "notes");
	g_autofree char *path = json_path_member(parent, "notes");
	const json_t *line;
	size_t i;

	if (!notes || json_is_string(notes))
		return true;
	if (!json_is_array(notes)) {
		g_autofree char *found = document_found(document, path);

		return document_fail(document, path, DOCUMENT_VALUE, error,
				     "found %s; legal: a string or an array of strings", found);
	}
	json_array_foreach(notes, i, line)
	{
		g_autofree char *element = json_path_element(path, (guint)i);

		if (!document_check_type(document, line, element, JSON_STRING, error))
			return false;
	}
	return true;
}

static bool read_setups(struct scenario *scenario, GError **error)
{
	const struct document *document = &scenario->document;
	json_t *setups = json_object_get(document->root, "setups"), *tree;
	const char *name;

	if (!setups)
		return true;
	if (!document_check_type(document, setups, "setups", JSON_OBJECT, error))
		return false;
	json_object_foreach(setups, name, tree)
	{
		g_autofree char *path = json_path_member("setups", name);

		if (!name_is_legal(name))
			return document_fail(document, path, DOCUMENT_KEY, error,
					     "found a bad name; legal: " NAME_LEGAL);
		if (!document_check_type(document, tree, path, JSON_OBJECT, error) ||
		    !document_check_keys(document, tree, path, setup_keys, error) ||
		    !check_notes(document, tree, path, error))
			return false;
		g_ptr_array_add(scenario->setups, (gpointer)name);
	}
	return true;
}

static bool read_headline(struct scenario *scenario, GError **error)
{
	const struct document *document = &scenario->document;
	const json_t *headline = json_object_get(document->root, "headline"), *name;
	size_t i;

	if (!headline)
		return true;
	if (!document_check_type(document, headline, "headline", JSON_ARRAY, error))
		return false;
	json_array_foreach(headline, i, name)
	{
		g_autofree char *path = json_path_element("headline", (guint)i);
		g_autoptr(GError) problem = NULL;

		if (!document_check_type(document, name, path, JSON_STRING, error))
			return false;
		if (!scenario_has_setup(scenario, json_string_value(name), &problem))
			return document_fail(document, path, DOCUMENT_VALUE, error, "%s",
					     problem->message);
		g_ptr_array_add(scenario->headline, (gpointer)json_string_value(name));
	}
	return true;
}

static bool read_machine(struct scenario *scenario, GError **error)
{
	const struct document *document = &scenario->document;
	g_autofree char *directory = g_path_get_dirname(document->name);
	g_autoptr(GError) problem = NULL;
	const char *name;

	if (!read_string(document, "machine", &name, error))
		return false;
	if (!name || machine_preset_read(&scenario->machine, name, directory, &problem))
		return true;
	return document_fail(document, "machine", DOCUMENT_VALUE, error, "%s", problem->message);
}

static bool read_frame(struct scenario *scenario, GError **error)
{
	const struct document *document = &scenario->document;

	return document_check_type(document, document->root, "", JSON_OBJECT, error) &&
	       document_check_format(document, SCENARIO_FORMAT, error) &&
	       document_check_keys(document, document->root, "", scenario_keys, error) &&
	       read_string(document, "title", &scenario->title, error) &&
	       read_string(document, "policy", &scenario->policy, error) &&
	       check_notes(document, document->root, "", error) && read_machine(scenario, error) &&
	       read_setups(scenario, error) && read_headline(scenario, error);
}

static bool read_document(struct scenario *scenario, GError **error)
{
	scenario->setups = g_ptr_array_new();
	scenario->headline = g_ptr_array_new();
	if (read_frame(scenario, error))
		return true;
	scenario_clear(scenario);
	return false;
}

bool scenario_read(struct scenario *scenario, const char *file, GError **error)
{
	memset(scenario, 0, sizeof(*scenario));
	return document_read(&scenario->document, file, error) && read_document(scenario, error);
}

bool scenario_parse(struct scenario *scenario, const char *name, const char *text, gsize length,
		    GError **error)
{
	memset(scenario, 0, sizeof(*scenario));
	return document_parse(&scenario->document, name, text, length, error) &&
	       read_document(scenario, error);
}

void scenario_clear(struct scenario *scenario)
{
	document_clear(&scenario->document);
	document_clear(&scenario->machine);
	g_clear_pointer(&scenario->setups, g_ptr_array_unref);
	g_clear_pointer(&scenario->headline, g_ptr_array_unref);
}

bool scenario_has_setup(const struct scenario *scenario, const char *name, GError **error)
{
	for (guint i = 0; i < scenario->setups->len; i++) {
		if (strcmp(g_ptr_array_index(scenario->setups, i), name) == 0)
			return true;
	}

	g_autofree char *shown = words_shown(name, -1);
	g_autofree char *legal = words_legal(name, scenario->setups);

	return fail(error, ERROR_INPUT, "found an unknown set-up \"%s\"%s", shown, legal);
}

static bool resolve(const struct scenario *scenario, const struct scenario_choice *choice,
		    struct draft *draft, GError **error)
{
	const struct document *document = &scenario->document;

	if (!draft_apply_machine(draft, &scenario->machine, error) ||
	    !draft_apply_file(draft, document, error))
		return false;
	if (choice->setup) {
		g_autofree char *path = json_path_member("setups", choice->setup);

		if (!scenario_has_setup(scenario, choice->setup, error) ||
		    !draft_apply_setup(draft, document, path, choice->setup, error))
			return false;
	}
	for (guint i = 0; choice->set && choice->set[i]; i++) {
		if (!draft_apply_option(draft, choice->set[i], error))
			return false;
	}
	return draft_finish(draft, document, choice->policy, error);
}

bool scenario_resolve(const struct scenario *scenario, const struct scenario_choice *choice,
		      struct machine_config *config, GError **error)
{
	struct draft draft;
	bool done;

	memset(config, 0, sizeof(*config));
	draft_init(&draft, config);
	done = resolve(scenario, choice, &draft, error);
	draft_clear(&draft);
	if (!done)
		config_clear(config);
	return done;
}
