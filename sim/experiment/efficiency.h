/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * efficiency.h - how much of what the host could do is done, and so how much a policy could gain
 *
 * Reference: one VM of each kind alone on the same host, same set-up, no policy. It does r work a
 * second and keeps b pCPUs busy (all accounts but idle, halt polling and housekeeping). If nothing
 * were lost to sharing, n such VMs would do n * r as long as the host has n * b pCPUs to give; if
 * it has only C, they would do n * r * C / (n * b). So the ideal scales each kind by min(1, C / sum
 * of n * b). Efficiency is the work done over the ideal (geometric mean over VMs), and the ceiling
 * of a gain is 1 / efficiency - 1. What one VM alone loses by itself (its own spinning, its own
 * idle time) counts as unavoidable.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

struct cell;
struct execution;

struct reference {
	struct cell **solo; /* [kinds], each one VM alone; owned */
	unsigned kinds;
	double *ideal; /* [kinds] work a second of all VMs of the kind if nothing were lost */
	double *alone; /* [kinds] work a second of one VM alone */
};

/* Runs the reference of a cell's configuration. */
bool reference_make(struct reference *reference, const struct cell *cell, guint replications,
		    const struct execution *execution, GError **error);
void reference_clear(struct reference *reference);

double reference_efficiency(const struct reference *reference, const struct cell *cell);
double reference_ceiling(const struct reference *reference, const struct cell *cell);
/* Work of all VMs over that of one VM alone (geometric mean over kinds). */
double reference_of_one(const struct reference *reference, const struct cell *cell);
