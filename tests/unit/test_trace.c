/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_trace.c - the text of ops, what a replay hands out, memory
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/check_main.h"
#include "tests/unit/op_driver.h"
#include "workloads/instance.h"
#include "workloads/trace_file.h"
#include "workloads/trace_generate.h"
#include "workloads/trace_out.h"
#include "workloads/workload.h"

static char *temporary(const char *suffix)
{
	return g_strdup_printf("%s/vcpusim-test-%d%s", g_get_tmp_dir(), (int)getpid(), suffix);
}

START_TEST(every_op_has_a_row)
{
	for (uint32_t kind = 0; kind < OP_KINDS; kind++) {
		ck_assert_msg(trace_ops[kind].name, "op %u has no row in trace_ops[]", kind);
		ck_assert_int_le(trace_ops[kind].object, TRACE_TASK);
		ck_assert_msg(trace_ops[kind].name[0] != 'a', "%s may be taken for \"again\"",
			      trace_ops[kind].name);
		for (uint32_t other = 0; other < kind; other++)
			ck_assert_str_ne(trace_ops[kind].name, trace_ops[other].name);
	}
}
END_TEST

START_TEST(an_op_reads_as_it_was_written)
{
	struct trace_grammar grammar;

	trace_grammar_init(&grammar);
	for (uint32_t kind = 0; kind < OP_KINDS; kind++) {
		const uint64_t amounts[] = { 1, 9, 10, 4294967295 };

		for (size_t i = 0; i < G_N_ELEMENTS(amounts); i++) {
			struct op op = { .kind = (enum op_kind)kind }, again = { .kind = OP_KINDS };
			char line[TRACE_OP_MOST];
			const char *at;

			op.object = trace_ops[kind].object ? (uint32_t)amounts[3 - i] : 0;
			op.amount = trace_ops[kind].amount ? amounts[i] : 0;
			if (trace_ops[kind].amount == TRACE_FLAG)
				op.amount = i % 2;

			size_t length = trace_op_print(&op, line);

			ck_assert_uint_lt(length, TRACE_OP_MOST);
			ck_assert_int_eq(line[length - 1], '\n');
			ck_assert(trace_op_parse(&grammar, line, line + length - 1, &again, &at,
						 NULL));
			ck_assert_int_eq(again.kind, op.kind);
			ck_assert_uint_eq(again.object, op.object);
			ck_assert_uint_eq(again.amount, op.amount);
		}
	}
}
END_TEST

/* Replayed far behind and far ahead of each other, tasks get what the shape would hand out. */
static void compare_tasks(struct workload *shape, struct workload *replay, uint64_t ops)
{
	ck_assert_uint_eq(shape->tasks, replay->tasks);
	for (uint32_t task = 0; task < shape->tasks; task++) {
		for (uint64_t i = 0; i < ops; i++) {
			struct op wanted, got;

			shape->program[task]->next(shape->program[task], &wanted);
			replay->program[task]->next(replay->program[task], &got);
			ck_assert_int_eq(got.kind, wanted.kind);
			ck_assert_uint_eq(got.object, wanted.object);
			ck_assert_uint_eq(got.amount, wanted.amount);
		}
	}
}

START_TEST(a_replay_hands_out_what_the_shape_does)
{
	const struct workload_shape *shape = shape_find("shootdown_loop");
	g_autofree uint64_t *params = shape_defaults(shape);
	g_autofree char *path = temporary(_i ? ".trace.gz" : ".trace");
	struct trace_generation generation = {
		.shape = shape,
		.params = params,
		.name = "test",
		.vcpus = 4,
		.vm = 3,
		.seed = 11,
		.time = 1000000000,
	};
	struct workload *fresh = shape->create(params, 4, 11, 3);

	ck_assert(trace_generate(&generation, path, NULL));

	struct trace_file *file = trace_file_open(path, NULL);

	ck_assert(file);

	struct trace_params trace_params = { .file = file };
	struct workload *replay = trace_replay(&trace_params, 4, 0, 0);

	compare_tasks(fresh, replay, file->task[0].ops - 1000);
	replay->free(replay);
	fresh->free(fresh);
	trace_file_unref(file);
	unlink(path);
}
END_TEST

/* Whatever the order in which the tasks come: what depends on it does so in both. */
START_TEST(a_reactive_shape_reads_its_tapes_as_if_it_drew)
{
	const struct workload_shape *shape = shape_find("pipeline");
	g_autofree uint64_t *params = shape_defaults(shape);
	g_autofree char *path = temporary(".tapes");
	struct trace_generation generation = {
		.shape = shape,
		.params = params,
		.name = "test",
		.vcpus = 4,
		.vm = 2,
		.seed = 5,
		.time = 200000000,
	};
	struct driver driver, replayed;

	shape_set(shape, params, "chunks", 1000);
	shape_set(shape, params, "work_cpu", 100000000);
	ck_assert(trace_generate(&generation, path, NULL));

	struct trace_file *file = trace_file_open(path, NULL);

	ck_assert(file);

	struct trace_params trace_params = { .file = file };
	struct workload *fresh = shape->create(params, 4, 5, 2);
	struct workload *replay = trace_replay(&trace_params, 4, 0, 0);

	driver_init(&driver, fresh, (uint64_t)_i);
	driver_init(&replayed, replay, (uint64_t)_i);
	ck_assert(driver_pass(&driver, 1000000));
	ck_assert(driver_pass(&replayed, 1000000));
	ck_assert_uint_eq(driver.fingerprint, replayed.fingerprint);
	ck_assert_ptr_null(replay->broken(replay));
	driver_clear(&driver);
	driver_clear(&replayed);
	fresh->free(fresh);
	replay->free(replay);
	trace_file_unref(file);
	unlink(path);
}
END_TEST

static void write_counting(const char *path, bool repeats, uint64_t ops)
{
	char unit[] = "u";
	struct trace_header header = { .unit = unit, .repeats = repeats };
	struct trace_out out;

	ck_assert(trace_out_open(&out, path, &header, NULL));
	for (uint32_t task = 0; task < 2; task++) {
		trace_out_task(&out, NULL);
		for (uint64_t i = 1; i <= ops; i++)
			trace_out_op(&out, &(struct op){ OP_RUN, 0, i });
	}
	ck_assert(trace_out_close(&out, NULL));
}

START_TEST(the_end_of_a_trace_is_as_its_header_says)
{
	g_autofree char *path = temporary(".end");

	write_counting(path, _i, 3000);

	struct trace_file *file = trace_file_open(path, NULL);
	struct trace_params params = { .file = file };
	struct workload *replay = trace_replay(&params, 1, 0, 0);
	struct op op;

	for (uint64_t i = 1; i <= 3000; i++) {
		replay->program[1]->next(replay->program[1], &op);
		ck_assert_uint_eq(op.amount, i);
	}
	replay->program[1]->next(replay->program[1], &op);
	ck_assert_int_eq(op.kind, _i ? OP_RUN : OP_EXIT);
	ck_assert_uint_eq(op.amount, _i ? 1 : 0);
	ck_assert_ptr_null(replay->broken(replay));
	replay->free(replay);
	trace_file_unref(file);
	unlink(path);
}
END_TEST

static long peak_kib(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

/* One task is replayed to its end while the other has not begun: nothing is kept for that one. */
START_TEST(memory_does_not_grow_with_the_trace)
{
	g_autofree char *path = temporary(".long");
	const char *instrumented = getenv("INSTRUMENTED");
	struct op op;

	if (instrumented && strcmp(instrumented, "yes") == 0)
		return;
	write_counting(path, false, 1000000);

	long before = peak_kib();
	struct trace_file *file = trace_file_open(path, NULL);
	struct trace_params params = { .file = file };
	struct workload *replay = trace_replay(&params, 1, 0, 0);

	do {
		replay->program[1]->next(replay->program[1], &op);
	} while (op.kind != OP_EXIT);
	/* 21 MB of text, 2 million ops */
	ck_assert_int_lt(peak_kib() - before, 4096);
	replay->free(replay);
	trace_file_unref(file);
	unlink(path);
}
END_TEST

START_TEST(a_trace_cut_after_it_was_opened_ends_its_tasks)
{
	g_autofree char *path = temporary(".cut");
	struct op op = { .kind = OP_RUN };

	write_counting(path, true, 3000);

	struct trace_file *file = trace_file_open(path, NULL);
	struct trace_params params = { .file = file };
	struct workload *replay = trace_replay(&params, 1, 0, 0);

	ck_assert_int_eq(truncate(path, 0), 0);
	for (int i = 0; i < 10000 && op.kind != OP_EXIT; i++)
		replay->program[1]->next(replay->program[1], &op);
	ck_assert_int_eq(op.kind, OP_EXIT);
	ck_assert_ptr_nonnull(replay->broken(replay));
	replay->free(replay);
	trace_file_unref(file);
	unlink(path);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("trace");
	TCase *tests = tcase_create("trace");

	tcase_add_test(tests, every_op_has_a_row);
	tcase_add_test(tests, an_op_reads_as_it_was_written);
	tcase_add_loop_test(tests, a_replay_hands_out_what_the_shape_does, 0, 2);
	tcase_add_loop_test(tests, a_reactive_shape_reads_its_tapes_as_if_it_drew, 1, 6);
	tcase_add_loop_test(tests, the_end_of_a_trace_is_as_its_header_says, 0, 2);
	tcase_add_test(tests, memory_does_not_grow_with_the_trace);
	tcase_add_test(tests, a_trace_cut_after_it_was_opened_ends_its_tasks);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
