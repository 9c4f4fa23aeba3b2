/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * random_program.c - scripts made of blocks, repeated until the task ends
 */
#include "tests/unit/random_program.h"

#include <glib.h>
#include <stdbool.h>

#include "sim/engine/param.h"
#include "sim/engine/random.h"
#include "workloads/instance.h"
#include "workloads/workload.h"

#define BLOCKS 4
#define BLOCK_OPS 13 /* the most in one */
#define SCRIPT_OPS (BLOCKS * BLOCK_OPS + 6)

struct script {
	struct program program; /* first */
	struct op op[SCRIPT_OPS];
	uint32_t ops, next;
	uint64_t rounds;  /* until it ends */
	uint64_t life;	  /* of a child: its rounds; 0: it is none */
	uint64_t quantum; /* ns */
	struct random random;
	struct op last; /* handed out; it ends when the next one is asked for */
	struct random_program_tally tally;
	struct random_program_held held;
};

/* What the scripts of one instance share. */
struct maker {
	const struct random_program_params *params;
	struct random random;
	uint64_t *batch; /* [queues] */
};

static void count_ended(struct script *script)
{
	switch (script->last.kind) {
	case OP_RUN:
		script->tally.user += script->last.amount;
		break;
	case OP_KERNEL:
	case OP_RCU_READ:
	case OP_SPAWN:
		script->tally.kernel += script->last.amount;
		break;
	case OP_MUTEX_LOCK:
	case OP_MUTEX_UNLOCK:
	case OP_PUT:
	case OP_GET:
	case OP_BARRIER:
	case OP_COND_WAIT:
		script->tally.owing++;
		break;
	case OP_KERNEL_MUTEX_LOCK:
		script->tally.owing++;
		script->held.kernel_mutexes |= (uint8_t)(1u << script->last.object);
		break;
	case OP_READ_LOCK:
		script->tally.owing++;
		script->held.read |= (uint8_t)(1u << script->last.object);
		break;
	case OP_WRITE_LOCK:
		script->tally.owing++;
		script->held.written |= (uint8_t)(1u << script->last.object);
		break;
	case OP_DOWNGRADE:
		script->tally.owing++;
		script->held.read |= (uint8_t)(1u << script->last.object);
		break;
	case OP_KERNEL_MUTEX_UNLOCK:
	case OP_RW_UNLOCK:
		script->tally.owing++;
		break;
	default:
		break;
	}
}

static void count_begun(struct script *script, const struct op *op)
{
	if (op->kind == OP_CALL_RCU)
		script->tally.called += op->amount;
	script->tally.begun += op->kind == OP_MARK_BEGIN;
	script->tally.ended += op->kind == OP_MARK_END;
	if (op->kind == OP_KERNEL_MUTEX_UNLOCK) {
		script->held.kernel_mutexes &= (uint8_t) ~(1u << op->object);
	} else if (op->kind == OP_DOWNGRADE) {
		script->held.written &= (uint8_t) ~(1u << op->object);
	} else if (op->kind == OP_RW_UNLOCK) {
		script->held.read &= (uint8_t) ~(1u << op->object);
		script->held.written &= (uint8_t) ~(1u << op->object);
	}
}

static void script_next(struct program *program, struct op *op)
{
	struct script *script = (struct script *)program;

	count_ended(script);
	if (script->last.kind == OP_EXIT && script->life) {
		script->next = 0;
		script->rounds = script->life;
	}
	if (script->next == script->ops) {
		script->next = 0;
		script->rounds--;
	}
	if (!script->rounds) {
		op_set(op, OP_EXIT, 0, 0);
		script->last = *op;
		return;
	}
	*op = script->op[script->next++];
	count_begun(script, op);
	if (op->kind == OP_RUN || op->kind == OP_KERNEL || op->kind == OP_SLEEP ||
	    op->kind == OP_RCU_READ)
		op->amount -= random_between(&script->random, 0, op->amount / 2) / script->quantum *
			      script->quantum;
	script->last = *op;
}

struct random_program_held random_program_held(const struct program *program)
{
	return ((const struct script *)program)->held;
}

struct random_program_tally random_program_tally(const struct program *program)
{
	return ((const struct script *)program)->tally;
}

static void add(struct script *script, enum op_kind kind, uint64_t object, uint64_t amount)
{
	op_set(&script->op[script->ops++], kind, (uint32_t)object, amount);
}

/* Times of all magnitudes, 0 included. */
static uint64_t some_time(struct maker *maker, uint64_t longest)
{
	uint64_t limit = longest >> random_below(&maker->random, 12);

	return random_between(&maker->random, 0, limit) / maker->params->quantum *
	       maker->params->quantum;
}

static void add_shootdown(struct maker *maker, struct script *script)
{
	static const uint64_t pages[] = { 0, 1, 2, 33, 34 };

	static const enum op_kind flush[] = { OP_SHOOTDOWN, OP_SHOOTDOWN, OP_SHOOTDOWN, OP_UNMAP };
	static const enum op_kind call[] = { OP_CALL_ALL, OP_CALL_ASYNC, OP_CALL_ASYNC };

	if (random_below(&maker->random, 4))
		add(script, flush[random_below(&maker->random, G_N_ELEMENTS(flush))], 0,
		    pages[random_below(&maker->random, G_N_ELEMENTS(pages))]);
	else
		add(script, call[random_below(&maker->random, G_N_ELEMENTS(call))], 0,
		    random_between(&maker->random, 1, 20000));
}

static void add_spin_lock(struct maker *maker, struct script *script)
{
	uint64_t locks = maker->params->spin_locks;
	uint64_t outer = random_below(&maker->random, locks);
	uint64_t inner = random_between(&maker->random, outer, locks);
	/* with interrupts off; who waits so answers no call */
	uint64_t first_irq = locks - locks / 2;

	add(script, OP_LOCK, outer, outer >= first_irq);
	add(script, OP_KERNEL, 0, some_time(maker, 20000));
	if (inner > outer && inner < locks) {
		add(script, OP_LOCK, inner, inner >= first_irq);
		add(script, OP_KERNEL, 0, some_time(maker, 5000));
		if (inner < first_irq && random_chance(&maker->random, 100000))
			add_shootdown(maker, script);
		add(script, OP_UNLOCK, inner, 0);
	}
	if (outer < first_irq && random_chance(&maker->random, 200000))
		add_shootdown(maker, script);
	add(script, OP_UNLOCK, outer, 0);
}

static void add_mutex(struct maker *maker, struct script *script)
{
	uint64_t mutexes = maker->params->mutexes;
	uint64_t outer = random_below(&maker->random, mutexes);
	uint64_t inner = random_between(&maker->random, outer, mutexes);

	add(script, OP_MUTEX_LOCK, outer, 0);
	add(script, OP_RUN, 0, some_time(maker, maker->params->longest));
	if (inner > outer && inner < mutexes) {
		add(script, OP_MUTEX_LOCK, inner, 0);
		add(script, OP_RUN, 0, some_time(maker, 50000));
		add(script, OP_MUTEX_UNLOCK, inner, 0);
	}
	if (random_chance(&maker->random, 200000))
		add(script, OP_SLEEP, 0, some_time(maker, 200000));
	if (random_chance(&maker->random, 50000))
		add(script, OP_COND_WAIT, outer, 0);
	if (random_chance(&maker->random, 200000))
		add_shootdown(maker, script);
	add(script, OP_MUTEX_UNLOCK, outer, 0);
}

static void add_sleep_lock(struct maker *maker, struct script *script)
{
	bool mutex = maker->params->kernel_mutexes && random_chance(&maker->random, 600000);
	bool rwsem = maker->params->rwsems && random_chance(&maker->random, 600000);
	uint64_t first = mutex ? random_below(&maker->random, maker->params->kernel_mutexes) : 0;
	uint64_t second = rwsem ? random_below(&maker->random, maker->params->rwsems) : 0;

	bool writes = rwsem && random_chance(&maker->random, 500000);

	if (mutex)
		add(script, OP_KERNEL_MUTEX_LOCK, first, 0);
	if (rwsem)
		add(script, writes ? OP_WRITE_LOCK : OP_READ_LOCK, second, 0);
	add(script, OP_KERNEL, 0, some_time(maker, maker->params->longest));
	if (random_chance(&maker->random, 200000))
		add(script, OP_SLEEP, 0, some_time(maker, 200000));
	if (writes && random_chance(&maker->random, 300000))
		add(script, OP_DOWNGRADE, second, 0);
	if (random_chance(&maker->random, 200000))
		add_shootdown(maker, script);
	if (rwsem)
		add(script, OP_RW_UNLOCK, second, 0);
	if (mutex)
		add(script, OP_KERNEL_MUTEX_UNLOCK, first, 0);
}

static void add_sync(struct maker *maker, struct script *script)
{
	const struct random_program_params *params = maker->params;

	if (params->futexes) {
		uint64_t futex = random_below(&maker->random, params->futexes);

		if (random_chance(&maker->random, 700000))
			add(script, OP_FUTEX_WAKE, futex, random_between(&maker->random, 1, 3));
		else
			add(script, OP_FUTEX_WAIT, futex, 0);
	}
	if (params->barriers && random_chance(&maker->random, 500000))
		add(script, OP_BARRIER, random_below(&maker->random, params->barriers),
		    random_chance(&maker->random, 500000) ? some_time(maker, 100000) : 0);
	if (params->mutexes && random_chance(&maker->random, 300000))
		add(script,
		    random_chance(&maker->random, 500000) ? OP_COND_SIGNAL : OP_COND_BROADCAST,
		    random_below(&maker->random, params->mutexes), 0);
}

static void add_rcu(struct maker *maker, struct script *script)
{
	uint64_t objects = maker->params->rcu_objects;

	if (!objects)
		return;
	add(script, OP_RCU_READ, 0, some_time(maker, maker->params->longest));
	if (random_chance(&maker->random, 600000))
		add(script, OP_CALL_RCU, random_below(&maker->random, objects),
		    random_between(&maker->random, 1, 20000) >> random_below(&maker->random, 14) |
			    1);
	if (random_chance(&maker->random, 300000))
		add(script, OP_SYNCHRONIZE_RCU, 0, random_below(&maker->random, 2));
}

static void add_block(struct maker *maker, struct script *script)
{
	uint64_t longest = maker->params->longest;

	switch (random_below(&maker->random, 16)) {
	case 0:
		add(script, OP_RUN, 0, some_time(maker, longest));
		break;
	case 1:
		add(script, OP_KERNEL, 0, some_time(maker, longest));
		break;
	case 2:
	case 3:
		if (maker->params->spin_locks)
			add_spin_lock(maker, script);
		break;
	case 4:
	case 5:
		if (maker->params->mutexes)
			add_mutex(maker, script);
		break;
	case 6:
		add_shootdown(maker, script);
		break;
	case 8:
	case 9:
	case 10:
		add_sleep_lock(maker, script);
		break;
	case 11:
		add_sync(maker, script);
		break;
	case 12:
	case 13:
		add_rcu(maker, script);
		break;
	case 7:
		add(script, random_below(&maker->random, 2) ? OP_IO : OP_SLEEP, 0,
		    some_time(maker, 2000000));
		break;
	case 14:
		add(script, OP_TOUCH, 0, random_between(&maker->random, 1, 40));
		break;
	default:
		add(script, OP_WORK, 0, 1);
		add(script, OP_PASS, 0, 0);
		break;
	}
}

/* A timer's period is never 0, and not much shorter than what is done in it. */
static void add_timer(struct maker *maker, struct script *script)
{
	add(script, OP_TIMER, 0, 100 * maker->params->quantum + some_time(maker, 2000000));
}

/* A block whose latency is measured, or some block. Tasks share marks, so one may end another's. */
static void add_marked(struct maker *maker, struct script *script)
{
	uint64_t marks = maker->params->marks;
	uint64_t mark = marks ? random_below(&maker->random, marks) : 0;
	bool marked = marks && random_chance(&maker->random, 500000);

	if (marked && random_chance(&maker->random, 300000))
		add_timer(maker, script);
	if (marked)
		add(script, OP_MARK_BEGIN, mark, random_below(&maker->random, 2));
	add_block(maker, script);
	if (marked)
		add(script, OP_MARK_END, mark, 0);
}

/* Once a round, so that it is never spawned while it runs. */
static void add_child(struct maker *maker, struct script *script, uint64_t child)
{
	add(script, OP_SPAWN, child, some_time(maker, 100000));
	if (random_chance(&maker->random, 500000))
		add(script, OP_RUN, 0, some_time(maker, maker->params->longest));
	add(script, OP_JOIN, child, 0);
}

static void make_script(struct maker *maker, struct script *script, uint64_t seed, uint32_t vm,
			uint64_t index)
{
	uint64_t tasks = maker->params->tasks, stream = instance_stream(vm, (uint32_t)index);
	uint64_t queues = maker->params->queues;
	uint64_t blocks = random_between(&maker->random, 1, BLOCKS);
	uint64_t from = random_between(&maker->random, 0, 2 * queues + 1);
	uint64_t to = random_between(&maker->random, from < queues ? from + 1 : 0, 2 * queues + 1);

	random_init(&script->random, seed, "random program", stream, "times");
	script->rounds = UINT64_MAX;
	script->quantum = maker->params->quantum;
	if (random_chance(&maker->random, maker->params->mortal * 1000))
		script->rounds = random_between(&maker->random, 1, 50);
	if (index >= tasks - maker->params->children)
		script->rounds = script->life = random_between(&maker->random, 1, 3);
	if (index < maker->params->children)
		add_child(maker, script, tasks - 1 - index);
	if (from < queues)
		add(script, OP_GET, from, maker->batch[from]);
	for (uint64_t i = 0; i < blocks; i++)
		add_marked(maker, script);
	/* a round takes time in any case */
	add(script, OP_RUN, 0, 2000 + some_time(maker, maker->params->longest));
	if (to < queues)
		add(script, OP_PUT, to, maker->batch[to]);
}

static struct workload *random_program_create(const void *values, uint32_t vcpus, uint64_t seed,
					      uint32_t vm)
{
	struct maker maker = { .params = values };
	struct workload *workload =
		instance_new((uint32_t)maker.params->tasks, sizeof(struct script), script_next);
	g_autofree uint64_t *batch = g_new(uint64_t, maker.params->queues);

	(void)vcpus;
	random_init(&maker.random, seed, "random program", vm, "scripts");
	maker.batch = batch;
	workload->spin_locks = (uint32_t)maker.params->spin_locks;
	workload->mutexes = (uint32_t)maker.params->mutexes;
	workload->queues = (uint32_t)maker.params->queues;
	workload->kernel_mutexes = (uint32_t)maker.params->kernel_mutexes;
	workload->rwsems = (uint32_t)maker.params->rwsems;
	workload->futexes = (uint32_t)maker.params->futexes;
	workload->barriers = (uint32_t)maker.params->barriers;
	workload->dormant = g_new0(bool, workload->tasks);
	for (uint64_t i = 0; i < maker.params->children; i++)
		workload->dormant[workload->tasks - 1 - i] = true;
	workload->marks = (uint32_t)maker.params->marks;
	workload->rcu_objects = (uint32_t)maker.params->rcu_objects;
	workload->rcu_object_bytes = g_new(uint64_t, workload->rcu_objects);
	for (uint32_t i = 0; i < workload->rcu_objects; i++)
		workload->rcu_object_bytes[i] = random_between(&maker.random, 0, 600);
	workload->barrier_parties = g_new(uint64_t, workload->barriers);
	for (uint32_t i = 0; i < workload->barriers; i++)
		workload->barrier_parties[i] = random_between(&maker.random, 1, 3);
	workload->queue_capacity = g_new(uint64_t, workload->queues);
	for (uint32_t i = 0; i < workload->queues; i++) {
		batch[i] = random_between(&maker.random, 1, 4);
		workload->queue_capacity[i] = random_between(&maker.random, batch[i], 20);
	}
	for (uint32_t i = 0; i < workload->tasks; i++)
		make_script(&maker, (struct script *)workload->program[i], seed, vm, i);
	return workload;
}

static const struct param no_params[] = { { .name = NULL } };

const struct workload_shape shape_random_program = {
	.name = "random_program",
	.summary = "random scripts",
	.source = "tests",
	.params = no_params,
	.params_size = sizeof(struct random_program_params),
	.work_unit = "round",
	.create = random_program_create,
};
