/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * invariants_work.c - what the scripts of random programs asked for, against the accounts
 */
#include "models/config.h"
#include "models/kernel/objects.h"
#include "models/kernel/program.h"
#include "models/machine_private.h"
#include "tests/unit/invariants.h"
#include "tests/unit/random_program.h"
#include "workloads/workload.h"

/* ns of the last op, not in the tally yet, that the task has done in OP_RUN. */
static uint64_t done_of_run(const struct vm *vm, const struct program_task *task)
{
	const struct kernel_cpu *cpu = task_cpu(&task->task);

	if (task->op.kind != OP_RUN)
		return 0;
	if (!task->op_under_way)
		return task->op.amount;
	if (task->stage == 0)
		return 0;
	if (!task_running(&task->task) || cpu->switching)
		return task->op.amount - task->task.segment;
	return task->op.amount - (cpu->in_interrupt ? cpu->base : vm->vcpu[cpu->index].left);
}

/* What began has ended or is open. */
static const char *marks_broken(const struct vm *vm)
{
	const struct kernel_objects *objects = vm->guest.objects;
	uint64_t begun = 0, ended = 0;

	for (uint32_t i = 0; i < vm->workload->tasks; i++) {
		struct random_program_tally tally = random_program_tally(vm->tasks[i].program);

		begun += tally.begun;
		ended += tally.ended;
	}
	must(objects->mark_fault == MARK_SOUND);
	must(marks_open(objects) == begun - ended);
	if (!objects->latency)
		return NULL;
	must(objects->latency->count == ended);
	must(!ended || objects->latency->max <= vm->kvm->engine->now);
	return NULL;
}

/* All the work that was asked for and has ended was done, and no more: by the accounts. */
const char *work_broken(const struct machine *machine)
{
	const struct accounts *accounts = &machine->measures.accounts;
	const struct cost_params *cost = &machine->config->cost;
	uint64_t user = 0, kernel = 0, spent = accounts_sum(accounts, ACCOUNT_GUEST_USER);
	/* a thread whose core is shared takes longer; each event may round up */
	uint64_t slowest = machine->config->topology.threads > 1 ? cost->smt_speed : SPEED_FULL;
	uint64_t rounding = slowest < SPEED_FULL ? machine->engine.events : 0;
	/* virtual ICR writes and mutexes make the next segment longer, whatever it is */
	uint64_t owed = machine->measures.counter[COUNTER_IPIS] * cost->virtual_ipi;
	bool timed = false;

	owed += machine->measures.counter[COUNTER_LINE_WAIT_NS];
	for (uint32_t i = 0; i < machine->vms; i++) {
		const struct vm *vm = &machine->vm[i];

		must_pass(marks_broken(vm));
		timed |= vm->guest.params->timed_work;
		for (uint32_t k = 0; k < vm->workload->tasks; k++) {
			const struct program_task *task = &vm->tasks[k];
			struct random_program_tally tally = random_program_tally(task->program);

			user += tally.user;
			kernel += tally.kernel;
			/* up to two halves each, and the one under way */
			owed += 2 * (cost->mutex + cost->cache_line) * (tally.owing + 1);
			owed += cost->rcu_call * tally.called;
			user += done_of_run(vm, task);
		}
	}
	/* exits and handlers are part of what was asked for */
	if (timed) {
		must(spent * slowest / SPEED_FULL <= user + owed + rounding);
		return NULL;
	}
	/* what is owed may make the sum negative until it is paid */
	must(spent - user <= owed + rounding + spent - spent * slowest / SPEED_FULL);
	must(accounts_sum(accounts, ACCOUNT_GUEST_KERNEL) + owed >= kernel);
	return NULL;
}
