/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rq_lock.c - waiting for the lock of a run queue
 */
#include "models/kernel/rq_lock.h"

#include "models/kernel/kernel.h"
#include "models/measures.h"
#include "sim/engine/engine.h"

static uint64_t note_wait(struct kernel_cpu *cpu, uint64_t ns)
{
	struct measures *measures = cpu->kernel->measures;

	if (ns) {
		count(measures, COUNTER_RQ_LOCK_WAITS);
		measures->counter[COUNTER_RQ_LOCK_WAIT_NS] += ns;
	}
	return ns;
}

uint64_t rq_lock_take(struct kernel_cpu *cpu, uint64_t at, uint64_t hold)
{
	uint64_t begin = cpu->rq_free > at ? cpu->rq_free : at;

	if (!hold)
		return 0;
	cpu->rq_free = begin + hold;
	return note_wait(cpu, begin - at);
}

void rq_lock_hold(struct kernel_cpu *cpu)
{
	uint64_t now = cpu->kernel->engine->now;

	cpu->rq_free = (cpu->rq_free > now ? cpu->rq_free : now) + cpu->kernel->costs.rq_lock;
}

/* Who waits for the second has the first: both are let go together. */
uint64_t rq_lock_take_both(struct kernel_cpu *here, struct kernel_cpu *there, uint64_t at)
{
	uint64_t hold = here->kernel->costs.rq_lock;
	uint64_t begin = here->rq_free > at ? here->rq_free : at;

	if (!hold)
		return 0;
	if (there->rq_free > begin)
		begin = there->rq_free;
	here->rq_free = there->rq_free = begin + hold;
	return note_wait(here, begin - at);
}
