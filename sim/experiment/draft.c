/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draft.c - a configuration in the making: its parts and who said what
 */
#include "sim/experiment/draft.h"

#include <string.h>

#include "models/config.h"
#include "sim/engine/fail.h"
#include "sim/experiment/document.h"

#define LONGEST_NAME 32

bool name_is_legal(const char *name)
{
	size_t length = strlen(name);

	return length >= 1 && length <= LONGEST_NAME &&
	       strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-") == length;
}

void origin_set(struct origin *origin, const struct document *document, const char *path)
{
	g_free(origin->path);
	origin->document = document;
	origin->path = g_strdup(path);
}

void origin_clear(struct origin *origin)
{
	g_clear_pointer(&origin->path, g_free);
}

static void origin_free(gpointer origin)
{
	origin_clear(origin);
	g_free(origin);
}

gboolean origin_fail(const struct origin *origin, GError **error, const char *format, ...)
{
	va_list args;

	va_start(args, format);

	g_autofree char *message = g_strdup_vprintf(format, args);

	va_end(args);
	if (origin->document)
		return document_fail(origin->document, origin->path, DOCUMENT_VALUE, error, "%s",
				     message);
	return fail(error, ERROR_INPUT, "%s: %s", origin->path, message);
}

static void setting_free(gpointer data)
{
	struct workload_setting *setting = data;

	origin_clear(&setting->origin);
	g_free(setting->name);
	g_free(setting->text);
	json_decref(setting->json);
	g_free(setting);
}

static void policy_setting_free(gpointer data)
{
	struct policy_setting *setting = data;

	g_free(setting->option);
	g_free(setting->policy);
	g_free(setting->param);
	g_free(setting->text);
	g_free(setting);
}

void draft_init(struct draft *draft, struct machine_config *config)
{
	*draft = (struct draft){
		.config = config,
		.said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, origin_free),
		.policy_settings = g_ptr_array_new_with_free_func(policy_setting_free),
	};
}

void draft_clear(struct draft *draft)
{
	for (uint32_t vm = 0; draft->vms && vm < draft->config->vm_kinds; vm++) {
		g_free(draft->vms[vm].profile);
		origin_clear(&draft->vms[vm].profile_origin);
		g_clear_pointer(&draft->vms[vm].settings, g_ptr_array_unref);
	}
	g_free(draft->vms);
	g_free(draft->policy);
	origin_clear(&draft->policy_origin);
	g_ptr_array_unref(draft->policy_settings);
	g_hash_table_unref(draft->said);
}

void draft_say(struct draft *draft, const char *path, const struct document *document,
	       const char *doc_path)
{
	struct origin *origin = g_new0(struct origin, 1);

	origin_set(origin, document, doc_path);
	g_hash_table_replace(draft->said, g_strdup(path), origin);
}

const struct origin *draft_origin(const struct draft *draft, const char *path)
{
	return g_hash_table_lookup(draft->said, path);
}

char *draft_path(const char *section, const char *name, uint32_t vm)
{
	if (strncmp(section, "vms", 3) == 0)
		return g_strdup_printf("vms[%u]%s.%s", vm, section + 3, name);
	return g_strdup_printf("%s.%s", section, name);
}

void draft_set_profile(struct draft *draft, uint32_t vm, const char *profile, bool is_trace,
		       const struct document *document, const char *path)
{
	g_free(draft->vms[vm].profile);
	draft->vms[vm].profile = g_strdup(profile);
	draft->vms[vm].is_trace = is_trace;
	origin_set(&draft->vms[vm].profile_origin, document, path);
}

struct workload_setting *draft_add_setting(struct draft *draft, uint32_t vm, const char *name,
					   const struct document *document, const char *path)
{
	struct workload_setting *setting = g_new0(struct workload_setting, 1);

	setting->name = g_strdup(name);
	origin_set(&setting->origin, document, path);
	if (!draft->vms[vm].settings)
		draft->vms[vm].settings = g_ptr_array_new_with_free_func(setting_free);
	g_ptr_array_add(draft->vms[vm].settings, setting);
	return setting;
}
