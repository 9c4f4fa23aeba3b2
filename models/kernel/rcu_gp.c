/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rcu_gp.c - the thread that begins grace periods, looks for idle CPUs and ends them
 * (kvm-and-guest.md 3.11, steps 1 and 3 to 6)
 *
 * Its sleeps end to the ns; real ones are counted in jiffies, so they may take up to one longer.
 */
#include "models/kernel/program_private.h"
#include "models/kernel/rcu_private.h"
#include "models/measures.h"
#include "sim/engine/engine.h"
#include "sim/engine/time.h"

/* 3.11, [V]: jiffies of the first scan's delay and of those between scans, base and per CPU. */
#define BASE_HZ_1 250
#define BASE_HZ_2 500
#define CPUS_A_JIFFY 256
/* CONFIG_RCU_CPU_STALL_TIMEOUT: after half of it late CPUs are interrupted. */
#define STALL_NS (21 * NSEC_PER_SEC)

uint64_t rcu_jiffy(const struct kernel *kernel)
{
	return NSEC_PER_SEC / kernel->params->hz;
}

static uint64_t scan_jiffies(const struct kernel *kernel)
{
	uint64_t hz = kernel->params->hz;

	return 1 + (hz > BASE_HZ_1) + (hz > BASE_HZ_2) + kernel->cpus / CPUS_A_JIFFY;
}

uint64_t rcu_scan_delay(const struct kernel *kernel)
{
	return scan_jiffies(kernel) * rcu_jiffy(kernel);
}

uint64_t rcu_urgent_age(const struct kernel *kernel)
{
	uint64_t scans = 3 * scan_jiffies(kernel); /* the first, and twice the next */
	uint64_t age = kernel->params->hz / 10 + kernel->cpus / CPUS_A_JIFFY;

	return (scans > age ? scans : age) * rcu_jiffy(kernel);
}

static bool is_over(const struct rcu *rcu)
{
	if (!cpumask_empty(&rcu->waits))
		return false;
	for (const struct task *task = rcu->blocked; task; task = task->rcu.next)
		if (task->rcu.blocks <= rcu->started)
			return false;
	return true;
}

void rcu_want(struct rcu *rcu, uint64_t gp, struct kernel_cpu *by)
{
	if (gp <= rcu->wanted)
		return;
	rcu->wanted = gp;
	if (rcu->step == RCU_IDLE)
		kernel_wake(&rcu->thread, by);
}

void rcu_look(struct rcu *rcu, struct kernel_cpu *by)
{
	if (rcu->step == RCU_SLEEPS && rcu_under_way(rcu) && is_over(rcu))
		kernel_wake_early(&rcu->thread, by);
}

void rcu_force(struct rcu *rcu, struct kernel_cpu *by)
{
	rcu->forced = true;
	if (rcu->step == RCU_SLEEPS)
		kernel_wake_early(&rcu->thread, by);
}

/* A CPU that is late is asked ever more plainly. */
static void hurry(struct rcu *rcu, struct kernel_cpu *by, uint32_t index)
{
	struct kernel *kernel = rcu->kernel;
	struct kernel_cpu *cpu = &kernel->cpu[index];
	struct rcu_cpu *late = &rcu->cpu[index];
	uint64_t age = kernel->engine->now - rcu->began;
	uint64_t urgent = rcu_urgent_age(kernel);
	uint32_t before = cpu->rq->resched;

	late->urgent |= age > urgent;
	late->heavy |= age > 2 * urgent;
	if (age <= STALL_NS / 2 || late->resched_sent)
		return;
	late->resched_sent = true;
	cpu->rq->resched |= FAIR_RESCHED_NOW;
	kernel_notify(cpu, by, before);
}

static void scan(struct rcu *rcu, struct kernel_cpu *by)
{
	struct kernel *kernel = rcu->kernel;
	uint32_t i;

	count(kernel->measures, COUNTER_RCU_SCANS);
	cpumask_each(&rcu->waits, i) {
		struct rcu_cpu *other = &rcu->cpu[i];
		bool idle = rcu_is_idle(&kernel->cpu[i]);

		if (idle || (rcu->scanned && other->idles != other->snapshot))
			cpumask_remove(&rcu->waits, i);
		else if (rcu->scanned)
			hurry(rcu, by, i);
		if (!rcu->scanned)
			other->snapshot = other->idles;
	}
	rcu->scanned = true;
	rcu->forced = false;
}

static void begin(struct rcu *rcu)
{
	struct kernel *kernel = rcu->kernel;

	rcu->started++;
	rcu->began = kernel->engine->now;
	rcu->deadline = rcu->began + rcu_scan_delay(kernel);
	rcu->scanned = rcu->forced = false;
	for (uint32_t i = 0; i < kernel->cpus; i++) {
		cpumask_add(&rcu->waits, i);
		rcu->cpu[i].resched_sent = false;
	}
}

static void end(struct rcu *rcu)
{
	struct measures *measures = rcu->kernel->measures;

	rcu->completed = rcu->started;
	count(measures, COUNTER_RCU_GPS);
	histogram_add(&measures->latency[LATENCY_RCU_GP], rcu->kernel->engine->now - rcu->began);
}

/* The step under way is over; false: it has nothing to do now, and sleeps. */
static bool next_step(struct rcu *rcu, struct kernel_cpu *cpu)
{
	const struct kernel *kernel = rcu->kernel;
	uint64_t now = kernel->engine->now;

	switch (rcu->step) {
	case RCU_IDLE:
		if (rcu->wanted <= rcu->completed) {
			kernel_block(cpu);
			return false;
		}
		rcu->step = RCU_BEGINS;
		return true;
	case RCU_BEGINS:
		begin(rcu);
		rcu->step = RCU_SLEEPS;
		return next_step(rcu, cpu);
	case RCU_SCANS:
		scan(rcu, cpu);
		rcu->deadline = now + rcu_scan_delay(kernel);
		rcu->step = RCU_SLEEPS;
		return next_step(rcu, cpu);
	case RCU_SLEEPS:
		if (is_over(rcu)) {
			rcu->step = RCU_ENDS;
			return true;
		}
		if (now >= rcu->deadline || rcu->forced) {
			rcu->step = RCU_SCANS;
			return true;
		}
		kernel_sleep(cpu, rcu->deadline - now);
		return false;
	case RCU_ENDS:
		break;
	}
	end(rcu);
	rcu->step = RCU_IDLE;
	return next_step(rcu, cpu);
}

static void thread_advance(struct task *task)
{
	struct kernel_cpu *cpu = task_cpu(task);
	struct rcu *rcu = cpu->kernel->rcu;
	const struct kernel_costs *costs = &cpu->kernel->costs;
	uint64_t ns = 0;

	while (next_step(rcu, cpu)) {
		if (rcu->step == RCU_BEGINS || rcu->step == RCU_ENDS)
			ns = costs->rcu_gp;
		else
			ns = costs->rcu_scan * cpumask_count(&rcu->waits);
		if (ns) {
			kernel_work(cpu, ns, WORK_KERNEL);
			return;
		}
	}
}

const struct task_ops rcu_thread_ops = { .advance = thread_advance };
