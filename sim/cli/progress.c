/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * progress.c - one line on standard error while replications run
 */
#include "sim/cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INTERVAL (100 * 1000) /* us: ten times a second at the most */

void progress_init(struct progress *progress, const char *what, bool quiet)
{
	const char *term = getenv("TERM");
	bool dumb = !term || !*term || strcmp(term, "dumb") == 0;

	*progress = (struct progress){ .shown = !quiet && !dumb && isatty(STDERR_FILENO),
				       .what = what };
}

void progress_update(void *data, guint done, guint total)
{
	struct progress *progress = data;
	gint64 now = g_get_monotonic_time();

	if (!progress->shown || (done < total && now - progress->last < INTERVAL))
		return;
	progress->last = now;
	fprintf(stderr, "\r%s: %u of %u replications\033[K", progress->what, done, total);
	fflush(stderr);
}

void progress_end(struct progress *progress)
{
	if (progress->shown && progress->last) {
		fputs("\r\033[K", stderr);
		fflush(stderr);
	}
}
