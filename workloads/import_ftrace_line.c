/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import_ftrace_line.c - one line of a recording
 *
 * trace-cmd report and tracefs:  COMM-PID [CPU] FLAGS SEC.FRACTION: EVENT: ARGUMENTS
 * perf script:                   COMM PID [CPU] SEC.FRACTION: SYSTEM:EVENT: ARGUMENTS
 *
 * Flags may be missing. A command may contain blanks, so the line is read from the CPU on.
 */
#include <string.h>

#include "workloads/import_ftrace.h"

static const char *skip_blanks(const char *text, const char *end)
{
	while (text < end && (*text == ' ' || *text == '\t'))
		text++;
	return text;
}

static const char *word_end(const char *text, const char *end)
{
	while (text < end && *text != ' ' && *text != '\t')
		text++;
	return text;
}

static bool read_digits(const char **text, const char *end, uint64_t *number)
{
	const char *begin = *text;

	*number = 0;
	while (*text < end && g_ascii_isdigit(**text) && *text - begin < 18)
		*number = *number * 10 + (uint64_t)(*(*text)++ - '0');
	return *text > begin;
}

/* "[012]" behind a blank; the place of its bracket. */
static const char *find_cpu(const char *text, const char *end, uint64_t *cpu, const char **behind)
{
	for (const char *c = text; c + 2 < end; c++) {
		const char *digits = c + 1;

		if (*c == '[' && c > text && c[-1] == ' ' && read_digits(&digits, end, cpu) &&
		    digits < end && *digits == ']' && digits - c > 3) {
			*behind = digits + 1;
			return c;
		}
	}
	return NULL;
}

/* "COMM-PID" or "COMM PID" or "COMM PID/TID", before the CPU. */
static bool read_task(const char *text, const char *end, struct ftrace_line *line)
{
	const char *digits;
	uint64_t pid;

	text = skip_blanks(text, end);
	while (end > text && end[-1] == ' ')
		end--;
	digits = end;
	while (digits > text && g_ascii_isdigit(digits[-1]))
		digits--;
	line->comm_end = digits;
	if (!read_digits(&digits, end, &pid) || pid >= FTRACE_NO_TASK || line->comm_end == text)
		return false;
	if (line->comm_end[-1] == '/') {
		line->comm_end--;
		while (line->comm_end > text && g_ascii_isdigit(line->comm_end[-1]))
			line->comm_end--;
	}
	line->pid = (uint32_t)pid;
	line->comm = text;
	while (line->comm_end > text && (line->comm_end[-1] == ' ' || line->comm_end[-1] == '-'))
		line->comm_end--;
	return true;
}

/* "12.345678:" */
static bool read_time(const char *text, const char *end, uint64_t *ns)
{
	uint64_t seconds, fraction, scale = 1000000000;
	const char *begin;

	if (!read_digits(&text, end, &seconds) || seconds > UINT32_MAX || text == end ||
	    *text++ != '.')
		return false;
	begin = text;
	if (!read_digits(&text, end, &fraction) || text - begin > 9 || text + 1 != end ||
	    *text != ':')
		return false;
	for (; begin < text; begin++)
		scale /= 10;
	*ns = seconds * 1000000000 + fraction * scale;
	return true;
}

/* "d.h2." says in its third letter whether an interrupt is being handled. */
static bool flags_say_irq(const char *text, const char *end)
{
	return end - text >= 4 && strchr("hHszZ", text[2]);
}

bool ftrace_line_parse(const char *text, const char *end, struct ftrace_line *line)
{
	const char *behind, *bracket, *word;
	uint64_t cpu;

	*line = (struct ftrace_line){ .end = end };
	bracket = find_cpu(text, end, &cpu, &behind);
	if (!bracket || cpu >= FTRACE_CPUS_MOST || !read_task(text, bracket, line))
		return false;
	line->cpu = (uint32_t)cpu;
	for (;;) {
		word = skip_blanks(behind, end);
		behind = word_end(word, end);
		if (word == behind)
			return false;
		if (read_time(word, behind, &line->time))
			break;
		line->in_irq |= flags_say_irq(word, behind);
	}
	do { /* perf may write a period before the event */
		word = skip_blanks(behind, end);
		behind = word_end(word, end);
	} while (word < behind && g_ascii_isdigit(*word));
	if (behind - word < 2 || behind[-1] != ':')
		return false;
	line->event_end = behind - 1;
	line->event = line->event_end;
	while (line->event > word && line->event[-1] != ':')
		line->event--;
	line->args = skip_blanks(behind, end);
	return true;
}

static const char *find(const char *text, const char *end, const char *word)
{
	return memmem(text, (size_t)(end - text), word, strlen(word));
}

/* "COMM_KEYcomm PID_KEYpid": the pid's place is looked for, for a command may contain anything. */
static const char *read_keys(const char *text, const char *end, const char *comm_key,
			     const char *pid_key, const char **comm, const char **comm_end,
			     uint32_t *pid)
{
	const char *begin = find(text, end, comm_key);
	const char *number = begin ? find(begin, end, pid_key) : NULL;
	uint64_t value;

	if (!number)
		return NULL;
	*comm = begin + strlen(comm_key);
	*comm_end = number;
	number += strlen(pid_key);
	if (!read_digits(&number, end, &value) || value >= FTRACE_NO_TASK)
		return NULL;
	*pid = (uint32_t)value;
	return number;
}

/* "comm:pid [prio]", as trace-cmd writes it; what follows. */
static const char *read_short(const char *text, const char *end, const char **comm,
			      const char **comm_end, uint32_t *pid)
{
	for (const char *c = text; c < end; c++) {
		const char *number = c + 1;
		uint64_t value;

		if (*c != ':' || !read_digits(&number, end, &value) || number + 1 >= end ||
		    number[0] != ' ' || number[1] != '[' || value >= FTRACE_NO_TASK)
			continue;
		*comm = text;
		*comm_end = c;
		*pid = (uint32_t)value;
		number = memchr(number, ']', (size_t)(end - number));
		return number ? number + 1 : NULL;
	}
	return NULL;
}

bool ftrace_switch_parse(const struct ftrace_line *line, struct ftrace_switch *found)
{
	const char *arrow = find(line->args, line->end, " ==> "), *rest, *state;

	if (!arrow)
		return false;
	rest = read_keys(line->args, arrow, "prev_comm=", " prev_pid=", &found->comm[0],
			 &found->comm_end[0], &found->pid[0]);
	if (rest) {
		state = find(rest, arrow, "prev_state=");
		state = state ? state + strlen("prev_state=") : NULL;
		rest = read_keys(arrow, line->end, "next_comm=", " next_pid=", &found->comm[1],
				 &found->comm_end[1], &found->pid[1]);
	} else {
		state = read_short(line->args, arrow, &found->comm[0], &found->comm_end[0],
				   &found->pid[0]);
		state = state ? skip_blanks(state, arrow) : NULL;
		rest = read_short(arrow + strlen(" ==> "), line->end, &found->comm[1],
				  &found->comm_end[1], &found->pid[1]);
	}
	if (!rest || !state || state >= arrow)
		return false;
	found->state = *state;
	return g_ascii_isalpha(*state);
}

bool ftrace_wake_parse(const struct ftrace_line *line, const char **comm, const char **comm_end,
		       uint32_t *pid)
{
	return read_keys(line->args, line->end, "comm=", " pid=", comm, comm_end, pid) ||
	       read_short(line->args, line->end, comm, comm_end, pid);
}

bool ftrace_fork_parse(const struct ftrace_line *line, const char **comm, const char **comm_end,
		       uint32_t *pid)
{
	return read_keys(line->args, line->end, "child_comm=", " child_pid=", comm, comm_end, pid);
}
