/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config.c - a configuration freed and written down
 */
#include "sim/experiment/config.h"

#include <string.h>

#include "models/config.h"
#include "models/policy/chain.h"
#include "sim/experiment/param_value.h"
#include "sim/experiment/policy_choice.h"
#include "sim/experiment/profile.h"
#include "sim/experiment/section.h"
#include "workloads/workload.h"

void config_clear(struct machine_config *config)
{
	for (uint32_t vm = 0; config->vms && vm < config->vm_kinds; vm++) {
		if (config->vms[vm].workload_params && config->vms[vm].workload->drop)
			config->vms[vm].workload->drop(config->vms[vm].workload_params);
		g_free(config->vms[vm].name);
		g_free(config->vms[vm].profile);
		g_free(config->vms[vm].workload_params);
	}
	g_free(config->vms);
	policy_choices_free(config->policies, config->policy_count);
	memset(config, 0, sizeof(*config));
}

uint32_t config_vms(const struct machine_config *config)
{
	uint32_t count = 0;

	for (uint32_t vm = 0; vm < config->vm_kinds; vm++)
		count += (uint32_t)config->vms[vm].vm.count;
	return count;
}

uint32_t config_vcpus(const struct machine_config *config)
{
	uint32_t count = 0;

	for (uint32_t vm = 0; vm < config->vm_kinds; vm++)
		count += (uint32_t)(config->vms[vm].vm.count * config->vms[vm].vm.vcpus);
	return count;
}

static json_t *params_to_json(const struct param *table, const void *base)
{
	json_t *object = json_object();

	for (const struct param *param = table; param->name; param++)
		json_object_set_new(object, param->name,
				    param_to_json(param, param_get(param, base)));
	return object;
}

/* Which part was used of the range of what nobody knows well; or null. */
static json_t *uncertain_to_json(const struct vm_config *vm)
{
	const char *name = vm->workload->uncertain;
	const struct param *param = name ? param_find(vm->workload->params, name) : NULL;

	if (!param)
		return json_null();
	return json_pack("{s:{s:o, s:I, s:I}}", name, "value",
			 param_to_json(param, param_get(param, vm->workload_params)), "low",
			 (json_int_t)param->low, "high", (json_int_t)param->high);
}

static json_t *workload_to_json(const struct vm_config *vm)
{
	char hash[PROFILE_HASH_LENGTH];

	profile_hash(vm->workload, vm->workload_params, hash);
	return json_pack("{s:s, s:s, s:s, s:o, s:o}", "profile", vm->profile, "shape",
			 vm->workload->name, "sha256", hash, "uncertain", uncertain_to_json(vm),
			 "set", params_to_json(vm->workload->params, vm->workload_params));
}

/* The object of a section's path inside `root`; parents come before their children. */
static void put_section(json_t *root, const char *path, json_t *object)
{
	g_auto(GStrv) words = g_strsplit(path, ".", -1);
	char **word = words;

	for (; word[1]; word++)
		root = json_object_get(root, *word);
	json_object_set_new(root, *word, object);
}

static json_t *vm_to_json(const struct machine_config *config, uint32_t vm)
{
	json_t *root = json_object(), *object;

	for (const struct section *section = sections; section->table.path; section++) {
		if (section->of_vm)
			put_section(root, section->table.path,
				    params_to_json(section->table.params,
						   section_base(section, config, vm)));
	}
	object = json_incref(json_object_get(root, "vms"));
	json_decref(root);
	json_object_set_new(object, "name", json_string(config->vms[vm].name));
	json_object_set_new(object, "workload", workload_to_json(&config->vms[vm]));
	return object;
}

json_t *config_to_json(const struct machine_config *config)
{
	json_t *root = json_object(), *vms = json_array();
	g_autofree char *policy = policy_choices_print(config->policies, config->policy_count);

	for (const struct section *section = sections; section->table.path; section++) {
		if (!section->of_vm)
			put_section(root, section->table.path,
				    params_to_json(section->table.params,
						   section_base(section, config, 0)));
	}
	for (uint32_t vm = 0; vm < config->vm_kinds; vm++)
		json_array_append_new(vms, vm_to_json(config, vm));
	json_object_set_new(root, "vms", vms);
	json_object_set_new(root, "policy", json_string(policy));
	return root;
}
