/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hrtick.c - a timer that ends slices between ticks; eevdf.md 1.6
 *
 * The newer kernels set it for the next task inside schedule() and again when a second task comes
 * to the queue, if it does not run by then; a pick of the same task leaves it as it is. The older
 * ones stop it at every schedule(). An enqueue from another CPU sets it at once: the interrupt
 * that the real kernel sends for that is not modelled.
 */
#include "models/kernel/hrtick.h"

#include "models/events.h"
#include "models/kernel/kernel.h"
#include "sim/engine/engine.h"

/* A shift by less does not move a timer that runs. eevdf.md 1.6 */
#define SHIFT_NS 5000

static void expired(struct timer *timer, uint64_t now)
{
	struct kernel_cpu *cpu =
		(struct kernel_cpu *)((char *)timer - offsetof(struct kernel_cpu, hrtick));

	(void)now;
	cpu->slice_over = true;
	cpu->cpu->ops->raise(cpu->cpu, IRQ_TIMER);
}

static bool enabled(const struct kernel_cpu *cpu)
{
	return cpu->kernel->fair.features.hrtick;
}

static bool running(const struct kernel_cpu *cpu)
{
	return timer_is_armed(&cpu->kernel->engine->timers, &cpu->hrtick);
}

void hrtick_init(struct kernel_cpu *cpu)
{
	if (enabled(cpu))
		timer_init(&cpu->kernel->engine->timers, &cpu->hrtick, expired, EVENT_HRTICK,
			   (uint16_t)cpu->index);
}

static void cancel(struct kernel_cpu *cpu)
{
	if (running(cpu))
		engine_cancel(cpu->kernel->engine, &cpu->hrtick);
	cpu->slice_over = false;
}

static void arm(struct kernel_cpu *cpu)
{
	struct engine *engine = cpu->kernel->engine;
	uint64_t delay = fair_hrtick_delay(cpu->rq);
	uint64_t when = engine->now + delay;

	if (!delay)
		return;
	if (running(cpu)) {
		uint64_t set = timer_expiry(&engine->timers, &cpu->hrtick);

		if ((when > set ? when - set : set - when) < SHIFT_NS)
			return;
	}
	engine_arm(engine, &cpu->hrtick, when);
	cpu->cpu->ops->timer_armed(cpu->cpu);
}

void hrtick_picked(struct kernel_cpu *cpu, bool same)
{
	if (!enabled(cpu))
		return;
	if (!cpu->current || cpu->kernel->fair.features.hrtick_rule == HRTICK_UNTIL_SLICE)
		cancel(cpu);
	if (cpu->current && !same)
		arm(cpu);
}

void hrtick_enqueued(struct kernel_cpu *cpu)
{
	if (!cpu->rq->hrtick_asked || !enabled(cpu))
		return;
	cpu->rq->hrtick_asked = false;
	if (!running(cpu) || cpu->kernel->fair.features.hrtick_rule == HRTICK_UNTIL_SLICE)
		arm(cpu);
}

void hrtick_interrupt(struct kernel_cpu *cpu)
{
	if (!cpu->slice_over)
		return;
	cpu->slice_over = false;
	fair_hrtick(cpu->rq, kernel_clock(cpu));
}
