/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * idle.c - the haltpoll governor and its poll loop (kvm-and-guest.md 3.10), and idle=poll
 *
 * Whoever polls has its TIF_NEED_RESCHED watched: a wake-up sets that and sends nothing (3.4, test 61).
 */
#include "models/kernel/idle.h"

#include "models/kernel/cross_call.h"
#include "models/kernel/kernel.h"
#include "models/kernel/wait.h"
#include "sim/engine/engine.h"

uint64_t idle_next_limit(const struct kernel_params *params, uint64_t limit, uint64_t halted)
{
	uint64_t most = params->haltpoll_ns;

	if (halted > limit && halted <= most) {
		limit *= params->haltpoll_grow;
		if (limit < params->haltpoll_grow_start)
			limit = params->haltpoll_grow_start;
		return limit < most ? limit : most;
	}
	if (halted <= most || !params->haltpoll_allow_shrink)
		return limit;
	limit = params->haltpoll_shrink ? limit / params->haltpoll_shrink : 0;
	/* recalled, [R]: since 6.8 none is below what it grows to */
	return limit < params->haltpoll_grow_start ? 0 : limit;
}

/* Polls of idle=poll between two rounds at whose end nothing happens. */
#define FOREVER_POLLS (UINT64_C(1) << 20)

static bool polls_forever(const struct kernel_cpu *cpu)
{
	return cpu->kernel->params->idle == IDLE_POLL;
}

bool idle_wants_poll(const struct kernel_cpu *cpu)
{
	if (polls_forever(cpu))
		return true;
	return cpu->kernel->params->haltpoll && (cpu->idle.polls || cpu->idle.limit) &&
	       !cpu->idle.in_vain;
}

void idle_enter(struct kernel_cpu *cpu)
{
	struct idle *idle = &cpu->idle;

	cpu->cpu->irqs_on = true;
	if (!idle_wants_poll(cpu)) {
		idle->polls = idle->in_vain = false;
		idle->halts = true;
		idle->since = cpu->idle_since = cpu->kernel->engine->now;
		cpu->cpu->ops->halt(cpu->cpu);
		return;
	}
	if (!idle->polls) {
		idle->polls = true;
		idle->left = polls_forever(cpu) ? FOREVER_POLLS * cpu->kernel->costs.spin_poll
						: idle->limit;
		idle->since = cpu->kernel->engine->now;
	}
	idle->hit = false;
	kernel_work(cpu, idle->left, WORK_IDLE_POLL);
	if (cross_call_queued(cpu))
		idle_hit(cpu);
}

void idle_interrupted(struct kernel_cpu *cpu)
{
	struct idle *idle = &cpu->idle;

	if (idle->polls)
		idle->left = cpu->cpu->ops->stop(cpu->cpu);
	if (idle->halts)
		idle->limit = idle_next_limit(cpu->kernel->params, idle->limit,
					      cpu->kernel->engine->now - idle->since);
	idle->halts = false;
}

void idle_hit(struct kernel_cpu *cpu)
{
	const struct kernel_costs *costs = &cpu->kernel->costs;

	/* a handler is followed by a look, too */
	if (cpu->idle.hit || cpu->in_interrupt)
		return;
	cpu->idle.hit = true;
	kernel_rework(cpu, kernel_stop(cpu) % costs->spin_poll + costs->lock_handover,
		      WORK_IDLE_POLL);
}

bool idle_poll_over(struct kernel_cpu *cpu)
{
	cpu->idle.polls = false;
	cpu->idle.in_vain = !cpu->rq->nr_running;
	return !cpu->idle.in_vain;
}

void idle_leave(struct kernel_cpu *cpu)
{
	cpu->idle.polls = cpu->idle.halts = cpu->idle.in_vain = false;
}
