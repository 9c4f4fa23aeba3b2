/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * builtin.c - JSON files that are embedded in the program
 */
#include "sim/experiment/builtin.h"

#include <gio/gio.h>
#include <string.h>

GResource *builtin_get_resource(void);

static gint compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

GBytes *builtin_load(const char *folder, const char *name)
{
	g_autofree char *path = g_strdup_printf("/vcpusim/%s/%s.json", folder, name);

	return g_resource_lookup_data(builtin_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE,
				      NULL);
}

GPtrArray *builtin_names(const char *folder)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *path = g_strdup_printf("/vcpusim/%s", folder);
	g_auto(GStrv) files = g_resource_enumerate_children(builtin_get_resource(), path,
							    G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

	for (guint i = 0; files && files[i]; i++) {
		if (g_str_has_suffix(files[i], ".json"))
			g_ptr_array_add(names,
					g_strndup(files[i], strlen(files[i]) - strlen(".json")));
	}
	g_ptr_array_sort(names, compare_texts);
	return names;
}
