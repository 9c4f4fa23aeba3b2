/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * collect.c - runs the benches, prints one table, writes one JSON array
 *
 * A bench prints one object a line: {"name", "value", "unit", "target"}; target may be missing, and
 * "better": "less" says that smaller is better. The ratio is value / target, or target / value for
 * those, so that 1 and above always means that the target is met.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#define LINE_MAX_BYTES 4096

static bool add_ratio(json_t *row)
{
	json_t *value = json_object_get(row, "value"), *target = json_object_get(row, "target");
	const char *better = json_string_value(json_object_get(row, "better"));
	double v, t;

	if (!json_is_string(json_object_get(row, "name")) || !json_is_number(value) ||
	    !json_is_string(json_object_get(row, "unit")))
		return false;
	v = json_number_value(value);
	t = json_number_value(target);
	if (better && strcmp(better, "less") == 0)
		json_object_set_new(row, "ratio", v > 0 && t > 0 ? json_real(t / v) : json_null());
	else
		json_object_set_new(row, "ratio", t > 0 ? json_real(v / t) : json_null());
	if (!target)
		json_object_set_new(row, "target", json_null());
	json_object_del(row, "better");
	return true;
}

static void print_row(const json_t *row)
{
	const json_t *target = json_object_get(row, "target"),
		     *ratio = json_object_get(row, "ratio");

	printf("%-44s %12.4g %-14s", json_string_value(json_object_get(row, "name")),
	       json_number_value(json_object_get(row, "value")),
	       json_string_value(json_object_get(row, "unit")));
	if (json_is_number(target))
		printf(" %10.4g", json_number_value(target));
	if (json_is_number(ratio))
		printf(" %8.2f", json_real_value(ratio));
	putchar('\n');
	fflush(stdout);
}

static bool run_bench(const char *program, json_t *rows)
{
	char line[LINE_MAX_BYTES];
	bool good = true;
	FILE *pipe = popen(program, "r");

	if (!pipe) {
		fprintf(stderr, "collect: %s: %s\n", program, strerror(errno));
		return false;
	}
	while (fgets(line, sizeof(line), pipe)) {
		json_t *row = json_loads(line, 0, NULL);

		if (row && add_ratio(row)) {
			print_row(row);
			json_array_append(rows, row);
		} else {
			fprintf(stderr, "collect: %s printed what is no result: %s", program, line);
			good = false;
		}
		json_decref(row);
	}
	if (pclose(pipe) != 0) {
		fprintf(stderr, "collect: %s failed\n", program);
		good = false;
	}
	return good;
}

int main(int argc, char **argv)
{
	bool good = true;
	json_t *rows;

	if (argc < 3 || strcmp(argv[1], "--output") != 0) {
		fputs("Usage: collect --output FILE BENCH...\n", stderr);
		return 2;
	}
	rows = json_array();
	printf("%-44s %12s %-14s %10s %8s\n", "bench", "value", "unit", "target", "ratio");
	for (int i = 3; i < argc; i++)
		good &= run_bench(argv[i], rows);
	if (json_dump_file(rows, argv[2], JSON_INDENT(2) | JSON_REAL_PRECISION(6)) != 0) {
		fprintf(stderr, "collect: cannot write %s\n", argv[2]);
		good = false;
	}
	json_decref(rows);
	return good ? 0 : 1;
}
