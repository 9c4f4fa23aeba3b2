/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * machine_trail.h - the event trail of one shootdown, of one HLT, of one wait for a spin lock, or of one
 * for a mutex, rwsem, futex or barrier
 *
 * From the moment when it begins to the moment when it is over: all that happens to the vCPUs
 * concerned, and who runs on their pCPUs.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct machine;
struct trail;

enum trail_subject { TRAIL_SHOOTDOWN, TRAIL_LOCK, TRAIL_HLT, TRAIL_SLEEPING_WAIT };

/* One line. Owner: the array of trail_lines(). */
struct trail_line {
	uint64_t when; /* ns */
	uint32_t pcpu; /* UINT32_MAX: none */
	char *vcpu;    /* "v0.1": VM 0, vCPU 1; or "" */
	char *what, *why;
	uint32_t repeats; /* equal lines that followed and are left out */
};

/*
 * Listens from the end of warm-up on. `number` counts from 1, over all VMs, in the order of their
 * beginnings; 0: records nothing and finds the slowest. To be created before machine_run(), which
 * ends when the one that is wanted is over.
 */
struct trail *trail_new(struct machine *machine, enum trail_subject subject, uint64_t number);
void trail_free(struct trail *trail);

/* Is what was wanted over? */
bool trail_complete(const struct trail *trail);
/* How many began, and which took longest, of those that are over; 0: none. */
uint64_t trail_begun(const struct trail *trail);
uint64_t trail_slowest(const struct trail *trail);
/* struct trail_line; free with g_ptr_array_unref(). */
GPtrArray *trail_lines(const struct trail *trail);
