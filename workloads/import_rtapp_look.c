/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import_rtapp_look.c - questions about a whole task of rt-app, asked before it is written out
 */
#include <string.h>

#include "workloads/import_rtapp.h"

bool rtapp_mentions(json_t *object, const char *event, const char *name)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		if (strcmp(key, "phases") == 0) {
			const char *phase;
			json_t *events;

			json_object_foreach(value, phase, events)
			{
				if (rtapp_mentions(events, event, name))
					return true;
			}
		} else if (g_str_has_prefix(key, event) &&
			   (!name || (json_is_string(value) &&
				      strcmp(json_string_value(value), name) == 0))) {
			return true;
		}
	}
	return false;
}

/* *ref: the one that was seen. False at a second one. */
static bool one_timer(json_t *object, const char **ref)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		if (strcmp(key, "phases") == 0) {
			const char *phase;
			json_t *events;

			json_object_foreach(value, phase, events)
			{
				if (!one_timer(events, ref))
					return false;
			}
		} else if (g_str_has_prefix(key, "timer")) {
			const char *name = json_string_value(json_object_get(value, "ref"));

			name = name ? name : "unique";
			if (*ref && strcmp(*ref, name) != 0)
				return false;
			*ref = name;
		}
	}
	return true;
}

bool rtapp_timer_alone(json_t *object)
{
	const char *ref = NULL;

	return one_timer(object, &ref) && ref && !rtapp_mentions(object, "sleep", NULL);
}
