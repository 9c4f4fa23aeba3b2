/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * result.c - from counters, histograms and accounts to the numbers of a run
 */
#include "models/result.h"

#include <glib.h>
#include <string.h>

#include "models/config.h"
#include "models/host_tasks.h"
#include "models/housekeeping.h"
#include "models/kernel/objects.h"
#include "models/kernel/rcu.h"
#include "models/machine.h"
#include "models/machine_private.h"
#include "workloads/workload.h"

const char *const account_names[ACCOUNT_KINDS] = {
	"idle",	    "halt-poll",  "switch",	  "host-kernel", "host-task",  "exit",
	"refill",   "guest-user", "guest-kernel", "spin-lock",	 "spin-ipi",   "spin-pv",
	"spin-tas", "spin-mutex", "spin-rwsem",	  "spin-user",	 "guest-poll",
};

const char *const counter_names[COUNTER_KINDS] = {
	"switches",
	"guest-switches",
	"wakeups",
	"guest-wakeups",
	"spin-locks",
	"user-mutexes",
	"exits",
	"ple-exits",
	"halt-exits",
	"icr-exits",
	"eoi-exits",
	"hypercalls",
	"ipis",
	"resched-ipis",
	"ipis-coalesced",
	"shootdowns",
	"function-calls",
	"flushes-deferred",
	"scans",
	"scans-empty",
	"yields-tried",
	"yields-ok",
	"yields-refused",
	"yields-alone",
	"yields-same-queue",
	"yields-right",
	"pv-yields",
	"pv-yields-ok",
	"hints-honoured",
	"hints-dropped-root",
	"hints-dropped-group",
	"hints-dropped-leaf",
	"hints-lost",
	"locks-contended",
	"holders-preempted",
	"waiters-preempted",
	"heads-preempted",
	"lock-halts",
	"lock-kicks",
	"locks-stolen",
	"wakeup-migrations",
	"newly-idle-migrations",
	"periodic-migrations",
	"active-migrations",
	"io",
	"host-faults",
	"guest-forks",
	"guest-migrations",
	"sleep-locks-contended",
	"lock-sleeps",
	"awaited-holders-preempted",
	"mutex-holders-preempted",
	"awaited-mutex-holders-preempted",
	"rwsem-holders-preempted",
	"awaited-rwsem-holders-preempted",
	"user-mutex-holders-preempted",
	"awaited-user-mutex-holders-preempted",
	"lock-spinners-preempted",
	"rcu-gps",
	"rcu-scans",
	"rcu-expedited",
	"rcu-callbacks",
	"line-waits",
	"line-wait-ns",
	"rq-lock-waits",
	"rq-lock-wait-ns",
};

const char *const latency_names[LATENCY_KINDS] = {
	"lock-wait",
	"ipi-response",
	"run-delay",
	"run-length",
	"wake-latency",
	"preempt-wait",
	"bystander-run-delay",
	"pass",
	"holder-off",
	"waiter-off",
	"lock-take",
	"guest-wake",
	"sleep-lock-wait",
	"rcu-gp",
	"rcu-synchronize",
	"rcu-expedited",
	"mutex-holder-off",
	"rwsem-holder-off",
	"user-mutex-holder-off",
	"lock-spinner-off",
	"workload",
};

const char *const yield_current_names[YIELD_CURRENT_KINDS] = {
	"other_vm", "same_vm", "yielder_itself", "other_task", "idle",
};

const char *const yield_next_names[YIELD_NEXT_KINDS] = {
	"target_next", "other_vm_next", "same_vm_next", "idle_or_other_task_next", "kept_current",
};

const char *const yield_self_names[YIELD_SELF_KINDS] = {
	"continues", "to_target", "to_other_vm", "to_same_vm", "to_idle_or_other",
};

/* ns on a pCPU, and ns runnable without one, up to now. */
static void vm_time(const struct vm *vm, uint64_t now, uint64_t *run, uint64_t *wait)
{
	*run = *wait = 0;
	for (uint32_t i = 0; i < vm->vcpus; i++) {
		const struct task *task = &vm->vcpu[i].task;

		*run += task->run_total;
		*wait += task->wait_total;
		if (task->state != TASK_RUNNABLE)
			continue;
		if (task_running(task))
			*run += now - task->running_since;
		else
			*wait += now - task->runnable_since;
	}
}

/* vCPU threads that are where a sibling with a lower number is. */
static uint64_t shared_pcpus(const struct vm *vm)
{
	uint64_t shared = 0;

	for (uint32_t i = 1; i < vm->vcpus; i++)
		for (uint32_t j = 0; j < i; j++)
			if (vm->vcpu[i].task.cpu == vm->vcpu[j].task.cpu) {
				shared++;
				break;
			}
	return shared;
}

void machine_reset_measures(struct machine *machine)
{
	uint64_t now = machine->engine.now;

	machine->measures.since = now;
	memset(machine->measures.counter, 0, sizeof(machine->measures.counter));
	memset(&machine->measures.yields, 0, sizeof(machine->measures.yields));
	aftermath_forget(&machine->host);
	for (uint32_t i = 0; i < LATENCY_KINDS; i++)
		histogram_reset(&machine->measures.latency[i]);
	accounts_reset(&machine->measures.accounts, now);
	machine->run_before = g_new0(uint64_t, machine->vms);
	machine->wait_before = g_new0(uint64_t, machine->vms);
	machine->shared_before = g_new0(uint64_t, machine->vms);
	if (machine->tasks)
		host_tasks_reset(machine->tasks);
	presence_host_settle(&machine->kvm.presence, now);
	machine->kvm.presence.stacked_time = 0;
	machine->bystander_before = housekeeping_run(machine->housekeeping);
	for (uint32_t i = 0; i < machine->vms; i++) {
		struct vm *vm = &machine->vm[i];

		vm_time(vm, now, &machine->run_before[i], &machine->wait_before[i]);
		machine->shared_before[i] = shared_pcpus(vm);
		presence_reset(&vm->presence, now);
		if (vm->guest.objects->latency)
			histogram_reset(vm->guest.objects->latency);
		vm->guest.objects->work = 0;
		vm->guest.objects->passes = 0;
		if (vm->guest.rcu)
			vm->guest.rcu->peak = vm->guest.rcu->bytes;
	}
}

static struct latency_summary summarise(const struct histogram *histogram)
{
	return (struct latency_summary){
		.count = histogram->count,
		.mean = histogram->count ? histogram->sum / histogram->count : 0,
		.p50 = histogram_quantile(histogram, 500000),
		.p99 = histogram_quantile(histogram, 990000),
		.max = histogram->count ? histogram->max : 0,
	};
}

static struct latency_summary of_marks(const struct kernel_objects *objects)
{
	return objects->latency ? summarise(objects->latency) : (struct latency_summary){ 0 };
}

static struct vm_result vm_result(const struct machine *machine, uint32_t index)
{
	struct vm *vm = &machine->vm[index];
	uint64_t run, wait;

	vm_time(vm, machine->engine.now, &run, &wait);
	presence_settle(&vm->presence, machine->engine.now);
	return (struct vm_result){
		.name = vm->config->name,
		.work = vm->guest.objects->work,
		.work_per_pass = vm->workload->work_per_pass,
		.passes = vm->guest.objects->passes,
		.latency = of_marks(vm->guest.objects),
		.open = marks_open(vm->guest.objects),
		.rcu_peak = vm->guest.rcu ? vm->guest.rcu->peak : 0,
		.gang = vm->presence.gang,
		.stacked = vm->presence.pair_time,
		.stacked_time = vm->presence.stacked_time,
		.stacked_waiting = vm->presence.waiting_time,
		.stacked_queues = vm->presence.queue_time,
		.shared_start = machine->shared_before[index],
		.shared_end = shared_pcpus(vm),
		.running = run - machine->run_before[index],
		.waiting = wait - machine->wait_before[index],
	};
}

/* What the marks of all VMs measured, and of the VMs of each kind. */
static void add_workloads(const struct machine *machine, struct result *result)
{
	g_autofree struct histogram *all = g_new(struct histogram, 1);
	g_autofree struct histogram *of_kind = g_new(struct histogram, 1);
	const struct machine_config *config = machine->config;

	result->kinds = config->vm_kinds;
	result->workload = g_new0(struct latency_summary, config->vm_kinds);
	histogram_reset(all);
	for (uint32_t kind = 0; kind < config->vm_kinds; kind++) {
		histogram_reset(of_kind);
		for (uint32_t i = 0; i < machine->vms; i++) {
			const struct vm *vm = &machine->vm[i];

			if (vm->config == &config->vms[kind] && vm->guest.objects->latency)
				histogram_merge(of_kind, vm->guest.objects->latency);
		}
		result->workload[kind] = summarise(of_kind);
		histogram_merge(all, of_kind);
	}
	result->latency[LATENCY_WORKLOAD] = summarise(all);
}

void machine_result(const struct machine *machine, struct result *result)
{
	*result = (struct result){
		.seed = machine->config->seed,
		.events = machine->engine.events,
		.fingerprint = machine->engine.fingerprint,
		.window = machine->config->run.window,
		.pcpus = machine->host.cpus,
		.vms = machine->vms,
		.bystander_run =
			housekeeping_run(machine->housekeeping) - machine->bystander_before,
		.vm = g_new0(struct vm_result, machine->vms),
	};
	for (uint32_t i = 0; i < ACCOUNT_KINDS; i++)
		result->account[i] = accounts_sum(&machine->measures.accounts, i);
	result->yields = machine->measures.yields;
	memcpy(result->counter, machine->measures.counter, sizeof(result->counter));
	for (uint32_t i = 0; i < LATENCY_KINDS; i++)
		result->latency[i] = summarise(&machine->measures.latency[i]);
	for (uint32_t i = 0; i < machine->vms; i++)
		result->vm[i] = vm_result(machine, i);
	add_workloads(machine, result);
	if (machine->vms)
		presence_host_settle(&machine->vm->kvm->presence, machine->engine.now);
	result->stacked_time = machine->kvm.presence.stacked_time;
	if (machine->tasks)
		result->class = host_tasks_result(machine->tasks, &result->classes);
}

void result_clear(struct result *result)
{
	g_clear_pointer(&result->vm, g_free);
	g_clear_pointer(&result->workload, g_free);
	g_clear_pointer(&result->class, g_free);
}
