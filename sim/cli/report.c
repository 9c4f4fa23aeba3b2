/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report.c - cells side by side: which rows there are
 */
#include "sim/cli/report.h"

#include <string.h>

#include "models/config.h"
#include "models/result.h"
#include "sim/cli/describe.h"
#include "sim/cli/report_cells.h"
#include "sim/cli/table.h"
#include "sim/experiment/cell.h"
#include "sim/experiment/metrics.h"
#include "workloads/workload.h"

#define LONGEST_HEADING 16 /* characters of a policy's name in one line */

struct report_row {
	const char *label, *unit;
	report_cell *text;
	size_t arg;
};

#define RATE(counter) (METRIC_RATE + COUNTER_##counter)
#define ACCOUNT(kind) (METRIC_ACCOUNT + ACCOUNT_##kind)
#define NEXT(kind) (METRIC_YIELD_NEXT + NEXT_##kind)
#define SELF(kind) (METRIC_YIELD_SELF + SELF_##kind)
#define LATENCY(kind, field) METRIC_OF_LATENCY(LATENCY_##kind, LATENCY_##field)

static const struct report_row gain_rows[] = {
	{ "  gain over the baseline", "%", cell_gain, 0 },
	{ "  95 % interval", "%", cell_interval, 0 },
	{ "  ceiling of any gain", "%", cell_ceiling, 0 },
	{ "  verdict", "", cell_verdict, 0 },
	{ "  correlation of the pairs", "", cell_correlation, 0 },
	{ .label = NULL },
};

/* Below the rates of each kind of VM. */
static const struct report_row work_rows[] = {
	{ "  whole pass, mean", "s", cell_seconds, LATENCY(PASS, MEAN) },
	{ "  spread over replications", "%", cell_spread, 0 },
	{ "  slowest VM / mean VM", "", cell_ratio, METRIC_SLOWEST_VM },
	{ .label = NULL },
};

/* Only comparisons know these. */
static const struct report_row relative_rows[] = {
	{ "  of the best unpatched", "%", cell_of_best, 0 },
	{ "  of one VM alone", "%", cell_of_one, 0 },
	{ "  efficiency: of nothing lost", "%", cell_efficiency, 0 },
	{ .label = NULL },
};

static const struct report_row latency_rows[] = {
	{ "  lock wait, p50", "us", cell_microseconds, LATENCY(LOCK_WAIT, P50) },
	{ "  lock wait, p99", "us", cell_microseconds, LATENCY(LOCK_WAIT, P99) },
	{ "  lock wait, max", "us", cell_microseconds_max, LATENCY(LOCK_WAIT, MAX) },
	{ "  awaited lock holder off CPU, p50", "us", cell_microseconds, LATENCY(HOLDER_OFF, P50) },
	{ "  awaited lock holder off CPU, p99", "us", cell_microseconds, LATENCY(HOLDER_OFF, P99) },
	{ "  ... of a mutex, p99", "us", cell_microseconds, LATENCY(MUTEX_HOLDER_OFF, P99) },
	{ "  ... of a rwsem, p99", "us", cell_microseconds, LATENCY(RWSEM_HOLDER_OFF, P99) },
	{ "  ... of a user mutex, p99", "us", cell_microseconds, LATENCY(USER_HOLDER_OFF, P99) },
	{ "  lock waiter off CPU, p50", "us", cell_microseconds, LATENCY(WAITER_OFF, P50) },
	{ "  lock waiter off CPU, p99", "us", cell_microseconds, LATENCY(WAITER_OFF, P99) },
	{ "  ... optimistic spinner, p99", "us", cell_microseconds, LATENCY(SPINNER_OFF, P99) },
	{ "  IPI response, p50", "us", cell_microseconds, LATENCY(IPI_RESPONSE, P50) },
	{ "  IPI response, p99", "us", cell_microseconds, LATENCY(IPI_RESPONSE, P99) },
	{ "  IPI response, max", "us", cell_microseconds_max, LATENCY(IPI_RESPONSE, MAX) },
	{ "  vCPU run delay, p50", "us", cell_microseconds, LATENCY(RUN_DELAY, P50) },
	{ "  vCPU run delay, p99", "us", cell_microseconds, LATENCY(RUN_DELAY, P99) },
	{ "  vCPU run delay, max", "us", cell_microseconds_max, LATENCY(RUN_DELAY, MAX) },
	{ .label = NULL },
};

static const struct report_row gang_rows[] = {
	{ "  all pCPUs run one VM (gang)", "%", cell_percent, METRIC_GANG },
	{ "  siblings stacked on a pCPU", "pairs", cell_ratio, METRIC_STACKED },
	{ "  time with siblings stacked", "%", cell_percent, METRIC_STACKED_TIME },
	{ "  ... two of them waiting", "%", cell_percent, METRIC_STACKED_WAITING },
	{ "  ... of any VM", "%", cell_percent, METRIC_STACKED_ANY },
	{ "  vCPUs' time beside a sibling", "%", cell_percent, METRIC_STACKED_VCPUS },
	{ "  vCPUs runnable but off", "%", cell_percent, METRIC_WAITING },
	{ .label = NULL },
};

static const struct report_row event_rows[] = {
	{ "  host context switches", "1/s", cell_rate, RATE(SWITCHES) },
	{ "  wake-ups on another pCPU", "1/s", cell_rate, RATE(MOVED_WAKEUP) },
	{ "  moved to newly idle pCPUs", "1/s", cell_rate, RATE(MOVED_NEWLY_IDLE) },
	{ "  moved by periodic balancing", "1/s", cell_rate, RATE(MOVED_PERIODIC) },
	{ "  pushed while running", "1/s", cell_rate, RATE(MOVED_ACTIVE) },
	{ "  moved between vCPUs", "1/s", cell_rate, RATE(MOVED_GUEST) },
	{ "  VM exits", "1/s", cell_rate, RATE(EXITS) },
	{ "  pause-loop exits", "1/s", cell_rate, RATE(PLE_EXITS) },
	{ "  halts", "1/s", cell_rate, RATE(HALT_EXITS) },
	{ "  guest IPIs", "1/s", cell_rate, RATE(IPIS) },
	{ "  TLB shootdowns", "1/s", cell_rate, RATE(SHOOTDOWNS) },
	{ "  contended spin locks", "1/s", cell_rate, RATE(LOCK_CONTENDED) },
	{ "  spin lock holders preempted", "1/s", cell_rate, RATE(HOLDER_PREEMPTED) },
	{ "  ... and awaited", "1/s", cell_rate, RATE(HOLDER_AWAITED) },
	{ "  mutex holders preempted", "1/s", cell_rate, RATE(MUTEX_HOLDER_PREEMPTED) },
	{ "  ... and awaited", "1/s", cell_rate, RATE(MUTEX_HOLDER_AWAITED) },
	{ "  rwsem holders preempted", "1/s", cell_rate, RATE(RWSEM_HOLDER_PREEMPTED) },
	{ "  ... and awaited", "1/s", cell_rate, RATE(RWSEM_HOLDER_AWAITED) },
	{ "  user mutex holders preempted", "1/s", cell_rate, RATE(USER_HOLDER_PREEMPTED) },
	{ "  ... and awaited", "1/s", cell_rate, RATE(USER_HOLDER_AWAITED) },
	{ "  optimistic spinners preempted", "1/s", cell_rate, RATE(SPINNER_PREEMPTED) },
	{ "  spin lock waiters preempted", "1/s", cell_rate, RATE(WAITER_PREEMPTED) },
	{ "  ... next in line", "1/s", cell_rate, RATE(HEAD_PREEMPTED) },
	{ "  lock waiters halted", "1/s", cell_rate, RATE(LOCK_HALTS) },
	{ "  ... and kicked", "1/s", cell_rate, RATE(LOCK_KICKS) },
	{ "  locks taken out of turn", "1/s", cell_rate, RATE(LOCK_STOLEN) },
	{ "  contended mutexes and rwsems", "1/s", cell_rate, RATE(SLEEP_LOCK_CONTENDED) },
	{ "  ... that put their waiter to sleep", "1/s", cell_rate, RATE(LOCK_SLEEPS) },
	{ "  RCU grace periods", "1/s", cell_rate, RATE(RCU_GPS) },
	{ "  ... expedited", "1/s", cell_rate, RATE(RCU_EXPEDITED) },
	{ .label = NULL },
};

static const struct report_row yield_rows[] = {
	{ "  scans for a target", "1/s", cell_rate, RATE(SCANS) },
	{ "  ... that found nobody", "1/s", cell_rate, RATE(SCAN_EMPTY) },
	{ "  asked for by the guest", "1/s", cell_rate, RATE(PV_YIELDS) },
	{ "  yields tried", "1/s", cell_rate, RATE(YIELD_TO) },
	{ "  yields done", "1/s", cell_rate, RATE(YIELD_OK) },
	{ "  done", "% of tried", cell_of_tried, RATE(YIELD_OK) },
	{ "  refused: target runs or sleeps", "% of tried", cell_of_tried, RATE(YIELD_REFUSED) },
	{ "  refused: nobody else to run", "% of tried", cell_of_tried, RATE(YIELD_ESRCH) },
	{ "  to the same queue", "% of done", cell_of_yields, RATE(YIELD_SAME_QUEUE) },
	{ "  to another queue", "% of done", cell_of_yields, METRIC_YIELD_OTHER_QUEUE },
	{ "  right target", "% of done", cell_of_yields, RATE(YIELD_RIGHT) },
	{ "  wrong target", "% of done", cell_of_yields, METRIC_YIELD_WRONG },
	{ "  honoured by the next pick", "% of done", cell_of_yields, RATE(HINT_HONOURED) },
	{ "  dropped: ineligible at the root", "% of done", cell_of_yields,
	  RATE(HINT_DROPPED_ROOT) },
	{ "  dropped: ineligible between", "% of done", cell_of_yields, RATE(HINT_DROPPED_GROUP) },
	{ "  dropped: ineligible in its queue", "% of done", cell_of_yields,
	  RATE(HINT_DROPPED_LEAF) },
	{ "  lost: moved or slept", "% of done", cell_of_yields, RATE(HINT_LOST_OTHER) },
	{ "  replaced by a later hint", "% of done", cell_of_yields, METRIC_YIELD_REPLACED },
	{ .label = NULL },
};

/* In the terms of data/realkvm/README.md; the first switch within host.kvm.yield_decision. */
static const struct report_row next_rows[] = {
	{ "  the target", "%", cell_percent, NEXT(TARGET) },
	{ "  a vCPU of another VM", "%", cell_percent, NEXT(OTHER_VM) },
	{ "  another vCPU of this VM", "%", cell_percent, NEXT(SAME_VM) },
	{ "  a host task, or idle", "%", cell_percent, NEXT(OTHER) },
	{ "  who had it kept it", "%", cell_percent, NEXT(KEPT_CURRENT) },
	{ "  the target, where a vCPU had it", "%", cell_percent, METRIC_HONOURED },
	{ "  ... one of another VM", "%", cell_percent, METRIC_HONOURED_OTHER },
	{ "  ... the yielder itself", "%", cell_percent, METRIC_HONOURED_SAME },
	{ .label = NULL },
};

static const struct report_row self_rows[] = {
	{ "  continues", "%", cell_percent, SELF(CONTINUES) },
	{ "  gives way to the target", "%", cell_percent, SELF(TO_TARGET) },
	{ "  ... to a vCPU of another VM", "%", cell_percent, SELF(TO_OTHER_VM) },
	{ "  ... to another vCPU of its VM", "%", cell_percent, SELF(TO_SAME_VM) },
	{ "  ... to a host task, or idle", "%", cell_percent, SELF(TO_OTHER) },
	{ .label = NULL },
};

static const struct report_row bystander_rows[] = {
	{ "  they ran, of pCPU time", "%", cell_percent, METRIC_BYSTANDER_RUN },
	{ "  run delay, p50", "us", cell_microseconds, LATENCY(BYSTANDER, P50) },
	{ "  run delay, p99", "us", cell_microseconds, LATENCY(BYSTANDER, P99) },
	{ "  run delay, max", "us", cell_microseconds_max, LATENCY(BYSTANDER, MAX) },
	{ .label = NULL },
};

static const struct report_row account_rows[] = {
	{ "  guest user", "%", cell_percent, ACCOUNT(GUEST_USER) },
	{ "  guest kernel", "%", cell_percent, ACCOUNT(GUEST_KERNEL) },
	{ "  guest spins for a lock", "%", cell_percent, METRIC_LOCK_SPIN },
	{ "  guest spins for IPIs", "%", cell_percent, ACCOUNT(SPIN_IPI) },
	{ "  guest spins in user mode", "%", cell_percent, ACCOUNT(SPIN_USER) },
	{ "  idle guest polls", "%", cell_percent, ACCOUNT(GUEST_POLL) },
	{ "  cache refill", "%", cell_percent, ACCOUNT(REFILL) },
	{ "  exits and their handlers", "%", cell_percent, ACCOUNT(EXIT) },
	{ "  context switches", "%", cell_percent, ACCOUNT(SWITCH) },
	{ "  host kernel", "%", cell_percent, ACCOUNT(HOST_KERNEL) },
	{ "  host tasks", "%", cell_percent, ACCOUNT(HOST_TASK) },
	{ "  halt polling", "%", cell_percent, ACCOUNT(HALT_POLL) },
	{ "  idle", "%", cell_percent, ACCOUNT(IDLE) },
	{ .label = NULL },
};

/* A report under construction. */
struct report {
	struct table *table;
	const struct report_column *columns;
	guint count;
};

static void add_row(const struct report *report, const struct report_row *row)
{
	table_cell(report->table, row->label);
	table_cell(report->table, row->unit);
	for (guint i = 0; i < report->count; i++)
		table_cell_take(report->table, row->text(&report->columns[i], row->arg));
}

static void add_rows(const struct report *report, const struct report_row *rows)
{
	for (const struct report_row *row = rows; row->label; row++)
		add_row(report, row);
}

static void add_section(const struct report *report, const char *title,
			const struct report_row *rows)
{
	table_section(report->table, title);
	add_rows(report, rows);
}

static void add_spans(const struct report *report)
{
	guint first = 0;

	for (guint i = 0; i < report->count; i++) {
		const char *setup = report->columns[i].setup;

		if (i + 1 < report->count && g_strcmp0(report->columns[i + 1].setup, setup) == 0)
			continue;
		if (setup)
			table_span(report->table, first + 2, i + 2, setup);
		first = i + 1;
	}
}

/* A long policy over several lines, cut behind ':', ',' and '+'. Free with g_strfreev(). */
static char **heading_lines(const char *label)
{
	g_autoptr(GPtrArray) lines = g_ptr_array_new();
	GString *line = g_string_new(NULL);

	while (*label) {
		size_t length = strcspn(label, ":,+");

		length += label[length] != '\0';
		if (line->len && line->len + length > LONGEST_HEADING) {
			g_ptr_array_add(lines, g_string_free(line, FALSE));
			line = g_string_new(NULL);
		}
		g_string_append_len(line, label, (gssize)length);
		label += length;
	}
	g_ptr_array_add(lines, g_string_free(line, FALSE));
	g_ptr_array_add(lines, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&lines), FALSE);
}

static void add_headings(const struct report *report)
{
	char ***lines = g_new(char **, report->count);
	guint most = 0;

	for (guint i = 0; i < report->count; i++) {
		lines[i] = heading_lines(report->columns[i].cell->label);
		most = MAX(most, g_strv_length(lines[i]));
	}
	for (guint l = 0; l < most; l++) {
		table_cell(report->table, "");
		table_cell(report->table, "");
		for (guint i = 0; i < report->count; i++)
			table_cell(report->table, l < g_strv_length(lines[i]) ? lines[i][l] : "");
		table_mark_heading(report->table);
	}
	for (guint i = 0; i < report->count; i++)
		g_strfreev(lines[i]);
	g_free(lines);
}

static void add_work(const struct report *report)
{
	const struct machine_config *config = &report->columns[0].cell->config;

	table_section(report->table, "Work");
	for (uint32_t kind = 0; kind < config->vm_kinds; kind++) {
		g_autofree char *unit = describe_work_unit(config, kind);
		g_autofree char *label =
			config->vm_kinds == 1 ? g_strdup("  of all VMs")
					      : g_strdup_printf("  of %s", config->vms[kind].name);
		struct report_row row = { label, unit, cell_kind_rate, kind };

		add_row(report, &row);
	}
	add_rows(report, work_rows);
	if (report->columns[0].reference)
		add_rows(report, relative_rows);
}

/* What the marks of each kind of VM measure, of those that have any. */
static void add_latencies(const struct report *report)
{
	static const struct {
		const char *name;
		enum latency_field field;
	} rows[] = { { "p50", LATENCY_P50 }, { "p99", LATENCY_P99 }, { "max", LATENCY_MAX } };
	const struct machine_config *config = &report->columns[0].cell->config;

	table_section(report->table, "Latency");
	for (uint32_t kind = 0; kind < config->vm_kinds; kind++) {
		const char *what = config->vms[kind].workload->latency;
		g_autofree char *of = config->vm_kinds == 1
					      ? g_strdup("")
					      : g_strdup_printf(" of %s", config->vms[kind].name);

		for (guint i = 0; what && i < G_N_ELEMENTS(rows); i++) {
			g_autofree char *label =
				g_strdup_printf("  %s%s, %s", what, of, rows[i].name);
			struct report_row row = { label, "us", cell_kind_latency,
						  kind * LATENCY_FIELDS + rows[i].field };

			add_row(report, &row);
		}
	}
	add_rows(report, latency_rows);
}

static struct table *build(const struct report_column *columns, guint count)
{
	g_autoptr(GString) align = g_string_new("ll");
	struct report report = { .columns = columns, .count = count };

	for (guint i = 0; i < count; i++)
		g_string_append_c(align, 'r');
	report.table = table_new(align->str);
	add_spans(&report);
	add_headings(&report);
	if (columns[0].baseline)
		add_section(&report, "Gain", gain_rows);
	add_work(&report);
	add_latencies(&report);
	add_section(&report, "Placement", gang_rows);
	add_section(&report, "Events", event_rows);
	add_section(&report, "Directed yields", yield_rows);
	add_section(&report, "After a yield: who got the target's pCPU", next_rows);
	add_section(&report, "After a yield: the yielder", self_rows);
	add_section(&report, "Bystanders (housekeeping tasks)", bystander_rows);
	add_section(&report, "pCPU time", account_rows);
	return report.table;
}

char *report_table(const struct report_column *columns, guint count, bool colour)
{
	struct table *table = build(columns, count);
	char *text = table_print(table, colour);

	table_free(table);
	return text;
}

guint report_width(const struct report_column *columns, guint count)
{
	struct table *table = build(columns, count);
	guint width = table_width(table);

	table_free(table);
	return width;
}
