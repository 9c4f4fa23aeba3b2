/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_run.h - what run and compare share: the set-ups to run, the head of their output
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

struct cell;
struct machine_config;
struct run_options;
struct scenario;

/*
 * The set-ups asked for, else the headline, else all; empty if the scenario has none. g_strfreev().
 */
char **scenario_run_setups(const struct scenario *scenario, char **asked, GError **error);

/* Every --set policy.NAME.PARAM must concern one of the policies (texts, NULL-terminated). */
bool scenario_run_check_policies(char **set, const char *const *policies, GError **error);

/* Title, file, seed and times. Appends to `text`. */
void scenario_run_head(const struct scenario *scenario, const struct machine_config *config,
		       const struct run_options *options, const char *replications, GString *text);
/* "lab-pinned: 2 VMs x ..." */
void scenario_run_describe(const char *setup, const struct machine_config *config, GString *text);

/* Free vCPUs on a host that places and balances simply: no gain is to be quoted. */
bool scenario_run_simple_placement(const struct machine_config *config);
/* The line that says so, if the configuration is concerned. */
void scenario_run_warn(const char *setup, const struct machine_config *config, GString *text);
