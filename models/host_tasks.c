/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * host_tasks.c - programs of the host's own tasks, as data/realsched/src/wl.c has them
 *
 * A futex that two tasks alternate on, and a pipe, are bounded queues of messages.
 */
#include "models/host_tasks.h"

#include <glib.h>

#include "models/host_load.h"
#include "models/kernel/kernel.h"
#include "models/kernel/objects.h"
#include "models/kernel/program.h"
#include "models/result.h"
#include "sim/engine/engine.h"
#include "sim/engine/random.h"

/* wl.c: a sleeper starts by sleeping for less than this. */
#define FIRST_SLEEP UINT64_C(8000000)
/* A pipe of 64 KiB with messages of 8 bytes. */
#define PIPE_MESSAGES 8192
#define HOG_SEGMENT UINT64_C(3600000000000)

struct host_task {
	struct program program; /* first */
	struct program_task task;
	const struct host_class *class;
	uint64_t first_sleep; /* ns; 0: over */
	uint64_t syscall;     /* ns of a system call that has nothing to wait for */
	uint32_t step;
	/* at the end of warm-up */
	uint64_t run_before, switch_ins_before, blocks_before, wakeups_before, migrations_before;
};

struct host_tasks {
	const struct host_load *load;
	uint32_t count;
	struct host_task *task;	     /* [count] */
	struct class_result *result; /* [load->classes], histograms in use */
};

/* One turn of each program, as steps that repeat; object numbers are those of kernel_objects. */
static const struct {
	uint32_t steps;
	enum op_kind op[4];
} turns[HOST_PROGRAMS] = {
	[HOST_HOG] = { 1, { OP_RUN } },
	[HOST_SLEEPER] = { 3, { OP_RUN, OP_KERNEL, OP_SLEEP } },
	[HOST_YIELDER] = { 2, { OP_RUN, OP_YIELD } },
	[HOST_MUTEX] = { 4, { OP_MUTEX_LOCK, OP_RUN, OP_MUTEX_UNLOCK, OP_RUN } },
	[HOST_FUTEX_PAIR] = { 3, { OP_GET, OP_RUN, OP_PUT } },
	/* a write is a call, and a wake-up if somebody waits */
	[HOST_PIPE_PAIR] = { 4, { OP_GET, OP_RUN, OP_KERNEL, OP_PUT } },
	[HOST_PRODUCER] = { 3, { OP_RUN, OP_KERNEL, OP_PUT } },
	[HOST_CONSUMER] = { 2, { OP_GET, OP_RUN } },
};

/* Queues: two an object, the messages to side 0 and to side 1. */
static uint32_t queue_of(const struct host_class *class, bool get)
{
	if (class->program == HOST_PRODUCER || class->program == HOST_CONSUMER)
		return 2 * class->object;
	return 2 * class->object + (get ? class->side : !class->side);
}

static bool pipe_full(const struct host_task *task, uint32_t queue)
{
	const struct bounded_queue *pipe = &task->task.task.kernel->objects->queue[queue];

	return pipe->items >= pipe->capacity;
}

static void host_task_next(struct program *program, struct op *op)
{
	struct host_task *task = (struct host_task *)program;
	const struct host_class *class = task->class;
	uint32_t step = task->step;

	if (task->first_sleep) {
		*op = (struct op){ .kind = OP_SLEEP, .amount = task->first_sleep };
		task->first_sleep = 0;
		return;
	}
	task->step = (step + 1) % turns[class->program].steps;
	*op = (struct op){ .kind = turns[class->program].op[step], .object = class->object };
	switch (op->kind) {
	case OP_RUN:
		op->amount = class->program == HOST_HOG			       ? HOG_SEGMENT
			     : class->program == HOST_MUTEX && task->step == 0 ? class->away
									       : class->work;
		break;
	case OP_KERNEL:
		op->amount = task->syscall;
		break;
	case OP_SLEEP:
		op->amount = class->away;
		break;
	case OP_GET:
		op->object = queue_of(class, true);
		op->amount = 1;
		break;
	case OP_PUT:
		op->object = queue_of(class, false);
		op->amount = 1;
		/* a producer never sleeps: what a full pipe does not take is lost */
		if (class->program == HOST_PRODUCER && pipe_full(task, op->object))
			*op = (struct op){ .kind = OP_KERNEL, .amount = task->syscall };
		break;
	default:
		break;
	}
	/* an empty turn still takes time */
	if (op->kind == OP_RUN && !op->amount)
		op->amount = 1;
}

static struct kernel_objects *make_objects(const struct host_load *load)
{
	g_autofree uint64_t *capacity = g_new(uint64_t, 2 * load->objects);
	struct kernel_objects *objects;

	for (uint32_t i = 0; i < 2 * load->objects; i++)
		capacity[i] = PIPE_MESSAGES;
	objects = kernel_objects_new(0, load->objects, 2 * load->objects, capacity);
	for (uint32_t i = 0; i < load->objects; i++)
		objects->mutex[i].three_states = true;
	for (uint32_t i = 0; i < load->classes; i++) {
		const struct host_class *class = &load->class[i];

		if (class->program != HOST_MUTEX && class->program != HOST_FUTEX_PAIR)
			objects->queue[2 * class->object].pipe =
				objects->queue[2 * class->object + 1].pipe = true;
		/* a futex starts as side 0's turn; of a pipe pair, side 0 writes first */
		if (class->program == HOST_FUTEX_PAIR && class->side == 0)
			objects->queue[queue_of(class, true)].items = 1;
		if (class->program == HOST_PIPE_PAIR && class->side == 0)
			objects->queue[queue_of(class, false)].items = 1;
	}
	return objects;
}

static struct fair_group **make_groups(struct kernel *host, const struct host_load *load)
{
	struct fair_group **groups = g_new0(struct fair_group *, load->groups);

	for (uint32_t i = 0; i < load->groups; i++) {
		uint32_t parent = load->group[i].parent;

		groups[i] = fair_group_new(&host->fair,
					   parent == UINT32_MAX ? NULL : groups[parent],
					   load->group[i].shares);
	}
	return groups;
}

static void init_task(struct host_tasks *tasks, uint32_t number, uint32_t kind, struct kernel *host,
		      struct fair_group *const *groups, uint64_t seed)
{
	const struct host_class *class = &tasks->load->class[kind];
	struct host_task *task = &tasks->task[number];
	struct fair_task *fair = &task->task.task.fair;
	struct class_result *result = &tasks->result[kind];
	struct random random;

	random_init(&random, seed, "host task", number, "first sleep");
	task->program.next = host_task_next;
	task->class = class;
	task->syscall = host->costs.futex;
	if (class->program == HOST_SLEEPER)
		task->first_sleep = 1 + random_below(&random, FIRST_SLEEP);
	program_task_init(&task->task, host, &task->program, class->only_cpu, NULL,
			  (uint16_t)number);
	if (class->group != UINT32_MAX)
		fair_task_init(&host->fair, fair, groups[class->group]);
	fair_task_configure(fair, class->nice, FAIR_NORMAL, class->slice);
	task->task.task.run_length = &result->run_length;
	task->task.task.wake_latency = &result->wake_latency;
	task->task.task.preempt_wait = &result->preempt_wait;
}

static void start(struct host_tasks *tasks, uint32_t cpus)
{
	uint32_t next = 0;

	for (uint32_t i = 0; i < tasks->count; i++) {
		struct task *task = &tasks->task[i].task.task;

		task_start(task, task->only_cpu == UINT32_MAX ? next++ % cpus : task->only_cpu);
	}
}

struct host_tasks *host_tasks_new(struct kernel *host, const struct host_load *load, uint64_t seed)
{
	struct host_tasks *tasks = g_new0(struct host_tasks, 1);
	g_autofree struct fair_group **groups = make_groups(host, load);
	uint32_t number = 0;

	tasks->load = load;
	host->objects = make_objects(load);
	for (uint32_t i = 0; i < load->classes; i++)
		tasks->count += load->class[i].tasks;
	tasks->task = g_new0(struct host_task, tasks->count);
	tasks->result = g_new0(struct class_result, load->classes);
	for (uint32_t kind = 0; kind < load->classes; kind++)
		for (uint32_t i = 0; i < load->class[kind].tasks; i++)
			init_task(tasks, number++, kind, host, groups, seed);
	host_tasks_reset(tasks);
	start(tasks, host->cpus);
	return tasks;
}

void host_tasks_free(struct host_tasks *tasks)
{
	if (!tasks)
		return;
	g_free(tasks->task);
	g_free(tasks->result);
	g_free(tasks);
}

static uint64_t run_total(const struct task *task)
{
	uint64_t run = task->run_total;

	if (task->state == TASK_RUNNABLE && task_running(task))
		run += task->kernel->engine->now - task->running_since;
	return run;
}

void host_tasks_reset(struct host_tasks *tasks)
{
	for (uint32_t i = 0; i < tasks->load->classes; i++) {
		histogram_reset(&tasks->result[i].run_length);
		histogram_reset(&tasks->result[i].wake_latency);
		histogram_reset(&tasks->result[i].preempt_wait);
	}
	for (uint32_t i = 0; i < tasks->count; i++) {
		struct host_task *task = &tasks->task[i];

		task->run_before = run_total(&task->task.task);
		task->switch_ins_before = task->task.task.switch_ins;
		task->blocks_before = task->task.task.blocks;
		task->wakeups_before = task->task.task.wakeups;
		task->migrations_before = task->task.task.migrations;
	}
}

struct class_result *host_tasks_result(const struct host_tasks *tasks, uint32_t *classes)
{
	const struct host_load *load = tasks->load;
	struct class_result *result = g_memdup2(tasks->result, sizeof(*result) * load->classes);
	uint32_t number = 0;

	*classes = load->classes;
	for (uint32_t kind = 0; kind < load->classes; kind++)
		for (uint32_t i = 0; i < load->class[kind].tasks; i++, number++) {
			const struct host_task *task = &tasks->task[number];
			const struct task *generic = &task->task.task;

			result[kind].run += run_total(generic) - task->run_before;
			result[kind].switch_ins += generic->switch_ins - task->switch_ins_before;
			result[kind].blocks += generic->blocks - task->blocks_before;
			result[kind].wakeups += generic->wakeups - task->wakeups_before;
			result[kind].migrations += generic->migrations - task->migrations_before;
		}
	return result;
}
