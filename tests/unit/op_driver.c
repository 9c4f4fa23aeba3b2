/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * op_driver.c - carrying out ops without time
 */
#include "tests/unit/op_driver.h"

#include <glib.h>
#include <string.h>

#include "sim/engine/param.h"
#include "workloads/workload.h"

static int64_t *all_free(uint32_t locks)
{
	int64_t *owner = g_new(int64_t, locks);

	for (uint32_t i = 0; i < locks; i++)
		owner[i] = -1;
	return owner;
}

void driver_init(struct driver *driver, struct workload *workload, uint64_t seed)
{
	*driver = (struct driver){ .workload = workload };
	driver->op = g_new0(struct op, workload->tasks);
	driver->under_way = g_new0(bool, workload->tasks);
	driver->over = g_new0(bool, workload->tasks);
	driver->ended = g_new0(bool, workload->tasks);
	for (uint32_t i = 0; workload->dormant && i < workload->tasks; i++)
		driver->over[i] = workload->dormant[i];
	driver->spins = g_new0(uint32_t, workload->tasks);
	driver->mutexes = g_new0(uint32_t, workload->tasks);
	driver->rwsems = g_new0(uint32_t, workload->tasks);
	driver->spin_owner = all_free(workload->spin_locks);
	driver->mutex_owner = all_free(workload->mutexes);
	driver->rwsem_owner = all_free(workload->rwsems);
	driver->items = g_new0(uint64_t, workload->queues);
	driver->arrived = g_new0(uint64_t, workload->barriers);
	driver->opened = g_new0(uint64_t, workload->barriers);
	driver->latencies = g_new0(uint64_t, workload->marks);
	driver->ticket = g_new0(uint64_t, workload->tasks);
	random_init(&driver->random, seed, "test.driver", 0, "order");
}

void driver_clear(struct driver *driver)
{
	g_free(driver->op);
	g_free(driver->under_way);
	g_free(driver->over);
	g_free(driver->ended);
	g_free(driver->spins);
	g_free(driver->mutexes);
	g_free(driver->rwsems);
	g_free(driver->spin_owner);
	g_free(driver->mutex_owner);
	g_free(driver->rwsem_owner);
	g_free(driver->items);
	g_free(driver->arrived);
	g_free(driver->opened);
	g_free(driver->latencies);
	g_free(driver->ticket);
}

void driver_reset(struct driver *driver)
{
	memset(driver->count, 0, sizeof(driver->count));
	memset(driver->amount, 0, sizeof(driver->amount));
	driver->pages_full = driver->pages_one = driver->pages_few = 0;
}

static void record(struct driver *driver, uint32_t task, const struct op *op)
{
	uint64_t word[] = { task, op->kind, op->object, op->amount };

	for (size_t i = 0; i < G_N_ELEMENTS(word); i++)
		driver->fingerprint = (driver->fingerprint ^ word[i]) * UINT64_C(0x100000001b3);
	driver->count[op->kind]++;
	driver->amount[op->kind] += op->amount;
	if (op->kind == OP_SHOOTDOWN) {
		driver->pages_full += op->amount == 0;
		driver->pages_one += op->amount == 1;
		driver->pages_few += op->amount >= 8 && op->amount <= 33;
	}
	if (driver->observe)
		driver->observe(driver, task, op);
}

static bool lock(int64_t *owner, uint32_t *held, uint32_t task)
{
	require(*owner != task);
	if (*owner != -1)
		return false;
	*owner = task;
	++*held;
	return true;
}

static void unlock(int64_t *owner, uint32_t *held, uint32_t task)
{
	require(*owner == task);
	*owner = -1;
	--*held;
}

static bool read_lock(int64_t *owner, uint32_t *held)
{
	if (*owner >= 0)
		return false;
	--*owner;
	++*held;
	return true;
}

static void rw_unlock(int64_t *owner, uint32_t *held, uint32_t task)
{
	if (*owner >= 0) {
		unlock(owner, held, task);
		return;
	}
	require(*owner < -1 && *held > 0);
	++*owner;
	--*held;
}

static bool holds_nothing(const struct driver *driver, uint32_t task)
{
	return !driver->spins[task] && !driver->mutexes[task] && !driver->rwsems[task];
}

static void check_mark(struct driver *driver, const struct op *op)
{
	require(op->object < driver->workload->marks);
	if (op->kind == OP_MARK_BEGIN)
		driver->latencies[op->object]++;
	else
		require(driver->latencies[op->object]-- > 0);
}

/* Ops that may sleep or wait for other CPUs: what may be held at them. */
static void check_wait(const struct driver *driver, uint32_t task, const struct op *op)
{
	const struct workload *workload = driver->workload;

	switch (op->kind) {
	case OP_READ_LOCK:
	case OP_WRITE_LOCK:
		require(driver->rwsems[task] == 0);
		/* fall through */
	case OP_DOWNGRADE:
	case OP_RW_UNLOCK:
		require(op->object < workload->rwsems);
		/* fall through */
	case OP_SHOOTDOWN:
	case OP_UNMAP:
	case OP_CALL_ALL:
	case OP_CALL_ASYNC:
		require(driver->spins[task] == 0);
		require(driver->mutexes[task] == 0);
		break;
	case OP_SPAWN:
	case OP_JOIN:
		require(op->object < workload->tasks && op->object != task);
		require(holds_nothing(driver, task));
		break;
	case OP_PUT:
	case OP_GET:
		require(op->object < workload->queues);
		require(op->amount > 0);
		require(op->amount <= workload->queue_capacity[op->object]);
		/* fall through */
	default:
		require(holds_nothing(driver, task));
		break;
	}
}

/* What an op asks of its task: nothing held where it may sleep, no empty work, legal objects. */
static void check(struct driver *driver, uint32_t task, const struct op *op)
{
	const struct workload *workload = driver->workload;

	switch (op->kind) {
	case OP_RUN:
	case OP_SPIN:
		require(op->amount > 0);
		require(driver->spins[task] == 0);
		break;
	case OP_KERNEL:
	case OP_TIMER:
	case OP_TOUCH:
		require(op->amount > 0);
		break;
	case OP_LOCK:
	case OP_UNLOCK:
		require(op->object < workload->spin_locks);
		break;
	case OP_MARK_BEGIN:
	case OP_MARK_END:
		check_mark(driver, op);
		break;
	case OP_MUTEX_LOCK:
	case OP_MUTEX_UNLOCK:
		require(op->object < workload->mutexes);
		require(driver->spins[task] == 0);
		break;
	default:
		check_wait(driver, task, op);
		break;
	}
}

/* The last of the parties to come opens it for all. */
static bool barrier(struct driver *driver, uint32_t task, uint32_t number)
{
	uint64_t *ticket = &driver->ticket[task], *opened = &driver->opened[number];

	require(number < driver->workload->barriers);
	if (!*ticket) {
		*ticket = 1 + *opened;
		if (++driver->arrived[number] == driver->workload->barrier_parties[number]) {
			driver->arrived[number] = 0;
			++*opened;
		}
	}
	if (*ticket == 1 + *opened)
		return false;
	*ticket = 0;
	return true;
}

/* False: the task has to wait. */
static bool carry_out(struct driver *driver, uint32_t task, const struct op *op)
{
	switch (op->kind) {
	case OP_LOCK:
		return lock(&driver->spin_owner[op->object], &driver->spins[task], task);
	case OP_UNLOCK:
		unlock(&driver->spin_owner[op->object], &driver->spins[task], task);
		return true;
	case OP_MUTEX_LOCK:
		return lock(&driver->mutex_owner[op->object], &driver->mutexes[task], task);
	case OP_MUTEX_UNLOCK:
		unlock(&driver->mutex_owner[op->object], &driver->mutexes[task], task);
		return true;
	case OP_READ_LOCK:
		return read_lock(&driver->rwsem_owner[op->object], &driver->rwsems[task]);
	case OP_WRITE_LOCK:
		/* a reader keeps a writer out as a writer does */
		return driver->rwsem_owner[op->object] == -1 &&
		       lock(&driver->rwsem_owner[op->object], &driver->rwsems[task], task);
	case OP_DOWNGRADE:
		require(driver->rwsem_owner[op->object] == task);
		driver->rwsem_owner[op->object] = -2;
		return true;
	case OP_RW_UNLOCK:
		rw_unlock(&driver->rwsem_owner[op->object], &driver->rwsems[task], task);
		return true;
	case OP_PUT:
		if (driver->items[op->object] + op->amount >
		    driver->workload->queue_capacity[op->object])
			return false;
		driver->items[op->object] += op->amount;
		return true;
	case OP_GET:
		if (!driver->items[op->object])
			return false;
		driver->items[op->object] -= MIN(driver->items[op->object], op->amount);
		return true;
	case OP_BARRIER:
		return barrier(driver, task, op->object);
	case OP_SPAWN:
		require(driver->over[op->object]);
		driver->over[op->object] = driver->ended[op->object] = false;
		return true;
	case OP_JOIN:
		if (!driver->ended[op->object])
			return false;
		driver->ended[op->object] = false;
		return true;
	case OP_EXIT:
		driver->over[task] = driver->ended[task] = true;
		return true;
	default:
		return true;
	}
}

/* One step of one task; true if it asked for an op or ended one. */
static bool step(struct driver *driver, uint32_t task, bool *passed)
{
	struct op *op = &driver->op[task];

	*passed = false;
	if (driver->over[task])
		return false;
	if (!driver->under_way[task]) {
		struct program *program = driver->workload->program[task];

		program->next(program, op);
		record(driver, task, op);
		check(driver, task, op);
		driver->under_way[task] = true;
		return true;
	}
	if (!carry_out(driver, task, op))
		return false;
	driver->under_way[task] = false;
	*passed = op->kind == OP_PASS;
	return true;
}

/* Steps some task that can be stepped; false if none can. */
static bool any_step(struct driver *driver, bool *passed)
{
	uint32_t tasks = driver->workload->tasks;
	uint32_t first = driver->in_turn ? driver->turn++ % tasks
					 : (uint32_t)random_below(&driver->random, tasks);

	for (uint32_t i = 0; i < tasks; i++)
		if (step(driver, (first + i) % tasks, passed))
			return true;
	return false;
}

bool driver_pass(struct driver *driver, uint64_t limit)
{
	bool passed = false;

	for (uint64_t i = 0; i < 2 * limit && !passed; i++)
		if (!any_step(driver, &passed))
			return false;
	return passed;
}

void driver_ops(struct driver *driver, uint64_t ops)
{
	bool passed;

	for (uint64_t i = 0; i < 2 * ops; i++)
		require(any_step(driver, &passed));
}

const struct workload_shape *shape_find(const char *name)
{
	for (int i = 0; workload_shapes[i]; i++)
		if (strcmp(workload_shapes[i]->name, name) == 0)
			return workload_shapes[i];
	ck_abort_msg("no shape %s", name);
}

/* The defaults of a shape, in a block of its own. */
uint64_t *shape_defaults(const struct workload_shape *shape)
{
	char *values = g_malloc0(shape->params_size);

	for (const struct param *param = shape->params; param->name; param++) {
		uint64_t value = param->type == PARAM_BOOL
					 ? strcmp(param->fallback, "true") == 0
					 : g_ascii_strtoull(param->fallback, NULL, 10);

		memcpy(values + param->offset, &value, sizeof(value));
	}
	return (uint64_t *)(void *)values;
}

void shape_set(const struct workload_shape *shape, void *values, const char *name, uint64_t value)
{
	for (const struct param *param = shape->params; param->name; param++) {
		if (strcmp(param->name, name) == 0) {
			memcpy((char *)values + param->offset, &value, sizeof(value));
			return;
		}
	}
	ck_abort_msg("no parameter %s", name);
}

void assert_near(uint64_t value, uint64_t wanted, uint64_t percent)
{
	uint64_t slack = wanted * percent / 100;

	ck_assert_msg(value + slack >= wanted && value <= wanted + slack,
		      "%" G_GUINT64_FORMAT " is not within %" G_GUINT64_FORMAT
		      " %% of %" G_GUINT64_FORMAT,
		      value, percent, wanted);
}
