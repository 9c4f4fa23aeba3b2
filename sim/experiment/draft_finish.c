/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draft_finish.c - the end of a draft: what must be said, workloads, policies
 */
#include <string.h>

#include "models/config.h"
#include "models/policy/chain.h"
#include "sim/engine/fail.h"
#include "sim/engine/param.h"
#include "sim/experiment/document.h"
#include "sim/experiment/draft.h"
#include "sim/experiment/json_where.h"
#include "sim/experiment/param_value.h"
#include "sim/experiment/policy_choice.h"
#include "sim/experiment/profile.h"
#include "sim/experiment/section.h"
#include "sim/experiment/words.h"
#include "workloads/trace_file.h"

/*
 * The deepest object of the file on the way to `path`: where a missing key belongs. Free with
 * g_free().
 */
static char *place_of_missing(const struct document *document, const char *path)
{
	g_autofree char *parent = g_strdup(path);
	struct json_where where;

	for (char *dot = strrchr(parent, '.'); dot; dot = strrchr(parent, '.')) {
		*dot = '\0';
		if (json_where_find(document->text, document->length, parent, &where))
			break;
	}
	if (!json_where_find(document->text, document->length, parent, &where))
		*parent = '\0';

	g_autofree char *place = document_place(document, parent, DOCUMENT_VALUE);

	/* The place ends in "PATH: "; the message says the whole path itself. */
	if (*parent)
		place[strlen(place) - strlen(parent) - 2] = '\0';
	return g_steal_pointer(&place);
}

static gboolean fail_missing(const struct draft *draft, const struct document *document,
			     const char *path, const char *meaning, const char *legal,
			     GError **error)
{
	g_autofree char *place = place_of_missing(document, path);

	return fail(error, ERROR_INPUT, "%s%s: missing%s%s%s; it has no default: %s; legal: %s",
		    place, path, draft->setup ? " in set-up " : "",
		    draft->setup ? draft->setup : "",
		    draft->setup ? ", and in what all set-ups share" : "", meaning, legal);
}

static bool check_said(const struct draft *draft, const struct document *document,
		       const struct section *section, uint32_t vm, GError **error)
{
	for (const struct param *param = section->table.params; param->name; param++) {
		g_autofree char *path = draft_path(section->table.path, param->name, vm);
		g_autofree char *legal = param_legal(param);

		if (!param->fallback && !draft_origin(draft, path))
			return fail_missing(draft, document, path, param->meaning, legal, error);
	}
	return true;
}

static bool check_all_said(const struct draft *draft, const struct document *document,
			   GError **error)
{
	for (const struct section *section = sections; section->table.path; section++) {
		uint32_t count = section->of_vm ? draft->config->vm_kinds : 1;

		for (uint32_t vm = 0; vm < count; vm++) {
			if (!check_said(draft, document, section, vm, error))
				return false;
		}
	}
	return true;
}

static bool apply_setting(const struct workload_setting *setting,
			  const struct workload_shape *shape, void *params, GError **error)
{
	const struct param *param = param_find(shape->params, setting->name);
	g_autoptr(GError) problem = NULL;
	uint64_t value;
	bool legal;

	if (!param) {
		g_autoptr(GPtrArray) names = g_ptr_array_new();

		for (const struct param *p = shape->params; p->name; p++)
			g_ptr_array_add(names, (gpointer)p->name);

		g_autofree char *tail = words_legal(setting->name, names);

		return origin_fail(&setting->origin, error,
				   "found an unknown parameter of shape %s%s", shape->name, tail);
	}
	if (setting->json) {
		g_autofree char *found =
			document_found(setting->origin.document, setting->origin.path);

		legal = param_from_json(param, setting->json, found, &value, &problem);
	} else {
		legal = param_parse(param, setting->text, &value, &problem);
	}
	if (!legal)
		return origin_fail(&setting->origin, error, "%s", problem->message);
	param_put(param, params, value);
	return true;
}

/*
 * Relative profiles are beside the scenario that names them; those of options are where the user
 * is.
 */
static struct profile *load_profile(const struct vm_draft *vm, GError **error)
{
	const struct document *document = vm->profile_origin.document;
	g_autofree char *directory = document ? g_path_get_dirname(document->name) : NULL;
	g_autoptr(GError) problem = NULL;
	struct profile *profile = profile_load(vm->profile, directory, &problem);

	if (!profile)
		origin_fail(&vm->profile_origin, error, "%s", problem->message);
	return profile;
}

static bool load_trace(const struct vm_draft *vm, struct vm_config *config, GError **error)
{
	const struct document *document = vm->profile_origin.document;
	g_autofree char *directory = document ? g_path_get_dirname(document->name) : NULL;
	g_autofree char *path = g_path_is_absolute(vm->profile) || !directory ||
						strcmp(directory, ".") == 0
					? g_strdup(vm->profile)
					: g_build_filename(directory, vm->profile, NULL);
	g_autoptr(GError) problem = NULL;
	struct trace_params *params;
	struct trace_file *file;

	if (vm->settings) {
		const struct workload_setting *setting = g_ptr_array_index(vm->settings, 0);

		return origin_fail(&setting->origin, error,
				   "found a parameter for a trace; legal: none");
	}
	file = trace_file_open(path, &problem);
	if (!file && g_error_matches(problem, VCPUSIM_ERROR, ERROR_INPUT))
		return origin_fail(&vm->profile_origin, error, "%s", problem->message);
	if (!file) {
		g_propagate_error(error, g_steal_pointer(&problem));
		return false;
	}
	params = g_new0(struct trace_params, 1);
	params->file = file;
	config->workload = &file->shape;
	config->profile = g_strdup(file->header.name);
	config->workload_params = params;
	return true;
}

static bool finish_vm(const struct draft *draft, const struct document *document, uint32_t index,
		      GError **error)
{
	struct vm_config *config = &draft->config->vms[index];
	const struct vm_draft *vm = &draft->vms[index];
	struct profile *profile;

	if (!vm->profile) {
		g_autofree char *path = g_strdup_printf("vms[%u].workload.profile", index);

		return fail_missing(draft, document, path, "the workload in each VM",
				    "a name of `vcpusim workloads`, or a .json file", error);
	}
	if (vm->is_trace)
		return load_trace(vm, config, error);
	profile = load_profile(vm, error);
	if (!profile)
		return false;
	config->workload = profile->shape;
	config->profile = g_strdup(profile->name);
	config->workload_params = g_steal_pointer(&profile->params);
	profile_free(profile);
	for (guint i = 0; vm->settings && i < vm->settings->len; i++) {
		if (!apply_setting(g_ptr_array_index(vm->settings, i), config->workload,
				   config->workload_params, error))
			return false;
	}
	return true;
}

static bool choose_policy(const struct draft *draft, const char *policy, GError **error)
{
	struct machine_config *config = draft->config;
	g_autoptr(GError) problem = NULL;

	if (policy)
		return policy_choices_parse(policy, &config->policies, &config->policy_count,
					    error);
	if (policy_choices_parse(draft->policy ? draft->policy : "none", &config->policies,
				 &config->policy_count, &problem))
		return true;
	return origin_fail(&draft->policy_origin, error, "%s", problem->message);
}

static bool finish_policies(const struct draft *draft, const char *policy, GError **error)
{
	struct machine_config *config = draft->config;

	if (!choose_policy(draft, policy, error))
		return false;
	for (guint i = 0; i < draft->policy_settings->len; i++) {
		const struct policy_setting *setting = g_ptr_array_index(draft->policy_settings, i);

		if (!policy_choices_set(config->policies, config->policy_count, setting->policy,
					setting->param, setting->text, error)) {
			g_prefix_error(error, "%s: ", setting->option);
			return false;
		}
	}
	return true;
}

bool draft_finish(struct draft *draft, const struct document *document, const char *policy,
		  GError **error)
{
	if (!check_all_said(draft, document, error))
		return false;
	for (uint32_t vm = 0; vm < draft->config->vm_kinds; vm++) {
		if (!finish_vm(draft, document, vm, error))
			return false;
	}
	return draft_check(draft, error) && finish_policies(draft, policy, error);
}
