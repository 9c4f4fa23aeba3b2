/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * invariants_kvm.c - vCPUs, their threads, the pCPUs below, and the machine as a whole
 */
#include "models/config.h"
#include "models/hardware/pcpu.h"
#include "models/housekeeping.h"
#include "models/kvm/pv_unhalt.h"
#include "models/machine_private.h"
#include "sim/engine/time.h"
#include "tests/unit/invariants.h"

/* Longer than anything a vCPU or pCPU has before it: what is has wrapped around. */
#define LONGEST UINT64_C(1000000000)

/* Alone on a pCPU and not running: longer than any way of waking up. */
#define WAKE_PATH_NS UINT64_C(1000000)

bool pcpu_interrupt_coming(const struct kernel_cpu *cpu)
{
	return cpu->cpu->pending || ((const struct pcpu *)cpu->cpu)->arriving;
}

bool vcpu_interrupt_coming(const struct kernel_cpu *cpu)
{
	const struct vm *vm = ((const struct vcpu *)cpu->cpu)->vm;

	if (cpu->cpu->pending)
		return true;
	for (uint32_t i = 0; i < vm->vcpus; i++)
		if (vm->vcpu[i].requests.kick_any &&
		    cpumask_has(&vm->vcpu[i].requests.kick, cpu->index))
			return true;
	return false;
}

static const struct kernel_cpu *pcpu_of(const struct vcpu *vcpu)
{
	return task_cpu(&vcpu->task);
}

/* A notification is under way to the live guest. */
static bool notification_coming(const struct vcpu *vcpu)
{
	const struct timers *timers = &vcpu->vm->kvm->engine->timers;
	const struct vm *vm = vcpu->vm;

	if (vm->config->vm.apic == APIC_SOFTWARE)
		return pcpu_interrupt_coming(pcpu_of(vcpu));
	if (timer_is_armed(timers, &vcpu->inbox))
		return true;
	for (uint32_t i = 0; i < vm->vcpus; i++)
		if (cpumask_has(&vm->vcpu[i].sent, vcpu->index))
			return timer_is_armed(timers, &vm->vcpu[i].outbox);
	return false;
}

static const char *live_broken(const struct vcpu *vcpu)
{
	const struct kernel_cpu *cpu = pcpu_of(vcpu);
	bool software = vcpu->vm->config->vm.apic == APIC_SOFTWARE;

	must(vcpu->phase == PHASE_GUEST);
	must(cpu->current == &vcpu->task && cpu->work == WORK_GUEST);
	must(!cpu->in_interrupt && !cpu->switching);
	must(vcpu->armed && !vcpu->halted);
	must(vcpu->timer_set == timer_is_armed(&vcpu->vm->kvm->engine->timers, &vcpu->timer));
	must(vcpu->timer_set || vcpu->left == TIME_NEVER);
	must(!vcpu->steal_preempted && !vcpu->flush_at_entry);
	if (vcpu->cpu.pending && vcpu->cpu.irqs_on)
		must(notification_coming(vcpu));
	if (vcpu->cpu.pending && software)
		must(notification_coming(vcpu) || vcpu->window_wanted);
	return NULL;
}

static const char *away_broken(const struct vcpu *vcpu)
{
	const struct kernel_cpu *cpu = pcpu_of(vcpu);
	uint64_t now = vcpu->vm->kvm->engine->now;

	must(!vcpu->armed && !vcpu->timer_set);
	must(!timer_is_armed(&vcpu->vm->kvm->engine->timers, &vcpu->timer));
	must(vcpu->phase != PHASE_GUEST);
	switch (vcpu->task.state) {
	case TASK_SLEEPING:
		must(vcpu->phase == PHASE_WOKEN && vcpu->blocking && vcpu->halted);
		/* the wake-up vector of a virtual ICR write takes its time */
		must(!pv_unhalt_event(vcpu) ||
		     (vcpu->vm->config->vm.apic == APIC_APICV_IPIV && notification_coming(vcpu)));
		must(!vcpu->ready && !vcpu->preempted);
		break;
	case TASK_RUNNABLE:
		if (cpu->current == &vcpu->task)
			break;
		must(vcpu->ready || vcpu->last_pcpu == UINT32_MAX);
		/* alone on its pCPU: this has just been woken, or is about to be told of a move */
		must(cpu->tasks > 1 || vcpu->task.fair.throttled ||
		     vcpu->task.runnable_since + WAKE_PATH_NS > now || cpu->in_interrupt ||
		     pcpu_interrupt_coming(cpu));
		break;
	default:
		must(vcpu->task.state == TASK_NEW && !vcpu->ready);
		break;
	}
	if (vcpu->phase == PHASE_POLLING) {
		must(cpu->current == &vcpu->task && !pv_unhalt_event(vcpu));
		must(cpu->work == WORK_HALT_POLL);
	}
	return NULL;
}

static const char *vcpu_broken(const struct vcpu *vcpu)
{
	const struct kernel_cpu *cpu = pcpu_of(vcpu);
	bool running = cpu->current == &vcpu->task;

	must_pass(vcpu->live ? live_broken(vcpu) : away_broken(vcpu));
	/* the notifier that clears them runs when the switch is over */
	must(!running || cpu->switching || (!vcpu->ready && !vcpu->preempted));
	must(!vcpu->preempted || vcpu->ready);
	must(vcpu->blocking == (vcpu->phase == PHASE_WOKEN));
	must(!vcpu->in_spin_loop || vcpu->phase == PHASE_LOCKING || vcpu->phase == PHASE_YIELDING ||
	     vcpu->phase == PHASE_AFTER_SPIN);
	must(vcpu->in_spin_loop || !vcpu->dy_eligible || vcpu->vm->vcpus < 2);
	must(vcpu->left == TIME_NEVER || vcpu->left < LONGEST);
	must(vcpu->debt < LONGEST && vcpu->icr_ns < LONGEST);
	must(vcpu->clock <= vcpu->clock_at && vcpu->clock_at <= vcpu->vm->kvm->engine->now);
	must(vcpu->steal_seen <= vcpu->task.wait_total);
	/* a spin that has got its lock is no loop any more */
	must(!vcpu->armed || !work_pauses(vcpu->work) || vcpu->left != TIME_NEVER ||
	     vcpu->loop_start <= vcpu_reaches(vcpu, vcpu->debt));
	return NULL;
}

static const char *presence_broken(const struct vm *vm)
{
	const struct presence *presence = &vm->presence;
	uint32_t on_cpu = 0, pairs = 0, stacked = 0, waiting = 0;

	for (uint32_t cpu = 0; cpu < vm->kvm->host->cpus; cpu++) {
		int32_t runnable = 0, running = 0;

		for (uint32_t i = 0; i < vm->vcpus; i++) {
			const struct task *task = &vm->vcpu[i].task;

			runnable += task->state == TASK_RUNNABLE && !task->fair.throttled &&
				    task->cpu == cpu;
			running += task->cpu == cpu && task_running(task);
		}
		must(presence->pcpu[cpu].runnable == runnable);
		must(presence->pcpu[cpu].running == running);
		on_cpu += (uint32_t)running;
		pairs += runnable > 1 ? (uint32_t)runnable - 1 : 0;
		stacked += runnable > 1;
		waiting += runnable - running > 1;
	}
	must(presence->on_cpu == on_cpu);
	must(presence->pairs == pairs);
	must(presence->stacked == stacked);
	must(presence->waiting == waiting);
	must(presence->waiting_time <= presence->stacked_time);
	must(presence->stacked_time <= presence->queue_time);
	must(presence->queue_time <= presence->pair_time);
	return NULL;
}

const char *vm_broken(const struct vm *vm)
{
	for (uint32_t i = 0; i < vm->vcpus; i++)
		must_pass(vcpu_broken(&vm->vcpu[i]));
	must_pass(presence_broken(vm));
	return NULL;
}

/* A pCPU that is not idle and does not run a guest comes to an end with what it does. */
static const char *pcpu_broken(const struct machine *machine, const struct pcpu *pcpu)
{
	const struct kernel_cpu *cpu = pcpu->cpu.client;
	const struct timers *timers = &machine->engine.timers;
	bool idle = !cpu->current && !cpu->in_interrupt;
	bool guest = cpu->current && cpu->work == WORK_GUEST && !cpu->in_interrupt;

	must(pcpu->work_set == timer_is_armed(timers, &pcpu->work));
	must(pcpu->work_set == !(idle || guest));
	must(!pcpu->arriving == !timer_is_armed(timers, &pcpu->inbox));
	must(!pcpu->cpu.pending || !pcpu->cpu.irqs_on);
	if (guest) {
		const struct task_ops *ops = machine->vm[0].vcpu[0].task.ops;

		must(cpu->current->ops == ops && vcpu_of_task(cpu->current)->live);
	}
	return NULL;
}

/* Whatever ran on a pCPU was somebody's run time. */
static const char *run_time_broken(const struct machine *machine)
{
	uint64_t now = machine->engine.now;
	uint64_t busy = 0, run = housekeeping_run(machine->housekeeping);

	for (uint32_t i = 0; i < machine->host.cpus; i++) {
		const struct kernel_cpu *cpu = &machine->host.cpu[i];

		busy += cpu->busy + (cpu->current ? now - cpu->current->running_since : 0);
	}
	for (uint32_t i = 0; i < machine->vms; i++) {
		for (uint32_t k = 0; k < machine->vm[i].vcpus; k++) {
			const struct task *task = &machine->vm[i].vcpu[k].task;

			run += task->run_total;
			run += task_running(task) ? now - task->running_since : 0;
		}
	}
	must(busy == run);
	return NULL;
}

static uint32_t listed_threads(const struct machine *machine)
{
	const struct task_ops *ops = machine->vm[0].vcpu[0].task.ops;
	uint32_t listed = 0;

	for (uint32_t i = 0; i < machine->host.cpus; i++)
		for (const struct task *task = machine->host.cpu[i].first; task; task = task->next)
			listed += task->ops == ops;
	return listed;
}

const char *machine_broken(struct machine *machine)
{
	uint32_t runnable = 0;

	for (uint32_t i = 0; i < machine->vms; i++)
		for (uint32_t k = 0; k < machine->vm[i].vcpus; k++)
			vcpu_settle(&machine->vm[i].vcpu[k]);
	accounts_settle(&machine->measures.accounts, machine->engine.now);
	must(accounts_check(&machine->measures.accounts, machine->engine.now));
	must_pass(run_time_broken(machine));
	must_pass(kernel_broken(&machine->host, pcpu_interrupt_coming));
	for (uint32_t i = 0; i < machine->host.cpus; i++)
		must_pass(pcpu_broken(machine, &machine->pcpu[i]));
	for (uint32_t i = 0; i < machine->vms; i++) {
		const struct vm *vm = &machine->vm[i];

		must_pass(kernel_broken(&vm->guest, vcpu_interrupt_coming));
		must_pass(objects_broken(vm));
		must_pass(vm_broken(vm));
		for (uint32_t k = 0; k < vm->vcpus; k++)
			runnable += vm->vcpu[k].task.state == TASK_RUNNABLE &&
				    !vm->vcpu[k].task.fair.throttled;
	}
	must(runnable == listed_threads(machine));
	return NULL;
}
