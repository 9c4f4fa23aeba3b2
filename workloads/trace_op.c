/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_op.c - ops as text
 */
#include "workloads/trace_op.h"

#include <string.h>

#include "sim/engine/fail.h"
#include "sim/engine/time.h"
#include "workloads/workload.h"

/* clang-format off */
const struct trace_op_kind trace_ops[OP_KINDS] = {
	/* name, object, amount, role, legal under a spin lock */
	[OP_RUN] = { "run", TRACE_NO_OBJECT, TRACE_NS, TRACE_TIME, false },
	[OP_SPIN] = { "spin", TRACE_NO_OBJECT, TRACE_NS, TRACE_TIME, false },
	[OP_KERNEL] = { "kernel", TRACE_NO_OBJECT, TRACE_NS, TRACE_TIME, true },
	[OP_LOCK] = { "lock", TRACE_SPIN_LOCK, TRACE_FLAG, TRACE_ACQUIRE, true },
	[OP_UNLOCK] = { "unlock", TRACE_SPIN_LOCK, TRACE_NO_AMOUNT, TRACE_RELEASE, true },
	[OP_MUTEX_LOCK] = { "mutex-lock", TRACE_MUTEX, TRACE_NO_AMOUNT, TRACE_ACQUIRE, false },
	[OP_MUTEX_UNLOCK] = { "mutex-unlock", TRACE_MUTEX, TRACE_NO_AMOUNT, TRACE_RELEASE, false },
	[OP_PUT] = { "put", TRACE_QUEUE, TRACE_ITEMS, TRACE_PUT, false },
	[OP_GET] = { "get", TRACE_QUEUE, TRACE_ITEMS, TRACE_GET, false },
	[OP_SHOOTDOWN] = { "shootdown", TRACE_NO_OBJECT, TRACE_PAGES, TRACE_PLAIN, true },
	[OP_CALL_ALL] = { "call-all", TRACE_NO_OBJECT, TRACE_NS, TRACE_PLAIN, false },
	[OP_CALL_ASYNC] = { "call-async", TRACE_NO_OBJECT, TRACE_NS, TRACE_PLAIN, false },
	[OP_UNMAP] = { "unmap", TRACE_NO_OBJECT, TRACE_PAGES, TRACE_PLAIN, true },
	[OP_SLEEP] = { "sleep", TRACE_NO_OBJECT, TRACE_NS, TRACE_TIME, false },
	[OP_YIELD] = { "yield", TRACE_NO_OBJECT, TRACE_NO_AMOUNT, TRACE_PLAIN, false },
	[OP_KERNEL_MUTEX_LOCK] = { "kernel-mutex-lock", TRACE_KERNEL_MUTEX, TRACE_NO_AMOUNT, TRACE_ACQUIRE, false },
	[OP_KERNEL_MUTEX_UNLOCK] = { "kernel-mutex-unlock", TRACE_KERNEL_MUTEX, TRACE_NO_AMOUNT, TRACE_RELEASE, false },
	[OP_READ_LOCK] = { "read-lock", TRACE_RWSEM, TRACE_NO_AMOUNT, TRACE_ACQUIRE, false },
	[OP_WRITE_LOCK] = { "write-lock", TRACE_RWSEM, TRACE_NO_AMOUNT, TRACE_ACQUIRE, false },
	[OP_RW_UNLOCK] = { "rw-unlock", TRACE_RWSEM, TRACE_NO_AMOUNT, TRACE_RELEASE, false },
	[OP_DOWNGRADE] = { "downgrade", TRACE_RWSEM, TRACE_NO_AMOUNT, TRACE_HELD, false },
	[OP_FUTEX_WAIT] = { "futex-wait", TRACE_FUTEX, TRACE_NO_AMOUNT, TRACE_PLAIN, false },
	[OP_FUTEX_WAKE] = { "futex-wake", TRACE_FUTEX, TRACE_TASKS, TRACE_PLAIN, false },
	[OP_BARRIER] = { "barrier", TRACE_BARRIER, TRACE_SPIN, TRACE_PLAIN, false },
	[OP_COND_WAIT] = { "cond-wait", TRACE_MUTEX, TRACE_NO_AMOUNT, TRACE_HELD, false },
	[OP_COND_SIGNAL] = { "cond-signal", TRACE_MUTEX, TRACE_NO_AMOUNT, TRACE_PLAIN, false },
	[OP_COND_BROADCAST] = { "cond-broadcast", TRACE_MUTEX, TRACE_NO_AMOUNT, TRACE_PLAIN, false },
	[OP_RCU_READ] = { "rcu-read", TRACE_NO_OBJECT, TRACE_NS, TRACE_TIME, true },
	[OP_CALL_RCU] = { "call-rcu", TRACE_RCU_OBJECT, TRACE_OBJECTS_FREED, TRACE_PLAIN, true },
	[OP_SYNCHRONIZE_RCU] = { "synchronize-rcu", TRACE_NO_OBJECT, TRACE_FLAG, TRACE_PLAIN, false },
	[OP_TIMER] = { "timer", TRACE_NO_OBJECT, TRACE_NS, TRACE_TIME, false },
	[OP_SPAWN] = { "spawn", TRACE_TASK, TRACE_COST, TRACE_STARTS, false },
	[OP_JOIN] = { "join", TRACE_TASK, TRACE_NO_AMOUNT, TRACE_JOINS, false },
	[OP_IO] = { "io", TRACE_NO_OBJECT, TRACE_NS, TRACE_TIME, false },
	[OP_TOUCH] = { "touch", TRACE_NO_OBJECT, TRACE_PAGES_SOME, TRACE_PLAIN, false },
	[OP_MARK_BEGIN] = { "mark-begin", TRACE_MARK, TRACE_FLAG, TRACE_BEGINS, true },
	[OP_MARK_END] = { "mark-end", TRACE_MARK, TRACE_NO_AMOUNT, TRACE_ENDS, true },
	[OP_WORK] = { "work", TRACE_NO_OBJECT, TRACE_UNITS, TRACE_PLAIN, true },
	[OP_PASS] = { "pass", TRACE_NO_OBJECT, TRACE_NO_AMOUNT, TRACE_PLAIN, false },
	[OP_EXIT] = { "exit", TRACE_NO_OBJECT, TRACE_NO_AMOUNT, TRACE_LAST, false },
};

const struct trace_object_kind trace_objects[TRACE_OBJECTS + 1] = {
	[TRACE_SPIN_LOCK] = { "spin-lock", NULL, offsetof(struct workload, spin_locks), 0 },
	[TRACE_MUTEX] = { "mutex", NULL, offsetof(struct workload, mutexes), 0 },
	[TRACE_QUEUE] = { "queue", "items", offsetof(struct workload, queues),
			  offsetof(struct workload, queue_capacity) },
	[TRACE_KERNEL_MUTEX] = { "kernel-mutex", NULL, offsetof(struct workload, kernel_mutexes), 0 },
	[TRACE_RWSEM] = { "rwsem", NULL, offsetof(struct workload, rwsems), 0 },
	[TRACE_FUTEX] = { "futex", NULL, offsetof(struct workload, futexes), 0 },
	[TRACE_BARRIER] = { "barrier", "parties", offsetof(struct workload, barriers),
			    offsetof(struct workload, barrier_parties) },
	[TRACE_RCU_OBJECT] = { "rcu-object", "bytes", offsetof(struct workload, rcu_objects),
			       offsetof(struct workload, rcu_object_bytes) },
	[TRACE_TASK] = { "task", NULL, offsetof(struct workload, tasks), 0 },
	[TRACE_MARK] = { "mark", NULL, offsetof(struct workload, marks), 0 },
};
/* clang-format on */

static const struct {
	const char *unit;
	uint64_t least, most;
	bool optional; /* 0 need not be written */
} amounts[] = {
	[TRACE_NO_AMOUNT] = { "", 0, 0, true },
	[TRACE_FLAG] = { "as a flag", 0, 1, true },
	[TRACE_NS] = { "ns", 1, 3600 * NSEC_PER_SEC, false },
	[TRACE_ITEMS] = { "items", 1, UINT32_MAX, false },
	[TRACE_PAGES] = { "pages, 0 for all", 0, UINT32_MAX, false },
	[TRACE_PAGES_SOME] = { "pages", 1, UINT32_MAX, false },
	[TRACE_UNITS] = { "units", 1, UINT32_MAX, false },
	[TRACE_TASKS] = { "tasks", 1, UINT32_MAX, false },
	[TRACE_OBJECTS_FREED] = { "objects", 1, UINT32_MAX, false },
	[TRACE_COST] = { "ns of kernel work", 0, 3600 * NSEC_PER_SEC, true },
	[TRACE_SPIN] = { "ns of spin, 0 for none", 0, 3600 * NSEC_PER_SEC, false },
};

uint32_t *trace_object_count(struct workload *workload, enum trace_object object)
{
	return (uint32_t *)(void *)((char *)workload + trace_objects[object].count);
}

uint64_t **trace_object_values(struct workload *workload, enum trace_object object)
{
	return (uint64_t **)(void *)((char *)workload + trace_objects[object].values);
}

#define SHOWN_MOST 32

char *trace_shown(const char *text, const char *end)
{
	GString *shown = g_string_new("\"");

	for (const char *c = text; c < end; c++) {
		if (c - text == SHOWN_MOST) {
			g_string_append(shown, "...");
			break;
		}
		if (g_ascii_isprint(*c) && *c != '"')
			g_string_append_c(shown, *c);
		else
			g_string_append_printf(shown, "\\x%02x", (unsigned char)*c);
	}
	g_string_append_c(shown, '"');
	return g_string_free(shown, FALSE);
}

bool trace_number(const char **text, const char *end, uint64_t *number)
{
	const char *c = *text;
	uint64_t value = 0;

	while (c < end && *c >= '0' && *c <= '9') {
		if (value > (UINT64_MAX - 9) / 10)
			return false;
		value = value * 10 + (uint64_t)(*c++ - '0');
	}
	if (c == *text || (c < end && *c != ' '))
		return false;
	*text = c;
	*number = value;
	return true;
}

static inline uint32_t word_hash(const char *word, size_t length)
{
	return ((uint32_t)(unsigned char)word[0] * 7 + (uint32_t)(unsigned char)word[length - 1] +
		(uint32_t)length * 37) %
	       TRACE_SLOTS;
}

void trace_grammar_init(struct trace_grammar *grammar)
{
	memset(grammar, 0, sizeof(*grammar));
	for (uint32_t kind = 0; kind < OP_KINDS; kind++) {
		uint32_t slot = word_hash(trace_ops[kind].name, strlen(trace_ops[kind].name));

		while (grammar->slot[slot])
			slot = (slot + 1) % TRACE_SLOTS;
		grammar->slot[slot] = (uint8_t)(kind + 1);
	}
}

static const struct trace_op_kind *find_op(const struct trace_grammar *grammar, const char *word,
					   size_t length)
{
	for (uint32_t slot = word_hash(word, length); grammar->slot[slot];
	     slot = (slot + 1) % TRACE_SLOTS) {
		const struct trace_op_kind *kind = &trace_ops[grammar->slot[slot] - 1];

		if (memcmp(kind->name, word, length) == 0 && kind->name[length] == '\0')
			return kind;
	}
	return NULL;
}

static bool fail_word(const char *word, const char *end, GError **error)
{
	g_autofree char *shown = trace_shown(word, end);
	GString *legal = g_string_new(NULL);

	for (uint32_t kind = 0; kind < OP_KINDS; kind++)
		g_string_append_printf(legal, "%s%s", kind ? ", " : "", trace_ops[kind].name);
	fail(error, ERROR_INPUT, "found an unknown op %s; legal: %s", shown, legal->str);
	g_string_free(legal, TRUE);
	return false;
}

/* How the op is written: "put QUEUE ITEMS". */
static bool fail_form(const struct trace_op_kind *kind, const char *at, const char *end,
		      GError **error)
{
	g_autofree char *shown = trace_shown(at, end);
	g_autofree char *object =
		kind->object ? g_strconcat(" ", trace_objects[kind->object].name, NULL) : NULL;

	if (!kind->amount)
		return fail(error, ERROR_INPUT, "found %s; legal: %s%s",
			    at < end ? shown : "an end", kind->name, object ? object : "");
	return fail(error, ERROR_INPUT,
		    "found %s; legal: %s%s AMOUNT, %" G_GUINT64_FORMAT "..%" G_GUINT64_FORMAT " %s",
		    at < end ? shown : "no more", kind->name, object ? object : "",
		    amounts[kind->amount].least, amounts[kind->amount].most,
		    amounts[kind->amount].unit);
}

bool trace_op_parse(const struct trace_grammar *grammar, const char *line, const char *end,
		    struct op *op, const char **at, GError **error)
{
	const char *c = line;
	uint64_t object = 0, amount = 0;

	while (c < end && *c != ' ')
		c++;

	const struct trace_op_kind *kind = c > line ? find_op(grammar, line, (size_t)(c - line))
						    : NULL;

	*at = line;
	if (!kind)
		return fail_word(line, c, error);
	if (kind->object) {
		*at = c < end ? ++c : c;
		if (!trace_number(&c, end, &object) || object > UINT32_MAX)
			return fail_form(kind, *at, end, error);
	}
	if (kind->amount && !(amounts[kind->amount].optional && c == end)) {
		*at = c < end ? ++c : c;
		if (!trace_number(&c, end, &amount) || amount < amounts[kind->amount].least ||
		    amount > amounts[kind->amount].most)
			return fail_form(kind, *at, end, error);
	}
	*at = c;
	if (c != end)
		return fail_form(kind, c, end, error);
	op->kind = (enum op_kind)(kind - trace_ops);
	op->object = (uint32_t)object;
	op->amount = amount;
	return true;
}

static char *print_number(char *to, uint64_t number)
{
	char digits[20];
	size_t n = 0;

	do {
		digits[n++] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	*to++ = ' ';
	while (n)
		*to++ = digits[--n];
	return to;
}

size_t trace_op_print(const struct op *op, char *line)
{
	const struct trace_op_kind *kind = &trace_ops[op->kind];
	char *to = stpcpy(line, kind->name);

	if (kind->object)
		to = print_number(to, op->object);
	if (kind->amount && !(amounts[kind->amount].optional && !op->amount))
		to = print_number(to, op->amount);
	*to++ = '\n';
	return (size_t)(to - line);
}
