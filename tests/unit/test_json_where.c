/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_json_where.c - paths and positions in JSON texts, and what a document says about itself
 */
#include <check.h>
#undef fail /* Check's, which ours replaces */
#include <glib.h>
#include <string.h>

#include "sim/engine/fail.h"
#include "sim/experiment/document.h"
#include "sim/experiment/json_where.h"
#include "tests/check_main.h"

static const char text[] = "{\n"
			   "  \"a\": 1,\n"
			   "\t\"b c\": [ 10, {\"x\":\"q]\\\"}\"} , true ],\n"
			   "  \"\\u0064\": { \"e\": { \"f\": -2.5e3 } },\n"
			   "  \"\xc3\xa9\": null, \"a.b\": []\n"
			   "}\n";

static void check_at(const char *path, guint line, guint column, const char *value)
{
	struct json_where where;
	guint l, c;

	ck_assert_msg(json_where_find(text, strlen(text), path, &where), "%s", path);
	json_where_position(text, where.value, &l, &c);
	ck_assert_msg(l == line && c == column, "%s at %u:%u", path, l, c);
	ck_assert_msg(strlen(value) == where.end - where.value &&
			      strncmp(text + where.value, value, strlen(value)) == 0,
		      "%s is %.*s", path, (int)(where.end - where.value), text + where.value);
}

START_TEST(values_are_found)
{
	check_at("a", 2, 8, "1");
	check_at("[\"b c\"][0]", 3, 11, "10");
	check_at("[\"b c\"][1].x", 3, 20, "\"q]\\\"}\"");
	check_at("[\"b c\"][2]", 3, 31, "true");
	check_at("d.e.f", 4, 27, "-2.5e3"); /* the key is written with an escape */
	check_at("d.e", 4, 20, "{ \"f\": -2.5e3 }");
	check_at("[\"a.b\"]", 5, 21, "[]"); /* columns count characters, not bytes */
}
END_TEST

START_TEST(keys_are_found)
{
	struct json_where where;
	guint line, column;

	ck_assert(json_where_find(text, strlen(text), "d", &where));
	json_where_position(text, where.key, &line, &column);
	ck_assert_uint_eq(line, 4);
	ck_assert_uint_eq(column, 3);
	ck_assert(json_where_find(text, strlen(text), "", &where));
	ck_assert_uint_eq(where.value, 0);
	ck_assert_uint_eq(where.end, strlen(text) - 1);
}
END_TEST

START_TEST(absent_paths_are_absent)
{
	static const char *const absent[] = { "A",   "a.b",	"b",   "[\"b c\"][3]",
					      "d.f", "d.e.f.g", "a[0]" };
	struct json_where where;

	for (guint i = 0; i < G_N_ELEMENTS(absent); i++)
		ck_assert_msg(!json_where_find(text, strlen(text), absent[i], &where), "%s",
			      absent[i]);
}
END_TEST

START_TEST(offset_to_path)
{
	const char broken[] = "{ \"a\": { \"b\": [1, 2, {\"c\": ";
	gsize begin;
	g_autofree char *last = json_where_path(broken, strlen(broken), strlen(broken), &begin);
	g_autofree char *middle = json_where_path(broken, strlen(broken), 18, &begin);

	ck_assert_str_eq(last, "a.b[2].c");
	ck_assert_str_eq(middle, "a.b[1]");
}
END_TEST

static char *complaint(const char *json, gsize length)
{
	struct document document;
	g_autoptr(GError) error = NULL;

	if (document_parse(&document, "f", json, length, &error)) {
		document_clear(&document);
		return g_strdup("fine");
	}
	ck_assert(g_error_matches(error, VCPUSIM_ERROR, ERROR_INPUT));
	return g_strdup(error->message);
}

static void check_complaint(const char *json, gsize length, const char *begin)
{
	g_autofree char *message = complaint(json, length);

	ck_assert_msg(g_str_has_prefix(message, begin), "%s", message);
}

START_TEST(broken_documents_say_where)
{
	check_complaint("{ \"a\": 1 }", 10, "fine");
	check_complaint("", 0, "f:1:1: found an empty file");
	check_complaint(" \n\t ", 4, "f:1:1: found an empty file");
	check_complaint("{\n \"a\": \0 }", 11, "f:2:7: found a NUL byte");
	check_complaint("{ \"a\": { \"b\": 1,\n \"b\": 2 } }", 28,
			"f:2:2: a.b: found the key twice");
	check_complaint("{ \"a\": 1\n \"b\": 2 }", 18, "f:2:4: found no JSON");
	check_complaint("{ \"a\": 99999999999999999999 }", 29, "f:1:");
}
END_TEST

START_TEST(deep_nesting_is_refused_not_overflowed)
{
	g_autofree char *deep = g_strnfill(3000000, '[');
	g_autofree char *message = complaint(deep, 3000000);

	ck_assert_msg(strstr(message, "maximum parsing depth"), "%s", message);
	ck_assert_uint_lt(strlen(message), 400);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json_where");
	TCase *tcase = tcase_create("positions");

	tcase_add_test(tcase, values_are_found);
	tcase_add_test(tcase, keys_are_found);
	tcase_add_test(tcase, absent_paths_are_absent);
	tcase_add_test(tcase, offset_to_path);
	tcase_add_test(tcase, broken_documents_say_where);
	tcase_add_test(tcase, deep_nesting_is_refused_not_overflowed);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
