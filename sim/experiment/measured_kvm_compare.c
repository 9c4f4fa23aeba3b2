/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured_kvm_compare.c - measured runs of real KVM beside replications of their simulation
 */
#include "sim/experiment/measured_kvm_compare.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <string.h>

#include "models/config.h"
#include "models/result.h"
#include "sim/experiment/config.h"
#include "sim/experiment/replicate.h"
#include "sim/experiment/scenario.h"

#define BOUND_WORK_WITHOUT_YIELDS 0.2
#define BINS_AN_OCTAVE 8
#define LEAST_STACKED 3

const struct kvm_value_kind kvm_value_kinds[KVM_VALUES] = {
	[KVM_WORK] = { "work relative to one VM", "ratio", false, 0.05 },
	[KVM_GANG] = { "gang fraction", "ratio", false, 0.15 },
	[KVM_ATTEMPTS] = { "yields tried", "1/s", true, 1.5 },
	[KVM_SUCCESSES] = { "yields done", "1/s", true, 1.5 },
	[KVM_HONOURED_OTHER] = { "honoured, other pCPU", "ratio", false, 0.15 },
	[KVM_HONOURED_SAME] = { "honoured, same pCPU", "ratio", false, 0.15 },
	[KVM_HONOURED_TASK] = { "honoured, host task there", "ratio", false, 0.15 },
	[KVM_CONTINUES] = { "yielder continues", "ratio", false, 0.15 },
	[KVM_TO_OTHER_VM] = { "yielder to other VM", "ratio", false, 0.15 },
	[KVM_CALL_P50] = { "cross call, p50", "us", true, 2 },
	[KVM_CALL_P99] = { "cross call, p99", "us", true, 2 },
	[KVM_LOCK_P50] = { "lock, p50", "us", true, 2 },
	[KVM_LOCK_P99] = { "lock, p99", "us", true, 2 },
	[KVM_WAKE_P50] = { "guest wake-up, p50", "us", true, 2 },
	[KVM_WAKE_P99] = { "guest wake-up, p99", "us", true, 2 },
};

/* Replications of one run. */
struct samples {
	double *rate;  /* units of work a second; [replications], owned */
	double *value; /* [KVM_VALUES][replications], owned */
};

static double ratio(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : NAN;
}

static double honoured(const struct yield_result *yields, enum yield_current first,
		       enum yield_current last)
{
	uint64_t honoured = 0, all = 0;

	for (enum yield_current current = first; current <= last; current++) {
		honoured += yields->next[current][NEXT_TARGET];
		for (guint next = 0; next < YIELD_NEXT_KINDS; next++)
			all += yields->next[current][next];
	}
	return ratio(honoured, all);
}

static double work_rate(const struct result *result)
{
	uint64_t work = 0;

	for (uint32_t vm = 0; vm < result->vms; vm++)
		work += result->vm[vm].work;
	return (double)work * 1e9 / (double)result->window;
}

static void take_latency(const struct result *result, const struct measured_kvm_run *run,
			 double *value)
{
	static const struct {
		enum latency_kind kind;
		enum kvm_value p50, p99;
	} kinds[] = {
		[PROGRAM_LOCK] = { LATENCY_LOCK_TAKE, KVM_LOCK_P50, KVM_LOCK_P99 },
		[PROGRAM_PING] = { LATENCY_LOCK_TAKE, KVM_LOCK_P50, KVM_LOCK_P99 },
		[PROGRAM_SHOOT] = { LATENCY_IPI_RESPONSE, KVM_CALL_P50, KVM_CALL_P99 },
		[PROGRAM_HALT] = { LATENCY_GUEST_WAKE, KVM_WAKE_P50, KVM_WAKE_P99 },
	};
	const struct latency_summary *latency;

	if (run->program == PROGRAM_CTL)
		return;
	latency = &result->latency[kinds[run->program].kind];
	if (!latency->count)
		return;
	value[kinds[run->program].p50] = measured_kvm_latency(run, (double)latency->p50 / 1000);
	value[kinds[run->program].p99] = measured_kvm_latency(run, (double)latency->p99 / 1000);
}

static void take(const struct result *result, const struct measured_kvm_run *run, guint index,
		 guint count, struct samples *samples)
{
	const struct yield_result *yields = &result->yields;
	uint64_t done = result->counter[COUNTER_YIELD_OK], gang = 0;
	double second = (double)result->window / 1e9;
	double value[KVM_VALUES] = {
		[KVM_ATTEMPTS] = (double)result->counter[COUNTER_YIELD_TO] / second,
		[KVM_SUCCESSES] = (double)done / second,
		[KVM_HONOURED_OTHER] = honoured(yields, CURRENT_OTHER_VM, CURRENT_SAME_VM),
		[KVM_HONOURED_SAME] = honoured(yields, CURRENT_YIELDER, CURRENT_YIELDER),
		[KVM_HONOURED_TASK] = honoured(yields, CURRENT_OTHER_TASK, CURRENT_OTHER_TASK),
		[KVM_CONTINUES] = ratio(yields->self[SELF_CONTINUES], done),
		[KVM_TO_OTHER_VM] = ratio(yields->self[SELF_TO_OTHER_VM], done),
	};

	for (guint i = KVM_CALL_P50; i < KVM_VALUES; i++)
		value[i] = NAN;
	take_latency(result, run, value);
	for (guint i = 0; i < KVM_VALUES; i++)
		samples->value[i * count + index] = value[i];
	for (uint32_t vm = 0; vm < result->vms; vm++)
		gang += result->vm[vm].gang;
	samples->value[KVM_GANG * count + index] = ratio(gang, result->window);
	samples->rate[index] = work_rate(result);
}

static bool simulate(const struct machine_config *config, const struct measured_kvm_run *run,
		     const struct kvm_simulation *simulation, struct samples *samples,
		     GError **error)
{
	guint count = simulation->replications;
	g_autofree struct result *results = g_new0(struct result, count);
	g_autofree struct replication *jobs = g_new0(struct replication, count);
	bool done;

	samples->rate = g_new(double, count);
	samples->value = g_new(double, KVM_VALUES *count);
	for (guint i = 0; i < count; i++)
		jobs[i] = (struct replication){ .config = config,
						.seed = replication_seed(simulation->seed, i),
						.result = &results[i] };
	done = replicate(jobs, count, simulation->threads, NULL, NULL, error);
	for (guint i = 0; i < count; i++) {
		if (done)
			take(&results[i], run, i, count, samples);
		result_clear(&results[i]);
	}
	return done;
}

static bool simulate_run(const struct measured_kvm *file, guint index,
			 const struct kvm_simulation *simulation, struct samples *samples,
			 GError **error)
{
	const struct measured_kvm_run *run =
		&g_array_index(file->runs, struct measured_kvm_run, index);
	g_autofree char *text = measured_kvm_scenario(file, run);
	g_autofree char *place = g_strdup_printf("%s: runs[%u]", file->document.name, run->index);
	const struct scenario_choice choice = { .set = (const char *const *)simulation->set,
						.policy = simulation->policy };
	struct machine_config config;
	struct scenario scenario;
	bool done;

	if (samples->rate)
		return true;
	if (!scenario_parse(&scenario, place, text, strlen(text), error))
		return false;
	done = scenario_resolve(&scenario, &choice, &config, error);
	if (done) {
		done = simulate(&config, run, simulation, samples, error);
		config_clear(&config);
	}
	scenario_clear(&scenario);
	return done;
}

static bool yields(const struct measured_kvm_run *run)
{
	return run->trigger == TRIGGER_PAUSE || run->trigger == TRIGGER_HYPERCALL;
}

static bool within(const struct kvm_value_kind *kind, double bound, double measured, double value)
{
	if (!kind->factor)
		return fabs(measured - value) <= bound;
	return (measured == 0 && value == 0) ||
	       (measured > 0 && value > 0 && fabs(log(measured / value)) <= log(bound));
}

/* Replications that lack a value do not count; it is judged if half of them have it, in general. */
static void judge(const struct measured_kvm_run *run, enum kvm_value value, const double *sample,
		  guint count, struct kvm_check *check)
{
	const struct kvm_value_kind *kind = &kvm_value_kinds[value];
	g_autofree double *sorted = g_new(double, count);
	/* only stacked vCPUs yield to one on their own pCPU, and which replications have such is chance */
	guint needed = value == KVM_HONOURED_SAME ? LEAST_STACKED : (count + 1) / 2;
	guint found = 0;
	double wide;

	check->measured = run->value[value];
	check->bound = value == KVM_WORK && !yields(run) ? BOUND_WORK_WITHOUT_YIELDS : kind->bound;
	for (guint i = 0; i < count; i++)
		if (!isnan(sample[i]))
			sorted[found++] = sample[i];
	if (isnan(check->measured) || found < needed || !found)
		return;
	gsl_sort(sorted, 1, found);
	check->judged = true;
	check->median = gsl_stats_quantile_from_sorted_data(sorted, 1, found, 0.5);
	check->low = gsl_stats_quantile_from_sorted_data(sorted, 1, found, 0.025);
	check->high = gsl_stats_quantile_from_sorted_data(sorted, 1, found, 0.975);
	check->median_keeps = within(kind, check->bound, check->measured, check->median);
	/* a latency is the middle of a bin, of which the guests' histograms have 8 an octave */
	wide = value >= KVM_CALL_P50 ? check->measured / (2 * BINS_AN_OCTAVE + 1) : 0;
	check->inside = check->measured + wide >= check->low &&
			check->measured - wide <= check->high;
}

static void compare_run(const struct measured_kvm *file, guint index, const struct samples *samples,
			guint count, struct kvm_checks *checks)
{
	const struct measured_kvm_run *run =
		&g_array_index(file->runs, struct measured_kvm_run, index);
	const struct samples *mine = &samples[index];

	if (run->alone >= 0) {
		double alone = gsl_stats_mean(samples[run->alone].rate, 1, count);

		for (guint i = 0; i < count; i++)
			mine->value[KVM_WORK * count + i] = mine->rate[i] / alone;
	}
	for (guint value = 0; value < KVM_VALUES; value++)
		judge(run, value, &mine->value[value * count], count, &checks->value[value]);
}

static bool wanted(const struct kvm_simulation *simulation, const struct measured_kvm_run *run)
{
	return !simulation->pattern || g_pattern_match_simple(simulation->pattern, run->name);
}

GArray *measured_kvm_compare(const struct measured_kvm *file,
			     const struct kvm_simulation *simulation, GError **error)
{
	guint runs = file->runs->len;
	g_autofree struct samples *samples = g_new0(struct samples, runs);
	GArray *checks = g_array_sized_new(FALSE, TRUE, sizeof(struct kvm_checks), runs);
	bool done = true;

	g_array_set_size(checks, runs);
	for (guint i = 0; done && i < runs; i++) {
		const struct measured_kvm_run *run =
			&g_array_index(file->runs, struct measured_kvm_run, i);

		if (!wanted(simulation, run))
			continue;
		done = simulate_run(file, i, simulation, &samples[i], error) &&
		       (run->alone < 0 || simulate_run(file, (guint)run->alone, simulation,
						       &samples[run->alone], error));
		if (done)
			compare_run(file, i, samples, simulation->replications,
				    &g_array_index(checks, struct kvm_checks, i));
	}
	for (guint i = 0; i < runs; i++) {
		g_free(samples[i].rate);
		g_free(samples[i].value);
	}
	if (done)
		return checks;
	g_array_unref(checks);
	return NULL;
}

struct kvm_tally measured_kvm_tally(const GArray *checks, enum kvm_value value)
{
	struct kvm_tally tally = { 0 };

	for (guint i = 0; i < checks->len; i++) {
		const struct kvm_check *check =
			&g_array_index(checks, struct kvm_checks, i).value[value];

		tally.judged += check->judged;
		tally.inside += check->judged && check->inside;
		tally.medians += check->judged && check->median_keeps;
		tally.missed += check->judged && !check->inside && !check->median_keeps;
	}
	tally.passed = tally.missed == 0 &&
		       tally.medians >= KVM_MEDIANS_THAT_MUST_KEEP * tally.judged;
	return tally;
}
