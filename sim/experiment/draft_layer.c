/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draft_layer.c - a tree of a scenario file, applied to a draft
 */
#include <string.h>

#include "models/config.h"
#include "sim/engine/fail.h"
#include "sim/experiment/document.h"
#include "sim/experiment/draft.h"
#include "sim/experiment/json_where.h"
#include "sim/experiment/param_value.h"
#include "sim/experiment/section.h"
#include "sim/experiment/words.h"

#define MOST_VM_KINDS 1024

static const char *const workload_keys[] = { "profile", "trace", "set", "notes", NULL };

/* A tree being applied, and where it comes from. */
struct layer {
	struct draft *draft;
	const struct document *document;
};

static bool apply_param(const struct layer *layer, const struct section *section,
			const struct param *param, const json_t *value, const char *path,
			uint32_t vm, GError **error)
{
	g_autofree char *found = document_found(layer->document, path);
	g_autofree char *name = draft_path(section->table.path, param->name, vm);
	uint64_t number;

	if (!param_from_json(param, value, found, &number, error)) {
		g_autofree char *place = document_place(layer->document, path, DOCUMENT_VALUE);

		g_prefix_error(error, "%s", place);
		return false;
	}
	param_put(param, section_base(section, layer->draft->config, vm), number);
	draft_say(layer->draft, name, layer->document, path);
	return true;
}

static bool apply_settings(const struct layer *layer, json_t *settings, const char *path,
			   uint32_t vm, GError **error)
{
	const char *name;
	json_t *value;

	if (!document_check_type(layer->document, settings, path, JSON_OBJECT, error))
		return false;
	json_object_foreach(settings, name, value)
	{
		g_autofree char *member = json_path_member(path, name);

		draft_add_setting(layer->draft, vm, name, layer->document, member)->json =
			json_incref(value);
	}
	return true;
}

/* "profile" or "trace", if it is there. */
static bool apply_profile(const struct layer *layer, const json_t *workload, const char *key,
			  const char *path, uint32_t vm, GError **error)
{
	const json_t *profile = json_object_get(workload, key);
	g_autofree char *profile_path = json_path_member(path, key);

	if (!profile)
		return true;
	if (!document_check_type(layer->document, profile, profile_path, JSON_STRING, error))
		return false;
	draft_set_profile(layer->draft, vm, json_string_value(profile), strcmp(key, "trace") == 0,
			  layer->document, profile_path);
	return true;
}

static bool apply_workload(const struct layer *layer, json_t *workload, const char *path,
			   uint32_t vm, GError **error)
{
	json_t *settings;
	g_autofree char *settings_path = json_path_member(path, "set");

	if (!document_check_type(layer->document, workload, path, JSON_OBJECT, error) ||
	    !document_check_keys(layer->document, workload, path, workload_keys, error))
		return false;
	if (json_object_get(workload, "profile") && json_object_get(workload, "trace"))
		return document_fail(layer->document, path, DOCUMENT_VALUE, error,
				     "found a profile and a trace; legal: one of them");
	if (!apply_profile(layer, workload, "profile", path, vm, error) ||
	    !apply_profile(layer, workload, "trace", path, vm, error))
		return false;
	settings = json_object_get(workload, "set");
	return !settings || apply_settings(layer, settings, settings_path, vm, error);
}

static gboolean fail_unknown(const struct layer *layer, const char *section, const char *key,
			     const char *path, bool vm, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	section_names(section, names);
	if (vm) {
		g_ptr_array_add(names, (gpointer) "name");
		g_ptr_array_add(names, (gpointer) "workload");
	}

	g_autofree char *legal = words_legal(key, names);

	return document_fail(layer->document, path, DOCUMENT_KEY, error, "found an unknown key%s",
			     legal);
}

/*
 * `name` of the section in the tables, `path` of the object in the document; `named`: a VM that may
 * say its name.
 */
static bool apply_section(const struct layer *layer, const char *name, json_t *object,
			  const char *path, uint32_t vm, bool named, GError **error)
{
	const struct section *section = section_find(name);
	bool is_vm = strcmp(name, "vms") == 0;
	const char *key;
	json_t *value;

	if (!document_check_type(layer->document, object, path, JSON_OBJECT, error))
		return false;
	json_object_foreach(object, key, value)
	{
		g_autofree char *member = json_path_member(path, key);
		const struct param *param = param_find(section->table.params, key);
		const struct section *child = section_child(name, key);
		bool done;

		if (param)
			done = apply_param(layer, section, param, value, member, vm, error);
		else if (child)
			done = apply_section(layer, child->table.path, value, member, vm, false,
					     error);
		else if (is_vm && strcmp(key, "workload") == 0)
			done = apply_workload(layer, value, member, vm, error);
		else if (named && strcmp(key, "name") == 0)
			done = true;
		else
			done = fail_unknown(layer, name, key, member, is_vm, error);
		if (!done)
			return false;
	}
	return true;
}

static bool apply_part(const struct layer *layer, const json_t *tree, const char *root,
		       const char *name, GError **error)
{
	g_autofree char *path = json_path_member(root, name);
	json_t *object = json_object_get(tree, name);

	return !object || apply_section(layer, name, object, path, 0, false, error);
}

static bool apply_policy(const struct layer *layer, const json_t *tree, const char *root,
			 GError **error)
{
	g_autofree char *path = json_path_member(root, "policy");
	const json_t *policy = json_object_get(tree, "policy");

	if (!policy)
		return true;
	if (!document_check_type(layer->document, policy, path, JSON_STRING, error))
		return false;
	g_free(layer->draft->policy);
	layer->draft->policy = g_strdup(json_string_value(policy));
	origin_set(&layer->draft->policy_origin, layer->document, path);
	return true;
}

/* The kind of VM with this name, or -1. */
static int vm_find(const struct machine_config *config, const char *name)
{
	for (uint32_t vm = 0; vm < config->vm_kinds; vm++) {
		if (config->vms[vm].name && strcmp(config->vms[vm].name, name) == 0)
			return (int)vm;
	}
	return -1;
}

/* The name that an entry of a "vms" array says. */
static const char *vm_name(const struct layer *layer, const json_t *entry, const char *path,
			   GError **error)
{
	const json_t *name = json_object_get(entry, "name");
	g_autofree char *name_path = json_path_member(path, "name");

	if (!document_check_type(layer->document, entry, path, JSON_OBJECT, error))
		return NULL;
	if (!name) {
		document_fail(layer->document, path, DOCUMENT_VALUE, error,
			      "name: missing; legal: " NAME_LEGAL);
		return NULL;
	}
	if (!document_check_type(layer->document, name, name_path, JSON_STRING, error))
		return NULL;
	if (name_is_legal(json_string_value(name)))
		return json_string_value(name);

	g_autofree char *found = document_found(layer->document, name_path);

	document_fail(layer->document, name_path, DOCUMENT_VALUE, error,
		      "found %s; legal: " NAME_LEGAL, found);
	return NULL;
}

static bool create_vm(const struct layer *layer, json_t *entry, uint32_t vm, GError **error)
{
	struct machine_config *config = layer->draft->config;
	g_autofree char *path = json_path_element("vms", vm);
	const char *name = vm_name(layer, entry, path, error);

	if (!name)
		return false;
	if (vm_find(config, name) >= 0) {
		g_autofree char *name_path = json_path_member(path, "name");

		return document_fail(layer->document, name_path, DOCUMENT_VALUE, error,
				     "found \"%s\" twice; legal: a name for each kind of VM", name);
	}
	config->vms[vm].name = g_strdup(name);
	for (const struct section *section = sections; section->table.path; section++) {
		if (section->of_vm)
			params_put_fallbacks(section->table.params,
					     section_base(section, config, vm));
	}
	return apply_section(layer, "vms", entry, path, vm, true, error);
}

/* The file's own array says which kinds of VM there are. */
static bool create_vms(const struct layer *layer, GError **error)
{
	json_t *vms = json_object_get(layer->document->root, "vms"), *entry;
	struct machine_config *config = layer->draft->config;
	size_t i;

	if (!vms)
		return document_fail(layer->document, "", DOCUMENT_VALUE, error,
				     "vms: missing; legal: an array of at least one kind of VM");
	if (!document_check_type(layer->document, vms, "vms", JSON_ARRAY, error))
		return false;
	if (json_array_size(vms) < 1 || json_array_size(vms) > MOST_VM_KINDS)
		return document_fail(layer->document, "vms", DOCUMENT_VALUE, error,
				     "found %zu kinds of VM; legal: 1..%d", json_array_size(vms),
				     MOST_VM_KINDS);
	config->vm_kinds = (uint32_t)json_array_size(vms);
	config->vms = g_new0(struct vm_config, config->vm_kinds);
	layer->draft->vms = g_new0(struct vm_draft, config->vm_kinds);
	json_array_foreach(vms, i, entry)
	{
		if (!create_vm(layer, entry, (uint32_t)i, error))
			return false;
	}
	return true;
}

/* A set-up's array changes the kinds that it names. */
static bool change_named_vms(const struct layer *layer, json_t *vms, const char *path,
			     GError **error)
{
	const struct machine_config *config = layer->draft->config;
	json_t *entry;
	size_t i;

	json_array_foreach(vms, i, entry)
	{
		g_autofree char *element = json_path_element(path, (guint)i);
		const char *name = vm_name(layer, entry, element, error);
		int vm = name ? vm_find(config, name) : -1;

		if (!name)
			return false;
		if (vm < 0) {
			g_autoptr(GPtrArray) names = g_ptr_array_new();
			g_autofree char *name_path = json_path_member(element, "name");

			for (uint32_t k = 0; k < config->vm_kinds; k++)
				g_ptr_array_add(names, config->vms[k].name);

			g_autofree char *legal = words_legal(name, names);

			return document_fail(layer->document, name_path, DOCUMENT_VALUE, error,
					     "found \"%s\", which the scenario does not have%s",
					     name, legal);
		}
		if (!apply_section(layer, "vms", entry, element, (uint32_t)vm, true, error))
			return false;
	}
	return true;
}

static bool change_vms(const struct layer *layer, const json_t *tree, const char *root,
		       GError **error)
{
	g_autofree char *path = json_path_member(root, "vms");
	json_t *vms = json_object_get(tree, "vms");

	if (!vms)
		return true;
	if (json_is_array(vms))
		return change_named_vms(layer, vms, path, error);
	for (uint32_t vm = 0; vm < layer->draft->config->vm_kinds; vm++) {
		if (!apply_section(layer, "vms", vms, path, vm, false, error))
			return false;
	}
	return true;
}

bool draft_apply_machine(struct draft *draft, const struct document *machine, GError **error)
{
	struct layer layer = { .draft = draft, .document = machine };

	for (const struct section *section = sections; section->table.path; section++) {
		if (!section->of_vm)
			params_put_fallbacks(section->table.params,
					     section_base(section, draft->config, 0));
	}
	return !machine->root || apply_part(&layer, machine->root, "", "host", error);
}

bool draft_apply_file(struct draft *draft, const struct document *document, GError **error)
{
	struct layer layer = { .draft = draft, .document = document };

	return apply_part(&layer, document->root, "", "host", error) && create_vms(&layer, error) &&
	       apply_part(&layer, document->root, "", "run", error) &&
	       apply_policy(&layer, document->root, "", error);
}

bool draft_apply_setup(struct draft *draft, const struct document *document, const char *path,
		       const char *setup, GError **error)
{
	struct layer layer = { .draft = draft, .document = document };
	const json_t *tree = json_object_get(json_object_get(document->root, "setups"), setup);

	draft->setup = setup;
	return apply_part(&layer, tree, path, "host", error) &&
	       change_vms(&layer, tree, path, error) &&
	       apply_part(&layer, tree, path, "run", error) &&
	       apply_policy(&layer, tree, path, error);
}
