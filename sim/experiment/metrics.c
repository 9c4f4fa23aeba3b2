/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metrics.c - a result as named numbers
 */
#include "sim/experiment/metrics.h"

#include <glib.h>
#include <math.h>

#include "models/config.h"
#include "sim/engine/time.h"
#include "workloads/workload.h"

static const struct {
	const char *name, *unit;
} scalars[] = {
	[METRIC_WORK] = { "work-per-second", "1/s" },
	[METRIC_SLOWEST_VM] = { "slowest-vm", "ratio" },
	[METRIC_GANG] = { "gang-fraction", "ratio" },
	[METRIC_STACKED] = { "stacked-pairs", "pairs" },
	[METRIC_STACKED_TIME] = { "stacked-time", "ratio" },
	[METRIC_STACKED_WAITING] = { "stacked-waiting", "ratio" },
	[METRIC_STACKED_ANY] = { "stacked-any", "ratio" },
	[METRIC_STACKED_QUEUES] = { "stacked-queues", "ratio" },
	[METRIC_STACKED_VCPUS] = { "stacked-vcpus", "ratio" },
	[METRIC_SHARED_START] = { "shared-start", "threads" },
	[METRIC_SHARED_END] = { "shared-end", "threads" },
	[METRIC_WAITING] = { "waiting", "ratio" },
	[METRIC_BYSTANDER_RUN] = { "bystander-run", "ratio" },
	[METRIC_YIELD_OTHER_QUEUE] = { "rate.yields-other-queue", "1/s" },
	[METRIC_YIELD_REPLACED] = { "rate.hints-replaced", "1/s" },
	[METRIC_LOCK_SPIN] = { "lock-spin", "ratio" },
	[METRIC_YIELD_WRONG] = { "rate.yields-wrong", "1/s" },
	[METRIC_HONOURED] = { "honoured-fraction", "ratio" },
	[METRIC_HONOURED_OTHER] = { "honoured-fraction-other-vm", "ratio" },
	[METRIC_HONOURED_SAME] = { "honoured-fraction-same-pcpu", "ratio" },
};

static const char *const field_names[LATENCY_FIELDS] = { "mean", "p50", "p99", "max" };

static double seconds(const struct result *result)
{
	return (double)result->window / (double)NSEC_PER_SEC;
}

static double ratio(double part, double whole)
{
	return whole > 0 ? part / whole : NAN;
}

/* Of one VM: passes, counted in fractions by their work, or work units. */
static double vm_work(const struct vm_result *vm)
{
	return vm->work_per_pass ? (double)vm->work / (double)vm->work_per_pass : (double)vm->work;
}

/* Results list the VMs kind by kind, in the order of the configuration. */
static uint32_t first_vm(const struct machine_config *config, unsigned kind)
{
	uint32_t first = 0;

	for (unsigned k = 0; k < kind; k++)
		first += (uint32_t)config->vms[k].vm.count;
	return first;
}

double metrics_kind_work(const struct result *result, const struct machine_config *config,
			 unsigned kind)
{
	uint32_t first = first_vm(config, kind), count = (uint32_t)config->vms[kind].vm.count;
	double work = 0;

	for (uint32_t i = first; i < first + count; i++)
		work += vm_work(&result->vm[i]);
	return work / seconds(result);
}

static double slowest_vm(const struct result *result, const struct machine_config *config)
{
	double slowest = NAN;

	for (unsigned kind = 0; kind < config->vm_kinds; kind++) {
		uint32_t first = first_vm(config, kind),
			 count = (uint32_t)config->vms[kind].vm.count;
		double mean =
			metrics_kind_work(result, config, kind) * seconds(result) / (double)count;

		for (uint32_t i = first; i < first + count; i++)
			slowest = fmin(slowest, ratio(vm_work(&result->vm[i]), mean));
	}
	return slowest;
}

/* Where the threads were, and how long they shared a queue. */
static void put_stacking(const struct result *result, double *row)
{
	double queues = 0, vcpus = 0, wanted = 0, start = 0, end = 0;

	for (uint32_t i = 0; i < result->vms; i++) {
		const struct vm_result *vm = &result->vm[i];

		queues += (double)vm->stacked_queues;
		vcpus += (double)vm->stacked + (double)vm->stacked_queues;
		wanted += (double)vm->running + (double)vm->waiting;
		start += (double)vm->shared_start;
		end += (double)vm->shared_end;
	}
	row[METRIC_STACKED_QUEUES] = ratio(queues, (double)result->pcpus * (double)result->window);
	row[METRIC_STACKED_VCPUS] = ratio(vcpus, wanted);
	row[METRIC_SHARED_START] = start;
	row[METRIC_SHARED_END] = end;
}

static void put_vms(const struct result *result, const struct machine_config *config, double *row)
{
	double work = 0, gang = 0, stacked = 0, running = 0, waiting = 0,
	       window = (double)result->window;
	double stacked_time = 0, stacked_waiting = 0;

	for (unsigned kind = 0; kind < config->vm_kinds; kind++)
		work += metrics_kind_work(result, config, kind);
	for (uint32_t i = 0; i < result->vms; i++) {
		gang += (double)result->vm[i].gang;
		stacked += (double)result->vm[i].stacked;
		stacked_time += (double)result->vm[i].stacked_time;
		stacked_waiting += (double)result->vm[i].stacked_waiting;
		running += (double)result->vm[i].running;
		waiting += (double)result->vm[i].waiting;
	}
	row[METRIC_WORK] = work;
	row[METRIC_SLOWEST_VM] = slowest_vm(result, config);
	row[METRIC_GANG] = ratio(gang, window);
	row[METRIC_STACKED] = ratio(stacked, window);
	row[METRIC_STACKED_TIME] = ratio(stacked_time, window * result->vms);
	row[METRIC_STACKED_WAITING] = ratio(stacked_waiting, window * result->vms);
	row[METRIC_STACKED_ANY] = ratio((double)result->stacked_time, window);
	row[METRIC_WAITING] = ratio(waiting, running + waiting);
	put_stacking(result, row);
}

/* Every yield that was done left a hint; its fate is counted, or a later hint took its place. */
static double hints_replaced(const uint64_t *counter)
{
	double decided = (double)counter[COUNTER_HINT_HONOURED] +
			 (double)counter[COUNTER_HINT_DROPPED_ROOT] +
			 (double)counter[COUNTER_HINT_DROPPED_GROUP] +
			 (double)counter[COUNTER_HINT_DROPPED_LEAF] +
			 (double)counter[COUNTER_HINT_LOST_OTHER];

	/* A hint may be decided in the window and have been given before it. */
	return fmax(0, (double)counter[COUNTER_YIELD_OK] - decided);
}

static double lock_spin(const uint64_t *account)
{
	return (double)account[ACCOUNT_SPIN_LOCK] + (double)account[ACCOUNT_SPIN_PV] +
	       (double)account[ACCOUNT_SPIN_TAS] + (double)account[ACCOUNT_SPIN_MUTEX] +
	       (double)account[ACCOUNT_SPIN_RWSEM];
}

static double honoured(const struct yield_result *yields, enum yield_current first,
		       enum yield_current last)
{
	double target = 0, all = 0;

	for (unsigned i = first; i <= last; i++) {
		target += (double)yields->next[i][NEXT_TARGET];
		for (unsigned next = 0; next < YIELD_NEXT_KINDS; next++)
			all += (double)yields->next[i][next];
	}
	return ratio(target, all);
}

static void put_yields(const struct yield_result *yields, double *row)
{
	double next[YIELD_NEXT_KINDS] = { 0 }, all = 0;

	for (unsigned i = 0; i < YIELD_CURRENT_KINDS; i++)
		for (unsigned k = 0; k < YIELD_NEXT_KINDS; k++)
			next[k] += (double)yields->next[i][k];
	for (unsigned k = 0; k < YIELD_NEXT_KINDS; k++)
		all += next[k];
	for (unsigned k = 0; k < YIELD_NEXT_KINDS; k++)
		row[METRIC_YIELD_NEXT + k] = ratio(next[k], all);
	for (unsigned k = 0; k < YIELD_SELF_KINDS; k++)
		row[METRIC_YIELD_SELF + k] = ratio((double)yields->self[k], all);
	row[METRIC_HONOURED] = honoured(yields, CURRENT_OTHER_VM, CURRENT_YIELDER);
	row[METRIC_HONOURED_OTHER] = honoured(yields, CURRENT_OTHER_VM, CURRENT_OTHER_VM);
	row[METRIC_HONOURED_SAME] = honoured(yields, CURRENT_YIELDER, CURRENT_YIELDER);
}

static void put_latency(const struct latency_summary *summary, double *field)
{
	bool any = summary->count > 0;

	field[LATENCY_MEAN] = any ? (double)summary->mean : NAN;
	field[LATENCY_P50] = any ? (double)summary->p50 : NAN;
	field[LATENCY_P99] = any ? (double)summary->p99 : NAN;
	field[LATENCY_MAX] = any ? (double)summary->max : NAN;
}

void metrics_make(const struct result *result, const struct machine_config *config, double *row)
{
	double pcpu_time = (double)result->pcpus * (double)result->window, time = seconds(result);
	const uint64_t *counter = result->counter;

	put_vms(result, config, row);
	put_yields(&result->yields, row);
	row[METRIC_BYSTANDER_RUN] = ratio((double)result->bystander_run, pcpu_time);
	row[METRIC_YIELD_OTHER_QUEUE] =
		(double)(counter[COUNTER_YIELD_OK] - counter[COUNTER_YIELD_SAME_QUEUE]) / time;
	row[METRIC_YIELD_WRONG] =
		(double)(counter[COUNTER_YIELD_OK] - counter[COUNTER_YIELD_RIGHT]) / time;
	row[METRIC_YIELD_REPLACED] = hints_replaced(counter) / time;
	row[METRIC_LOCK_SPIN] = ratio(lock_spin(result->account), pcpu_time);
	for (size_t i = 0; i < ACCOUNT_KINDS; i++)
		row[METRIC_ACCOUNT + i] = ratio((double)result->account[i], pcpu_time);
	for (size_t i = 0; i < COUNTER_KINDS; i++)
		row[METRIC_RATE + i] = (double)counter[i] / time;
	for (size_t i = 0; i < LATENCY_KINDS; i++)
		put_latency(&result->latency[i], &row[METRIC_OF_LATENCY(i, 0)]);
}

char *metric_name(size_t metric)
{
	size_t latency = metric - METRIC_LATENCY;

	if (metric < METRIC_YIELD_NEXT)
		return g_strdup(scalars[metric].name);
	if (metric < METRIC_YIELD_SELF)
		return g_strdup_printf("yields.%s", yield_next_names[metric - METRIC_YIELD_NEXT]);
	if (metric < METRIC_ACCOUNT)
		return g_strdup_printf("yielder.%s", yield_self_names[metric - METRIC_YIELD_SELF]);
	if (metric < METRIC_RATE)
		return g_strdup_printf("account.%s", account_names[metric - METRIC_ACCOUNT]);
	if (metric < METRIC_LATENCY)
		return g_strdup_printf("rate.%s", counter_names[metric - METRIC_RATE]);
	return g_strdup_printf("latency.%s.%s", latency_names[latency / LATENCY_FIELDS],
			       field_names[latency % LATENCY_FIELDS]);
}

const char *metric_unit(size_t metric)
{
	if (metric < METRIC_YIELD_NEXT)
		return scalars[metric].unit;
	if (metric < METRIC_RATE)
		return "ratio";
	return metric < METRIC_LATENCY ? "1/s" : "ns";
}
