/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured_place.c - values of a file of measurements: found, checked, with their place
 */
#include <math.h>
#include <string.h>

#include "sim/engine/fail.h"
#include "sim/experiment/json_where.h"
#include "sim/experiment/measured_parse.h"

void place_clear(struct place *place)
{
	g_clear_pointer(&place->path, g_free);
}

gboolean place_fail(const struct place *place, GError **error, const char *format, ...)
{
	g_autofree char *found = document_found(place->document, place->path);
	va_list args;

	va_start(args, format);

	g_autofree char *legal = g_strdup_vprintf(format, args);

	va_end(args);
	return document_fail(place->document, place->path, DOCUMENT_VALUE, error,
			     "found %s; legal: %s", found, legal);
}

/* Both kinds of number will do for JSON_REAL. */
static bool check_type(const struct place *place, json_type type, GError **error)
{
	if (json_typeof(place->value) == type ||
	    (type == JSON_REAL && json_is_number(place->value)))
		return true;
	return place_fail(place, error, "%s", json_type_words(type));
}

bool place_member(const struct place *object, const char *key, json_type type, bool needed,
		  struct place *member, GError **error)
{
	*member = (struct place){ .document = object->document,
				  .value = json_object_get(object->value, key) };
	if (!needed && (!member->value || json_is_null(member->value))) {
		member->value = NULL;
		return true;
	}
	if (!member->value)
		return document_fail(object->document, object->path, DOCUMENT_VALUE, error,
				     "%s: missing; legal: %s", key, json_type_words(type));
	member->path = json_path_member(object->path, key);
	if (check_type(member, type, error))
		return true;
	place_clear(member);
	return false;
}

bool place_element(const struct place *array, guint index, json_type type, struct place *element,
		   GError **error)
{
	*element = (struct place){ .document = array->document,
				   .value = json_array_get(array->value, index),
				   .path = json_path_element(array->path, index) };
	if (check_type(element, type, error))
		return true;
	place_clear(element);
	return false;
}

bool place_number(const struct place *object, const char *key, double min, double max,
		  double *number, GError **error)
{
	struct place place;
	bool done;

	if (!place_member(object, key, JSON_REAL, true, &place, error))
		return false;
	*number = json_number_value(place.value);
	done = *number >= min && *number <= max;
	if (!done)
		place_fail(&place, error, "%.15g..%.15g", min, max);
	place_clear(&place);
	return done;
}

#define LARGEST 1e15 /* of any figure in a file */

bool place_spread(const struct place *object, const char *key, struct measured_spread *spread,
		  GError **error)
{
	struct place place;
	bool done;

	if (!place_member(object, key, JSON_OBJECT, true, &place, error))
		return false;
	done = place_number(&place, "mean", -LARGEST, LARGEST, &spread->mean, error) &&
	       place_number(&place, "min", -LARGEST, LARGEST, &spread->min, error) &&
	       place_number(&place, "max", -LARGEST, LARGEST, &spread->max, error);
	place_clear(&place);
	return done;
}

static gint by_edge(gconstpointer a, gconstpointer b)
{
	const struct measured_bin *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

static bool read_bins(const struct place *hist, GArray *bins, double *sum, GError **error)
{
	const char *key;
	json_t *value;

	*sum = 0;
	json_object_foreach((json_t *)hist->value, key, value)
	{
		char *end;
		struct measured_bin bin = { .from = g_ascii_strtod(key, &end) };

		if (end == key || *end || !(bin.from >= 0 && bin.from <= LARGEST)) {
			g_autofree char *path = json_path_member(hist->path, key);

			return document_fail(
				hist->document, path, DOCUMENT_KEY, error,
				"found a key that is no number; legal: a bin's lower edge in us");
		}
		if (!place_number(hist, key, 0, LARGEST, &bin.count, error))
			return false;
		*sum += bin.count;
		g_array_append_val(bins, bin);
	}
	g_array_sort(bins, by_edge);
	return true;
}

bool place_distribution(const struct place *object, const char *key,
			struct measured_distribution *distribution, GError **error)
{
	struct place place, pooled = { 0 }, hist = { 0 };
	double n = 0, sum = 0;
	bool done;

	distribution->bins = g_array_new(FALSE, FALSE, sizeof(struct measured_bin));
	if (!place_member(object, key, JSON_OBJECT, false, &place, error))
		return false;
	if (!place.value)
		return true;
	done = place_number(&place, "n", 0, LARGEST, &n, error) &&
	       place_member(&place, "pooled", JSON_OBJECT, true, &pooled, error) &&
	       place_number(&pooled, "p5", 0, LARGEST, &distribution->p5, error) &&
	       place_number(&pooled, "p95", 0, LARGEST, &distribution->p95, error) &&
	       place_member(&place, "hist", JSON_OBJECT, true, &hist, error) &&
	       read_bins(&hist, distribution->bins, &sum, error);
	if (done && sum != n) {
		done = place_fail(&hist, error, "counts that sum to n, %.15g, not to %.15g", n,
				  sum);
	}
	distribution->n = (uint64_t)n;
	place_clear(&hist);
	place_clear(&pooled);
	place_clear(&place);
	return done;
}
