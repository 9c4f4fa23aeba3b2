/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * describe.h - a configuration in a line of words
 */
#pragma once

struct machine_config;

/* "2 x dedup with 16 vCPUs, pinned, on 16 pCPUs; host 6.19, 1000 Hz, lazy". g_free(). */
char *describe_machine(const struct machine_config *config);
/* The line "workload dedup: sha256 7d8e309584617157", the parameters as they count. g_free(). */
char *describe_workloads(const struct machine_config *config);
/* The unit of the work of a kind of VM: "passes/s". g_free(). */
char *describe_work_unit(const struct machine_config *config, unsigned kind);
