/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel_params.c - the declared choices of a kernel's configuration
 */
#include "models/kernel/kernel_params.h"

#include "models/sched/features.h"
#include "models/sched/versions.h"

static const char *const tick_words[] = { "aligned", "skewed", "skew_tick", NULL };
const char *const kernel_preemption_words[] = { "none", "voluntary", "full", "lazy", NULL };

static const char *const idle_words[] = { "halt", "poll", NULL };
static const char *const placement_words[] = { "kernel", "simple", NULL };
#define ONE_SECOND UINT64_C(1000000000)
#define TUNABLE(field, most, text)                                                        \
	{                                                                                 \
		.name = "cfs_" #field, .type = PARAM_UINT, .fallback = "0", .min = 0,     \
		.max = (most), .offset = offsetof(struct kernel_params, cfs.field),       \
		.unit = (most) == ONE_SECOND ? "ns" : "tasks", .meaning = text,           \
		.source = "cfs.md 1.1; 10 and 15 ms: tuned's profiles, from memory there" \
	}
#define FIELD(field) .name = #field, .offset = offsetof(struct kernel_params, field)

const struct param kernel_params_table[] = {
	{ FIELD(kernel), .type = PARAM_CHOICE, .unit = "version", .words = fair_version_names,
	  .meaning = "whose scheduler rules apply", .source = "eevdf.md 0.1" },
	{ FIELD(hz), .type = PARAM_UINT, .unit = "1/s", .min = 100, .max = 1000, .low = 250,
	  .high = 1000, .meaning = "timer ticks a second",
	  .source = "eevdf.md 1.6: distributions use 250 or 1000" },
	{ FIELD(tick), .type = PARAM_CHOICE, .unit = "choice", .words = tick_words,
	  .meaning =
		  "ticks of all CPUs at one instant, spread evenly over a period, or over half a one as skew_tick=1 does",
	  .source = "eevdf.md 1.6: in phase unless skew_tick=1" },
	{ FIELD(preemption), .type = PARAM_CHOICE, .unit = "choice",
	  .words = kernel_preemption_words, .meaning = "when a wanted reschedule takes effect",
	  .source = "eevdf.md 6" },
	{ FIELD(placement), .type = PARAM_CHOICE, .unit = "choice", .words = placement_words,
	  .fallback = "kernel",
	  .meaning =
		  "kernel: wake-ups and balancing as that version does them; simple: the previous CPU, else an "
		  "idle one of its LLC, and newly-idle pulls",
	  .source = "eevdf.md 4, 5" },
	{ FIELD(wake_affine), .type = PARAM_BOOL, .unit = "bool", .fallback = "true",
	  .meaning = "a wakee may come to its waker's CPU (SD_WAKE_AFFINE of all domains)",
	  .source = "eevdf.md 4.1: on within the reclaim distance" },
	{ FIELD(sis_util), .type = PARAM_BOOL, .unit = "bool", .fallback = "true",
	  .meaning =
		  "a busy LLC is searched less for an idle CPU, where the version knows SIS_UTIL",
	  .source = "eevdf.md 4" },
	{ FIELD(late_eoi), .type = PARAM_BOOL, .unit = "bool", .fallback = "false",
	  .meaning =
		  "a call is answered before its interrupt is ended (EOI); Linux does it the other way round",
	  .source = "kvm-and-guest.md 4.1; data/realkvm/src/guest.c acknowledges first" },
	{ FIELD(idle), .type = PARAM_CHOICE, .unit = "choice", .words = idle_words,
	  .fallback = "halt",
	  .meaning =
		  "idle CPUs halt, or poll for work for ever as with idle=poll on the command line: no HLT, "
		  "no IPI for a wake-up, and the tick goes on",
	  .source = "kvm-and-guest.md 3.4, 3.10; test 61" },
	{ FIELD(timed_work), .type = PARAM_BOOL, .unit = "bool", .fallback = "false",
	  .meaning =
		  "programs run until their CPU's task clock has advanced by the time asked for: "
		  "interrupts count, and in a guest its exits",
	  .source = "a busy loop that reads the clock; data/realkvm/README.md, burn()" },
	{ FIELD(haltpoll), .type = PARAM_BOOL, .unit = "bool", .fallback = "false",
	  .meaning =
		  "cpuidle-haltpoll is loaded: idle CPUs poll before they halt; KVM does not poll then",
	  .source = "kvm-and-guest.md 3.10: only with the REALTIME hint, or forced" },
	{ FIELD(haltpoll_ns), .type = PARAM_UINT, .unit = "ns", .fallback = "200000", .min = 0,
	  .max = ONE_SECOND, .meaning = "longest such poll (guest_halt_poll_ns)",
	  .source = "kvm-and-guest.md 3.10, [V]" },
	{ FIELD(haltpoll_grow), .type = PARAM_UINT, .unit = "factor", .fallback = "2", .min = 0,
	  .max = 1000, .meaning = "by which the poll grows after a halt that it would have met",
	  .source = "kvm-and-guest.md 3.10, [V]" },
	{ FIELD(haltpoll_shrink), .type = PARAM_UINT, .unit = "factor", .fallback = "2", .min = 0,
	  .max = 1000, .meaning = "by which it shrinks after a longer one; 0: to nothing",
	  .source = "kvm-and-guest.md 3.10, [V]" },
	{ FIELD(haltpoll_grow_start), .type = PARAM_UINT, .unit = "ns", .fallback = "50000",
	  .min = 0, .max = ONE_SECOND, .meaning = "least poll that it grows to",
	  .source = "kvm-and-guest.md 3.10, [V]" },
	{ FIELD(haltpoll_allow_shrink), .type = PARAM_BOOL, .unit = "bool", .fallback = "true",
	  .meaning = "may it shrink?", .source = "kvm-and-guest.md 3.10, [V]" },
	TUNABLE(latency, ONE_SECOND,
		"CFS: period in which every task runs once; 0: 6 ms times the CPUs' factor"),
	TUNABLE(min_granularity, ONE_SECOND,
		"CFS: share of a task in the period of many; 0: 0.75 ms times the factor"),
	TUNABLE(wakeup_granularity, ONE_SECOND,
		"CFS: lead that a pick or a wake-up lets pass; 0: 1 ms times the factor"),
	TUNABLE(nr_latency, 1000,
		"CFS: tasks above which the period grows; 0: as the kernel computes it"),
	{ .name = NULL },
};

bool kernel_has_preemption(uint64_t version, enum preemption preemption)
{
	const struct fair_features *features = fair_version(version);

	if (preemption == PREEMPTION_LAZY)
		return features->lazy_requests;
	return preemption == PREEMPTION_FULL || !features->preemptible_only;
}
