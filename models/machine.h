/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * machine.h - one simulated host with its VMs: built from a configuration, run, measured
 */
#pragma once

#include <glib.h>

struct machine;
struct machine_config;
struct result;

/* The configuration is borrowed and must outlive the machine. */
struct machine *machine_new(const struct machine_config *config);
void machine_free(struct machine *machine);

/* Runs warm-up and window. Aborts on an impossible state, among them accounts that do not sum. */
void machine_run(struct machine *machine);
/*
 * After a run: who waits for whom, if all tasks of a VM wait for each other; or why a workload is
 * broken; or NULL. Free with g_free().
 */
char *machine_complaint(const struct machine *machine);
void machine_result(const struct machine *machine, struct result *result);
