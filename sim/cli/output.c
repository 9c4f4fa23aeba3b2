/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output.c - the only way to standard output
 */
#include "sim/cli/output.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/engine/fail.h"

bool output_write(const char *text, GError **error)
{
	if (fputs(text, stdout) >= 0 && fflush(stdout) == 0)
		return true;
	return fail(error, ERROR_SYSTEM, "standard output: %s", g_strerror(errno));
}

bool output_json_take(json_t *json, GError **error)
{
	char *text = json_dumps(json, JSON_SORT_KEYS | JSON_INDENT(2) | JSON_REAL_PRECISION(17));
	g_autofree char *line = text ? g_strconcat(text, "\n", NULL) : NULL;

	json_decref(json);
	free(text);
	if (!line)
		return fail(error, ERROR_SYSTEM, "cannot write the result as JSON");
	return output_write(line, error);
}

json_t *output_json_number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

bool output_coloured(void)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && (!no_color || !*no_color) && term && *term &&
	       strcmp(term, "dumb") != 0;
}
