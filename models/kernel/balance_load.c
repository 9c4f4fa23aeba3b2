/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * balance_load.c - the imbalance before 5.5, when groups were compared by load alone: cfs.md 5.2
 */
#include "models/kernel/balance.h"
#include "models/kernel/balance_pass.h"
#include "models/kernel/balance_rules.h"
#include "models/kernel/cpu_load.h"

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Load of an average task; 0 without tasks. */
static uint64_t per_task(const struct group_stats *group)
{
	return group->runnable_tasks ? group->load / group->runnable_tasks : 0;
}

static bool has_capacity(const struct pass *pass, const struct group_stats *group)
{
	return group->runnable_tasks < pass->domain->group ||
	       group->capacity * 100 > group->util * pass->domain->imbalance_pct;
}

/* What the two groups get done, in units of load, with the loads that these averages are. */
static uint64_t done(const struct pass *pass, uint64_t busiest_avg, uint64_t local_avg)
{
	return (pass->busiest.capacity * least(per_task(&pass->busiest), busiest_avg) +
		pass->local.capacity * least(per_task(&pass->local), local_avg)) /
	       CPU_CAPACITY;
}

static bool move_one(struct pass *pass, uint64_t load)
{
	pass->imbalance = (int64_t)load;
	return load > 0;
}

/* "small()": less than a task is out of balance. A whole one moves if the difference stays no worse,
 * or if more gets done. */
static bool even_little(struct pass *pass)
{
	const struct group_stats *local = &pass->local, *busiest = &pass->busiest;
	uint64_t task = per_task(busiest);
	uint64_t scaled = task * CPU_CAPACITY / busiest->capacity;
	uint64_t twice = local->runnable_tasks && task > per_task(local) ? 1 : 2;
	uint64_t arrives;

	if (busiest->avg_load + scaled >= local->avg_load + twice * scaled)
		return move_one(pass, task);
	arrives =
		least(busiest->avg_load * busiest->capacity, task * CPU_CAPACITY) / local->capacity;
	if (done(pass, busiest->avg_load > scaled ? busiest->avg_load - scaled : 0,
		 local->avg_load + arrives) > done(pass, busiest->avg_load, local->avg_load))
		return move_one(pass, task);
	return false;
}

/* Load beyond what the busiest group can do, as an average; no limit unless both have too much. */
static uint64_t excess(const struct pass *pass)
{
	const struct group_stats *busiest = &pass->busiest;
	uint64_t tasks = (uint64_t)busiest->runnable_tasks * CPU_CAPACITY;

	if (busiest->type != GROUP_OVERLOADED || pass->local.type != GROUP_OVERLOADED)
		return UINT32_MAX;
	return tasks > busiest->capacity
		       ? (tasks - busiest->capacity) * CPU_CAPACITY / busiest->capacity
		       : 0;
}

static bool even(struct pass *pass, uint64_t avg)
{
	const struct group_stats *local = &pass->local, *busiest = &pass->busiest;
	uint64_t give, take;

	pass->kind = MIGRATE_LOAD;
	if (busiest->avg_load <= avg || local->avg_load >= avg)
		return even_little(pass);
	give = least(busiest->avg_load - avg, excess(pass)) * busiest->capacity;
	take = (avg - local->avg_load) * local->capacity;
	pass->imbalance = (int64_t)(least(give, take) / CPU_CAPACITY);
	if ((uint64_t)pass->imbalance < per_task(busiest))
		return even_little(pass);
	return true;
}

bool pass_imbalance_load(struct pass *pass)
{
	const struct group_stats *local = &pass->local, *busiest = &pass->busiest;
	uint64_t avg = pass->load * CPU_CAPACITY / pass->capacity;

	if (busiest->type == GROUP_IMBALANCED ||
	    (pass->idle != BALANCE_BUSY && has_capacity(pass, local) &&
	     busiest->type == GROUP_OVERLOADED))
		return even(pass, avg);
	if (local->avg_load >= busiest->avg_load || local->avg_load >= avg)
		return false;
	if (pass->idle == BALANCE_BUSY) {
		if (100 * busiest->avg_load <= pass->domain->imbalance_pct * local->avg_load)
			return false;
	} else if (busiest->type != GROUP_OVERLOADED &&
		   local->idle_cpus <= busiest->idle_cpus + 1) {
		return false;
	}
	return even(pass, avg);
}
