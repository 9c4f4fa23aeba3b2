/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vcpu.c - the guest's side: a CPU that makes progress only in guest mode
 */
#include "models/kvm/vcpu.h"

#include "models/config.h"
#include "models/events.h"
#include "models/hardware/cost.h"
#include "models/kvm/exit.h"
#include "models/kvm/lapic.h"
#include "models/kvm/ple.h"
#include "models/kvm/pv_unhalt.h"
#include "models/kvm/thread.h"
#include "models/kvm/vm.h"
#include "models/measures.h"
#include "sim/engine/engine.h"
#include "sim/engine/time.h"

static const uint8_t account_of_work[] = {
	[WORK_USER] = ACCOUNT_GUEST_USER,	 [WORK_KERNEL] = ACCOUNT_GUEST_KERNEL,
	[WORK_SWITCH] = ACCOUNT_GUEST_KERNEL,	 [WORK_SPIN_LOCK] = ACCOUNT_SPIN_LOCK,
	[WORK_SPIN_CALL] = ACCOUNT_SPIN_IPI,	 [WORK_SPIN_PV] = ACCOUNT_SPIN_PV,
	[WORK_SPIN_TAS] = ACCOUNT_SPIN_TAS,	 [WORK_SPIN_MUTEX] = ACCOUNT_SPIN_MUTEX,
	[WORK_SPIN_RWSEM] = ACCOUNT_SPIN_RWSEM,	 [WORK_SPIN_USER] = ACCOUNT_SPIN_USER,
	[WORK_IDLE_POLL] = ACCOUNT_GUEST_POLL,	 [WORK_EXIT] = ACCOUNT_GUEST_KERNEL,
	[WORK_HALT_POLL] = ACCOUNT_GUEST_KERNEL, [WORK_LOCK_HALT] = ACCOUNT_GUEST_KERNEL,
	[WORK_GUEST] = ACCOUNT_GUEST_KERNEL,
};

static void account(struct vcpu *vcpu, enum account_kind kind, uint64_t from)
{
	account_switch(&vcpu->vm->kvm->measures->accounts, vcpu->task.cpu, kind, from);
}

static enum account_kind account_of(const struct vcpu *vcpu)
{
	return vcpu->debt ? ACCOUNT_REFILL : (enum account_kind)account_of_work[vcpu->work];
}

uint64_t vcpu_reaches(const struct vcpu *vcpu, uint64_t progress)
{
	return vcpu->since + speed_time(progress, vcpu->speed, vcpu->carry);
}

/* ns of progress since then. */
static uint64_t progress(struct vcpu *vcpu)
{
	uint64_t elapsed = vcpu->vm->kvm->engine->now - vcpu->since;

	if (vcpu->speed == SPEED_FULL)
		return elapsed;
	elapsed = elapsed * vcpu->speed + vcpu->carry;
	vcpu->carry = (uint32_t)(elapsed % SPEED_FULL);
	return elapsed / SPEED_FULL;
}

/* Starts the clock of what ends next: the work after the debt, or the patience of the pause-loop
 * detector. */
static void arm(struct vcpu *vcpu)
{
	struct engine *engine = vcpu->vm->kvm->engine;
	uint64_t end = TIME_NEVER;

	vcpu->since = engine->now;
	vcpu->speed = task_cpu(&vcpu->task)->cpu->speed;
	vcpu->armed = true;
	account(vcpu, account_of(vcpu), engine->now);
	if (vcpu->left != TIME_NEVER)
		end = vcpu_reaches(vcpu, vcpu->debt + vcpu->left);
	if (vcpu->left == TIME_NEVER || work_polls(vcpu->work) || vcpu->work == WORK_SPIN_USER) {
		uint64_t exit = ple_deadline(vcpu);

		end = exit < end ? exit : end;
	}
	if (end != TIME_NEVER)
		engine_arm(engine, &vcpu->timer, end);
	else if (vcpu->timer_set)
		engine_cancel(engine, &vcpu->timer);
	vcpu->timer_set = end != TIME_NEVER;
}

/* Takes the progress since arm() into account: debt first. What follows is another arm(), or
 * vcpu_freeze(). */
static void disarm(struct vcpu *vcpu)
{
	uint64_t paid, done;

	if (!vcpu->armed)
		return;
	vcpu->armed = false;
	paid = vcpu->debt ? vcpu_reaches(vcpu, vcpu->debt) : 0;
	done = progress(vcpu);
	if (done < vcpu->debt) {
		vcpu->debt -= done;
		return;
	}
	if (vcpu->debt) {
		/* no event marked the end of the debt: the work's account begins there */
		done -= vcpu->debt;
		account(vcpu, (enum account_kind)account_of_work[vcpu->work], paid);
		vcpu->debt = 0;
	}
	if (vcpu->left != TIME_NEVER)
		vcpu->left -= done < vcpu->left ? done : vcpu->left;
}

void vcpu_settle(struct vcpu *vcpu)
{
	if (!vcpu->armed)
		return;
	disarm(vcpu);
	vcpu->armed = true;
	vcpu->since = vcpu->vm->kvm->engine->now;
	account(vcpu, account_of(vcpu), vcpu->since);
}

void vcpu_speed_changed(struct vcpu *vcpu)
{
	if (!vcpu->armed)
		return;
	disarm(vcpu);
	arm(vcpu);
}

static void expired(struct timer *timer, uint64_t now)
{
	struct vcpu *vcpu = (struct vcpu *)((char *)timer - offsetof(struct vcpu, timer));

	(void)now;
	sim_assert(vcpu->vm->kvm->engine, vcpu->armed);
	vcpu->timer_set = false;
	disarm(vcpu);
	if (vcpu->left == 0)
		kernel_cpu_done(vcpu->cpu.client);
	else
		vcpu_exit(vcpu, EXIT_PAUSE);
}

static uint64_t vcpu_task_clock(struct cpu *cpu, uint64_t now)
{
	struct vcpu *vcpu = vcpu_of_cpu(cpu);
	uint64_t delta = now - vcpu->clock_at;
	uint64_t steal = 0;

	if (vcpu->vm->config->paravirt.steal_time)
		steal = vcpu->task.wait_total - vcpu->steal_seen;
	/* a clock never goes back: what does not fit now is left out later */
	if (steal > delta)
		steal = delta;
	vcpu->steal_seen += steal;
	vcpu->clock_at = now;
	vcpu->clock += delta - steal;
	return vcpu->clock;
}

/* Does the work end when the task clock says so? A handler's does not. */
static bool is_timed(const struct vcpu *vcpu)
{
	const struct kernel_cpu *client = vcpu->cpu.client;

	return client->kernel->params->timed_work && !client->in_interrupt &&
	       work_is_own(vcpu->work) && vcpu->left != TIME_NEVER;
}

static void freeze_clock(struct vcpu *vcpu)
{
	if (is_timed(vcpu))
		vcpu->frozen_clock = vcpu_task_clock(&vcpu->cpu, vcpu->vm->kvm->engine->now);
}

/* Timed work has gone on outside the guest. */
static void thaw_clock(struct vcpu *vcpu)
{
	uint64_t passed;

	if (!is_timed(vcpu))
		return;
	passed = vcpu_task_clock(&vcpu->cpu, vcpu->vm->kvm->engine->now) - vcpu->frozen_clock;
	vcpu->left -= passed < vcpu->left ? passed : vcpu->left;
}

void vcpu_freeze(struct vcpu *vcpu)
{
	disarm(vcpu);
	freeze_clock(vcpu);
	vcpu->live = false;
	if (vcpu->timer_set)
		engine_cancel(vcpu->vm->kvm->engine, &vcpu->timer);
	vcpu->timer_set = false;
}

void vcpu_thaw(struct vcpu *vcpu)
{
	TRAIL(vcpu->vm->kvm->measures, .kind = TRAIL_ENTRY, .who = vcpu);
	vcpu->live = true;
	vcpu->steal_preempted = false;
	if (vcpu->flush_at_entry) {
		vcpu->flush_at_entry = false;
		/* KVM's part of it and what the guest pays for it: item 47, 5 */
		vcpu->debt += vcpu->vm->kvm->cost->pv_flush + vcpu->vm->guest.costs.flush_refill;
	}
	thaw_clock(vcpu);
	lapic_entry(vcpu);
	ple_entry(vcpu);
	vcpu_continue(vcpu);
}

void vcpu_continue(struct vcpu *vcpu)
{
	if (exit_requested(vcpu)) {
		vcpu_exit(vcpu, exit_next(vcpu));
	} else if (lapic_ready(vcpu)) {
		lapic_take(vcpu);
	} else if (vcpu->window_wanted && vcpu->cpu.irqs_on) {
		vcpu_exit(vcpu, EXIT_IRQ_WINDOW);
	} else if (vcpu->unhalted) {
		vcpu->halted = vcpu->unhalted = false;
		kernel_unhalted(vcpu->cpu.client);
	} else if (vcpu->halted) {
		vcpu_exit(vcpu, EXIT_HLT);
	} else {
		arm(vcpu);
	}
}

/* --- struct cpu_ops: what the guest kernel asks for --- */

static void vcpu_execute(struct cpu *cpu, uint64_t ns, enum work work)
{
	struct vcpu *vcpu = vcpu_of_cpu(cpu);

	bool goes_on = vcpu->work == work && !vcpu->halted;

	disarm(vcpu);
	vcpu->halted = vcpu->unhalted = false;
	vcpu->left = ns;
	vcpu->work = work;
	if (work_polls(work) || work == WORK_SPIN_USER) {
		ple_spin_begins(vcpu, goes_on);
	} else if (ns == TIME_NEVER) {
		ple_spin_begins(vcpu, false);
	} else {
		vcpu->left += vcpu->icr_ns;
		vcpu->icr_ns = 0;
	}
	if (vcpu->live)
		vcpu_continue(vcpu);
	else
		freeze_clock(vcpu);
}

static uint64_t vcpu_stop(struct cpu *cpu)
{
	struct vcpu *vcpu = vcpu_of_cpu(cpu);

	disarm(vcpu);
	return vcpu->left;
}

static void vcpu_halt(struct cpu *cpu)
{
	struct vcpu *vcpu = vcpu_of_cpu(cpu);

	disarm(vcpu);
	vcpu->halted = true;
	vcpu->unhalted = false;
	vcpu->left = TIME_NEVER;
	vcpu->work = WORK_KERNEL;
	if (vcpu->live)
		vcpu_continue(vcpu);
}

static void vcpu_lose(struct cpu *cpu, uint64_t ns)
{
	struct vcpu *vcpu = vcpu_of_cpu(cpu);

	/* asked for between two pieces of work, so nothing is armed that would have to be split */
	disarm(vcpu);
	vcpu->debt += ns;
}

static void vcpu_fault(struct cpu *cpu)
{
	vcpu_of_cpu(cpu)->requests.fault = true;
}

static bool vcpu_is_preempted(const struct cpu *cpu)
{
	return vcpu_of_cpu(cpu)->steal_preempted;
}

static bool vcpu_defer_flush(struct cpu *cpu)
{
	struct vcpu *vcpu = vcpu_of_cpu(cpu);

	if (!vcpu->vm->config->paravirt.tlb_flush || !vcpu->steal_preempted)
		return false;
	vcpu->flush_at_entry = true;
	return true;
}

static const struct cpu_ops vcpu_ops = {
	.task_clock = vcpu_task_clock,
	.execute = vcpu_execute,
	.stop = vcpu_stop,
	.halt = vcpu_halt,
	.raise = lapic_raise,
	.kick = lapic_kick,
	.call = lapic_call,
	.unhalt = pv_unhalt_want,
	.end_of_interrupt = lapic_end_of_interrupt,
	.timer_armed = lapic_timer_armed,
	.doorbell = lapic_doorbell,
	.fault = vcpu_fault,
	.lose = vcpu_lose,
	.is_preempted = vcpu_is_preempted,
	.defer_flush = vcpu_defer_flush,
};

void vcpu_init(struct vcpu *vcpu, struct vm *vm, uint32_t index, uint32_t id)
{
	struct timers *timers = &vm->kvm->engine->timers;

	vcpu->cpu = (struct cpu){ .ops = &vcpu_ops, .index = index };
	vcpu->vm = vm;
	vcpu->index = index;
	vcpu->id = id;
	vcpu->halted = true;
	vcpu->left = TIME_NEVER;
	vcpu->work = WORK_KERNEL;
	vcpu->speed = SPEED_FULL;
	vcpu->last_pcpu = UINT32_MAX;
	vcpu->boosted = UINT32_MAX;
	vcpu->ple_window = ple_window_base(vm->kvm->params);
	cpumask_clear(&vcpu->requests.call, vm->vcpus);
	cpumask_clear(&vcpu->requests.kick, vm->vcpus);
	cpumask_clear(&vcpu->requests.unhalt, vm->vcpus);
	timer_init(timers, &vcpu->timer, expired, EVENT_VCPU_WORK, (uint16_t)id);
	cpumask_clear(&vcpu->sent, vm->vcpus);
	timer_init(timers, &vcpu->outbox, lapic_sent_arrives, EVENT_VCPU_IRQ, (uint16_t)id);
	timer_init(timers, &vcpu->inbox, lapic_notified, EVENT_VCPU_IRQ, (uint16_t)id);
	thread_init(vcpu);
}
