/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_workloads.c - the registry, the simple shapes, and the profiles
 *
 * Numbers are those of the programs of data/realkvm.
 */
#include <check.h>
#include <glib.h>
#include <string.h>

#include "sim/engine/param.h"
#include "sim/experiment/profile.h"
#include "tests/check_main.h"
#include "tests/unit/op_driver.h"
#include "workloads/workload.h"

START_TEST(registry_tables_are_sound)
{
	for (int i = 0; workload_shapes[i]; i++) {
		const struct workload_shape *shape = workload_shapes[i];

		ck_assert(shape->summary && shape->source && shape->work_unit && shape->create);
		for (const struct param *param = shape->params; param->name; param++) {
			ck_assert(param->unit && param->fallback && param->meaning &&
				  param->source);
			ck_assert_uint_le(param->offset + sizeof(uint64_t), shape->params_size);
			if (param->type != PARAM_UINT)
				continue;
			uint64_t value = g_ascii_strtoull(param->fallback, NULL, 10);
			ck_assert_uint_ge(value, param->min);
			ck_assert_uint_le(value, param->max);
			ck_assert_uint_le(param->low, param->high);
			if (!param->high)
				continue;
			ck_assert_uint_ge(param->low, param->min);
			ck_assert_uint_le(param->high, param->max);
			ck_assert_uint_ge(value, param->low);
			ck_assert_uint_le(value, param->high);
		}
		for (int j = 0; j < i; j++)
			ck_assert_str_ne(shape->name, workload_shapes[j]->name);
	}
}
END_TEST

static uint64_t fingerprint(const struct workload_shape *shape, const void *params, uint64_t seed,
			    uint32_t vm)
{
	struct workload *workload = shape->create(params, 4, seed, vm);
	struct driver driver;

	driver_init(&driver, workload, 7);
	driver_ops(&driver, 20000);
	uint64_t print = driver.fingerprint;
	driver_clear(&driver);
	workload->free(workload);
	return print;
}

START_TEST(streams_follow_seed_and_vm)
{
	static const char *const fixed[] = { "compute", "shootdown_loop", "hand_over", "deal_out",
					     NULL };

	for (int i = 0; workload_shapes[i]; i++) {
		const struct workload_shape *shape = workload_shapes[i];
		g_autofree uint64_t *params = shape_defaults(shape);
		bool drawn = !g_strv_contains(fixed, shape->name);
		uint64_t print = fingerprint(shape, params, 1, 0);

		ck_assert_uint_eq(fingerprint(shape, params, 1, 0), print);
		ck_assert_int_eq(fingerprint(shape, params, 2, 0) != print, drawn);
		ck_assert_int_eq(fingerprint(shape, params, 1, 1) != print, drawn);
	}
}
END_TEST

static void expect(struct program *program, enum op_kind kind, uint64_t low, uint64_t high)
{
	struct op op;

	program->next(program, &op);
	require(op.kind == kind);
	require(op.object == 0);
	require(op.amount >= low);
	require(op.amount <= high);
}

START_TEST(compute_runs_and_counts)
{
	const struct workload_shape *shape = shape_find("compute");
	g_autofree uint64_t *params = shape_defaults(shape);
	struct workload *workload = shape->create(params, 16, 1, 0);

	ck_assert_uint_eq(workload->tasks, 16);
	ck_assert(!shape->terminating);
	for (int i = 0; i < 3; i++) {
		expect(workload->program[15], OP_RUN, 100000, 100000);
		expect(workload->program[15], OP_WORK, 1, 1);
	}
	workload->free(workload);
}
END_TEST

/* data/realkvm lockA: hold 5 to 15 us, think 25 to 75 us. */
START_TEST(lock_loop_is_realkvm_lock_a)
{
	const struct workload_shape *shape = shape_find("lock_loop");
	g_autofree uint64_t *params = shape_defaults(shape);
	struct workload *workload = shape->create(params, 2, 1, 0);
	struct driver driver;

	ck_assert_uint_eq(workload->spin_locks, 1);
	for (int i = 0; i < 1000; i++) {
		expect(workload->program[1], OP_LOCK, 0, 0);
		expect(workload->program[1], OP_KERNEL, 5000, 15000);
		expect(workload->program[1], OP_UNLOCK, 0, 0);
		expect(workload->program[1], OP_WORK, 1, 1);
		expect(workload->program[1], OP_KERNEL, 25000, 75000);
	}
	driver_init(&driver, workload, 1);
	driver_ops(&driver, 100000);
	assert_near(driver.amount[OP_KERNEL], driver.count[OP_WORK] * 60000, 1);
	driver_clear(&driver);
	workload->free(workload);
}
END_TEST

/* data/realkvm: in shoot every task starts shootdowns, in shoot1 the first only (loop index). */
START_TEST(shootdown_loop_is_realkvm_shoot)
{
	const struct workload_shape *shape = shape_find("shootdown_loop");
	g_autofree uint64_t *params = shape_defaults(shape);
	uint64_t burn = _i ? 100000 : 200000;

	shape_set(shape, params, "starters", (uint64_t)_i);
	shape_set(shape, params, "burn", burn);
	struct workload *workload = shape->create(params, 2, 1, 0);
	for (uint32_t task = 0; task < 2; task++) {
		for (int i = 0; i < 10; i++) {
			expect(workload->program[task], OP_KERNEL, burn, burn);
			if (_i && task)
				continue;
			expect(workload->program[task], OP_SHOOTDOWN, 1, 1);
			expect(workload->program[task], OP_WORK, 1, 1);
		}
	}
	workload->free(workload);
}
END_TEST

static struct profile *load_profile(const char *name)
{
	const char *srcdir = g_getenv("srcdir");
	g_autofree char *path =
		g_strdup_printf("%s/workloads/profiles/%s.json", srcdir ? srcdir : ".", name);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	struct profile *profile = NULL;
	gsize length;

	if (g_file_get_contents(path, &text, &length, &error))
		profile = profile_parse(path, text, length, &error);
	ck_assert_msg(profile != NULL, "%s", error ? error->message : "");
	ck_assert_str_eq(profile->name, name);
	return profile;
}

static uint64_t value_of(const struct profile *profile, const char *name)
{
	for (const struct param *param = profile->shape->params; param->name; param++) {
		uint64_t value;

		memcpy(&value, (char *)profile->params + param->offset, sizeof(value));
		if (strcmp(param->name, name) == 0)
			return value;
	}
	ck_abort_msg("no parameter %s", name);
}

/* The defaults of the pipeline are dedup's: both must change together, with a source. */
START_TEST(dedup_profile_says_all_of_its_table)
{
	struct profile *profile = load_profile("dedup");
	g_autofree uint64_t *table = shape_defaults(shape_find("pipeline"));

	ck_assert_ptr_eq(profile->shape, shape_find("pipeline"));
	ck_assert_mem_eq(profile->params, table, profile->shape->params_size);
	for (size_t i = 0; profile->shape->params[i].name; i++) {
		const struct param *param = &profile->shape->params[i];

		ck_assert_msg(profile->detail[i].said && profile->detail[i].source, "%s",
			      param->name);
		ck_assert_uint_eq(profile->detail[i].low, param->low);
		ck_assert_uint_eq(profile->detail[i].high, param->high);
	}
	profile_free(profile);
}
END_TEST

START_TEST(realkvm_profiles_are_its_programs)
{
	static const struct {
		const char *profile, *shape, *param;
		uint64_t value;
	} wanted[] = {
		{ "compute", "compute", "chunk", 100000 },
		{ "realkvm-locka", "lock_loop", "hold", 10000 },
		{ "realkvm-locka", "lock_loop", "think", 50000 },
		{ "realkvm-lockb", "lock_loop", "hold", 20000 },
		{ "realkvm-lockb", "lock_loop", "think", 20000 },
		{ "realkvm-shoot", "shootdown_loop", "burn", 200000 },
		{ "realkvm-shoot", "shootdown_loop", "starters", 0 },
		{ "realkvm-shoot1", "shootdown_loop", "burn", 100000 },
		{ "realkvm-shoot1", "shootdown_loop", "starters", 1 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
		struct profile *profile = load_profile(wanted[i].profile);

		ck_assert_ptr_eq(profile->shape, shape_find(wanted[i].shape));
		ck_assert_uint_eq(value_of(profile, wanted[i].param), wanted[i].value);
		profile_free(profile);
	}
}
END_TEST

static Suite *workloads_suite(void)
{
	Suite *suite = suite_create("workloads");
	TCase *tcase = tcase_create("workloads");

	tcase_add_test(tcase, registry_tables_are_sound);
	tcase_add_test(tcase, streams_follow_seed_and_vm);
	tcase_add_test(tcase, compute_runs_and_counts);
	tcase_add_test(tcase, lock_loop_is_realkvm_lock_a);
	tcase_add_loop_test(tcase, shootdown_loop_is_realkvm_shoot, 0, 2);
	tcase_add_test(tcase, dedup_profile_says_all_of_its_table);
	tcase_add_test(tcase, realkvm_profiles_are_its_programs);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return run_suite(workloads_suite());
}
