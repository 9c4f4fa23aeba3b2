/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * balance_move.c - which queue gives, which of its tasks may go, and the move: eevdf.md 5.2
 *
 * Only runnable tasks are moved: delayed ones, which sleep, stay and wake where they are.
 */
#include "models/kernel/balance.h"
#include "models/kernel/balance_pass.h"
#include "models/kernel/balance_rules.h"
#include "models/kernel/cpu_load.h"
#include "models/kernel/runnable.h"
#include "models/measures.h"
#include "models/sched/query.h"
#include "sim/engine/engine.h"

/* sysctl_sched_nr_migrate */
#define TASKS_LOOKED_AT 32
/* Shifts by more would be undefined; nothing is left long before. */
#define SHIFT_MAX 63

/* What the queue has that the imbalance counts; 0: it cannot give. */
static uint64_t to_give(const struct pass *pass, const struct kernel_cpu *cpu)
{
	uint32_t tasks = cpu->rq->root.h_nr_runnable;
	uint64_t load;

	if (tasks == 0)
		return 0;
	switch (pass->kind) {
	case MIGRATE_LOAD:
		load = cpu_balance_load(cpu);
		return tasks == 1 && (int64_t)load > pass->imbalance ? 0 : load;
	case MIGRATE_UTIL:
		load = cpu_util(cpu) > cpu_runnable(cpu) ? cpu_util(cpu) : cpu_runnable(cpu);
		return tasks == 1 ? 0 : load;
	default:
		return tasks;
	}
}

struct kernel_cpu *pass_busiest_queue(const struct pass *pass)
{
	struct kernel_cpu *busiest = NULL;
	uint64_t most = 0;

	for (uint32_t i = 0; i < pass->domain->group; i++) {
		struct kernel_cpu *cpu = &pass->kernel->cpu[pass->busiest.first + i];
		uint64_t gives;

		if (!cpumask_has(&pass->cpus, cpu->index))
			continue;
		gives = to_give(pass, cpu);
		if (gives > most) {
			busiest = cpu;
			most = gives;
		}
	}
	return busiest;
}

static bool is_hot(const struct pass *pass, const struct task *task)
{
	const struct fair_entity *entity = &task->fair.entity;

	if (pass->domain->level == DOMAIN_SMT && !pass->kernel->rules->hot_on_sibling)
		return false;
	if (task->fair.policy == FAIR_IDLE)
		return false;
	if (pass->to->rq->nr_running &&
	    (entity->queue->next == entity || entity->queue->preempted == entity))
		return true;
	return task->off_since &&
	       pass->from->rq->clock < entity->start + pass->kernel->fair.migration_cost;
}

/* Its lag forbids it to run where it is, so it would gain by a move: 6.13 and later. */
static bool must_wait(const struct pass *pass, const struct task *task)
{
	const struct fair_group *group = task->fair.entity.queue->group;
	uint32_t to = pass->to->index;
	const struct fair_queue *there = group ? &group->cpu[to].queue : &pass->to->rq->root;

	return there->nr_queued && !fair_eligible(task->fair.entity.queue, &task->fair.entity);
}

bool pass_may_move(struct pass *pass, const struct task *task)
{
	if (task->only_cpu != UINT32_MAX) {
		pass->some_pinned = true;
		return false;
	}
	pass->all_pinned = false;
	if (task_running(task))
		return false;
	if (pass->kernel->rules->eligibility && !pass->domain->failed && must_wait(pass, task))
		return false;
	return pass->domain->failed > pass->domain->cache_nice_tries || !is_hot(pass, task);
}

/* What the task takes of the imbalance; 0: more than there is. */
static int64_t share(const struct pass *pass, const struct task *task)
{
	uint32_t failed = pass->domain->failed < SHIFT_MAX ? pass->domain->failed : SHIFT_MAX;
	uint64_t load;

	switch (pass->kind) {
	case MIGRATE_LOAD:
		load = fair_task_h_load(&task->fair);
		if (load == 0)
			load = 1;
		if (pass->kernel->rules->half_load) {
			if ((int64_t)(load / 2) > pass->imbalance &&
			    (pass->kernel->rules->load_only ||
			     pass->domain->failed <= pass->domain->cache_nice_tries))
				return 0;
		} else if ((int64_t)(load >> failed) > pass->imbalance) {
			return 0;
		}
		return (int64_t)load;
	case MIGRATE_UTIL:
		load = fair_task_util(&task->fair);
		if ((int64_t)(load >> failed) > pass->imbalance)
			return 0;
		return (int64_t)(load ? load : 1);
	default:
		return 1;
	}
}

void balance_move(struct task *task, struct kernel_cpu *to, struct kernel_cpu *by, enum move why)
{
	struct kernel_cpu *from = task_cpu(task);
	uint32_t requests_from = from->rq->resched;
	uint32_t requests_to = to->rq->resched;

	count(to->kernel->measures, to->kernel->move_counters[why]);
	runnable_remove(task);
	task_set_cpu(task, to->index);
	runnable_add(task);
	fair_migrate(from->rq, to->rq, &task->fair, kernel_clock(from), kernel_clock(to));
	/* taking it away has charged the task that runs there, and its slice may be over */
	kernel_notify(from, by, requests_from);
	kernel_notify(to, by, requests_to);
}

uint32_t pass_move(struct pass *pass)
{
	struct kernel_cpu *from = pass->from;
	bool newest_first = pass->kernel->rules->newest_first;
	bool one = pass->idle == BALANCE_NEWLY_IDLE &&
		   pass->kernel->params->preemption != PREEMPTION_NONE;
	uint32_t looks = from->tasks < TASKS_LOOKED_AT ? from->tasks : TASKS_LOOKED_AT;
	uint32_t moved = 0;

	fair_clock(from->rq, kernel_clock(from));
	while (looks-- > 0 && pass->imbalance > 0) {
		struct task *task = newest_first ? from->last : from->first;
		int64_t taken;

		/* an idle CPU leaves the last one, or it would be robbed in turn */
		if (pass->idle != BALANCE_BUSY && from->rq->nr_running <= 1)
			break;
		taken = pass_may_move(pass, task) ? share(pass, task) : 0;
		if (!taken) {
			runnable_turn(task, newest_first);
			continue;
		}
		pass->imbalance -= taken;
		balance_move(task, pass->to, pass->by,
			     pass->idle == BALANCE_NEWLY_IDLE ? MOVE_NEWLY_IDLE : MOVE_PERIODIC);
		moved++;
		if (one)
			break;
	}
	return moved;
}

void balance_push(struct kernel_cpu *cpu)
{
	struct kernel_cpu *to = &cpu->kernel->cpu[cpu->balance->push_to];

	cpu->balance->push_to = UINT32_MAX;
	for (struct task *task = cpu->first; task; task = task->next) {
		if (task->only_cpu != UINT32_MAX)
			continue;
		balance_move(task, to, cpu, MOVE_ACTIVE);
		return;
	}
}
