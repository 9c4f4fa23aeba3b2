/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_param_value.c - values of parameters, the names in messages, and every table that there is
 */
#include <check.h>
#undef fail /* Check's, which ours replaces */
#include <glib.h>
#include <string.h>

#include "models/policy/chain.h"
#include "sim/engine/fail.h"
#include "sim/engine/param.h"
#include "sim/experiment/param_value.h"
#include "sim/experiment/section.h"
#include "sim/experiment/words.h"
#include "tests/check_main.h"
#include "workloads/workload.h"

struct values {
	uint64_t number, flag, choice;
};

static const char *const words[] = { "aligned", "skewed", NULL };

static const struct param table[] = {
	{ .name = "number",
	  .type = PARAM_UINT,
	  .offset = offsetof(struct values, number),
	  .unit = "ns",
	  .fallback = "7",
	  .min = 5,
	  .max = 500 },
	{ .name = "flag",
	  .type = PARAM_BOOL,
	  .offset = offsetof(struct values, flag),
	  .unit = "bool",
	  .fallback = "true" },
	{ .name = "choice",
	  .type = PARAM_CHOICE,
	  .offset = offsetof(struct values, choice),
	  .unit = "choice",
	  .words = words },
	{ .name = NULL },
};

static char *refusal(const char *name, const char *text)
{
	g_autoptr(GError) error = NULL;
	uint64_t value;

	ck_assert(!param_parse(param_find(table, name), text, &value, &error));
	ck_assert(g_error_matches(error, VCPUSIM_ERROR, ERROR_INPUT));
	return g_strdup(error->message);
}

static uint64_t accepted(const char *name, const char *text)
{
	uint64_t value = 999;

	ck_assert_msg(param_parse(param_find(table, name), text, &value, NULL), "%s", text);
	return value;
}

START_TEST(text_in_range_is_taken)
{
	ck_assert_uint_eq(accepted("number", "5"), 5);
	ck_assert_uint_eq(accepted("number", "500"), 500);
	ck_assert_uint_eq(accepted("flag", "true"), 1);
	ck_assert_uint_eq(accepted("flag", "0"), 0);
	ck_assert_uint_eq(accepted("choice", "skewed"), 1);
}
END_TEST

START_TEST(text_out_of_range_is_refused)
{
	static const char *const bad[] = {
		"4",  "501", "-5",   "+5", "5.0", "5e1",
		" 5", "5 ",  "0x10", "",   "abc", "18446744073709551621"
	};

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *message = refusal("number", bad[i]);
		g_autofree char *wanted =
			g_strdup_printf("found \"%s\"; legal: a whole number, 5..500 ns", bad[i]);

		ck_assert_str_eq(message, wanted);
	}
}
END_TEST

START_TEST(nearest_word_is_named)
{
	g_autofree char *near = refusal("choice", "alinged");
	g_autofree char *far = refusal("choice", "tomorrow");
	g_autofree char *flag = refusal("flag", "flase");

	ck_assert_str_eq(
		near,
		"found \"alinged\"; legal: \"aligned\", \"skewed\" (did you mean \"aligned\"?)");
	ck_assert_str_eq(far, "found \"tomorrow\"; legal: \"aligned\", \"skewed\"");
	ck_assert_str_eq(flag, "found \"flase\"; legal: true, false (did you mean \"false\"?)");
}
END_TEST

/* NULL if the JSON is taken. */
static char *json_refusal(const char *name, const char *text)
{
	json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
	g_autoptr(GError) error = NULL;
	uint64_t value;
	bool taken;

	ck_assert_ptr_nonnull(json);
	taken = param_from_json(param_find(table, name), json, text, &value, &error);
	json_decref(json);
	return taken ? NULL : g_strdup(error->message);
}

START_TEST(json_types_are_strict)
{
	static const struct {
		const char *name, *json;
	} bad[] = { { "number", "5.0" }, { "number", "\"5\"" }, { "number", "true" },
		    { "number", "-7" },	 { "number", "null" },	{ "number", "[5]" },
		    { "number", "501" }, { "flag", "1" },	{ "flag", "\"true\"" },
		    { "choice", "0" },	 { "choice", "true" } };

	ck_assert_ptr_null(json_refusal("number", "7"));
	ck_assert_ptr_null(json_refusal("flag", "false"));
	ck_assert_ptr_null(json_refusal("choice", "\"aligned\""));
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *message = json_refusal(bad[i].name, bad[i].json);
		g_autofree char *begin = g_strdup_printf("found %s; legal: ", bad[i].json);

		ck_assert_msg(message && g_str_has_prefix(message, begin), "%s", bad[i].json);
	}
}
END_TEST

START_TEST(fallbacks_are_stored_and_printed)
{
	struct values values = { .choice = 42 };

	params_put_fallbacks(table, &values);
	ck_assert_uint_eq(values.number, 7);
	ck_assert_uint_eq(values.flag, 1);
	ck_assert_uint_eq(values.choice, 42); /* no fallback: untouched */
	param_put(param_find(table, "choice"), &values, 1);
	for (const struct param *param = table; param->name; param++) {
		g_autofree char *text = param_print(param, param_get(param, &values));

		ck_assert_uint_eq(accepted(param->name, text), param_get(param, &values));
	}
}
END_TEST

static const char *nearest(const char *word)
{
	static const char *const names[] = { "window", "warmup", "lab-pinned", "lab-free", "hz" };
	g_autoptr(GPtrArray) list = g_ptr_array_new();

	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		g_ptr_array_add(list, (gpointer)names[i]);
	return words_nearest(word, list);
}

START_TEST(nearest_counts_edits)
{
	ck_assert_str_eq(nearest("windwo"), "window"); /* a swap is one edit */
	ck_assert_str_eq(nearest("WARMUP"), "warmup");
	ck_assert_str_eq(nearest("h"), "hz");
	ck_assert_str_eq(nearest("lab-pined"), "lab-pinned");
	ck_assert_str_eq(nearest("lab"), "lab-pinned"); /* the beginning of a name */
	ck_assert_ptr_null(nearest("banana"));
	ck_assert_ptr_null(nearest(""));
}
END_TEST

START_TEST(foreign_text_is_fit_for_a_terminal)
{
	g_autofree char *escape = words_shown("a\033[31m\n\xff\xc3\xa9", -1);
	g_autofree char *long_text = g_strnfill(500, 'x');
	g_autofree char *cut = words_shown(long_text, -1);

	ck_assert_str_eq(escape, "a\\x1b[31m\\x0a\\xff\xc3\xa9");
	ck_assert_uint_lt(strlen(cut), 60);
	ck_assert(g_str_has_suffix(cut, "x..."));
}
END_TEST

static void check_param(const char *path, const struct param *param, size_t size)
{
	uint64_t value;

	ck_assert_msg(param->unit && param->meaning && param->source,
		      "%s.%s: unit, meaning, source", path, param->name);
	ck_assert_msg(strspn(param->name, "abcdefghijklmnopqrstuvwxyz0123456789_") ==
			      strlen(param->name),
		      "%s.%s: name", path, param->name);
	ck_assert_msg(param->offset + sizeof(uint64_t) <= size, "%s.%s: offset", path, param->name);
	if (param->fallback)
		ck_assert_msg(param_parse(param, param->fallback, &value, NULL), "%s.%s: fallback",
			      path, param->name);
	if (param->type == PARAM_CHOICE)
		ck_assert_msg(param->words && param->words[0], "%s.%s: words", path, param->name);
	if (param->type == PARAM_UINT)
		ck_assert_msg(param->min <= param->max && param->max <= G_MAXINT64,
			      "%s.%s: legal range", path, param->name);
	if (param->low || param->high)
		ck_assert_msg(param->low <= param->high && param->low >= param->min &&
				      param->high <= param->max,
			      "%s.%s: plausible range", path, param->name);
}

static void check_table(const char *path, const struct param *params, size_t size)
{
	for (const struct param *param = params; param && param->name; param++) {
		check_param(path, param, size);
		ck_assert_msg(param_find(params, param->name) == param, "%s.%s: twice", path,
			      param->name);
	}
}

START_TEST(every_table_is_sound)
{
	for (const struct section *section = sections; section->table.path; section++)
		check_table(section->table.path, section->table.params, section->table.size);
	for (guint i = 0; policies[i]; i++)
		check_table(policies[i]->name, policies[i]->params, policies[i]->params_size);
	for (guint i = 0; workload_shapes[i]; i++)
		check_table(workload_shapes[i]->name, workload_shapes[i]->params,
			    workload_shapes[i]->params_size);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("param_value");
	TCase *tcase = tcase_create("values");

	tcase_add_test(tcase, text_in_range_is_taken);
	tcase_add_test(tcase, text_out_of_range_is_refused);
	tcase_add_test(tcase, nearest_word_is_named);
	tcase_add_test(tcase, json_types_are_strict);
	tcase_add_test(tcase, fallbacks_are_stored_and_printed);
	tcase_add_test(tcase, nearest_counts_edits);
	tcase_add_test(tcase, foreign_text_is_fit_for_a_terminal);
	tcase_add_test(tcase, every_table_is_sound);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
