/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trail_private.h - the listener: trail.c fills it, trail_text.c reads it
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/machine_trail.h"
#include "models/trail.h"

struct machine;

/* Owner: the caller of trail_new(). */
struct machine_trail {
	struct trail base; /* first */
	struct machine *machine;
	enum trail_subject subject;
	uint64_t wanted; /* 0: the slowest is looked for */
	uint64_t begun;	 /* so far */
	uint64_t slowest, slowest_ns;
	uint64_t *number, *since; /* [slots]: of what it is in, 0: nothing */
	uint32_t *first_task;	  /* [VMs]: slot of its first task, where tasks wait, not vCPUs */
	bool recording, complete;
	uint32_t vm, subject_id; /* whose it is, while recording */
	uint32_t task;		 /* ... where tasks wait */
	bool *concerned;	 /* [vCPUs of that VM] */
	int64_t lock;		 /* that it waits for */
	GArray *records;	 /* struct trail_record */
};
