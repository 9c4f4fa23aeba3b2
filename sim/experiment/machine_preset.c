/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * machine_preset.c - a machine that scenarios name: found and read
 */
#include "sim/experiment/machine_preset.h"

#include <string.h>

#include "sim/engine/fail.h"
#include "sim/experiment/builtin.h"
#include "sim/experiment/words.h"

static const char *const machine_keys[] = {
	"format", "name", "summary", "source", "notes", "host", NULL,
};

static bool read_builtin(struct document *preset, const char *name, GError **error)
{
	g_autofree char *place = g_strdup_printf("%s (built-in machine)", name);
	g_autoptr(GBytes) bytes = builtin_load(BUILTIN_MACHINES, name);

	if (bytes)
		return document_parse(preset, place, g_bytes_get_data(bytes, NULL),
				      g_bytes_get_size(bytes), error);

	g_autoptr(GPtrArray) names = builtin_names(BUILTIN_MACHINES);
	g_autofree char *shown = words_shown(name, -1);
	g_autofree char *legal = words_legal(name, names);

	return fail(error, ERROR_INPUT, "found an unknown machine \"%s\"%s", shown, legal);
}

static bool read_file(struct document *preset, const char *name, const char *directory,
		      GError **error)
{
	g_autofree char *path = g_path_is_absolute(name) || !directory ||
						strcmp(directory, ".") == 0
					? g_strdup(name)
					: g_build_filename(directory, name, NULL);

	return document_read(preset, path, error);
}

static bool check(const struct document *preset, GError **error)
{
	return document_check_type(preset, preset->root, "", JSON_OBJECT, error) &&
	       document_check_format(preset, MACHINE_FORMAT, error) &&
	       document_check_keys(preset, preset->root, "", machine_keys, error);
}

bool machine_preset_read(struct document *preset, const char *name, const char *directory,
			 GError **error)
{
	bool is_file = strchr(name, '/') || g_str_has_suffix(name, ".json");

	if (is_file ? !read_file(preset, name, directory, error)
		    : !read_builtin(preset, name, error))
		return false;
	if (check(preset, error))
		return true;
	document_clear(preset);
	return false;
}
