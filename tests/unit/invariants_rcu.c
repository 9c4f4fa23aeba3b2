/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * invariants_rcu.c - RCU of one guest (mmu-illumos-pvsched-rcu.md D.6)
 */
#include "models/kernel/program.h"
#include "models/kernel/rcu_private.h"
#include "models/kvm/vm.h"
#include "sim/engine/engine.h"
#include "tests/unit/invariants.h"
#include "workloads/workload.h"

static const char *callbacks_broken(const struct rcu *rcu, const struct rcu_cpu *here)
{
	const struct rcu_segment *segment = here->segment;
	uint64_t count = 0, ticket = here->invoked;

	for (int age = 0; age < RCU_AGES; age++)
		count += segment[age].count;
	must(count == rcu_queued(here));
	must(!segment[RCU_NEXT_READY].count || segment[RCU_WAIT].count);
	must(!segment[RCU_WAIT].count || segment[RCU_WAIT].gp <= rcu->started + 1);
	must(!segment[RCU_NEXT_READY].count || segment[RCU_NEXT_READY].gp > segment[RCU_WAIT].gp);
	must(!segment[RCU_NEXT_READY].count || segment[RCU_NEXT_READY].gp <= rcu->wanted);
	/* whatever waits for a grace period was asked for */
	must(!segment[RCU_WAIT].count || segment[RCU_WAIT].gp <= rcu->wanted);
	for (const struct task *task = here->waiters.head; task; task = task->wait_next) {
		must(task->state == TASK_SLEEPING);
		must(task->rcu.ticket > ticket && task->rcu.ticket <= here->queued);
		ticket = task->rcu.ticket;
	}
	return NULL;
}

static bool is_listed(const struct rcu *rcu, const struct task *task)
{
	for (const struct task *in = rcu->blocked; in; in = in->rcu.next)
		if (in == task)
			return true;
	return false;
}

/* 1: a reader that began before a grace period holds it up. */
static const char *reader_broken(const struct rcu *rcu, const struct task *task)
{
	must(task->rcu.blocked == is_listed(rcu, task));
	if (!task->rcu.inside) {
		must(!task->rcu.blocked && !task->rcu.expedited);
		return NULL;
	}
	must(task->state == TASK_RUNNABLE);
	must(rcu->preemptible || task_running(task));
	must(task->rcu.blocked || task_running(task));
	/* the last one that began: the reader began after it, or it is not over */
	must(task->rcu.since >= rcu->began || rcu_under_way(rcu));
	if (rcu_under_way(rcu) && task->rcu.since < rcu->began)
		must(cpumask_has(&rcu->waits, task->cpu) ||
		     (task->rcu.blocked && task->rcu.blocks <= rcu->started));
	return NULL;
}

static const char *expedited_broken(const struct rcu *rcu)
{
	if (rcu->expedites)
		return NULL;
	must(cpumask_empty(&rcu->expedited_waits));
	must(!rcu->expedited_readers);
	for (uint32_t i = 0; i < rcu->kernel->cpus; i++)
		must(!rcu->cpu[i].called && !rcu->cpu[i].owes);
	return NULL;
}

/* The thread does not sleep while there is something that it should do. */
static const char *thread_broken(const struct rcu *rcu)
{
	const struct timers *timers = &rcu->kernel->engine->timers;
	const struct task *thread = &rcu->thread;
	bool expired = false;

	must(rcu->completed <= rcu->started && rcu->started <= rcu->completed + 1);
	must(rcu->started <= rcu->wanted && rcu->wanted <= rcu->started + 1);
	if (thread->state != TASK_SLEEPING)
		return NULL;
	must(rcu->step == RCU_IDLE || rcu->step == RCU_SLEEPS);
	for (const struct task *in = task_cpu(thread)->timer_expired; in; in = in->wait_next)
		expired |= in == thread;
	if (rcu->step == RCU_IDLE)
		must(rcu->wanted <= rcu->completed);
	else
		must(expired != timer_is_armed(timers, &thread->sleep));
	return NULL;
}

const char *rcu_broken(const struct vm *vm)
{
	const struct rcu *rcu = vm->guest.rcu;
	uint64_t bytes = 0;

	if (!rcu)
		return NULL;
	for (uint32_t i = 0; i < vm->vcpus; i++) {
		must_pass(callbacks_broken(rcu, &rcu->cpu[i]));
		for (int age = 0; age < RCU_AGES; age++)
			bytes += rcu->cpu[i].segment[age].bytes;
		must(!rcu->cpu[i].thread_batch || rcu->cpu[i].thread.state == TASK_RUNNABLE);
	}
	must(bytes == rcu->bytes && bytes <= rcu->peak);
	for (uint32_t i = 0; i < vm->workload->tasks; i++)
		must_pass(reader_broken(rcu, &vm->tasks[i].task));
	must_pass(expedited_broken(rcu));
	return thread_broken(rcu);
}
