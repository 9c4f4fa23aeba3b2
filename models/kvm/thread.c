/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * thread.c - the run loop, and the preempt notifiers (kvm-and-guest.md 2.1, 3.8)
 */
#include "models/kvm/thread.h"

#include "models/config.h"
#include "models/hardware/cost.h"
#include "models/kernel/kernel.h"
#include "models/kernel/quota.h"
#include "models/kernel/sleep_lock.h"
#include "models/kernel/wait.h"
#include "models/kvm/directed_yield.h"
#include "models/kvm/exit.h"
#include "models/kvm/halt.h"
#include "models/kvm/kvm_rules.h"
#include "models/kvm/ple.h"
#include "models/kvm/preemption.h"
#include "models/kvm/vm.h"
#include "models/measures.h"
#include "sim/engine/engine.h"
#include "sim/engine/time.h"

void thread_enter(struct vcpu *vcpu, uint64_t ns)
{
	struct kernel_cpu *cpu = task_cpu(&vcpu->task);

	vcpu->phase = PHASE_ENTER;
	if (kernel_wants_cpu(cpu, WORK_GUEST)) {
		if (ns)
			kernel_work(cpu, ns, WORK_EXIT);
		else
			kernel_give_way(cpu);
		return;
	}
	vcpu->phase = PHASE_ENTERING;
	vcpu->instruction_boundary = false;
	kernel_work(cpu, ns + vcpu->vm->kvm->cost->entry, WORK_EXIT);
}

static void enter_guest(struct vcpu *vcpu)
{
	struct kernel_cpu *cpu = task_cpu(&vcpu->task);

	if (kernel_wants_cpu(cpu, WORK_GUEST)) {
		vcpu->phase = PHASE_ENTER;
		kernel_give_way(cpu);
		return;
	}
	vcpu->phase = PHASE_GUEST;
	kernel_work(cpu, TIME_NEVER, WORK_GUEST);
	/* an interrupt that was waiting has taken the CPU in there */
	if (!cpu->in_interrupt)
		vcpu_thaw(vcpu);
}

static void thread_advance(struct task *task)
{
	struct vcpu *vcpu = vcpu_of_task(task);

	switch (vcpu->phase) {
	case PHASE_ENTER:
		thread_enter(vcpu, 0);
		break;
	case PHASE_ENTERING:
		enter_guest(vcpu);
		break;
	case PHASE_GUEST:
		sim_assert(vcpu->vm->kvm->engine, !"a guest that ends by itself");
		break;
	case PHASE_EXITING:
		exit_handle(vcpu);
		break;
	case PHASE_LOCKING:
		directed_yield_locked(vcpu);
		break;
	case PHASE_YIELDING:
		vcpu->phase = PHASE_AFTER_SPIN;
		kernel_schedule(task_cpu(task));
		break;
	case PHASE_AFTER_SPIN:
		directed_yield_returned(vcpu);
		ple_exit_handled(vcpu);
		thread_enter(vcpu, 0);
		break;
	case PHASE_POLLING:
		halt_poll_over(vcpu);
		break;
	case PHASE_POLL_HIT:
	case PHASE_WOKEN:
		halt_end(vcpu);
		break;
	}
}

static uint64_t thread_interrupted(struct task *task)
{
	struct vcpu *vcpu = vcpu_of_task(task);

	vcpu_freeze(vcpu);
	TRAIL(vcpu->vm->kvm->measures, .kind = TRAIL_EXIT, .who = vcpu, .n = EXIT_INTERRUPT);
	count(vcpu->vm->kvm->measures, COUNTER_EXITS);
	vcpu->reason = EXIT_INTERRUPT;
	vcpu->instruction_boundary = true;
	vcpu->phase = PHASE_ENTER;
	return vcpu->vm->kvm->cost->exit;
}

static bool in_user_mode(const struct vcpu *vcpu)
{
	return vcpu->work == WORK_USER || vcpu->work == WORK_SPIN_USER;
}

/* The guest's CPL as of its last exit. Its own instructions that exit are its kernel's, whatever comes
 * after them; the others may hit it anywhere. */
static bool in_kernel_mode(const struct vcpu *vcpu)
{
	switch (vcpu->reason) {
	case EXIT_INTERRUPT:
	case EXIT_TIMER_EXPIRY:
	case EXIT_IRQ_WINDOW:
		return vcpu->cpu.client->in_interrupt || !in_user_mode(vcpu);
	case EXIT_PAUSE:
		return !in_user_mode(vcpu);
	default:
		return true;
	}
}

/* Of a preemption, and only if the exit was an interrupt's; older kernels of every switch-out: 2.1,
 * 3.8. */
static void tell_guest(struct vcpu *vcpu, bool runnable)
{
	if (vcpu->vm->config->paravirt.steal_time &&
	    (!vcpu->vm->kvm->rules->tells_preempted || (runnable && vcpu->instruction_boundary))) {
		vcpu->steal_preempted = true;
		sleep_lock_cpu_off(&vcpu->vm->guest, vcpu->index);
	}
}

static void thread_sched_out(struct task *task, struct kernel_cpu *cpu, bool runnable)
{
	struct vcpu *vcpu = vcpu_of_task(task);

	vcpu->scheduled_out = true;
	vcpu->last_pcpu = cpu->index;
	vcpu->busy_mark = cpu->busy;
	presence_change(&vcpu->vm->presence, cpu->index, 0, -1, cpu->kernel->engine->now);
	tell_guest(vcpu, runnable);
	if (!runnable)
		return;
	vcpu->ready = true;
	vcpu->preempted = true;
	vcpu->preempted_in_kernel = in_kernel_mode(vcpu);
	if (!vcpu->in_spin_loop)
		preemption_begins(vcpu);
}

/* ns that tasks have run on the pCPU so far. */
static uint64_t busy(const struct kernel_cpu *cpu)
{
	if (!cpu->current)
		return cpu->busy;
	return cpu->busy + (cpu->kernel->engine->now - cpu->current->running_since);
}

/*
 * What the caches have forgotten since the vCPU last ran: what others ran there has pushed its data
 * out (kvm-and-guest.md 5, refill), and a move leaves behind what the two pCPUs do not share (5,
 * migration): nothing on the same core, L1 and L2 within the LLC.
 */
static uint64_t refill(const struct vcpu *vcpu, const struct kernel_cpu *cpu)
{
	const struct cost_params *cost = vcpu->vm->kvm->cost;
	const struct kernel *host = cpu->kernel;
	uint32_t last = vcpu->last_pcpu, here = cpu->index;
	uint64_t build = cost->refill_build;
	uint64_t sum, pushed_out, left_behind = 0;

	if (last == UINT32_MAX)
		return cost->refill_max;
	/* max * others / (others + build), rounded down, in a form that no absence overflows */
	sum = busy(&host->cpu[last]) - vcpu->busy_mark + build;
	pushed_out = cost->refill_max - (cost->refill_max * build + sum - 1) / sum;
	if (last / host->llc_size != here / host->llc_size)
		left_behind = cost->migration_far;
	else if (last / host->threads != here / host->threads)
		left_behind = cost->migration_llc;
	return pushed_out > left_behind ? pushed_out : left_behind;
}

static void thread_sched_in(struct task *task, struct kernel_cpu *cpu)
{
	struct vcpu *vcpu = vcpu_of_task(task);
	uint64_t debt = refill(vcpu, cpu);

	if (vcpu->debt < debt)
		vcpu->debt = debt;
	preemption_ends(vcpu);
	if (vcpu->scheduled_out) {
		ple_scheduled_in(vcpu);
		vcpu->scheduled_out = false;
	}
	presence_change(&vcpu->vm->presence, cpu->index, 0, 1, cpu->kernel->engine->now);
}

/*
 * The preempt notifier runs when the switch is over. Until then a scan takes the vCPU for one that
 * waits, and yield_to() finds that it runs, or that it is alone (2.2, 2.3).
 */
static void thread_switched_in(struct task *task)
{
	struct vcpu *vcpu = vcpu_of_task(task);

	vcpu->ready = false;
	vcpu->preempted = false;
}

static void thread_speed_changed(struct task *task)
{
	vcpu_speed_changed(vcpu_of_task(task));
}

static void thread_queued(struct task *task, uint32_t cpu, int change)
{
	struct vm *vm = vcpu_of_task(task)->vm;

	presence_change(&vm->presence, cpu, change, 0, vm->kvm->engine->now);
}

static const struct task_ops thread_ops = {
	.advance = thread_advance,
	.interrupted = thread_interrupted,
	.sched_in = thread_sched_in,
	.sched_out = thread_sched_out,
	.switched_in = thread_switched_in,
	.speed_changed = thread_speed_changed,
	.queued = thread_queued,
};

void thread_init(struct vcpu *vcpu)
{
	vcpu->task.ops = &thread_ops;
	vcpu->phase = PHASE_ENTER;
}
