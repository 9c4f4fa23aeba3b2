/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * section.h - the one list of parameter sections: which table stands where in a scenario and in the
 * configuration
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/engine/param.h"

struct machine_config;

struct section {
	struct param_section table; /* .path: "host.cost", "vms.guest" */
	size_t offset; /* of its struct in vm_config if of_vm, else in machine_config */
	bool of_vm;
};

/* Ends with a NULL path. A section comes before its children. */
extern const struct section sections[];

const struct section *section_find(const char *path);
/* "host" and "cost" -> host.cost, or NULL. */
const struct section *section_child(const char *parent, const char *name);
/* Where the values are; `vm` counts only if of_vm. */
void *section_base(const struct section *section, const struct machine_config *config, uint32_t vm);
/* Adds the names that a scenario may say in the object at `path`: parameters and child sections. */
void section_names(const char *path, GPtrArray *names);
