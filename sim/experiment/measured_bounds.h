/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured_bounds.h - how near a prediction must come to a measurement
 *
 * None of these is chosen by what comes out: each has its source. Where a file's own notes say that
 * its figures must not be trusted so far, the bound is wider, and the reason is printed with it.
 */
#pragma once

/* Shares of one CPU. Issue 4: 0.3 % for hogs, 1 % else. */
#define BOUND_SHARE_HOGS 0.003
#define BOUND_SHARE 0.01
/* data/realsched/README.md, point 5: not to be fitted to better than this. */
#define BOUND_SHARE_UNSEPARATED 0.03

/* A window with fewer runs of a task shows its share only to half a run. */
#define MANY_RUNS 40

/* Switches a second, relative; issue 4. One switch a window more or less is no difference, and a task
 * not of the test adds one each time it interrupts (foreign_switch_ins_per_s). */
#define BOUND_SWITCHES 0.03

/* Share of each mode, and height of an ECDF; issue 4. To it come two standard errors of the measured
 * share: of few samples nobody knows it better. */
#define BOUND_MODE 0.03
#define STANDARD_ERRORS 2.0
/* Of fewer, p5 is the least, and a distribution is an anecdote. */
#define LEAST_SAMPLES 20
/* A peak of the measured or simulated distribution with less than this is no mode. */
#define LEAST_MODE 0.05

/* p5 and p95: between the simulated quantiles that lie BOUND_MODE to either side, give or take this
 * much, relative; the same for the Wasserstein distance over the mean. */
#define BOUND_LENGTH 0.05

/* us of kernel path that no cost table knows. README.md, point 6: the emulated machine's paths are
 * longer than a real one's (switch 5 us against 1 us): only the ms-scale figures count. */
#define PATH_EMULATED 25.0
#define PATH_MACHINE 10.0
