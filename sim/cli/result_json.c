/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * result_json.c - results for programs
 */
#include "sim/cli/result_json.h"

#include <glib.h>

#include "sim/cli/output.h"
#include "sim/experiment/cell.h"
#include "sim/experiment/config.h"
#include "sim/experiment/gain.h"
#include "sim/experiment/metrics.h"
#include "sim/experiment/statistics.h"
#include "workloads/workload.h"

json_t *json_of_seed(uint64_t seed)
{
	g_autofree char *text = g_strdup_printf("0x%016" G_GINT64_MODIFIER "x", seed);

	return json_string(text);
}

static json_t *named_integers(const char *const *names, const uint64_t *values, size_t count)
{
	json_t *object = json_object();

	for (size_t i = 0; i < count; i++)
		json_object_set_new(object, names[i], json_integer((json_int_t)values[i]));
	return object;
}

static json_t *latency_json(const struct latency_summary *latency)
{
	static const char *const fields[] = { "count", "mean", "p50", "p99", "max" };
	const uint64_t values[] = { latency->count, latency->mean, latency->p50, latency->p99,
				    latency->max };

	return named_integers(fields, values, G_N_ELEMENTS(fields));
}

static json_t *latencies(const struct latency_summary *latency)
{
	json_t *object = json_object();

	for (size_t i = 0; i < LATENCY_KINDS; i++)
		json_object_set_new(object, latency_names[i], latency_json(&latency[i]));
	return object;
}

static json_t *yields(const struct yield_result *result)
{
	json_t *next = json_object();

	for (size_t i = 0; i < YIELD_CURRENT_KINDS; i++)
		json_object_set_new(next, yield_current_names[i],
				    named_integers(yield_next_names, result->next[i],
						   YIELD_NEXT_KINDS));
	return json_pack("{s:o, s:o}", "by_current_on_target_cpu", next, "yielder",
			 named_integers(yield_self_names, result->self, YIELD_SELF_KINDS));
}

/* Of the kinds of VM whose workloads measure a latency of their own. */
static json_t *workload_latencies(const struct result *result, const struct machine_config *config)
{
	json_t *list = json_array();

	for (uint32_t kind = 0; kind < result->kinds; kind++) {
		json_t *object;

		if (!config->vms[kind].workload->latency)
			continue;
		object = latency_json(&result->workload[kind]);
		json_object_set_new(object, "vm", json_string(config->vms[kind].name));
		json_object_set_new(object, "of", json_string(config->vms[kind].workload->latency));
		json_array_append_new(list, object);
	}
	return list;
}

static json_t *vm_results(const struct result *result)
{
	static const char *const fields[] = {
		"work",		"work_per_pass",   "passes",	     "gang",	      "stacked",
		"stacked_time", "stacked_waiting", "stacked_queues", "shared_start",  "shared_end",
		"running",	"waiting",	   "rcu_peak_bytes", "open_latencies"
	};
	json_t *list = json_array();

	for (uint32_t i = 0; i < result->vms; i++) {
		const struct vm_result *vm = &result->vm[i];
		uint64_t values[] = { vm->work,
				      vm->work_per_pass,
				      vm->passes,
				      vm->gang,
				      vm->stacked,
				      vm->stacked_time,
				      vm->stacked_waiting,
				      vm->stacked_queues,
				      vm->shared_start,
				      vm->shared_end,
				      vm->running,
				      vm->waiting,
				      vm->rcu_peak,
				      vm->open };
		json_t *object = named_integers(fields, values, G_N_ELEMENTS(fields));

		json_object_set_new(object, "name", json_string(vm->name));
		json_object_set_new(object, "latency", latency_json(&vm->latency));
		json_array_append_new(list, object);
	}
	return list;
}

static json_t *run_json(const struct result *result, const struct machine_config *config)
{
	json_t *object = json_object();

	json_object_set_new(object, "seed", json_of_seed(result->seed));
	json_object_set_new(object, "fingerprint", json_of_seed(result->fingerprint));
	json_object_set_new(object, "events", json_integer((json_int_t)result->events));
	json_object_set_new(object, "window", json_integer((json_int_t)result->window));
	json_object_set_new(object, "pcpus", json_integer(result->pcpus));
	json_object_set_new(object, "bystander_run",
			    json_integer((json_int_t)result->bystander_run));
	json_object_set_new(object, "stacked_any", json_integer((json_int_t)result->stacked_time));
	json_object_set_new(object, "accounts",
			    named_integers(account_names, result->account, ACCOUNT_KINDS));
	json_object_set_new(object, "counters",
			    named_integers(counter_names, result->counter, COUNTER_KINDS));
	json_object_set_new(object, "yields", yields(&result->yields));
	json_object_set_new(object, "latencies", latencies(result->latency));
	json_object_set_new(object, "workload_latencies", workload_latencies(result, config));
	json_object_set_new(object, "vms", vm_results(result));
	return object;
}

static json_t *metrics_json(const struct cell *cell)
{
	json_t *object = json_object();

	for (size_t i = 0; i < METRIC_COUNT; i++) {
		g_autofree char *name = metric_name(i);
		struct summary summary;
		json_t *entry = json_object();

		cell_summary(cell, i, &summary);
		json_object_set_new(entry, "unit", json_string(metric_unit(i)));
		json_object_set_new(entry, "n", json_integer((json_int_t)summary.n));
		json_object_set_new(entry, "mean", output_json_number(summary.mean));
		json_object_set_new(entry, "sd", output_json_number(summary.sd));
		json_object_set_new(entry, "min", output_json_number(summary.min));
		json_object_set_new(entry, "median", output_json_number(summary.median));
		json_object_set_new(entry, "max", output_json_number(summary.max));
		json_object_set_new(object, name, entry);
	}
	return object;
}

json_t *json_of_cell(const struct cell *cell)
{
	json_t *runs = json_array();

	for (guint i = 0; i < cell->count; i++)
		json_array_append_new(runs, run_json(&cell->results[i], &cell->config));
	return json_pack("{s:s, s:o, s:o}", "policy", cell->label, "runs", runs, "metrics",
			 metrics_json(cell));
}

static json_t *modes_json(const struct modes *modes)
{
	json_t *object = json_object();

	json_object_set_new(object, "bimodal", json_boolean(modes->bimodal));
	json_object_set_new(object, "remaining_variance", output_json_number(modes->remaining));
	json_object_set_new(object, "low_count", json_integer((json_int_t)modes->low_count));
	json_object_set_new(object, "high_count", json_integer((json_int_t)modes->high_count));
	json_object_set_new(object, "low", output_json_number(modes->low));
	json_object_set_new(object, "high", output_json_number(modes->high));
	return object;
}

json_t *json_of_gain(const struct gain *gain)
{
	static const char *const methods[] = { [INTERVAL_STUDENT] = "student",
					       [INTERVAL_BOOTSTRAP] =
						       "student and bootstrap-t, the wider",
					       [INTERVAL_NONE] = "none" };
	json_t *object = json_object();

	json_object_set_new(object, "pairs", json_integer((json_int_t)gain->pairs));
	json_object_set_new(object, "pairs_without_work",
			    json_integer((json_int_t)gain->without_work));
	json_object_set_new(object, "mean", output_json_number(gain->mean));
	json_object_set_new(object, "low", output_json_number(gain->low));
	json_object_set_new(object, "high", output_json_number(gain->high));
	json_object_set_new(object, "half_width", output_json_number(gain->half_width));
	json_object_set_new(object, "method", json_string(methods[gain->method]));
	json_object_set_new(object, "not_normal", json_boolean(gain->not_normal));
	json_object_set_new(object, "correlation", output_json_number(gain->correlation));
	json_object_set_new(object, "verdict", json_string(gain_verdict_name(gain->verdict)));
	json_object_set_new(object, "modes_of_log_ratio", modes_json(&gain->modes));
	json_object_set_new(object, "modes_of_baseline_log_work",
			    modes_json(&gain->baseline_modes));
	json_object_set_new(object, "modes_of_candidate_log_work",
			    modes_json(&gain->candidate_modes));
	return object;
}

json_t *json_of_parameters(const struct machine_config *config)
{
	json_t *parameters = config_to_json(config);

	json_object_del(parameters, "policy");
	return parameters;
}
