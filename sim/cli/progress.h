/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * progress.h - one line on standard error while replications run, if that is a terminal
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

struct progress {
	bool shown;
	const char *what; /* borrowed */
	gint64 last;	  /* us, monotonic: when the line was drawn */
};

void progress_init(struct progress *progress, const char *what, bool quiet);
/* A replicate_progress; `data` is a struct progress. */
void progress_update(void *data, guint done, guint total);
/* Wipes the line. */
void progress_end(struct progress *progress);
