/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draft_check.c - what no single parameter can say: sums, orders, and combinations that nobody
 * models
 */
#include <string.h>

#include "models/config.h"
#include "models/sched/versions.h"
#include "sim/engine/fail.h"
#include "sim/experiment/draft.h"
#include "sim/experiment/scenario.h"
#include "sim/experiment/words.h"

/* Timers and events carry 16-bit owners (sim/engine/engine.h). */
#define MOST_VCPUS 32768

/* Linux takes no less (eevdf.md 7.1). */
#define SHORTEST_QUOTA_NS 1000000

static gboolean fail_said(const struct draft *draft, const char *path, GError **error,
			  const char *format, ...) G_GNUC_PRINTF(4, 5);

/* Fails at the place that said the value at `path`. */
static gboolean fail_said(const struct draft *draft, const char *path, GError **error,
			  const char *format, ...)
{
	const struct origin *origin = draft_origin(draft, path);
	va_list args;

	va_start(args, format);

	g_autofree char *message = g_strdup_vprintf(format, args);

	va_end(args);
	if (origin)
		return origin_fail(origin, error, "%s", message);
	return fail(error, ERROR_INPUT, "%s: %s", path, message);
}

static bool check_pcpus(const struct draft *draft, GError **error)
{
	const struct topology_params *t = &draft->config->topology;
	uint64_t pcpus;

	/* Each factor is below 2^32, but four of them may overflow. */
	if (__builtin_mul_overflow(t->packages, t->llcs, &pcpus) ||
	    __builtin_mul_overflow(pcpus, t->cores, &pcpus) ||
	    __builtin_mul_overflow(pcpus, t->threads, &pcpus) || pcpus > SCENARIO_MOST_PCPUS)
		return fail_said(draft, "host.topology.cores", error,
				 "found %" G_GUINT64_FORMAT " packages x %" G_GUINT64_FORMAT
				 " LLCs x %" G_GUINT64_FORMAT " cores x %" G_GUINT64_FORMAT
				 " threads; legal: at most %d pCPUs",
				 t->packages, t->llcs, t->cores, t->threads, SCENARIO_MOST_PCPUS);
	return true;
}

static bool check_vcpus(const struct draft *draft, GError **error)
{
	uint64_t vcpus = 0;

	for (uint32_t vm = 0; vm < draft->config->vm_kinds; vm++) {
		const struct vm_params *params = &draft->config->vms[vm].vm;
		g_autofree char *path = draft_path("vms", "count", vm);

		if (params->count == 0 || params->vcpus == 0)
			return fail_said(draft, path, error,
					 "found no VM or no vCPU; legal: at least one");
		vcpus += params->count * params->vcpus;
		if (vcpus > MOST_VCPUS)
			return fail_said(draft, path, error,
					 "found %" G_GUINT64_FORMAT
					 " vCPUs on the host; legal: at most %d",
					 vcpus, MOST_VCPUS);
	}
	return true;
}

static bool check_order(const struct draft *draft, const char *low_path, uint64_t low,
			const char *high_path, uint64_t high, GError **error)
{
	return low <= high ||
	       fail_said(draft, low_path, error,
			 "found %" G_GUINT64_FORMAT " above %s; legal: at most %" G_GUINT64_FORMAT,
			 low, high_path, high);
}

static bool check_orders(const struct draft *draft, GError **error)
{
	const struct housekeeping_params *h = &draft->config->housekeeping;

	return check_order(draft, "host.housekeeping.sleep_min", h->sleep_min,
			   "host.housekeeping.sleep_max", h->sleep_max, error) &&
	       check_order(draft, "host.housekeeping.burn_min", h->burn_min,
			   "host.housekeeping.burn_max", h->burn_max, error) &&
	       check_order(draft, "host.kvm.ple_window", draft->config->kvm.ple_window,
			   "host.kvm.ple_max", draft->config->kvm.ple_max, error);
}

/* The paravirtual lock's waiters halt, and only PV_UNHALT wakes them (kvm-and-guest.md 3.1). */
static bool check_spin_locks(const struct draft *draft, GError **error)
{
	for (uint32_t vm = 0; vm < draft->config->vm_kinds; vm++) {
		const struct vm_config *config = &draft->config->vms[vm];
		g_autofree char *path = draft_path("vms", "spin_lock", vm);

		if (config->vm.spin_lock == GUEST_SPIN_LOCK_PARAVIRT && !config->paravirt.unhalt)
			return fail_said(draft, path, error,
					 "found paravirt without paravirt.unhalt; legal then: "
					 "native, test-and-set, auto");
	}
	return true;
}

static bool check_quota(const struct draft *draft, uint32_t vm, GError **error)
{
	const struct cpu_max_params *max = &draft->config->vms[vm].cpu_max;
	g_autofree char *quota = draft_path("vms.cpu_max", "quota", vm);
	g_autofree char *burst = draft_path("vms.cpu_max", "burst", vm);

	if (!max->quota)
		return true;
	if (max->quota < SHORTEST_QUOTA_NS)
		return fail_said(draft, quota, error,
				 "found %" G_GUINT64_FORMAT "; legal: 0, or 1000000 or more",
				 max->quota);
	if (draft->config->cgroups.layout == CGROUPS_FLAT ||
	    (draft->config->cgroups.layout == CGROUPS_PER_VM && max->level == CPU_MAX_VCPU))
		return fail_said(draft, quota, error,
				 "host.cgroups.layout gives no cgroup to limit; legal: 0");
	return check_order(draft, burst, max->burst, quota, max->quota, error);
}

static bool check_quotas(const struct draft *draft, GError **error)
{
	for (uint32_t vm = 0; vm < draft->config->vm_kinds; vm++)
		if (!check_quota(draft, vm, error))
			return false;
	return true;
}

/* Not every kernel has every preemption model (eevdf.md 0.1). */
static bool check_preemption(const struct draft *draft, const char *section, uint32_t vm,
			     const struct kernel_params *kernel, GError **error)
{
	g_autofree char *path = draft_path(section, "preemption", vm);
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	const char *found = kernel_preemption_words[kernel->preemption];

	if (kernel_has_preemption(kernel->kernel, (enum preemption)kernel->preemption))
		return true;
	for (int i = 0; kernel_preemption_words[i]; i++)
		if (kernel_has_preemption(kernel->kernel, (enum preemption)i))
			g_ptr_array_add(names, (gpointer)kernel_preemption_words[i]);

	g_autofree char *legal = words_legal(found, names);

	return fail_said(draft, path, error, "found \"%s\", which kernel %s does not have%s", found,
			 fair_version_names[kernel->kernel], legal);
}

/* cpuidle-haltpoll does not load where the command line says how to idle (recalled, [R]). */
static bool check_idle(const struct draft *draft, uint32_t vm, const struct kernel_params *guest,
		       GError **error)
{
	g_autofree char *path = draft_path("vms.guest", "haltpoll", vm);

	if (!guest->haltpoll || guest->idle == IDLE_HALT)
		return true;
	return fail_said(
		draft, path, error,
		"found true; legal with idle \"poll\": false, the driver does not load then");
}

static bool check_kernels(const struct draft *draft, GError **error)
{
	const struct machine_config *config = draft->config;

	if (!check_preemption(draft, "host", 0, &config->host, error))
		return false;
	/* the driver looks for a hypervisor when it is loaded */
	if (config->host.haltpoll)
		return fail_said(draft, "host.haltpoll", error,
				 "found true; legal: false, it is a driver of guests");
	if (config->host.idle != IDLE_HALT)
		return fail_said(draft, "host.idle", error,
				 "found \"poll\"; legal: halt, a host that polls is not modelled");
	for (uint32_t vm = 0; vm < config->vm_kinds; vm++)
		if (!check_preemption(draft, "vms.guest", vm, &config->vms[vm].guest, error) ||
		    !check_idle(draft, vm, &config->vms[vm].guest, error))
			return false;
	return true;
}

bool draft_check(const struct draft *draft, GError **error)
{
	return check_pcpus(draft, error) && check_vcpus(draft, error) &&
	       check_orders(draft, error) && check_kernels(draft, error) &&
	       check_spin_locks(draft, error) && check_quotas(draft, error);
}
