/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * efficiency.c - how much of what the host could do is done
 */
#include "sim/experiment/efficiency.h"

#include <math.h>
#include <string.h>

#include "models/policy/chain.h"
#include "sim/experiment/cell.h"
#include "sim/experiment/metrics.h"
#include "workloads/workload.h"

/* A copy of the configuration with one VM of one kind and no policy. */
static void config_alone(const struct machine_config *from, unsigned kind,
			 struct machine_config *to)
{
	struct vm_config *vm = g_new0(struct vm_config, 1);

	*to = *from;
	*vm = from->vms[kind];
	vm->name = g_strdup(vm->name);
	vm->profile = g_strdup(vm->profile);
	vm->workload_params = g_memdup2(vm->workload_params, vm->workload->params_size);
	if (vm->workload->hold)
		vm->workload->hold(vm->workload_params);
	vm->vm.count = 1;
	to->vms = vm;
	to->vm_kinds = 1;
	to->policies = NULL;
	to->policy_count = 0;
}

/* pCPUs that the VM alone keeps busy, and those that housekeeping leaves. */
static void busy_pcpus(const struct cell *solo, double *busy, double *left)
{
	double pcpus = (double)solo->results[0].pcpus;
	double housekeeping = cell_mean(solo, METRIC_ACCOUNT + ACCOUNT_HOST_TASK);
	double off = cell_mean(solo, METRIC_ACCOUNT + ACCOUNT_IDLE) +
		     cell_mean(solo, METRIC_ACCOUNT + ACCOUNT_HALT_POLL);

	*busy = pcpus * (1 - off - housekeeping);
	*left = pcpus * (1 - housekeeping);
}

static void compute_ideal(struct reference *reference, const struct cell *cell)
{
	double demand = 0, capacity = INFINITY, share;

	for (unsigned kind = 0; kind < reference->kinds; kind++) {
		double busy, left;

		busy_pcpus(reference->solo[kind], &busy, &left);
		demand += (double)cell->config.vms[kind].vm.count * busy;
		capacity = fmin(capacity, left);
	}
	share = demand > capacity ? capacity / demand : 1;
	for (unsigned kind = 0; kind < reference->kinds; kind++) {
		double count = (double)cell->config.vms[kind].vm.count;

		reference->alone[kind] = cell_mean(reference->solo[kind], METRIC_WORK);
		reference->ideal[kind] = count * reference->alone[kind] * share;
	}
}

bool reference_make(struct reference *reference, const struct cell *cell, guint replications,
		    const struct execution *execution, GError **error)
{
	unsigned kinds = cell->config.vm_kinds;

	*reference = (struct reference){ .kinds = kinds,
					 .solo = g_new0(struct cell *, kinds),
					 .ideal = g_new0(double, kinds),
					 .alone = g_new0(double, kinds) };
	for (unsigned kind = 0; kind < kinds; kind++) {
		struct machine_config config;

		config_alone(&cell->config, kind, &config);
		reference->solo[kind] = g_new0(struct cell, 1);
		cell_init(reference->solo[kind], &config);
	}
	if (!cells_extend(reference->solo, kinds, replications, execution, error)) {
		reference_clear(reference);
		return false;
	}
	compute_ideal(reference, cell);
	return true;
}

void reference_clear(struct reference *reference)
{
	for (unsigned kind = 0; kind < reference->kinds; kind++) {
		cell_clear(reference->solo[kind]);
		g_free(reference->solo[kind]);
	}
	g_free(reference->solo);
	g_free(reference->ideal);
	g_free(reference->alone);
	memset(reference, 0, sizeof(*reference));
}

/* exp of the mean over VMs of log(mean work of the kind / `of` the kind). */
static double ratio_to(const struct cell *cell, const double *of)
{
	double sum = 0, vms = 0;

	for (unsigned kind = 0; kind < cell->config.vm_kinds; kind++) {
		double count = (double)cell->config.vms[kind].vm.count, work = 0;

		for (guint i = 0; i < cell->count; i++)
			work += metrics_kind_work(&cell->results[i], &cell->config, kind);
		sum += count * log(work / (double)cell->count / of[kind]);
		vms += count;
	}
	return exp(sum / vms);
}

double reference_efficiency(const struct reference *reference, const struct cell *cell)
{
	return ratio_to(cell, reference->ideal);
}

double reference_ceiling(const struct reference *reference, const struct cell *cell)
{
	return 1 / reference_efficiency(reference, cell) - 1;
}

double reference_of_one(const struct reference *reference, const struct cell *cell)
{
	return ratio_to(cell, reference->alone);
}
