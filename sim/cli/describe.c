/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * describe.c - a configuration in a line of words
 */
#include "sim/cli/describe.h"

#include "models/config.h"
#include "sim/cli/number.h"
#include "sim/experiment/param_value.h"
#include "sim/experiment/profile.h"
#include "workloads/workload.h"

/* The word that a choice has now. g_free(). */
static char *chosen(const struct param *table, const char *name, const void *base)
{
	const struct param *param = param_find(table, name);

	return param_print(param, param_get(param, base));
}

/* The profile, and which part was used of the range of what nobody knows well. g_free(). */
static char *describe_workload(const struct vm_config *vm)
{
	const char *name = vm->workload->uncertain;
	const struct param *param = name ? param_find(vm->workload->params, name) : NULL;

	if (!param)
		return g_strdup(vm->profile);

	g_autofree char *value = param_print(param, param_get(param, vm->workload_params));

	return g_strdup_printf("%s (%s %s of %" G_GUINT64_FORMAT "..%" G_GUINT64_FORMAT ")",
			       vm->profile, name, value, param->low, param->high);
}

char *describe_machine(const struct machine_config *config)
{
	GString *text = g_string_new(NULL);
	g_autofree char *pcpus = number_count(topology_pcpus(&config->topology), "pCPU");
	g_autofree char *kernel = chosen(kernel_params_table, "kernel", &config->host);
	g_autofree char *preemption = chosen(kernel_params_table, "preemption", &config->host);
	g_autofree char *layout = chosen(cgroup_params_table, "layout", &config->cgroups);

	for (uint32_t i = 0; i < config->vm_kinds; i++) {
		const struct vm_config *vm = &config->vms[i];
		g_autofree char *affinity = chosen(vm_params_table, "affinity", &vm->vm);
		g_autofree char *apic = chosen(vm_params_table, "apic", &vm->vm);
		g_autofree char *vms = number_count(vm->vm.count, "VM");
		g_autofree char *vcpus = number_count(vm->vm.vcpus, "vCPU");
		g_autofree char *workload = describe_workload(vm);

		g_string_append_printf(text, "%s%s x %s running %s, %s, apic %s", i ? " + " : "",
				       vms, vcpus, workload, affinity, apic);
	}
	g_string_append_printf(text, ", on %s; host %s, %" G_GUINT64_FORMAT " Hz, %s, cgroups %s",
			       pcpus, kernel, config->host.hz, preemption, layout);
	return g_string_free(text, FALSE);
}

char *describe_workloads(const struct machine_config *config)
{
	GString *text = g_string_new("workload");

	for (uint32_t i = 0; i < config->vm_kinds; i++) {
		const struct vm_config *vm = &config->vms[i];
		char hash[PROFILE_HASH_LENGTH];

		profile_hash(vm->workload, vm->workload_params, hash);
		g_string_append_printf(text, "%s %s: sha256 %.16s", i ? "," : "", vm->profile,
				       hash);
	}
	g_string_append_c(text, '\n');
	return g_string_free(text, FALSE);
}

char *describe_work_unit(const struct machine_config *config, unsigned kind)
{
	const struct workload_shape *shape = config->vms[kind].workload;

	return shape->terminating ? g_strdup("passes/s")
				  : g_strdup_printf("%s/s", shape->work_unit);
}
