/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import_ftrace.c - the text of ftrace recordings: trace-cmd report, perf script, tracefs
 */
#include <stdlib.h>
#include <string.h>

#include "sim/engine/fail.h"
#include "workloads/import.h"
#include "workloads/import_ftrace.h"
#include "workloads/trace_text.h"

#define HEAD_MOST 1000000 /* lines before the first event, and at one time */

typedef bool event_function(struct ftrace *ftrace, const struct ftrace_line *line,
			    struct ftrace_task *current);

static bool has(const struct ftrace_line *line, const char *word)
{
	return memmem(line->args, (size_t)(line->end - line->args), word, strlen(word));
}

static bool on_switch(struct ftrace *ftrace, const struct ftrace_line *line,
		      struct ftrace_task *current)
{
	struct ftrace_switch found;

	(void)current;
	if (!ftrace_switch_parse(line, &found))
		return false;
	ftrace_switch(ftrace, line->cpu, &found);
	return true;
}

static bool on_wake(struct ftrace *ftrace, const struct ftrace_line *line,
		    struct ftrace_task *current)
{
	const char *comm, *comm_end;
	struct ftrace_task *target;
	uint32_t pid;

	if (!ftrace_wake_parse(line, &comm, &comm_end, &pid))
		return false;
	target = ftrace_task(ftrace, pid, comm, comm_end);
	ftrace_wake(ftrace, current, target,
		    ftrace->cpu[line->cpu].block_done ? FTRACE_BY_DEVICE
		    : line->pid && !line->in_irq && !ftrace->cpu[line->cpu].in_irq
			    ? FTRACE_BY_TASK
			    : FTRACE_BY_INTERRUPT);
	return true;
}

static bool on_fork(struct ftrace *ftrace, const struct ftrace_line *line,
		    struct ftrace_task *current)
{
	const char *comm, *comm_end;
	uint32_t pid;

	if (!ftrace_fork_parse(line, &comm, &comm_end, &pid) || pid == line->pid)
		return false;
	ftrace_fork(ftrace, current, pid, comm, comm_end);
	return true;
}

/* The end itself is its last switch; whom it wakes before may wait for that. */
static bool on_exit_of(struct ftrace *ftrace, const struct ftrace_line *line,
		       struct ftrace_task *current)
{
	(void)line;
	current->exits = true;
	import_note(ftrace->import, IMPORT_IMPLIED, "sched_process_exit: seen in the last switch");
	return true;
}

/* Whom the same handler wakes next has waited for it. */
static bool on_block_complete(struct ftrace *ftrace, const struct ftrace_line *line,
			      struct ftrace_task *current)
{
	(void)current;
	ftrace->cpu[line->cpu].block_done = true;
	import_note(ftrace->import, IMPORT_IMPLIED, "block request: seen in who waits for it");
	return true;
}

static bool on_block(struct ftrace *ftrace, const struct ftrace_line *line,
		     struct ftrace_task *current)
{
	(void)line, (void)current;
	import_note(ftrace->import, IMPORT_IMPLIED, "block request: seen in who waits for it");
	return true;
}

static bool on_page_fault(struct ftrace *ftrace, const struct ftrace_line *line,
			  struct ftrace_task *current)
{
	(void)line;
	ftrace_fault(ftrace, current);
	import_note(ftrace->import, current->task ? IMPORT_NEARLY : IMPORT_NOT,
		    current->task ? "kvm_page_fault: a touch, as dear as the host's costs say"
				  : "kvm_page_fault of a task that was not asked for");
	return true;
}

/* The number behind a key, or 0. */
static long number_after(const struct ftrace_line *line, const char *key)
{
	const char *found = memmem(line->args, (size_t)(line->end - line->args), key, strlen(key));
	g_autofree char *text = found ? g_strndup(found + strlen(key), 20) : NULL;

	return text ? strtol(text, NULL, 0) : 0;
}

/* Only the sender's line is an op; who receives follows from it. "pages:-1" is all. */
static bool on_tlb(struct ftrace *ftrace, const struct ftrace_line *line,
		   struct ftrace_task *current)
{
	long pages = number_after(line, "pages:");

	ftrace->tlb = true;
	if (!has(line, "remote IPI send") && number_after(line, "reason:") != 4) {
		import_note(ftrace->import, IMPORT_IMPLIED, "tlb_flush on the CPU itself");
		return true;
	}
	if (!current->task) {
		import_note(ftrace->import, IMPORT_NOT,
			    "tlb_flush of a task that was not asked for, or of idle");
		return true;
	}
	ftrace_op(ftrace, current, OP_SHOOTDOWN, 0, pages > 0 ? (uint64_t)pages : 0);
	import_note(ftrace->import, IMPORT_MAPPED, "tlb_flush by IPI: a shootdown");
	return true;
}

static bool on_ipi(struct ftrace *ftrace, const struct ftrace_line *line,
		   struct ftrace_task *current)
{
	if (!has(line, "flush_tlb") || ftrace->tlb || !current->task) {
		import_note(ftrace->import, IMPORT_IMPLIED, "IPI of the kernel");
		return true;
	}
	ftrace_op(ftrace, current, OP_SHOOTDOWN, 0, 0);
	import_note(ftrace->import, IMPORT_NEARLY,
		    "IPI that flushes TLBs: a shootdown of everything");
	return true;
}

/* Handlers are the machine's own; they tell who wakes. */
static bool on_irq(struct ftrace *ftrace, const struct ftrace_line *line,
		   struct ftrace_task *current)
{
	struct ftrace_cpu *cpu = &ftrace->cpu[line->cpu];

	(void)current;
	if (line->event_end - line->event > 6 && memcmp(line->event_end - 6, "_entry", 6) == 0)
		cpu->in_irq++;
	else if (cpu->in_irq)
		cpu->in_irq--;
	import_note(ftrace->import, IMPORT_IMPLIED, "interrupt handler");
	return true;
}

static bool on_contention(struct ftrace *ftrace, const struct ftrace_line *line,
			  struct ftrace_task *current)
{
	bool begins = memcmp(line->event_end - 5, "begin", 5) == 0;

	if (begins && !has(line, "SPIN")) {
		import_note(ftrace->import, IMPORT_IMPLIED,
			    "contention of a lock that sleeps: seen in its switches");
		return true;
	}
	ftrace_mode(ftrace, current, begins ? OP_KERNEL : OP_RUN);
	import_note(ftrace->import, IMPORT_NEARLY,
		    "contention of a spin lock: kernel work; its holder is not recorded");
	return true;
}

static bool on_kernel_entry(struct ftrace *ftrace, const struct ftrace_line *line,
			    struct ftrace_task *current)
{
	(void)line;
	ftrace_mode(ftrace, current, OP_KERNEL);
	import_note(ftrace->import, IMPORT_MAPPED, "sys_enter, kvm_exit: kernel work from there");
	return true;
}

static bool on_kernel_exit(struct ftrace *ftrace, const struct ftrace_line *line,
			   struct ftrace_task *current)
{
	(void)line;
	ftrace_mode(ftrace, current, OP_RUN);
	import_note(ftrace->import, IMPORT_MAPPED, "sys_exit, kvm_entry: user work from there");
	return true;
}

/* Ends of names that begin so. */
static const struct {
	const char *event;
	event_function *add;
} events[] = {
	{ "sched_switch", on_switch },
	{ "sched_waking", on_wake },
	{ "sched_wakeup", on_wake },
	{ "sched_wakeup_new", on_wake },
	{ "sched_process_fork", on_fork },
	{ "sched_process_exit", on_exit_of },
	{ "tlb_flush", on_tlb },
	{ "ipi_send_cpumask", on_ipi },
	{ "ipi_send_cpu", on_ipi },
	{ "contention_begin", on_contention },
	{ "contention_end", on_contention },
	{ "sys_enter", on_kernel_entry },
	{ "sys_exit", on_kernel_exit },
	{ "kvm_exit", on_kernel_entry },
	{ "kvm_entry", on_kernel_exit },
	{ "kvm_page_fault", on_page_fault },
	{ "block_rq_complete", on_block_complete },
	{ "block_rq_insert", on_block },
	{ "block_rq_issue", on_block },
	{ "local_timer_entry", on_irq },
	{ "local_timer_exit", on_irq },
	{ "reschedule_entry", on_irq },
	{ "reschedule_exit", on_irq },
	{ "call_function_entry", on_irq },
	{ "call_function_exit", on_irq },
	{ "call_function_single_entry", on_irq },
	{ "call_function_single_exit", on_irq },
	{ "irq_handler_entry", on_irq },
	{ "irq_handler_exit", on_irq },
	{ "softirq_entry", on_irq },
	{ "softirq_exit", on_irq },
};

static event_function *find_event(const struct ftrace_line *line)
{
	size_t length = (size_t)(line->event_end - line->event);

	for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
		if (strlen(events[i].event) == length &&
		    memcmp(events[i].event, line->event, length) == 0)
			return events[i].add;
	}
	return NULL;
}

static bool add_event(struct ftrace *ftrace, const struct ftrace_line *line, GError **error)
{
	event_function *add = find_event(line);

	if (ftrace->now && line->time < ftrace->now)
		return fail(error, ERROR_INPUT,
			    "found the time %" G_GUINT64_FORMAT ".%09u after %" G_GUINT64_FORMAT
			    ".%09u; legal: lines in the order of time",
			    line->time / 1000000000, (unsigned)(line->time % 1000000000),
			    ftrace->now / 1000000000, (unsigned)(ftrace->now % 1000000000));
	ftrace->at_once = line->time == ftrace->now ? ftrace->at_once + 1 : 0;
	if (ftrace->at_once == HEAD_MOST) /* a line that repeats for ever */
		return fail(error, ERROR_INPUT,
			    "found %d lines at one time; legal: a recording whose time goes on",
			    HEAD_MOST);
	if (!ftrace->now)
		ftrace->begin = line->time;
	ftrace->now = line->time;
	ftrace_seen(ftrace, line);
	if (add != on_wake)
		ftrace->cpu[line->cpu].block_done = false;
	if (!add) {
		import_note(ftrace->import, IMPORT_NOT, "event %.*s",
			    (int)(line->event_end - line->event), line->event);
		return true;
	}
	return add(ftrace, line, ftrace_task(ftrace, line->pid, line->comm, line->comm_end)) ||
	       fail(error, ERROR_INPUT, "found a %.*s of an unknown form",
		    (int)(line->event_end - line->event), line->event);
}

/* Lines of other programs between the events are counted, too. */
static bool add_line(struct ftrace *ftrace, const char *text, const char *end, GError **error)
{
	struct ftrace_line line;

	if (memchr(text, '\0', (size_t)(end - text)))
		return fail(error, ERROR_INPUT,
			    "found bytes that are no text; legal: the output of trace-cmd report "
			    "or perf script");
	if (text == end || *text == '#')
		return true;
	if (ftrace_line_parse(text, end, &line))
		return add_event(ftrace, &line, error);
	import_note(ftrace->import, IMPORT_NOT,
		    memmem(text, (size_t)(end - text), "LOST", 4) ? "line that says events are lost"
								  : "line that is no event");
	return true;
}

static bool read_all(struct ftrace *ftrace, struct trace_text *text, GError **error)
{
	uint64_t lines = 0;

	for (;;) {
		const char *line, *end;

		/* what never ends, but is no recording, must not hang us */
		if (!ftrace->now && lines++ == HEAD_MOST)
			return fail(
				error, ERROR_INPUT,
				"%s: found no event in the first %d lines; legal: the output of "
				"trace-cmd report or perf script",
				text->name, HEAD_MOST);
		switch (trace_text_next(text, &line, &end, error)) {
		case TRACE_LINE:
			if (!add_line(ftrace, line, end, error))
				return trace_text_blame(text, line, line, error);
			break;
		case TRACE_TEXT_END:
			return ftrace->now || fail(error, ERROR_INPUT,
						   "%s: found no event; legal: the output of "
						   "trace-cmd report or perf script",
						   text->name);
		default:
			return false;
		}
	}
}

struct import *import_ftrace(const char *path, char **only, GError **error)
{
	struct ftrace *ftrace = g_new0(struct ftrace, 1);
	struct import *import = NULL;
	struct trace_text text;

	if (trace_text_open(&text, path, true, error)) {
		text.lax = true;
		import = import_new(path);
		import->unit = "burst";
		ftrace->import = import;
		ftrace->only = only;
		ftrace_init(ftrace);
		if (read_all(ftrace, &text, error)) {
			ftrace_finish(ftrace);
			if (!import->tasks->len)
				fail(error, ERROR_INPUT, "%s: found no task%s", path,
				     only ? " that is asked for" : "");
		}
		if (error && *error)
			g_clear_pointer(&import, import_free);
		ftrace_clear(ftrace);
	}
	trace_text_close(&text);
	g_free(ftrace);
	return import;
}
