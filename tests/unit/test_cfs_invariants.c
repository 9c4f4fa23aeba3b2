/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_cfs_invariants.c - thousands of random operations; cfs.md 8.1 holds after each
 *
 * Three CPUs, two levels of groups, all versions. What the scheduler keeps is recomputed from the
 * entities alone: members of a queue by looking at every entity, who is leftmost, who may be
 * picked, gran from the weight.
 */
#include "models/sched/hooks.h"
#include "models/sched/tree.h"
#include "models/sched/versions.h"
#include "tests/check_main.h"
#include "tests/unit/cfs_bed.h"
#include "tests/unit/fair_invariants.h"

#define CPUS 3
#define TASKS 16
#define GROUPS 6
#define OPERATIONS 5000
#define SEEDS 6

struct play {
	struct fair fair;
	struct fair_task task[TASKS];
	struct fair_group *group[GROUPS];
	bool asleep[TASKS];
	int64_t least[GROUPS + 1][CPUS]; /* min_vruntime as last seen */
	uint64_t now, state;
	uint32_t preempted, refused, taken; /* how often the conditional checks were reached */
};

static uint64_t draw(struct play *play, uint64_t bound)
{
	play->state ^= play->state << 13;
	play->state ^= play->state >> 7;
	play->state ^= play->state << 17;
	return (play->state >> 11) % bound;
}

static struct fair_entity *entity_at(struct play *play, int index, uint32_t cpu)
{
	if (index < TASKS)
		return &play->task[index].entity;
	return &play->group[index - TASKS]->cpu[cpu].entity;
}

/* The queued entities of one queue, the running one included. */
static int members(struct play *play, const struct fair_queue *queue, struct fair_entity **found)
{
	int count = 0;

	for (int i = 0; i < TASKS + GROUPS; i++) {
		struct fair_entity *entity = entity_at(play, i, queue->rq->cpu);

		if (entity->queued && entity->queue == queue)
			found[count++] = entity;
	}
	return count;
}

static const struct fair_entity *leftmost(struct fair_entity **member, int count)
{
	const struct fair_entity *left = NULL;

	for (int i = 0; i < count; i++)
		if (!left || member[i]->vruntime < left->vruntime)
			left = member[i];
	return left;
}

/* I5 */
static void check_mark(const struct fair_queue *queue, const struct fair_entity *mark)
{
	must(!mark || (mark->queued && mark->queue == queue));
}

/* I1, I3, I5 */
static void check_queue(struct play *play, const struct fair_queue *queue, int64_t *least)
{
	struct fair_entity *member[TASKS + GROUPS];
	int count = members(play, queue, member), waiting = 0;
	const struct fair_entity *last = NULL;
	int64_t weight = 0;

	for (int i = 0; i < count; i++) {
		weight += member[i]->weight;
		must(member[i]->waiting == (queue->curr != member[i]));
		must(!member[i]->relative && !member[i]->delayed);
	}
	must(queue->weight == weight);
	must(queue->nr_queued == (uint32_t)count);
	for (const struct fair_entity *at = queue->first; at; at = tree_next(at)) {
		must(!last || last->vruntime <= at->vruntime);
		must(at->deadline == at->vruntime && at != queue->curr);
		last = at;
		waiting++;
	}
	must(waiting + (queue->curr && queue->curr->queued) == count);
	must(queue->min_vruntime >= *least);
	*least = queue->min_vruntime;
	check_mark(queue, queue->next);
	check_mark(queue, queue->preempted);
	check_mark(queue, queue->skip);
}

static void check_all(struct play *play)
{
	for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
		check_queue(play, &play->fair.rq[cpu].root, &play->least[GROUPS][cpu]);
		for (int i = 0; i < GROUPS; i++)
			check_queue(play, &play->group[i]->cpu[cpu].queue, &play->least[i][cpu]);
	}
}

static void play_open(struct play *play, const struct fair_features *features, uint64_t seed)
{
	struct cfs_tunables written = { 0 };

	*play = (struct play){ .state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1, .now = 1000 };
	if (draw(play, 3) == 0) {
		written.min_granularity = 10000000;
		written.wakeup_granularity = 15000000;
	}
	fair_init(&play->fair,
		  &(struct fair_config){
			  .features = features,
			  .cpus = CPUS,
			  .tick = 1000000,
			  .base_slice = 3000000,
			  .norm_slice = 750000,
			  .track_load = draw(play, 2),
			  .cfs = fair_cfs_tunables(features, 1 + (uint32_t)draw(play, 8), &written),
		  });
	for (int i = 0; i <= GROUPS; i++)
		for (uint32_t cpu = 0; cpu < CPUS; cpu++)
			play->least[i][cpu] = INT64_MIN;
	for (int i = 0; i < GROUPS; i++)
		play->group[i] = fair_group_new(&play->fair, i < 3 ? NULL : play->group[i - 3],
						(int64_t)draw(play, 3000));
	for (int i = 0; i < TASKS; i++) {
		int group = (int)draw(play, GROUPS + 2) - 2;

		fair_task_init(&play->fair, &play->task[i], group < 0 ? NULL : play->group[group]);
		fair_task_configure(&play->task[i], draw(play, 3) ? 0 : (int)draw(play, 40) - 20,
				    draw(play, 8) ? FAIR_NORMAL : (enum fair_policy)draw(play, 3),
				    0);
		fair_start(&play->fair.rq[draw(play, CPUS)], &play->task[i], play->now);
	}
}

static void advance(struct play *play)
{
	static const uint64_t longest[] = { 1, 5000, 300000, 4000000, 30000000 };

	play->now += draw(play, longest[draw(play, 5)]);
	for (uint32_t cpu = 0; cpu < CPUS; cpu++)
		fair_clock(&play->fair.rq[cpu], play->now);
}

/* I6: exec of a group and of those below it grow by the same, v by delta_v of it. */
static void charge_all(struct play *play, struct fair_rq *rq)
{
	if (!rq->curr)
		return;
	for (struct fair_entity *at = &rq->curr->entity; at; at = at->parent) {
		int64_t before = at->vruntime, least = at->queue->min_vruntime;
		uint64_t exec = at->exec, ran = play->now - at->start;
		struct fair_entity *member[TASKS + GROUPS];
		int count = members(play, at->queue, member);

		fair_account(at->queue);
		must(at->exec - exec == ran);
		must(at->vruntime - before == cfs_virtual(at, ran));
		/* I1 */
		if (count && at->queued)
			must(at->queue->min_vruntime == least ||
			     at->queue->min_vruntime == leftmost(member, count)->vruntime);
	}
}

/* I2: level by level, before the pick drops any mark. */
static void pick(struct play *play, struct fair_rq *rq)
{
	const struct fair_queue *queue = &rq->root;
	struct fair_task *next;
	struct fair_entity *wanted = NULL;

	charge_all(play, rq);
	while (queue && queue->nr_queued) {
		struct fair_entity *member[TASKS + GROUPS], *curr = queue->curr;
		int count = members(play, queue, member);
		const struct fair_entity *left = leftmost(member, count);

		curr = curr && curr->queued ? curr : NULL;
		wanted = cfs_choose(queue, curr, curr ? curr->vruntime : 0);
		int64_t gran = 0;

		/* of equals any may be the leftmost */
		for (int i = 0; i < count; i++)
			if (member[i]->vruntime == left->vruntime && cfs_gran(member[i]) > gran)
				gran = cfs_gran(member[i]);
		must(wanted->vruntime <= left->vruntime + gran);
		if (!queue->next && !queue->preempted && !queue->skip)
			must(wanted->vruntime == left->vruntime);
		play->taken += wanted == queue->next;
		play->refused += queue->next && wanted != queue->next;
		queue = wanted->own;
	}
	next = fair_pick(rq, play->now);
	must((next ? &next->entity : NULL) == wanted);
	fair_switch(rq, rq->curr, next, play->now);
	must(rq->resched == 0);
	must(!next || (next->entity.queued && !next->entity.waiting));
}

/* I8 */
static void tick(struct play *play, struct fair_rq *rq)
{
	bool requested = rq->resched, reason = false;

	charge_all(play, rq);
	if (!rq->curr)
		return;
	/* the load of groups, and so a slice, may change as the tick goes up: judge single levels */
	bool flat = !rq->curr->entity.parent;

	if (flat && rq->root.nr_queued > 1) {
		const struct fair_entity *curr = &rq->curr->entity;
		const struct fair_features *features = &play->fair.features;
		uint64_t slice = cfs_slice(curr->queue, curr), ran = curr->exec - curr->taken;

		if (features->cfs.cap_slice && slice > play->fair.cfs.latency)
			slice = play->fair.cfs.latency;
		reason = ran > slice ||
			 (ran >= play->fair.cfs.min_granularity &&
			  curr->vruntime - rq->root.first->vruntime > (int64_t)slice);
	}
	fair_tick(rq, play->now);
	if (flat && !requested)
		must((rq->resched != 0) == reason);
}

/* I9, I10, I11 */
static void wake(struct play *play, int index)
{
	struct fair_task *task = &play->task[index];
	struct fair_rq *rq = &play->fair.rq[draw(play, CPUS)];
	struct fair_rq *old = task->rq;
	int64_t before = task->entity.vruntime, offset = task->entity.queue->min_vruntime;
	bool moved = task->entity.relative, stays = old == rq && !moved, requested;

	if (!play->asleep[index])
		return;
	play->asleep[index] = false;
	charge_all(play, rq);
	requested = rq->resched;
	bool alone = !rq->curr;

	must(fair_wake(rq, task, 0, play->now) == 1);
	struct fair_queue *queue = task->entity.queue;
	/* relative: it was moved to another group in its sleep */
	int64_t shifted = stays ? before : before - (moved ? 0 : offset) + queue->min_vruntime;
	int64_t floor = queue->min_vruntime - (int64_t)(play->fair.cfs.latency / 2);

	if (!task->entity.idle)
		must(task->entity.vruntime == (shifted > floor ? shifted : floor));
	if (alone || requested || !rq->resched || rq->curr->policy == FAIR_IDLE)
		return;
	struct fair_entity *curr, *woken;

	fair_common_queue(rq->curr, task, &curr, &woken);
	must(task->policy == FAIR_NORMAL);
	must(curr->vruntime - woken->vruntime > cfs_gran(woken));
	play->preempted++;
}

/* I4: marks only, but for the charge. I12 */
static void yield(struct play *play, struct fair_rq *rq, struct fair_task *target)
{
	int64_t v[TASKS], weight[TASKS];

	if (!rq->curr)
		return;
	charge_all(play, rq);
	for (int i = 0; i < TASKS; i++) {
		v[i] = play->task[i].entity.vruntime;
		weight[i] = play->task[i].entity.weight;
	}
	if (target) {
		bool alone = rq->nr_running == 1 && target->rq->nr_running == 1;
		bool waits = target->entity.queued && target->rq->curr != target;
		int result = fair_yield_to(rq, target, play->now);

		if (alone && !play->fair.features.alone_untested)
			must(result == FAIR_ALONE);
		else
			must(result == waits);
		must(result != 1 || target->rq == rq || target->rq->resched);
	} else {
		fair_yield(rq, play->now);
		must(rq->nr_running == 1 || rq->root.skip);
	}
	for (int i = 0; i < TASKS; i++)
		must(play->task[i].entity.vruntime == v[i] &&
		     play->task[i].entity.weight == weight[i]);
}

static void block(struct play *play, struct fair_rq *rq)
{
	struct fair_task *task = rq->curr;

	if (!task)
		return;
	play->asleep[task - play->task] = true;
	must(!fair_dequeue(rq, task, FAIR_SLEEP, play->now));
	pick(play, rq);
}

/* I11: v - min_vruntime goes along; groups stay where they are. */
static void migrate(struct play *play, struct fair_task *task)
{
	struct fair_rq *to = &play->fair.rq[draw(play, CPUS)];

	if (!task->entity.queued || task->rq->curr == task || task->rq == to)
		return;
	charge_all(play, task->rq);
	charge_all(play, to);
	int64_t lead = task->entity.vruntime - task->entity.queue->min_vruntime;

	fair_migrate(task->rq, to, task, play->now, play->now);
	must(task->rq == to);
	must(task->entity.vruntime - task->entity.queue->min_vruntime == lead);
}

static void operate(struct play *play)
{
	struct fair_rq *rq = &play->fair.rq[draw(play, CPUS)];
	int index = (int)draw(play, TASKS);
	struct fair_task *task = &play->task[index];
	int group;

	switch (draw(play, 16)) {
	case 0 ... 2:
		tick(play, rq);
		break;
	case 3 ... 5:
		pick(play, rq);
		break;
	case 6:
		block(play, rq);
		break;
	case 7:
	case 8:
		wake(play, index);
		break;
	case 9:
		yield(play, rq, NULL);
		break;
	case 10:
	case 11:
		yield(play, rq, task);
		break;
	case 12:
		migrate(play, task);
		break;
	case 13:
		fair_set_nice(task, (int)draw(play, 40) - 20, play->now);
		break;
	case 14:
		group = (int)draw(play, GROUPS + 2) - 2;
		fair_move(task, group < 0 ? NULL : play->group[group], play->now);
		break;
	default:
		fair_group_set_shares(play->group[draw(play, GROUPS)], (int64_t)draw(play, 3000));
	}
}

static const char *const versions[] = { "3.6",	  "3.16", "4.4",  "4.20", "5.3", "5.6",
					"5.12.0", "5.12", "5.17", "6.1",  "6.2", "6.5" };

START_TEST(cfs_random_operations_keep_the_invariants)
{
	uint32_t preempted = 0, refused = 0, taken = 0;

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		static struct play play;

		play_open(&play, fair_features_find(versions[_i]), seed);
		check_all(&play);
		for (int n = 0; n < OPERATIONS; n++) {
			advance(&play);
			operate(&play);
			check_all(&play);
		}
		preempted += play.preempted;
		refused += play.refused;
		taken += play.taken;
		fair_clear(&play.fair);
	}
	/* else this test would say little */
	must(preempted > 50);
	must(refused > 50);
	must(taken > 50);
}
END_TEST

/* I7: whoever yields or is favoured, equal hogs stay within one gran and the longest stint. */
START_TEST(cfs_I7_spread_of_equal_hogs)
{
	static const double v[8] = { 0 };
	int hogs = 2 + _i;
	uint64_t state = 88172645463325252u + (uint64_t)_i;
	static struct bed bed;
	int64_t stint = 0, run = 0, spread = 0;

	cfs_open(&bed, (struct cfs_scene){ .hz = 250 }, hogs, v);
	for (int n = 0; n < 60000; n++) {
		int before = bed_current(&bed);
		int64_t least = INT64_MAX, most = INT64_MIN;

		state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
		bed_run(&bed, 100000);
		run += 100000;
		if (n % 40 == 39) {
			fair_tick(bed.rq, bed.clock);
			if (bed.rq->resched)
				bed_pick(&bed);
		} else if (state >> 62 == 0) {
			cfs_yield_now(&bed);
		} else if (state >> 62 == 1) {
			bed_yield_to(&bed, (int)((state >> 33) % (uint64_t)hogs));
			bed_pick(&bed);
		}
		fair_account(&bed.rq->root);
		stint = run > stint ? run : stint;
		if (bed_current(&bed) != before)
			run = 0;
		for (int i = 0; i < hogs; i++) {
			least = cfs_v(&bed, i) < least ? cfs_v(&bed, i) : least;
			most = cfs_v(&bed, i) > most ? cfs_v(&bed, i) : most;
		}
		spread = most - least > spread ? most - least : spread;
	}
	ck_assert_int_le(spread, MS(4) + stint);
	ck_assert_int_gt(spread, MS(2));
	bed_close(&bed);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cfs invariants");
	TCase *random = tcase_create("8.1");

	tcase_set_timeout(random, 600);
	tcase_add_loop_test(random, cfs_random_operations_keep_the_invariants, 0, 12);
	tcase_add_loop_test(random, cfs_I7_spread_of_equal_hogs, 0, 7);
	suite_add_tcase(suite, random);
	return run_suite(suite);
}
