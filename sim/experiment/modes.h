/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modes.h - has a sample one mode or two?
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Two clusters on a line: the split that leaves the least variance inside. */
struct modes {
	bool bimodal;
	double remaining; /* share of the variance that the split leaves */
	size_t low_count, high_count;
	double low, high; /* means of the clusters */
};

/*
 * Bimodal: clusters of at least two, less of the variance left inside than chance leaves (modes.c),
 * and means apart by at least `relevant`, in the sample's unit.
 */
struct modes modes_find(const double *sample, size_t n, double relevant);
