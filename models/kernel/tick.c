/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tick.c - the periodic timer
 *
 * One-shot and re-armed by its handler, as high-resolution timers do: a CPU that was away for many
 * periods gets one tick and catches up (kvm-and-guest.md 3.12, test 71).
 */
#include "models/kernel/tick.h"

#include "models/events.h"
#include "models/kernel/balance.h"
#include "models/kernel/kernel.h"
#include "sim/engine/engine.h"

static void arm(struct kernel_cpu *cpu)
{
	struct kernel *kernel = cpu->kernel;
	uint64_t period = kernel->tick_period;
	uint64_t phase = kernel->tick_phase;
	uint64_t now = kernel->engine->now;

	if (kernel->params->tick == TICK_SKEWED)
		phase += period * cpu->index / kernel->cpus;
	else if (kernel->params->tick == TICK_SKEW_TICK)
		phase += period / 2 / kernel->cpus * cpu->index;
	phase %= period;
	engine_arm(kernel->engine, &cpu->tick, now - (now + period - phase) % period + period);
	cpu->cpu->ops->timer_armed(cpu->cpu);
}

static void expired(struct timer *timer, uint64_t now)
{
	struct kernel_cpu *cpu =
		(struct kernel_cpu *)((char *)timer - offsetof(struct kernel_cpu, tick));

	(void)now;
	cpu->cpu->ops->raise(cpu->cpu, IRQ_TICK);
}

void tick_init(struct kernel_cpu *cpu)
{
	cpu->tick_stopped = true;
	timer_init(&cpu->kernel->engine->timers, &cpu->tick, expired, EVENT_TICK,
		   (uint16_t)cpu->index);
}

void tick_start(struct kernel_cpu *cpu)
{
	if (!cpu->tick_stopped)
		return;
	cpu->tick_stopped = false;
	arm(cpu);
}

void tick_stop(struct kernel_cpu *cpu)
{
	if (cpu->tick_stopped)
		return;
	cpu->tick_stopped = true;
	engine_cancel(cpu->kernel->engine, &cpu->tick);
	cpu->cpu->pending &= ~(1u << IRQ_TICK);
}

/*
 * The handler begins with this, and the next task starts when it is over. So a slice of whole ticks
 * ends at its last tick or at the one after by which of two handlers took longer (eevdf.md 1.6: slices
 * of 3 ms became 4 ticks of 1 ms).
 */
void kernel_tick_charge(struct kernel_cpu *cpu)
{
	if (!cpu->tick_stopped)
		fair_tick(cpu->rq, kernel_clock(cpu));
}

void kernel_tick(struct kernel_cpu *cpu)
{
	if (cpu->tick_stopped)
		return;
	/* an idle one that keeps its tick has others balance for it, as all idle ones */
	if (cpu->current)
		balance_tick(cpu);
	arm(cpu);
}
