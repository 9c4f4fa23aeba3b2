/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_profile.c - profiles: built in, from a text, wrong ones, and their hash
 */
#include <check.h>
#include <glib.h>
#include <string.h>

#include "sim/engine/param.h"
#include "sim/experiment/param_value.h"
#include "sim/experiment/profile.h"
#include "tests/check_main.h"
#include "workloads/workload.h"

#define HEAD \
	"{\"format\":\"vcpusim-profile/1\",\"name\":\"p\",\"summary\":\"s\",\"shape\":\"lock_loop\""

#define BASE(name)                                                                            \
	"{\"format\":\"vcpusim-profile/1\",\"name\":\"p\",\"summary\":\"s\",\"base\":\"" name \
	"\",\"params\":{}}"

START_TEST(built_in_profiles_parse_and_are_named)
{
	g_autoptr(GPtrArray) names = profile_names();

	ck_assert_uint_ge(names->len, 6);
	for (guint i = 0; i < names->len; i++) {
		g_autoptr(GError) error = NULL;
		struct profile *profile = profile_load(g_ptr_array_index(names, i), NULL, &error);

		ck_assert_msg(profile != NULL, "%s", error ? error->message : "");
		ck_assert_str_eq(profile->name, g_ptr_array_index(names, i));
		ck_assert(*profile->summary);
		if (i)
			ck_assert_str_gt(profile->name, g_ptr_array_index(names, i - 1));
		profile_free(profile);
	}
}
END_TEST

/* Every number has a source; what has a range lies in it. */
START_TEST(built_in_profiles_are_sourced)
{
	g_autoptr(GPtrArray) names = profile_names();

	for (guint i = 0; i < names->len; i++) {
		struct profile *profile = profile_load(g_ptr_array_index(names, i), NULL, NULL);

		ck_assert(profile && *profile->source);
		for (size_t k = 0; profile->shape->params[k].name; k++) {
			const struct profile_param *detail = &profile->detail[k];
			const struct param *param = &profile->shape->params[k];
			uint64_t value = param_get(param, profile->params);

			if (!detail->said)
				continue;
			ck_assert_msg(detail->source && *detail->source, "%s: %s", profile->name,
				      param->name);
			if (detail->ranged)
				ck_assert_msg(value >= detail->low && value <= detail->high,
					      "%s: %s", profile->name, param->name);
		}
		profile_free(profile);
	}
}
END_TEST

static struct profile *parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct profile *profile = profile_parse("p.json", text, strlen(text), &error);

	ck_assert_msg(profile != NULL, "%s", error ? error->message : "");
	return profile;
}

START_TEST(values_ranges_and_sources_are_kept)
{
	struct profile *profile = parse(
		HEAD
		",\"params\":{\"hold\":{\"value\":7700,\"low\":5000,\"high\":9000,\"source\":\"x\"},"
		"\"think\":{\"value\":1100}}}");
	const struct param *params = profile->shape->params;
	const struct param *hold = param_find(params, "hold"), *tasks = param_find(params, "tasks");

	ck_assert_uint_eq(param_get(hold, profile->params), 7700);
	ck_assert(profile->detail[hold - params].ranged);
	ck_assert_uint_eq(profile->detail[hold - params].high, 9000);
	ck_assert_str_eq(profile->detail[hold - params].source, "x");
	ck_assert(!profile->detail[tasks - params].said);
	ck_assert_uint_eq(param_get(tasks, profile->params), 0); /* the table's fallback */
	profile_free(profile);
}
END_TEST

START_TEST(wrong_profiles_say_where)
{
	static const struct {
		const char *text, *message;
	} bad[] = {
		{ "[]", "p.json:1:1: found an array; legal: an object" },
		{ "{}", "format: missing" },
		{ "{\"format\":\"vcpusim-scenario/1\"}", "legal: \"vcpusim-profile/1\"" },
		{ HEAD "}", "params: missing" },
		{ HEAD ",\"params\":{},\"extra\":1}", "extra: found an unknown key" },
		{ HEAD ",\"params\":{\"holt\":{\"value\":1}}}",
		  "p.json:1:86: params.holt: found an unknown parameter of shape lock_loop; legal: tasks, hold, think (did "
		  "you mean \"hold\"?)" },
		{ HEAD ",\"params\":{\"hold\":5}}", "params.hold: found 5; legal: an object" },
		{ HEAD ",\"params\":{\"hold\":{}}}", "value: missing" },
		{ HEAD ",\"params\":{\"hold\":{\"value\":\"5\"}}}",
		  "params.hold.value: found \"5\"" },
		{ HEAD ",\"params\":{\"hold\":{\"value\":500,\"low\":100}}}",
		  "legal: low and high, or neither" },
		{ HEAD ",\"params\":{\"hold\":{\"value\":500,\"low\":900,\"high\":800}}}",
		  "found low above high" },
		{ HEAD ",\"terminating\":true,\"params\":{}}",
		  "terminating: found true; legal: false, as shape lock_loop is" },
		{ HEAD ",\"base\":\"dedup\",\"params\":{}}",
		  "p.json:1:56: shape: found it beside a base; legal: one of them" },
		{ BASE("dedop"), "p.json:1:63: base: found an unknown workload \"dedop\"" },
		{ BASE("dedup-native"),
		  "base: found it in a profile that is a base; legal: a shape" },
		{ BASE("./absent.json"), "base: ./absent.json: cannot be read" },
		{ "{\"format\":\"vcpusim-profile/1\",\"name\":\"p\",\"summary\":\"s\",\"shape\":\"lockloop\",\"params\":{}}",
		  "(did you mean \"lock_loop\"?)" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		ck_assert_ptr_null(
			profile_parse("p.json", bad[i].text, strlen(bad[i].text), &error));
		ck_assert_msg(strstr(error->message, bad[i].message), "%s", error->message);
	}
}
END_TEST

/* Another input of the same program: what it says counts, all else is the base's. */
START_TEST(a_base_gives_what_is_not_said)
{
	struct profile *base = profile_load("dedup", NULL, NULL);
	struct profile *native = profile_load("dedup-native", NULL, NULL);
	struct profile *same = parse(BASE("dedup"));
	const struct param *params = base->shape->params;
	char a[PROFILE_HASH_LENGTH], b[PROFILE_HASH_LENGTH];

	ck_assert_ptr_eq(native->shape, base->shape);
	for (size_t i = 0; params[i].name; i++) {
		bool scaled = strcmp(params[i].name, "chunks") == 0 ||
			      strcmp(params[i].name, "coarse_chunks") == 0 ||
			      strcmp(params[i].name, "work_cpu") == 0;
		uint64_t of_base = param_get(&params[i], base->params);
		uint64_t value = param_get(&params[i], native->params);

		if (scaled) /* workloads.json parsec.dedup native: 3.65 times */
			ck_assert_uint_eq((value * 100 + of_base / 2) / of_base, 365);
		else
			ck_assert_uint_eq(value, of_base);
		ck_assert_str_eq(same->detail[i].source ? same->detail[i].source : "",
				 base->detail[i].source ? base->detail[i].source : "");
	}
	profile_hash(base->shape, base->params, a);
	profile_hash(same->shape, same->params, b);
	ck_assert_str_eq(a, b);
	profile_hash(native->shape, native->params, b);
	ck_assert_str_ne(a, b);
	profile_free(base);
	profile_free(native);
	profile_free(same);
}
END_TEST

/*
 * Inputs as recalled from the PARSEC technical report: what grows with them does so by their ratio, all
 * else is the base's, which has its sources.
 */
START_TEST(native_inputs_scale_what_grows_with_them)
{
	static const struct native {
		const char *name;
		struct {
			const char *name;
			double factor;
		} scaled[3];
	} inputs[] = {
		{ "blackscholes", /* options; flushes are those of the start */
		  { { "work_cpu", 1e7 / 65536 }, { "flush_rate", 65536 / 1e7 } } },
		{ "bodytrack", { { "work_cpu", 261 / 4. }, { "phases", 261 / 4. } } }, /* frames */
		{ "ferret",
		  { { "work_cpu", 3500 / 256. }, { "items", 3500 / 256. } } }, /* queries */
		{ "streamcluster",					       /* points; blocks */
		  { { "work_cpu", 1e6 / 16384 }, { "phases", 1e6 / 200000 } } },
		{ "x264", /* macroblocks; frames; rows of 16 lines */
		  { { "work_cpu", 512 / 128. * (120 * 68) / (40 * 23) },
		    { "frames", 512 / 128. },
		    { "rows", 68 / 23. } } },
	};
	const struct native *input = &inputs[_i];
	g_autofree char *name = g_strconcat(input->name, "-native", NULL);
	struct profile *base = profile_load(input->name, NULL, NULL);
	struct profile *native = profile_load(name, NULL, NULL);
	const struct param *params = base->shape->params;

	ck_assert_ptr_nonnull(native);
	for (size_t i = 0; params[i].name; i++) {
		double value = (double)param_get(&params[i], base->params);

		for (guint k = 0; k < 3 && input->scaled[k].name; k++)
			if (strcmp(params[i].name, input->scaled[k].name) == 0)
				value *= input->scaled[k].factor;
		ck_assert_double_eq_tol((double)param_get(&params[i], native->params), value,
					MAX(value * 1e-4, 0.5));
	}
	profile_free(base);
	profile_free(native);
}
END_TEST

/* A range is of its value: who says another value without a range has none. */
START_TEST(a_base_s_range_goes_with_its_value)
{
	static const char text[] =
		"{\"format\":\"vcpusim-profile/1\",\"name\":\"p\",\"summary\":\"s\",\"base\":\"dedup\","
		"\"params\":{\"work_cpu\":{\"value\":9000000000}}}";
	struct profile *profile = parse(text);
	const struct param *params = profile->shape->params;
	const struct param *work = param_find(params, "work_cpu"),
			   *flush = param_find(params, "flush_rate");

	ck_assert_uint_eq(param_get(work, profile->params), 9000000000);
	ck_assert(!profile->detail[work - params].ranged);
	ck_assert_ptr_null(profile->detail[work - params].source);
	ck_assert_uint_eq(profile->detail[flush - params].high, 17000);
	profile_free(profile);
}
END_TEST

START_TEST(hash_is_of_the_resolved_values)
{
	struct profile *said =
		parse(HEAD ",\"params\":{\"hold\":{\"value\":20000},\"think\":{\"value\":20000},"
			   "\"tasks\":{\"value\":0}}}");
	struct profile *other = parse(HEAD
				      ",\"params\":{\"think\":{\"value\":20000,\"source\":\"y\"},"
				      "\"hold\":{\"value\":20000}}}");
	char a[PROFILE_HASH_LENGTH], b[PROFILE_HASH_LENGTH];

	profile_hash(said->shape, said->params, a);
	profile_hash(other->shape, other->params, b);
	ck_assert_str_eq(a, b); /* neither order nor sources nor what is left to fallbacks */
	/* sha256 of "lock_loop\nhold=20000\ntasks=0\nthink=20000\n" by sha256sum */
	ck_assert_str_eq(a, "e1e86c3866587c7b2c3c25b3d99c46743f38e613d0f3ffec9da11a50fc846373");
	param_put(param_find(other->shape->params, "hold"), other->params, 20001);
	profile_hash(other->shape, other->params, b);
	ck_assert_str_ne(a, b);
	profile_free(said);
	profile_free(other);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("profile");
	TCase *tcase = tcase_create("profiles");

	tcase_add_test(tcase, built_in_profiles_parse_and_are_named);
	tcase_add_test(tcase, built_in_profiles_are_sourced);
	tcase_add_test(tcase, values_ranges_and_sources_are_kept);
	tcase_add_test(tcase, wrong_profiles_say_where);
	tcase_add_test(tcase, a_base_gives_what_is_not_said);
	tcase_add_loop_test(tcase, native_inputs_scale_what_grows_with_them, 0, 5);
	tcase_add_test(tcase, a_base_s_range_goes_with_its_value);
	tcase_add_test(tcase, hash_is_of_the_resolved_values);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
