/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * param_list.c - parameter tables for readers and for programs
 */
#include "sim/cli/param_list.h"

#include <string.h>

#include "models/policy/chain.h"
#include "sim/cli/table.h"
#include "sim/experiment/param_value.h"
#include "sim/experiment/section.h"
#include "workloads/workload.h"

static void add_section(GArray *all, char *path, const struct param *params, size_t size,
			const char *meaning)
{
	struct param_section section = {
		.path = path, .params = params, .size = size, .meaning = meaning
	};

	g_array_append_val(all, section);
}

GArray *param_sections(void)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(struct param_section));

	for (const struct section *s = sections; s->table.path; s++)
		add_section(all, g_strdup(s->table.path), s->table.params, s->table.size,
			    s->table.meaning);
	for (guint i = 0; policies[i]; i++) {
		if (policies[i]->params)
			add_section(all, g_strdup_printf("policy.%s", policies[i]->name),
				    policies[i]->params, policies[i]->params_size,
				    policies[i]->summary);
	}
	for (guint i = 0; workload_shapes[i]; i++)
		add_section(all, g_strdup_printf("workload.%s", workload_shapes[i]->name),
			    workload_shapes[i]->params, workload_shapes[i]->params_size,
			    workload_shapes[i]->summary);
	return all;
}

void param_sections_free(GArray *all)
{
	for (guint i = 0; i < all->len; i++)
		g_free((char *)g_array_index(all, struct param_section, i).path);
	g_array_unref(all);
}

bool param_matches(const struct param_section *section, const struct param *param,
		   const char *wanted)
{
	size_t length = wanted ? strlen(wanted) : 0;
	g_autofree char *path = g_strdup_printf("%s.%s", section->path, param->name);

	return !wanted || strcmp(param->name, wanted) == 0 ||
	       (strncmp(path, wanted, length) == 0 &&
		(path[length] == '.' || path[length] == '\0'));
}

static bool section_matches(const struct param_section *section, const char *wanted)
{
	for (const struct param *param = section->params; param->name; param++) {
		if (param_matches(section, param, wanted))
			return true;
	}
	return false;
}

static void add_param(struct table *table, const struct param *param)
{
	g_autofree char *legal = param_legal(param);
	bool number = param->type == PARAM_UINT;

	/* The unit has its own column. */
	if (number)
		legal[strlen(legal) - strlen(param->unit) - 1] = '\0';
	table_cell_take(table, g_strconcat("  ", param->name, NULL));
	table_cell(table, param->fallback ? param->fallback : "must be said");
	table_cell(table, number ? param->unit : "");
	/* a long list of words goes where lines are folded */
	bool apart = strlen(legal) > LEGAL_WIDTH;

	table_cell(table, apart ? "see meaning" : legal);
	table_cell_take(table, param->low || param->high ? g_strdup_printf("%" G_GUINT64_FORMAT
									   "..%" G_GUINT64_FORMAT,
									   param->low, param->high)
							 : g_strdup(""));
	table_cell_take(table, g_strdup_printf("%s%s%s [%s]", param->meaning, apart ? ": " : "",
					       apart ? legal : "", param->source));
}

static void add_headings(struct table *table)
{
	static const char *const headings[] = { "  name", "default",   "unit",
						"legal",  "plausible", "meaning [source]" };

	for (guint i = 0; i < G_N_ELEMENTS(headings); i++)
		table_cell(table, headings[i]);
	table_mark_heading(table);
}

char *param_list_table(const GArray *all, const char *wanted, bool colour)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < all->len; i++) {
		const struct param_section *section = &g_array_index(all, struct param_section, i);
		struct table *table;

		if (!section_matches(section, wanted))
			continue;

		g_autofree char *title = g_strdup_printf("%s: %s", section->path, section->meaning);
		g_autofree char *printed = NULL;

		table = table_new("llllll");
		table_fold(table, PARAM_LIST_WIDTH);
		table_section(table, title);
		add_headings(table);
		for (const struct param *param = section->params; param->name; param++) {
			if (param_matches(section, param, wanted))
				add_param(table, param);
		}
		printed = table_print(table, colour);
		g_string_append_printf(text, "%s%s", text->len ? "\n" : "", printed);
		table_free(table);
	}
	return g_string_free(text, FALSE);
}

static json_t *param_json(const struct param *param)
{
	json_t *object = json_object(), *words;

	json_object_set_new(object, "name", json_string(param->name));
	json_object_set_new(object, "unit", json_string(param->unit));
	json_object_set_new(object, "meaning", json_string(param->meaning));
	json_object_set_new(object, "source", json_string(param->source));
	json_object_set_new(object, "default",
			    param->fallback ? json_string(param->fallback) : json_null());
	if (param->type == PARAM_UINT) {
		json_object_set_new(object, "type", json_string("integer"));
		json_object_set_new(object, "min", json_integer((json_int_t)param->min));
		json_object_set_new(object, "max",
				    json_integer((json_int_t)MIN(param->max, G_MAXINT64)));
		json_object_set_new(object, "low", json_integer((json_int_t)param->low));
		json_object_set_new(object, "high", json_integer((json_int_t)param->high));
		return object;
	}
	json_object_set_new(object, "type",
			    json_string(param->type == PARAM_BOOL ? "boolean" : "choice"));
	if (param->type == PARAM_CHOICE) {
		words = json_array();
		for (guint i = 0; param->words[i]; i++)
			json_array_append_new(words, json_string(param->words[i]));
		json_object_set_new(object, "words", words);
	}
	return object;
}

json_t *param_list_json(const GArray *all, const char *wanted)
{
	json_t *list = json_array();

	for (guint i = 0; i < all->len; i++) {
		const struct param_section *section = &g_array_index(all, struct param_section, i);

		for (const struct param *param = section->params; param->name; param++) {
			json_t *object;

			if (!param_matches(section, param, wanted))
				continue;
			object = param_json(param);
			json_object_set_new(object, "section", json_string(section->path));
			json_array_append_new(list, object);
		}
	}
	return json_pack("{s:s, s:o}", "format", "vcpusim-params/1", "params", list);
}

/* Text for troff: backslashes, dots and quotes at the start of a line, and minus signs. */
static char *troff(const char *text)
{
	GString *safe = g_string_new(NULL);

	if (*text == '.' || *text == '\'')
		g_string_append(safe, "\\&");
	for (; *text; text++) {
		if (*text == '\\')
			g_string_append(safe, "\\e");
		else if (*text == '-')
			g_string_append(safe, "\\-");
		else
			g_string_append_c(safe, *text);
	}
	return g_string_free(safe, FALSE);
}

static void man_param(GString *page, const struct param *param)
{
	g_autofree char *legal = param_legal(param);
	g_autofree char *legal_safe = troff(legal);
	g_autofree char *meaning = troff(param->meaning);
	g_autofree char *source = troff(param->source);
	g_autofree char *fallback =
		troff(param->fallback ? param->fallback : "none, it must be said");

	g_string_append_printf(page, ".TP\n.B %s\n%s.\nLegal: %s.\nDefault: %s.\n", param->name,
			       meaning, legal_safe, fallback);
	if (param->low || param->high)
		g_string_append_printf(page,
				       "Plausible: %" G_GUINT64_FORMAT "..%" G_GUINT64_FORMAT ".\n",
				       param->low, param->high);
	g_string_append_printf(page, "Source: %s.\n", source);
}

char *param_list_man(const GArray *all)
{
	GString *page = g_string_new(
		".\\\" Made by `vcpusim params --man'.\n"
		".TH VCPUSIM\\-PARAMS 7\n"
		".SH NAME\n"
		"vcpusim\\-params \\- parameters of scenarios, policies and workloads\n"
		".SH DESCRIPTION\n"
		"Each section is an object of a scenario file; policy sections belong to\n"
		".BR \\-\\-set ,\n"
		"workload sections to profiles.\n");

	for (guint i = 0; i < all->len; i++) {
		const struct param_section *section = &g_array_index(all, struct param_section, i);
		g_autofree char *path = troff(section->path);
		g_autofree char *meaning = troff(section->meaning);

		g_string_append_printf(page, ".SH %s\n%s.\n", path, meaning);
		for (const struct param *param = section->params; param->name; param++)
			man_param(page, param);
	}
	return g_string_free(page, FALSE);
}
