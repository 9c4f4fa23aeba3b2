/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_eevdf_invariants.c - thousands of random scripts; eevdf.md 8.1 holds after each operation
 *
 * Three CPUs, two levels of groups, every operation of fair.h.
 */
#include <string.h>

#include "models/sched/hooks.h"
#include "models/sched/query.h"
#include "models/sched/versions.h"
#include "tests/check_main.h"
#include "tests/unit/fair_play.h"
#include "tests/unit/fair_same.h"

#define OPERATIONS 500
#define SEEDS 200

/* I4: a tick moves the v of running entities forward, unless it gives them another weight, and no
 * other task's. */
static void tick(struct play *play, struct fair_rq *rq)
{
	int64_t weight = rq->curr ? rq->curr->entity.weight : 0;
	int64_t before[TASKS];

	for (int i = 0; i < TASKS; i++)
		before[i] = play->task[i].entity.vruntime;
	fair_tick(rq, play->now);
	for (int i = 0; i < TASKS; i++) {
		if (rq->curr == &play->task[i])
			must(play->task[i].entity.vruntime >= before[i] ||
			     play->task[i].entity.weight != weight);
		else
			must(play->task[i].entity.vruntime == before[i]);
	}
	play_attribute(play);
	if (rq->curr)
		play_check_run_time(play, rq->cpu);
}

/* I13: the protection set at a switch ends no later than the deadline. */
static void switch_to(struct play *play, struct fair_rq *rq, struct fair_task *next)
{
	struct fair_task *prev = rq->curr;

	must(!next || (next->entity.queued && !next->entity.delayed));
	/* I2 */
	must((next == NULL) == (rq->root.h_nr_runnable == 0));
	fair_switch(rq, prev, next, play->now);
	must(rq->resched == 0);
	if (next && next != prev)
		must(next->entity.protection <= next->entity.deadline);
}

static void reschedule(struct play *play, struct fair_rq *rq)
{
	switch_to(play, rq, fair_pick(rq, play->now));
}

/* I7 */
static int64_t lag_limit(const struct play *play, const struct fair_task *task, uint64_t longest)
{
	const struct fair *fair = &play->fair;
	uint64_t own = 2 * task->entity.slice > fair->tick ? 2 * task->entity.slice : fair->tick;
	bool newer = fair->features.lag_limit == LAG_LIMIT_LONGEST_SLICE;

	return fair_scaled(&task->entity, (int64_t)(newer ? longest + fair->tick : own));
}

static uint64_t longest_slice(const struct play *play, const struct fair_queue *queue)
{
	uint64_t longest = 0;

	for (int i = 0; i < TASKS; i++)
		if (play->task[i].entity.queue == queue && play->task[i].entity.queued &&
		    play->task[i].entity.slice > longest)
			longest = play->task[i].entity.slice;
	for (int i = 0; i < GROUPS; i++) {
		const struct fair_entity *entity = &play->group[i]->cpu[queue->rq->cpu].entity;

		if (entity->queue == queue && entity->queued && entity->slice > longest)
			longest = entity->slice;
	}
	return longest;
}

/* A CPU that is about to go idle pulls a task first, while the blocked one is still its current. */
static void pull(struct play *play, struct fair_rq *rq)
{
	struct fair_task *task = &play->task[draw(play, TASKS)];

	if (task->entity.queued && task->rq != rq && task->rq->curr != task) {
		play->pulled = (int)(task - play->task);
		fair_migrate(task->rq, rq, task, play->now, play->now);
	}
}

static void block(struct play *play, struct fair_rq *rq)
{
	struct fair_task *task = rq->curr;
	uint64_t longest;
	int64_t limit;

	if (!task)
		return;
	/* renewal can change the slice, so bring the queue up to date before looking */
	fair_account(task->entity.queue);
	longest = longest_slice(play, task->entity.queue);
	limit = lag_limit(play, task, longest);
	play->asleep[task - play->task] = true;
	if (fair_dequeue(rq, task, FAIR_SLEEP | (draw(play, 4) ? 0 : FAIR_SPECIAL), play->now))
		/* I10: it owes */
		must(task->entity.vruntime > fair_average(task->entity.queue));
	else
		must(task->entity.shared <= limit && task->entity.shared >= -limit);
	if (draw(play, 3) == 0)
		pull(play, rq);
	reschedule(play, rq);
}

static void account_running(struct fair_rq *rq)
{
	if (rq->curr)
		for (struct fair_entity *at = &rq->curr->entity; at; at = at->parent)
			fair_account(at->queue);
}

static bool of_idle_kind(const struct fair_task *task)
{
	for (const struct fair_entity *at = &task->entity; at; at = at->parent)
		if (at->idle)
			return true;
	return false;
}

static void wake(struct play *play, int i)
{
	struct fair_rq *rq = &play->fair.rq[draw(play, CPUS)];
	struct fair_task *task = &play->task[i];
	uint32_t flags = (draw(play, 2) ? FAIR_SYNC : 0) | (draw(play, 2) ? FAIR_SELECTED : 0);
	bool asked;

	if (task->entity.delayed)
		rq = task->rq;
	/* what the accounting asks for is none of the wake-up's */
	account_running(rq);
	asked = rq->resched;
	must(fair_wake(rq, task, flags, play->now) == play->asleep[i]);
	if (rq->curr && play->asleep[i] && !asked && rq->curr->entity.queued) {
		/* I17 */
		if (!play->fair.features.wakeup_preemption ||
		    (task->policy != FAIR_NORMAL && !of_idle_kind(rq->curr)))
			must(!rq->resched);
		/* I18 */
		if (play->fair.lazy && play->fair.features.lazy_requests)
			must(!(rq->resched & FAIR_RESCHED_NOW));
	}
	play->asleep[i] = false;
}

/* The entity of `task` on that level. */
static struct fair_entity *side(struct fair_task *task, uint32_t level)
{
	struct fair_entity *entity = &task->entity;

	while (entity->depth > level)
		entity = entity->parent;
	return entity;
}

/* Delayed entities of a CPU, groups among them. */
static uint32_t delayed_on(const struct play *play, uint32_t cpu)
{
	uint32_t count = 0;

	for (int i = 0; i < TASKS; i++)
		count += play->task[i].rq->cpu == cpu && play->task[i].entity.delayed;
	for (int i = 0; i < GROUPS; i++)
		count += play->group[i]->cpu[cpu].entity.delayed;
	return count;
}

/*
 * A hint is dropped if and only if its entity is ineligible at the level that is named: the pick
 * has brought the queues down to that level up to date, so eligibility is exact there.
 */
static void check_hint(struct play *play, struct fair_task *target)
{
	struct fair_rq *rq = target->rq;
	struct fair_hint_fate hint = fair_hint_level(rq, target, play->now);
	uint32_t delayed = delayed_on(play, rq->cpu), depth = target->entity.depth, marked = depth;
	struct fair_queue *queue;

	while (marked && side(target, marked - 1)->queue->next == side(target, marked - 1))
		marked--;
	struct fair_task *picked = fair_pick(rq, play->now);

	/* a pick that meets a delayed entity begins again: the forecast is for its first descent */
	if (delayed_on(play, rq->cpu) != delayed)
		goto out;
	if (hint.fate == HINT_HONOURED) {
		must(picked == target);
		play->honoured++;
	} else {
		must(picked != target);
		must(hint.level <= depth);
	}
	for (uint32_t level = 0; level <= depth; level++) {
		bool at_end = hint.fate != HINT_HONOURED && level == hint.level;
		struct fair_entity *entity = side(target, level);

		queue = entity->queue;
		if (at_end && hint.fate == HINT_INELIGIBLE) {
			must(!exact_eligible(&play->world, entity));
			must(hint.lag == (fair_average(queue) - entity->vruntime));
			must(hint.lag < 0);
			play->dropped++;
		} else if (at_end && hint.fate == HINT_OTHER) {
			/* a kernel that does not look at marks */
			must(!play->fair.features.pick_buddy);
			must(queue->next == entity);
		} else if (at_end) {
			/* the mark has been there, but the accounting ended its slice */
			must(hint.fate == HINT_MARK_GONE);
			must(level < marked || queue->next != entity);
		} else {
			must(exact_eligible(&play->world, entity));
		}
		if (at_end)
			break;
	}
out:
	switch_to(play, rq, picked);
}

static void yield_to(struct play *play, struct fair_rq *rq, struct fair_task *target)
{
	bool waits = target->entity.queued && !target->entity.delayed && target->rq->curr != target;
	bool alone = rq->nr_running == 1 && target->rq->nr_running == 1;
	struct fair_entity before;
	int64_t vruntime;
	int ret;

	if (!rq->curr)
		return;
	before = rq->curr->entity;
	vruntime = before.vruntime;
	ret = fair_yield_to(rq, target, play->now);
	/* I16 */
	must(ret == (alone ? FAIR_ALONE : waits));
	/* I15 */
	if (rq->nr_running == 1 || ret != 1)
		must(entity_same(&before, &rq->curr->entity));
	/* I4; a running entity whose weight has grown while it was far behind can have its d there */
	must(rq->curr->entity.vruntime >= vruntime ||
	     (play->fair.features.single_queue && rq->curr->entity.vruntime == before.deadline));
	if (ret != 1)
		return;
	if (target->rq != rq)
		must(target->rq->resched & FAIR_RESCHED_NOW);
	else
		must((target->entity.idle ? NULL : target->entity.queue->next) ==
		     (target->entity.idle ? NULL : &target->entity));
	if (!target->entity.idle)
		check_hint(play, target);
}

/* I20: w * (V - v) and V stay, as far as whole ns allow. */
static void set_nice(struct play *play, struct fair_task *task)
{
	struct fair_entity *entity = &task->entity;
	struct fair_queue *queue = entity->queue;
	int nice = draw_nice(play);
	int64_t average, lag, load = entity->load, others, limit;

	fair_account(queue);
	others = exact_sums(&play->world, queue).load - load;
	average = fair_average(queue);
	lag = average - entity->vruntime;
	limit = lag_limit(play, task, longest_slice(play, queue));
	bool waits = entity->queued && task->rq->curr != task && others && nice != task->nice &&
		     task->policy != FAIR_IDLE && lag < limit && lag > -limit &&
		     !(entity->delayed && play->fair.features.delayed_lag);

	uint32_t delayed = delayed_on(play, task->rq->cpu);

	fair_set_nice(task, nice, play->now);
	/* some kernels' tests for preemption take delayed entities off */
	if (!waits || delayed_on(play, task->rq->cpu) != delayed)
		return;
	play->nices++;
	/* the lag is a whole ns of the old weight, the scaled lag one of the new; placing
	 * magnifies both */
	int64_t now = entity->load;
	int64_t off_average = 4 + 3 * (others + now + load) / others;
	int64_t off_vruntime = 4 + 3 * (others + now) * (load + now) / (others * now);

	must((llabs(fair_average(queue) - average)) <= off_average);
	must((llabs((fair_average(queue) - entity->vruntime) * now - lag * load)) <=
	     (now * (off_average + off_vruntime)));
}

static void operate_on_group(struct play *play, struct fair_group *group)
{
	switch (draw(play, 3)) {
	case 0:
		must((fair_group_set_shares(group, draw_shares(play, 300000))) == (!group->idle));
		break;
	case 1:
		fair_group_set_idle(group, draw(play, 2) && !play->fair.track_load);
		break;
	default:
		fair_group_set_outside_load(group, (int64_t)draw(play, 20000));
	}
}

static void migrate(struct play *play, struct fair_task *task)
{
	struct fair_rq *to = &play->fair.rq[draw(play, CPUS)];

	struct fair_entity before = task->entity;

	if (!before.queued || task->rq->curr == task || task->rq == to)
		return;
	fair_migrate(task->rq, to, task, play->now, play->now);
	/* I19: its distance to d goes along; another weight would scale it */
	if (play->fair.features.place_rel_deadline && before.weight == task->entity.weight &&
	    task->entity.queued)
		must(task->entity.deadline - task->entity.vruntime ==
		     before.deadline - before.vruntime);
}

static void operate_on_task(struct play *play, struct fair_rq *rq, int i, uint64_t what)
{
	struct fair_task *task = &play->task[i];
	int group = (int)draw(play, GROUPS + 1) - 1;

	switch (what) {
	case 0 ... 4:
		tick(play, rq);
		break;
	case 5 ... 8:
		reschedule(play, rq);
		break;
	case 9 ... 11:
		block(play, rq);
		break;
	case 12 ... 14:
		wake(play, i);
		break;
	case 15 ... 17:
		yield_to(play, rq, task);
		break;
	case 18:
		if (rq->curr)
			fair_yield(rq, play->now);
		break;
	case 19:
		set_nice(play, task);
		break;
	case 20:
		fair_set_slice(task, (int64_t)draw(play, 3) * (int64_t)draw(play, 9000000),
			       play->now);
		break;
	case 21:
		fair_account(task->entity.queue);
		play_attribute(play);
		fair_move(task, group < 0 ? NULL : play->group[group], play->now);
		break;
	default:
		migrate(play, task);
	}
}

/* Its group right below the root, or the task itself. */
static const void *top_of(const struct fair_task *task)
{
	const struct fair_group *group = task->group;

	while (group && group->parent)
		group = group->parent;
	return group ? (const void *)group : task;
}

struct before {
	struct fair_entity entity[TASKS];
	const void *top[1 + CPUS]; /* whom the operation may change: its task's and who runs */
};

static bool may_change(const struct play *play, const struct before *before, int i)
{
	const void *top = top_of(&play->task[i]);

	/* a pick ends the sleep of delayed ones */
	if (before->entity[i].delayed || i == play->pulled)
		return true;
	for (int k = 0; k < 1 + CPUS; k++)
		if (before->top[k] == top)
			return true;
	for (int k = 0; k < CPUS; k++)
		if (play->fair.rq[k].curr && top_of(play->fair.rq[k].curr) == top)
			return true;
	return false;
}

/* I12: what happens in one group leaves those in another where they are. */
static void check_apart(struct play *play, const struct before *before, int task)
{
	if (play->fair.features.single_queue)
		return;
	for (int i = 0; i < TASKS; i++) {
		if (i == task || may_change(play, before, i))
			continue;
		must(entity_same(&play->task[i].entity, &before->entity[i]));
		play->apart++;
	}
}

static void operate(struct play *play)
{
	struct fair_rq *rq = &play->fair.rq[draw(play, CPUS)];
	int i = (int)draw(play, TASKS);
	uint64_t what = draw(play, 24);
	struct before before = { .top = { top_of(&play->task[i]) } };

	if (what == 23) {
		operate_on_group(play, play->group[draw(play, GROUPS)]);
	} else {
		play->pulled = -1;
		for (int k = 0; k < TASKS; k++)
			before.entity[k] = play->task[k].entity;
		for (int k = 0; k < CPUS; k++)
			before.top[1 + k] = play->fair.rq[k].curr ? top_of(play->fair.rq[k].curr)
								  : NULL;
		operate_on_task(play, rq, i, what);
		check_apart(play, &before, i);
	}
	play_attribute(play);
}

static uint64_t run_script(struct play *play, const char *version, uint64_t seed, bool check)
{
	uint64_t hash;

	play_open(play, version, seed);
	for (int n = 0; n < OPERATIONS; n++) {
		if (check)
			check_invariants(&play->world);
		play_advance(play);
		operate(play);
		if (check && play->fair.track_load && n % 8 == 0)
			check_load(&play->world, play->load);
	}
	hash = play_hash(play);
	fair_clear(&play->fair);
	return hash;
}

START_TEST(random_operations_keep_the_invariants)
{
	const char *version = fair_version_names[_i];
	uint32_t honoured = 0, dropped = 0, nices = 0, apart = 0;

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct play play;
		uint64_t hash = run_script(&play, version, seed, true);

		honoured += play.honoured;
		dropped += play.dropped;
		nices += play.nices;
		apart += play.apart;
		/* I22 */
		if (seed % 16 == 0)
			must(run_script(&play, version, seed, false) == hash);
	}
	/* else this test would say little */
	must(honoured > 100);
	must(dropped > 100);
	must(nices > 100);
	must(apart > 100 || fair_version((uint64_t)_i)->single_queue);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("eevdf invariants");
	TCase *random = tcase_create("8.1");
	uint64_t versions = 0;

	while (fair_version(versions)->algorithm == FAIR_EEVDF)
		versions++;
	tcase_set_timeout(random, 600);
	tcase_add_loop_test(random, random_operations_keep_the_invariants, 0, (int)versions);
	suite_add_tcase(suite, random);
	return run_suite(suite);
}
