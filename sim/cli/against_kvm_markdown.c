/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * against_kvm_markdown.c - measured runs of KVM beside their simulation, as a part of a page
 */
#include <string.h>

#include "sim/cli/against_kvm.h"
#include "sim/cli/number.h"

/* A line of the notes, and what missed for that reason. */
struct reason {
	const char *pattern, *text; /* borrowed */
	GString *misses;	    /* owned */
};

static void reason_clear(void *data)
{
	struct reason *reason = data;

	g_string_free(reason->misses, TRUE);
}

static void add_reason(GArray *reasons, const char *pattern, const char *text)
{
	struct reason reason = { pattern, text, g_string_new(NULL) };

	g_array_append_val(reasons, reason);
}

/* `lines` keeps the texts; cut into pattern and reason in place. */
static GArray *reasons_of(char **lines)
{
	GArray *reasons = g_array_new(FALSE, FALSE, sizeof(struct reason));

	g_array_set_clear_func(reasons, reason_clear);
	for (guint i = 0; lines[i]; i++) {
		char *space = strchr(lines[i], ' ');

		if (!space || *lines[i] == '#')
			continue;
		*space = '\0';
		add_reason(reasons, lines[i], space + 1);
	}
	add_reason(reasons, "*", "Not explained.");
	return reasons;
}

static char *number(enum kvm_value value, double x)
{
	return kvm_value_kinds[value].factor ? number_rounded(x) : number_fixed(x, 2);
}

static const struct measured_kvm_run *run_at(const struct against_kvm *kvm, guint index)
{
	return &g_array_index(kvm->file.runs, struct measured_kvm_run, index);
}

static const struct kvm_check *check_at(const struct against_kvm *kvm, guint index,
					enum kvm_value value)
{
	return &g_array_index(kvm->checks, struct kvm_checks, index).value[value];
}

/* "a.json/lockB:_2_VMs_x_2,_pinned_(boot)/yields_tried": what a pattern is held against. */
static char *path_of(const char *file, const char *title, const char *boot, enum kvm_value value)
{
	char *path =
		g_strdup_printf("%s/%s_(%s)/%s", file, title, boot, kvm_value_kinds[value].name);

	return g_strdelimit(path, " ", '_');
}

static void add_miss(const struct against_kvm *kvm, guint index, enum kvm_value value,
		     const char *file, GArray *reasons)
{
	const struct measured_kvm_run *run = run_at(kvm, index);
	const struct kvm_check *check = check_at(kvm, index, value);
	g_autofree char *title = measured_kvm_title(run);
	g_autofree char *path = path_of(file, title, run->boot, value);
	g_autofree char *measured = number(value, check->measured);
	g_autofree char *median = number(value, check->median);
	g_autofree char *low = number(value, check->low), *high = number(value, check->high);

	for (guint i = 0; i < reasons->len; i++) {
		struct reason *reason = &g_array_index(reasons, struct reason, i);

		if (!g_pattern_match_simple(reason->pattern, path))
			continue;
		g_string_append_printf(reason->misses,
				       "  * %s (%s): %s: measured %s, simulated %s (%s .. %s)\n",
				       title, run->boot, kvm_value_kinds[value].name, measured,
				       median, low, high);
		return;
	}
}

static void add_pair(const struct against_kvm *kvm, guint index, enum kvm_value value,
		     GString *text)
{
	const struct kvm_check *check = check_at(kvm, index, value);
	const char *mark = !check->judged	 ? ""
			   : check->median_keeps ? ""
			   : check->inside	 ? "~"
						 : "**!**";
	g_autofree char *measured = number(value, check->measured);
	g_autofree char *median = number(value, check->median);

	if (check->judged)
		g_string_append_printf(text, " %s / %s%s |", measured, median, mark);
	else
		g_string_append(text, " |");
}

static const enum kvm_value columns[] = {
	KVM_WORK,	    KVM_GANG,	       KVM_ATTEMPTS,  KVM_SUCCESSES,
	KVM_HONOURED_OTHER, KVM_HONOURED_TASK, KVM_CONTINUES, KVM_TO_OTHER_VM,
};

static void add_latencies(const struct against_kvm *kvm, guint index, GString *text)
{
	for (guint last = 0; last < 2; last++) {
		bool any = false;

		for (guint value = KVM_CALL_P50 + last; value < KVM_VALUES; value += 2) {
			if (!check_at(kvm, index, value)->judged)
				continue;
			add_pair(kvm, index, value, text);
			any = true;
		}
		if (!any)
			g_string_append(text, " |");
	}
}

static void add_runs(const struct against_kvm *kvm, GString *text)
{
	g_string_append(text,
			"\n| run | work | gang | yields tried | done | honoured | ... host task | "
			"continues | to other VM | latency p50 | p99 |\n| --- |");
	for (guint i = 0; i < G_N_ELEMENTS(columns) + 2; i++)
		g_string_append(text, " ---: |");
	g_string_append_c(text, '\n');
	for (guint i = 0; i < kvm->checks->len; i++) {
		g_autofree char *title = measured_kvm_title(run_at(kvm, i));

		g_string_append_printf(text, "| %s (%s) |", title, run_at(kvm, i)->boot);
		for (guint k = 0; k < G_N_ELEMENTS(columns); k++)
			add_pair(kvm, i, columns[k], text);
		add_latencies(kvm, i, text);
		g_string_append_c(text, '\n');
	}
}

static void add_tallies(const struct against_kvm *kvm, GString *text)
{
	g_string_append(text,
			"| value | bound | judged | medians that keep it | within 95 % | "
			"missed | verdict |\n| --- | --- | ---: | ---: | ---: | ---: | --- |\n");
	for (guint value = 0; value < KVM_VALUES; value++) {
		const struct kvm_value_kind *kind = &kvm_value_kinds[value];
		struct kvm_tally tally = measured_kvm_tally(kvm->checks, value);

		if (!tally.judged)
			continue;
		g_string_append_printf(text, "| %s | %s%g | %u | %u | %u | %u | %s |\n", kind->name,
				       kind->factor ? "factor " : "", kind->bound, tally.judged,
				       tally.medians, tally.inside, tally.missed,
				       tally.passed ? "pass" : "**miss**");
	}
}

static bool missed(const struct kvm_check *check)
{
	return check->judged && !check->inside && !check->median_keeps;
}

static void add_misses(const struct against_kvm *kvm, const char *file, const char *notes,
		       GString *text)
{
	g_auto(GStrv) lines = g_strsplit(notes, "\n", -1);
	g_autoptr(GArray) reasons = reasons_of(lines);

	g_string_append(text, "\nMisses, by reason:\n\n");
	for (guint i = 0; i < kvm->checks->len; i++)
		for (guint value = 0; value < KVM_VALUES; value++)
			if (missed(check_at(kvm, i, value)))
				add_miss(kvm, i, value, file, reasons);
	for (guint i = 0; i < reasons->len; i++) {
		const struct reason *reason = &g_array_index(reasons, struct reason, i);

		if (reason->misses->len)
			g_string_append_printf(text, "* %s\n%s", reason->text, reason->misses->str);
	}
}

void against_kvm_markdown(const struct against_kvm *kvm, guint replications, const char *notes,
			  GString *text)
{
	g_autofree char *file = g_path_get_basename(kvm->file.document.name);

	g_string_append_printf(text, "\n## %s\n\nHost simulated as %s; %u replications a run.\n\n",
			       file, kvm->file.kernel, replications);
	add_tallies(kvm, text);
	add_runs(kvm, text);
	add_misses(kvm, file, notes, text);
}
