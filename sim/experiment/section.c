/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * section.c - the one list of parameter sections
 */
#include "sim/experiment/section.h"

#include <string.h>

#include "models/config.h"

#define HOST(name, kind, member, text)                             \
	{                                                          \
		.table = { .path = name,                           \
			   .params = kind##_params_table,          \
			   .size = sizeof(struct kind##_params),   \
			   .meaning = text },                      \
		.offset = offsetof(struct machine_config, member), \
	}

const struct section sections[] = {
	{
		.table = { .path = "host",
			   .params = kernel_params_table,
			   .size = sizeof(struct kernel_params),
			   .meaning = "the host's kernel" },
		.offset = offsetof(struct machine_config, host),
	},
	HOST("host.features", feature, host_features,
	     "features of the host's scheduler that differ from its version's"),
	HOST("host.topology", topology, topology, "which pCPUs there are and what they share"),
	HOST("host.cgroups", cgroup, cgroups, "how vCPU threads are grouped"),
	HOST("host.cost", cost, cost, "what things take on this machine"),
	HOST("host.kvm", kvm, kvm, "KVM's module parameters"),
	HOST("host.housekeeping", housekeeping, housekeeping, "what else runs on every pCPU"),
	{
		.table = { .path = "vms",
			   .params = vm_params_table,
			   .size = sizeof(struct vm_params),
			   .meaning = "a kind of VM: how many, where they run, their hardware" },
		.offset = offsetof(struct vm_config, vm),
		.of_vm = true,
	},
	{
		.table = { .path = "vms.paravirt",
			   .params = paravirt_params_table,
			   .size = sizeof(struct paravirt_params),
			   .meaning = "what is paravirtual in the guest" },
		.offset = offsetof(struct vm_config, paravirt),
		.of_vm = true,
	},
	{
		.table = { .path = "vms.cpu_max",
			   .params = cpu_max_params_table,
			   .size = sizeof(struct cpu_max_params),
			   .meaning = "CPU limit of its cgroups" },
		.offset = offsetof(struct vm_config, cpu_max),
		.of_vm = true,
	},
	{
		.table = { .path = "vms.guest",
			   .params = kernel_params_table,
			   .size = sizeof(struct kernel_params),
			   .meaning = "the guest's kernel" },
		.offset = offsetof(struct vm_config, guest),
		.of_vm = true,
	},
	{
		.table = { .path = "vms.guest.features",
			   .params = feature_params_table,
			   .size = sizeof(struct feature_params),
			   .meaning =
				   "features of the guest's scheduler that differ from its version's" },
		.offset = offsetof(struct vm_config, guest_features),
		.of_vm = true,
	},
	HOST("run", run, run, "how long a replication lasts"),
	{ .table = { .path = NULL } },
};

const struct section *section_find(const char *path)
{
	for (const struct section *section = sections; section->table.path; section++) {
		if (strcmp(section->table.path, path) == 0)
			return section;
	}
	return NULL;
}

const struct section *section_child(const char *parent, const char *name)
{
	g_autofree char *path = g_strdup_printf("%s.%s", parent, name);

	return section_find(path);
}

void *section_base(const struct section *section, const struct machine_config *config, uint32_t vm)
{
	return (section->of_vm ? (char *)&config->vms[vm] : (char *)config) + section->offset;
}

void section_names(const char *path, GPtrArray *names)
{
	const struct section *section = section_find(path);
	size_t length = strlen(path);

	for (const struct param *param = section->table.params; param->name; param++)
		g_ptr_array_add(names, (gpointer)param->name);
	for (const struct section *child = sections; child->table.path; child++) {
		const char *name = child->table.path;

		if (strncmp(name, path, length) == 0 && name[length] == '.' &&
		    !strchr(name + length + 1, '.'))
			g_ptr_array_add(names, (gpointer)(name + length + 1));
	}
}
