/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy_host.c - builds it, and watches every push
 */
#include "tests/unit/policy_host.h"

#include <check.h>

#include "models/sched/versions.h"

static void watch_before(void *data, struct fair_rq *rq, struct fair_task *yielder,
			 struct fair_task *target, uint64_t now)
{
	struct host *host = data;
	int64_t before = yielder->entity.vruntime;

	chain_yield_to_before(&host->chain, rq, yielder, target, now);
	host->pushed = yielder->entity.vruntime - before;
	if (!host->pushed)
		return;
	/* S4: strictly more than 6 ms after the one before. */
	if (host->last_push[rq->cpu])
		ck_assert_uint_gt(now - host->last_push[rq->cpu], 6 * MS);
	host->pushes++;
	host->last_push[rq->cpu] = now;
}

void host_init(struct host *host, const char *policy)
{
	struct policy_setup setup = { 0 };
	struct policy_choice choice = { .ops = policy_find(policy), .params = &host->params };

	*host = (struct host){ .now = 1 };
	host->params = (struct semantics_v2_params){ 1, 1, 1, 1, 50 * MS };
	host->hooks.yield_to_before = watch_before;
	policy_chain_init(&host->chain, &choice, 1, 1, CPUS, &setup);

	struct fair_config config = { .features = fair_features_find("6.19"),
				      .cpus = CPUS,
				      .tick = MS,
				      .base_slice = GRAN,
				      .norm_slice = GRAN,
				      .migration_cost = 500 * US,
				      .hooks = &host->hooks,
				      .hook_data = host };

	ck_assert_ptr_nonnull(config.features);
	fair_init(&host->fair, &config);
}

void host_clear(struct host *host)
{
	fair_clear(&host->fair);
	policy_chain_clear(&host->chain);
}

struct fair_task *host_add(struct host *host, uint32_t i, uint32_t cpu, struct fair_group *group,
			   int64_t slice)
{
	struct fair_rq *rq = &host->fair.rq[cpu];

	fair_task_init(&host->fair, &host->task[i], group);
	fair_task_configure(&host->task[i], 0, FAIR_NORMAL, slice);
	fair_enqueue(rq, &host->task[i], FAIR_INITIAL, host->now);
	return &host->task[i];
}

void host_add_many(struct host *host, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		host_add(host, i, 0, NULL, 0);
}

void host_run(struct host *host, uint32_t i)
{
	struct fair_rq *rq = host->task[i].rq;

	fair_switch(rq, rq->curr, &host->task[i], host->now);
}

void host_place(struct fair_entity *entity, int64_t vruntime)
{
	int64_t request = fair_scaled(entity, (int64_t)entity->slice);

	fair_entity_set(entity, vruntime, vruntime + request);
}

int64_t host_deboost(struct host *host, uint32_t yielder, uint32_t target)
{
	int64_t before = host->task[yielder].entity.vruntime;

	fair_clock(host->task[yielder].rq, host->now);
	chain_yield_to_before(&host->chain, host->task[yielder].rq, &host->task[yielder],
			      &host->task[target], host->now);
	return host->task[yielder].entity.vruntime - before;
}

struct debooster_context *host_context(struct host *host, uint32_t cpu)
{
	return policy_pcpu(&host->chain.policy[0], cpu);
}
