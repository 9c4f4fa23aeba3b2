/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_generate.c - a shape's tasks, asked for their ops one task after the other
 *
 * That gives what a run would get, because what a task does next does not depend on the others. For
 * shapes where it does (workload_shape.reactive) all that they draw is written instead: tapes. For a number of passes the workload is first walked through without
 * time, to learn how many ops of each task belong to them.
 */
#include "workloads/trace_generate.h"

#include "sim/engine/fail.h"
#include "workloads/tape.h"
#include "workloads/trace_file.h"
#include "workloads/trace_out.h"
#include "workloads/trace_walk.h"

#define TURN 64 /* ops of a task, in the walk */
#define PPM UINT64_C(1000000)
#define TAPE_MARGIN UINT64_C(1000000) /* ns */
#define OPS_MOST (UINT64_C(1) << 34)  /* of a file: no disk takes more */

/* How many ops each task does until the passes have ended. */
static bool count_ops(const struct trace_generation *generation, uint64_t *goal, GError **error)
{
	struct workload *workload = generation->shape->create(generation->params, generation->vcpus,
							      generation->seed, generation->vm);
	struct trace_walk walk;
	enum trace_walk_end end;
	bool good = true;

	trace_walk_init(&walk, workload, TURN);
	end = trace_walk_run(&walk, NULL, generation->passes, OPS_MOST);
	if (end != TRACE_WALK_DONE || walk.passes < generation->passes)
		good = fail(error, ERROR_INPUT,
			    "%s: found %" G_GUINT64_FORMAT " passes before all tasks %s",
			    generation->name, walk.passes,
			    end == TRACE_WALK_STUCK ? "wait" : "exit");
	for (uint32_t i = 0; i < workload->tasks; i++)
		goal[i] = walk.task[i].ops;
	trace_walk_clear(&walk);
	workload->free(workload);
	return good;
}

/* One task's list: `ops` of them, or until so much of its own time is up and nothing is held, nor a
 * latency open that the task itself would end. */
static bool write_task(struct program *program, uint64_t ops, uint64_t most, struct trace_out *out,
		       GError **error)
{
	uint64_t time = 0, done = 0, held = 0, begun = 0, ended = 0;
	struct op op = { .kind = OP_KINDS };

	while (op.kind != OP_EXIT &&
	       (ops ? done < ops : time < most || held || (ended && begun > ended))) {
		program->next(program, &op);
		trace_out_op(out, &op);
		done++;
		switch (trace_ops[op.kind].role) {
		case TRACE_TIME:
			time += op.amount;
			break;
		case TRACE_ACQUIRE:
			held++;
			break;
		case TRACE_RELEASE:
			held--;
			break;
		case TRACE_BEGINS:
			begun++;
			break;
		case TRACE_ENDS:
			ended++;
			break;
		default:
			break;
		}
		if (out->ops > OPS_MOST || out->problem)
			return fail(error, ERROR_SYSTEM, "%s: %s", out->path,
				    out->problem ? out->problem->message : "found no end of ops");
	}
	return true;
}

static bool write_tasks(const struct trace_generation *generation, struct workload *workload,
			const char *path, GError **error)
{
	g_autofree uint64_t *goal = g_new0(uint64_t, workload->tasks);
	struct trace_header header = {
		.name = (char *)generation->name,
		.summary = (char *)generation->summary,
		.source = generation->source,
		.unit = (char *)generation->shape->work_unit,
		.latency = (char *)generation->shape->latency,
		.repeats = generation->repeats,
		.vcpus = generation->vcpus,
		.objects = *workload,
	};
	struct trace_out out;
	bool good = true;

	if (generation->passes && !count_ops(generation, goal, error))
		return false;
	if (!trace_out_open(&out, path, &header, error))
		return false;
	for (uint32_t i = 0; i < workload->tasks && good; i++) {
		trace_out_task(&out, NULL);
		if (!generation->passes || goal[i])
			good = write_task(workload->program[i], goal[i], generation->time, &out,
					  error);
	}
	if (good)
		return trace_out_close(&out, error);
	trace_out_abandon(&out);
	return false;
}

/* A task may read a little further than it works. */
static uint64_t tape_time(uint64_t time, uint64_t need)
{
	return need ? (time + time / 64) / PPM * need + TAPE_MARGIN : 0;
}

static bool write_tapes(const struct trace_generation *generation, const struct tapes *tapes,
			const struct workload *objects, const char *path, GError **error)
{
	struct trace_header header = {
		.name = (char *)generation->name,
		.summary = (char *)generation->summary,
		.source = generation->source,
		.unit = (char *)generation->shape->work_unit,
		.latency = (char *)generation->shape->latency,
		.repeats = generation->repeats,
		.vcpus = generation->vcpus,
		.objects = *objects,
		.shape = generation->shape,
		.params = (void *)generation->params,
		.number = g_array_sized_new(FALSE, FALSE, sizeof(uint64_t), tapes->numbers),
	};
	struct trace_out out;
	bool good = true;

	g_array_append_vals(header.number, tapes->number, tapes->numbers);
	header.objects.queues = 0; /* tapes neither put nor get */
	good = trace_out_open(&out, path, &header, error);
	g_array_unref(header.number);
	if (!good)
		return false;
	for (uint32_t i = 0; i < tapes->count && good; i++) {
		trace_out_task(&out, NULL);
		good = write_task(tapes->tape[i], 0, tape_time(generation->time, tapes->need[i]),
				  &out, error);
	}
	if (good)
		return trace_out_close(&out, error);
	trace_out_abandon(&out);
	return false;
}

static bool generate_tapes(const struct trace_generation *generation, const char *path,
			   GError **error)
{
	const struct workload_shape *shape = generation->shape;
	struct workload *workload;
	struct tapes *tapes;
	bool good;

	if (!shape->tapes)
		return fail(error, ERROR_INPUT,
			    "%s: found shape %s, whose tasks' ops depend on the run (which item "
			    "each gets, who comes first) and which has no tapes",
			    generation->name, shape->name);
	if (generation->passes)
		return fail(error, ERROR_INPUT,
			    "%s: found --passes for shape %s, where who does how much of a pass "
			    "depends on the run; legal: --for TIME",
			    generation->name, shape->name);
	workload = shape->create(generation->params, generation->vcpus, generation->seed,
				 generation->vm);
	tapes = shape->tapes(generation->params, generation->vcpus, generation->seed,
			     generation->vm);
	good = write_tapes(generation, tapes, workload, path, error);
	tapes->free(tapes);
	workload->free(workload);
	return good;
}

bool trace_generate(const struct trace_generation *generation, const char *path, GError **error)
{
	struct workload *workload;
	bool good;

	if (generation->shape->reactive)
		return generate_tapes(generation, path, error);
	workload = generation->shape->create(generation->params, generation->vcpus,
					     generation->seed, generation->vm);
	good = write_tasks(generation, workload, path, error);
	workload->free(workload);
	return good;
}
