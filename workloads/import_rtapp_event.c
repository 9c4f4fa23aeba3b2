/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import_rtapp_event.c - the events of rt-app, as ops
 *
 * run and runtime are taken as so many us of CPU work: what rt-app's calibration makes of them on
 * an idle machine. A condition variable is a queue of signals, so a signal that nobody waits for is
 * kept. A barrier is a queue for each ordered pair of its tasks: all put, then all get.
 */
#include <string.h>

#include "workloads/import.h"
#include "workloads/import_rtapp.h"

#define SIGNALS_MOST 1000000
#define BARRIER_MOST 64 /* tasks */

void rtapp_init(struct rtapp *rtapp)
{
	rtapp->numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

void rtapp_clear(struct rtapp *rtapp)
{
	g_hash_table_unref(rtapp->numbers);
}

/* The number of a named thing; a new one is a mutex, or a queue of `capacity`. */
static uint32_t number_of(struct rtapp *rtapp, const char *kind, const char *name,
			  uint64_t capacity)
{
	g_autofree char *key = g_strconcat(kind, " ", name, NULL);
	const uint32_t *known = g_hash_table_lookup(rtapp->numbers, key);
	uint32_t number;

	if (known)
		return *known;
	number = capacity ? import_queue_add(rtapp->import, capacity)
			  : rtapp->import->objects.mutexes++;
	g_hash_table_insert(rtapp->numbers, g_steal_pointer(&key),
			    g_memdup2(&number, sizeof(number)));
	return number;
}

static bool read_us(struct rtapp *rtapp, const json_t *value, uint64_t *ns, GError **error)
{
	json_int_t us = json_integer_value(value);

	*ns = (uint64_t)us * 1000;
	return (json_is_integer(value) && us >= 0 && us <= RTAPP_US_MOST) ||
	       rtapp_fail(rtapp, error, "found no time; legal: 0..%lld us",
			  (long long)RTAPP_US_MOST);
}

/* The name in a string, or behind a key of an object. */
static const char *read_name(struct rtapp *rtapp, const json_t *value, const char *key,
			     GError **error)
{
	const json_t *name = json_is_object(value) ? json_object_get(value, key) : value;

	if (json_is_string(name))
		return json_string_value(name);
	rtapp_fail(rtapp, error, "%s: found no name", key);
	return NULL;
}

static void spend(struct rtapp *rtapp, enum op_kind kind, uint64_t ns)
{
	if (ns)
		import_op(rtapp->import, rtapp->task, kind, 0, ns);
	rtapp->since_timer += ns;
}

static bool on_run(struct rtapp *rtapp, const json_t *value, GError **error)
{
	uint64_t ns;

	if (!read_us(rtapp, value, &ns, error))
		return false;
	spend(rtapp, OP_RUN, ns);
	import_note(rtapp->import, IMPORT_MAPPED, "run: user work");
	return true;
}

static bool on_runtime(struct rtapp *rtapp, const json_t *value, GError **error)
{
	uint64_t ns;

	if (!read_us(rtapp, value, &ns, error))
		return false;
	spend(rtapp, OP_RUN, ns);
	import_note(rtapp->import, IMPORT_NEARLY, "runtime: user work, not wall time");
	return true;
}

static bool on_sleep(struct rtapp *rtapp, const json_t *value, GError **error)
{
	uint64_t ns;

	if (!read_us(rtapp, value, &ns, error))
		return false;
	spend(rtapp, OP_SLEEP, ns);
	import_note(rtapp->import, IMPORT_MAPPED, "sleep");
	return true;
}

/*
 * A timer of the trace counts from the moment at which the last sleep was to end. If the task has
 * other sleeps, or several timers, a timer is a sleep of what its own work leaves of the period.
 */
static bool on_timer(struct rtapp *rtapp, const json_t *value, GError **error)
{
	const json_t *period = json_object_get(value, "period");
	uint64_t ns;

	if (!period)
		return rtapp_fail(rtapp, error, "timer: found no period");
	if (!read_us(rtapp, period, &ns, error))
		return false;
	if (rtapp->timer_alone && ns) {
		import_op(rtapp->import, rtapp->task, OP_TIMER, 0, ns);
		import_note(rtapp->import, IMPORT_NEARLY,
			    "timer: periods that are over are left out, not made up for");
		return true;
	}
	if (ns > rtapp->since_timer)
		import_op(rtapp->import, rtapp->task, OP_SLEEP, 0, ns - rtapp->since_timer);
	rtapp->since_timer = 0;
	import_note(rtapp->import, IMPORT_NEARLY,
		    "timer beside other sleeps: a sleep of what its period leaves");
	return true;
}

static bool lock_as(struct rtapp *rtapp, const json_t *value, enum op_kind kind, GError **error)
{
	const char *name = read_name(rtapp, value, "ref", error);

	if (!name)
		return false;
	import_op(rtapp->import, rtapp->task, kind, number_of(rtapp, "mutex", name, 0), 0);
	import_note(rtapp->import, IMPORT_MAPPED, "lock, unlock");
	return true;
}

static bool on_lock(struct rtapp *rtapp, const json_t *value, GError **error)
{
	return lock_as(rtapp, value, OP_MUTEX_LOCK, error);
}

static bool on_unlock(struct rtapp *rtapp, const json_t *value, GError **error)
{
	return lock_as(rtapp, value, OP_MUTEX_UNLOCK, error);
}

static bool on_wait(struct rtapp *rtapp, const json_t *value, GError **error)
{
	const char *name = read_name(rtapp, value, "ref", error);
	const char *mutex = name ? read_name(rtapp, value, "mutex", error) : NULL;
	uint32_t queue, number;

	if (!mutex)
		return false;
	queue = number_of(rtapp, "signals", name, SIGNALS_MOST);
	number = number_of(rtapp, "mutex", mutex, 0);
	import_op(rtapp->import, rtapp->task, OP_MUTEX_UNLOCK, number, 0);
	import_op(rtapp->import, rtapp->task, OP_GET, queue, 1);
	import_op(rtapp->import, rtapp->task, OP_MUTEX_LOCK, number, 0);
	import_note(rtapp->import, IMPORT_NEARLY, "wait, signal: signals are kept in a queue");
	return true;
}

static bool on_signal(struct rtapp *rtapp, const json_t *value, GError **error)
{
	const char *name = read_name(rtapp, value, "ref", error);

	if (!name)
		return false;
	import_op(rtapp->import, rtapp->task, OP_PUT,
		  number_of(rtapp, "signals", name, SIGNALS_MOST), 1);
	import_note(rtapp->import, IMPORT_NEARLY, "wait, signal: signals are kept in a queue");
	return true;
}

static bool on_resume(struct rtapp *rtapp, const json_t *value, GError **error)
{
	const char *name = read_name(rtapp, value, "ref", error);

	if (!name)
		return false;
	if (!json_object_get(rtapp->tasks, name))
		return rtapp_fail(rtapp, error, "resume: found no task \"%s\"", name);
	import_op(rtapp->import, rtapp->task, OP_PUT,
		  number_of(rtapp, "resumes", name, SIGNALS_MOST), 1);
	import_note(rtapp->import, IMPORT_NEARLY, "suspend, resume: resumes are kept in a queue");
	return true;
}

/* Whatever the text says, a task suspends itself. */
static bool on_suspend(struct rtapp *rtapp, const json_t *value, GError **error)
{
	(void)value;
	(void)error;
	import_op(rtapp->import, rtapp->task, OP_GET,
		  number_of(rtapp, "resumes", rtapp->name, SIGNALS_MOST), 1);
	import_note(rtapp->import, IMPORT_NEARLY, "suspend, resume: resumes are kept in a queue");
	return true;
}

static bool on_barrier(struct rtapp *rtapp, const json_t *value, GError **error)
{
	const char *name = read_name(rtapp, value, "ref", error), *key;
	uint32_t other[BARRIER_MOST], others = 0, index = 0;
	json_t *task;

	if (!name)
		return false;
	json_object_foreach(rtapp->tasks, key, task)
	{
		index++;
		if (!rtapp_mentions(task, "barrier", name))
			continue;
		if (json_integer_value(json_object_get(task, "instance")) > 1 ||
		    others == BARRIER_MOST) {
			import_note(rtapp->import, IMPORT_NOT,
				    "barrier of several instances or many tasks");
			return true;
		}
		if (index != rtapp->index)
			other[others++] = index;
	}
	for (uint32_t i = 0; i < 2 * others; i++) {
		bool put = i < others;
		uint32_t peer = other[i % others];
		g_autofree char *pair = g_strdup_printf("%s %u %u", name, put ? rtapp->index : peer,
							put ? peer : rtapp->index);

		import_op(rtapp->import, rtapp->task, put ? OP_PUT : OP_GET,
			  number_of(rtapp, "barrier", pair, 2), 1);
	}
	import_note(rtapp->import, IMPORT_NEARLY, "barrier: a put to and a get from each other");
	return true;
}

/* A semaphore of 0, as rt-app initialises them, is a queue. */
static bool semaphore(struct rtapp *rtapp, const json_t *value, enum op_kind kind, GError **error)
{
	const char *name = read_name(rtapp, value, "ref", error);

	if (!name)
		return false;
	import_op(rtapp->import, rtapp->task, kind,
		  number_of(rtapp, "semaphore", name, SIGNALS_MOST), 1);
	import_note(rtapp->import, IMPORT_MAPPED, "sem_post, sem_wait: a queue");
	return true;
}

static bool on_sem_post(struct rtapp *rtapp, const json_t *value, GError **error)
{
	return semaphore(rtapp, value, OP_PUT, error);
}

static bool on_sem_wait(struct rtapp *rtapp, const json_t *value, GError **error)
{
	return semaphore(rtapp, value, OP_GET, error);
}

static bool on_fork(struct rtapp *rtapp, const json_t *value, GError **error)
{
	const char *name = read_name(rtapp, value, "ref", error);

	return name && rtapp_fork(rtapp, name, error);
}

static bool on_yield(struct rtapp *rtapp, const json_t *value, GError **error)
{
	(void)value;
	(void)error;
	import_op(rtapp->import, rtapp->task, OP_YIELD, 0, 0);
	import_note(rtapp->import, IMPORT_MAPPED, "yield");
	return true;
}

bool rtapp_event(struct rtapp *rtapp, const char *key, const json_t *value, GError **error)
{
	/* In this order: rt-app compares beginnings, too. */
	static const struct {
		const char *key;
		bool (*add)(struct rtapp *rtapp, const json_t *value, GError **error);
	} events[] = {
		{ "runtime", on_runtime }, { "run", on_run },		{ "sleep", on_sleep },
		{ "timer", on_timer },	   { "lock", on_lock },		{ "unlock", on_unlock },
		{ "wait", on_wait },	   { "signal", on_signal },	{ "suspend", on_suspend },
		{ "resume", on_resume },   { "barrier", on_barrier },	{ "yield", on_yield },
		{ "fork", on_fork },	   { "sem_post", on_sem_post }, { "sem_wait", on_sem_wait },
	};
	static const char *const unmapped[] = { "broad", "sync", "mem", "iorun" };

	for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
		if (g_str_has_prefix(key, events[i].key))
			return events[i].add(rtapp, value, error);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(unmapped); i++) {
		if (g_str_has_prefix(key, unmapped[i])) {
			import_note(rtapp->import, IMPORT_NOT, "event %s", unmapped[i]);
			return true;
		}
	}
	return rtapp_fail(rtapp, error, "found an unknown event \"%s\"", key);
}
