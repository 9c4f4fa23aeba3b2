/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured_kvm_scenario.c - a measured run as a scenario of the simulator
 *
 * What the README of data/realkvm says of the machine is in the machines tcg-1, -2, -4; what it says
 * of the programs in the profiles realkvm-*.
 */
#include <jansson.h>
#include <string.h>

#include "models/sched/feature_params.h"
#include "sim/experiment/measured_kvm.h"
#include "sim/experiment/scenario.h"

/* ns: its README, scenario fields, and exp.c: the noise begins 25 ms before the programs, which warm up
 * for 150 ms; the threads start 300 us apart. */
#define WARMUP 175000000
#define START_STEP 300000
/* ns with one pCPU: ple_handler of the machines, and 3.24 us less 2.95, for a yield by Hyper-V call and not by
 * PAUSE: its table of costs. */
#define HYPERCALL_MORE 2340
/* ns with one pCPU: yield_to and yield_lock of the machines, and the probes of the _elig boots, which
 * delay a yield by about 10 us with two (ibidem), that is before it looks; in cgroups by 14 (its raw
 * traces: 18.3 us on pCPU 0 from call to return and 4.3 without probes, flat 13.8 and 3.95). */
#define YIELD_TO 3650
#define YIELD_LOCK 2350
#define PROBES 6146
#define PROBES_IN_CGROUPS 8600

static const char *const preemptions[] = { "none", "voluntary", "full", "lazy" };
static const char *const layouts[] = { "flat", "per-vm", "per-vcpu" };

static json_t *workload(const struct measured_kvm_run *run)
{
	json_int_t a = (json_int_t)run->a, b = (json_int_t)run->b;

	switch (run->program) {
	case PROGRAM_LOCK:
		return json_pack("{s:s, s:{s:I, s:I}}", "profile", "realkvm-locka", "set", "hold",
				 a, "think", b);
	case PROGRAM_SHOOT:
		return json_pack("{s:s, s:{s:I}}", "profile",
				 b ? "realkvm-shoot" : "realkvm-shoot1", "set", "burn", a);
	case PROGRAM_PING:
		return json_pack("{s:s, s:{s:I}}", "profile", "realkvm-ping", "set", "turn", a);
	case PROGRAM_HALT:
		return json_pack("{s:s, s:{s:I, s:I}}", "profile", "realkvm-halt", "set", "produce",
				 a, "consume", b);
	case PROGRAM_CTL:
		break;
	}
	return json_pack("{s:s}", "profile", "realkvm-ctl");
}

static json_t *kvm(const struct measured_kvm_run *run)
{
	json_t *kvm = json_pack("{s:s, s:I}", "ple",
				run->trigger == TRIGGER_NONE ? "off" : "trigger", "ple_window",
				(json_int_t)run->trigger_ns);

	json_object_set_new(kvm, "exits_only", json_boolean(run->trigger == TRIGGER_EXIT_ONLY));
	if (run->decision_limit > 0)
		json_object_set_new(kvm, "yield_decision",
				    json_integer((json_int_t)(run->decision_limit * 1000)));
	/* the boot's parameter is not in the fields: only the name tells */
	if (strstr(run->name, "_nopoll"))
		json_object_set_new(kvm, "halt_poll", json_integer(0));
	return kvm;
}

/* Those of the boot that the model has, by the kernel's names: "HRTICK", "NO_HRTICK". */
static json_t *features(const struct measured_kvm_run *run)
{
	json_t *features = json_object();
	g_auto(GStrv) words = g_strsplit(run->features ? run->features : "", " ", -1);

	for (guint i = 0; words[i]; i++) {
		bool on = !g_str_has_prefix(words[i], "NO_");
		g_autofree char *name =
			g_ascii_strdown(on ? words[i] : words[i] + strlen("NO_"), -1);

		for (const struct param *param = feature_params_table; param->name; param++)
			if (param->type == PARAM_CHOICE && strcmp(param->name, name) == 0)
				json_object_set_new(features, name, json_string(on ? "on" : "off"));
	}
	return features;
}

static json_t *host(const struct measured_kvm *file, const struct measured_kvm_run *run)
{
	json_t *host = json_pack("{s:s, s:s, s:{s:s}, s:o, s:{s:i, s:I}}", "kernel", file->kernel,
				 "preemption", preemptions[run->preemption], "cgroups", "layout",
				 layouts[run->layout], "kvm", kvm(run), "housekeeping", "per_pcpu",
				 run->noise ? 1 : 0, "pattern", (json_int_t)run->noise);
	json_t *cost = json_object();

	if (run->trigger == TRIGGER_HYPERCALL)
		json_object_set_new(cost, "ple_handler", json_integer(HYPERCALL_MORE));
	if (run->probed) {
		json_int_t more = run->layout ? PROBES_IN_CGROUPS : PROBES;

		json_object_set_new(cost, "yield_to", json_integer(YIELD_TO + more));
		json_object_set_new(cost, "yield_lock", json_integer(YIELD_LOCK + more));
	}
	if (run->skewed)
		json_object_set_new(host, "tick", json_string("skew_tick"));
	json_object_set_new(host, "features", features(run));
	json_object_set_new(host, "cost", cost);
	return host;
}

/* The guests are bare programs: which kernel stands for them does not matter. */
static json_t *vms(const struct measured_kvm_run *run)
{
	return json_pack(
		"[{s:s, s:I, s:I, s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:{s:b, s:b, s:b, s:b, s:b, s:b}, "
		"s:{s:s, s:i, s:s, s:s, s:b, s:b}, s:o}]",
		"name", "vm", "count", (json_int_t)run->vms, "vcpus", (json_int_t)run->vcpus,
		"affinity", run->pinned ? "pinned" : "free", "start",
		run->phase ? "rotated" : "ordered", "start_spread", START_STEP, "phase_spread", 0,
		"apic", "software", "x2apic", "physical", "spin_lock", "native", "paravirt",
		"steal_time", 1, "tlb_flush", 0, "ipi", 0, "sched_yield", 0, "eoi", 0, "unhalt", 0,
		"guest", "kernel", "6.18-stable", "hz", 100, "tick", "aligned", "preemption",
		"none", "late_eoi", 1, "timed_work", 1, "workload", workload(run));
}

char *measured_kvm_scenario(const struct measured_kvm *file, const struct measured_kvm_run *run)
{
	g_autofree char *machine = g_strdup_printf("tcg-%" G_GUINT64_FORMAT, run->vcpus);
	g_autofree char *title = measured_kvm_title(run);
	json_t *root = json_pack("{s:s, s:s, s:s, s:o, s:o, s:{s:i, s:I}}", "format",
				 SCENARIO_FORMAT, "title", title, "machine", machine, "host",
				 host(file, run), "vms", vms(run), "run", "warmup", WARMUP,
				 "window", (json_int_t)(run->window * 1000) * 1000);
	char *dumped, *text;

	dumped = json_dumps(root, JSON_INDENT(8));
	text = g_strdup(dumped);
	free(dumped);
	json_decref(root);
	return text;
}

char *measured_kvm_title(const struct measured_kvm_run *run)
{
	static const char *const triggers[] = { "no exits", "Hyper-V calls", "PAUSE",
						"exits only" };
	g_autofree char *every =
		run->trigger == TRIGGER_NONE
			? g_strdup("")
			: g_strdup_printf(" each %g us", (double)run->trigger_ns / 1000);

	return g_strdup_printf("%s: %" G_GUINT64_FORMAT " VM%s x %" G_GUINT64_FORMAT
			       ", %s, %s, %s%s%s%s",
			       run->name, run->vms, run->vms == 1 ? "" : "s", run->vcpus,
			       run->pinned ? "pinned" : "free", layouts[run->layout],
			       triggers[run->trigger], every, run->noise ? "" : ", no noise",
			       run->phase ? "" : ", one order");
}
