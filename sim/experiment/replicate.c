/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replicate.c - runs simulations side by side
 */
#include "sim/experiment/replicate.h"

#include "models/config.h"
#include "models/machine.h"
#include "models/result.h"
#include "sim/engine/fail.h"
#include "sim/engine/random.h"

uint64_t replication_seed(uint64_t base, uint64_t index)
{
	struct random random;

	random_init(&random, base, "replication", index, "seed");
	return random_next(&random);
}

static void run_one(struct replication *job)
{
	struct machine_config config = *job->config;
	struct machine *machine;

	config.seed = job->seed;
	machine = machine_new(&config);
	machine_run(machine);
	machine_result(machine, job->result);
	job->complaint = machine_complaint(machine);
	machine_free(machine);
}

/* The pool's function: the finished job goes back to the caller's thread. */
static void run_in_pool(gpointer job, gpointer finished)
{
	run_one(job);
	g_async_queue_push(finished, job);
}

static bool run_threads(struct replication *jobs, guint count, guint threads,
			replicate_progress *progress, void *data, GError **error)
{
	g_autoptr(GAsyncQueue) finished = g_async_queue_new();
	g_autoptr(GError) problem = NULL;
	GThreadPool *pool = g_thread_pool_new(run_in_pool, finished, (gint)threads, TRUE, &problem);

	if (!pool || problem) {
		if (pool)
			g_thread_pool_free(pool, TRUE, TRUE);
		return fail(error, ERROR_SYSTEM, "cannot start %u threads: %s", threads,
			    problem ? problem->message : "unknown reason");
	}
	for (guint i = 0; i < count; i++)
		g_thread_pool_push(pool, &jobs[i], NULL);
	for (guint done = 1; done <= count; done++) {
		g_async_queue_pop(finished);
		if (progress)
			progress(data, done, count);
	}
	g_thread_pool_free(pool, FALSE, TRUE);
	return true;
}

/* The first in the order of the jobs, whichever ended first. */
static bool check_complaints(struct replication *jobs, guint count, GError **error)
{
	bool found = false;

	for (guint i = 0; i < count; i++) {
		if (jobs[i].complaint && !found)
			fail(error, ERROR_INPUT, "seed %" G_GUINT64_FORMAT ": %s", jobs[i].seed,
			     jobs[i].complaint);
		found |= jobs[i].complaint != NULL;
		g_clear_pointer(&jobs[i].complaint, g_free);
	}
	return !found;
}

bool replicate(struct replication *jobs, guint count, guint threads, replicate_progress *progress,
	       void *data, GError **error)
{
	if (threads > 1 && count > 1)
		return run_threads(jobs, count, MIN(threads, count), progress, data, error) &&
		       check_complaints(jobs, count, error);
	for (guint i = 0; i < count; i++) {
		run_one(&jobs[i]);
		if (progress)
			progress(data, i + 1, count);
	}
	return check_complaints(jobs, count, error);
}
