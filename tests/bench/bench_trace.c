/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_trace.c - how fast traces are read: checked and indexed, and handed out op by op
 */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "workloads/trace_file.h"
#include "workloads/trace_out.h"

#define TASKS 16
#define ROUNDS 100000 /* of four ops, a task */
#define TARGET 5.0    /* million ops a second */

static double seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static bool write_trace(const char *path, GError **error)
{
	char unit[] = "unit";
	struct trace_header header = { .unit = unit, .repeats = true, .objects.spin_locks = 4 };
	struct trace_out out;

	if (!trace_out_open(&out, path, &header, error))
		return false;
	for (uint32_t task = 0; task < TASKS; task++) {
		trace_out_task(&out, NULL);
		for (uint32_t i = 0; i < ROUNDS; i++) {
			const struct op ops[] = {
				{ OP_RUN, 0, 1000 + i * 7919 % 100000 },
				{ OP_LOCK, i % 4, 0 },
				{ OP_KERNEL, 0, 500 + i % 1000 },
				{ OP_UNLOCK, i % 4, 0 },
			};

			for (size_t k = 0; k < G_N_ELEMENTS(ops); k++)
				trace_out_op(&out, &ops[k]);
		}
	}
	return trace_out_close(&out, error);
}

static void print(const char *name, uint64_t ops, double time)
{
	printf("{\"name\": \"trace, %s\", \"value\": %.1f, \"unit\": \"Mops/s\", \"target\": "
	       "%.1f}\n",
	       name, (double)ops / time * 1e-6, TARGET);
}

static uint64_t replay(struct trace_file *file)
{
	struct trace_params params = { .file = file };
	struct workload *workload = trace_replay(&params, TASKS, 0, 0);
	uint64_t ops = 0;
	struct op op;

	for (uint64_t i = 0; i < file->ops / TASKS; i++) {
		for (uint32_t task = 0; task < TASKS; task++, ops++)
			workload->program[task]->next(workload->program[task], &op);
	}
	workload->free(workload);
	return ops;
}

int main(void)
{
	g_autofree char *path =
		g_strdup_printf("%s/vcpusim-bench-%d.trace", g_get_tmp_dir(), (int)getpid());
	g_autoptr(GError) error = NULL;
	struct trace_file *file = NULL;
	double start = 0;
	uint64_t ops;

	if (write_trace(path, &error)) {
		start = seconds();
		file = trace_file_open(path, &error);
	}
	if (!file) {
		fprintf(stderr, "bench_trace: %s\n", error->message);
		unlink(path);
		return 1;
	}
	print("read and checked", file->ops, seconds() - start);
	start = seconds();
	ops = replay(file);
	print("replayed", ops, seconds() - start);
	trace_file_unref(file);
	unlink(path);
	return 0;
}
