/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pcpu.c - the hardware's side of cpu_ops
 */
#include "models/hardware/pcpu.h"

#include "models/events.h"
#include "models/hardware/cost.h"
#include "models/kernel/kernel.h"
#include "models/result.h"
#include "sim/engine/engine.h"
#include "sim/engine/time.h"
#include "sim/measure/account.h"

static const uint8_t account_of_work[] = {
	[WORK_USER] = ACCOUNT_HOST_TASK,
	[WORK_KERNEL] = ACCOUNT_HOST_KERNEL,
	[WORK_SWITCH] = ACCOUNT_SWITCH,
	[WORK_SPIN_LOCK] = ACCOUNT_HOST_KERNEL,
	[WORK_SPIN_CALL] = ACCOUNT_HOST_KERNEL,
	[WORK_SPIN_PV] = ACCOUNT_HOST_KERNEL,
	[WORK_SPIN_MUTEX] = ACCOUNT_HOST_KERNEL,
	[WORK_SPIN_RWSEM] = ACCOUNT_HOST_KERNEL,
	[WORK_SPIN_USER] = ACCOUNT_HOST_TASK,
	[WORK_IDLE_POLL] = ACCOUNT_IDLE,
	[WORK_SPIN_TAS] = ACCOUNT_HOST_KERNEL,
	[WORK_EXIT] = ACCOUNT_EXIT,
	[WORK_HALT_POLL] = ACCOUNT_HALT_POLL,
	[WORK_LOCK_HALT] = ACCOUNT_IDLE,
	[WORK_GUEST] = ACCOUNT_EXIT,
};

static inline struct pcpu *pcpu_of(const struct cpu *cpu)
{
	return (struct pcpu *)cpu;
}

static void take_pending(struct pcpu *pcpu)
{
	enum irq irq = (enum irq)__builtin_ctz(pcpu->cpu.pending);

	pcpu->cpu.pending &= ~(1u << irq);
	kernel_interrupt(pcpu->cpu.client, irq);
}

static void work_done(struct timer *timer, uint64_t now)
{
	struct pcpu *pcpu = (struct pcpu *)((char *)timer - offsetof(struct pcpu, work));

	(void)now;
	pcpu->work_set = false;
	kernel_cpu_done(pcpu->cpu.client);
}

/* A poll of the kernel ends by the clock; all else is work that has to be done. */
static bool is_timed(enum work work)
{
	return work == WORK_HALT_POLL;
}

static void set_work(struct pcpu *pcpu, uint64_t end)
{
	if (end != TIME_NEVER)
		engine_arm(pcpu->engine, &pcpu->work, end);
	else if (pcpu->work_set)
		engine_cancel(pcpu->engine, &pcpu->work);
	pcpu->work_set = end != TIME_NEVER;
}

/* Of the work under way, at full speed. */
static uint64_t work_left(const struct pcpu *pcpu)
{
	uint64_t left = pcpu->ends - pcpu->engine->now;

	if (pcpu->cpu.speed == SPEED_FULL || pcpu->timed)
		return left;
	return (left * pcpu->cpu.speed + SPEED_FULL - 1) / SPEED_FULL;
}

static void set_speed(struct pcpu *pcpu)
{
	uint32_t speed = SPEED_FULL;
	uint64_t left;

	for (uint32_t i = 0; i < pcpu->threads; i++)
		if (&pcpu->core[i] != pcpu && pcpu->core[i].busy)
			speed = pcpu->shared_speed;
	if (speed == pcpu->cpu.speed)
		return;
	if (pcpu->work_set && !pcpu->timed) {
		left = work_left(pcpu);
		pcpu->cpu.speed = speed;
		pcpu->ends = pcpu->engine->now + speed_time(left, speed, 0);
		set_work(pcpu, pcpu->ends);
	}
	pcpu->cpu.speed = speed;
	kernel_speed_changed(pcpu->cpu.client);
}

/* What the instructions of a kernel's path take here, of which a pCPU in an emulator has fewer. */
static uint64_t at_pace(const struct pcpu *pcpu, uint64_t ns)
{
	return pcpu->paced ? ns * pcpu->of_shares / pcpu->share : ns;
}

static uint64_t off_pace(const struct pcpu *pcpu, uint64_t ns)
{
	return pcpu->paced ? ns * pcpu->share / pcpu->of_shares : ns;
}

static void set_pace(struct pcpu *pcpu, uint64_t of_shares)
{
	uint64_t left;

	if (of_shares == pcpu->of_shares)
		return;
	if (pcpu->work_set && pcpu->paced) {
		left = off_pace(pcpu, work_left(pcpu));
		pcpu->of_shares = of_shares;
		pcpu->ends =
			pcpu->engine->now + speed_time(at_pace(pcpu, left), pcpu->cpu.speed, 0);
		set_work(pcpu, pcpu->ends);
	}
	pcpu->of_shares = of_shares;
}

/* The pCPUs of an emulator that are busy share its thread. */
static void share_thread(struct pcpu *first)
{
	uint64_t sum = 0;

	for (struct pcpu *pcpu = first; pcpu; pcpu = pcpu->next_sharer)
		sum += pcpu->busy ? pcpu->share : 0;
	for (struct pcpu *pcpu = first; pcpu; pcpu = pcpu->next_sharer)
		if (pcpu->busy)
			set_pace(pcpu, sum);
}

static void set_busy(struct pcpu *pcpu, bool busy)
{
	if (pcpu->busy == busy)
		return;
	pcpu->busy = busy;
	if (pcpu->sharers)
		share_thread(pcpu->sharers);
	for (uint32_t i = 0; i < pcpu->threads; i++)
		if (&pcpu->core[i] != pcpu)
			set_speed(&pcpu->core[i]);
}

static uint64_t pcpu_task_clock(struct cpu *cpu, uint64_t now)
{
	(void)cpu;
	return now;
}

/* Tasks burn and poll for a time; the kernel's own paths are instructions, which a slow pCPU has fewer of. */
static bool is_path(enum work work)
{
	return work != WORK_USER && work != WORK_HALT_POLL;
}

static void pcpu_execute(struct cpu *cpu, uint64_t ns, enum work work)
{
	struct pcpu *pcpu = pcpu_of(cpu);
	uint64_t now = pcpu->engine->now;

	account_switch(pcpu->accounts, cpu->index, account_of_work[work], now);
	set_busy(pcpu, true);
	pcpu->paced = pcpu->sharers && is_path(work);
	pcpu->timed = is_timed(work);
	if (ns != TIME_NEVER && !pcpu->timed)
		ns = speed_time(at_pace(pcpu, ns), cpu->speed, 0);
	pcpu->ends = ns == TIME_NEVER ? TIME_NEVER : now + ns;
	if (cpu->irqs_on && cpu->pending)
		take_pending(pcpu);
	else
		set_work(pcpu, pcpu->ends);
}

static uint64_t pcpu_stop(struct cpu *cpu)
{
	struct pcpu *pcpu = pcpu_of(cpu);
	if (pcpu->ends == TIME_NEVER)
		return TIME_NEVER;
	return off_pace(pcpu, work_left(pcpu));
}

static void pcpu_halt(struct cpu *cpu)
{
	struct pcpu *pcpu = pcpu_of(cpu);

	account_switch(pcpu->accounts, cpu->index, ACCOUNT_IDLE, pcpu->engine->now);
	set_work(pcpu, TIME_NEVER);
	set_busy(pcpu, false);
	if (cpu->pending)
		take_pending(pcpu);
}

static void pcpu_raise(struct cpu *cpu, enum irq irq)
{
	if (cpu->irqs_on)
		kernel_interrupt(cpu->client, irq);
	else
		cpu->pending |= 1u << irq;
}

static void arrive(struct timer *timer, uint64_t now)
{
	struct pcpu *pcpu = (struct pcpu *)((char *)timer - offsetof(struct pcpu, inbox));

	(void)now;
	pcpu->cpu.pending |= pcpu->arriving;
	pcpu->arriving = 0;
	if (pcpu->cpu.irqs_on)
		take_pending(pcpu);
}

static void pcpu_kick(struct cpu *from, struct cpu *to)
{
	struct pcpu *target = pcpu_of(to);

	(void)from;
	if (!target->arriving)
		engine_arm(target->engine, &target->inbox,
			   target->engine->now + target->ipi_latency);
	target->arriving |= 1u << IRQ_RESCHEDULE;
}

/* The host kernel makes no cross calls of its own yet. */
static void pcpu_call(struct cpu *from, const struct cpumask *targets)
{
	(void)targets;
	sim_assert(pcpu_of(from)->engine, !"cross call between pCPUs");
}

static void pcpu_end_of_interrupt(struct cpu *cpu, enum irq irq)
{
	(void)cpu, (void)irq;
}

static void pcpu_timer_armed(struct cpu *cpu)
{
	(void)cpu;
}

/* What it stands on is there. */
static void pcpu_no_exit(struct cpu *cpu)
{
	(void)cpu;
}

static void pcpu_lose(struct cpu *cpu, uint64_t ns)
{
	(void)cpu, (void)ns;
}

static bool pcpu_is_preempted(const struct cpu *cpu)
{
	(void)cpu;
	return false;
}

static bool pcpu_defer_flush(struct cpu *cpu)
{
	(void)cpu;
	return false;
}

static const struct cpu_ops pcpu_ops = {
	.task_clock = pcpu_task_clock,
	.execute = pcpu_execute,
	.stop = pcpu_stop,
	.halt = pcpu_halt,
	.raise = pcpu_raise,
	.kick = pcpu_kick,
	.call = pcpu_call,
	.end_of_interrupt = pcpu_end_of_interrupt,
	.timer_armed = pcpu_timer_armed,
	.doorbell = pcpu_no_exit,
	.fault = pcpu_no_exit,
	.lose = pcpu_lose,
	.is_preempted = pcpu_is_preempted,
	.defer_flush = pcpu_defer_flush,
};

void pcpu_init(struct pcpu *pcpu, struct engine *engine, struct accounts *accounts, uint32_t index,
	       uint64_t ipi_latency)
{
	*pcpu = (struct pcpu){ .cpu = { .ops = &pcpu_ops, .index = index, .speed = SPEED_FULL },
			       .engine = engine,
			       .accounts = accounts,
			       .ipi_latency = ipi_latency,
			       .ends = TIME_NEVER,
			       .core = pcpu,
			       .threads = 1 };
	timer_init(&engine->timers, &pcpu->work, work_done, EVENT_PCPU_WORK, (uint16_t)index);
	timer_init(&engine->timers, &pcpu->inbox, arrive, EVENT_PCPU_IRQ, (uint16_t)index);
}

void pcpu_share_core(struct pcpu *pcpu, struct pcpu *core, uint32_t threads, uint32_t speed)
{
	pcpu->core = core;
	pcpu->threads = threads;
	pcpu->shared_speed = speed;
}

void pcpu_share_thread(struct pcpu *pcpu, uint32_t pcpus, const uint64_t *share)
{
	for (uint32_t i = 0; i < pcpus; i++) {
		pcpu[i].share = share[i];
		pcpu[i].sharers = pcpu;
		pcpu[i].next_sharer = i + 1 < pcpus ? &pcpu[i + 1] : NULL;
	}
}
