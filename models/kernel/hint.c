/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hint.c - directed yield between the CPUs of one kernel, and the fate of its hint
 */
#include "models/kernel/hint.h"

#include "models/kernel/kernel.h"
#include "models/measures.h"
#include "models/sched/query.h"
#include "sim/engine/engine.h"

int kernel_yield_to(struct kernel_cpu *cpu, struct task *target)
{
	struct kernel_cpu *there = task_cpu(target);
	struct measures *measures = cpu->kernel->measures;
	uint32_t requests = there->rq->resched;
	int result;

	count(measures, COUNTER_YIELD_TO);
	fair_clock(there->rq, kernel_clock(there));
	result = fair_yield_to(cpu->rq, &target->fair, kernel_clock(cpu));
	TRAIL(measures, .kind = TRAIL_YIELD_TO, .who = cpu->current, .whom = target, .n = result);
	if (result == FAIR_ALONE) {
		count(measures, COUNTER_YIELD_ESRCH);
	} else if (result == 0) {
		count(measures, COUNTER_YIELD_REFUSED);
	} else {
		count(measures, COUNTER_YIELD_OK);
		if (there == cpu)
			count(measures, COUNTER_YIELD_SAME_QUEUE);
		aftermath_yielded(cpu, target);
		there->hint.target = target;
		kernel_notify(there, cpu, requests);
	}
	return result;
}

/* For a reader: on every level down to where the hint ends. */
static void note_hint(const struct kernel_cpu *cpu, const struct task *target)
{
	struct fair_hint_step step[FAIR_HINT_STEPS];
	uint32_t steps = fair_hint_steps(cpu->rq, &target->fair, kernel_clock(cpu), step);

	for (uint32_t i = 0; i < steps; i++)
		TRAIL(cpu->kernel->measures, .kind = TRAIL_HINT, .whom = target, .n = i,
		      .hint = &step[i]);
}

/* Counts a dropped hint by the level that refused it; a pick that follows it is counted afterwards.
 */
void hint_before_pick(struct kernel_cpu *cpu)
{
	struct task *target = cpu->hint.target;
	struct fair_hint_fate fate;

	if (!target)
		return;
	if (target->state != TASK_RUNNABLE || task_cpu(target) != cpu) {
		count(cpu->kernel->measures, COUNTER_HINT_LOST_OTHER);
		cpu->hint.target = NULL;
		return;
	}
	if (cpu->kernel->measures->trail)
		note_hint(cpu, target);
	fate = fair_hint_level(cpu->rq, &target->fair, kernel_clock(cpu));
	if (fate.fate == HINT_HONOURED)
		return;
	cpu->hint.target = NULL;
	if (fate.fate != HINT_INELIGIBLE)
		count(cpu->kernel->measures, COUNTER_HINT_LOST_OTHER);
	else if (fate.level == 0)
		count(cpu->kernel->measures, COUNTER_HINT_DROPPED_ROOT);
	else if (fate.level == target->fair.entity.depth)
		count(cpu->kernel->measures, COUNTER_HINT_DROPPED_LEAF);
	else
		count(cpu->kernel->measures, COUNTER_HINT_DROPPED_GROUP);
}

void hint_after_pick(struct kernel_cpu *cpu, const struct task *next)
{
	bool honoured = next == cpu->hint.target;

	if (!cpu->hint.target)
		return;
	/* charging on the way down may have used up a quota */
	sim_assert(cpu->kernel->engine, honoured || cpu->kernel->quotas);
	count(cpu->kernel->measures, honoured ? COUNTER_HINT_HONOURED : COUNTER_HINT_LOST_OTHER);
	cpu->hint.target = NULL;
}
