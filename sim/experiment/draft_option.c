/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draft_option.c - one --set PATH=VALUE, applied to a draft
 *
 * host.cost.exit=500 | vms.affinity=free (all kinds) | vms[0].count=3 | vms[web].guest.hz=250 |
 * vms.workload.profile=NAME | vms.workload.trace=FILE | vms.workload.PARAM=VALUE | policy=CHAIN |
 * policy.NAME.PARAM=VALUE
 */
#include <string.h>

#include "models/config.h"
#include "sim/engine/fail.h"
#include "sim/experiment/draft.h"
#include "sim/experiment/param_value.h"
#include "sim/experiment/section.h"
#include "sim/experiment/words.h"

struct option {
	struct draft *draft;
	char *place;		/* "--set PATH=VALUE", for messages */
	char *path;		/* without the index of VMs: "vms.guest.hz" */
	const char *value;	/* borrowed */
	uint32_t first_vm, vms; /* the kinds that it concerns */
};

static void option_clear(struct option *option)
{
	g_free(option->place);
	g_free(option->path);
}

static gboolean fail_path(const struct option *option, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	const char *nearest;

	for (const struct section *section = sections; section->table.path; section++) {
		for (const struct param *param = section->table.params; param->name; param++)
			g_ptr_array_add(names,
					g_strdup_printf("%s.%s", section->table.path, param->name));
	}
	g_ptr_array_add(names, g_strdup("vms.workload.profile"));
	g_ptr_array_add(names, g_strdup("vms.workload.trace"));
	g_ptr_array_add(names, g_strdup("policy"));
	nearest = words_nearest(option->path, names);
	return fail(error, ERROR_INPUT,
		    "%s: found an unknown path; legal: what `vcpusim params` lists%s%s%s",
		    option->place, nearest ? " (did you mean \"" : "", nearest ? nearest : "",
		    nearest ? "\"?)" : "");
}

/* "vms[0]" or "vms[web]": which kinds. Leaves the path without the brackets. */
static bool take_index(struct option *option, GError **error)
{
	const struct machine_config *config = option->draft->config;
	char *close = strchr(option->path, ']');
	g_autofree char *word = NULL;
	g_autofree char *rest = NULL;
	guint64 index;

	option->first_vm = 0;
	option->vms = config->vm_kinds;
	if (!g_str_has_prefix(option->path, "vms["))
		return true;
	if (!close)
		return fail_path(option, error);
	word = g_strndup(option->path + 4, (gsize)(close - option->path - 4));
	rest = g_strconcat("vms", close + 1, NULL);
	g_free(option->path);
	option->path = g_steal_pointer(&rest);
	option->vms = 1;
	if (g_ascii_string_to_unsigned(word, 10, 0, config->vm_kinds - 1, &index, NULL)) {
		option->first_vm = (uint32_t)index;
		return true;
	}
	for (uint32_t vm = 0; vm < config->vm_kinds; vm++) {
		if (strcmp(config->vms[vm].name, word) == 0) {
			option->first_vm = vm;
			return true;
		}
	}
	return fail(error, ERROR_INPUT, "%s: found no kind of VM \"%s\"; legal: 0..%u or a name",
		    option->place, word, config->vm_kinds - 1);
}

static bool set_policy(const struct option *option, GError **error)
{
	struct draft *draft = option->draft;
	g_auto(GStrv) words = g_strsplit(option->path, ".", -1);
	struct policy_setting *setting;

	if (g_strv_length(words) == 1) {
		g_free(draft->policy);
		draft->policy = g_strdup(option->value);
		origin_set(&draft->policy_origin, NULL, option->place);
		return true;
	}
	if (g_strv_length(words) != 3)
		return fail(
			error, ERROR_INPUT,
			"%s: found an unknown path; legal: policy=NAME, policy.NAME.PARAM=VALUE",
			option->place);
	setting = g_new0(struct policy_setting, 1);
	*setting = (struct policy_setting){ .option = g_strdup(option->place),
					    .policy = g_strdup(words[1]),
					    .param = g_strdup(words[2]),
					    .text = g_strdup(option->value) };
	g_ptr_array_add(draft->policy_settings, setting);
	return true;
}

static void set_workload(const struct option *option, const char *name)
{
	for (uint32_t vm = option->first_vm; vm < option->first_vm + option->vms; vm++) {
		if (strcmp(name, "profile") == 0)
			draft_set_profile(option->draft, vm, option->value, false, NULL,
					  option->place);
		else if (strcmp(name, "trace") == 0)
			draft_set_profile(option->draft, vm, option->value, true, NULL,
					  option->place);
		else
			draft_add_setting(option->draft, vm, name, NULL, option->place)->text =
				g_strdup(option->value);
	}
}

static bool set_param(const struct option *option, const struct section *section,
		      const struct param *param, GError **error)
{
	uint32_t first = section->of_vm ? option->first_vm : 0,
		 count = section->of_vm ? option->vms : 1;
	uint64_t value;

	if (!param_parse(param, option->value, &value, error)) {
		g_prefix_error(error, "%s: ", option->place);
		return false;
	}
	for (uint32_t vm = first; vm < first + count; vm++) {
		g_autofree char *name = draft_path(section->table.path, param->name, vm);

		param_put(param, section_base(section, option->draft->config, vm), value);
		draft_say(option->draft, name, NULL, option->place);
	}
	return true;
}

static bool apply(const struct option *option, GError **error)
{
	const char *dot = strrchr(option->path, '.');
	const struct section *section;
	const struct param *param;

	if (strcmp(option->path, "policy") == 0 || g_str_has_prefix(option->path, "policy."))
		return set_policy(option, error);
	if (!dot)
		return fail_path(option, error);

	g_autofree char *parent = g_strndup(option->path, (gsize)(dot - option->path));

	if (strcmp(parent, "vms.workload") == 0 || strcmp(parent, "vms.workload.set") == 0) {
		set_workload(option, dot + 1);
		return true;
	}
	section = section_find(parent);
	param = section ? param_find(section->table.params, dot + 1) : NULL;
	return param ? set_param(option, section, param, error) : fail_path(option, error);
}

bool draft_apply_option(struct draft *draft, const char *text, GError **error)
{
	const char *equals = strchr(text, '=');
	g_autofree char *shown = words_shown(text, -1);
	struct option option = { .draft = draft };
	bool done;

	if (!equals || equals == text)
		return fail(error, ERROR_INPUT, "--set %s: found no %s; legal: --set PATH=VALUE",
			    shown, equals ? "path" : "value");
	option.place = g_strdup_printf("--set %s", shown);
	option.path = g_strndup(text, (gsize)(equals - text));
	option.value = equals + 1;
	done = take_index(&option, error) && apply(&option, error);
	option_clear(&option);
	return done;
}
