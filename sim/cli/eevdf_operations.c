/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * eevdf_operations.c - the operations of a golden script; [1] 8, [2] 5 to 8
 *
 * Every function gets the words after the operation's name, of which the table says how many are
 * there at least and at most, and gives the "ret" of the output.
 */
#include <string.h>

#include "sim/cli/eevdf_replay.h"
#include "sim/experiment/words.h"

static int malformed(struct replay *replay, const char *word, const char *expected)
{
	replay_expect(replay, word, expected);
	return REPLAY_REFUSED;
}

static bool read_number(struct replay *replay, const char *word, int64_t *value)
{
	return replay_number(word, value) || replay_expect(replay, word, "a plain decimal number");
}

static bool read_id(struct replay *replay, const char *word, int64_t *id)
{
	return (replay_number(word, id) && *id >= 0) ||
	       replay_expect(replay, word, "a task: a number that is not negative");
}

/* [2] 1, 6: no such CPU is a refusal, also in scripts that are well formed. */
static bool read_cpu(struct replay *replay, const char *word, int64_t *cpu)
{
	if (replay_number(word, cpu) && *cpu >= 0 && *cpu < replay->fair.cpus)
		return true;
	g_autofree char *shown = words_shown(word, -1);

	if (!replay->complaint)
		replay->complaint = g_strdup_printf("found the CPU \"%s\", expected 0 .. %u", shown,
						    replay->fair.cpus - 1);
	return false;
}

/* A task that exists and has not exited, or NULL. */
static struct replay_task *find_task(struct replay *replay, const char *word)
{
	struct replay_task *task;
	int64_t id;

	if (!read_id(replay, word, &id))
		return NULL;
	task = g_hash_table_lookup(replay->tasks, &id);
	return task && !task->exited ? task : NULL;
}

/* False: no such path. The root is NULL. */
static bool find_group(struct replay *replay, const char *path, struct fair_group **group)
{
	*group = NULL;
	if (!strcmp(path, "/"))
		return true;
	*group = g_hash_table_lookup(replay->groups, path);
	return *group;
}

static bool is_current(const struct replay_task *task)
{
	return task->task.rq->curr == &task->task;
}

static void reschedule(struct replay *replay, struct fair_rq *rq)
{
	fair_switch(rq, rq->curr, fair_pick(rq, replay->now), replay->now);
}

static struct fair_rq *chosen_rq(struct replay *replay)
{
	return &replay->fair.rq[replay->cpu < 0 ? 0 : replay->cpu];
}

static int op_cgroup(struct replay *replay, char *const *word, int words)
{
	struct fair_group *parent, *group;
	const char *path = word[0], *slash = strrchr(path, '/');
	g_autofree char *above = NULL;
	int64_t shares;

	(void)words;
	if (path[0] != '/' || (!slash[1] && path[1]) || strstr(path, "//"))
		return malformed(replay, path, "a path like /a/b");
	if (!read_number(replay, word[1], &shares))
		return REPLAY_REFUSED;
	above = slash == path ? g_strdup("/") : g_strndup(path, (gsize)(slash - path));
	if (find_group(replay, path, &group) || !find_group(replay, above, &parent))
		return REPLAY_REFUSED;
	group = fair_group_new(&replay->fair, parent, shares);
	g_hash_table_insert(replay->groups, g_strdup(path), group);
	for (uint32_t cpu = 0; cpu < replay->fair.cpus; cpu++) {
		replay_show_entity(replay, &group->cpu[cpu].entity, path);
		replay_show_queue(replay, &group->cpu[cpu].queue, path);
	}
	return 0;
}

/* The group of `path` and a number, for the operations that refuse the root. */
static bool group_and_number(struct replay *replay, char *const *word, struct fair_group **group,
			     int64_t *number)
{
	return read_number(replay, word[1], number) && find_group(replay, word[0], group) && *group;
}

static int op_shares(struct replay *replay, char *const *word, int words)
{
	struct fair_group *group;
	int64_t shares;

	(void)words;
	if (!group_and_number(replay, word, &group, &shares))
		return REPLAY_REFUSED;
	return fair_group_set_shares(group, shares) ? 0 : REPLAY_REFUSED;
}

static int op_extload(struct replay *replay, char *const *word, int words)
{
	struct fair_group *group;
	int64_t load;

	(void)words;
	if (!group_and_number(replay, word, &group, &load) || load < 0)
		return REPLAY_REFUSED;
	fair_group_set_outside_load(group, load);
	return 0;
}

static int op_cgidle(struct replay *replay, char *const *word, int words)
{
	struct fair_group *group;
	int64_t idle;

	(void)words;
	if (!group_and_number(replay, word, &group, &idle))
		return REPLAY_REFUSED;
	if (idle != 0 && idle != 1)
		return malformed(replay, word[1], "0 or 1");
	fair_group_set_idle(group, idle);
	return 0;
}

static bool parse_policy(struct replay *replay, const char *word, enum fair_policy *policy)
{
	static const char *const words[] = { "normal", "batch", "idle" };

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (!strcmp(word, words[i])) {
			*policy = (enum fair_policy)i;
			return true;
		}
	return replay_unknown(replay, "policy", word, words, G_N_ELEMENTS(words));
}

/* The options of "new". */
struct attributes {
	int64_t nice, slice;
	enum fair_policy policy;
};

static bool parse_attribute(struct replay *replay, struct attributes *attributes, const char *word)
{
	if (g_str_has_prefix(word, "nice="))
		return read_number(replay, word + strlen("nice="), &attributes->nice);
	if (g_str_has_prefix(word, "slice="))
		return read_number(replay, word + strlen("slice="), &attributes->slice);
	if (g_str_has_prefix(word, "policy="))
		return parse_policy(replay, word + strlen("policy="), &attributes->policy);
	return replay_expect(replay, word, "the option nice=N, slice=NS, policy=WORD or cpu=K");
}

static bool legal_nice(int64_t nice)
{
	return nice >= -20 && nice <= 19;
}

static int op_new(struct replay *replay, char *const *word, int words)
{
	struct attributes attributes = { 0, 0, FAIR_NORMAL };
	struct fair_group *group;
	struct replay_task *task;
	g_autofree char *name = NULL;
	int64_t id;

	if (!read_id(replay, word[0], &id))
		return REPLAY_REFUSED;
	for (int i = 2; i < words; i++)
		if (!parse_attribute(replay, &attributes, word[i]))
			return REPLAY_REFUSED;
	if (g_hash_table_contains(replay->tasks, &id) || !find_group(replay, word[1], &group) ||
	    !legal_nice(attributes.nice))
		return REPLAY_REFUSED;
	task = g_new0(struct replay_task, 1);
	task->id = id;
	g_hash_table_insert(replay->tasks, &task->id, task);
	name = g_strdup_printf("%" G_GINT64_FORMAT, id);
	replay_show_entity(replay, &task->task.entity, name);
	fair_task_init(&replay->fair, &task->task, group);
	fair_task_configure(&task->task, (int)attributes.nice, attributes.policy, attributes.slice);
	fair_start(chosen_rq(replay), &task->task, replay->now);
	return 0;
}

static int op_wake(struct replay *replay, char *const *word, int words)
{
	struct replay_task *task = find_task(replay, word[0]);
	uint32_t flags = 0;

	for (int i = 1; i < words; i++) {
		if (!strcmp(word[i], "sync"))
			flags |= FAIR_SYNC;
		else if (!strcmp(word[i], "sel"))
			flags |= FAIR_SELECTED;
		else
			return malformed(replay, word[i], "the option sync, sel or cpu=K");
	}
	if (!task)
		return REPLAY_REFUSED;
	if (!task->asleep)
		return 0;
	task->asleep = false;
	return fair_wake(replay->cpu < 0 ? task->task.rq : chosen_rq(replay), &task->task, flags,
			 replay->now);
}

static int block(struct replay *replay, struct replay_task *task, bool special)
{
	struct fair_rq *rq;

	if (!task || !is_current(task))
		return REPLAY_REFUSED;
	rq = task->task.rq;
	fair_dequeue(rq, &task->task, FAIR_SLEEP | (special ? FAIR_SPECIAL : 0), replay->now);
	reschedule(replay, rq);
	return 0;
}

static int op_sleep(struct replay *replay, char *const *word, int words)
{
	struct replay_task *task = find_task(replay, word[0]);
	int ret;

	if (words > 1 && strcmp(word[1], "special") != 0)
		return malformed(replay, word[1], "the option special");
	ret = block(replay, task, words > 1);
	if (!ret)
		task->asleep = true;
	return ret;
}

static int op_exit(struct replay *replay, char *const *word, int words)
{
	struct replay_task *task = find_task(replay, word[0]);
	int ret = block(replay, task, true);

	(void)words;
	if (!ret)
		task->exited = true;
	return ret;
}

static int op_tick(struct replay *replay, char *const *word, int words)
{
	(void)word;
	(void)words;
	fair_tick(chosen_rq(replay), replay->now);
	return 0;
}

static int op_resched(struct replay *replay, char *const *word, int words)
{
	(void)word;
	(void)words;
	reschedule(replay, chosen_rq(replay));
	return 0;
}

static int op_yield(struct replay *replay, char *const *word, int words)
{
	struct replay_task *task = find_task(replay, word[0]);

	(void)words;
	if (!task || !is_current(task))
		return REPLAY_REFUSED;
	fair_yield(task->task.rq, replay->now);
	return 0;
}

static int op_yield_to(struct replay *replay, char *const *word, int words)
{
	struct replay_task *from = find_task(replay, word[0]);
	struct replay_task *to = find_task(replay, word[1]);

	(void)words;
	if (!from || !to || !is_current(from))
		return REPLAY_REFUSED;
	return fair_yield_to(from->task.rq, &to->task, replay->now);
}

static int op_nice(struct replay *replay, char *const *word, int words)
{
	struct replay_task *task = find_task(replay, word[0]);
	int64_t nice;

	(void)words;
	if (!read_number(replay, word[1], &nice) || !task || !legal_nice(nice))
		return REPLAY_REFUSED;
	fair_set_nice(&task->task, (int)nice, replay->now);
	return 0;
}

static int op_slice(struct replay *replay, char *const *word, int words)
{
	struct replay_task *task = find_task(replay, word[0]);
	int64_t slice;

	(void)words;
	if (!read_number(replay, word[1], &slice) || !task)
		return REPLAY_REFUSED;
	fair_set_slice(&task->task, slice, replay->now);
	return 0;
}

static int op_move(struct replay *replay, char *const *word, int words)
{
	struct replay_task *task = find_task(replay, word[0]);
	struct fair_group *group;

	(void)words;
	if (!task || !find_group(replay, word[1], &group))
		return REPLAY_REFUSED;
	fair_move(&task->task, group, replay->now);
	return 0;
}

static int op_buddy(struct replay *replay, char *const *word, int words)
{
	struct replay_task *task = find_task(replay, word[0]);

	(void)words;
	if (!task || !task->task.entity.queued || task->task.entity.delayed)
		return REPLAY_REFUSED;
	fair_mark_buddies(&task->task);
	return 0;
}

static int op_migrate(struct replay *replay, char *const *word, int words)
{
	struct replay_task *task = find_task(replay, word[0]);
	struct fair_rq *to;
	int64_t cpu;

	(void)words;
	if (!read_cpu(replay, word[1], &cpu) || !task || !task->task.entity.queued ||
	    is_current(task))
		return REPLAY_REFUSED;
	to = &replay->fair.rq[cpu];
	if (to == task->task.rq)
		return REPLAY_REFUSED;
	fair_migrate(task->task.rq, to, &task->task, replay->now, replay->now);
	return 0;
}

/* What follows the name: the words that must be there, and those that may. */
static const struct operation {
	const char *name;
	int fixed, most; /* words after the name, without cpu= */
	int (*run)(struct replay *replay, char *const *word, int words);
	const char *usage;
} operations[] = {
	{ "cgroup", 2, 2, op_cgroup, "PATH SHARES" },
	{ "shares", 2, 2, op_shares, "PATH SHARES" },
	{ "extload", 2, 2, op_extload, "PATH LOAD" },
	{ "cgidle", 2, 2, op_cgidle, "PATH 0|1" },
	{ "new", 2, 5, op_new, "ID PATH [nice=N] [slice=NS] [policy=WORD] [cpu=K]" },
	{ "wake", 1, 3, op_wake, "ID [sync] [sel] [cpu=K]" },
	{ "sleep", 1, 2, op_sleep, "ID [special]" },
	{ "exit", 1, 1, op_exit, "ID" },
	{ "tick", 0, 0, op_tick, "[cpu=K]" },
	{ "resched", 0, 0, op_resched, "[cpu=K]" },
	{ "yield", 1, 1, op_yield, "ID" },
	{ "yield_to", 2, 2, op_yield_to, "FROM TO" },
	{ "nice", 2, 2, op_nice, "ID N" },
	{ "slice", 2, 2, op_slice, "ID NS" },
	{ "move", 2, 2, op_move, "ID PATH" },
	{ "buddy", 1, 1, op_buddy, "ID" },
	{ "migrate", 2, 2, op_migrate, "ID K" },
};

#define MAX_WORDS 8

/*
 * Takes cpu=K out of the words behind the fixed ones. How many words there are then, not all of
 * them kept, or REPLAY_REFUSED.
 */
static int take_cpu(struct replay *replay, const struct operation *operation, char *const *word,
		    int words, char **left)
{
	int count = 0;
	int64_t cpu;

	replay->cpu = -1;
	for (int i = 0; i < words; i++) {
		if (i < operation->fixed || !g_str_has_prefix(word[i], "cpu=")) {
			if (count < MAX_WORDS)
				left[count] = word[i];
			count++;
			continue;
		}
		if (!read_cpu(replay, word[i] + strlen("cpu="), &cpu))
			return REPLAY_REFUSED;
		replay->cpu = (int32_t)cpu;
	}
	return count;
}

static int run_operation(struct replay *replay, const struct operation *operation,
			 char *const *word, int words)
{
	char *left[MAX_WORDS];
	int count = take_cpu(replay, operation, word, words, left);

	if (count < 0)
		return count;
	if (count >= operation->fixed && count <= operation->most)
		return operation->run(replay, left, count);
	replay_complain(replay, "found %d word%s behind \"%s\", expected: %s %s", count,
			count == 1 ? "" : "s", operation->name, operation->name, operation->usage);
	return REPLAY_REFUSED;
}

int replay_operation(struct replay *replay, char *const *word, int words)
{
	const char *names[G_N_ELEMENTS(operations)];

	for (uint32_t cpu = 0; cpu < replay->fair.cpus; cpu++)
		fair_clock(&replay->fair.rq[cpu], replay->now);
	if (!words) {
		replay_complain(replay, "found a time alone, expected: TIME OPERATION ...");
		return REPLAY_REFUSED;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(operations); i++) {
		if (!strcmp(word[0], operations[i].name))
			return run_operation(replay, &operations[i], word + 1, words - 1);
		names[i] = operations[i].name;
	}
	replay_unknown(replay, "operation", word[0], names, G_N_ELEMENTS(operations));
	return REPLAY_REFUSED;
}
