/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured.h - what a real kernel did with small loads, as read from a file like data/realsched/
 *
 * Times of distributions are us, as in the file; those of the load are ns, as the models want them.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/host_load.h"
#include "sim/experiment/document.h"

/* A scalar over repetitions. */
struct measured_spread {
	double mean, min, max;
};

enum measured_kind { MEASURED_RUN, MEASURED_WAKE, MEASURED_WAIT, MEASURED_KINDS };

/* The file's key and what a reader calls it. */
extern const char *const measured_keys[MEASURED_KINDS];
extern const char *const measured_words[MEASURED_KINDS];

/* Samples of all repetitions together. */
struct measured_distribution {
	uint64_t n; /* 0: not measured */
	double p5, p95;
	GArray *bins; /* of struct measured_bin, rising */
};

struct measured_bin {
	double from; /* lower edge */
	double count;
};

struct measured_class {
	char *name;
	const char *type; /* as in the task's text */
	uint32_t tasks;
	struct measured_spread share;	 /* of one CPU, of all its tasks together */
	struct measured_spread switches; /* switch-ins a second and task */
	struct measured_distribution distribution[MEASURED_KINDS];
};

struct measured_scenario {
	char *name;
	const char *caveat;	 /* or NULL; borrowed from the document */
	bool lean;		 /* one CPU */
	uint64_t warmup, window; /* ns */
	uint32_t cpus;		 /* that any task may use */
	uint32_t repetitions;
	double foreign_switches; /* a second: interruptions by tasks that are not of the test */
	double foreign_share;	 /* of the window that they ran */
	struct measured_class *class; /* [load.classes] */
	struct host_load load;	      /* owns its arrays */
};

struct measured_environment {
	const char *uname;		     /* borrowed from the document */
	char *release;			     /* "6.18.15" */
	uint64_t kernel;		     /* index into fair_versions */
	uint64_t hz, preemption, base_slice; /* base_slice in ns */
	uint32_t cpus;			     /* 0: the file does not say */
	bool emulated;
};

struct measured_file {
	struct document document;
	struct measured_environment environment;
	struct measured_scenario *scenario; /* [scenarios] */
	guint scenarios;
};

/*
 * Takes the document, which is empty then. `kernel`: the row to take, NULL: by the file's uname.
 */
bool measured_read(struct measured_file *file, struct document *document, const char *kernel,
		   GError **error);
void measured_clear(struct measured_file *file);
