/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * eevdf_print.c - the output of a replay: what changed; [1] 2, [2] 2
 */
#include <inttypes.h>
#include <stdio.h>

#include "models/sched/query.h"
#include "sim/cli/eevdf_replay.h"

static const struct replay_task *task_of(const struct fair_entity *entity)
{
	return (const struct replay_task *)entity;
}

/* An entity as `cur` and `next` name it; groups are looked up, a replay is not in a hurry. */
static void append_name(struct replay *replay, const struct fair_entity *entity)
{
	GHashTableIter iter;
	void *path, *group;

	if (!entity) {
		g_string_append_c(replay->text, '-');
		return;
	}
	if (!entity->own) {
		g_string_append_printf(replay->text, "%" PRId64, task_of(entity)->id);
		return;
	}
	g_hash_table_iter_init(&iter, replay->groups);
	while (g_hash_table_iter_next(&iter, &path, &group))
		if (group == entity->own->group)
			g_string_append(replay->text, path);
}

static void append_cpu(struct replay *replay, const struct fair_rq *rq)
{
	if (replay->prefixed)
		g_string_append_printf(replay->text, "%" PRIu32 ":", rq->cpu);
}

static void describe_entity(struct replay *replay, const struct replay_shown *shown)
{
	const struct fair_entity *entity = shown->entity;

	append_cpu(replay, entity->queue->rq);
	g_string_append_printf(replay->text,
			       "%s on=%d dl=%d rel=%d w=%" PRId64 " v=%" PRId64 " d=%" PRId64
			       " x=%" PRId64 " s=%" PRIu64 " c=%d e=%" PRIu64,
			       shown->name, entity->queued, entity->delayed, entity->relative,
			       entity->weight, entity->vruntime, entity->deadline, entity->shared,
			       entity->slice, entity->custom, entity->exec);
}

static void describe_queue(struct replay *replay, const struct replay_shown *shown)
{
	const struct fair_queue *queue = shown->queue;

	append_cpu(replay, queue->rq);
	g_string_append_printf(replay->text,
			       "%s nq=%" PRIu32 " hq=%" PRIu32 " hr=%" PRIu32 " hi=%" PRIu32
			       " w=%" PRId64 " z=%" PRId64 " V=%" PRId64 " cur=",
			       shown->name, queue->nr_queued, queue->h_nr_queued,
			       queue->h_nr_runnable, queue->h_nr_idle, queue->weight,
			       fair_origin(queue), fair_average(queue));
	append_name(replay, queue->curr);
	g_string_append(replay->text, " next=");
	append_name(replay, queue->next);
}

static void print_changed(struct replay *replay, const GPtrArray *list, const char *kind,
			  void (*describe)(struct replay *, const struct replay_shown *),
			  GString *out)
{
	for (guint i = 0; i < list->len; i++) {
		struct replay_shown *shown = list->pdata[i];

		g_string_truncate(replay->text, 0);
		describe(replay, shown);
		if (g_string_equal(replay->text, shown->last))
			continue;
		g_string_append_printf(out, " | %s %s", kind, replay->text->str);
		g_string_assign(shown->last, replay->text->str);
	}
}

static void print_header(struct replay *replay, const struct fair_rq *rq, GString *out)
{
	char prefix[16] = "";

	if (replay->prefixed)
		snprintf(prefix, sizeof(prefix), "%" PRIu32 ":", rq->cpu);
	g_string_truncate(replay->text, 0);
	append_name(replay, rq->curr ? &rq->curr->entity : NULL);
	g_string_append_printf(out, " %scur=%s %snr=%" PRIu32 " %srun=%" PRIu32, prefix,
			       replay->text->str, prefix, rq->resched, prefix, rq->nr_running);
}

void replay_print(struct replay *replay, int ret, GString *out)
{
	g_string_append_printf(out, "ret=%d", ret);
	for (uint32_t cpu = 0; cpu < replay->fair.cpus; cpu++)
		print_header(replay, &replay->fair.rq[cpu], out);
	print_changed(replay, replay->entities, "se", describe_entity, out);
	print_changed(replay, replay->queues, "cfs", describe_queue, out);
	g_string_append_c(out, '\n');
}
