/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import_ftrace.h - a recording as it is being read; between its lines and its tasks
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "workloads/op.h"

struct import;
struct import_task;

#define FTRACE_CPUS_MOST 4096
#define FTRACE_NO_TASK UINT32_MAX

enum ftrace_state {
	FTRACE_UNKNOWN, /* asleep since the begin, if it is woken before it is seen running */
	FTRACE_RUNNING,
	FTRACE_RUNNABLE,
	FTRACE_BLOCKED,
	FTRACE_GONE,
};

/* A thread of the recording. Owner: ftrace.tasks, which lists those of each pid. */
struct ftrace_task {
	struct import_task *task; /* borrowed; NULL: not asked for, or idle */
	uint32_t pid, number;	  /* its section in the trace, if it has one */
	uint32_t parent;	  /* pid of who spawned it; FTRACE_NO_TASK: nobody, or joined */
	bool exits;		  /* it is on its way out */
	enum ftrace_state state;
	uint64_t since;	   /* ns: in that state */
	uint64_t pending;  /* ns of CPU time that is no op yet */
	enum op_kind mode; /* of that time: OP_RUN or OP_KERNEL */
	bool faults;	   /* that time is the host's, for a page */
	uint32_t queue;	   /* of its wake-ups by tasks; FTRACE_NO_TASK: none yet */
};

struct ftrace_cpu {
	uint32_t pid;	 /* that runs; FTRACE_NO_TASK: not known yet */
	bool block_done; /* the last event but wake-ups was the end of a block request */
	uint32_t in_irq; /* handlers under way, as far as they are recorded */
};

struct ftrace {
	struct import *import;
	char **only;	   /* globs of the names that are asked for, or NULL; borrowed */
	GHashTable *tasks; /* pid -> struct ftrace_task */
	struct ftrace_cpu cpu[FTRACE_CPUS_MOST];
	uint32_t cpus;	     /* the highest seen and one */
	uint64_t begin, now; /* ns: first line, this line */
	uint64_t at_once;    /* lines in a row with the time of this one */
	bool tlb;	     /* tlb_flush is recorded, so IPIs of flushes say nothing new */
};

/* The line at hand. Texts end at `end`. */
struct ftrace_line {
	const char *comm, *comm_end;
	uint32_t pid, cpu;
	uint64_t time;
	bool in_irq; /* by its flags */
	const char *event, *event_end;
	const char *args, *end;
};

/* import_ftrace_line.c */
bool ftrace_line_parse(const char *text, const char *end, struct ftrace_line *line);
/* The arguments of a switch or of a wake-up; false: not of a known form. */
struct ftrace_switch {
	const char *comm[2], *comm_end[2];
	uint32_t pid[2]; /* from, to */
	char state;
};
bool ftrace_switch_parse(const struct ftrace_line *line, struct ftrace_switch *found);
/* The task that is made by a fork. */
bool ftrace_fork_parse(const struct ftrace_line *line, const char **comm, const char **comm_end,
		       uint32_t *pid);
bool ftrace_wake_parse(const struct ftrace_line *line, const char **comm, const char **comm_end,
		       uint32_t *pid);

/* import_ftrace_task.c */
void ftrace_init(struct ftrace *ftrace);
void ftrace_clear(struct ftrace *ftrace);
struct ftrace_task *ftrace_task(struct ftrace *ftrace, uint32_t pid, const char *comm,
				const char *comm_end);
/* The line says which task its CPU runs; before the first switch nothing else does. */
void ftrace_seen(struct ftrace *ftrace, const struct ftrace_line *line);
void ftrace_switch(struct ftrace *ftrace, uint32_t cpu, const struct ftrace_switch *found);
enum ftrace_waker { FTRACE_BY_TASK, FTRACE_BY_INTERRUPT, FTRACE_BY_DEVICE };
void ftrace_wake(struct ftrace *ftrace, struct ftrace_task *waker, struct ftrace_task *target,
		 enum ftrace_waker by);
/* The task at hand makes one with that pid, which may have been another's. */
void ftrace_fork(struct ftrace *ftrace, struct ftrace_task *parent, uint32_t pid, const char *comm,
		 const char *comm_end);
/* A page is mapped for the task; the kernel's time until it goes on is not the task's. */
void ftrace_fault(struct ftrace *ftrace, struct ftrace_task *task);
/* What the task does from now on is user or kernel work. */
void ftrace_mode(struct ftrace *ftrace, struct ftrace_task *task, enum op_kind mode);
void ftrace_op(struct ftrace *ftrace, struct ftrace_task *task, enum op_kind kind, uint32_t object,
	       uint64_t amount);
/* At the end of the recording. */
void ftrace_finish(struct ftrace *ftrace);
