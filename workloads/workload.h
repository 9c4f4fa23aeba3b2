/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * workload.h - a shape (how the tasks of a workload hang together) and its instance in one VM
 *
 * A shape is C code with a parameter table; a profile (workloads/profiles/NAME.json) picks a shape
 * and fills its parameters, each with a source and a plausible range.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct param;
struct program;
struct tapes;

/* One VM's instance. Created by the shape, owned by the VM; `free` releases all of it. */
struct workload {
	uint32_t tasks;
	struct program **program; /* [tasks] */
	bool *dormant; /* [tasks]: they begin when they are spawned; NULL: all begin at once */
	void *shared;  /* what all of them read and write, one block, owned; or NULL */
	uint32_t spin_locks, mutexes, queues;
	uint32_t kernel_mutexes, rwsems, futexes, barriers;
	uint64_t *barrier_parties;  /* [barriers], tasks */
	uint32_t marks;		    /* where latencies begin and end */
	uint32_t rcu_objects;	    /* kinds of objects that RCU frees; 0: no op uses RCU */
	uint64_t *rcu_object_bytes; /* [rcu_objects] */
	uint64_t *queue_capacity;   /* [queues], items */
	/* Its queues are sockets: wake-ups are sync; who waits for room is woken, with all others,
	 * when at most capacity / sockets items are left. 0: they are none. */
	uint64_t sockets;
	uint64_t work_per_pass; /* units; 0 for steady workloads */
	void (*free)(struct workload *workload);
	/* Optional, for messages: which task this is and where it stands. Free with g_free(). */
	char *(*where)(const struct workload *workload, uint32_t task);
	/* Optional: what is wrong with its file, found while it was replayed; or NULL. */
	const char *(*broken)(const struct workload *workload);
	struct workload *beneath; /* the tapes that it reads, owned; or NULL */
};

struct workload_shape {
	const char *name, *summary, *source;
	const struct param
		*params; /* values are stored as uint64_t in a struct of params_size bytes */
	size_t params_size;
	bool terminating; /* passes of given work (metric: pass time), or steady (metric: work per
			     second) */
	const char *work_unit;
	const char *latency; /* what its marks measure: "request"; NULL: it has none */
	/* Optional: a parameter that is known so badly that every result says its value and plausible
	 * range. */
	const char *uncertain;
	/* What a task does next depends on what others did (which item it got, who came first): its
	 * ops are no list that could be written down before a run. */
	bool reactive;
	/* `seed` and `vm` key the random streams; `vcpus` is the size of the guest. Never fails:
	 * params are checked before. */
	struct workload *(*create)(const void *params, uint32_t vcpus, uint64_t seed, uint32_t vm);
	/* Optional, for reactive shapes: all that create() draws, as a trace holds it; whether it
	 * fits; and the instance that reads it. The tapes are borrowed. */
	struct tapes *(*tapes)(const void *params, uint32_t vcpus, uint64_t seed, uint32_t vm);
	bool (*tapes_check)(const void *params, uint32_t vcpus, const struct tapes *tapes,
			    GError **error);
	struct workload *(*replay)(const void *params, uint32_t vcpus, const struct tapes *tapes);
	/* Optional, for parameters that refer to something: a copy of them comes or goes; a text
	 * that stands for it in a hash. */
	void (*hold)(const void *params);
	void (*drop)(const void *params);
	const char *(*digest)(const void *params);
};

/* The registry: NULL-terminated. */
extern const struct workload_shape *const workload_shapes[];
