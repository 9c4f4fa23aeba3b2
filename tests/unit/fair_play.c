/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fair_play.c - see fair_play.h
 */
#include "tests/unit/fair_play.h"

#include "models/sched/versions.h"

uint64_t draw(struct play *play, uint64_t bound)
{
	play->state ^= play->state << 13;
	play->state ^= play->state >> 7;
	play->state ^= play->state << 17;
	return (play->state >> 11) % bound;
}

/*
 * With load tracking a group's share on a CPU can become any small part of its shares. A weight near
 * the least, 2, multiplies a lag by up to 2^19, and sums of that need more than 64 bits, in the
 * kernel as here: the extremes are left to the plays without.
 */
int draw_nice(struct play *play)
{
	int nice = (int)draw(play, 40) - 20;

	return play->fair.track_load ? nice / 2 : nice;
}

int64_t draw_shares(struct play *play, uint64_t bound)
{
	return (int64_t)draw(play, bound) + (play->fair.track_load ? 2000 : 0);
}

void play_open(struct play *play, const char *version, uint64_t seed)
{
	struct fair_features features = *fair_features_find(version);

	*play = (struct play){ .state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1, .now = 1000 };
	features.next_buddy = draw(play, 2);
	features.wakeup_preemption = draw(play, 8) != 0;
	features.run_to_parity = draw(play, 4) != 0;
	fair_init(&play->fair, &(struct fair_config){
				       .features = &features,
				       .cpus = CPUS,
				       .tick = 1000000,
				       .base_slice = 700000 * (1 + draw(play, 4)),
				       .norm_slice = 700000,
				       .migration_cost = draw(play, 2) * 500000,
				       .lazy = draw(play, 2),
				       .track_load = seed % 2,
			       });
	play->world = (struct fair_world){ &play->fair, play->task, TASKS };
	for (int i = 0; i < GROUPS; i++)
		play->group[i] = fair_group_new(&play->fair, i < 3 ? NULL : play->group[i - 3],
						draw_shares(play, 4000));
	for (int i = 0; i < TASKS; i++) {
		struct fair_rq *rq = &play->fair.rq[draw(play, CPUS)];
		int group = (int)draw(play, GROUPS + 2) - 2;
		int nice = draw(play, 3) ? 0 : draw_nice(play);

		fair_task_init(&play->fair, &play->task[i], group < 0 ? NULL : play->group[group]);
		fair_task_configure(&play->task[i], nice,
				    draw(play, 8) ? FAIR_NORMAL : (enum fair_policy)draw(play, 3),
				    draw(play, 4) ? 0 : (int64_t)draw(play, 20000000));
		fair_start(rq, &play->task[i], play->now);
		load_model_start(&play->load[i], &play->task[i]);
	}
}

void play_advance(struct play *play)
{
	static const uint64_t longest[] = { 1, 5000, 300000, 4000000, 30000000 };
	uint64_t step = draw(play, longest[draw(play, 5)]);

	play->now += step;
	for (int i = 0; i < TASKS; i++)
		load_model_advance(&play->load[i], &play->task[i], step);
	for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
		fair_clock(&play->fair.rq[cpu], play->now);
		if (play->fair.rq[cpu].curr)
			play->busy[cpu] += step;
	}
}

void play_attribute(struct play *play)
{
	for (int i = 0; i < TASKS; i++) {
		const struct fair_entity *entity = &play->task[i].entity;
		uint64_t grown = entity->exec - play->seen[i];
		uint32_t cpu = play->task[i].rq->cpu;

		play->seen[i] = entity->exec;
		for (int group = 0; group < GROUPS; group++)
			if (play->task[i].group == play->group[group])
				play->below[group][cpu] += grown;
		if (!play->task[i].group || play->fair.features.single_queue)
			play->on_cpu[cpu] += grown;
	}
	for (int i = 0; i < GROUPS; i++)
		for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
			uint64_t exec = play->group[i]->cpu[cpu].entity.exec;
			uint64_t grown = exec - play->seen_group[i][cpu];

			play->seen_group[i][cpu] = exec;
			if (i < 3)
				play->on_cpu[cpu] += grown;
			else
				play->below[i - 3][cpu] += grown;
		}
}

void play_check_run_time(struct play *play, uint32_t cpu)
{
	play_attribute(play);
	for (int i = 0; i < GROUPS && !play->fair.features.single_queue; i++)
		must(play->below[i][cpu] == play->group[i]->cpu[cpu].entity.exec);
	must(play->on_cpu[cpu] == play->busy[cpu]);
}

uint64_t play_hash(const struct play *play)
{
	uint64_t hash = 0;

	for (int i = 0; i < TASKS; i++) {
		const struct fair_entity *entity = &play->task[i].entity;
		const int64_t word[] = { entity->vruntime, entity->deadline,
					 entity->shared,   (int64_t)entity->exec,
					 entity->weight,   entity->queued,
					 entity->delayed,  play->task[i].rq->cpu };

		for (size_t k = 0; k < sizeof(word) / sizeof(word[0]); k++)
			hash = (hash ^ (uint64_t)word[k]) * UINT64_C(0x100000001b3);
	}
	return hash;
}
