/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vm.c - creation of a VM, start of its threads and of its workload
 */
#include "models/kvm/vm.h"

#include <glib.h>

#include "models/config.h"
#include "models/events.h"
#include "models/hardware/cost.h"
#include "models/kernel/balance.h"
#include "models/kernel/kernel_config.h"
#include "models/kernel/objects.h"
#include "models/kernel/placement.h"
#include "models/kernel/program.h"
#include "models/kernel/rcu.h"
#include "models/measures.h"
#include "models/sched/versions.h"
#include "sim/engine/engine.h"
#include "sim/engine/time.h"
#include "workloads/workload.h"

/* kvm-and-guest.md 3.1 */
static enum spin_lock_kind spin_locks(const struct vm_config *config)
{
	switch (config->vm.spin_lock) {
	case GUEST_SPIN_LOCK_NATIVE:
		return SPIN_LOCK_NATIVE;
	case GUEST_SPIN_LOCK_PARAVIRT:
		return SPIN_LOCK_PARAVIRT;
	case GUEST_SPIN_LOCK_TEST_AND_SET:
		return SPIN_LOCK_TEST_AND_SET;
	default:
		break;
	}
	if (config->vm.vcpus == 1)
		return SPIN_LOCK_NATIVE;
	return config->paravirt.unhalt ? SPIN_LOCK_PARAVIRT : SPIN_LOCK_TEST_AND_SET;
}

static const enum counter_kind move_counters[MOVE_KINDS] = {
	[MOVE_WAKEUP] = COUNTER_MOVED_GUEST,
	[MOVE_NEWLY_IDLE] = COUNTER_MOVED_GUEST,
	[MOVE_PERIODIC] = COUNTER_MOVED_GUEST,
	[MOVE_ACTIVE] = COUNTER_MOVED_GUEST,
};

static struct kernel_costs guest_costs(const struct cost_params *cost)
{
	uint64_t poll = cost_cycles_to_ns(cost, cost->spin_poll);
	uint64_t check = cost_cycles_to_ns(cost, cost->spin_poll * SPIN_CHECK_POLLS);

	return (struct kernel_costs){
		.context_switch = cost->guest_switch,
		.tick = cost->guest_tick,
		.ipi_handler = cost->guest_ipi_handler,
		.call_handler = cost->guest_ipi_handler,
		.lock_handover = cost->lock_handover,
		.cache_line = cost->cache_line,
		.io_submit = cost->io_submit,
		.io_handler = cost->io_handler,
		.futex = cost->futex,
		.futex_bucket = cost->futex_bucket,
		.mutex = cost->mutex,
		.call_send = cost->call_send,
		.flush_page = cost->flush_page,
		.flush_full = cost->flush_full,
		.flush_refill = cost->flush_refill,
		.llc_scan = cost->llc_scan,
		.newidle_pass = cost->newidle_pass,
		.rcu_gp = cost->rcu_gp,
		.rcu_scan = cost->rcu_scan,
		.rcu_core = cost->rcu_core,
		.rcu_callback = cost->rcu_callback,
		.rcu_call = cost->rcu_call,
		.spin_poll = poll ? poll : 1,
		.spin_check = check ? check : 1,
	};
}

static void init_guest(struct vm *vm, uint64_t tick_phase, uint64_t seed)
{
	struct kvm *kvm = vm->kvm;
	/* QEMU shows one LLC: cores, no threads */
	const struct topology_params topology = { 1, 1, vm->vcpus, 1 };
	g_autofree struct cpu **cpu = g_new(struct cpu *, vm->vcpus);

	for (uint32_t i = 0; i < vm->vcpus; i++)
		cpu[i] = &vm->vcpu[i].cpu;
	struct kernel_config config = {
		.engine = kvm->engine,
		.params = &vm->config->guest,
		.features = &vm->config->guest_features,
		.costs = guest_costs(kvm->cost),
		.cpu = cpu,
		.cpus = vm->vcpus,
		.topology = &topology,
		.base_slice_cpus = vm->vcpus,
		.tick_phase = tick_phase,
		.measures = kvm->measures,
		.switch_counter = COUNTER_GUEST_SWITCHES,
		.wake_counter = COUNTER_GUEST_WAKEUPS,
		.move_counters = move_counters,
		.seed = seed,
		.number = vm->number,
		.spin_locks = spin_locks(vm->config),
	};
	kernel_init(&vm->guest, &config);
	/* booted and idle: every CPU has run the workload's process, or is about to */
	for (uint32_t i = 0; i < vm->vcpus; i++)
		vm->guest.cpu[i].mm = vm;
}

static void start_workload(struct timer *timer, uint64_t now)
{
	struct vm *vm = (struct vm *)((char *)timer - offsetof(struct vm, start));

	(void)now;
	for (uint32_t i = 0; i < vm->workload->tasks; i++)
		if (!vm->workload->dormant || !vm->workload->dormant[i])
			task_start(&vm->tasks[i].task, i % vm->vcpus);
}

static void init_workload(struct vm *vm, const struct vm_placement *placement)
{
	const struct vm_config *config = vm->config;
	struct workload *workload = config->workload->create(config->workload_params, vm->vcpus,
							     placement->seed, vm->number);

	vm->workload = workload;
	vm->guest.objects = kernel_objects_new(workload->spin_locks, workload->mutexes,
					       workload->queues, workload->queue_capacity);
	if (workload->sockets)
		kernel_objects_are_sockets(vm->guest.objects, workload->sockets);
	kernel_objects_add_locks(vm->guest.objects, workload->tasks, workload->kernel_mutexes,
				 workload->rwsems);
	kernel_objects_add_sync(vm->guest.objects, workload->tasks, workload->futexes,
				workload->barriers, workload->barrier_parties);
	kernel_objects_add_marks(vm->guest.objects, workload->marks);
	vm->guest.objects->rcu_object_bytes = workload->rcu_object_bytes;
	if (workload->rcu_objects)
		rcu_init(&vm->guest);
	vm->tasks = g_new0(struct program_task, workload->tasks);
	vm->guest.objects->task = vm->tasks;
	for (uint32_t i = 0; i < workload->tasks; i++) {
		program_task_init(&vm->tasks[i], &vm->guest, workload->program[i], UINT32_MAX, vm,
				  (uint16_t)i);
		vm->tasks[i].task.wake_latency = &vm->kvm->measures->latency[LATENCY_GUEST_WAKE];
	}
	timer_init(&vm->kvm->engine->timers, &vm->start, start_workload, EVENT_START,
		   (uint16_t)vm->number);
	engine_arm(vm->kvm->engine, &vm->start, placement->workload_start);
}

static void start_thread(struct timer *timer, uint64_t now)
{
	struct vcpu *vcpu = (struct vcpu *)((char *)timer - offsetof(struct vcpu, start));

	(void)now;
	if (vcpu->vm->forked)
		task_start(&vcpu->task, placement_fork(&vcpu->task, vcpu->vm->main_cpu));
	else
		task_start(&vcpu->task, vcpu->task.cpu);
}

static void init_thread(struct vm *vm, uint32_t index, const struct vm_placement *placement)
{
	struct vcpu *vcpu = &vm->vcpu[index];
	struct kvm *kvm = vm->kvm;

	task_init(kvm->host, &vcpu->task, vcpu->task.ops, placement->group[index],
		  placement->only_cpu[index], vm, (uint16_t)vcpu->id);
	vcpu->task.cpu = placement->first_cpu[index];
	vcpu->task.run_delay = &kvm->measures->latency[LATENCY_RUN_DELAY];
	vcpu->task.run_length = &kvm->measures->latency[LATENCY_RUN_LENGTH];
	vcpu->task.wake_latency = &kvm->measures->latency[LATENCY_WAKE];
	vcpu->task.preempt_wait = &kvm->measures->latency[LATENCY_PREEMPT_WAIT];
	timer_init(&kvm->engine->timers, &vcpu->start, start_thread, EVENT_START,
		   (uint16_t)vcpu->id);
	engine_arm(kvm->engine, &vcpu->start, placement->start[index]);
}

void vm_init(struct vm *vm, struct kvm *kvm, const struct vm_config *config, uint32_t number,
	     uint32_t first_id, const struct vm_placement *placement)
{
	uint32_t pcpus = kvm->host->cpus;

	vm->kvm = kvm;
	vm->config = config;
	vm->number = number;
	vm->vcpus = (uint32_t)config->vm.vcpus;
	vm->forked = placement->forked;
	vm->main_cpu = placement->main_cpu;
	vm->vcpu = g_new0(struct vcpu, vm->vcpus);
	presence_init(&vm->presence, &kvm->presence, vm->vcpus, pcpus);
	for (uint32_t i = 0; i < vm->vcpus; i++) {
		vcpu_init(&vm->vcpu[i], vm, i, first_id + i);
		init_thread(vm, i, placement);
	}
	init_guest(vm, placement->tick_phase, placement->seed);
	init_workload(vm, placement);
}

void vm_clear(struct vm *vm)
{
	kernel_clear(&vm->guest);
	vm->workload->free(vm->workload);
	g_free(vm->tasks);
	presence_clear(&vm->presence);
	g_free(vm->vcpu);
}
