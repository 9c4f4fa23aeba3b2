/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * balance_pass.c - the course of one pass: eevdf.md 5.1, 5.2
 */
#include "models/kernel/balance_pass.h"

#include "models/kernel/balance.h"
#include "models/kernel/balance_rules.h"
#include "models/kernel/cpu_load.h"
#include "sim/engine/engine.h"

/* ms; an interval that grows because of affinity ends here. */
#define MAX_PINNED_INTERVAL 512

static bool core_is_idle(const struct kernel *kernel, uint32_t cpu)
{
	uint32_t core = cpu - cpu % kernel->threads;

	for (uint32_t i = core; i < core + kernel->threads; i++)
		if (!cpu_is_idle(&kernel->cpu[i]))
			return false;
	return true;
}

/* The first idle CPU of the local group does it, on an idle core if there is one; else the first
 * CPU. */
static bool is_our_job(const struct pass *pass)
{
	const struct kernel *kernel = pass->kernel;
	const struct domain *domain = pass->domain;
	uint32_t first = domain_group_of(domain, pass->to->index);
	bool whole = kernel->rules->whole_core_first && domain->level != DOMAIN_SMT;
	uint32_t half_idle = UINT32_MAX;

	if (!cpumask_has(&pass->cpus, pass->to->index))
		return false;
	if (pass->idle == BALANCE_NEWLY_IDLE)
		return pass->to->rq->nr_running == 0;
	for (uint32_t i = first; i < first + domain->group; i++) {
		if (!cpumask_has(&pass->cpus, i) || !cpu_is_idle(&kernel->cpu[i]))
			continue;
		if (!whole || core_is_idle(kernel, i))
			return i == pass->to->index;
		if (half_idle == UINT32_MAX)
			half_idle = i;
	}
	return pass->to->index == (half_idle == UINT32_MAX ? first : half_idle);
}

/* Is there a CPU left that could be a source? */
static bool any_source(const struct pass *pass)
{
	uint32_t first = domain_group_of(pass->domain, pass->to->index);

	for (uint32_t i = 0; i < pass->domain->span; i++) {
		uint32_t cpu = pass->domain->first + i;

		if (cpu - first >= pass->domain->group && cpumask_has(&pass->cpus, cpu))
			return true;
	}
	return false;
}

/* Where the pinning of a level below is noted: with the first CPU of the group. */
static bool *pinned_mark(const struct pass *pass)
{
	struct domains *domains = &pass->kernel->cpu[pass->domain->first].balance->domains;

	return &domains->domain[pass->domain - pass->to->balance->domains.domain].pinned;
}

enum outcome { OUTCOME_BALANCED, OUTCOME_ALL_PINNED, OUTCOME_TRIED };

static enum outcome attempt(struct pass *pass, uint32_t *moved, bool *ours)
{
	for (;;) {
		if (!is_our_job(pass)) {
			*ours = false;
			return OUTCOME_BALANCED;
		}
		if (!pass_busiest_group(pass))
			return OUTCOME_BALANCED;
		pass->from = pass_busiest_queue(pass);
		if (!pass->from)
			return OUTCOME_BALANCED;
		pass->all_pinned = true;
		if (pass->from->rq->nr_running <= 1)
			return OUTCOME_TRIED;
		*moved = pass_move(pass);
		if (pass->above && pass->some_pinned && pass->imbalance > 0)
			*pinned_mark(pass) = true;
		if (!pass->all_pinned)
			return OUTCOME_TRIED;
		cpumask_remove(&pass->cpus, pass->from->index);
		if (!any_source(pass))
			return OUTCOME_ALL_PINNED;
	}
}

/* eevdf.md 5.2, the end; the running task is the one to be moved. */
static bool wants_push(const struct pass *pass)
{
	return (pass->kind == MIGRATE_TASK || pass->kernel->rules->active_any) &&
	       pass->domain->failed > pass->domain->cache_nice_tries + 2;
}

static bool push(struct pass *pass)
{
	struct kernel_cpu *from = pass->from;
	uint32_t requests = from->rq->resched;

	if (!from->current || from->current->only_cpu != UINT32_MAX)
		return false;
	pass->all_pinned = false;
	if (from->balance->push_to != UINT32_MAX)
		return true;
	from->balance->push_to = pass->to->index;
	from->rq->resched |= FAIR_RESCHED_NOW;
	kernel_notify(from, pass->by, requests);
	return true;
}

static void lengthen(struct pass *pass)
{
	struct domain *domain = pass->domain;

	if (pass->idle == BALANCE_NEWLY_IDLE)
		return;
	if ((pass->all_pinned && domain->interval < MAX_PINNED_INTERVAL) ||
	    domain->interval < 2 * domain->span)
		domain->interval *= 2;
}

bool balance_pass(struct pass *pass, bool *ours)
{
	struct domain *domain = pass->domain;
	uint32_t moved = 0;
	enum outcome outcome;

	cpumask_clear(&pass->cpus, pass->kernel->cpus);
	for (uint32_t i = 0; i < domain->span; i++)
		cpumask_add(&pass->cpus, domain->first + i);
	outcome = attempt(pass, &moved, ours);
	if (outcome != OUTCOME_TRIED) {
		if (outcome == OUTCOME_BALANCED && pass->above && !pass->all_pinned)
			*pinned_mark(pass) = false;
		domain->failed = 0;
		lengthen(pass);
		return false;
	}
	if (moved) {
		domain->failed = 0;
	} else {
		if (pass->idle != BALANCE_NEWLY_IDLE)
			domain->failed++;
		if (wants_push(pass) && !push(pass)) {
			lengthen(pass);
			return false;
		}
	}
	domain->interval = domain->span;
	return moved > 0;
}
