/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * profile.c - a profile: found, parsed, checked against its shape
 */
#include "sim/experiment/profile.h"

#include <string.h>

#include "sim/engine/fail.h"
#include "sim/engine/param.h"
#include "sim/experiment/builtin.h"
#include "sim/experiment/document.h"
#include "sim/experiment/json_where.h"
#include "sim/experiment/param_value.h"
#include "sim/experiment/words.h"
#include "workloads/workload.h"

/* clang-format off */
static const char *const profile_keys[] = {
	"format", "name", "base", "shape", "summary", "source", "notes", "terminating", "params", NULL
};
/* clang-format on */
static const char *const param_keys[] = { "value", "low", "high", "source", "notes", NULL };

static struct profile *load(const char *name, const char *directory, bool is_base, GError **error);

/* The string at a key of the root, "" if it is not there and not needed. */
static const char *read_string(const struct document *document, const char *key, bool needed,
			       GError **error)
{
	const json_t *value = json_object_get(document->root, key);

	if (value)
		return document_check_type(document, value, key, JSON_STRING, error)
			       ? json_string_value(value)
			       : NULL;
	if (!needed)
		return "";
	document_fail(document, "", DOCUMENT_VALUE, error, "%s: missing; legal: a string", key);
	return NULL;
}

static const struct workload_shape *find_shape(const struct document *document, GError **error)
{
	const char *name = read_string(document, "shape", true, error);
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	if (!name)
		return NULL;
	for (guint i = 0; workload_shapes[i]; i++) {
		if (strcmp(workload_shapes[i]->name, name) == 0)
			return workload_shapes[i];
		g_ptr_array_add(names, (gpointer)workload_shapes[i]->name);
	}

	g_autofree char *found = document_found(document, "shape");
	g_autofree char *legal = words_legal(name, names);

	document_fail(document, "shape", DOCUMENT_VALUE, error, "found %s%s", found, legal);
	return NULL;
}

static bool read_number(const struct document *document, const struct param *param,
			const json_t *value, const char *path, uint64_t *number, GError **error)
{
	g_autofree char *found = document_found(document, path);

	if (param_from_json(param, value, found, number, error))
		return true;

	g_autofree char *place = document_place(document, path, DOCUMENT_VALUE);

	g_prefix_error(error, "%s", place);
	return false;
}

/* "low" and "high" of a parameter's plausible range: both or neither. */
static bool read_range(const struct document *document, const struct param *param,
		       const json_t *object, const char *path, struct profile_param *detail,
		       GError **error)
{
	const json_t *low = json_object_get(object, "low"), *high = json_object_get(object, "high");
	g_autofree char *low_path = json_path_member(path, "low");
	g_autofree char *high_path = json_path_member(path, "high");

	detail->ranged = false; /* the base's is of the base's value */
	if (!low && !high)
		return true;
	if (!low || !high)
		return document_fail(document, path, DOCUMENT_VALUE, error,
				     "found one end of the range; legal: low and high, or neither");
	if (!read_number(document, param, low, low_path, &detail->low, error) ||
	    !read_number(document, param, high, high_path, &detail->high, error))
		return false;
	if (detail->low > detail->high)
		return document_fail(document, path, DOCUMENT_VALUE, error,
				     "found low above high; legal: low <= high");
	detail->ranged = true;
	return true;
}

static bool read_param(const struct document *document, struct profile *profile,
		       const struct param *param, const json_t *object, const char *path,
		       GError **error)
{
	struct profile_param *detail = &profile->detail[param - profile->shape->params];
	const json_t *value = json_object_get(object, "value"),
		     *source = json_object_get(object, "source");
	g_autofree char *value_path = json_path_member(path, "value");
	g_autofree char *source_path = json_path_member(path, "source");
	uint64_t number;

	if (!document_check_type(document, object, path, JSON_OBJECT, error) ||
	    !document_check_keys(document, object, path, param_keys, error))
		return false;
	if (!value) {
		g_autofree char *legal = param_legal(param);

		return document_fail(document, path, DOCUMENT_VALUE, error,
				     "value: missing; legal: %s", legal);
	}
	if (!read_number(document, param, value, value_path, &number, error) ||
	    !read_range(document, param, object, path, detail, error))
		return false;
	if (source && !document_check_type(document, source, source_path, JSON_STRING, error))
		return false;
	param_put(param, profile->params, number);
	g_free(detail->source);
	detail->source = g_strdup(json_string_value(source));
	detail->said = true;
	return true;
}

static bool read_params(const struct document *document, struct profile *profile, GError **error)
{
	json_t *params = json_object_get(document->root, "params"), *object;
	const char *name;

	if (!params)
		return document_fail(document, "", DOCUMENT_VALUE, error,
				     "params: missing; legal: an object");
	if (!document_check_type(document, params, "params", JSON_OBJECT, error))
		return false;
	json_object_foreach(params, name, object)
	{
		const struct param *param = param_find(profile->shape->params, name);
		g_autofree char *path = json_path_member("params", name);

		if (!param) {
			g_autoptr(GPtrArray) names = g_ptr_array_new();

			for (const struct param *p = profile->shape->params; p->name; p++)
				g_ptr_array_add(names, (gpointer)p->name);

			g_autofree char *legal = words_legal(name, names);

			return document_fail(document, path, DOCUMENT_KEY, error,
					     "found an unknown parameter of shape %s%s",
					     profile->shape->name, legal);
		}
		if (!read_param(document, profile, param, object, path, error))
			return false;
	}
	for (const struct param *param = profile->shape->params; param->name; param++) {
		g_autofree char *legal = param_legal(param);

		if (!param->fallback && !profile->detail[param - profile->shape->params].said)
			return document_fail(document, "params", DOCUMENT_VALUE, error,
					     "%s: missing (%s); legal: %s", param->name,
					     param->meaning, legal);
	}
	return true;
}

/* A profile may say "terminating": true or false; it must agree with its shape. */
static bool check_terminating(const struct document *document, const struct profile *profile,
			      GError **error)
{
	const json_t *said = json_object_get(document->root, "terminating");

	if (!said || (json_is_boolean(said) && json_is_true(said) == profile->shape->terminating))
		return true;

	g_autofree char *found = document_found(document, "terminating");

	return document_fail(document, "terminating", DOCUMENT_VALUE, error,
			     "found %s; legal: %s, as shape %s is", found,
			     profile->shape->terminating ? "true" : "false", profile->shape->name);
}

/* A profile without base: a shape, all of whose parameters have their defaults. */
static bool begin_with_shape(struct profile *profile, const struct document *document,
			     GError **error)
{
	size_t params = 0;

	profile->shape = find_shape(document, error);
	if (!profile->shape)
		return false;
	while (profile->shape->params[params].name)
		params++;
	profile->detail = g_new0(struct profile_param, params);
	profile->params = g_malloc0(profile->shape->params_size);
	params_put_fallbacks(profile->shape->params, profile->params);
	return true;
}

/*
 * A profile with a base, the same program with another input: all that the base says, which must
 * have none itself, so that a reader has two files to look at and not a chain of them.
 */
static bool begin_with_base(struct profile *profile, const struct document *document,
			    const char *directory, GError **error)
{
	const char *name = read_string(document, "base", true, error);
	struct profile *base;

	if (!name)
		return false;
	if (json_object_get(document->root, "shape")) {
		document_fail(document, "shape", DOCUMENT_KEY, error,
			      "found it beside a base; legal: one of them");
		return false;
	}
	base = load(name, directory, true, error);
	if (!base) {
		g_autofree char *place = document_place(document, "base", DOCUMENT_VALUE);

		g_prefix_error(error, "%s", place);
		return false;
	}
	profile->shape = base->shape;
	profile->params = g_steal_pointer(&base->params);
	profile->detail = g_steal_pointer(&base->detail);
	profile_free(base);
	return true;
}

static bool begin(struct profile *profile, const struct document *document, const char *directory,
		  bool is_base, GError **error)
{
	if (!json_object_get(document->root, "base"))
		return begin_with_shape(profile, document, error);
	if (!is_base)
		return begin_with_base(profile, document, directory, error);
	document_fail(document, "base", DOCUMENT_KEY, error,
		      "found it in a profile that is a base; legal: a shape");
	return false;
}

static bool fill(struct profile *profile, const struct document *document, const char *directory,
		 bool is_base, GError **error)
{
	const char *name, *summary, *source;

	if (!document_check_type(document, document->root, "", JSON_OBJECT, error) ||
	    !document_check_format(document, PROFILE_FORMAT, error) ||
	    !document_check_keys(document, document->root, "", profile_keys, error))
		return false;
	name = read_string(document, "name", true, error);
	summary = name ? read_string(document, "summary", true, error) : NULL;
	source = summary ? read_string(document, "source", false, error) : NULL;
	if (!source || !begin(profile, document, directory, is_base, error))
		return false;
	profile->name = g_strdup(name);
	profile->summary = g_strdup(summary);
	profile->source = g_strdup(source);
	return check_terminating(document, profile, error) && read_params(document, profile, error);
}

/* `directory`: where a base that is a file lies; `is_base`: of another profile. */
static struct profile *from_document(const struct document *document, const char *directory,
				     bool is_base, GError **error)
{
	struct profile *profile = g_new0(struct profile, 1);

	if (fill(profile, document, directory, is_base, error))
		return profile;
	profile_free(profile);
	return NULL;
}

static struct profile *parse(const char *place, const char *text, gsize length, bool is_base,
			     GError **error)
{
	struct document document;
	struct profile *profile;

	if (!document_parse(&document, place, text, length, error))
		return NULL;
	profile = from_document(&document, NULL, is_base, error);
	document_clear(&document);
	return profile;
}

struct profile *profile_parse(const char *place, const char *text, gsize length, GError **error)
{
	return parse(place, text, length, false, error);
}

void profile_free(struct profile *profile)
{
	if (!profile)
		return;
	for (size_t i = 0; profile->detail && profile->shape->params[i].name; i++)
		g_free(profile->detail[i].source);
	g_free(profile->detail);
	g_free(profile->params);
	g_free(profile->name);
	g_free(profile->summary);
	g_free(profile->source);
	g_free(profile);
}

static struct profile *load_file(const char *name, const char *directory, bool is_base,
				 GError **error)
{
	g_autofree char *path = g_path_is_absolute(name) || !directory ||
						strcmp(directory, ".") == 0
					? g_strdup(name)
					: g_build_filename(directory, name, NULL);
	g_autofree char *folder = g_path_get_dirname(path);
	struct document document;
	struct profile *profile;

	if (!document_read(&document, path, error))
		return NULL;
	profile = from_document(&document, folder, is_base, error);
	document_clear(&document);
	return profile;
}

static gint compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

GPtrArray *profile_names(void)
{
	return builtin_names(BUILTIN_PROFILES);
}

static struct profile *load(const char *name, const char *directory, bool is_base, GError **error)
{
	if (strchr(name, '/') || g_str_has_suffix(name, ".json"))
		return load_file(name, directory, is_base, error);

	g_autofree char *place = g_strdup_printf("%s (built-in profile)", name);
	g_autoptr(GBytes) bytes = builtin_load(BUILTIN_PROFILES, name);

	if (!bytes) {
		g_autoptr(GPtrArray) names = profile_names();
		g_autofree char *shown = words_shown(name, -1);
		g_autofree char *legal = words_legal(name, names);

		fail(error, ERROR_INPUT, "found an unknown workload \"%s\"%s", shown, legal);
		return NULL;
	}
	return parse(place, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), is_base, error);
}

struct profile *profile_load(const char *name, const char *directory, GError **error)
{
	return load(name, directory, false, error);
}

void profile_hash(const struct workload_shape *shape, const void *params,
		  char hash[PROFILE_HASH_LENGTH])
{
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

	for (const struct param *param = shape->params; param->name; param++) {
		g_autofree char *value = param_print(param, param_get(param, params));

		g_ptr_array_add(lines, g_strdup_printf("%s=%s\n", param->name, value));
	}
	g_ptr_array_sort(lines, compare_texts);
	g_checksum_update(sum, (const guchar *)shape->name, -1);
	g_checksum_update(sum, (const guchar *)"\n", 1);
	for (guint i = 0; i < lines->len; i++)
		g_checksum_update(sum, g_ptr_array_index(lines, i), -1);
	if (shape->digest)
		g_checksum_update(sum, (const guchar *)shape->digest(params), -1);
	g_strlcpy(hash, g_checksum_get_string(sum), PROFILE_HASH_LENGTH);
}
